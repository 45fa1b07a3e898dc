//! Documents that are made once and served often: the bytes in every encoding, and the heads of the responses.
//!
//! A request for one of them costs no formatting: its response is a copy of a prepared head, and bytes that are shared. A large document that nobody
//! takes as it is can be [packed](Variants::packed): it is made again for the next who does.

use super::encoding::{Encoding, gunzip};
use super::guard::EXPOSED;
use super::last::Last;
use super::reply::{Reply, empty, is_named, set, with_body};
use bytes::Bytes;
use hyper::StatusCode;
use hyper::header::{
    ACCEPT_ENCODING, ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, CACHE_CONTROL,
    CONTENT_ENCODING, ETAG, HeaderMap, HeaderValue, IF_NONE_MATCH, ORIGIN, VARY,
};
use landfall_protocol::freshness::ETag;
use std::cell::{Cell, OnceCell};

/// A document, and its encodings as far as somebody took them.
#[derive(Debug)]
pub(crate) struct Variants {
    content_type: &'static str,
    /// The document as it is. Not there while it is packed: then it is made in gzip.
    plain: OnceCell<Bytes>,
    length: usize,
    /// Whether somebody wanted it as it is.
    wanted: Cell<bool>,
    /// The entity tag without its quotes and without the suffix of an encoding.
    tag: String,
    made: [OnceCell<Variant>; 3],
    accepted: Last<Encoding>,
}

/// The document in one encoding.
#[derive(Debug, Clone)]
struct Variant {
    bytes: Bytes,
    etag: ETag,
    /// The head of a 200 and of a 304: for programs, and for pages, with a place for the origin.
    whole: [HeaderMap; 2],
    same: [HeaderMap; 2],
}

impl Variants {
    /// The encodings of `plain`, none of which is made yet. `tag` is that of the document: visible ASCII.
    pub(crate) fn new(content_type: &'static str, plain: Bytes, tag: String) -> Self {
        Self {
            content_type,
            length: plain.len(),
            plain: plain.into(),
            wanted: Cell::new(true),
            tag,
            made: Default::default(),
            accepted: Last::new(),
        }
    }

    /// The same document without its plain bytes, which are made again when somebody wants them.
    pub(crate) fn packed(&self) -> Self {
        self.variant(Encoding::Gzip);
        let mut made = self.made.clone();
        made[Encoding::Plain as usize].take();
        Self {
            content_type: self.content_type,
            plain: OnceCell::new(),
            length: self.length,
            wanted: Cell::new(false),
            tag: self.tag.clone(),
            made,
            accepted: Last::new(),
        }
    }

    /// Whether the plain bytes are not there.
    pub(crate) fn is_packed(&self) -> bool {
        self.plain.get().is_none()
    }

    /// Whether somebody wanted the plain bytes since this was asked the last time, or since the document is there.
    pub(crate) fn was_wanted(&self) -> bool {
        self.wanted.replace(false)
    }

    /// Somebody wants the plain bytes, or what is made of them.
    pub(crate) fn want(&self) {
        self.wanted.set(true);
    }

    /// The document as it is.
    pub(crate) fn plain(&self) -> &Bytes {
        self.want();
        let unpack = || gunzip(&self.variant(Encoding::Gzip).bytes);
        self.plain.get_or_init(unpack)
    }

    /// Bytes of the document as it is.
    pub(crate) const fn len(&self) -> usize {
        self.length
    }

    /// Bytes that are kept of it, in all encodings.
    pub(crate) fn kept(&self) -> usize {
        let made = |encoding: &Encoding| self.made[*encoding as usize].get();
        let encoded = Encoding::ALL.iter().filter_map(made);
        let plain = self.plain.get().map_or(0, Bytes::len);
        plain + encoded.map(|it| it.bytes.len()).sum::<usize>()
    }

    /// Answers a request: 304 when it names what it would get, else 200 with it. What lets a page read it is set.
    pub(crate) fn reply(&self, headers: &HeaderMap) -> Reply {
        let accept = headers.get(ACCEPT_ENCODING);
        let preferred = || Encoding::preferred(Encoding::ALL, accept);
        let encoding = self
            .accepted
            .get(accept.map_or(&[], HeaderValue::as_bytes), preferred);
        let variant = self.variant(encoding);
        let origin = headers.get(ORIGIN);
        let page = usize::from(origin.is_some());
        let mut reply = if is_named(headers.get(IF_NONE_MATCH), &variant.etag) {
            let mut reply = empty(StatusCode::NOT_MODIFIED);
            reply.headers_mut().clone_from(&variant.same[page]);
            reply
        } else {
            let mut reply = with_body(variant.bytes.clone());
            reply.headers_mut().clone_from(&variant.whole[page]);
            reply
        };
        if let Some(origin) = origin {
            let headers = reply.headers_mut();
            headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
        }
        reply
    }

    fn variant(&self, encoding: Encoding) -> &Variant {
        if encoding == Encoding::Plain {
            self.want();
        }
        self.made[encoding as usize].get_or_init(|| {
            let etag = format!("\"{}{}\"", self.tag, encoding.suffix());
            let bytes = encoding.encode(self.plain());
            Variant::new(self.content_type, bytes, encoding, &etag)
        })
    }
}

impl Variant {
    fn new(content_type: &'static str, bytes: Bytes, encoding: Encoding, etag: &str) -> Self {
        let head = |is_whole: bool, is_page: bool| {
            let mut reply = if is_whole {
                super::reply::reply(StatusCode::OK, content_type, Bytes::new())
            } else {
                empty(StatusCode::NOT_MODIFIED)
            };
            if let Some(name) = encoding.name().filter(|_| is_whole) {
                set(&mut reply, CONTENT_ENCODING, name);
            }
            set(&mut reply, CACHE_CONTROL, "no-cache");
            set(&mut reply, VARY, "Accept-Encoding, Origin");
            if is_page {
                set(&mut reply, ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
                // Its place; the origin is another one for each page.
                set(&mut reply, ACCESS_CONTROL_ALLOW_ORIGIN, "null");
            }
            if let Ok(etag) = HeaderValue::from_str(etag) {
                reply.headers_mut().insert(ETAG, etag);
            }
            reply.into_parts().0.headers
        };
        let etag = ETag::read(etag);
        Self {
            bytes,
            etag: etag.unwrap_or_else(|| unreachable!("the daemon's own tags are tags")),
            whole: [head(true, false), head(true, true)],
            same: [head(false, false), head(false, true)],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hyper::body::Body;
    use hyper::header::{CONTENT_TYPE, HeaderName};

    fn reply(variants: &Variants, fields: &[(HeaderName, &str)]) -> Reply {
        let field = |(name, value): &(HeaderName, &str)| {
            (name.clone(), HeaderValue::from_str(value).unwrap())
        };
        variants.reply(&fields.iter().map(field).collect())
    }

    fn field<'r>(reply: &'r Reply, name: &HeaderName) -> &'r str {
        let value = reply.headers().get(name);
        value.map_or("", |value| value.to_str().unwrap())
    }

    fn variants() -> Variants {
        let plain = Bytes::from("landfall ".repeat(100));
        Variants::new("application/json", plain, "a.1.2".to_owned())
    }

    #[test]
    fn each_encoding_has_its_own_tag_and_all_are_revalidated() {
        let variants = variants();
        for (accept, encoding, tag) in [
            ("identity", "", "\"a.1.2\""),
            ("gzip", "gzip", "\"a.1.2.gz\""),
            ("gzip, br", "br", "\"a.1.2.br\""),
        ] {
            let first = reply(&variants, &[(ACCEPT_ENCODING, accept)]);
            assert_eq!(first.status(), StatusCode::OK);
            assert_eq!(field(&first, &CONTENT_ENCODING), encoding);
            assert_eq!(field(&first, &ETAG), tag);
            assert_eq!(field(&first, &CONTENT_TYPE), "application/json");
            let known = [(ACCEPT_ENCODING, accept), (IF_NONE_MATCH, tag)];
            let again = reply(&variants, &known);
            assert_eq!(
                (again.status(), again.body().size_hint().exact()),
                (StatusCode::NOT_MODIFIED, Some(0))
            );
            assert_eq!(field(&again, &ETAG), tag);
            assert_eq!(
                (field(&again, &VARY), field(&again, &CACHE_CONTROL)),
                ("Accept-Encoding, Origin", "no-cache")
            );
            let other = [(ACCEPT_ENCODING, accept), (IF_NONE_MATCH, "\"a.1.1\"")];
            assert_eq!(reply(&variants, &other).status(), StatusCode::OK);
        }
    }

    #[test]
    fn an_encoding_is_made_when_somebody_takes_it_and_once() {
        let variants = variants();
        reply(&variants, &[]);
        assert_eq!(variants.kept(), variants.plain().len());
        for _ in 0..2 {
            reply(&variants, &[(ACCEPT_ENCODING, "gzip")]);
        }
        let packed = variants.variant(Encoding::Gzip).bytes.len();
        assert_eq!(variants.kept(), variants.plain().len() + packed);
    }

    #[test]
    fn a_packed_document_is_the_same_for_whoever_asks() {
        let variants = variants();
        assert!(variants.was_wanted() && !variants.was_wanted());
        let packed = variants.packed();
        assert!(packed.is_packed() && packed.len() == variants.len());
        assert!(packed.kept() < variants.len() / 2);
        for accept in ["gzip", "identity", "br"] {
            assert!(accept != "identity" || packed.is_packed());
            let (one, other) = [&packed, &variants]
                .map(|it| reply(it, &[(ACCEPT_ENCODING, accept)]))
                .into();
            assert_eq!(one.headers(), other.headers());
            let encoding =
                Encoding::preferred(Encoding::ALL, Some(&HeaderValue::from_str(accept).unwrap()));
            let bytes = |it: &Variants| it.variant(encoding).bytes.clone();
            assert_eq!(bytes(&packed), bytes(&variants), "{accept}");
        }
        assert!(packed.was_wanted() && !packed.is_packed());
        reply(&packed, &[(ACCEPT_ENCODING, "gzip")]);
        assert!(!packed.was_wanted());
        reply(&packed, &[(ACCEPT_ENCODING, "identity")]);
        assert!(packed.was_wanted());
    }

    #[test]
    fn a_page_gets_its_own_origin_and_a_program_none() {
        let variants = variants();
        for origin in ["http://localhost:3000", "http://localhost:5173"] {
            let for_page = reply(&variants, &[(ORIGIN, origin)]);
            assert_eq!(field(&for_page, &ACCESS_CONTROL_ALLOW_ORIGIN), origin);
            assert_eq!(field(&for_page, &ACCESS_CONTROL_EXPOSE_HEADERS), EXPOSED);
        }
        let for_program = reply(&variants, &[]);
        assert_eq!(field(&for_program, &ACCESS_CONTROL_ALLOW_ORIGIN), "");
    }
}

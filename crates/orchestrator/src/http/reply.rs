//! Responses of the few kinds that the daemon gives.

use super::body::ReplyBody;
use super::encoding::Encoding;
use bytes::Bytes;
use hyper::header::{
    ALLOW, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, HeaderName, HeaderValue, VARY,
    X_CONTENT_TYPE_OPTIONS,
};
use hyper::{Response, StatusCode};
use landfall_protocol::freshness::ETag;
use landfall_protocol::method::Method;
use serde::Serialize;

/// A response of the daemon.
pub(crate) type Reply = Response<ReplyBody>;

/// A response with a body.
pub(crate) fn reply(
    status: StatusCode,
    content_type: &'static str,
    body: impl Into<Bytes>,
) -> Reply {
    let mut reply = with_body(body.into());
    *reply.status_mut() = status;
    set(&mut reply, CONTENT_TYPE, content_type);
    set(&mut reply, X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(&mut reply, CACHE_CONTROL, "no-store");
    reply
}

/// A response with a body and nothing else yet.
pub(crate) fn with_body(body: Bytes) -> Reply {
    Response::new(ReplyBody::Whole(Some(body)))
}

/// A response without a body.
pub(crate) fn empty(status: StatusCode) -> Reply {
    let mut reply = Response::new(ReplyBody::empty());
    *reply.status_mut() = status;
    reply
}

/// A response that says in words why there is no other.
pub(crate) fn refusal(status: StatusCode, reason: &str) -> Reply {
    reply(status, "text/plain; charset=utf-8", format!("{reason}\n"))
}

/// 405, with the methods that there are.
pub(crate) fn method_not_allowed(methods: &[Method]) -> Reply {
    let names = list(methods);
    let mut reply = refusal(
        StatusCode::METHOD_NOT_ALLOWED,
        &format!("there is no such method here: use {names}"),
    );
    allow(&mut reply, methods);
    reply
}

/// Sets `Allow`: the methods of a route, and OPTIONS, which all of them have.
pub(crate) fn allow(reply: &mut Reply, methods: &[Method]) {
    if let Ok(value) = HeaderValue::from_str(&format!("{}, OPTIONS", list(methods))) {
        reply.headers_mut().insert(ALLOW, value);
    }
}

/// The names of methods, as a header field has them.
pub(crate) fn list(methods: &[Method]) -> String {
    let names: Vec<_> = methods.iter().map(|method| method.as_str()).collect();
    names.join(", ")
}

/// A JSON document that is made for each request.
pub(crate) fn json(value: &impl Serialize) -> Reply {
    match serde_json::to_vec(value) {
        Ok(bytes) => reply(StatusCode::OK, "application/json", bytes),
        Err(error) => {
            tracing::error!(%error, "a response could not be written as JSON");
            refusal(
                StatusCode::INTERNAL_SERVER_ERROR,
                "the answer could not be written as JSON",
            )
        }
    }
}

/// A representation that a client may keep, as long as it asks whether it is still current.
pub(crate) struct Representation<'r> {
    pub(crate) content_type: &'static str,
    /// The bytes under `encoding`.
    pub(crate) bytes: Bytes,
    /// The content coding, if there is one.
    pub(crate) encoding: Encoding,
    /// A strong validator: another one for each encoding (RFC 9110, section 8.8.3).
    pub(crate) etag: &'r ETag,
}

impl Representation<'_> {
    /// 304 when `if_none_match` names the representation, else 200 with it.
    pub(crate) fn reply(self, if_none_match: Option<&HeaderValue>) -> Reply {
        let mut reply = if is_named(if_none_match, self.etag) {
            empty(StatusCode::NOT_MODIFIED)
        } else {
            let mut reply = reply(StatusCode::OK, self.content_type, self.bytes);
            if let Some(encoding) = self.encoding.name() {
                set(&mut reply, CONTENT_ENCODING, encoding);
            }
            reply
        };
        set(&mut reply, CACHE_CONTROL, "no-cache");
        set(&mut reply, VARY, "Accept-Encoding");
        if let Ok(etag) = HeaderValue::from_str(self.etag.as_str()) {
            reply.headers_mut().insert(ETAG, etag);
        }
        reply
    }
}

/// Sets a header field.
pub(crate) fn set(reply: &mut Reply, name: HeaderName, value: &'static str) {
    reply
        .headers_mut()
        .insert(name, HeaderValue::from_static(value));
}

/// Whether `If-None-Match` names the tag (RFC 9110, section 13.1.2).
pub(crate) fn is_named(if_none_match: Option<&HeaderValue>, etag: &ETag) -> bool {
    let Some(value) = if_none_match else {
        return false;
    };
    // What nearly everybody sends.
    if value.as_bytes() == etag.as_str().as_bytes() {
        return true;
    }
    let Ok(list) = value.to_str() else {
        return false;
    };
    // The daemon's own tags have no commas.
    let mut tags = list.split(',').map(str::trim);
    tags.any(|tag| tag == "*" || ETag::read(tag).is_some_and(|tag| tag.matches_weakly(etag)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_named_representation_is_not_sent_again() {
        let tag = ETag::read("\"a-1\"").unwrap();
        let named = |list: &str| is_named(Some(&HeaderValue::from_str(list).unwrap()), &tag);
        for yes in ["\"a-1\"", "\"x\", \"a-1\"", "W/\"a-1\"", "*"] {
            assert!(named(yes), "{yes}");
        }
        for no in ["\"a-2\"", "a-1", "", "\"a-1"] {
            assert!(!named(no), "{no}");
        }
        assert!(!is_named(None, &tag));
    }
}

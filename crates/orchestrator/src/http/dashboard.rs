//! The dashboard's files, which the build embeds.
//!
//! They are packed at build time; a client that does not take gzip gets them unpacked. Where the dashboard was not built
//! before the daemon, the page says so.

use super::encoding::{Encoding, gunzip};
use super::reply::{Reply, Representation, set};
use bytes::Bytes;
use hyper::header::{
    ACCEPT_ENCODING, CONTENT_SECURITY_POLICY, HeaderMap, IF_NONE_MATCH, REFERRER_POLICY,
    X_FRAME_OPTIONS,
};
use landfall_protocol::freshness::ETag;

/// What the dashboard's page may do: run its own scripts and the engine, and talk to services on loopback.
const POLICY: &str = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; \
    connect-src 'self' http://localhost:* http://127.0.0.1:* ws://localhost:* ws://127.0.0.1:*; \
    style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/// A file of the dashboard, in gzip.
struct Asset {
    /// Its path, with the leading slash.
    path: &'static str,
    packed: &'static [u8],
    /// A digest of its contents.
    digest: &'static str,
}

// `ASSETS: [Asset; N]`, in the order of the paths, written by `build.rs`.
include!(concat!(env!("OUT_DIR"), "/assets.rs"));

/// The page where there is no dashboard.
const UNBUILT: &str = include_str!("unbuilt.html");

/// Whether there is such a file.
pub(crate) fn has(path: &str) -> bool {
    matches!(path, "/" | "/index.html") || asset(path).is_some()
}

fn asset(path: &str) -> Option<&'static Asset> {
    let at = ASSETS.binary_search_by(|asset| asset.path.cmp(path)).ok()?;
    ASSETS.get(at)
}

/// Answers a request for a file; `None` when there is no such file.
pub(crate) fn reply(path: &str, headers: &HeaderMap) -> Option<Reply> {
    let path = if path == "/" { "/index.html" } else { path };
    let found = asset(path);
    let encoding = Encoding::preferred(Encoding::OF_FILES, headers.get(ACCEPT_ENCODING));
    let packed = encoding == Encoding::Gzip;
    let (bytes, digest, encoding) = match found {
        Some(asset) if packed => (
            Bytes::from_static(asset.packed),
            format!("{}.gz", asset.digest),
            encoding,
        ),
        Some(asset) => (
            gunzip(asset.packed),
            asset.digest.to_owned(),
            Encoding::Plain,
        ),
        None if path == "/index.html" => (
            Bytes::from_static(UNBUILT.as_bytes()),
            "unbuilt".to_owned(),
            Encoding::Plain,
        ),
        None => return None,
    };
    let etag = ETag::read(&format!("\"{digest}\""))?;
    let representation = Representation {
        content_type: content_type(path),
        bytes,
        encoding,
        etag: &etag,
    };
    let mut reply = representation.reply(headers.get(IF_NONE_MATCH));
    set(&mut reply, CONTENT_SECURITY_POLICY, POLICY);
    set(&mut reply, X_FRAME_OPTIONS, "DENY");
    set(&mut reply, REFERRER_POLICY, "no-referrer");
    Some(reply)
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map_or("", |(_, extension)| extension) {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" | "map" => "application/json",
        "wasm" => "application/wasm",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "webmanifest" => "application/manifest+json",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hyper::body::Body;
    use hyper::header::{CONTENT_TYPE, HeaderValue};

    #[test]
    fn there_is_always_a_page() {
        let reply = reply("/", &HeaderMap::new()).unwrap();
        assert_eq!(reply.headers()[CONTENT_TYPE], "text/html; charset=utf-8");
        assert!(
            reply.headers()[CONTENT_SECURITY_POLICY]
                .to_str()
                .unwrap()
                .starts_with("default-src 'self'")
        );
        assert!(reply.body().size_hint().exact() > Some(200));
    }

    #[test]
    fn every_embedded_file_is_served_packed_and_plain() {
        let mut takes_gzip = HeaderMap::new();
        takes_gzip.insert(ACCEPT_ENCODING, HeaderValue::from_static("gzip"));
        assert!(ASSETS.iter().map(|asset| asset.path).is_sorted());
        for asset in &ASSETS {
            let size = |headers| {
                reply(asset.path, headers)
                    .unwrap()
                    .body()
                    .size_hint()
                    .exact()
            };
            assert_eq!(
                size(&takes_gzip),
                Some(asset.packed.len() as u64),
                "{}",
                asset.path
            );
            assert!(size(&HeaderMap::new()).is_some());
        }
    }

    #[test]
    fn an_unknown_path_is_no_page() {
        for path in ["/nothing", "/../Cargo.toml", "//", "/index.html/"] {
            assert!(!has(path), "{path}");
            assert!(reply(path, &HeaderMap::new()).is_none(), "{path}");
        }
    }
}

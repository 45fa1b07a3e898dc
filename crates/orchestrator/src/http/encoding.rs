//! Whether a client takes gzip (RFC 9110, section 12.5.3), and making it.

use bytes::Bytes;
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use hyper::header::HeaderValue;
use std::io::{Read, Write};

/// Whether `Accept-Encoding` allows gzip.
pub(crate) fn accepts_gzip(accept_encoding: Option<&HeaderValue>) -> bool {
    let Some(list) = accept_encoding.and_then(|value| value.to_str().ok()) else {
        return false;
    };
    let (mut named, mut any) = (None, None);
    for item in list.split(',') {
        let (coding, parameters) = item.split_once(';').unwrap_or((item, ""));
        let wanted = !is_zero(parameters);
        match coding.trim() {
            coding
                if coding.eq_ignore_ascii_case("gzip") || coding.eq_ignore_ascii_case("x-gzip") =>
            {
                named = Some(wanted);
            }
            "*" => any = Some(wanted),
            _ => {}
        }
    }
    named.or(any).unwrap_or(false)
}

/// Whether the parameters give a quality of zero.
fn is_zero(parameters: &str) -> bool {
    let quality = parameters.split(';').find_map(|parameter| {
        parameter
            .trim()
            .strip_prefix(['q', 'Q'])?
            .trim()
            .strip_prefix('=')
    });
    quality.is_some_and(|quality| {
        quality
            .trim()
            .parse::<f32>()
            .is_ok_and(|quality| quality <= 0.0)
    })
}

/// The bytes in gzip.
pub(crate) fn gzip(bytes: &[u8]) -> Bytes {
    let mut encoder = GzEncoder::new(Vec::with_capacity(bytes.len() / 4), Compression::new(6));
    // Writing to memory does not fail.
    let written = encoder.write_all(bytes).and_then(|()| encoder.finish());
    written.unwrap_or_default().into()
}

/// What was in gzip. The input is the daemon's own.
pub(crate) fn gunzip(bytes: &[u8]) -> Bytes {
    let mut plain = Vec::new();
    if let Err(error) = GzDecoder::new(bytes).read_to_end(&mut plain) {
        tracing::error!(%error, "an embedded file is damaged");
    }
    plain.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gzip_is_used_where_it_is_taken() {
        let accepts = |list: &str| accepts_gzip(Some(&HeaderValue::from_str(list).unwrap()));
        for yes in [
            "gzip",
            "br, GZIP;q=0.5",
            "deflate, x-gzip",
            "*",
            "gzip; q=1.0, *;q=0",
        ] {
            assert!(accepts(yes), "{yes}");
        }
        for no in [
            "",
            "identity",
            "br",
            "gzip;q=0",
            "gzip; Q = 0.000",
            "*;q=0",
            "gzipx",
        ] {
            assert!(!accepts(no), "{no}");
        }
        assert!(!accepts_gzip(None));
    }

    #[test]
    fn what_goes_in_comes_out() {
        let text = b"landfall ".repeat(1_000);
        let packed = gzip(&text);
        assert!(packed.len() < text.len() / 20);
        assert_eq!(gunzip(&packed), text);
    }
}

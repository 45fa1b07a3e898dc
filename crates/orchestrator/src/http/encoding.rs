//! Content codings: which one a client takes (RFC 9110, section 12.5.3), and making them.

use bytes::Bytes;
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use hyper::header::HeaderValue;
use std::io::{Read, Write};

/// How bytes are coded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    /// As they are.
    Plain,
    /// RFC 1952.
    Gzip,
    /// RFC 7932.
    Brotli,
}

/// Up to this size brotli takes its time; a larger document would hold up the daemon.
const BROTLI_SLOWLY: usize = 256 * 1_024;

impl Encoding {
    /// All of them.
    pub(crate) const ALL: &[Self] = &[Self::Brotli, Self::Gzip];
    /// Those of the files that the build embeds.
    pub(crate) const OF_FILES: &[Self] = &[Self::Gzip];

    /// Its name in header fields, unless there is nothing to name.
    pub(crate) const fn name(self) -> Option<&'static str> {
        match self {
            Self::Plain => None,
            Self::Gzip => Some("gzip"),
            Self::Brotli => Some("br"),
        }
    }

    /// What stands at the end of an entity tag, so that each coding has its own.
    pub(crate) const fn suffix(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Gzip => ".gz",
            Self::Brotli => ".br",
        }
    }

    /// The best of `offers`, which stand in the order in which they are liked, for a client with this `Accept-Encoding`.
    pub(crate) fn preferred(offers: &[Self], accept: Option<&HeaderValue>) -> Self {
        let Some(list) = accept.and_then(|value| value.to_str().ok()) else {
            return Self::Plain;
        };
        let accepted = Accepted::read(list);
        // What is not named is taken as well, but a coding that is named is asked for.
        let mut best = (Self::Plain, accepted.plain.unwrap_or(1));
        for offer in offers {
            let quality = accepted.of(*offer);
            if quality > best.1 || quality == best.1 && quality > 0 && best.0 == Self::Plain {
                best = (*offer, quality);
            }
        }
        best.0
    }

    /// The bytes in this coding.
    pub(crate) fn encode(self, bytes: &Bytes) -> Bytes {
        match self {
            Self::Plain => bytes.clone(),
            Self::Gzip => gzip(bytes),
            Self::Brotli => brotli(bytes),
        }
    }
}

/// Qualities in thousandths.
#[derive(Debug, Default)]
struct Accepted {
    plain: Option<u16>,
    gzip: Option<u16>,
    brotli: Option<u16>,
    any: Option<u16>,
}

impl Accepted {
    fn read(list: &str) -> Self {
        let mut accepted = Self::default();
        for item in list.split(',') {
            let (coding, parameters) = item.split_once(';').unwrap_or((item, ""));
            let coding = coding.trim();
            let is = |name: &str| coding.eq_ignore_ascii_case(name);
            let place = if is("br") {
                &mut accepted.brotli
            } else if is("gzip") || is("x-gzip") {
                &mut accepted.gzip
            } else if is("identity") {
                &mut accepted.plain
            } else if is("*") {
                &mut accepted.any
            } else {
                continue;
            };
            *place = Some(quality(parameters));
        }
        accepted
    }

    fn of(&self, encoding: Encoding) -> u16 {
        let named = match encoding {
            Encoding::Plain => self.plain,
            Encoding::Gzip => self.gzip,
            Encoding::Brotli => self.brotli,
        };
        named.or(self.any).unwrap_or(0)
    }
}

/// The weight among the parameters of a coding, in thousandths; one that cannot be read counts as none.
fn quality(parameters: &str) -> u16 {
    let value = parameters.split(';').find_map(|parameter| {
        let rest = parameter.trim().strip_prefix(['q', 'Q'])?.trim_start();
        Some(rest.strip_prefix('=')?.trim())
    });
    let Some(value) = value else { return 1_000 };
    let weight = value.parse::<f32>().unwrap_or(0.0);
    // Between 0 and 1,000.
    (weight.clamp(0.0, 1.0) * 1_000.0).round() as u16
}

/// The bytes in gzip.
pub(crate) fn gzip(bytes: &[u8]) -> Bytes {
    let mut encoder = GzEncoder::new(Vec::with_capacity(bytes.len() / 4), Compression::new(6));
    // Writing to memory does not fail.
    let written = encoder.write_all(bytes).and_then(|()| encoder.finish());
    let mut packed = written.unwrap_or_default();
    packed.shrink_to_fit();
    packed.into()
}

/// The bytes in brotli. Quality 5 makes about the size of gzip's best in less time; higher ones cost many times as much.
fn brotli(bytes: &[u8]) -> Bytes {
    let quality = if bytes.len() > BROTLI_SLOWLY { 2 } else { 5 };
    // A window for the whole document and no more: the encoder's tables grow with it.
    let window = bytes
        .len()
        .next_power_of_two()
        .trailing_zeros()
        .clamp(16, 22);
    let parameters = brotli::enc::BrotliEncoderParams {
        quality,
        lgwin: window as i32,
        size_hint: bytes.len(),
        ..Default::default()
    };
    let mut packed = Vec::with_capacity(bytes.len() / 4);
    match brotli::BrotliCompress(&mut &*bytes, &mut packed, &parameters) {
        Ok(_) => {
            packed.shrink_to_fit();
            packed.into()
        }
        Err(error) => unreachable!("writing to memory does not fail: {error}"),
    }
}

/// What was in gzip. The input is the daemon's own.
pub(crate) fn gunzip(bytes: &[u8]) -> Bytes {
    let mut plain = Vec::new();
    if let Err(error) = GzDecoder::new(bytes).read_to_end(&mut plain) {
        tracing::error!(%error, "what this program packed is damaged");
    }
    plain.shrink_to_fit();
    plain.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_client_chooses_and_the_daemon_among_equals() {
        let preferred = |list: &str| {
            let value = HeaderValue::from_str(list).unwrap();
            Encoding::preferred(Encoding::ALL, Some(&value))
        };
        for (list, encoding) in [
            ("gzip, deflate, br, zstd", Encoding::Brotli),
            ("br;q=0.5, GZIP", Encoding::Gzip),
            ("br; q = 0.501 , gzip;q=0.5", Encoding::Brotli),
            ("gzip", Encoding::Gzip),
            ("deflate, x-gzip", Encoding::Gzip),
            ("*", Encoding::Brotli),
            ("br;q=0, *", Encoding::Gzip),
            ("gzip; q=1.0, *;q=0", Encoding::Gzip),
            ("gzip;q=0.001", Encoding::Gzip),
            ("gzip;q=0.5, identity", Encoding::Plain),
            ("identity;q=0.5, gzip;q=0.5", Encoding::Gzip),
            ("identity", Encoding::Plain),
            ("", Encoding::Plain),
            ("gzip;q=0", Encoding::Plain),
            ("gzip; Q = 0.000", Encoding::Plain),
            ("*;q=0", Encoding::Plain),
            ("gzip;q=much", Encoding::Plain),
            ("gzip;q=NaN", Encoding::Plain),
            ("gzipx, brx", Encoding::Plain),
        ] {
            assert_eq!(preferred(list), encoding, "{list}");
        }
        assert_eq!(Encoding::preferred(Encoding::ALL, None), Encoding::Plain);
        let both = HeaderValue::from_static("br, gzip");
        let of_files = Encoding::preferred(Encoding::OF_FILES, Some(&both));
        assert_eq!(of_files, Encoding::Gzip);
    }

    #[test]
    fn what_goes_in_comes_out() {
        let text = Bytes::from(b"landfall ".repeat(1_000));
        let packed = Encoding::Gzip.encode(&text);
        assert!(packed.len() < text.len() / 20);
        assert_eq!(gunzip(&packed), text);
        // Both of brotli's qualities.
        for text in [text, Bytes::from(b"landfall ".repeat(100_000))] {
            let packed = Encoding::Brotli.encode(&text);
            assert!(packed.len() < text.len() / 20);
            let mut unpacked = Vec::new();
            brotli::BrotliDecompress(&mut &*packed, &mut unpacked).unwrap();
            assert_eq!(unpacked, text);
        }
        assert_eq!(Encoding::Plain.encode(&Bytes::from_static(b"x")), "x");
    }
}

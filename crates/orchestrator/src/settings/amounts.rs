//! Spans of time, shares, numbers and sizes.

use landfall_protocol::time::Millis;
use serde::{Deserialize, Serialize, Serializer};
use std::str::FromStr;
use std::time::Duration;

/// A span of time, written with its unit: `"500ms"`, `"10s"`, `"5m"`, `"1h"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
pub struct Span(pub Duration);

impl Span {
    /// In whole milliseconds.
    #[must_use]
    pub fn millis(self) -> Millis {
        Millis(u64::try_from(self.0.as_millis()).unwrap_or(u64::MAX))
    }
}

impl Serialize for Span {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let millis = self.0.as_millis();
        if millis.is_multiple_of(1_000) {
            serializer.collect_str(&format_args!("{}s", millis / 1_000))
        } else {
            serializer.collect_str(&format_args!("{millis}ms"))
        }
    }
}

impl FromStr for Span {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let units = [("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000)];
        let span = amount(text, &units).map(Duration::from_millis);
        let longest = Duration::from_secs(24 * 3_600);
        span.filter(|span| !span.is_zero() && *span <= longest).map(Self).ok_or_else(|| {
            format!("{text:?} is not a span of time: write a number above 0 and ms, s, m or h, at most 24h, such as \"10s\"")
        })
    }
}

/// A number with one of these units, in what the units are counted in. The units and the number are small enough for the product.
fn amount(text: &str, units: &[(&str, u64)]) -> Option<u64> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    let (_, each) = units.iter().find(|(name, _)| *name == unit)?;
    let number: u32 = number.parse().ok()?;
    Some(u64::from(number) * each)
}

/// A share in percent: 0.1 to 100.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Deserialize)]
#[serde(try_from = "f64")]
pub struct Percent(f64);

impl Percent {
    /// A share that is known to be valid.
    pub(super) const fn constant(percent: u8) -> Self {
        Self(percent as f64)
    }

    /// As a fraction of one.
    #[must_use]
    pub fn fraction(self) -> f64 {
        self.0 / 100.0
    }
}

impl TryFrom<f64> for Percent {
    type Error = String;

    fn try_from(percent: f64) -> Result<Self, String> {
        if (0.1..=100.0).contains(&percent) {
            Ok(Self(percent))
        } else {
            Err(format!(
                "{percent} is not a share: write a number from 0.1 to 100"
            ))
        }
    }
}

/// A number of requests: 1 to 1,000.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "u16")]
pub struct Count(pub(super) u16);

impl Count {
    /// The number.
    #[must_use]
    pub const fn get(self) -> usize {
        self.0 as usize
    }
}

impl TryFrom<u16> for Count {
    type Error = String;

    fn try_from(number: u16) -> Result<Self, String> {
        if (1..=1_000).contains(&number) {
            Ok(Self(number))
        } else {
            Err(format!("{number} is not between 1 and 1000"))
        }
    }
}

/// A size of memory, written with its unit: `"64MiB"`, `"1GiB"`. At least 8 MiB, since the daemon itself takes five.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Size(u64);

impl Size {
    /// In bytes.
    #[must_use]
    pub const fn bytes(self) -> u64 {
        self.0
    }
}

impl FromStr for Size {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let size = amount(
            text,
            &[("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30)],
        );
        let bounds = (8 << 20)..=(1 << 40);
        size.filter(|size| bounds.contains(size)).map(Self).ok_or_else(|| {
            format!("{text:?} is not a size: write a number and KiB, MiB or GiB, from 8MiB to 1024GiB, such as \"64MiB\"")
        })
    }
}

from_text!(Span, Size);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_have_a_unit_and_a_bound() {
        assert_eq!(
            "500ms".parse::<Span>().unwrap().0,
            Duration::from_millis(500)
        );
        assert_eq!(
            "24h".parse::<Span>().unwrap().0,
            Duration::from_secs(86_400)
        );
        for wrong in [
            "10",
            "s",
            "0s",
            "-1s",
            "1.5s",
            "25h",
            "1d",
            "99999999999s",
            "1 s",
        ] {
            assert!(wrong.parse::<Span>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn sizes_have_a_unit_and_bounds() {
        for (text, bytes) in [
            ("8MiB", 8 << 20),
            ("10240KiB", 10 << 20),
            ("1024GiB", 1 << 40),
        ] {
            assert_eq!(text.parse::<Size>().unwrap().bytes(), bytes, "{text}");
        }
        for wrong in [
            "64",
            "64MB",
            "64 MiB",
            "MiB",
            "0MiB",
            "7MiB",
            "8191KiB",
            "1025GiB",
            "4294967296KiB",
            "-8MiB",
            "8.5MiB",
        ] {
            let refused = wrong.parse::<Size>().unwrap_err();
            assert!(refused.contains("such as \"64MiB\""), "{refused}");
        }
    }

    #[test]
    fn a_share_is_above_nothing_and_at_most_all() {
        assert!(Percent::try_from(100.0).is_ok());
        for wrong in [0.0, 0.09, -1.0, 100.1, f64::NAN, f64::INFINITY] {
            assert!(Percent::try_from(wrong).is_err(), "{wrong}");
        }
    }
}

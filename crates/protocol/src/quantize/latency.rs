//! Latency on a logarithmic scale: the same relative error for a microsecond and for a minute.
//!
//! Nine steps to the octave: code `1 + 9k + r` stands for `2^(k + r/9)` microseconds. Integers only: the octave is the
//! position of the highest bit, and the step within it is looked up.

/// The largest relative error of a [`Latency`], in thousandths: half a step, `2^(1/18) - 1 < 4 %`. Whole microseconds
/// add half a microsecond of rounding, which counts below 25 us only.
pub const LATENCY_MAX_ERROR_PERMILLE: u64 = 40;

/// A latency in one byte, from 1 us to 5 minutes, or none at all (never measured, or timed out).
///
/// ```
/// use landfall_protocol::quantize::Latency;
///
/// let latency = Latency::from_micros(1_500);
/// assert!((1_440..=1_560).contains(&latency.micros().unwrap()));
/// assert_eq!(Latency::NONE.micros(), None);
/// assert!(Latency::from_micros(u64::MAX) > latency);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Latency(u8);

const STEPS: u8 = 9;

/// `2^(r/9)` in 1/65536: what the steps of an octave stand for.
const STANDS_FOR: [u32; STEPS as usize] = [
    65_536, 70_783, 76_450, 82_570, 89_181, 96_321, 104_032, 112_361, 121_356,
];

/// `2^((r + 1/2)/9)` in 1/65536: where each step ends.
const ENDS: [u32; STEPS as usize] = [
    68_109, 73_562, 79_451, 85_812, 92_682, 100_102, 108_116, 116_772, 126_121,
];

impl Latency {
    /// No latency: none was measured, or the answer never came.
    pub const NONE: Self = Self(0);

    /// The latency in microseconds. 0 counts as 1, and what is longer than the scale as its end, 313 s.
    pub fn from_micros(micros: u64) -> Self {
        let micros = micros.clamp(1, u32::MAX.into());
        let octave = micros.ilog2();
        let mantissa = (micros << 16) >> octave;
        let step = ENDS
            .iter()
            .take_while(|end| u64::from(**end) <= mantissa)
            .count();
        let code = 1 + octave * u32::from(STEPS) + step as u32;
        Self(code.min(u8::MAX.into()) as u8)
    }

    /// The latency in microseconds, or nothing for [`Latency::NONE`]. The error is at most
    /// [`LATENCY_MAX_ERROR_PERMILLE`] and half a microsecond, up to 5 minutes.
    pub fn micros(self) -> Option<u64> {
        let code = self.0.checked_sub(1)?;
        let mantissa = STANDS_FOR
            .get(usize::from(code % STEPS))
            .copied()
            .map(u64::from)?;
        Some(((mantissa << (code / STEPS)) + (1 << 15)) >> 16)
    }

    /// The latency that a code stands for; every byte is one.
    pub const fn from_code(code: u8) -> Self {
        Self(code)
    }

    /// The code: 0 for none, else the longer the higher.
    pub const fn code(self) -> u8 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::{ENDS, LATENCY_MAX_ERROR_PERMILLE, Latency, STANDS_FOR};
    use proptest::prelude::*;

    const LONGEST: u64 = 300_000_000;

    fn is_within_the_stated_error(micros: u64) -> bool {
        let decoded = Latency::from_micros(micros).micros().unwrap();
        2_000 * decoded.abs_diff(micros) <= 2 * LATENCY_MAX_ERROR_PERMILLE * micros + 1_000
    }

    #[test]
    fn the_tables_are_powers_of_two() {
        for (r, (stands_for, end)) in STANDS_FOR.into_iter().zip(ENDS).enumerate() {
            let power = |steps: f64| (65_536.0 * (steps / 9.0).exp2()).round() as u32;
            assert_eq!((stands_for, end), (power(r as f64), power(r as f64 + 0.5)));
        }
    }

    #[test]
    fn the_error_is_as_stated_for_every_latency_up_to_100_ms() {
        assert_eq!(
            (1..=100_000).find(|micros| !is_within_the_stated_error(*micros)),
            None
        );
    }

    #[test]
    fn the_scale_has_ends() {
        assert_eq!(Latency::from_micros(0), Latency::from_micros(1));
        assert_eq!(Latency::from_micros(1).micros(), Some(1));
        assert!(is_within_the_stated_error(LONGEST));
        assert_eq!(Latency::from_micros(LONGEST * 2).code(), u8::MAX);
        assert_eq!(Latency::from_micros(u64::MAX).code(), u8::MAX);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20_000))]
        #[test]
        fn the_error_is_as_stated_over_the_whole_scale(octave in 0_u32..29, bits: u64) {
            let micros = ((1 << octave) | (bits & ((1 << octave) - 1))).min(LONGEST);
            prop_assert!(is_within_the_stated_error(micros), "{}", micros);
        }

        #[test]
        fn a_longer_latency_never_has_a_lower_code(a: u64, b: u64, shift in 0_u32..64) {
            let (short, long) = ((a >> shift).min(b >> shift), (a >> shift).max(b >> shift));
            prop_assert!(Latency::from_micros(short) <= Latency::from_micros(long));
        }
    }

    #[test]
    fn every_code_but_none_stands_for_a_latency_and_they_grow() {
        let all: Vec<_> = (1..=u8::MAX)
            .map(|code| Latency::from_code(code).micros().unwrap())
            .collect();
        assert!(all.is_sorted());
        assert_eq!(all.last(), Some(&313_139_200));
    }
}

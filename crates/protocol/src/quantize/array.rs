//! Arrays of numbers as bytes: a quarter of the memory, with the error stated.

use core::fmt;

/// Numbers as `min + scale * byte`.
///
/// The error of a number is at most `scale / 2`, plus the rounding of its `f32` (half a unit in the last place).
/// `scale` is the range of the numbers divided by 255. Of constant numbers it is 0 and the error none; of no numbers,
/// `min` and `scale` are 0. Numbers that are not finite are refused: they have no place between a least and a greatest,
/// and to put another in their place would be to invent a measurement.
///
/// ```
/// use landfall_protocol::quantize::{NotFinite, Quantized};
///
/// let quantized = Quantized::new(&[0.0, 100.0, 255.0])?;
/// assert_eq!(quantized.data, [0, 100, 255]);
/// assert!(quantized.values().eq([0.0, 100.0, 255.0]));
/// assert_eq!(Quantized::new(&[1.0, f32::NAN]), Err(NotFinite { index: 1 }));
/// # Ok::<(), NotFinite>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Quantized {
    /// The least of the numbers.
    pub min: f32,
    /// From one byte to the next.
    pub scale: f32,
    /// A byte for each number.
    pub data: Vec<u8>,
}

impl Quantized {
    /// Quantizes `numbers`.
    ///
    /// # Errors
    /// [`NotFinite`] with the place of the first NaN or infinity.
    pub fn new(numbers: &[f32]) -> Result<Self, NotFinite> {
        if let Some(index) = numbers.iter().position(|number| !number.is_finite()) {
            return Err(NotFinite { index });
        }
        let Some(min) = numbers.iter().copied().reduce(f32::min) else {
            return Ok(Self {
                min: 0.0,
                scale: 0.0,
                data: Vec::new(),
            });
        };
        let max = numbers.iter().copied().fold(min, f32::max);
        // In f64: the range of two f32 may be beyond f32.
        let range = f64::from(max) - f64::from(min);
        let mut scale = (range / 255.0) as f32;
        if f64::from(scale) * 255.0 < range {
            // Rounded down, 255 steps would not reach the greatest number.
            scale = scale.next_up();
        }
        let byte = |number: &f32| match scale {
            0.0 => 0,
            _ => ((f64::from(*number) - f64::from(min)) / f64::from(scale) + 0.5) as u8,
        };
        Ok(Self {
            min,
            scale,
            data: numbers.iter().map(byte).collect(),
        })
    }

    /// The numbers again, each off by the stated error at most.
    pub fn values(&self) -> impl Iterator<Item = f32> {
        let (min, scale) = (f64::from(self.min), f64::from(self.scale));
        self.data
            .iter()
            .map(move |byte| (min + scale * f64::from(*byte)).min(f32::MAX.into()) as f32)
    }
}

/// A number that is NaN or infinite stands at this place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotFinite {
    /// The place, from 0.
    pub index: usize,
}

impl fmt::Display for NotFinite {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a number is NaN or infinite, at place ")?;
        fmt::Display::fmt(&self.index, out)?;
        out.write_str(": leave it out, or put in what it should count as")
    }
}

impl core::error::Error for NotFinite {}

#[cfg(test)]
mod tests {
    use super::{NotFinite, Quantized};
    use proptest::prelude::*;

    fn is_within_the_stated_error(numbers: &[f32]) -> bool {
        let quantized = Quantized::new(numbers).unwrap();
        let half_a_step = f64::from(quantized.scale) / 2.0;
        quantized.data.len() == numbers.len()
            && numbers
                .iter()
                .zip(quantized.values())
                .all(|(number, value)| {
                    // Half a unit of m * 2^e with 1 <= m < 2 is 2^(e - 24).
                    let half_a_unit =
                        f64::from(number.abs().max(f32::MIN_POSITIVE)) / 2_f64.powi(24);
                    (f64::from(value) - f64::from(*number)).abs()
                        <= (half_a_step + half_a_unit) * (1.0 + 1e-9)
                })
    }

    #[test]
    fn no_numbers_and_constant_numbers_are_exact() {
        let none = Quantized::new(&[]).unwrap();
        assert_eq!((none.min, none.scale, none.data.len()), (0.0, 0.0, 0));
        let constant = Quantized::new(&[-7.3; 4]).unwrap();
        assert_eq!(
            (constant.scale, constant.data.as_slice()),
            (0.0, &[0; 4][..])
        );
        assert!(constant.values().eq([-7.3; 4]));
    }

    #[test]
    fn the_first_number_that_is_not_finite_is_named() {
        for odd in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
            let refused = Quantized::new(&[1.0, 2.0, odd, odd]).unwrap_err();
            assert_eq!(refused, NotFinite { index: 2 });
            assert!(refused.to_string().contains("at place 2"));
        }
    }

    #[test]
    fn the_ends_of_f32_are_no_exception() {
        for n in 1..100_u8 {
            let least = f32::MAX - 1e36 * f32::from(n);
            assert!(is_within_the_stated_error(&[least, f32::MAX]));
            assert!(is_within_the_stated_error(&[-least, f32::MAX]));
        }
        assert!(is_within_the_stated_error(&[0.0, f32::from_bits(1)]));
        assert!(is_within_the_stated_error(&[
            0.0,
            f32::from_bits(100),
            f32::from_bits(357)
        ]));
        assert!(is_within_the_stated_error(&[1e8, 1e8_f32.next_up()]));
    }

    proptest! {
        #[test]
        fn the_error_is_as_stated(numbers in prop::collection::vec(-1e4_f32..1e4, 0..300)) {
            prop_assert!(is_within_the_stated_error(&numbers));
        }

        #[test]
        fn the_error_is_as_stated_for_any_finite_numbers(
            numbers in prop::collection::vec(any::<f32>().prop_filter("finite", |number| number.is_finite()), 0..50),
        ) {
            prop_assert!(is_within_the_stated_error(&numbers));
        }
    }
}

//! A tiny deterministic generator for jitter, seeded by the host.
//!
//! SplitMix64: Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014
//! (<https://doi.org/10.1145/2660193.2660195>); constants from Vigna's reference <https://prng.di.unimi.it/splitmix64.c>.
//! It spreads retries over time. It is no source of secrets.

/// The generator. The same seed gives the same numbers on every host, so a simulated schedule can be replayed.
///
/// ```
/// use landfall_protocol::rng::Rng;
///
/// let mut rng = Rng::new(7);
/// assert_eq!(Rng::new(7).next_u64(), rng.next_u64());
/// assert!((350..=700).contains(&rng.between(350, 700)));
/// ```
#[derive(Clone, Debug)]
pub struct Rng(u64);

impl Rng {
    /// A generator that begins at `seed`; every seed is as good as any other.
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next 64 bits.
    pub const fn next_u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }

    /// The next 32 bits.
    pub const fn next_u32(&mut self) -> u32 {
        (self.next_u64() >> 32) as u32
    }

    /// A number in `0..n`, and 0 when `n` is 0. The bias of the remainder is below `n / 2^64`: nothing for jitter.
    pub const fn below(&mut self, n: u64) -> u64 {
        match self.next_u64().checked_rem(n) {
            Some(number) => number,
            None => 0,
        }
    }

    /// A number in `lo..=hi`, and `lo` when `hi` is smaller. (Of the whole 64-bit range, `hi` itself never comes.)
    pub const fn between(&mut self, lo: u64, hi: u64) -> u64 {
        lo + self.below(hi.saturating_sub(lo).saturating_add(1))
    }
}

#[cfg(test)]
mod tests {
    use super::Rng;
    use proptest::prelude::*;

    #[test]
    fn the_numbers_are_those_of_the_reference() {
        // The output of Vigna's splitmix64.c for the state 1234567.
        let expected = [
            6_457_827_717_110_365_317,
            3_203_168_211_198_807_973,
            9_817_491_932_198_370_423,
            4_593_380_528_125_082_431,
            16_408_922_859_458_223_821,
        ];
        let mut rng = Rng::new(1_234_567);
        assert_eq!(expected.map(|_| rng.next_u64()), expected);
    }

    #[test]
    fn every_number_below_n_comes_about_equally_often() {
        let mut rng = Rng::new(1);
        let mut seen = [0_u32; 8];
        for _ in 0..8_000 {
            seen[usize::try_from(rng.below(8)).unwrap()] += 1;
        }
        assert!(
            seen.iter().all(|count| (800..1_200).contains(count)),
            "{seen:?}"
        );
    }

    proptest! {
        #[test]
        fn numbers_stay_in_their_bounds(seed: u64, a: u64, b: u64) {
            let mut rng = Rng::new(seed);
            let (lo, hi) = (a.min(b), a.max(b));
            prop_assert!((lo..=hi).contains(&rng.between(lo, hi)));
            prop_assert_eq!(rng.between(hi, lo), hi);
            prop_assert!(rng.below(a) < a.max(1));
        }
    }
}

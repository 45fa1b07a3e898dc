//! A share of a CPU core.

/// CPU time per time: microseconds per second. A thousandth of a core is 1,000.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct CpuShare(u32);

impl CpuShare {
    /// So many microseconds of CPU a second; 10,000 are 1 % of a core.
    pub const fn from_micros_per_second(micros: u32) -> Self {
        Self(micros)
    }

    /// So many thousandths of a core.
    pub const fn from_permille(permille: u32) -> Self {
        Self(permille.saturating_mul(1_000))
    }

    /// In microseconds of CPU a second, which is also nanoseconds a millisecond.
    pub const fn micros_per_second(self) -> u32 {
        self.0
    }

    /// In thousandths of a core, rounded.
    pub const fn permille(self) -> u32 {
        self.0.saturating_add(500) / 1_000
    }
}

#[cfg(test)]
mod tests {
    use super::CpuShare;

    #[test]
    fn a_share_is_the_same_in_either_unit() {
        assert_eq!(
            CpuShare::from_permille(10),
            CpuShare::from_micros_per_second(10_000)
        );
        assert_eq!(CpuShare::from_micros_per_second(10_499).permille(), 10);
        assert_eq!(CpuShare::from_micros_per_second(10_500).permille(), 11);
        assert_eq!(
            CpuShare::from_permille(u32::MAX).micros_per_second(),
            u32::MAX
        );
    }
}

//! A fingerprint of a run, to compare two runs of one seed (FNV-1a, 64 bits).

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Digest(u64);

impl Default for Digest {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Digest {
    pub(crate) fn add(&mut self, text: &str) {
        for byte in text.bytes() {
            self.add_number(byte.into());
        }
    }

    pub(crate) const fn add_number(&mut self, number: u64) {
        self.0 = (self.0 ^ number).wrapping_mul(0x0100_0000_01b3);
    }

    pub(crate) const fn value(self) -> u64 {
        self.0
    }
}

//! Hashes of short texts, made while their bytes are looked at.

/// FNV-1a: the words of a log are short.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hash(u64);

impl Hash {
    /// Of nothing.
    pub const EMPTY: Self = Self(0xcbf2_9ce4_8422_2325);

    /// With one more byte.
    #[must_use]
    pub const fn with(self, byte: u8) -> Self {
        Self((self.0 ^ byte as u64).wrapping_mul(0x0000_0100_0000_01b3))
    }

    /// With more bytes.
    #[must_use]
    pub fn with_all(self, bytes: &[u8]) -> Self {
        bytes.iter().fold(self, |hash, byte| hash.with(*byte))
    }

    /// Of a longer text, eight bytes at a time.
    pub fn of(text: &[u8]) -> Self {
        let (eights, rest) = text.as_chunks();
        let mix =
            |Self(hash): Self, eight: u64| Self((hash.rotate_left(5) ^ eight).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let hash = eights.iter().fold(Self::EMPTY, |hash, eight| mix(hash, u64::from_le_bytes(*eight)));
        hash.with_all(rest)
    }

    /// A number below a power of two, by all bits of the hash.
    pub const fn below(self, limit: usize) -> usize {
        let mixed = (self.0 ^ (self.0 >> 29)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        (mixed >> 24) as usize & (limit - 1)
    }
}

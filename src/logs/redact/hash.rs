//! Hashes of short texts: for what is looked for in a log, made while its bytes are looked at; and for maps.

use std::hash::{BuildHasher, Hasher, RandomState};

/// Spreads the bits of a number (Knuth's multiplier: the golden ratio of 64 bits).
const MIX: u64 = 0x9e37_79b9_7f4a_7c15;

/// Eight bytes at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hash(u64);

impl Hash {
    /// Of nothing.
    pub const EMPTY: Self = Self(0xcbf2_9ce4_8422_2325);

    /// With more bytes, eight at a time.
    #[must_use]
    pub fn with_all(self, bytes: &[u8]) -> Self {
        let (eights, rest) = bytes.as_chunks();
        let hash = eights.iter().fold(self, |hash, eight| hash.and(u64::from_le_bytes(*eight)));
        hash.and(with_length(rest))
    }

    /// Of a text.
    pub fn of(text: &[u8]) -> Self {
        Self::EMPTY.with_all(text)
    }

    /// Of a text with letters of both cases alike, eight bytes at a time.
    pub fn of_any_case(text: &[u8]) -> Self {
        let (eights, rest) = text.as_chunks();
        let lower = |eight: u64| eight | (capitals(eight) >> 2);
        let hash = eights.iter().fold(Self::EMPTY, |hash, eight| hash.and(lower(u64::from_le_bytes(*eight))));
        hash.and(lower(with_length(rest)))
    }

    const fn and(self, eight: u64) -> Self {
        Self((self.0.rotate_left(5) ^ eight).wrapping_mul(MIX))
    }

    /// A number below a power of two, by all bits of the hash.
    pub const fn below(self, limit: usize) -> usize {
        let mixed = (self.0 ^ (self.0 >> 29)).wrapping_mul(MIX);
        (mixed >> 24) as usize & (limit - 1)
    }
}

/// At most seven bytes as one number. How many they are tells them from the same with zeros behind them.
fn with_length(rest: &[u8]) -> u64 {
    rest.iter().rev().fold(rest.len() as u64, |number, byte| number << 8 | u64::from(*byte))
}

/// The highest bit of each of eight bytes that is a capital of ASCII.
const fn capitals(eight: u64) -> u64 {
    const fn eight_times(byte: u8) -> u64 {
        u64::from_le_bytes([byte; 8])
    }
    // A byte without its highest bit and a number below 128 never carry into the next one.
    let seven_bits = eight & eight_times(0x7F);
    let is_from_a = seven_bits + eight_times(0x80 - b'A');
    let is_behind_z = seven_bits + eight_times(0x7F - b'Z');
    is_from_a & !is_behind_z & !eight & eight_times(0x80)
}

/// Makes the hashes of maps. They are seeded by chance, so that nobody can write a log whose texts all meet in one place;
/// and they are many times faster than those of the standard library, which maps of a million names feel.
#[derive(Clone, Debug)]
pub struct Seed(u64);

impl Default for Seed {
    fn default() -> Self {
        Self(RandomState::new().hash_one(MIX))
    }
}

impl BuildHasher for Seed {
    type Hasher = Folding;

    fn build_hasher(&self) -> Folding {
        Folding(self.0)
    }
}

/// Multiplies, and folds what comes out.
#[derive(Clone, Debug)]
pub struct Folding(u64);

impl Hasher for Folding {
    fn write(&mut self, bytes: &[u8]) {
        let (eights, rest) = bytes.as_chunks();
        for eight in eights {
            self.write_u64(u64::from_le_bytes(*eight));
        }
        self.write_u64(with_length(rest));
    }

    fn write_u8(&mut self, number: u8) {
        self.write_u64(number.into());
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = folded(self.0 ^ number).wrapping_add(self.0.rotate_left(23));
    }

    fn write_usize(&mut self, number: usize) {
        self.write_u64(number as u64);
    }

    fn finish(&self) -> u64 {
        folded(self.0)
    }
}

/// Both halves of a product in one.
const fn folded(number: u64) -> u64 {
    let product = number as u128 * MIX as u128;
    (product & 0xFFFF_FFFF_FFFF_FFFF) as u64 ^ (product >> 64) as u64
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn letters_of_both_cases_have_one_hash_and_nothing_else_has() {
        let all: Vec<u8> = (0..=255).collect();
        for (at, byte) in all.iter().enumerate() {
            let with = |byte: u8| [&all[..8], &[byte], &all[..7]].concat();
            let alike: Vec<u8> = all
                .iter()
                .copied()
                .filter(|other| Hash::of_any_case(&with(*other)) == Hash::of_any_case(&with(*byte)))
                .collect();
            let expected: Vec<u8> = all.iter().copied().filter(|other| other.eq_ignore_ascii_case(byte)).collect();
            assert_eq!(alike, expected, "{at}");
        }
        assert_eq!(Hash::of_any_case("niamh o’connor@x".as_bytes()), Hash::of_any_case("Niamh O’CONNOR@X".as_bytes()));
    }

    #[test]
    fn different_texts_have_different_hashes() {
        let seed = Seed::default();
        let texts = (0..10_000).map(|number| format!("name{number}")).chain((0..20).map(|length| "\0".repeat(length)));
        let hashes: HashSet<u64> = texts.map(|text| seed.hash_one(text)).collect();
        assert_eq!(hashes.len(), 10_020);
    }
}

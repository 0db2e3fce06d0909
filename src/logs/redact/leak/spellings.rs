//! Spellings of values that must not be left, by how they begin. Only hashes of them are kept.

use crate::logs::redact::formats::Kind;
use crate::logs::redact::hash::Hash;

/// Bits for each beginning that tell at nearly every place of a text that nothing begins there.
const BITS: usize = 8;

/// Spellings, by how they begin.
#[derive(Clone, Debug)]
pub(super) struct Spellings {
    /// By their buckets.
    all: Vec<Spelling>,
    /// Where each bucket begins in `all`; behind the last one, where that ends.
    buckets: Vec<u32>,
    /// A bit for each beginning.
    bits: Vec<u64>,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Spelling {
    pub(super) begin: Begin,
    pub(super) whole: Hash,
    pub(super) length: u16,
    pub(super) kind: Kind,
    /// It counts only with a capital.
    pub(super) is_capitalised: bool,
    /// It counts within a word too.
    pub(super) is_anywhere: bool,
}

/// The first bytes of a spelling, with letters of both cases alike, and some other bytes too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Begin(u32);

impl Begin {
    /// Of eight bytes.
    pub(super) fn long(bytes: &[u8]) -> Option<Self> {
        let eight = bytes.first_chunk().map(|eight| u64::from_le_bytes(*eight) | u64::from_le_bytes([0x20; 8]))?;
        Some(Self((eight.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) as u32))
    }

    /// Of four bytes.
    pub(super) fn short(bytes: &[u8]) -> Option<Self> {
        let four = bytes.first_chunk().map(|four| u32::from_le_bytes(*four) | u32::from_le_bytes([0x20; 4]))?;
        Some(Self(four.wrapping_mul(0x9e37_79b1)))
    }

    /// A number below a power of two.
    const fn below(self, limit: usize) -> usize {
        (self.0 as usize) >> (32 - limit.trailing_zeros())
    }
}

impl Spellings {
    /// All that several threads found.
    pub(super) fn new(parts: Vec<Vec<Spelling>>) -> Self {
        let count: usize = parts.iter().map(Vec::len).sum();
        let buckets = count.next_power_of_two();
        let bit_count = (buckets * BITS).max(64);
        let (mut bits, mut starts) = (vec![0; bit_count / 64], vec![0_u32; buckets + 1]);
        for Spelling { begin, .. } in parts.iter().flatten() {
            let bit = begin.below(bit_count);
            bits[bit / 64] |= 1 << (bit % 64);
            starts[begin.below(buckets)] += 1;
        }
        let mut end = 0;
        for start in &mut starts {
            end += *start;
            *start = end;
        }
        // Each goes before what its bucket has already: in the end `starts` are where they begin.
        let nothing = Spelling {
            begin: Begin(0),
            whole: Hash::EMPTY,
            length: 0,
            kind: Kind::Word,
            is_capitalised: false,
            is_anywhere: false,
        };
        let mut all = vec![nothing; count];
        for spelling in parts.into_iter().flatten() {
            let start = &mut starts[spelling.begin.below(buckets)];
            *start -= 1;
            all[*start as usize] = spelling;
        }
        Self { all, buckets: starts, bits }
    }

    /// What begins so at a place of a text and counts there.
    #[inline]
    pub(super) fn find(
        &self,
        begin: Begin,
        text: &[u8],
        start: usize,
        counts: impl Fn(&Spelling, usize) -> bool,
    ) -> Option<Kind> {
        let bit = begin.below(self.bits.len() * 64);
        let may_be_there = self.bits[bit / 64] & (1 << (bit % 64)) != 0;
        if may_be_there { self.find_there(begin, text, start, counts) } else { None }
    }

    fn find_there(
        &self,
        begin: Begin,
        text: &[u8],
        start: usize,
        counts: impl Fn(&Spelling, usize) -> bool,
    ) -> Option<Kind> {
        let bucket = begin.below(self.buckets.len() - 1);
        let bucket = &self.all[self.buckets[bucket] as usize..self.buckets[bucket + 1] as usize];
        let is_it = |spelling: &&Spelling| {
            let end = start + usize::from(spelling.length);
            spelling.begin == begin
                && text.get(start..end).is_some_and(|found| Hash::of_any_case(found) == spelling.whole)
                && counts(spelling, end)
        };
        bucket.iter().find(is_it).map(|spelling| spelling.kind)
    }
}

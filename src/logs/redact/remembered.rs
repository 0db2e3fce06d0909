//! What values became that were replaced lately: most values of a log come again and again.

use super::formats::Kind;
use super::hash::Hash;

/// So many values are remembered at most.
const PLACES: usize = 1 << 15;

/// Values as they were spelled, and what stands in their place in the same spelling. Each thread has its own.
///
/// Each value has one place, by its hash; the next value there takes it.
#[derive(Debug, Default)]
pub struct Remembered {
    places: Vec<Option<Entry>>,
}

#[derive(Debug)]
struct Entry {
    kind: Kind,
    /// The value, and behind it what stands in its place.
    both: Box<str>,
    length: usize,
}

impl Remembered {
    /// What stands in place of a value, when it is remembered.
    pub fn get(&self, kind: Kind, value: &str) -> Option<&str> {
        let Entry { kind: known, both, length } = self.places.get(place(value))?.as_ref()?;
        let (own, new) = both.split_at(*length);
        (*known == kind && own == value).then_some(new)
    }

    /// Remembers what stands in place of a value.
    pub fn insert(&mut self, kind: Kind, value: &str, new: &str) {
        self.places.resize_with(PLACES, || None);
        let both = [value, new].concat().into();
        self.places[place(value)] = Some(Entry { kind, both, length: value.len() });
    }
}

fn place(value: &str) -> usize {
    Hash::of(value.as_bytes()).below(PLACES)
}

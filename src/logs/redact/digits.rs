//! Numbers of few digits: there are so few of them that the last ones are not found by chance.

use super::key::Key;

/// From so many digits on chance is enough.
const FEW: u32 = 10;
/// So many numbers are tried one after another.
const MOST: u64 = 1 << 17;

/// All numbers of some digits, each once, in an order that follows from the key and a number.
pub struct SomeDigits {
    smallest: u64,
    count: u64,
    first: u64,
    step: u64,
}

impl SomeDigits {
    /// The numbers of as many digits as a text; `None` when these are many.
    pub fn new(key: &Key, text: &str) -> Option<Self> {
        let digits = u32::try_from(text.len()).ok().filter(|digits| (1..FEW).contains(digits))?;
        let smallest = 10_u64.pow(digits - 1);
        let count = smallest * 9;
        let mut numbers = key.numbers('n', text, 0);
        let mut any = || (0..4).fold(0, |number, _| number * 256 + numbers.below(256) as u64);
        let (first, from) = (any() % count, any() % count);
        // A step that shares no factor with the count comes by every number.
        let step = (from..from + 30).find(|step| [2, 3, 5].iter().all(|factor| step % factor != 0))?;
        Some(Self { smallest, count, first, step })
    }

    /// How many of them are tried.
    pub fn rounds(&self) -> u32 {
        u32::try_from(self.count.min(MOST)).unwrap_or(u32::MAX)
    }

    /// The number of a round.
    pub fn number(&self, round: u32) -> Vec<char> {
        let at = (self.first + u64::from(round) * self.step) % self.count;
        (self.smallest + at).to_string().chars().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_comes_once() {
        let key = Key::from_bytes(&[3; 32]);
        for (text, count) in [("7", 9), ("42", 90), ("9000", 9000)] {
            let numbers = SomeDigits::new(&key, text).expect("few digits");
            let mut all: Vec<Vec<char>> = (0..numbers.rounds()).map(|round| numbers.number(round)).collect();
            all.sort_unstable();
            all.dedup();
            assert!(all.len() == count && all.iter().all(|number| number.len() == text.len()), "{text}");
        }
        assert!(SomeDigits::new(&key, "1234567890").is_none());
    }
}

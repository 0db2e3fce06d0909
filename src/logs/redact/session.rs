//! The key of a case that grows over days: the same value gets the same pseudonym in a later call.
//!
//! Who has the file can try names and see whose pseudonym one is; who has not cannot. No name stands in it: only which
//! of several pseudonyms a value got where the first was taken, by fingerprints that need the key.

use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;
use std::io;

use super::key::Key;

/// The first line of the file.
const HEAD: &str = "scimulator session 1";

/// A key, and what was given away under it before.
#[derive(Clone, Debug)]
pub struct Session {
    bytes: [u8; 32],
    key: Key,
    rounds: HashMap<String, u32>,
    taken: HashSet<String>,
}

/// A pseudonym that was given away: for what, in which round, and which.
#[derive(Clone, Debug)]
pub(super) struct Given {
    pub(super) entry: String,
    pub(super) round: u32,
    pub(super) word: String,
}

impl Session {
    /// One that nobody had before.
    ///
    /// # Errors
    /// When the system gives no random numbers.
    pub fn random() -> io::Result<Self> {
        Ok(Self::of(Key::random_bytes()?))
    }

    fn of(bytes: [u8; 32]) -> Self {
        Self { bytes, key: Key::from_bytes(&bytes), rounds: HashMap::new(), taken: HashSet::new() }
    }

    /// One that [`Session::text`] wrote; `None` when it did not.
    pub fn read(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        let key = lines.next().filter(|head| *head == HEAD).and_then(|_| lines.next())?;
        let mut bytes = [0; 32];
        for (at, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(key.get(at * 2..at * 2 + 2)?, 16).ok()?;
        }
        let mut session = Self::of(bytes);
        for line in lines {
            let mut words = line.split(' ');
            let (entry, round, word) = (words.next()?, words.next()?.parse().ok()?, words.next()?);
            session.rounds.insert(entry.to_owned(), round);
            session.taken.insert(word.to_owned());
        }
        Some(session)
    }

    /// The text of its file. `given` since is added.
    pub(super) fn text(&self, given: &[Given]) -> String {
        let mut text = format!("{HEAD}\n");
        self.bytes.iter().for_each(|byte| {
            let _ = write!(text, "{byte:02x}"); // writing to a String cannot fail
        });
        let mut all = self.clone();
        for Given { entry, round, word } in given {
            all.rounds.insert(self.key.name(entry), *round);
            all.taken.insert(self.key.name(word));
        }
        let mut lines: Vec<String> = all.rounds.iter().map(|(entry, round)| format!("\n{entry} {round} ")).collect();
        lines.sort_unstable();
        let mut taken: Vec<&String> = all.taken.iter().collect();
        taken.sort_unstable();
        // There are as many of the one as of the other: each round gave one away.
        lines.iter().zip(taken).for_each(|(line, word)| text.extend([line, word.as_str()]));
        text.push('\n');
        text
    }

    /// Its key.
    pub const fn key(&self) -> &Key {
        &self.key
    }

    /// In which round a value got its pseudonym before.
    pub(super) fn round(&self, entry: &str) -> Option<u32> {
        if self.rounds.is_empty() { None } else { self.rounds.get(&self.key.name(entry)).copied() }
    }

    /// Somebody got this one before.
    pub(super) fn is_taken(&self, word: &str) -> bool {
        !self.taken.is_empty() && self.taken.contains(&self.key.name(word))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_read_as_it_was_written_and_names_nobody() {
        let session = Session::of([7; 32]);
        let given = |entry: &str, round, word: &str| Given { entry: entry.to_owned(), round, word: word.to_owned() };
        let text = session.text(&[given("wli", 3, "wbo"), given("wana", 0, "wuxo")]);
        let again = Session::read(&text).unwrap();
        assert_eq!((again.round("wli"), again.round("wana"), again.round("wbo")), (Some(3), Some(0), None));
        assert!(again.is_taken("wbo") && again.is_taken("wuxo") && !again.is_taken("wli"));
        assert_eq!(again.text(&[]), text);
        assert!(!text.contains("li") && text.lines().count() == 4, "{text}");
        assert!(Session::read("").is_none() && Session::read("scimulator session 1\n00").is_none());
    }
}

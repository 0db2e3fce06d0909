//! Whose pseudonym is whose, in memory only.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use super::digits::SomeDigits;
use super::hash::Seed;
use super::key::Key;
use super::letters::{another, another_first};
use super::session::{Given, Session};

/// So many pseudonyms are tried that nobody else has.
const ROUNDS: u32 = 1024;
/// Letters and digits from which on nobody else gets the same pseudonym by chance.
const LONG: usize = 16;
/// Kinds of letters and digits that stand together: words, numbers, ids, phone numbers, hexadecimal digits.
const KINDS: [char; 5] = ['w', 'n', 'i', 'p', 'h'];

/// Pseudonyms that were given away.
#[derive(Debug, Default)]
pub struct Assigned {
    /// By their kind, then by what they stand for.
    pseudonyms: [HashMap<Box<str>, Box<str>, Seed>; KINDS.len()],
    taken: HashSet<String, Seed>,
    /// In the order in which they were given away; only for a session.
    given: Vec<Given>,
}

impl Assigned {
    /// Whether those of a kind need not be remembered: they follow from the key alone.
    pub fn is_free(kind: char, text: &str) -> bool {
        text.len() >= LONG && matches!(kind, 'h' | 'i')
    }

    /// What was given away.
    pub fn given(&self) -> &[Given] {
        &self.given
    }

    /// What stands for a text, when it was given away.
    pub fn get(&self, kind: char, text: &str) -> Option<&str> {
        self.pseudonyms[place(kind)].get(text).map(|known| &**known)
    }

    /// Gives a text a pseudonym that nobody has, and that is no word of the originals, as far as there are enough.
    pub fn give(
        &mut self,
        candidates: &Candidates<'_>,
        session: Option<&Session>,
        is_original: impl Fn(&str) -> bool,
    ) -> &str {
        let Candidates { kind, text, .. } = *candidates;
        let is_left = |word: &str| !self.taken.contains(word) && !session.is_some_and(|own| own.is_taken(word));
        let is_free = |word: &str| {
            let own = &word[kind.len_utf8()..];
            own != text && !is_original(own) && is_left(word)
        };
        let entry = || format!("{kind}{text}");
        let before = session.and_then(|session| session.round(&entry()));
        let first = |fits: &dyn Fn(&str) -> bool| {
            (0..candidates.rounds()).map(|round| (Some(round), candidates.word(round))).find(|(_, word)| fits(word))
        };
        // Where there are few, better one's own number than that of somebody else.
        let (round, word) = before
            .map(|round| (Some(round), candidates.word(round)))
            .or_else(|| first(&is_free))
            .or_else(|| first(&is_left))
            .unwrap_or_else(|| (None, candidates.word(ROUNDS)));
        if let (Some(round), true) = (round, session.is_some()) {
            self.given.push(Given { entry: entry(), round, word: word.clone().into() });
        }
        let new = word[kind.len_utf8()..].into();
        self.taken.insert(word.into());
        self.pseudonyms[place(kind)].entry(text.into()).or_insert(new)
    }
}

/// What may become the pseudonym of a text, one after the other.
pub struct Candidates<'t> {
    key: &'t Key,
    kind: char,
    text: &'t str,
    /// Of a short number.
    numbers: Option<SomeDigits>,
    /// The one that is nearly always taken: made before others have to wait.
    first: String,
}

impl<'t> Candidates<'t> {
    /// Those of a text of a kind.
    pub fn new(key: &'t Key, kind: char, text: &'t str) -> Self {
        let numbers = (kind == 'n').then(|| SomeDigits::new(key, text)).flatten();
        let mut candidates = Self { key, kind, text, numbers, first: String::new() };
        candidates.first = candidates.made(0);
        candidates
    }

    fn rounds(&self) -> u32 {
        self.numbers.as_ref().map_or(ROUNDS, SomeDigits::rounds)
    }

    /// The one of a round, with the kind before it.
    fn word(&self, round: u32) -> Cow<'_, str> {
        if round == 0 { Cow::Borrowed(&self.first) } else { Cow::Owned(self.made(round)) }
    }

    fn made(&self, round: u32) -> String {
        let Self { key, kind, text, numbers, .. } = self;
        let mut word = String::with_capacity(text.len() + kind.len_utf8());
        word.push(*kind);
        match numbers {
            Some(numbers) => word.extend(numbers.number(round)),
            None => letters(key, *kind, text, round, &mut word),
        }
        word
    }
}

/// Writes the letters and digits that stand for folded ones; those of two texts differ, as far as there are enough.
pub fn letters(key: &Key, kind: char, text: &str, round: u32, out: &mut String) {
    let mut numbers = key.numbers(kind, text, round);
    let other = |(index, character): (usize, char)| match kind {
        'h' => numbers.digit(),
        'n' if index == 0 => another_first(character, &mut numbers),
        _ => another(character, &mut numbers),
    };
    out.extend(text.chars().enumerate().map(other));
}

fn place(kind: char) -> usize {
    KINDS.iter().position(|known| *known == kind).unwrap_or_default()
}

//! The values of a case, so that all of them are looked for in one pass over a text: by the words that they begin with.
//!
//! A value counts only between characters that are neither letter nor digit. So it can begin only where a word begins,
//! and with the same word; nearly all words of a log begin none. A list in alphabetical order does the rest, in the
//! memory of the values themselves.

use std::ops::Range;

use super::detect::Span;
use super::formats::Kind;
use super::rule::Rule;
use super::spelling::Spelled;

/// The values, as they are compared.
#[derive(Debug, Default)]
pub struct Index {
    /// In alphabetical order.
    values: Vec<Value>,
    /// A bit for each hash of a word that a value begins with.
    words: Vec<u64>,
}

#[derive(Debug)]
struct Value {
    text: Box<str>,
    kind: Kind,
    rule: Rule,
    /// The longest other value that this one begins with.
    shorter: Option<u32>,
}

impl Index {
    /// An index of values; of several that are alike the first counts.
    pub fn new(values: Vec<(String, Kind, Rule)>) -> Self {
        let bits = (values.len() * 16).next_power_of_two().max(1 << 12);
        let mut index = Self { values: Vec::with_capacity(values.len()), words: vec![0; bits / 64] };
        for (text, kind, rule) in values {
            // Punctuation before the first word would stay as it is anyway.
            let text: Box<str> = text.trim_start_matches(|character: char| !character.is_alphanumeric()).into();
            if text.is_empty() {
                continue;
            }
            let bit = index.bit(hash(&text.as_bytes()[..word_end(&text, 0, text.len())]));
            index.words[bit / 64] |= 1 << (bit % 64);
            index.values.push(Value { text, kind, rule, shorter: None });
        }
        index.values.sort_by(|one, other| one.text.cmp(&other.text));
        index.values.dedup_by(|later, first| later.text == first.text);
        let mut around: Vec<usize> = Vec::new();
        for at in 0..index.values.len() {
            while around.last().is_some_and(|last| !index.values[at].text.starts_with(&*index.values[*last].text)) {
                around.pop();
            }
            index.values[at].shorter = around.last().and_then(|last| u32::try_from(*last).ok());
            around.push(at);
        }
        index
    }

    /// Gives every value within a range of a text, from left to right, the longest one that counts where it stands.
    pub fn find(&self, spelled: &Spelled<'_>, within: Range<usize>, mut give: impl FnMut(Span)) {
        let (text, mut at) = (spelled.text.as_str(), within.start);
        if self.values.is_empty() {
            return;
        }
        while at < within.end {
            let Some(length) = word_length(text, at) else {
                at += char_length(text, at);
                continue;
            };
            let end = word_end(text, at + length, within.end);
            let is_begin = text[..at].chars().next_back().is_none_or(|before| !before.is_alphanumeric());
            let found = is_begin.then(|| self.at(spelled, at..within.end, end)).flatten();
            at = found.as_ref().map_or(end, |found| found.range.end.max(at + length));
            found.into_iter().for_each(&mut give);
        }
    }

    /// The longest value that counts at the begin of a range, whose first word ends there.
    fn at(&self, spelled: &Spelled<'_>, range: Range<usize>, word_end: usize) -> Option<Span> {
        let rest = &spelled.text[range.clone()];
        let bit = self.bit(hash(&rest.as_bytes()[..word_end - range.start]));
        if self.words[bit / 64] & (1 << (bit % 64)) == 0 {
            return None;
        }
        // The last value that is not behind the text in the alphabet, or one that it begins with.
        let mut next = self.values.partition_point(|value| &*value.text <= rest).checked_sub(1);
        while let Some(value) = next.map(|index| &self.values[index]) {
            let found = range.start..range.start + value.text.len();
            if rest.starts_with(&*value.text) && value.rule.holds(spelled, found.clone()) {
                return Some(Span { range: found, kind: value.kind });
            }
            next = value.shorter.map(|index| index as usize);
        }
        None
    }

    fn bit(&self, hash: u64) -> usize {
        usize::try_from(hash >> 32).unwrap_or_default() & (self.words.len() * 64 - 1)
    }
}

/// Bytes of the letter or digit that stands there; `None` when something else does.
fn word_length(text: &str, at: usize) -> Option<usize> {
    let byte = text.as_bytes()[at];
    if byte.is_ascii() {
        return byte.is_ascii_alphanumeric().then_some(1);
    }
    text[at..].chars().next().filter(|character| character.is_alphanumeric()).map(char::len_utf8)
}

fn word_end(text: &str, mut at: usize, limit: usize) -> usize {
    while at < limit {
        match word_length(text, at) {
            Some(length) => at += length,
            None => break,
        }
    }
    at
}

fn char_length(text: &str, at: usize) -> usize {
    text[at..].chars().next().map_or(1, char::len_utf8)
}

/// FNV-1a, with the bits mixed that are used: words are short.
fn hash(word: &[u8]) -> u64 {
    let hash = word
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3));
    hash ^ (hash << 21)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(values: &[&str], text: &str) -> Vec<String> {
        let values = values.iter().map(|value| ((*value).to_owned(), Kind::Word, Rule::Whole)).collect();
        let spelled = Spelled::new(text);
        let mut found = Vec::new();
        Index::new(values).find(&spelled, 0..spelled.text.len(), |one| found.push(spelled.text[one.range].to_owned()));
        found
    }

    #[test]
    fn the_longest_value_between_word_ends_counts() {
        let values = ["ann", "ann lee", "ann lee smith", "lee@x", "zoë", "(o'brien)"];
        for (text, expected) in [
            ("ann lee smith", &["ann lee smith"][..]),
            ("ann lee smithers", &["ann lee"]),
            ("ann leeds", &["ann"]),
            ("joann ann", &["ann"]),
            ("a_ann,lee@x.y", &["ann", "lee@x"]),
            ("“Zoë” o'brien", &["zoe"]),
            ("(O’Brien)", &["o'brien)"]),
            ("", &[]),
        ] {
            assert_eq!(
                found(&values.map(|value| if value == "zoë" { "zoe" } else { value }), text),
                expected,
                "{text}"
            );
        }
    }
}

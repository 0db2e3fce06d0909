//! The values of a case, so that all of them are looked for in one pass over a text: by the words that they begin with.
//!
//! A value counts only between characters that are neither letter nor digit. So it can begin only where a word begins,
//! and with the same word; nearly all words of a log begin none. Many values may begin with one word, such as a given
//! name: those of two words and more are found by the first two.

use std::ops::Range;

use aho_corasick::{AhoCorasick, MatchKind};

use super::detect::Span;
use super::formats::Kind;
use super::hash::Hash;
use super::rule::Rule;
use super::spelling::Spelled;

/// No more bytes are between the two words by which a value is found.
const GAP: usize = 8;

/// The values, as they are compared.
#[derive(Debug, Default)]
pub struct Index {
    /// All of them, one behind the other.
    texts: String,
    /// By their buckets; those of one bucket in alphabetical order.
    values: Vec<Value>,
    /// Where each bucket begins in `values`; behind the last one, where that ends.
    buckets: Vec<u32>,
    /// A bit for each hash of a word that a value begins with.
    words: Vec<u64>,
    /// Values that count within words.
    anywhere: Option<AhoCorasick>,
}

#[derive(Clone, Copy, Debug)]
struct Value {
    start: usize,
    length: u32,
    /// The longest other value that this one begins with.
    shorter: Option<u32>,
    kind: Kind,
    rule: Rule,
}

impl Index {
    /// An index of values; of several that are alike the first counts.
    pub fn new(values: Vec<(String, Kind, Rule)>) -> Self {
        let (bits, buckets) = ((values.len() * 16).next_power_of_two().max(1 << 12), values.len().next_power_of_two());
        let mut index = Self { words: vec![0; bits / 64], buckets: vec![0; buckets + 1], ..Self::default() };
        let mut placed = Vec::with_capacity(values.len());
        let anywhere: Vec<&str> =
            values.iter().filter(|(.., rule)| *rule == Rule::Anywhere).map(|(text, ..)| text.as_str()).collect();
        if !anywhere.is_empty() {
            index.anywhere = AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(anywhere).ok();
        }
        for (text, kind, rule) in values {
            // Punctuation before the first word would stay as it is anyway.
            let text = text.trim_start_matches(|character: char| !character.is_alphanumeric());
            let Ok(length @ 1..) = u32::try_from(text.len()) else { continue };
            let first = Word::at(text, 0, text.len(), Hash::EMPTY);
            let bit = first.hash.below(bits);
            index.words[bit / 64] |= 1 << (bit % 64);
            let bucket = first.and_next(text, text.len()).unwrap_or(first).hash.below(buckets);
            placed.push((bucket, Value { start: index.texts.len(), length, shorter: None, kind, rule }));
            index.texts.push_str(text);
        }
        placed.sort_by(|(one, first), (other, second)| {
            one.cmp(other).then_with(|| index.text(first).cmp(index.text(second)))
        });
        placed.dedup_by(|(_, later), (_, first)| index.text(later) == index.text(first));
        for (bucket, _) in &placed {
            index.buckets[bucket + 1] += 1;
        }
        for bucket in 0..buckets {
            index.buckets[bucket + 1] += index.buckets[bucket];
        }
        index.values = placed.into_iter().map(|(_, value)| value).collect();
        index.note_shorter();
        index
    }

    fn note_shorter(&mut self) {
        let mut around: Vec<u32> = Vec::new();
        for at in 0..self.values.len() {
            let text = self.text(&self.values[at]);
            while around.last().is_some_and(|last| !text.starts_with(self.text(&self.values[*last as usize]))) {
                around.pop();
            }
            self.values[at].shorter = around.last().copied();
            around.extend(u32::try_from(at));
        }
    }

    fn text(&self, value: &Value) -> &str {
        &self.texts[value.start..value.start + value.length as usize]
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
            let word = Word::at(text, at, within.end, Hash::EMPTY);
            let found = self.may_begin(word).then(|| self.at(spelled, at..within.end, word)).flatten();
            if let (Some(anywhere), None, false) = (&self.anywhere, &found, text[at..word.end].is_ascii()) {
                let names = anywhere.find_iter(&text[at..word.end]).map(|name| at + name.start()..at + name.end());
                names.for_each(|range| give(Span { range, kind: Kind::Word }));
            }
            at = found.as_ref().map_or(word.end, |found| found.range.end.max(at + length));
            found.into_iter().for_each(&mut give);
        }
    }

    fn may_begin(&self, word: Word) -> bool {
        let bit = word.hash.below(self.words.len() * 64);
        self.words[bit / 64] & (1 << (bit % 64)) != 0
    }

    /// The longest value that counts at the begin of a range, which begins with this word.
    fn at(&self, spelled: &Spelled<'_>, range: Range<usize>, first: Word) -> Option<Span> {
        let text = spelled.text.as_str();
        if text[..range.start].chars().next_back().is_some_and(char::is_alphanumeric) {
            return None;
        }
        let two = first.and_next(text, range.end);
        two.into_iter().chain([first]).find_map(|words| {
            let bucket = words.hash.below(self.buckets.len() - 1);
            let (start, end) = (self.buckets[bucket] as usize, self.buckets[bucket + 1] as usize);
            let rest = &text[range.clone()];
            // The last value that is not behind the text in the alphabet, or one that it begins with.
            let behind = self.values[start..end].partition_point(|value| self.text(value) <= rest);
            let mut next = behind.checked_sub(1).map(|last| start + last);
            while let Some(value) = next.map(|index| &self.values[index]) {
                let found = range.start..range.start + value.length as usize;
                if rest.starts_with(self.text(value)) && value.rule.holds(spelled, found.clone()) {
                    return Some(Span { range: found, kind: value.kind });
                }
                next = value.shorter.map(|index| index as usize);
            }
            None
        })
    }
}

/// The first word of something, or the first two.
#[derive(Clone, Copy)]
struct Word {
    /// Where it ends.
    end: usize,
    hash: Hash,
}

impl Word {
    /// The word that begins there, behind what was hashed already.
    fn at(text: &str, start: usize, limit: usize, before: Hash) -> Self {
        let (bytes, mut end) = (text.as_bytes(), start);
        while end < limit {
            if IS_OF_WORD[usize::from(bytes[end])] {
                end += 1;
            } else if let Some(length) = word_length(text, end) {
                end += length;
            } else {
                break;
            }
        }
        Self { end, hash: before.with_all(&bytes[start..end]) }
    }

    /// It and the next word, when that is near.
    fn and_next(self, text: &str, limit: usize) -> Option<Self> {
        let mut next = self.end;
        while next < limit && next - self.end <= GAP {
            if word_length(text, next).is_some() {
                return Some(Self::at(text, next, limit, self.hash.with_all(&text.as_bytes()[self.end..next])));
            }
            next += char_length(text, next);
        }
        None
    }
}

/// Letters and digits of ASCII.
static IS_OF_WORD: [bool; 256] = {
    let (mut of_word, mut byte) = ([false; 256], 0_u8);
    while byte < 0x80 {
        of_word[byte as usize] = byte.is_ascii_alphanumeric();
        byte += 1;
    }
    of_word
};

/// Bytes of the letter or digit that stands there; `None` when something else does.
#[inline]
fn word_length(text: &str, at: usize) -> Option<usize> {
    let byte = text.as_bytes()[at];
    if byte.is_ascii() { byte.is_ascii_alphanumeric().then_some(1) } else { long_letter(text, at) }
}

/// … when it is none of ASCII.
#[cold]
fn long_letter(text: &str, at: usize) -> Option<usize> {
    text[at..].chars().next().filter(|character| character.is_alphanumeric()).map(char::len_utf8)
}

#[inline]
fn char_length(text: &str, at: usize) -> usize {
    if text.as_bytes()[at].is_ascii() { 1 } else { text[at..].chars().next().map_or(1, char::len_utf8) }
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

//! The check of what was written: no value that was replaced may stand in it, however it is spelled.
//!
//! It shares nothing with the replacing but the list of values, so that it can find its mistakes.

use std::borrow::Cow;
use std::fmt;
use std::fmt::Write as _;
use std::thread;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::formats::Kind;
use super::hash::Hash;
use super::rule::Rule;

/// Shorter values stand by chance in any text.
const SHORTEST: usize = 4;
/// In base64 too.
const SHORTEST_PACKED: usize = 10;
/// No escape is longer, of those behind whose digits a value may begin.
const LONGEST_ESCAPE: usize = 6;
/// What is escaped in a URL (RFC 3986 §2.3).
const ESCAPED_IN_URLS: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
/// Bits for the first three bytes of spellings.
const THREES: usize = 1 << 16;
/// Bits for each beginning that tell at nearly every place of a text that nothing begins there.
const BITS: usize = 8;

/// A value that is still there. It is not said which.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Leak {
    /// What it is.
    pub kind: Kind,
    /// The line, from 1.
    pub line: usize,
}

impl fmt::Display for Leak {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a {} is still in line {}", self.kind.name(), self.line)
    }
}

/// The values that were replaced, in all their spellings.
///
/// Of a spelling only hashes are kept: of its first bytes, by which it is found, and of all of it.
#[derive(Clone, Debug)]
pub struct Originals {
    /// A bit for the first three bytes of each spelling in letters: few enough for the nearest cache.
    threes: Vec<u64>,
    /// Spellings in letters of eight bytes and more.
    long: Spellings,
    /// … of fewer, by their first four.
    short: Spellings,
    /// In base64, in which a value has no bounds.
    packed: Spellings,
}

/// Spellings, by how they begin.
#[derive(Clone, Debug)]
struct Spellings {
    /// By their buckets.
    all: Vec<Spelling>,
    /// Where each bucket begins in `all`; behind the last one, where that ends.
    buckets: Vec<u32>,
    /// A bit for each beginning.
    bits: Vec<u64>,
}

#[derive(Clone, Copy, Debug)]
struct Spelling {
    begin: Begin,
    whole: Hash,
    length: u16,
    kind: Kind,
    /// It counts only with a capital.
    is_capitalised: bool,
    /// It counts within a word too.
    is_anywhere: bool,
}

/// The first bytes of a spelling, with letters of both cases alike, and some other bytes too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Begin(u32);

impl Begin {
    /// Of eight bytes.
    fn long(bytes: &[u8]) -> Option<Self> {
        let eight = bytes.first_chunk().map(|eight| u64::from_le_bytes(*eight) | u64::from_le_bytes([0x20; 8]))?;
        Some(Self((eight.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) as u32))
    }

    /// Of four bytes.
    fn short(bytes: &[u8]) -> Option<Self> {
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
    fn new(parts: Vec<Vec<Spelling>>) -> Self {
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
    fn find(&self, begin: Begin, text: &[u8], start: usize, counts: impl Fn(&Spelling, usize) -> bool) -> Option<Kind> {
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
                && text.get(start..end).is_some_and(|found| hash(found) == spelling.whole)
                && counts(spelling, end)
        };
        bucket.iter().find(is_it).map(|spelling| spelling.kind)
    }
}

impl Originals {
    /// The values, and where each counts; which of them are looked for is asked while threads share the work.
    pub(super) fn new(
        values: &[(Kind, Rule, &str)],
        is_wanted: impl Fn(Kind, &str) -> bool + Sync,
        threads: usize,
    ) -> Self {
        let part = |values: &[(Kind, Rule, &str)]| {
            let mut part = Part::new();
            for (kind, rule, value) in values.iter().filter(|(kind, _, value)| is_wanted(*kind, value)) {
                part.add(*kind, *rule, value);
            }
            part
        };
        let parts: Vec<Part> = thread::scope(|scope| {
            let size = values.len().div_ceil(threads).max(1);
            let parts: Vec<_> = values.chunks(size).map(|values| scope.spawn(|| part(values))).collect();
            parts.into_iter().map(|part| part.join().expect("nothing panics there")).collect()
        });
        let (mut long, mut short, mut packed) = (Vec::new(), Vec::new(), Vec::new());
        let mut threes = vec![0; THREES / 64];
        for part in parts {
            threes.iter_mut().zip(&part.threes).for_each(|(all, own)| *all |= own);
            long.push(part.long);
            short.push(part.short);
            packed.push(part.packed);
        }
        thread::scope(|scope| {
            let packed = scope.spawn(|| Spellings::new(packed));
            let (long, short) = (Spellings::new(long), Spellings::new(short));
            Self { threes, long, short, packed: packed.join().expect("nothing panics there") }
        })
    }

    /// The first value that still stands in a text.
    pub fn check(&self, text: &[u8]) -> Option<Leak> {
        let (at, kind) = self.first(text)?;
        let line = memchr::memchr_iter(b'\n', &text[..at]).count() + 1;
        Some(Leak { kind, line })
    }

    fn first(&self, text: &[u8]) -> Option<(usize, Kind)> {
        let (mut is_in_word, mut sign, mut digits) = (false, 0, 0);
        for (at, byte) in text.iter().enumerate() {
            // In letters a value begins with a word, with another character, or behind an escape.
            let is_of_word = byte.is_ascii_alphanumeric();
            if !(is_of_word && is_in_word && at > sign + LONGEST_ESCAPE)
                && let Some(kind) = self.in_letters(text, at)
            {
                return Some((at, kind));
            }
            if matches!(byte, b'%' | b'=' | b'\\') {
                sign = at;
            }
            is_in_word = is_of_word;
            digits = if is_base64(*byte) { digits + 1 } else { 0 };
            if digits >= SHORTEST_PACKED {
                let start = at + 1 - SHORTEST_PACKED;
                let begin = Begin::long(&text[start..])?;
                if let Some(kind) = self.packed.find(begin, text, start, |_, _| true) {
                    return Some((start, kind));
                }
            }
        }
        None
    }

    /// What begins there in letters.
    #[inline]
    fn in_letters(&self, text: &[u8], at: usize) -> Option<Kind> {
        let counts = |spelling: &Spelling, end: usize| {
            (spelling.is_anywhere || is_bounded(text, at, end))
                && !is_name(text, at, end)
                && !(spelling.is_capitalised && text[at].is_ascii_lowercase())
        };
        let three = three(&text[at..])?;
        if self.threes[three / 64] & (1 << (three % 64)) == 0 {
            return None;
        }
        let long = Begin::long(&text[at..]).and_then(|begin| self.long.find(begin, text, at, counts));
        long.or_else(|| self.short.find(Begin::short(&text[at..])?, text, at, counts))
    }
}

/// The spellings that one thread found.
struct Part {
    threes: Vec<u64>,
    long: Vec<Spelling>,
    short: Vec<Spelling>,
    packed: Vec<Spelling>,
}

impl Part {
    fn new() -> Self {
        Self { threes: vec![0; THREES / 64], long: Vec::new(), short: Vec::new(), packed: Vec::new() }
    }

    /// Takes in a value in all its spellings.
    fn add(&mut self, kind: Kind, rule: Rule, value: &str) {
        let is_anywhere = rule == Rule::Anywhere;
        if value.chars().count() < SHORTEST && !is_anywhere {
            return;
        }
        let is_capitalised = matches!(rule, Rule::OneWord | Rule::WordOfName);
        let new = |begin: Begin, spelling: &str| {
            // A secret may be so long that one of its spellings is longer than is looked for; the others are.
            let length = u16::try_from(spelling.len()).ok()?;
            Some(Spelling { begin, whole: hash(spelling.as_bytes()), length, kind, is_capitalised, is_anywhere })
        };
        for spelling in as_written(value) {
            if let Some(three) = three(spelling.as_bytes()) {
                self.threes[three / 64] |= 1 << (three % 64);
            }
            match Begin::long(spelling.as_bytes()) {
                Some(begin) => self.long.extend(new(begin, &spelling)),
                None => self.short.extend(Begin::short(spelling.as_bytes()).and_then(|begin| new(begin, &spelling))),
            }
        }
        for spelling in in_base64(value) {
            self.packed.extend(Begin::long(spelling.as_bytes()).and_then(|begin| new(begin, &spelling)));
        }
    }
}

/// The first three bytes as a number below [`THREES`], with letters of both cases alike, and some other bytes too.
#[inline]
fn three(bytes: &[u8]) -> Option<usize> {
    let [first, second, third] = *bytes.first_chunk()?;
    let six_bits = |byte: u8| usize::from((byte | 0x20) & 0x3F);
    Some(six_bits(first) << 10 ^ six_bits(second) << 5 ^ six_bits(third))
}

/// Of a text, with letters of both cases alike.
fn hash(text: &[u8]) -> Hash {
    text.iter().fold(Hash::EMPTY, |hash, byte| hash.with(byte.to_ascii_lowercase()))
}

const fn is_of_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || !byte.is_ascii()
}

const fn is_base64(byte: u8) -> bool {
    OF_BASE64[byte as usize]
}

static OF_BASE64: [bool; 256] = {
    let (mut of_base64, mut byte) = ([false; 256], 0_u8);
    while byte < 0x80 {
        of_base64[byte as usize] = byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_');
        byte += 1;
    }
    of_base64
};

/// How a value stands in JSON, URLs, mail headers and as it is.
fn as_written(value: &str) -> Vec<Cow<'_, str>> {
    let needs_no_escape = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~');
    let mut all = vec![Cow::Borrowed(value)];
    if value.bytes().all(needs_no_escape) {
        return all;
    }
    if value.bytes().any(|byte| !byte.is_ascii() || byte.is_ascii_control() || matches!(byte, b'"' | b'\\')) {
        let json = serde_json::to_string(value).unwrap_or_default();
        let json = json.trim_start_matches('"');
        let json = json.strip_suffix('"').unwrap_or(json);
        let more = [json.to_owned(), json.replace('\\', "\\\\"), escaped(json, "\\"), escaped(json, "\\\\")];
        all.extend(more.map(Cow::Owned));
    }
    let usual = utf8_percent_encode(value, ESCAPED_IN_URLS).to_string();
    let more = [
        usual.replace("%27", "'"),
        usual.replace("%20", "+"),
        usual.replace('%', "="),
        usual.replace('%', "\\x"),
        usual,
    ];
    all.extend(more.map(Cow::Owned));
    all.sort_unstable();
    all.dedup();
    all
}

fn escaped(value: &str, backslash: &str) -> String {
    let mut text = String::new();
    for character in value.chars() {
        if character.is_ascii() {
            text.push(character);
            continue;
        }
        for unit in character.encode_utf16(&mut [0; 2]) {
            let _ = write!(text, "{backslash}u{unit:04x}"); // writing to a String cannot fail
        }
    }
    text
}

/// What a value is in base64, whatever stands around it: the digits that only its own bytes decide.
fn in_base64(value: &str) -> impl Iterator<Item = String> + '_ {
    let shifted = |shift: usize| {
        let bytes: Vec<u8> = [0_u8, 0][..shift].iter().copied().chain(value.bytes()).collect();
        let mut text = STANDARD_NO_PAD.encode(&bytes);
        text.truncate(bytes.len() / 3 * 4);
        text.drain(..[0, 2, 3][shift].min(text.len()));
        text
    };
    // In URLs two digits of the alphabet are others (RFC 4648 §5).
    let both = |text: String| {
        let of_urls = text.contains(['+', '/']).then(|| text.replace('+', "-").replace('/', "_"));
        std::iter::once(text).chain(of_urls)
    };
    (0..3).map(shifted).filter(|text| text.len() >= SHORTEST_PACKED).flat_map(both)
}

/// No letter or digit stands beside it; the digits of an escape do not count.
fn is_bounded(text: &[u8], start: usize, end: usize) -> bool {
    let before = &text[..start];
    let is_escape = before.len() >= 3 && matches!(before[before.len() - 3], b'%' | b'=')
        || before.len() >= 2 && before[before.len() - 2] == b'\\'
        || before.len() >= 4 && before[before.len() - 4..].starts_with(b"\\x")
        || before.len() >= 6 && before[before.len() - 6..].starts_with(b"\\u");
    (is_escape || !before.last().copied().is_some_and(is_of_word)) && !text.get(end).copied().is_some_and(is_of_word)
}

/// It is the name of a member of an object.
fn is_name(text: &[u8], start: usize, end: usize) -> bool {
    let rest = text[end..].iter().skip_while(|byte| matches!(byte, b'\\' | b'"' | b' '));
    start > 0
        && text[start - 1] == b'"'
        && text.get(end).is_some_and(|byte| matches!(byte, b'\\' | b'"'))
        && rest.clone().next() == Some(&b':')
}

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
use super::rule::{Counts, Rule};

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

mod cover;
mod spellings;
mod views;

use spellings::{Begin, Spelling, Spellings};
pub use views::Form;
use views::views;

/// A value that is still there. It is not said which.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Leak {
    /// What it is.
    pub kind: Kind,
    /// The line, from 1.
    pub line: usize,
    /// In which form.
    pub form: Form,
}

impl fmt::Display for Leak {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a {} is still in line {}{}", self.kind.name(), self.line, self.form)
    }
}

/// The values that were replaced, in all their spellings.
///
/// Of a spelling only hashes are kept: of its first bytes, by which it is found, and of all of it.
#[derive(Clone, Debug)]
pub struct Originals {
    /// Whether a spelling in letters begins with a byte.
    firsts: [bool; 256],
    /// A bit for the first three bytes of each spelling in letters: few enough for the nearest cache.
    threes: Vec<u64>,
    /// Spellings in letters of eight bytes and more.
    long: Spellings,
    /// … of fewer, by their first four.
    short: Spellings,
    /// In base64, in which a value has no bounds.
    packed: Spellings,
}

impl Originals {
    /// The values, and where each counts; which of them are looked for is asked while threads share the work.
    pub(super) fn new(
        values: &[(Kind, Counts<'_>, &str)],
        is_wanted: impl Fn(Kind, &str) -> bool + Sync,
        threads: usize,
    ) -> Self {
        let part = |values: &[(Kind, Counts<'_>, &str)]| {
            let mut part = Part::new();
            for (kind, counts, value) in values.iter().filter(|(kind, _, value)| is_wanted(*kind, value)) {
                part.add(*kind, counts.rule(*kind), value);
            }
            part
        };
        let parts: Vec<Part> = thread::scope(|scope| {
            let size = values.len().div_ceil(threads).max(1);
            let parts: Vec<_> = values.chunks(size).map(|values| scope.spawn(|| part(values))).collect();
            parts.into_iter().map(|part| part.join().expect("nothing panics there")).collect()
        });
        let (mut long, mut short, mut packed) = (Vec::new(), Vec::new(), Vec::new());
        let (mut firsts, mut threes) = ([false; 256], vec![0; THREES / 64]);
        for part in parts {
            firsts.iter_mut().zip(&part.firsts).for_each(|(all, own)| *all |= own);
            threes.iter_mut().zip(&part.threes).for_each(|(all, own)| *all |= own);
            long.push(part.long);
            short.push(part.short);
            packed.push(part.packed);
        }
        thread::scope(|scope| {
            let packed = scope.spawn(|| Spellings::new(packed));
            let (long, short) = (Spellings::new(long), Spellings::new(short));
            Self { firsts, threes, long, short, packed: packed.join().expect("nothing panics there") }
        })
    }

    /// The first value that still stands in a text; one in a form of programs comes behind all others.
    pub fn check(&self, text: &[u8]) -> Option<Leak> {
        let direct = || self.first(text).map(|(at, kind)| (at, kind, Form::Letters));
        let viewed =
            || views(text).iter().find_map(|view| Some((view.place.start, self.first(&view.text)?.1, view.form)));
        let (at, kind, form) = direct().or_else(viewed)?;
        let line = memchr::memchr_iter(b'\n', &text[..at]).count() + 1;
        Some(Leak { kind, line, form })
    }

    fn first(&self, text: &[u8]) -> Option<(usize, Kind)> {
        let (mut is_in_word, mut sign, mut digits) = (false, 0, 0);
        for (at, byte) in text.iter().enumerate() {
            // In letters a value begins with a word, with another character, or behind an escape.
            let is_of_word = byte.is_ascii_alphanumeric();
            if self.firsts[usize::from(*byte)]
                && !(is_of_word && is_in_word && at > sign + LONGEST_ESCAPE)
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
    firsts: [bool; 256],
    threes: Vec<u64>,
    long: Vec<Spelling>,
    short: Vec<Spelling>,
    packed: Vec<Spelling>,
    /// What is packed, and in base64.
    buffers: (Vec<u8>, Vec<u8>),
}

impl Part {
    fn new() -> Self {
        Self {
            firsts: [false; 256],
            threes: vec![0; THREES / 64],
            long: Vec::new(),
            short: Vec::new(),
            packed: Vec::new(),
            buffers: <(Vec<u8>, Vec<u8>)>::default(),
        }
    }

    /// Takes in a value in all its spellings.
    fn add(&mut self, kind: Kind, rule: Rule, value: &str) {
        let is_anywhere = rule == Rule::Anywhere;
        if value.chars().count() < SHORTEST && !is_anywhere {
            return;
        }
        let is_capitalised = matches!(rule, Rule::OneWord | Rule::WordOfName);
        let new = |begin: Begin, spelling: &[u8]| {
            // A secret may be so long that one of its spellings is longer than is looked for; the others are.
            let length = u16::try_from(spelling.len()).ok()?;
            Some(Spelling { begin, whole: Hash::of_any_case(spelling), length, kind, is_capitalised, is_anywhere })
        };
        for spelling in as_written(value) {
            let spelling = spelling.as_bytes();
            for first in
                spelling.first().map(|first| [first.to_ascii_lowercase(), first.to_ascii_uppercase()]).iter().flatten()
            {
                self.firsts[usize::from(*first)] = true;
            }
            if let Some(three) = three(spelling) {
                self.threes[three / 64] |= 1 << (three % 64);
            }
            match Begin::long(spelling) {
                Some(begin) => self.long.extend(new(begin, spelling)),
                None => self.short.extend(Begin::short(spelling).and_then(|begin| new(begin, spelling))),
            }
        }
        let packed = &mut self.packed;
        in_base64(value, &mut self.buffers, |spelling| {
            packed.extend(Begin::long(spelling).and_then(|begin| new(begin, spelling)));
        });
    }
}

/// The first three bytes as a number below [`THREES`], with letters of both cases alike, and some other bytes too.
#[inline]
fn three(bytes: &[u8]) -> Option<usize> {
    let [first, second, third] = *bytes.first_chunk()?;
    let six_bits = |byte: u8| usize::from((byte | 0x20) & 0x3F);
    Some(six_bits(first) << 10 ^ six_bits(second) << 5 ^ six_bits(third))
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

/// Gives what a value is in base64, whatever stands around it: the digits that only its own bytes decide.
fn in_base64(value: &str, (bytes, digits): &mut (Vec<u8>, Vec<u8>), mut give: impl FnMut(&[u8])) {
    for shift in 0..3 {
        bytes.clear();
        bytes.extend(std::iter::repeat_n(0, shift));
        bytes.extend(value.as_bytes());
        let first = [0, 2, 3][shift];
        let end = bytes.len() / 3 * 4;
        if end < first + SHORTEST_PACKED {
            continue;
        }
        digits.resize(bytes.len().div_ceil(3) * 4, 0);
        if STANDARD_NO_PAD.encode_slice(&bytes, digits).is_err() {
            continue; // they are enough
        }
        let own = &mut digits[first..end];
        give(own);
        // In URLs two digits of the alphabet are others (RFC 4648 §5).
        if memchr::memchr2(b'+', b'/', own).is_some() {
            for digit in own.iter_mut() {
                *digit = match *digit {
                    b'+' => b'-',
                    b'/' => b'_',
                    digit => digit,
                };
            }
            give(own);
        }
    }
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

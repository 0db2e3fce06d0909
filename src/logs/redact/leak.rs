//! The check of what was written: no value that was replaced may stand in it, however it is spelled.
//!
//! It shares nothing with the replacing but the list of values, so that it can find its mistakes.

use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::formats::Kind;
use super::rule::Rule;

/// Shorter values stand by chance in any text.
const SHORTEST: usize = 4;
/// Bits for beginnings: many more than a case has names.
const BITS: usize = 1 << 23;
/// In base64 too.
const SHORTEST_PACKED: usize = 10;

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
/// They are found by how they begin: a bit for each beginning tells at nearly every byte of a text that none begins
/// there, in the memory of the spellings themselves.
#[derive(Clone, Debug, Default)]
pub struct Originals {
    /// All spellings, one behind the other.
    bytes: Vec<u8>,
    spellings: Vec<Spelling>,
    /// Beginnings of eight bytes, and of four where a spelling is shorter.
    begins: [Begins; 2],
}

#[derive(Clone, Copy, Debug)]
struct Spelling {
    start: u32,
    length: u32,
    /// Another one with the same beginning.
    next: Option<u32>,
    kind: Kind,
    form: Form,
}

/// Beginnings, and the spelling of each that came last.
#[derive(Clone, Debug)]
struct Begins {
    bits: Vec<u64>,
    last: HashMap<u64, u32>,
}

/// How a value is spelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// In letters; as a word with a capital only, where `true`.
    Letters(bool),
    /// In base64, in which a value has no bounds.
    Packed,
}

impl Default for Begins {
    fn default() -> Self {
        Self { bits: vec![0; BITS / 64], last: HashMap::new() }
    }
}

impl Begins {
    fn bit(begin: u64) -> (usize, u64) {
        let mixed = begin.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (64 - BITS.trailing_zeros());
        (usize::try_from(mixed / 64).unwrap_or_default(), 1 << (mixed % 64))
    }

    fn get(&self, begin: u64) -> Option<u32> {
        let (word, bit) = Self::bit(begin);
        if self.bits[word] & bit == 0 { None } else { self.last.get(&begin).copied() }
    }

    fn insert(&mut self, begin: u64, spelling: u32) -> Option<u32> {
        let (word, bit) = Self::bit(begin);
        self.bits[word] |= bit;
        self.last.insert(begin, spelling)
    }
}

impl Originals {
    /// Takes in a value.
    pub(super) fn add(&mut self, kind: Kind, rule: Rule, value: &str) {
        if value.chars().count() < SHORTEST {
            return;
        }
        let letters = Form::Letters(matches!(rule, Rule::OneWord | Rule::WordOfName));
        let needs_no_escape = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~');
        if value.bytes().all(needs_no_escape) {
            self.push(value, kind, letters);
        } else {
            for spelling in BTreeSet::from_iter(spellings(value)) {
                self.push(&spelling, kind, letters);
            }
        }
        for packed in packed(value) {
            self.push(&packed, kind, Form::Packed);
        }
    }

    fn push(&mut self, spelling: &str, kind: Kind, form: Form) {
        let (Ok(start), Ok(index)) = (u32::try_from(self.bytes.len()), u32::try_from(self.spellings.len())) else {
            return; // 4 GiB of names
        };
        let length = u32::try_from(spelling.len()).unwrap_or_default();
        let next = match eight(spelling.as_bytes()) {
            Some(begin) => self.begins[0].insert(begin, index),
            None => four(spelling.as_bytes()).and_then(|begin| self.begins[1].insert(begin, index)),
        };
        self.bytes.extend_from_slice(spelling.as_bytes());
        self.spellings.push(Spelling { start, length, next, kind, form });
    }

    /// The first value that still stands in a text.
    pub fn check(&self, text: &[u8]) -> Option<Leak> {
        let (at, kind) = (0..text.len()).find_map(|at| Some((at, self.at(text, at)?)))?;
        let line = memchr::memchr_iter(b'\n', &text[..at]).count() + 1;
        Some(Leak { kind, line })
    }

    /// What begins there.
    fn at(&self, text: &[u8], start: usize) -> Option<Kind> {
        let rest = &text[start..];
        let long = eight(rest).and_then(|begin| self.begins[0].get(begin));
        let short = four(rest).and_then(|begin| self.begins[1].get(begin));
        if long.is_none() && short.is_none() {
            return None;
        }
        [long, short].into_iter().find_map(|mut next| {
            while let Some(spelling) = next.map(|index| &self.spellings[index as usize]) {
                let original = &self.bytes[spelling.start as usize..][..spelling.length as usize];
                let end = start + original.len();
                let is_it = text.get(start..end).is_some_and(|found| found.eq_ignore_ascii_case(original));
                if is_it && spelling.form.counts(text, start, end) {
                    return Some(spelling.kind);
                }
                next = spelling.next;
            }
            None
        })
    }
}

impl Form {
    /// Whether a spelling that stands there is the value.
    fn counts(self, text: &[u8], start: usize, end: usize) -> bool {
        match self {
            Self::Packed => true,
            Self::Letters(with_capital) => {
                is_bounded(text, start, end)
                    && !is_name(text, start, end)
                    && !(with_capital && text[start].is_ascii_lowercase())
            }
        }
    }
}

/// The first eight bytes, with letters of both cases alike, and some other bytes too.
fn eight(bytes: &[u8]) -> Option<u64> {
    bytes.first_chunk().map(|eight| u64::from_le_bytes(*eight) | u64::from_le_bytes([0x20; 8]))
}

fn four(bytes: &[u8]) -> Option<u64> {
    bytes.first_chunk().map(|four| u64::from(u32::from_le_bytes(*four) | u32::from_le_bytes([0x20; 4])))
}

/// How a value stands in JSON, URLs, mail headers and as it is.
fn spellings(value: &str) -> Vec<String> {
    let json = serde_json::to_string(value).unwrap_or_default();
    let json = json.trim_start_matches('"');
    let json = json.strip_suffix('"').unwrap_or(json);
    let percent = utf8_percent_encode(value, NON_ALPHANUMERIC).to_string();
    // What needs no escape is not escaped (RFC 3986 §2.3).
    let unreserved = ["%2D", "%2E", "%5F", "%7E"].into_iter().zip(["-", ".", "_", "~"]);
    let usual = unreserved.fold(percent, |text, (coded, plain)| text.replace(coded, plain));
    vec![
        value.to_owned(),
        json.to_owned(),
        json.replace('\\', "\\\\"),
        escaped(json, "\\"),
        escaped(json, "\\\\"),
        usual.replace("%27", "'"),
        usual.replace("%20", "+"),
        usual.replace('%', "="),
        usual,
    ]
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
fn packed(value: &str) -> Vec<String> {
    let shifted = (0..3).map(|shift| {
        let bytes: Vec<u8> = [0_u8, 0][..shift].iter().copied().chain(value.bytes()).collect();
        let text = STANDARD_NO_PAD.encode(&bytes);
        let start = [0, 2, 3][shift];
        let end = bytes.len() / 3 * 4;
        text.get(start..end).unwrap_or_default().to_owned()
    });
    shifted.filter(|text| text.len() >= SHORTEST_PACKED).collect()
}

/// No letter or digit stands beside it; the digits of an escape do not count.
fn is_bounded(text: &[u8], start: usize, end: usize) -> bool {
    let is_of_word = |byte: &u8| byte.is_ascii_alphanumeric() || !byte.is_ascii();
    let before = &text[..start];
    let is_escape = before.len() >= 3 && matches!(before[before.len() - 3], b'%' | b'=')
        || before.len() >= 2 && before[before.len() - 2] == b'\\'
        || before.len() >= 6 && before[before.len() - 6..].starts_with(b"\\u");
    (is_escape || !before.last().is_some_and(is_of_word)) && !text.get(end).is_some_and(is_of_word)
}

/// It is the name of a member of an object.
fn is_name(text: &[u8], start: usize, end: usize) -> bool {
    let rest = text[end..].iter().skip_while(|byte| matches!(byte, b'\\' | b'"' | b' '));
    start > 0
        && text[start - 1] == b'"'
        && text.get(end).is_some_and(|byte| matches!(byte, b'\\' | b'"'))
        && rest.clone().next() == Some(&b':')
}

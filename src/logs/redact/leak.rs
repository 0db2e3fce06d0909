//! The check of what was written: no value that was replaced may stand in it, however it is spelled.
//!
//! It shares nothing with the replacing but the list of values, so that it can find its mistakes.

use std::collections::BTreeSet;
use std::fmt;
use std::fmt::Write as _;
use std::io;

use aho_corasick::AhoCorasick;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::formats::Kind;
use super::vocabulary::Rule;

/// Shorter values stand by chance in any text.
const SHORTEST: usize = 4;
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

/// The values that were replaced.
#[derive(Clone, Debug)]
pub struct Originals {
    find: AhoCorasick,
    of: Vec<(Kind, Form)>,
}

/// How a value is spelled in a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// In letters; as a word with a capital only, where `true`.
    Letters(bool),
    /// In base64, in which a value has no bounds.
    Packed,
}

impl Originals {
    pub(super) fn new(values: &BTreeSet<(Kind, Rule, String)>) -> io::Result<Self> {
        let (mut patterns, mut of) = (Vec::new(), Vec::new());
        for (kind, rule, value) in values.iter().filter(|(_, _, value)| value.chars().count() >= SHORTEST) {
            let letters = Form::Letters(matches!(rule, Rule::OneWord | Rule::WordOfName));
            let spellings: BTreeSet<String> = spellings(value).into_iter().collect();
            for spelling in spellings {
                patterns.push(spelling);
                of.push((*kind, letters));
            }
            for packed in packed(value) {
                patterns.push(packed);
                of.push((*kind, Form::Packed));
            }
        }
        let find = AhoCorasick::builder().ascii_case_insensitive(true).build(patterns).map_err(io::Error::other)?;
        Ok(Self { find, of })
    }

    /// The first value that still stands in a text.
    pub fn check(&self, text: &[u8]) -> Option<Leak> {
        let found = self.find.find_overlapping_iter(text).find(|found| {
            let (_, form) = self.of[found.pattern().as_usize()];
            match form {
                Form::Packed => true,
                Form::Letters(with_capital) => {
                    is_bounded(text, found.start(), found.end())
                        && !is_name(text, found.start(), found.end())
                        && !(with_capital && text[found.start()].is_ascii_lowercase())
                }
            }
        })?;
        let line = memchr::memchr_iter(b'\n', &text[..found.start()]).count() + 1;
        Some(Leak { kind: self.of[found.pattern().as_usize()].0, line })
    }
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

//! Secrets and how they are kept out of every output.
//!
//! Tokens and passwords come from the command line, the control plane and the
//! dialects; whoever sends one tells the run's [`Redactor`], and every report,
//! curl line and log goes through it.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

/// What stands in the place of a secret.
pub const MASK: &str = "******";

/// Secrets shorter than this are masked only as whole words: masking every `abc` would garble the report.
const WHOLE_WORD_BELOW: usize = 6;

/// More secrets than this are not kept; a run makes one for each user and token.
const MAX_SECRETS: usize = 20_000;

/// A value that no output may show. It has no way to be printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Arc<str>);

impl Secret {
    /// Takes a secret over; white space around it (the line end of a token file) is no part of it.
    pub fn new(value: &str) -> Self {
        Self(Arc::from(value.trim()))
    }

    /// The value itself, for the one place that sends it.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// Whether nothing was given.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(MASK)
    }
}

/// Masks every secret of the run in any text. Cheap to clone; all clones share what they know.
#[derive(Clone, Default)]
pub struct Redactor(Arc<RwLock<Needles>>);

impl fmt::Debug for Redactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Redactor")
    }
}

impl Redactor {
    /// Knows no secret yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Learns a secret, and the forms it takes in base64 and hexadecimal.
    pub fn add(&self, secret: &Secret) {
        let value = secret.reveal();
        let mut needles = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if value.is_empty() || needles.known.contains(value) || needles.known.len() >= MAX_SECRETS {
            return;
        }
        needles.known.insert(value.to_owned());
        needles.insert(value, value.chars().count() < WHOLE_WORD_BELOW);
        for copy in encoded_copies(value) {
            needles.insert(&copy, false);
        }
    }

    /// The text with every secret replaced by [`MASK`].
    ///
    /// Found as they are, percent-encoded, JSON-escaped (also mixed), as base64
    /// at any alignment, such as within `Basic` credentials, and as hexadecimal.
    pub fn mask<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let needles = self.0.read().unwrap_or_else(PoisonError::into_inner);
        if needles.known.is_empty() {
            return Cow::Borrowed(text);
        }
        let mut masked = String::new();
        let mut kept = 0;
        let mut at = 0;
        while let Some(next) = text[at..].chars().next() {
            let Some(end) = needles.longest(text, at) else {
                at += next.len_utf8();
                continue;
            };
            masked.push_str(&text[kept..at]);
            masked.push_str(MASK);
            (kept, at) = (end, end);
        }
        if kept == 0 {
            return Cow::Borrowed(text);
        }
        masked.push_str(&text[kept..]);
        Cow::Owned(masked)
    }
}

/// A trie of everything to look for: how long a text takes does not depend on how many secrets there are.
#[derive(Default)]
struct Needles {
    known: HashSet<String>,
    edges: HashMap<(usize, char), usize>,
    /// Nodes where a needle ends, and whether it counts as a whole word only.
    ends: HashMap<usize, bool>,
    nodes: usize,
}

impl Needles {
    fn insert(&mut self, needle: &str, whole_word: bool) {
        let mut node = 0;
        for found in needle.chars() {
            let next = self.nodes + 1;
            node = *self.edges.entry((node, found)).or_insert(next);
            self.nodes = self.nodes.max(node);
        }
        let end = self.ends.entry(node).or_insert(whole_word);
        *end &= whole_word;
    }

    /// Where the longest needle ends that begins at `start`, however its characters are written.
    fn longest(&self, text: &str, start: usize) -> Option<usize> {
        let mut best = None;
        let mut open = vec![(0, start)];
        while let Some((node, at)) = open.pop() {
            if let Some(whole_word) = self.ends.get(&node)
                && (!whole_word || stands_alone(text, start, at))
            {
                best = best.max(Some(at));
            }
            for (found, length) in spellings(&text[at..]).into_iter().flatten() {
                open.extend(self.edges.get(&(node, found)).map(|next| (*next, at + length)));
            }
        }
        best
    }
}

/// Whether no letter or digit touches `text[start..end]`.
fn stands_alone(text: &str, start: usize, end: usize) -> bool {
    let free = |neighbour: Option<char>| !neighbour.is_some_and(char::is_alphanumeric);
    free(text[..start].chars().next_back()) && free(text[end..].chars().next())
}

/// The character that the text begins with, as it stands and as an escape, with its length in bytes.
fn spellings(text: &str) -> [Option<(char, usize)>; 2] {
    let raw = text.chars().next();
    let escape = match raw {
        Some('%') => percent_encoded(text),
        Some('\\') => json_escaped(text),
        Some('&') => named_entity(text),
        Some('+') => Some((' ', 1)),
        _ => None,
    };
    [raw.map(|found| (found, found.len_utf8())), escape]
}

/// `%7e` or `%7E`; as many as the character has bytes in UTF-8.
fn percent_encoded(text: &str) -> Option<(char, usize)> {
    let byte_at = |at: usize| hexadecimal(text.get(at..at + 3)?.strip_prefix('%')?);
    let first = u8::try_from(byte_at(0)?).ok()?;
    let length = match first {
        0..=0x7f => return Some((char::from(first), 3)),
        0xc0..=0xdf => 2,
        0xe0..=0xef => 3,
        _ => 4,
    };
    let bytes: Option<Vec<u8>> = (0..length).map(|index| u8::try_from(byte_at(index * 3)?).ok()).collect();
    Some((std::str::from_utf8(&bytes?).ok()?.chars().next()?, length * 3))
}

/// `\"`, `\\`, `\/`, `\n`, … and `\u00e9`, beyond the first plane two of them (RFC 8259 §7).
fn json_escaped(text: &str) -> Option<(char, usize)> {
    let unit_at = |at: usize| u16::try_from(hexadecimal(text.get(at..at + 6)?.strip_prefix("\\u")?)?).ok();
    let found = match text.as_bytes().get(1)? {
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        other @ (b'"' | b'\\' | b'/') => char::from(*other),
        b'u' => {
            let units = [unit_at(0)?, unit_at(6).unwrap_or(0)];
            let found = char::decode_utf16(units).next()?.ok()?;
            return Some((found, found.len_utf16() * 6));
        }
        _ => return None,
    };
    Some((found, 2))
}

/// `&amp;` and the like, as XML and HTML write them.
fn named_entity(text: &str) -> Option<(char, usize)> {
    const NAMED: [(&str, char); 6] =
        [("&amp;", '&'), ("&lt;", '<'), ("&gt;", '>'), ("&quot;", '"'), ("&apos;", '\''), ("&#39;", '\'')];
    NAMED.iter().find(|(name, _)| text.starts_with(name)).map(|(name, meant)| (*meant, name.len()))
}

/// Hexadecimal digits only: `from_str_radix` alone would take a sign too.
fn hexadecimal(digits: &str) -> Option<u32> {
    digits.bytes().all(|digit| digit.is_ascii_hexdigit()).then(|| u32::from_str_radix(digits, 16).ok())?
}

/// Base64 of the secret at each of the three alignments it can have within a longer text, and hexadecimal.
///
/// Only the characters that the secret alone decides are looked for. Copies
/// of fewer than eight characters would match by chance and are left out.
fn encoded_copies(value: &str) -> Vec<String> {
    let mut copies = Vec::new();
    for before in 0..3 {
        let padded = [&[0_u8; 2][..before], value.as_bytes()].concat();
        // Characters touched by the bytes before, and the last one when bits of the next byte reach it.
        let first = [0, 2, 3][before];
        let whole = padded.len() * 8 / 6;
        for encoded in [STANDARD_NO_PAD.encode(&padded), URL_SAFE_NO_PAD.encode(&padded)] {
            copies.push(encoded[first.min(whole)..whole].to_owned());
        }
    }
    let hex = |digit: fn(u8) -> String| value.bytes().map(digit).collect::<String>();
    copies.push(hex(|byte| format!("{byte:02x}")));
    copies.push(hex(|byte| format!("{byte:02X}")));
    copies.retain(|copy| copy.len() >= 8);
    copies.sort();
    copies.dedup();
    copies
}

#[cfg(test)]
mod tests {
    use base64::engine::general_purpose::STANDARD;
    use proptest::prelude::*;

    use super::*;

    fn knowing(secret: &str) -> Redactor {
        let redactor = Redactor::new();
        redactor.add(&Secret::new(secret));
        redactor
    }

    #[test]
    fn debug_shows_nothing() {
        let secret = Secret::new("tok-123456\n");
        assert_eq!(format!("{secret:?} {:?}", knowing("tok-123456")), "****** Redactor");
        assert_eq!(secret.reveal(), "tok-123456", "the line end of a token file is no part of it");
    }

    #[test]
    fn encodings_may_be_mixed() {
        let redactor = knowing("p\"w/ä 1");
        for copy in [r#"p"w/ä 1"#, r#"p\"w\/\u00e4 1"#, "p%22w%2f%C3%A4%201", "p%22w/%c3%a4+1", "p&quot;w/ä 1"] {
            assert_eq!(redactor.mask(&format!("<{copy}>")), "<******>", "{copy}");
        }
    }

    #[test]
    fn a_short_secret_is_masked_as_a_word_only() {
        let redactor = knowing("abc");
        assert_eq!(redactor.mask("Bearer abc, abcdef, \"abc\""), "Bearer ******, abcdef, \"******\"");
    }

    #[test]
    fn the_longer_of_two_secrets_goes_first() {
        let redactor = knowing("tok-12");
        redactor.add(&Secret::new("tok-123456"));
        assert_eq!(redactor.mask("tok-123456 tok-12!"), "****** ******!");
    }

    proptest! {
        #[test]
        fn no_copy_survives(secret in "[a-zA-Z0-9/+=_ä&\"\\\\-]{6,40}", before in "[a-z:]{0,5}", after in "[ -~]{0,5}") {
            let redactor = knowing(&secret);
            let plain = format!("{before}{secret}{after}");
            let json = serde_json::to_string(&plain).unwrap();
            prop_assert!(!redactor.mask(&plain).contains(&secret));
            prop_assert!(!redactor.mask(&json).contains(serde_json::to_string(&secret).unwrap().trim_matches('"')));
            let basic = STANDARD.encode(&plain);
            let masked = redactor.mask(&basic);
            prop_assert!(masked.contains(MASK) || secret.len() < 8, "{masked}");
        }

        #[test]
        fn text_without_a_secret_stays(text in "[0-9 ]{0,60}") {
            prop_assert_eq!(knowing("tok-123456").mask(&text), text.as_str());
        }
    }
}

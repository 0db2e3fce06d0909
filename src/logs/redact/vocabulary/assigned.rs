//! Fields and their values as other languages than JSON write them: `givenName: 'Zoë'`, `userName=zoe&active=true`,
//! `<userName>zoe</userName>`.

use memchr::memmem;

use super::{MAX_VALUE, Vocabulary};
use crate::logs::redact::fields::{is_of_person, kind_of};
use crate::logs::redact::spelling::Spelled;

/// Bytes of the longest name of a field.
const LONGEST_NAME: usize = 40;
/// Bytes of the longest value without quotes.
const LONGEST_VALUE: usize = 64;
/// Names of fields that are attributes of HTML too, where they stand for words of a page.
const OF_PAGES: [&str; 2] = ["title", "display"];

/// Names behind which a sentence also quotes what went wrong: `Failed login: "bad password"`.
const OF_SENTENCES: [&str; 9] =
    ["login", "user", "address", "actor", "principal", "customer", "company", "tenant", "org"];
/// Names before the `=` of a line in logfmt, beside those of attributes of a person.
const OF_LOGFMT: [&str; 5] = ["user", "login", "uid", "actor", "principal"];

impl Vocabulary {
    /// Takes in the values that stand behind names of fields; what stands in JSON is taken in elsewhere.
    pub(super) fn assigned(&mut self, spelled: &Spelled<'_>) {
        let text = spelled.text.as_str();
        let bytes = text.as_bytes();
        for sign in memchr::memchr2_iter(b':', b'=', bytes) {
            let Some(name) = name_before(text, sign) else { continue };
            let behind = sign + if bytes[sign..].starts_with(b"=>") { 2 } else { 1 };
            let value = behind + bytes[behind..].iter().take(2).take_while(|byte| **byte == b' ').count();
            let is_said = bytes[sign] == b':' && bytes.get(value) == Some(&b'"') && OF_SENTENCES.contains(&name);
            let is_of_sentence =
                is_said && spelled.closing_quote(value).is_none_or(|end| text[value..end].contains(' '));
            match bytes.get(value) {
                _ if is_of_sentence => {}
                Some(b'\'' | b'"') if !OF_PAGES.contains(&name) => self.named(spelled, name, value),
                Some(_) if bytes[sign] == b'=' && value == sign + 1 && is_of_bare(name) => {
                    let kind = kind_of(name);
                    let said = spelled.said(value..end_of_bare(spelled, value));
                    self.wished(name, &said);
                    if let Some(kind) = kind {
                        self.add(kind, &said);
                    }
                }
                _ => {}
            }
        }
        for end in memmem::find_iter(bytes, "</") {
            let length = bytes[end + 2..].iter().take(LONGEST_NAME).position(|byte| *byte == b'>').unwrap_or(0);
            let name = text[end + 2..end + 2 + length].rsplit(':').next().unwrap_or_default();
            let near = end.saturating_sub(MAX_VALUE);
            let start = memchr::memrchr(b'>', &bytes[near..end]).map(|at| near + at + 1);
            if let (Some(kind), Some(start), false) = (kind_of(name), start, OF_PAGES.contains(&name)) {
                let said = spelled.said(start..end);
                self.wished(name, &said);
                self.add(kind, &said);
            }
        }
    }
}

/// Whether a value may stand behind this name without quotes.
fn is_of_bare(name: &str) -> bool {
    is_of_person(name) || OF_LOGFMT.contains(&name)
}

/// The name of a field before `:` or `=`, which is not in the quotes of JSON.
fn name_before(text: &str, sign: usize) -> Option<&str> {
    let bytes = text.as_bytes();
    let end = match bytes.get(sign.checked_sub(1)?)? {
        b'\'' | b' ' => sign - 1,
        _ => sign,
    };
    let is_of_name = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    let length = bytes[..end].iter().rev().take(LONGEST_NAME).take_while(is_of_name).count();
    let name = &text[end - length..end];
    name.ends_with(|letter: char| letter.is_ascii_alphabetic()).then_some(name)
}

/// Where a value without quotes ends. It goes on over a space only where another capital stands, as in a name.
fn end_of_bare(spelled: &Spelled<'_>, start: usize) -> usize {
    let text = spelled.text.as_str();
    let mut end = start;
    for (index, character) in text[start..].char_indices() {
        let at = start + index;
        if index >= LONGEST_VALUE || ",;&)]}\"'<>|{([".contains(character) {
            break;
        }
        if character == ' ' {
            let next = &text[at + 1..];
            let word = next.split([' ', ',', ')', '}', '&']).next().unwrap_or_default();
            let has_capital = spelled.characters(at + 1..at + 1 + word.len()).next().is_some_and(char::is_uppercase);
            if spelled.spelling(at) != " " || !has_capital || word.contains(['=', ':']) {
                break;
            }
        }
        end = at + character.len_utf8();
    }
    end
}

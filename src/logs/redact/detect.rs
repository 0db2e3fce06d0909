//! Personal data that is known by its form, wherever it stands.

use std::net::{Ipv4Addr, Ipv6Addr};
use std::ops::Range;

use super::formats::Kind;
use super::packed::unpacked;
use super::prose;
use super::spelling::Spelled;

/// Bytes of the longest local part and domain that are looked at.
const MAX_ADDRESS: usize = 512;
/// Bytes in base64 or hexadecimal digits that are no word any more.
const LONG: usize = 24;
/// Bytes of letters and digits that may be an id by how they are mixed …
const MIXED: usize = 16;
/// … which is: so many times a letter stands beside a digit. `x509Certificates` has two.
const CHANGES: usize = 5;
/// What ids of Okta begin with.
const OKTA: [&str; 14] =
    ["00u", "00g", "0oa", "00o", "00p", "00t", "0ua", "0ga", "puj", "gmr", "pfp", "uft", "00s", "trs"];

/// Something to replace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// Where it is in the compared text.
    pub range: Range<usize>,
    /// What it is.
    pub kind: Kind,
}

/// Looks for what is known by its form; in base64 too when `packed`.
pub fn detect(spelled: &Spelled<'_>, packed: bool, spans: &mut Vec<Span>) {
    let text = spelled.text.as_str();
    let bytes = text.as_bytes();
    let (mut at, mut unpacked) = (0, 0);
    while at < bytes.len() {
        if class(bytes[at]) & BEGINS == 0 {
            at += 1;
            continue;
        }
        match bytes[at] {
            b'@' => {
                if let Some(span) = email(spelled, at) {
                    at = span.range.end;
                    spans.push(span);
                    continue;
                }
            }
            b'+' => spans.extend(phone(text, at)),
            b'"' if bytes.get(at + 1) == Some(&b'l') => spans.extend(coordinate(text, at)),
            b'(' => {
                let number = prose::phone(text, at);
                spans.extend(number.map(|range| Span { range, kind: Kind::Phone }));
            }
            b'[' => {
                let user = prose::remote_user(text, at);
                spans.extend(user.map(|range| Span { range, kind: Kind::Word }));
            }
            b':' if text[at..].starts_with("://") => spans.extend(host(text, at + 3)),
            byte if byte.is_ascii_alphanumeric() && (at == 0 || class(bytes[at - 1]) & OF_WORD == 0) => {
                if byte.is_ascii_digit()
                    && let Some(range) = prose::phone(text, at)
                {
                    at = range.end;
                    spans.push(Span { range, kind: Kind::Phone });
                    continue;
                }
                let (mut end, mut has_digit) = (at, 0);
                while end < bytes.len() && class(bytes[end]) & OF_WORD != 0 {
                    has_digit |= class(bytes[end]) & DIGIT;
                    end += 1;
                }
                let text_in_base64 = if packed && at >= unpacked {
                    // What is no text from here is none from its middle.
                    unpacked = end + bytes[end..].iter().take_while(|byte| is_base64(**byte)).count();
                    base64(spelled, at..unpacked)
                } else {
                    None
                };
                match text_in_base64.or_else(|| word(spelled, at..end, has_digit != 0)) {
                    Some(span) => spans.push(span),
                    None => mixed_ids(text, at..end, spans),
                }
                at = end;
                continue;
            }
            _ => {}
        }
        at += 1;
    }
}

/// Something may begin with this byte; a word goes on with it; it is a digit.
const BEGINS: u8 = 1;
const OF_WORD: u8 = 2;
const DIGIT: u8 = 4;

const fn class(byte: u8) -> u8 {
    CLASSES[byte as usize]
}

static CLASSES: [u8; 256] = {
    let (mut classes, mut byte) = ([0; 256], 0_u8);
    while byte < 0x80 {
        classes[byte as usize] = match byte {
            b'0'..=b'9' => BEGINS | OF_WORD | DIGIT,
            b'A'..=b'Z' | b'a'..=b'z' => BEGINS | OF_WORD,
            b'-' | b'_' => OF_WORD,
            b'@' | b'+' | b'"' | b'(' | b'[' | b':' => BEGINS,
            _ => 0,
        };
        byte += 1;
    }
    classes
};

/// Text in base64.
fn base64(spelled: &Spelled<'_>, range: Range<usize>) -> Option<Span> {
    // Mail headers have short words in base64 (RFC 2047 §4.1).
    let is_long =
        range.len() >= LONG && range.len() % 4 != 1 || spelled.text.as_bytes()[..range.start].ends_with(b"?b?");
    (is_long && unpacked(&spelled.said(range.clone())).is_some()).then_some(Span { range, kind: Kind::Packed })
}

fn word(spelled: &Spelled<'_>, range: Range<usize>, has_digit: bool) -> Option<Span> {
    let text = spelled.text.as_str();
    let word = &text[range.clone()];
    let start = range.start;
    let span = |end: usize, kind: Kind| Some(Span { range: start..end, kind });
    let next = text.as_bytes().get(range.end);
    if word.len() <= 4 {
        return match next {
            Some(b'.') => ipv4(text, start),
            Some(b':') => ipv6(text, start),
            _ => None,
        };
    }
    if is_guid(word) {
        return span(start + 36, Kind::Hex);
    }
    if !has_digit && word.len() < LONG {
        return None;
    }
    if is_long_hex(word) {
        return span(range.end, Kind::Hex);
    }
    if is_okta_id(word) {
        return span(range.end, Kind::OktaId);
    }
    if word.len() >= LONG && has_digit && !word.contains('_') {
        let said = spelled.said(range.clone());
        if is_random(&said) {
            return span(range.end, Kind::Id);
        }
    }
    None
}

/// Letters of both cases and digits, changing more often than in names that are put together of words, such as
/// `Roster2UserControllerImplementation`.
fn is_random(said: &str) -> bool {
    let has = |is: fn(&char) -> bool| said.chars().any(|character| is(&character));
    let changes = said.as_bytes().windows(2).filter(|two| {
        let is_number = |at: usize| two[at].is_ascii_digit();
        let is_letter = |at: usize| two[at].is_ascii_alphabetic();
        (two[0].is_ascii_lowercase() && two[1].is_ascii_uppercase())
            || (is_number(0) && is_letter(1))
            || (is_letter(0) && is_number(1))
    });
    has(char::is_ascii_uppercase) && has(char::is_ascii_lowercase) && changes.count() * 4 >= said.len()
}

/// Hexadecimal digits that are no word and no number any more, as they are compared.
pub fn is_long_hex(word: &str) -> bool {
    let has = |is: fn(&u8) -> bool| word.bytes().any(|byte| is(&byte));
    word.len() >= LONG
        && word.bytes().all(|byte| byte.is_ascii_hexdigit())
        && has(u8::is_ascii_digit)
        && has(u8::is_ascii_alphabetic)
}

/// An id of Okta, as it is compared.
pub fn is_okta_id(word: &str) -> bool {
    (18..=26).contains(&word.len())
        && OKTA.iter().any(|prefix| word.starts_with(prefix))
        && word.bytes().any(|byte| byte.is_ascii_digit())
        && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// Letters and digits that change so often that they are no word and no number, as they are compared.
pub fn is_mixed_id(word: &str) -> bool {
    let bytes = word.as_bytes();
    let changes = || bytes.windows(2).filter(|two| two[0].is_ascii_digit() != two[1].is_ascii_digit()).count();
    word.len() >= MIXED && bytes.iter().all(u8::is_ascii_alphanumeric) && changes() >= CHANGES
}

/// Such ids, between what is neither letter nor digit.
fn mixed_ids(text: &str, range: Range<usize>, spans: &mut Vec<Span>) {
    if range.len() < MIXED {
        return;
    }
    let mut start = range.start;
    for part in text[range].split(['-', '_']) {
        if is_mixed_id(part) {
            spans.push(Span { range: start..start + part.len(), kind: Kind::Id });
        }
        start += part.len() + 1;
    }
}

/// `8-4-4-4-12` hexadecimal digits at the beginning, and nothing else than more words behind them.
fn is_guid(word: &str) -> bool {
    let bytes = word.as_bytes();
    bytes.len() >= 36
        && bytes[..36].iter().enumerate().all(|(index, byte)| match index {
            8 | 13 | 18 | 23 => *byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
        && bytes.get(36).is_none_or(|byte| !byte.is_ascii_alphanumeric())
}

const fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=')
}

/// An e-mail address around its `@`.
fn email(spelled: &Spelled<'_>, at: usize) -> Option<Span> {
    let text = spelled.text.as_str();
    let before = &text[..at];
    let local = if before.ends_with('"') {
        // CSV doubles the quotes.
        let content = before.trim_end_matches('"');
        let inner = content.rfind('"')?;
        let is_local = content[inner + 1..].starts_with(char::is_alphanumeric) && at - inner < MAX_ADDRESS;
        (is_local && spelled.spelling(inner) == spelled.spelling(at - 1)).then_some(inner)?
    } else {
        let is_local = |character: char| character.is_alphanumeric() || ".!#$*-^_`{|}~+'".contains(character);
        let mut start = at;
        for (index, character) in before.char_indices().rev().take(MAX_ADDRESS) {
            if !is_local(character) {
                break;
            }
            start = index;
        }
        start + before[start..].find(|character: char| !"'.`{|}".contains(character))?
    };
    let end = host_end(text, at + 1);
    (local < at && end > at + 1 && text[at + 1..end].contains('.'))
        .then_some(Span { range: local..end, kind: Kind::Email })
}

/// The host name of a URL.
fn host(text: &str, start: usize) -> Option<Span> {
    let end = host_end(text, start);
    let host = &text[start..end];
    let is_name = host.contains('.') && host.parse::<Ipv4Addr>().is_err() && !text[end..].starts_with('@');
    is_name.then_some(Span { range: start..end, kind: Kind::Host })
}

const fn is_digit(character: char) -> bool {
    character.is_ascii_digit()
}

fn is_of_host(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '.' | '-')
}

fn host_end(text: &str, start: usize) -> usize {
    let length = text[start..].find(|character| !is_of_host(character)).unwrap_or(text.len() - start);
    let host = text[start..start + length].trim_end_matches(['.', '-']);
    if host.len() > MAX_ADDRESS { start } else { start + host.len() }
}

fn ipv4(text: &str, start: usize) -> Option<Span> {
    let length = text[start..].bytes().take(16).take_while(|byte| byte.is_ascii_digit() || *byte == b'.').count();
    let mut address = &text[start..start + length];
    if address.ends_with('.') {
        address = &address[..address.len() - 1];
    }
    address.parse::<Ipv4Addr>().ok()?;
    // `Chrome/142.0.0.0` is a version, `edge.example/198.51.100.211` and `edge/198.51.100.211:443` are none.
    let before = text[..start].strip_suffix('/').unwrap_or_default();
    let product = before.rsplit(|character: char| !is_of_host(character)).next().unwrap_or_default();
    let has_port = text[start + address.len()..].strip_prefix(':').is_some_and(|rest| rest.starts_with(is_digit));
    let is_of_product = product.ends_with(|character: char| character.is_ascii_alphanumeric());
    let is_version = is_of_product && !product.contains('.') && !has_port || text[..start].ends_with('.');
    (!is_version).then_some(Span { range: start..start + address.len(), kind: Kind::Address })
}

fn ipv6(text: &str, start: usize) -> Option<Span> {
    let is_of_address = |byte: &u8| byte.is_ascii_hexdigit() || matches!(byte, b':' | b'.');
    let length = text[start..].bytes().take(46).take_while(is_of_address).count();
    let address = text[start..start + length].trim_end_matches(['.', ':']);
    address.parse::<Ipv6Addr>().ok()?;
    Some(Span { range: start..start + address.len(), kind: Kind::Address })
}

/// `"lat": 51.89`.
fn coordinate(text: &str, start: usize) -> Option<Span> {
    let rest = text[start + 1..].strip_prefix("lat\"").or_else(|| text[start + 1..].strip_prefix("lon\""))?;
    let number = rest.trim_start_matches([' ', ':', '"', '-']);
    let length = number.bytes().take_while(|byte| byte.is_ascii_digit() || *byte == b'.').count();
    let start = text.len() - number.len();
    (length > 0).then_some(Span { range: start..start + length, kind: Kind::Word })
}

/// A phone number with its country code: `+353 87 555 0142`.
fn phone(text: &str, start: usize) -> Option<Span> {
    if text[..start].ends_with(|character: char| character.is_alphanumeric()) {
        return None;
    }
    let rest = &text[start + 1..];
    if !rest.starts_with(|character: char| matches!(character, '1'..='9')) {
        return None;
    }
    let is_of_number = |character: char| character.is_ascii_digit() || " -().".contains(character);
    let end = rest.find(|character| !is_of_number(character)).unwrap_or(rest.len());
    let number = rest[..end].trim_end_matches([' ', '-', '(', ')', '.']);
    let digits = number.bytes().filter(u8::is_ascii_digit).count();
    (8..=15).contains(&digits).then_some(Span { range: start..start + 1 + number.len(), kind: Kind::Phone })
}

//! What a value becomes, by its kind: words stay words, addresses addresses, ids ids.

use std::borrow::Cow;
use std::net::{Ipv4Addr, Ipv6Addr};

use super::kept;
use super::letters::{dress, fold, is_mark, shape};
use super::pseudonyms::Pseudonyms;
use super::wishes::Fate;

/// Country codes of two digits; those of one are 1 and 7, all others have three.
const TWO_DIGITS: [&str; 43] = [
    "20", "27", "30", "31", "32", "33", "34", "36", "39", "40", "41", "43", "44", "45", "46", "47", "48", "49", "51",
    "52", "53", "54", "55", "56", "57", "58", "60", "61", "62", "63", "64", "65", "66", "81", "82", "84", "86", "90",
    "91", "92", "93", "94", "95",
];

/// What a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// A name of a person, a group, a place …: word by word.
    Word,
    /// An e-mail address.
    Email,
    /// A host name.
    Host,
    /// An id of the prefix, which stays, and the rest.
    Id,
    /// An id of Okta: three characters say of what.
    OktaId,
    /// A GUID, or another id in hexadecimal digits.
    Hex,
    /// A phone number with its country code.
    Phone,
    /// An IP address.
    Address,
    /// A credential.
    Secret,
    /// Text in base64.
    Packed,
    /// A day, or a moment in a number.
    Date,
}

impl Kind {
    /// The name in messages.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Word => "name",
            Self::Email => "e-mail address",
            Self::Host => "host name",
            Self::Id | Self::OktaId | Self::Hex => "id",
            Self::Phone => "phone number",
            Self::Address => "IP address",
            Self::Secret => "secret",
            Self::Packed => "text in base64",
            Self::Date => "date",
        }
    }
}

/// The characters that a value becomes, one for one; then what comes behind them in place of the rest.
#[derive(Debug)]
pub struct Replaced {
    /// Characters, at most as many as the value has.
    pub characters: Vec<char>,
    /// Behind them.
    pub tail: Cow<'static, str>,
}

/// The characters of a value.
pub fn characters_of(value: &str) -> Vec<char> {
    // An iterator over characters tells a quarter of how many there are.
    let mut characters = Vec::with_capacity(value.len());
    characters.extend(value.chars());
    characters
}

/// What a value becomes.
pub fn replace(kind: Kind, original: &[char], pseudonyms: &Pseudonyms) -> Replaced {
    let mut new = original.to_vec();
    let mut tail = Cow::Borrowed("");
    match kind {
        Kind::Email => {
            let at = original.iter().rposition(|character| *character == '@').unwrap_or(original.len());
            let domain = host(&original[(at + 1).min(original.len())..], pseudonyms);
            words(&mut new[..at], pseudonyms);
            new.truncate(at + 1);
            new.extend(domain.characters);
            tail = domain.tail;
        }
        Kind::Host => return host(original, pseudonyms),
        Kind::OktaId => whole(&mut new[3.min(original.len())..], 'i', pseudonyms),
        Kind::Id => {
            let prefix =
                original.iter().take(6).position(|character| matches!(character, '_' | ':')).map_or(0, |at| at + 1);
            whole(&mut new[prefix..], 'i', pseudonyms);
        }
        Kind::Hex => hex(&mut new, pseudonyms),
        Kind::Phone => {
            let country = country_code(original);
            whole(&mut new[country..], 'p', pseudonyms);
        }
        Kind::Word | Kind::Address | Kind::Secret | Kind::Packed | Kind::Date => words(&mut new, pseudonyms),
    }
    Replaced { characters: new, tail }
}

/// What a value becomes of which the user wants something else than a pseudonym.
pub fn fated(fate: Fate, original: &[char], pseudonyms: &Pseudonyms) -> Replaced {
    match fate {
        Fate::Kept => Replaced { characters: original.to_vec(), tail: Cow::Borrowed("") },
        Fate::ShapeOnly => {
            Replaced { characters: original.iter().copied().map(shape).collect(), tail: Cow::Borrowed("") }
        }
        Fate::Dropped => {
            let folded: String = original.iter().copied().filter(|character| !is_mark(*character)).map(fold).collect();
            let fingerprint = pseudonyms.key().fingerprint(&folded);
            Replaced { characters: Vec::new(), tail: Cow::Owned(format!("dropped-{fingerprint}")) }
        }
    }
}

/// Words and numbers, each for itself. An apostrophe is part of the word: `O’Connor` and `oconnor` are one.
fn words(characters: &mut [char], pseudonyms: &Pseudonyms) {
    let mut start = 0;
    while start < characters.len() {
        let is_of_word = |index: usize| {
            let character = characters[index];
            let is_inner =
                fold(character) == '\'' && characters.get(index + 1).is_some_and(|next| next.is_alphabetic());
            character.is_alphabetic() || is_mark(character) || is_inner
        };
        let is_digit = |index: usize| characters[index].is_ascii_digit();
        if characters[start].is_alphabetic() {
            let end = (start..characters.len()).find(|index| !is_of_word(*index)).unwrap_or(characters.len());
            whole(&mut characters[start..end], 'w', pseudonyms);
            start = end;
        } else if is_digit(start) {
            let end = (start..characters.len()).find(|index| !is_digit(*index)).unwrap_or(characters.len());
            let zeros = characters[start..end].iter().take_while(|digit| **digit == '0').count();
            whole(&mut characters[start + zeros..end], 'n', pseudonyms);
            start = end;
        } else {
            start += 1;
        }
    }
}

/// All letters and digits, together.
fn whole(characters: &mut [char], kind: char, pseudonyms: &Pseudonyms) {
    let is_replaced = |character: char| character.is_alphanumeric() && !is_mark(character);
    let mut key = String::with_capacity(characters.len() * 2);
    key.extend(characters.iter().copied().filter(|character| is_replaced(*character)).map(fold));
    if key.is_empty() || (kind == 'w' && kept::is_word(&key)) {
        return;
    }
    let mut new = String::with_capacity(key.len());
    pseudonyms.assign(kind, &key, &mut new);
    let mut new = new.chars();
    for character in characters.iter_mut().filter(|character| is_replaced(**character)) {
        if let Some(new) = new.next() {
            *character = dress(new, *character);
        }
    }
}

/// Hexadecimal digits; version and variant of a GUID stay.
fn hex(characters: &mut [char], pseudonyms: &Pseudonyms) {
    let key: String =
        characters.iter().filter(|character| character.is_ascii_hexdigit()).map(char::to_ascii_lowercase).collect();
    let is_upper = characters.iter().any(char::is_ascii_uppercase);
    let is_guid = key.len() == 32;
    let mut new = String::with_capacity(key.len());
    pseudonyms.assign('h', &key, &mut new);
    for (index, (character, new)) in
        characters.iter_mut().filter(|character| character.is_ascii_hexdigit()).zip(new.chars()).enumerate()
    {
        if !(is_guid && matches!(index, 12 | 16)) {
            *character = if is_upper { new.to_ascii_uppercase() } else { new };
        }
    }
}

/// Labels below what nobody owns. A suffix that somebody may own becomes `example.com`: mail must never arrive there.
fn host(original: &[char], pseudonyms: &Pseudonyms) -> Replaced {
    let text: String = original.iter().copied().filter(|character| !is_mark(*character)).map(fold).collect();
    let suffix = kept::SUFFIXES
        .iter()
        .find(|suffix| text.strip_suffix(**suffix).is_some_and(|rest| rest.is_empty() || rest.ends_with('.')));
    let (labels, tail) = if let Some(suffix) = suffix {
        (original.len().saturating_sub(suffix.chars().count()), "")
    } else {
        let labels: Vec<&str> = text.split('.').collect();
        let second = labels.len().checked_sub(2).map_or("", |index| labels[index]);
        let is_public = labels.len() > 2 && matches!(second, "co" | "com" | "ac" | "org" | "gov" | "net" | "edu");
        let dots = if is_public { 2 } else { 1 };
        let ends: Vec<usize> =
            original.iter().enumerate().filter(|(_, c)| **c == '.').map(|(index, _)| index).collect();
        match ends.len().checked_sub(dots) {
            Some(index) => (ends[index] + 1, "example.com"),
            None => (original.len(), ""),
        }
    };
    let mut new = original.to_vec();
    for label in new[..labels].split_mut(|character| *character == '.') {
        if !kept::is_label(&label.iter().copied().map(fold).collect::<String>()) {
            words(label, pseudonyms);
        }
    }
    if !tail.is_empty() {
        new.truncate(labels);
    }
    Replaced { characters: new, tail: Cow::Borrowed(tail) }
}

/// Another IP address, in the range for benchmarks or documentation. Addresses of one network stay in one network.
pub fn address(original: &str, pseudonyms: &Pseudonyms) -> Option<String> {
    if let Ok(address) = original.parse::<Ipv4Addr>() {
        if address.is_loopback() || address.is_unspecified() || address.is_broadcast() {
            return None;
        }
        let [a, b, c, d] = address.octets();
        let mut network = pseudonyms.key().numbers('4', &format!("{a}.{b}.{c}"), 0);
        let (second, third, shift) = (18 + network.below(2), network.below(256), 1 + network.below(255));
        return Some(format!("198.{second}.{third}.{}", (usize::from(d) + shift) % 256));
    }
    let address: Ipv6Addr = original.parse().ok()?;
    if address.is_loopback() || address.is_unspecified() {
        return None;
    }
    let groups = address.segments();
    let mut network = pseudonyms.key().numbers('6', &format!("{:?}", &groups[..4]), 0);
    let mut host = pseudonyms.key().numbers('6', &format!("{groups:?}"), 0);
    let network = [(); 2].map(|()| format!("{:x}", network.below(1 << 16))).join(":");
    let host = [(); 4].map(|()| format!("{:x}", host.below(1 << 16))).join(":");
    Some(format!("2001:db8:{network}:{host}"))
}

/// Characters of `+` and the country code; of a number without it, those of the zeros in front.
fn country_code(original: &[char]) -> usize {
    if original.first() != Some(&'+') {
        return original.iter().take_while(|character| !matches!(character, '1'..='9')).count();
    }
    let first: String = original.iter().skip(1).take(2).collect();
    let length = match first.as_str() {
        one if one.starts_with(['1', '7']) => 1,
        two if TWO_DIGITS.contains(&two) => 2,
        _ => 3,
    };
    (length + 1).min(original.len())
}

/// Whether a value, as it is compared, is an address.
pub fn is_address(compared: &str) -> bool {
    let Some((local, domain)) = compared.rsplit_once('@') else { return false };
    !local.is_empty() && domain.contains('.') && (!compared.contains(' ') || local.starts_with('"'))
}

/// Whether a value, as it is compared, is a GUID.
pub fn is_guid(compared: &str) -> bool {
    let digits = compared.bytes().filter(u8::is_ascii_hexdigit).count();
    digits == 32 && compared.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-')
}

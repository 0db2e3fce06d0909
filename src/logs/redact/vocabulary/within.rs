//! Who writes to whom, numbers in lists, and what is packed in a text.

use memchr::memmem;

use super::Vocabulary;
use crate::logs::redact::formats::{Kind, is_address};
use crate::logs::redact::packed::unpacked;
use crate::logs::redact::spelling::Spelled;

/// Bytes of the longest name before an address.
const LONGEST_NAME: usize = 128;
/// Bytes of a list of phone numbers that are looked at.
const LIST: usize = 2048;
/// What begins a list of phone numbers (RFC 7643 §4.1.2), and each number in it.
const NUMBERS: (&str, &str) = ("\"phonenumbers\"", "\"value\"");
/// What begins an object of JSON in base64.
const OBJECT: &str = "eyJ";

impl Vocabulary {
    /// `From: Ines Quinn <ines@…>`.
    pub(super) fn correspondents(&mut self, spelled: &Spelled<'_>) {
        let text = spelled.text.as_str();
        for index in memmem::find_iter(text.as_bytes(), " <") {
            let is_address = text[index + 2..].split(['>', ' ']).next().is_some_and(is_address);
            let far = index.saturating_sub(LONGEST_NAME + 1);
            let near = (0..=far).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
            let start = text[near..index].rfind([':', ',', ';', '>', '"']).map_or(near, |start| near + start + 1);
            if !is_address || index - start > LONGEST_NAME {
                continue;
            }
            let said = spelled.said(start..index);
            match encoded_word(said.trim()) {
                Some(name) => self.add(Kind::Word, &name),
                None => self.add(Kind::Word, &said),
            }
        }
    }

    /// The phone numbers in a list of them, whatever their form.
    pub(super) fn numbers(&mut self, spelled: &Spelled<'_>) {
        let text = spelled.text.as_bytes();
        for start in memmem::find_iter(text, NUMBERS.0) {
            let near = &text[start..text.len().min(start + LIST)];
            let near = &near[..memchr::memchr(b']', near).unwrap_or(near.len())];
            for index in memmem::find_iter(near, NUMBERS.1) {
                let value = start + index + NUMBERS.1.len();
                let is_between = |byte: &&u8| matches!(**byte, b' ' | b':');
                let quote = value + text[value..].iter().take_while(is_between).count();
                if text.get(quote) == Some(&b'"')
                    && let Some(end) = spelled.closing_quote(quote)
                {
                    self.add(Kind::Phone, &spelled.said(quote + 1..end));
                }
            }
        }
    }

    /// What stands in JSON that is packed in base64: it is learned as if it stood there by itself. A token in three parts
    /// is removed as a whole.
    pub(super) fn packed(&mut self, source: &str) {
        let mut passed = 0;
        for index in memmem::find_iter(source.as_bytes(), OBJECT) {
            if index < passed {
                continue;
            }
            let is_of_base64 = |byte: &&u8| byte.is_ascii_alphanumeric() || b"+/=-_".contains(*byte);
            let length = source.as_bytes()[index..].iter().take_while(is_of_base64).count();
            passed = index + length;
            if source[passed..].starts_with('.') {
                continue;
            }
            if let Some(text) = unpacked(&source[index..passed]) {
                self.text(&text);
            }
        }
    }
}

/// What a word of a mail header says (RFC 2047): `=?utf-8?B?Wm/Dqw==?=`, `=?utf-8?Q?Zo=C3=AB?=`.
fn encoded_word(word: &str) -> Option<String> {
    let mut parts = word.strip_prefix("=?")?.strip_suffix("?=")?.splitn(3, '?');
    let (_, encoding, text) = (parts.next()?, parts.next()?, parts.next()?);
    match encoding {
        "B" | "b" => unpacked(text),
        // Its escapes were read already.
        _ => Some(text.replace('_', " ")),
    }
}

//! Characters: how they are compared, and which others have the same shape.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::{canonical_combining_class, compose};

use super::key::Numbers;

/// Characters whose case mapping changes their length or depends on the language: they are often the bug, so they stay.
const TROUBLE: &str = "ßẞİıſ\u{212A}ςŉǰﬀﬁﬂﬃﬄﬅﬆ";

/// How a character is compared: in lower case, without marks; all apostrophes and all spaces are one.
pub fn fold(character: char) -> char {
    if character.is_ascii() {
        return if character.is_ascii_whitespace() { ' ' } else { character.to_ascii_lowercase() };
    }
    match character {
        '\u{2018}' | '\u{2019}' | '\u{2BC}' => '\'',
        'ı' | 'İ' => 'i',
        'ς' => 'σ',
        'ſ' => 's',
        '\u{AC00}'..='\u{D7A3}' => character, // Hangul would come apart into its letters
        _ if character.is_whitespace() => ' ',
        _ => lower(base(character)),
    }
}

/// Whether this is a combining mark, which belongs to the letter before it.
pub fn is_mark(character: char) -> bool {
    !character.is_ascii() && canonical_combining_class(character) != 0
}

/// A pseudonym's letter or digit in the shape of the original: its case, its marks, its length in UTF-8.
pub fn dress(letter: char, original: char) -> char {
    if original.is_ascii_lowercase() || original.is_ascii_digit() {
        return if letter.is_ascii() { letter } else { original };
    }
    if TROUBLE.contains(original) || !original.is_alphanumeric() {
        return original;
    }
    let base = base(original);
    let cased = if base.is_uppercase() { upper(letter) } else { letter };
    let mut marks = std::iter::once(original).nfd().skip(1);
    let dressed = if base == original { Some(cased) } else { marks.try_fold(cased, compose) };
    dressed.filter(|dressed| dressed.len_utf8() == original.len_utf8()).unwrap_or(original)
}

/// A word as it is written where only ASCII may stand: `Weissmüller` as `Weissmueller`. `None` when it would be the same,
/// or only lose its marks, which are not compared anyway.
pub fn transliterated(word: &str) -> Option<String> {
    let mut is_other = false;
    let mut written = String::with_capacity(word.len() + 4);
    for character in word.chars() {
        let letters = match character {
            'ä' | 'æ' => "ae",
            'ö' | 'ø' | 'œ' => "oe",
            'ü' => "ue",
            'å' => "aa",
            'ß' => "ss",
            'Ä' | 'Æ' => "Ae",
            'Ö' | 'Ø' | 'Œ' => "Oe",
            'Ü' => "Ue",
            'Å' => "Aa",
            'ł' => "l",
            'Ł' => "L",
            'đ' => "d",
            'Đ' => "D",
            other => {
                written.push(other);
                continue;
            }
        };
        is_other = true;
        written.push_str(letters);
    }
    is_other.then_some(written)
}

/// Whether a script is written without spaces between words, so that a name is found within them.
pub fn is_ideograph(character: char) -> bool {
    matches!(character, '\u{3005}' | '\u{3040}'..='\u{30FF}' | '\u{3400}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}')
}

/// What stands for every letter or digit of one shape.
pub fn shape(original: char) -> char {
    if TROUBLE.contains(original) || !original.is_alphanumeric() {
        return original;
    }
    match (original.is_ascii_digit(), dress('x', original), original.len_utf8()) {
        (true, ..) => '0',
        (_, dressed, length) if dressed != original || length == 1 => dressed,
        (_, _, 2) if original.is_uppercase() => 'Ж',
        (_, _, 2) => 'ж',
        (_, _, 3) => '字',
        _ => original,
    }
}

/// Another letter or digit of the shape of a folded one; a vowel for a vowel, so that words can be said.
pub fn another(original: char, numbers: &mut Numbers<'_>) -> char {
    match original {
        '0'..='9' => among("0123456789", original, numbers),
        'a' | 'e' | 'i' | 'o' | 'u' => among("aeiou", original, numbers),
        'a'..='z' => among("bcdfghjklmnpqrstvwxyz", original, numbers),
        _ => in_block(original, numbers),
    }
}

/// Another first digit of a number. Zeros in front of it stay, so it is none: `002` must not become somebody's `000`.
pub fn another_first(original: char, numbers: &mut Numbers<'_>) -> char {
    among("123456789", original, numbers)
}

/// One of some ASCII characters, but not the original.
fn among(set: &str, original: char, numbers: &mut Numbers<'_>) -> char {
    let own = set.bytes().position(|other| char::from(other) == original);
    let number = numbers.below(set.len() - usize::from(own.is_some()));
    let is_behind = own.is_some_and(|own| number >= own);
    char::from(set.as_bytes()[number + usize::from(is_behind)])
}

/// A letter near this one: the blocks of Unicode hold one script each, and their characters have one length in UTF-8.
fn in_block(original: char, numbers: &mut Numbers<'_>) -> char {
    if TROUBLE.contains(original) || !original.is_alphabetic() {
        return original;
    }
    let size = if ('\u{3400}'..='\u{D7A3}').contains(&original) { 0x400 } else { 0x20 };
    let start = u32::from(original) / size * size;
    let is_alike = |other: &char| {
        *other != original
            && other.is_alphabetic()
            && other.len_utf8() == original.len_utf8()
            && other.is_lowercase() == original.is_lowercase()
            && !TROUBLE.contains(*other)
            && base(*other) == *other
            && lower(upper(*other)) == *other
            && upper(*other).len_utf8() == other.len_utf8()
            && (upper(*other) == *other) == (upper(original) == original)
    };
    let others: Vec<char> = (start..start + size).filter_map(char::from_u32).filter(is_alike).collect();
    if others.is_empty() { original } else { others[numbers.below(others.len())] }
}

/// The letter without its marks.
fn base(character: char) -> char {
    if character.is_ascii() || ('\u{AC00}'..='\u{D7A3}').contains(&character) {
        return character;
    }
    let mut parts = std::iter::once(character).nfd();
    let first = parts.next().unwrap_or(character);
    if parts.all(is_mark) { first } else { character }
}

fn lower(character: char) -> char {
    let mut parts = character.to_lowercase();
    parts.next().filter(|_| parts.next().is_none()).unwrap_or(character)
}

fn upper(character: char) -> char {
    let mut parts = character.to_uppercase();
    parts.next().filter(|_| parts.next().is_none()).unwrap_or(character)
}

//! Text as attributes compare it: Unicode normal form C, with or without case.

use std::borrow::Cow;

use caseless::Caseless as _;
use unicode_normalization::UnicodeNormalization as _;

/// The text as one without regard to case is compared.
///
/// Full and half width forms become their usual ones, as the preparation of user names
/// asks for (RFC 8265 §3.3.2); a server that keeps them apart would have two users whose
/// names look the same.
pub fn fold(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
            Cow::Owned(text.to_ascii_lowercase())
        } else {
            Cow::Borrowed(text)
        };
    }
    let one_width = text.chars().flat_map(|letter| {
        let is_variant = matches!(letter, '\u{ff00}'..='\u{ffef}' | '\u{3000}');
        let (variant, usual) = if is_variant { (Some(letter), None) } else { (None, Some(letter)) };
        variant.into_iter().nfkc().chain(usual)
    });
    Cow::Owned(one_width.nfd().default_case_fold().nfc().collect())
}

/// The text as one with regard to case is compared.
pub fn normal(text: &str) -> Cow<'_, str> {
    if text.is_ascii() { Cow::Borrowed(text) } else { Cow::Owned(text.nfc().collect()) }
}

/// Whether two texts are the same value of an attribute.
pub fn same(one: &str, other: &str, case_exact: bool) -> bool {
    if one == other {
        return true;
    }
    match (case_exact, one.is_ascii() && other.is_ascii()) {
        (true, true) => false,
        (true, false) => normal(one) == normal(other),
        (false, true) => one.eq_ignore_ascii_case(other),
        (false, false) => fold(one) == fold(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_is_folded_beyond_ascii() {
        for (one, other) in
            [("Müller", "MÜLLER"), ("Straße", "STRASSE"), ("a", "A"), ("Ångström", "a\u{30a}ngstro\u{308}m")]
        {
            assert!(same(one, other, false), "{one} {other}");
            assert!(!same(one, other, true), "{one} {other}");
        }
        assert!(!same("a", "b", false));
    }

    #[test]
    fn composed_and_decomposed_are_the_same_also_with_case() {
        assert!(same("caf\u{e9}", "cafe\u{301}", true));
    }

    #[test]
    fn full_width_letters_are_letters() {
        assert!(same("\u{ff21}lice", "alice", false));
    }

    #[test]
    fn folded_text_without_capitals_is_not_copied() {
        assert!(matches!(fold("alice@example.com"), Cow::Borrowed(_)));
    }
}

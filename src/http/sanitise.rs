//! Making text of unknown origin safe to show: on a terminal, in XML, on one line.
//!
//! A hostile target chooses what its answers hold. Nothing is ever removed,
//! only replaced: removing could join two harmless halves into something else.

use std::borrow::Cow;
use std::fmt::Write as _;

/// Text for one line of a terminal or log: control and direction characters become visible escapes.
pub fn line(text: &str) -> Cow<'_, str> {
    escape(text, |found| is_control(found) || is_deceptive(found))
}

/// Text of several lines: like [`line`], but line ends and tabs stay.
pub fn block(text: &str) -> Cow<'_, str> {
    escape(text, |found| (is_control(found) && found != '\n' && found != '\t') || is_deceptive(found))
}

/// Text for an XML document: characters that XML 1.0 forbids (§2.2) become U+FFFD.
///
/// Markup is not escaped here; the XML writer does that.
pub fn xml(text: &str) -> Cow<'_, str> {
    if text.chars().all(is_xml) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().map(|found| if is_xml(found) { found } else { char::REPLACEMENT_CHARACTER }).collect())
}

/// At most `limit` bytes of the text, and how much was left out.
pub fn truncate(text: &str, limit: usize) -> Cow<'_, str> {
    if text.len() <= limit {
        return Cow::Borrowed(text);
    }
    let cut = (0..=limit).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0);
    Cow::Owned(format!("{}… ({} more bytes)", &text[..cut], text.len() - cut))
}

fn escape(text: &str, bad: impl Fn(char) -> bool) -> Cow<'_, str> {
    // Plain ASCII, which nearly everything is, needs no look at single characters.
    let is_plain = text.bytes().all(|byte| matches!(byte, b' '..=b'~'));
    if is_plain || !text.chars().any(&bad) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 16);
    for found in text.chars() {
        match found {
            '\n' if bad(found) => safe.push_str("\\n"),
            '\r' if bad(found) => safe.push_str("\\r"),
            '\t' if bad(found) => safe.push_str("\\t"),
            _ if bad(found) => {
                let _ = write!(safe, "\\u{{{:x}}}", u32::from(found)); // writing to a String cannot fail
            }
            _ => safe.push(found),
        }
    }
    Cow::Owned(safe)
}

/// C0, DEL and C1, which terminals obey.
const fn is_control(found: char) -> bool {
    matches!(found, '\0'..='\x1f' | '\x7f'..='\u{9f}')
}

/// Characters that change the order of what stands around them, or that nobody sees.
const fn is_deceptive(found: char) -> bool {
    matches!(found,
        '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
        | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

const fn is_xml(found: char) -> bool {
    matches!(found, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn terminal_sequences_become_visible() {
        assert_eq!(line("a\x1b[2Jb\u{9b}c\nd"), "a\\u{1b}[2Jb\\u{9b}c\\nd");
        assert_eq!(block("a\x07\n\tb"), "a\\u{7}\n\tb");
    }

    #[test]
    fn text_that_runs_backwards_becomes_visible() {
        assert_eq!(line("user\u{202e}nimda"), "user\\u{202e}nimda");
    }

    #[test]
    fn ordinary_text_is_not_copied() {
        assert!(matches!(line("Zoë, 日本, ‹x›"), Cow::Borrowed(_)));
        assert!(matches!(xml("Zoë\n"), Cow::Borrowed(_)));
    }

    #[test]
    fn a_long_value_says_how_much_is_missing() {
        assert_eq!(truncate("äääää", 5), "ää… (6 more bytes)");
        assert_eq!(truncate("abc", 3), "abc");
    }

    proptest! {
        #[test]
        fn no_control_character_is_left(text in any::<String>()) {
            prop_assert!(!line(&text).chars().any(is_control));
            prop_assert!(xml(&text).chars().all(is_xml));
        }
    }
}

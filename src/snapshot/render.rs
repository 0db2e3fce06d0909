//! Differences as lines for a terminal, with the words that changed inside a value marked.
//!
//! `review` prints them; reports may take [`words`] for their own form. No deadline:
//! the length of what is compared is bounded instead, so the same input gives the same output.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};
use similar::{ChangeTag, TextDiff};

use super::difference::SnapshotDifference;
use super::json::is_risky;

/// Values longer than this (bytes) are shown cut, and not compared word by word.
const MAX_VALUE: usize = 2000;
/// Differences shown of one snapshot.
const MAX_SHOWN: usize = 60;

const OLD: Style = AnsiColor::Red.on_default();
const NEW: Style = AnsiColor::Green.on_default();
const DIM: Style = Style::new().dimmed();

/// A part of a value: the same on both sides, or changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// The text, safe for a terminal.
    pub text: String,
    /// Whether the other side has something else there.
    pub changed: bool,
}

/// Splits two values into what they share and what changed.
pub fn words(expected: &str, actual: &str) -> (Vec<Word>, Vec<Word>) {
    let (expected, actual) = (visible(expected), visible(actual));
    let (mut old, mut new) = (Vec::new(), Vec::new());
    if expected.len().max(actual.len()) > MAX_VALUE {
        push(&mut old, &expected, true);
        push(&mut new, &actual, true);
        return (old, new);
    }
    for change in TextDiff::from_unicode_words(expected.as_str(), actual.as_str()).iter_all_changes() {
        match change.tag() {
            ChangeTag::Equal => {
                push(&mut old, change.value(), false);
                push(&mut new, change.value(), false);
            }
            ChangeTag::Delete => push(&mut old, change.value(), true),
            ChangeTag::Insert => push(&mut new, change.value(), true),
        }
    }
    (old, new)
}

fn push(words: &mut Vec<Word>, text: &str, changed: bool) {
    match words.last_mut().filter(|last| last.changed == changed) {
        Some(last) => last.text.push_str(text),
        None => words.push(Word { text: text.to_owned(), changed }),
    }
}

/// Every difference, those that count first, each under its request.
pub fn differences(all: &[SnapshotDifference]) -> String {
    let mut out = String::new();
    let (counted, allowed): (Vec<_>, Vec<_>) = all.iter().partition(|difference| !difference.allowed);
    for difference in counted.iter().chain(&allowed).take(MAX_SHOWN) {
        write_difference(&mut out, difference).expect("writing to a string cannot fail");
    }
    if all.len() > MAX_SHOWN {
        writeln!(out, "  … and {} more", all.len() - MAX_SHOWN).expect("writing to a string cannot fail");
    }
    out
}

fn write_difference(out: &mut String, difference: &SnapshotDifference) -> std::fmt::Result {
    let note = if difference.allowed { "  (allowed)" } else { "" };
    writeln!(out, "  {DIM}{}{DIM:#}", visible(&difference.request))?;
    writeln!(out, "    {}{note}", visible(&difference.path))?;
    let absent = "(absent)";
    let (old, new) = match (&difference.expected, &difference.actual) {
        (Some(expected), Some(actual)) => words(expected, actual),
        (expected, actual) => {
            (whole(expected.as_deref().unwrap_or(absent)), whole(actual.as_deref().unwrap_or(absent)))
        }
    };
    writeln!(out, "      approved  {}", styled(&old, OLD))?;
    writeln!(out, "      now       {}", styled(&new, NEW))
}

fn whole(value: &str) -> Vec<Word> {
    vec![Word { text: visible(value), changed: true }]
}

fn styled(words: &[Word], style: Style) -> String {
    let mut out = String::new();
    for word in words {
        let style = if word.changed { style.bold().underline() } else { style };
        write!(out, "{style}{}{style:#}", word.text).expect("writing to a string cannot fail");
    }
    out
}

/// A value on one line, without characters that act on a terminal, and not longer than anyone reads.
fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len().min(MAX_VALUE));
    for character in text.chars() {
        if out.len() > MAX_VALUE {
            out.push('…');
            return out;
        }
        match character {
            '\n' => out.push_str("\\n"),
            risky if is_risky(risky) => out.extend(risky.escape_unicode()),
            plain => out.push(plain),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changed(words: &[Word]) -> Vec<&str> {
        words.iter().filter(|word| word.changed).map(|word| word.text.as_str()).collect()
    }

    #[test]
    fn only_the_words_that_changed_are_marked() {
        let (old, new) = words("\"Alice Cooper, Sales\"", "\"Alice Miller, Sales\"");
        assert_eq!(changed(&old), ["Cooper"]);
        assert_eq!(changed(&new), ["Miller"]);
    }

    #[test]
    fn a_targets_control_characters_do_not_reach_the_terminal() {
        let difference = SnapshotDifference {
            exchange: 0,
            request: "GET /Users/\u{1b}]0;x\u{7}".to_owned(),
            path: "body.\u{9b}2J".to_owned(),
            expected: Some("a\u{202e}b".to_owned()),
            actual: Some("line\nline\r".to_owned()),
            allowed: false,
        };
        let text = differences(&[difference]);
        let ours = |text: &str| text.replace("\u{1b}[", "");
        assert!(!ours(&text).contains(|character| is_risky(character) && character != '\n'), "{text:?}");
    }

    #[test]
    fn long_values_and_long_lists_are_cut() {
        let difference = SnapshotDifference {
            exchange: 0,
            request: "GET /Users".to_owned(),
            path: "body".to_owned(),
            expected: Some("x".repeat(100_000)),
            actual: None,
            allowed: true,
        };
        let text = differences(&vec![difference; 200]);
        assert!(text.len() < 200_000);
        assert!(text.ends_with("and 140 more\n"));
    }
}

//! What changed inside a long value, word by word.

use std::time::Duration;

use similar::{Algorithm, ChangeTag, TextDiff};

use super::style::{GIVEN, TAKEN, paint};

/// Shorter values are seen at a glance.
const LONG: usize = 32;

/// Longer values are not compared: nobody would read it.
const TOO_LONG: usize = 8 * 1024;

/// With less than these percent in common, two values are better read one below the other.
const ALIKE: usize = 40;

/// Unchanged stretches are cut to this many characters at either end.
const AROUND: usize = 24;

/// It only helps to see; a verdict never depends on it.
const PATIENCE: Duration = Duration::from_millis(200);

/// `Alice [-Cooper-]{+Changed+}`: legible without colour. `None` where it would not help.
pub fn words_diff(expected: &str, actual: &str) -> Option<String> {
    let long = expected.len().max(actual.len());
    // "anything but …" is about the very value that came.
    if !(LONG..=TOO_LONG).contains(&long) || expected.ends_with(actual) {
        return None;
    }
    let diff = TextDiff::configure().timeout(PATIENCE).algorithm(Algorithm::Myers).diff_unicode_words(expected, actual);
    let mut pieces: Vec<(ChangeTag, String)> = Vec::new();
    for change in diff.iter_all_changes() {
        match pieces.last_mut() {
            Some((tag, text)) if *tag == change.tag() => text.push_str(change.value()),
            _ => pieces.push((change.tag(), change.value().to_owned())),
        }
    }
    (in_common(&pieces) >= ALIKE).then(|| pieces.iter().map(|(tag, text)| show(*tag, text)).collect())
}

/// Percent of the characters that both values have in common; spaces say nothing.
fn in_common(pieces: &[(ChangeTag, String)]) -> usize {
    let count = |text: &str| text.chars().filter(|found| !found.is_whitespace()).count();
    let kept: usize = pieces.iter().filter(|(tag, _)| *tag == ChangeTag::Equal).map(|(_, text)| count(text)).sum();
    let all: usize = pieces.iter().map(|(_, text)| count(text)).sum();
    kept * 100 / all.max(1)
}

fn show(tag: ChangeTag, text: &str) -> String {
    match tag {
        ChangeTag::Delete => paint(TAKEN, &format!("[-{text}-]")),
        ChangeTag::Insert => paint(GIVEN, &format!("{{+{text}+}}")),
        ChangeTag::Equal => shortened(text),
    }
}

fn shortened(text: &str) -> String {
    let count = text.chars().count();
    if count <= 2 * AROUND + 1 {
        return text.to_owned();
    }
    let start: String = text.chars().take(AROUND).collect();
    let end: String = text.chars().skip(count - AROUND).collect();
    format!("{start}…{end}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(expected: &str, actual: &str) -> Option<String> {
        words_diff(expected, actual).map(|text| anstream::adapter::strip_str(&text).to_string())
    }

    #[test]
    fn only_the_words_that_changed_are_marked() {
        assert_eq!(
            plain("alice cooper works in sales in Berlin", "alice cooper works in support in Berlin").as_deref(),
            Some("alice cooper works in [-sales-]{+support+} in Berlin")
        );
    }

    #[test]
    fn short_or_unlike_values_are_left_alone() {
        assert_eq!(plain("\"Alice\"", "\"Bob\""), None);
        assert_eq!(
            plain("one two three four five six seven eight", "a wholly other sentence that shares nothing"),
            None
        );
    }
}

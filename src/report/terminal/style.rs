//! The few styles of the terminal report, and text that fits its columns.

use anstyle::{AnsiColor, Style};

use crate::finding::{Severity, Verdict};

pub const GOOD: Style = AnsiColor::Green.on_default().bold();
pub const BAD: Style = AnsiColor::Red.on_default().bold();
pub const DOUBT: Style = AnsiColor::Yellow.on_default().bold();
pub const CALM: Style = AnsiColor::Cyan.on_default();
pub const STRONG: Style = Style::new().bold();
pub const FAINT: Style = Style::new().dimmed();
pub const TAKEN: Style = AnsiColor::Red.on_default();
pub const GIVEN: Style = AnsiColor::Green.on_default();

/// The text in this style. Pad before painting: the codes count as characters.
pub fn paint(style: Style, text: &str) -> String {
    format!("{style}{text}{style:#}")
}

pub const fn of_verdict(verdict: &Verdict) -> Style {
    match verdict {
        Verdict::Pass => GOOD,
        Verdict::Fail => BAD,
        Verdict::Skipped(_) => FAINT,
        Verdict::Inconclusive(_) | Verdict::Infrastructure(_) => DOUBT,
    }
}

pub const fn of_severity(severity: Severity) -> Style {
    match severity {
        Severity::Error => BAD,
        Severity::Warn => DOUBT,
        Severity::Info | Severity::Off => CALM,
    }
}

/// The text on as many lines as it needs; lines after the first begin with `indent` spaces.
pub fn wrap(text: &str, indent: usize, width: usize) -> String {
    let room = width.saturating_sub(indent).max(20);
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let line = lines.last_mut().expect("there is always a line");
        let needed = line.chars().count() + 1 + word.chars().count();
        if line.is_empty() {
            line.push_str(word);
        } else if needed <= room {
            line.push(' ');
            line.push_str(word);
        } else {
            lines.push(word.to_owned());
        }
    }
    lines.join(&format!("\n{:indent$}", ""))
}

/// A longer piece that is cut is no word but an address or a value, of which the beginning tells something.
const LONGEST_WORD: usize = 24;

/// The text cut to so many columns, with `…` where something is missing: between two words, and not within an
/// attribute path such as `emails[type eq "work"].value`, unless too little would be left.
pub fn fit(text: &str, columns: usize) -> String {
    if text.chars().count() <= columns {
        return text.to_owned();
    }
    let room = columns.saturating_sub(1);
    let cut: String = text.chars().take(room).collect();
    let is_between = text.chars().nth(room).is_some_and(char::is_whitespace);
    let start = if is_between { cut.len() } else { last_start(&cut) };
    let path = path_start(&cut, start);
    let is_word = |start: &usize| {
        let (kept, piece) = cut.split_at(*start);
        let is_value = path == *start && piece.trim_start().starts_with(['[', '{', '"', '/']);
        !kept.trim().is_empty() && !is_value && piece.chars().count() <= LONGEST_WORD.min(room / 2)
    };
    let end = [path, start].into_iter().find(is_word).unwrap_or(cut.len());
    format!("{}…", cut[..end].trim_end())
}

/// Where the piece begins that a cut at the end goes through.
fn last_start(cut: &str) -> usize {
    cut.rfind(char::is_whitespace).unwrap_or(0)
}

/// Where an attribute path begins whose brackets are open at `start`; `start` itself when there is none.
fn path_start(cut: &str, start: usize) -> usize {
    let before = &cut[..start];
    match before.rfind('[') {
        Some(open) if !before[open..].contains(']') => last_start(&before[..open]),
        _ => start,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_between_words() {
        assert_eq!(wrap("one two three four five six", 4, 24), "one two three four\n    five six");
    }

    #[test]
    fn what_does_not_fit_is_marked() {
        assert_eq!(fit("abcdef", 4), "abc…");
        assert_eq!(fit("abcd", 4), "abcd");
        assert_eq!(fit("the target declares no securityElevation", 30), "the target declares no…");
        assert_eq!(fit("the target declares no bulk", 24), "the target declares no…");
        let path = "the target's schema has no `emails[type eq \"work\"].type`, says the schema";
        assert_eq!(fit(path, 40), "the target's schema has no…");
        assert_eq!(fit(path, 62), "the target's schema has no `emails[type eq \"work\"].type`,…");
        let value = "emails expected no value got [{\"value\":\"alice@example.com\"}]";
        assert_eq!(fit("okta › GET /Users/53b79903-627b", 24), "okta › GET /Users/53b79…");
        assert_eq!(fit(value, 40), "emails expected no value got [{\"value\":…");
    }
}

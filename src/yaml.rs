//! Reading data files, with the place of every mistake; and writing them.
//!
//! Scenarios, `scimulator.yaml` and fixtures come through here, so all of them
//! fail the same way: file, line, the text itself, the accepted names, a guess.

use std::fmt::Write as _;

use regex_lite::Regex;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// A mistake in a data file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}:{column}: {message}")]
pub struct DataError {
    /// The file as the user knows it.
    pub file: String,
    /// Line, from 1; 0 when the mistake has no place.
    pub line: u32,
    /// Column, from 1.
    pub column: u32,
    /// What is wrong.
    pub message: String,
    /// The line itself, but for what looks like a credential.
    pub snippet: String,
    /// What to do about it.
    pub hint: Option<String>,
}

impl DataError {
    /// A mistake at a line of a text.
    pub fn at(file: &str, text: &str, line: u32, message: impl Into<String>) -> Self {
        let snippet = veiled(text.lines().nth(line.saturating_sub(1) as usize).unwrap_or_default());
        Self { file: file.to_owned(), line, column: 1, message: message.into(), snippet, hint: None }
    }

    /// Adds what to do about it.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

/// What somebody wrote as it may be shown: a credential may stand where it does not belong.
pub fn veiled(line: &str) -> String {
    const NAMED: &str = r#"(?i)(\b(?:token|secret|password|api[-_]?key|authorization)["']?\s*[:=]\s*|\bbearer\s+)\S.*"#;
    let pattern = |text| Regex::new(text).expect("a test compiles it");
    let without_user = pattern(r"://[^/\s@]+@").replace_all(line, "://******@");
    pattern(NAMED).replace_all(&without_user, "$1******").into_owned()
}

/// Reads one YAML document into `T`.
///
/// Booleans are `true` and `false` only (YAML 1.2), duplicate keys and second
/// documents are errors, aliases and sizes are bounded by the reader's budget.
pub fn read<T: DeserializeOwned>(file: &str, text: &str) -> Result<T, DataError> {
    let options = serde_saphyr::options! { strict_booleans: true, with_snippet: false };
    serde_saphyr::from_str_with_options(text, options).map_err(|error| {
        let place = error.location();
        let line = place.map_or(0, |place| u32::try_from(place.line()).unwrap_or(u32::MAX));
        let mut data_error = DataError::at(file, text, line, plain_message(&error.to_string()));
        data_error.column = place.map_or(1, |place| u32::try_from(place.column()).unwrap_or(u32::MAX));
        data_error.hint = suggestion(&data_error.message);
        data_error
    })
}

/// The reader's message without its own account of the place.
fn plain_message(message: &str) -> String {
    let first = message.lines().next().unwrap_or(message);
    let cut = first.find(" at line ").unwrap_or(first.len());
    first[..cut].trim_start_matches("error: ").to_owned()
}

/// The guess as it stands in hints.
pub fn did_you_mean(guess: &str) -> String {
    format!("did you mean `{guess}`?")
}

/// "did you mean", from a message that quotes the wrong name before the accepted ones.
fn suggestion(message: &str) -> Option<String> {
    let wrong = message.split('`').nth(1)?;
    let (_, accepted) = message.split_once("expected one of ")?;
    nearest(wrong, accepted.split(", ").map(|name| name.trim_matches('`'))).map(did_you_mean)
}

/// The accepted name that is closest to what was written, when one is close.
pub fn nearest<'a>(wrong: &str, accepted: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    accepted
        .into_iter()
        .map(|name| (strsim::jaro_winkler(wrong, name), name))
        .filter(|(likeness, _)| *likeness > 0.75)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, name)| name)
}

/// Columns that a value may take to stand in one line.
const ONE_LINE: usize = 96;

/// Writes a mapping as a YAML document that [`read`] reads as the same: short values in one line, order kept.
pub fn write(document: &Map<String, Value>) -> String {
    let mut out = String::new();
    members(document, 0, &mut out);
    out
}

fn members(map: &Map<String, Value>, indent: usize, out: &mut String) {
    for (at, (name, value)) in map.iter().enumerate() {
        if at > 0 || out.ends_with('\n') || out.is_empty() {
            out.push_str(&" ".repeat(indent));
        }
        out.push_str(&scalar(name));
        out.push(':');
        member(value, indent, out);
    }
}

/// What stands behind `name:`.
fn member(value: &Value, indent: usize, out: &mut String) {
    let line = one_line(value);
    match value {
        Value::Object(map) if !map.is_empty() && indent + line.chars().count() > ONE_LINE => {
            out.push('\n');
            members(map, indent + 2, out);
        }
        Value::Array(items) if !items.is_empty() && indent + line.chars().count() > ONE_LINE => {
            out.push('\n');
            elements(items, indent + 2, out);
        }
        Value::String(text) if indent + line.chars().count() > ONE_LINE && is_prose(text) => {
            folded(text, indent + 2, out);
        }
        _ => {
            out.push(' ');
            out.push_str(&line);
            out.push('\n');
        }
    }
}

/// Words with one blank between them, which may be written in several lines.
fn is_prose(text: &str) -> bool {
    let words = text.split(' ').all(|word| !word.is_empty() && word.chars().all(is_printable));
    words && text.starts_with(|first: char| first.is_alphanumeric())
}

/// A text in several lines that are read as one.
fn folded(text: &str, indent: usize, out: &mut String) {
    out.push_str(" >-");
    let mut column = ONE_LINE + 1;
    for word in text.split(' ') {
        let letters = word.chars().count();
        if column + 1 + letters > ONE_LINE {
            out.push('\n');
            out.push_str(&" ".repeat(indent));
            column = indent;
        } else {
            out.push(' ');
            column += 1;
        }
        out.push_str(word);
        column += letters;
    }
    out.push('\n');
}

fn elements(items: &[Value], indent: usize, out: &mut String) {
    for item in items {
        out.push_str(&" ".repeat(indent));
        out.push('-');
        match item {
            Value::Object(map) if !map.is_empty() && indent + one_line(item).chars().count() > ONE_LINE => {
                out.push(' ');
                members(map, indent + 2, out);
            }
            Value::Array(inner) if !inner.is_empty() && indent + one_line(item).chars().count() > ONE_LINE => {
                out.push('\n');
                elements(inner, indent + 2, out);
            }
            _ => {
                out.push(' ');
                out.push_str(&one_line(item));
                out.push('\n');
            }
        }
    }
}

fn one_line(value: &Value) -> String {
    match value {
        Value::String(text) => scalar(text),
        Value::Array(items) if items.is_empty() => "[]".to_owned(),
        Value::Array(items) => format!("[{}]", items.iter().map(one_line).collect::<Vec<_>>().join(", ")),
        Value::Object(map) if map.is_empty() => "{}".to_owned(),
        Value::Object(map) => {
            let pairs = map.iter().map(|(name, value)| format!("{}: {}", scalar(name), one_line(value)));
            format!("{{ {} }}", pairs.collect::<Vec<_>>().join(", "))
        }
        other => other.to_string(),
    }
}

/// A text as it is where nothing in it means something to YAML, else in quotes.
fn scalar(text: &str) -> String {
    const WORDS: [&str; 9] = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"];
    let is_plain = |letter: char| letter.is_alphanumeric() || " _./@+-'()=".contains(letter);
    let colons = text.split(':').skip(1).all(|after| after.starts_with(|next: char| next.is_ascii_alphanumeric()));
    let is_word = text.starts_with(|first: char| first.is_alphabetic() || first == '/')
        && !text.ends_with(' ')
        && !WORDS.contains(&text.to_ascii_lowercase().as_str());
    if is_word && colons && text.chars().all(|letter| is_plain(letter) || letter == ':') {
        return text.to_owned();
    }
    if !text.contains('\'') && text.contains('"') && text.chars().all(is_printable) {
        return format!("'{text}'");
    }
    let mut quoted = String::with_capacity(text.len() + 2);
    for letter in Value::from(text).to_string().chars() {
        if is_printable(letter) {
            quoted.push(letter);
        } else {
            let mut units = [0; 2];
            for unit in letter.encode_utf16(&mut units) {
                let _ = write!(quoted, "\\u{unit:04x}"); // writing to a String cannot fail
            }
        }
    }
    quoted
}

/// What stands in a file as it is. Marks that turn the direction of a text are written as escapes: they deceive.
fn is_printable(letter: char) -> bool {
    let turns =
        matches!(letter, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}');
    !letter.is_control() && !turns && u32::from(letter) < 0xfff0
}

#[cfg(test)]
mod tests {

    use super::*;

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Sample {
        #[allow(dead_code, reason = "only read into")]
        assign: String,
    }

    #[test]
    fn a_credential_in_a_line_is_not_shown() {
        for (line, shown) in [
            ("token: abc123", "token: ******"),
            ("  X-Token: abc123", "  X-Token: ******"),
            (r#"- "Authorization": "Bearer abc123""#, r#"- "Authorization": ******"#),
            (r#"{ run: "curl -H 'authorization: bearer abc123'" }"#, r#"{ run: "curl -H 'authorization: ******"#),
            ("target: https://me:abc123@example.com/scim", "target: https://******@example.com/scim"),
        ] {
            let error = DataError::at("scimulator.yaml", line, 1, "wrong");
            assert_eq!(error.snippet, shown);
        }
        for harmless in ["token-file: token", "target: https://example.com/scim/v2", "- assign: alice"] {
            assert_eq!(DataError::at("scimulator.yaml", harmless, 1, "wrong").snippet, harmless);
        }
    }

    #[test]
    fn unknown_key_names_line_text_and_the_nearest_name() {
        let error = read::<Sample>("x.yaml", "# first\nasign: alice\n").expect_err("misspelt");
        assert_eq!((error.line, error.snippet.as_str()), (2, "asign: alice"));
        assert_eq!(error.hint.as_deref(), Some("did you mean `assign`?"), "{error}");
    }

    #[test]
    fn what_is_written_is_read_again() {
        let texts = [
            "",
            " a",
            "a ",
            "true",
            "12",
            "1e3",
            "a: b",
            "a #b",
            "# c",
            "- x",
            "${p1.userName}",
            "it's",
            "\"q\"",
            "it's \"q\"",
            "line\r\nbreak",
            "tab\t",
            "urn:ietf:params:scim:schemas:core:2.0:User",
            "Zoë",
            "e\u{301}",
            "\u{202e}x",
            "\u{1f468}\u{200d}\u{1f4bb}",
            "[a]",
            "{a}",
            "a, b",
            "*x",
            "&x",
            "!x",
            "%x",
            "@x",
            "`x",
            "| x",
            "> x",
            "~",
            "null",
            "a:",
            ":a",
            "'",
            "\\",
            "\u{7f}\u{85}",
            "2026-11-16",
            "0x1f",
            "-",
            "?",
            "a\u{feff}b",
            "=",
            "<<",
        ];
        let mut document = Map::new();
        for (at, text) in texts.iter().enumerate() {
            document.insert((*text).to_owned(), serde_json::json!({ "one": text, "in a list": [text, at] }));
        }
        let long: Vec<Value> =
            texts.iter().map(|text| serde_json::json!({ "k": text, "deep": [[text]], "empty": {} })).collect();
        document.insert(
            "prose".to_owned(),
            Value::from("Words that stand in line: one, two # three - \"four\" ".repeat(9).trim()),
        );
        document.insert("no prose".to_owned(), Value::from("two  blanks ".repeat(20)));
        document.insert("long".to_owned(), Value::Array(long));
        let text = write(&document);
        let again: Map<String, Value> = read("x.yaml", &text).unwrap_or_else(|error| panic!("{error}\n{text}"));
        assert_eq!(again, document, "{text}");
    }
}

//! A snapshot file: insta's format, so that editors, code hosts and `cargo insta` know it.
//!
//! The header begins with `description:`, not `source:`: `cargo insta test
//! --unreferenced=delete` removes files of the latter kind that no test of the
//! user's own touched (insta, `is_likely_insta_snapshot`).

use std::fmt;

use serde_json::Value;

use super::model::Normalised;
use super::parse::ParseError;

/// Largest file that is read, in bytes.
pub(super) const MAX_BYTES: u64 = 16 * 1024 * 1024;

/// What a snapshot is of.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Info {
    /// Scenario id: `lifecycle/create`.
    pub scenario: String,
    /// Dialect id: `okta`; `plain` for raw scenarios.
    pub dialect: String,
    /// Persona of the reference server, or what the user calls the target.
    pub persona: String,
}

/// An approved or pending transcript with what it is of.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Snapshot {
    /// What it is of.
    pub info: Info,
    /// The transcript.
    pub transcript: Normalised,
}

/// Why a text is not a snapshot file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FileError {
    /// No header between two `---` lines.
    #[error("the header between two `---` lines is missing")]
    NoHeader,
    /// The header does not say what the snapshot is of.
    #[error("the header lacks `{0}` below `info:`")]
    Lacks(&'static str),
    /// The text below the header cannot be read; lines count from the top of the file.
    #[error(transparent)]
    Text(#[from] ParseError),
}

impl Snapshot {
    /// Reads a file; unknown members of the header are passed over.
    pub fn parse(file: &str) -> Result<Self, FileError> {
        let (header, text) = split(file).ok_or(FileError::NoHeader)?;
        let info = Info {
            scenario: member(header, "scenario")?,
            dialect: member(header, "dialect")?,
            persona: member(header, "persona")?,
        };
        let above = header.lines().count() + 2;
        let transcript = text.parse().map_err(|error: ParseError| ParseError { line: error.line + above, ..error })?;
        Ok(Self { info, transcript })
    }
}

impl fmt::Display for Snapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Info { scenario, dialect, persona } = &self.info;
        writeln!(f, "---")?;
        writeln!(f, "description: {}", scalar(&format!("{scenario} as {dialect} plays it, persona {persona}")))?;
        writeln!(f, "expression: {}", scalar(scenario))?;
        writeln!(f, "info:")?;
        for (name, value) in [("scenario", scenario), ("dialect", dialect), ("persona", persona)] {
            writeln!(f, "  {name}: {}", scalar(value))?;
        }
        writeln!(f, "---")?;
        write!(f, "{}", self.transcript)
    }
}

/// Header and text. Git may have turned line ends into CRLF; `lines` copes with both.
fn split(file: &str) -> Option<(&str, &str)> {
    let file = file.strip_prefix("---\n").or_else(|| file.strip_prefix("---\r\n"))?;
    let mut at = 0;
    for line in file.split_inclusive('\n') {
        let next = at + line.len();
        if line.trim_end() == "---" {
            return Some((&file[..at], &file[next..]));
        }
        at = next;
    }
    None
}

fn member(header: &str, name: &'static str) -> Result<String, FileError> {
    let below = header.lines().skip_while(|line| line.trim_end() != "info:").skip(1);
    let mut members = below.take_while(|line| line.starts_with(' ')).filter_map(|line| line.trim().split_once(':'));
    let (_, value) = members.find(|(key, _)| *key == name).ok_or(FileError::Lacks(name))?;
    let value = value.trim();
    match serde_json::from_str(value) {
        Ok(Value::String(text)) => Ok(text),
        _ => Ok(value.to_owned()),
    }
}

/// A YAML scalar: plain where that is safe, else in double quotes (JSON strings are YAML).
fn scalar(text: &str) -> String {
    let safe = |character: char| character.is_ascii_alphanumeric() || " ,/_.@-".contains(character);
    let word = text.starts_with(|first: char| first.is_ascii_alphabetic()) && !text.ends_with(' ');
    let reserved =
        ["null", "true", "false", "yes", "no", "on", "off", "y", "n"].contains(&text.to_lowercase().as_str());
    if word && !reserved && text.chars().all(safe) { text.to_owned() } else { super::json::compact(&text.into()) }
}

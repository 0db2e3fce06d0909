//! Reading data files, with the place of every mistake.
//!
//! Scenarios, `scimulator.yaml` and fixtures come through here, so all of them
//! fail the same way: file, line, the text itself, the accepted names, a guess.

use serde::de::DeserializeOwned;

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
    /// The line itself.
    pub snippet: String,
    /// What to do about it.
    pub hint: Option<String>,
}

impl DataError {
    /// A mistake at a line of a text.
    pub fn at(file: &str, text: &str, line: u32, message: impl Into<String>) -> Self {
        let snippet = text.lines().nth(line.saturating_sub(1) as usize).unwrap_or_default().to_owned();
        Self { file: file.to_owned(), line, column: 1, message: message.into(), snippet, hint: None }
    }

    /// Adds what to do about it.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
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

/// "did you mean", from a message that quotes the wrong name before the accepted ones.
fn suggestion(message: &str) -> Option<String> {
    let wrong = message.split('`').nth(1)?;
    let (_, accepted) = message.split_once("expected one of ")?;
    nearest(wrong, accepted.split(", ").map(|name| name.trim_matches('`'))).map(|name| format!("did you mean `{name}`"))
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
    fn unknown_key_names_line_text_and_the_nearest_name() {
        let error = read::<Sample>("x.yaml", "# first\nasign: alice\n").expect_err("misspelt");
        assert_eq!((error.line, error.snippet.as_str()), (2, "asign: alice"));
        assert_eq!(error.hint.as_deref(), Some("did you mean `assign`"), "{error}");
    }
}

//! Errors as people see them: `error:`, `cause:`, `hint:`, and the exit code that goes with them.

use std::fmt::{Display, Write as _};

use anstyle::{AnsiColor, Style};

use super::tell;
use crate::exit::ExitCode;
use crate::http::{Redactor, sanitise};
use crate::yaml::{DataError, did_you_mean};

const ERROR: Style = AnsiColor::Red.on_default().bold();
const LABEL: Style = Style::new().bold();

/// Why a command ends without doing what it was asked for.
#[derive(Debug)]
pub(super) struct CliError {
    message: String,
    causes: Vec<String>,
    hints: Vec<String>,
    /// What the process ends with.
    pub(super) code: ExitCode,
}

impl CliError {
    /// A mistake on the command line, in a scenario or in the configuration.
    pub(super) fn usage(message: impl Into<String>) -> Self {
        Self { message: message.into(), causes: Vec::new(), hints: Vec::new(), code: ExitCode::Usage }
    }

    /// An error with another exit code.
    pub(super) fn with_code(mut self, code: ExitCode) -> Self {
        self.code = code;
        self
    }

    /// Adds why.
    pub(super) fn caused_by(mut self, cause: impl Display) -> Self {
        self.causes.push(cause.to_string());
        self
    }

    /// Adds what to do about it: a sentence or a command.
    pub(super) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// Adds a guess, when there is one.
    pub(super) fn guess(self, guess: Option<&str>) -> Self {
        match guess {
            Some(guess) => self.hint(did_you_mean(guess)),
            None => self,
        }
    }

    /// Tells it on standard error, secrets masked and control characters visible.
    pub(super) fn print(&self, redactor: &Redactor) {
        let mut text = String::new();
        let mut line = |style: Style, label: &str, message: &str| {
            let message = redactor.mask(message).into_owned();
            let message = sanitise::block(&message).trim_end().replace('\n', "\n       ");
            let _ = writeln!(text, "{style}{label}{style:#} {message}"); // writing to a String cannot fail
        };
        line(ERROR, "error:", &self.message);
        self.causes.iter().for_each(|cause| line(LABEL, "cause:", cause));
        self.hints.iter().for_each(|hint| line(LABEL, "hint: ", hint));
        tell(text.trim_end());
    }
}

impl From<DataError> for CliError {
    fn from(error: DataError) -> Self {
        let DataError { file, line, column, message, snippet, hint } = error;
        let cli = Self::usage(format!("`{file}` is invalid; nothing was sent"));
        let cli = match line {
            0 => cli.caused_by(message),
            _ => cli.caused_by(format!("line {line}, column {column}: {message}\n{line:>4} | {snippet}")),
        };
        hint.into_iter().fold(cli, Self::hint)
    }
}

//! What `diagnose`, `import` and `redact` do with personal data: how much goes, what stays, under which key.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::error::CliError;
use super::tell;
use crate::context::Context;
use crate::logs::redact::{Mode, Pseudonyms, Session, Wishes};

/// The end of the names of sessions, so that one line keeps them out of every repository.
const ENDING: &str = "scimulator-session";

/// What becomes of personal data.
#[derive(Clone, Debug, Default, Args)]
pub(super) struct RedactionArgs {
    /// consistent, the same pseudonym for the same value; strict, departments, titles and groups are dropped and times
    /// shifted too; off, it stays; secrets never show
    #[arg(long, help_heading = "Personal data", value_enum, default_value_t, hide_possible_values = true)]
    pub(super) redact: Redaction,
    /// Attribute whose values stay, such as userName or groups; may be repeated
    #[arg(long, help_heading = "Personal data", value_name = "FIELD")]
    pub(super) keep: Vec<String>,
    /// Attribute of whose values only the shape stays, x for a letter and 0 for a digit; may be repeated
    #[arg(long, help_heading = "Personal data", value_name = "FIELD")]
    pub(super) keep_shape_only: Vec<String>,
    /// Shift all times back by the same number of whole weeks, which is not told
    #[arg(long, help_heading = "Personal data")]
    pub(super) shift_time: bool,
    /// File that keeps the key, for a case that grows: the same pseudonyms in every call; its name ends in
    /// .scimulator-session
    #[arg(long, help_heading = "Personal data", value_name = "FILE")]
    pub(super) session: Option<PathBuf>,
}

/// How much goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Redaction {
    /// What tells in a small firm who somebody is goes too.
    Strict,
    /// Each value by a pseudonym.
    #[default]
    Consistent,
    /// Nothing but secrets.
    Off,
}

/// Where the key of a case is kept, if it is.
#[derive(Debug)]
pub(super) struct Kept(Option<PathBuf>);

impl RedactionArgs {
    /// What is replaced.
    pub(super) const fn mode(&self) -> Mode {
        match self.redact {
            Redaction::Strict | Redaction::Consistent => Mode::Consistent,
            Redaction::Off => Mode::Off,
        }
    }

    /// What is wanted beyond that.
    pub(super) fn wishes(&self) -> Wishes {
        let is_strict = self.redact == Redaction::Strict;
        Wishes {
            keep: self.keep.clone(),
            shape_only: self.keep_shape_only.clone(),
            drops: is_strict,
            shifts_time: is_strict || self.shift_time,
        }
    }

    /// The key: a new one, or that of the session.
    pub(super) fn session(&self, context: &Context) -> Result<(Session, Kept), CliError> {
        if self.redact == Redaction::Off && !(self.keep_shape_only.is_empty() && self.keep.is_empty()) {
            return Err(CliError::usage("`--redact off` keeps all that `--keep` and `--keep-shape-only` are about")
                .hint("leave out one of them"));
        }
        let fails = |error: io::Error| CliError::usage("personal data cannot be replaced").caused_by(error);
        let Some(name) = &self.session else { return Ok((Session::random().map_err(fails)?, Kept(None))) };
        let shown = name.display();
        if name.extension().is_none_or(|end| end != ENDING) {
            return Err(CliError::usage(format!("`{shown}` is no name for a session"))
                .caused_by("whoever has the file can find out whose pseudonym one is, so it must be easy to keep out")
                .hint(format!("call it `{}`", name.with_extension(ENDING).display())));
        }
        let path = context.folder.join(name);
        let session = match fs::read_to_string(&path) {
            Ok(text) => Session::read(&text).ok_or_else(|| {
                CliError::usage(format!("`{shown}` is no session")).hint("delete it to begin a new one")
            })?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Session::random().map_err(fails)?,
            Err(error) => return Err(CliError::usage(format!("`{shown}` cannot be read")).caused_by(error)),
        };
        tell(&format!(
            "warning: who has `{shown}` can find out whose pseudonym one is; delete it when the case is closed"
        ));
        if !is_ignored(&path) {
            tell(&format!("hint: git would take it in: add `*.{ENDING}` to .gitignore"));
        }
        Ok((session, Kept(Some(path))))
    }
}

impl Kept {
    /// Writes the session with the pseudonyms that were given away, readable for its owner alone.
    pub(super) fn keep(&self, pseudonyms: &Pseudonyms) -> Result<(), CliError> {
        let Some(path) = &self.0 else { return Ok(()) };
        write(path, &pseudonyms.session())
            .map_err(|error| CliError::usage(format!("cannot write `{}`", path.display())).caused_by(error))
    }
}

/// Writes a new file beside the old one first: there is always a whole one.
fn write(path: &Path, text: &str) -> io::Result<()> {
    let new = path.with_extension(format!("new.{ENDING}"));
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(&new)?.write_all(text.as_bytes())?;
    fs::rename(&new, path)
}

/// Whether git leaves such a file alone: there is no repository around it, or one that ignores it by its ending.
fn is_ignored(path: &Path) -> bool {
    let pattern = format!("*.{ENDING}");
    let mut folders = path.ancestors().skip(1);
    let ignores = |folder: &Path| {
        let lines = fs::read_to_string(folder.join(".gitignore")).unwrap_or_default();
        lines.lines().any(|line| line.trim() == pattern)
    };
    folders
        .find_map(|folder| if ignores(folder) { Some(true) } else { folder.join(".git").exists().then_some(false) })
        .unwrap_or(true)
}

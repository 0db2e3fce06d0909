//! The one reader of the world: environment, terminal, folder, clock and chance.
//!
//! `main` makes it; everything below gets the values it needs passed down, so
//! that it can be tested with others.

use std::collections::BTreeMap;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use anstream::{AutoStream, ColorChoice};
use time::OffsetDateTime;

/// Columns where nothing tells how many there are.
const USUAL_WIDTH: usize = 80;

/// What the process finds around it.
#[derive(Clone, Debug)]
pub struct Context {
    variables: BTreeMap<String, String>,
    /// Which standard streams are terminals.
    pub terminals: Terminals,
    /// Columns of the terminal.
    pub width: usize,
    /// Whether standard output shows colour (NO_COLOR, CLICOLOR, CLICOLOR_FORCE, terminal).
    pub colour: bool,
    /// The working directory.
    pub folder: PathBuf,
    /// A number that differs from run to run, for when no seed is given.
    pub seed: u64,
}

/// Which standard streams are terminals.
#[derive(Clone, Copy, Debug, Default)]
pub struct Terminals {
    /// Standard input, so that questions may be asked.
    pub stdin: bool,
    /// Standard output.
    pub stdout: bool,
    /// Standard error.
    pub stderr: bool,
}

impl Context {
    /// Reads the world, once.
    pub fn from_env() -> Self {
        let stdout = std::io::stdout();
        Self {
            // A variable that is no Unicode cannot be one of ours.
            variables: std::env::vars_os()
                .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
                .collect(),
            terminals: Terminals {
                stdin: std::io::stdin().is_terminal(),
                stdout: stdout.is_terminal(),
                stderr: std::io::stderr().is_terminal(),
            },
            width: console::Term::stdout().size_checked().map_or(USUAL_WIDTH, |(_, columns)| usize::from(columns)),
            colour: AutoStream::choice(&stdout) != ColorChoice::Never,
            folder: std::env::current_dir().unwrap_or_else(|_| PathBuf::from(".")),
            seed: fastrand::u64(..),
        }
    }

    /// A world for tests: no terminal, no colour, these variables, this folder.
    pub fn fixed(variables: &[(&str, &str)], folder: &Path) -> Self {
        Self {
            variables: variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
            terminals: Terminals::default(),
            width: USUAL_WIDTH,
            colour: false,
            folder: folder.to_owned(),
            seed: 1,
        }
    }

    /// An environment variable; one that is empty counts as not set.
    pub fn variable(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// Whether a pipeline runs this: `CI` is set and not `0` or `false`; Azure sets `TF_BUILD` alone.
    pub fn is_ci(&self) -> bool {
        match self.variables.get("CI").map(String::as_str) {
            None => self.variable("TF_BUILD").is_some(),
            Some("" | "0" | "false") => false,
            Some(_) => true,
        }
    }

    /// Where state of this machine is kept: `$XDG_STATE_HOME/scimulator`, else `~/.local/state/scimulator`.
    ///
    /// XDG ignores a path that is not absolute, and so do we. Without a home
    /// the folder lies in the system's temporary one.
    pub fn state_folder(&self) -> PathBuf {
        let absolute = |name| self.variable(name).map(PathBuf::from).filter(|path| path.is_absolute());
        let parent = absolute("XDG_STATE_HOME")
            .or_else(|| absolute("HOME").map(|home| home.join(".local/state")))
            .or_else(|| absolute("LOCALAPPDATA"))
            .unwrap_or_else(std::env::temp_dir);
        parent.join("scimulator")
    }

    /// The time now, in UTC.
    pub fn now(&self) -> OffsetDateTime {
        OffsetDateTime::now_utc()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(variables: &[(&str, &str)]) -> Context {
        Context::fixed(variables, Path::new("/work"))
    }

    #[test]
    fn a_pipeline_is_told_from_a_person() {
        for variables in [&[("CI", "true")][..], &[("CI", "1")], &[("TF_BUILD", "True")]] {
            assert!(with(variables).is_ci(), "{variables:?}");
        }
        for variables in [&[][..], &[("CI", "")], &[("CI", "0")], &[("CI", "false"), ("TF_BUILD", "True")]] {
            assert!(!with(variables).is_ci(), "{variables:?}");
        }
    }

    #[test]
    fn state_lies_where_xdg_says() {
        assert_eq!(with(&[("XDG_STATE_HOME", "/s"), ("HOME", "/h")]).state_folder(), Path::new("/s/scimulator"));
        assert_eq!(
            with(&[("XDG_STATE_HOME", "relative"), ("HOME", "/h")]).state_folder(),
            Path::new("/h/.local/state/scimulator")
        );
    }

    #[test]
    fn an_empty_variable_is_not_set() {
        assert_eq!(with(&[("SCIMULATOR_TOKEN", "")]).variable("SCIMULATOR_TOKEN"), None);
    }
}

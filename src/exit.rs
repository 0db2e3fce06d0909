//! Exit codes: a promise to scripts and pipelines, so they are constants with names.
//!
//! The engine and the subcommands name one; `main` returns it, `help exit-codes` prints the page.

use std::fmt::Write as _;
use std::process;

/// What the process ends with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ExitCode {
    /// Conformant as selected; warnings alone stay here.
    Conformant,
    /// Findings of severity error, or snapshot differences.
    Findings,
    /// Usage, scenario or configuration error.
    Usage,
    /// Could not test: unreachable, TLS, credential refused, everything inconclusive.
    CouldNotTest,
    /// Nothing is selected.
    NothingSelected,
    /// Only new snapshots of the user's own baseline await approval.
    SnapshotsPending,
    /// `import` or `redact` found a leak in its own output.
    Leak,
    /// A bug in scimulator itself.
    Bug,
    /// Interrupted by the user.
    Interrupted,
}

impl ExitCode {
    /// Every code, in the order of their numbers.
    pub const ALL: [Self; 9] = [
        Self::Conformant,
        Self::Findings,
        Self::Usage,
        Self::CouldNotTest,
        Self::NothingSelected,
        Self::SnapshotsPending,
        Self::Leak,
        Self::Bug,
        Self::Interrupted,
    ];

    /// Which one wins when several apply; what can only stand alone comes last.
    const PRECEDENCE: [Self; 9] = [
        Self::Interrupted,
        Self::Bug,
        Self::Usage,
        Self::Findings,
        Self::CouldNotTest,
        Self::SnapshotsPending,
        Self::Leak,
        Self::NothingSelected,
        Self::Conformant,
    ];

    /// The number.
    pub const fn code(self) -> u8 {
        match self {
            Self::Conformant => 0,
            Self::Findings => 1,
            Self::Usage => 2,
            Self::CouldNotTest => 3,
            Self::NothingSelected => 4,
            Self::SnapshotsPending => 5,
            Self::Leak => 6,
            Self::Bug => 70,
            Self::Interrupted => 130,
        }
    }

    /// The code of this number; a number that is none can only be a bug.
    pub fn from_number(number: u8) -> Self {
        Self::ALL.into_iter().find(|code| code.code() == number).unwrap_or(Self::Bug)
    }

    /// What it means, in one line.
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Conformant => "conformant as selected; warnings alone do not change that",
            Self::Findings => "findings of severity error, or answers that differ from the approved ones",
            Self::Usage => "the command line, a scenario or the configuration is wrong",
            Self::CouldNotTest => "could not test: unreachable, TLS, credential refused, all inconclusive",
            Self::NothingSelected => "nothing is selected",
            Self::SnapshotsPending => "only new snapshots of your own baseline await approval",
            Self::Leak => "`import` or `redact` found a leak in its own output",
            Self::Bug => "a bug in scimulator; please report it",
            Self::Interrupted => "interrupted; what was created has been removed as far as possible",
        }
    }

    /// The one to end with when several apply; none at all is [`ExitCode::Conformant`].
    pub fn worst(codes: impl IntoIterator<Item = Self>) -> Self {
        let rank = |code: &Self| Self::PRECEDENCE.iter().position(|other| other == code);
        codes.into_iter().min_by_key(rank).unwrap_or(Self::Conformant)
    }
}

impl From<ExitCode> for process::ExitCode {
    fn from(code: ExitCode) -> Self {
        Self::from(code.code())
    }
}

/// The page that `help exit-codes` prints.
pub fn help_page() -> String {
    let mut page = "Exit codes\n\n".to_owned();
    for code in ExitCode::ALL {
        let _ = writeln!(page, "  {:>3}  {}", code.code(), code.meaning()); // writing to a String cannot fail
    }
    page.push_str("\nWhen several apply, the first of 130, 70, 2, 1, 3, 5 is returned.\n");
    page.push_str("A pipeline can tell a wrong endpoint (1) from one that could not be tested (3).\n");
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_precedence_is_the_documented_one() {
        let mut rest = ExitCode::ALL.to_vec();
        for expected in [130, 70, 2, 1, 3, 5] {
            let worst = ExitCode::worst(rest.iter().copied());
            assert_eq!(worst.code(), expected);
            rest.retain(|code| *code != worst);
        }
        assert_eq!(ExitCode::worst([]), ExitCode::Conformant);
    }

    #[test]
    fn the_page_names_every_code_within_80_columns() {
        let page = help_page();
        for code in ExitCode::ALL {
            assert!(page.contains(&format!(" {}  {}", code.code(), code.meaning())));
        }
        assert!(page.lines().all(|line| line.chars().count() <= 80), "{page}");
    }
}

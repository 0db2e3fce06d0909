//! `scimulator review` and `scimulator accept`: pending snapshots become approved ones.
//!
//! Both work on the user's own snapshot folder. `review` asks one key a
//! snapshot and needs a terminal; `accept` never asks.

use std::io::{self, IsTerminal as _, Write};
use std::path::PathBuf;

use clap::Args;
use console::{Key, Term};

use crate::snapshot::{Mode, Pending, Snapshot, Store, StoreError, compare, render};

/// Look through pending snapshots one by one, and approve or reject each
#[derive(Args, Clone, Debug)]
pub struct ReviewArgs {
    /// Folder with the snapshots
    #[arg(long, value_name = "FOLDER", default_value = "snapshots")]
    pub snapshots: PathBuf,
}

/// Approve pending snapshots without asking
#[derive(Args, Clone, Debug)]
pub struct AcceptArgs {
    /// Which: `lifecycle/create`, `lifecycle/create@okta`, or with `*` (`lifecycle/*`)
    #[arg(value_name = "SELECT", required_unless_present = "all")]
    pub select: Vec<String>,
    /// Every pending snapshot
    #[arg(long, conflicts_with = "select")]
    pub all: bool,
    /// Folder with the snapshots
    #[arg(long, value_name = "FOLDER", default_value = "snapshots")]
    pub snapshots: PathBuf,
}

/// What became of the pending snapshots.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reviewed {
    /// Approved.
    pub accepted: usize,
    /// Thrown away.
    pub rejected: usize,
    /// Still pending.
    pub left: usize,
}

/// Why snapshots were not reviewed. All of them are usage or configuration errors (exit code 2),
/// but for [`ReviewError::NothingSelected`] (4).
#[derive(Debug, thiserror::Error)]
pub enum ReviewError {
    /// Nobody could press a key. The commands that need none are in the hint.
    #[error("`review` asks for keys and there is no terminal")]
    NoTerminal {
        /// Names of what is pending.
        pending: Vec<String>,
    },
    /// `accept` was given a selection that matches nothing pending.
    #[error("no pending snapshot matches `{0}`")]
    NothingSelected(String),
    /// A snapshot file is in the way.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The terminal or the output failed.
    #[error("cannot talk to the terminal: {0}")]
    Terminal(#[from] io::Error),
}

impl ReviewError {
    /// What to do about it, one command or sentence a line.
    pub fn hint(&self) -> String {
        match self {
            Self::NoTerminal { pending } if pending.is_empty() => "nothing is pending".to_owned(),
            Self::NoTerminal { pending } => {
                let each = pending.iter().take(10).map(|name| format!("scimulator accept {}\n", selectable(name)));
                format!("{}scimulator accept --all", each.collect::<String>())
            }
            Self::NothingSelected(_) => "run `scimulator review` to see what is pending".to_owned(),
            Self::Store(error) => error.hint().to_owned(),
            Self::Terminal(_) => "use `scimulator accept`, which asks nothing".to_owned(),
        }
    }
}

/// Where answers to "what shall become of this one?" come from.
pub trait Keys {
    /// Whether somebody is there to press keys.
    fn attended(&self) -> bool;
    /// The next key.
    fn key(&mut self) -> io::Result<Key>;
}

impl Keys for Term {
    fn attended(&self) -> bool {
        self.is_term() && io::stdin().is_terminal()
    }

    fn key(&mut self) -> io::Result<Key> {
        self.read_key()
    }
}

/// Runs `scimulator review`.
pub fn review(args: &ReviewArgs, keys: &mut dyn Keys, out: &mut dyn Write) -> Result<Reviewed, ReviewError> {
    let store = Store::new(Some(args.snapshots.clone()), true, &|_| None);
    let pending = store.pending()?;
    if !keys.attended() {
        return Err(ReviewError::NoTerminal { pending: pending.into_iter().map(|pending| pending.name).collect() });
    }
    if pending.is_empty() {
        writeln!(out, "nothing is pending in `{}`", args.snapshots.display())?;
        return Ok(Reviewed::default());
    }
    let mut done = Reviewed { left: pending.len(), ..Reviewed::default() };
    for (at, one) in pending.iter().enumerate() {
        writeln!(out, "\n{} of {}  {}", at + 1, pending.len(), one.name)?;
        match ask(&store, one, keys, out)? {
            Choice::Accept => {
                store.accept(one)?;
                done.accepted += 1;
                done.left -= 1;
            }
            Choice::Reject => {
                store.reject(one)?;
                done.rejected += 1;
                done.left -= 1;
            }
            Choice::Skip => {}
            Choice::Quit => break,
        }
    }
    writeln!(out, "\n{} approved, {} rejected, {} still pending", done.accepted, done.rejected, done.left)?;
    Ok(done)
}

/// Runs `scimulator accept`.
pub fn accept(args: &AcceptArgs, out: &mut dyn Write) -> Result<Reviewed, ReviewError> {
    let store = Store::new(Some(args.snapshots.clone()), true, &|_| None);
    let pending = store.pending()?;
    let unmatched = args.select.iter().find(|pattern| !pending.iter().any(|one| matches(pattern, &one.name)));
    if let Some(pattern) = unmatched {
        return Err(ReviewError::NothingSelected(pattern.clone()));
    }
    let mut done = Reviewed::default();
    for one in &pending {
        if args.all || args.select.iter().any(|pattern| matches(pattern, &one.name)) {
            let path = store.accept(one)?;
            writeln!(out, "approved {}", path.display())?;
            done.accepted += 1;
        } else {
            done.left += 1;
        }
    }
    if pending.is_empty() {
        writeln!(out, "nothing is pending in `{}`", args.snapshots.display())?;
    }
    Ok(done)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Choice {
    Accept,
    Reject,
    Skip,
    Quit,
}

fn ask(store: &Store<'_>, one: &Pending, keys: &mut dyn Keys, out: &mut dyn Write) -> Result<Choice, ReviewError> {
    let (pending, approved) = store.open(one)?;
    show(&pending, approved.as_ref(), out)?;
    loop {
        writeln!(out, "\n  a approve   r reject   s skip   d whole transcript   q quit")?;
        out.flush()?;
        match keys.key()? {
            Key::Char('a') => return Ok(Choice::Accept),
            Key::Char('r') => return Ok(Choice::Reject),
            Key::Char('s') | Key::Enter => return Ok(Choice::Skip),
            // An unknown key is what a terminal that went away gives.
            Key::Char('q') | Key::Escape | Key::CtrlC | Key::Unknown => return Ok(Choice::Quit),
            Key::Char('d') => write!(out, "\n{}", pending.transcript)?,
            _ => {}
        }
    }
}

fn show(pending: &Snapshot, approved: Option<&Snapshot>, out: &mut dyn Write) -> io::Result<()> {
    let Some(approved) = approved else {
        return write!(out, "  nothing was approved before; this would be the first\n\n{}", pending.transcript);
    };
    let differences = compare(&approved.transcript, &pending.transcript, Mode::Own);
    if differences.is_empty() {
        return writeln!(out, "  the same in meaning; only the writing differs");
    }
    write!(out, "{}", render::differences(&differences))
}

/// `runs/rfc/lifecycle/create@okta` is selected as `lifecycle/create@okta`.
fn selectable(name: &str) -> &str {
    let below = name.strip_prefix("runs/").and_then(|rest| rest.split_once('/'));
    below.map_or(name, |(_, scenario)| scenario)
}

/// A pattern names a snapshot with or without its persona and its dialect; `*` stands for anything.
fn matches(pattern: &str, name: &str) -> bool {
    let scenario = selectable(name);
    let without_dialect = scenario.rsplit_once('@').map_or(scenario, |(scenario, _)| scenario);
    [name, scenario, without_dialect].into_iter().any(|text| glob(pattern, text))
}

fn glob(pattern: &str, text: &str) -> bool {
    let Some((head, tail)) = pattern.split_once('*') else { return pattern == text };
    let Some(mut rest) = text.strip_prefix(head) else { return false };
    let mut parts: Vec<_> = tail.split('*').collect();
    let last = parts.pop().unwrap_or_default();
    for part in parts {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::snapshot::{Entry, Info, Normalised};

    struct Pressed(Vec<char>, bool);

    impl Keys for Pressed {
        fn attended(&self) -> bool {
            self.1
        }

        fn key(&mut self) -> io::Result<Key> {
            Ok(self.0.pop().map_or(Key::Unknown, Key::Char))
        }
    }

    fn pressed(keys: &str) -> Pressed {
        Pressed(keys.chars().rev().collect(), true)
    }

    fn snapshot(scenario: &str, outcome: &str) -> Snapshot {
        let info = Info { scenario: scenario.to_owned(), dialect: "okta".to_owned(), persona: "own".to_owned() };
        let entries = vec![Entry::Outcome(outcome.to_owned())];
        Snapshot { info, transcript: Normalised { headers: Vec::new(), entries } }
    }

    fn folder() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::new(Some(folder.path().to_owned()), true, &|_| None);
        for scenario in ["lifecycle/create", "lifecycle/leave", "sync/cycle"] {
            store.write_pending(&snapshot(scenario, "provisioned alice")).unwrap();
        }
        folder
    }

    fn pending(folder: &tempfile::TempDir) -> Vec<String> {
        let store = Store::new(Some(folder.path().to_owned()), true, &|_| None);
        store.pending().unwrap().into_iter().map(|pending| pending.name).collect()
    }

    #[test]
    fn one_key_a_snapshot_approves_rejects_or_leaves_it() {
        let folder = folder();
        let args = ReviewArgs { snapshots: folder.path().to_owned() };
        let done = review(&args, &mut pressed("axdrs"), &mut Vec::new()).unwrap();
        assert_eq!(done, Reviewed { accepted: 1, rejected: 1, left: 1 });
        assert_eq!(pending(&folder), ["runs/own/sync/cycle@okta"]);
        assert!(folder.path().join("runs/own/lifecycle/create@okta.snap").is_file());
    }

    #[test]
    fn a_terminal_that_goes_away_leaves_everything_pending() {
        let folder = folder();
        let args = ReviewArgs { snapshots: folder.path().to_owned() };
        let done = review(&args, &mut pressed(""), &mut Vec::new()).unwrap();
        assert_eq!(done, Reviewed { left: 3, ..Reviewed::default() });
    }

    #[test]
    fn without_a_terminal_the_commands_that_ask_nothing_are_named() {
        let folder = folder();
        let args = ReviewArgs { snapshots: folder.path().to_owned() };
        let error = review(&args, &mut Pressed(Vec::new(), false), &mut Vec::new()).unwrap_err();
        assert!(error.hint().starts_with("scimulator accept lifecycle/create@okta\n"), "{}", error.hint());
        assert!(error.hint().ends_with("scimulator accept --all"));
    }

    #[test]
    fn accept_takes_globs_and_refuses_what_matches_nothing() {
        let folder = folder();
        let mut args =
            AcceptArgs { select: vec!["nowhere/*".to_owned()], all: false, snapshots: folder.path().to_owned() };
        assert!(matches!(accept(&args, &mut Vec::new()), Err(ReviewError::NothingSelected(_))));
        args.select = vec!["lifecycle/*".to_owned()];
        assert_eq!(accept(&args, &mut Vec::new()).unwrap(), Reviewed { accepted: 2, rejected: 0, left: 1 });
        assert_eq!(pending(&folder), ["runs/own/sync/cycle@okta"]);
    }

    #[test]
    fn a_change_is_shown_with_what_was_approved() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::new(Some(folder.path().to_owned()), true, &|_| None);
        let exchange = |status: u16| -> Normalised { format!("  > GET /Users\n  < {status}\n").parse().unwrap() };
        let info = snapshot("lifecycle/create", "").info;
        store.write_approved(&Snapshot { info: info.clone(), transcript: exchange(200) }).unwrap();
        store.write_pending(&Snapshot { info, transcript: exchange(500) }).unwrap();
        let mut out = Vec::new();
        review(&ReviewArgs { snapshots: folder.path().to_owned() }, &mut pressed("s"), &mut out).unwrap();
        let out = String::from_utf8(out).unwrap();
        assert!(out.contains("GET /Users") && out.contains("status") && out.contains("500"), "{out}");
    }
}

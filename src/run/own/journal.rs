//! What a run creates at a target, written down before the request leaves.
//!
//! The engine writes; the clean-up at the end, after Ctrl-C, and `clean` after
//! a crash read. One file of JSON lines a run, in the state folder; it goes
//! away when nothing of the run is left. It never holds a credential.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use crate::http::{Base, Method};

/// How file names of journals end.
const ENDING: &str = "journal";

/// A journal beyond this many bytes is no journal of ours.
const MAX_BYTES: u64 = 64 * 1024 * 1024;

/// So many runs with one mark may have left a journal each.
const MAX_OF_ONE_MARK: u32 = 1000;

/// Why nothing can be written down or read. What cannot be recorded is not sent.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// The folder or file cannot be written.
    #[error("cannot record what the run creates in `{}`: {cause}", .path.display())]
    Write {
        /// The journal.
        path: PathBuf,
        /// What the system says.
        cause: io::Error,
    },
    /// The file cannot be read.
    #[error("cannot read the journal `{}`: {cause}", .path.display())]
    Read {
        /// The journal.
        path: PathBuf,
        /// What the system says.
        cause: io::Error,
    },
    /// The file is something else.
    #[error("`{}` is no journal of a run", .path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
    },
}

/// One line of the file.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "entry", rename_all = "lowercase")]
enum Entry {
    /// First line: whose resources these are.
    Run { mark: String, base: String },
    /// A request that may create something is about to leave.
    Intent { n: u64, method: String, path: String, name: Option<String> },
    /// It did: the path of the new resource.
    Created { n: u64, path: String },
    /// It did not: the target refused.
    Refused { n: u64 },
    /// The resource is gone.
    Removed { path: String },
}

/// Something that may still be at the target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Leftover {
    /// A resource of this run, by its path below the base URL.
    Resource(String),
    /// A request left and its answer is not known. To be looked up by name, and removed only if it carries the mark.
    Unanswered {
        /// Where it was sent, such as `/Users`.
        path: String,
        /// Its `userName` or `displayName`.
        name: Option<String>,
    },
}

/// What a journal says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remains {
    /// The run's mark.
    pub mark: String,
    /// Base URL of the target.
    pub base: String,
    /// What may be left, oldest first.
    pub leftovers: Vec<Leftover>,
}

/// Names an intent until its answer is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "an intent without an answer is looked up again by the clean-up"]
pub struct Intent(u64);

/// The journal of the run under way. Scenarios that run at the same time share it.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    file: File,
    next: u64,
    open: Open,
}

/// What is open after the entries read or written so far.
#[derive(Debug, Default)]
struct Open(BTreeMap<u64, Leftover>);

impl Journal {
    /// Begins the journal of a run in `folder`, which is made when missing.
    pub fn open(folder: &Path, mark: &str, base: &Base) -> Result<Self, JournalError> {
        let (path, file) =
            new_file(folder, mark).map_err(|cause| JournalError::Write { path: folder.to_owned(), cause })?;
        let journal = Self { path, state: Mutex::new(State { file, next: 0, open: Open::default() }) };
        journal.write(|_| Entry::Run { mark: mark.to_owned(), base: base.as_str().to_owned() })?;
        Ok(journal)
    }

    /// Where the journal is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Records that a request which may create something is about to leave. On an error it must not.
    pub fn intend(&self, method: Method, path: &str, name: Option<&str>) -> Result<Intent, JournalError> {
        let n = self.write(|n| Entry::Intent {
            n,
            method: method.as_str().to_owned(),
            path: path.to_owned(),
            name: name.map(str::to_owned),
        })?;
        Ok(Intent(n))
    }

    /// Records what came of it: a resource at this path.
    pub fn created(&self, intent: Intent, path: &str) -> Result<(), JournalError> {
        self.write(|_| Entry::Created { n: intent.0, path: path.to_owned() }).map(drop)
    }

    /// Records that nothing came of it.
    pub fn refused(&self, intent: Intent) -> Result<(), JournalError> {
        self.write(|_| Entry::Refused { n: intent.0 }).map(drop)
    }

    /// Records a resource of this run that was found at this path.
    pub fn found(&self, path: &str) -> Result<(), JournalError> {
        self.write(|n| Entry::Created { n, path: path.to_owned() }).map(drop)
    }

    /// Records that the resource at this path is gone.
    pub fn removed(&self, path: &str) -> Result<(), JournalError> {
        self.write(|_| Entry::Removed { path: path.to_owned() }).map(drop)
    }

    /// What may be at the target now.
    pub fn leftovers(&self) -> Vec<Leftover> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).open.list()
    }

    /// Ends the journal; the file goes away when nothing is left, else it stays for `clean`.
    pub fn finish(&self) -> Result<Vec<Leftover>, JournalError> {
        let left = self.leftovers();
        if left.is_empty() {
            std::fs::remove_file(&self.path).map_err(|cause| JournalError::Write { path: self.path.clone(), cause })?;
        }
        Ok(left)
    }

    fn write(&self, entry: impl FnOnce(u64) -> Entry) -> Result<u64, JournalError> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let n = state.next;
        let entry = entry(n);
        let mut line = serde_json::to_vec(&entry).expect("an entry holds only text and numbers");
        line.push(b'\n');
        // One call a line and no buffer of ours: after a crash at most the last line is cut. Not synced to the disk:
        // it is the process that may die here, rarely the machine.
        state.file.write_all(&line).map_err(|cause| JournalError::Write { path: self.path.clone(), cause })?;
        state.next += 1;
        state.open.apply(entry);
        Ok(n)
    }
}

impl Open {
    fn apply(&mut self, entry: Entry) {
        match entry {
            Entry::Run { .. } => {}
            Entry::Intent { n, path, name, .. } => {
                self.0.insert(n, Leftover::Unanswered { path, name });
            }
            Entry::Created { n, path } => {
                self.0.insert(n, Leftover::Resource(path));
            }
            Entry::Refused { n } => {
                self.0.remove(&n);
            }
            Entry::Removed { path } => self.0.retain(|_, open| *open != Leftover::Resource(path.clone())),
        }
    }

    fn list(&self) -> Vec<Leftover> {
        self.0.values().cloned().collect()
    }
}

/// The journals in a folder, by name. A folder that does not exist has none.
pub fn list(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut found: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|ending| ending == ENDING))
        .collect();
    found.sort();
    found
}

/// Reads a journal that a run left behind. A last line that was cut is passed over.
pub fn read(path: &Path) -> Result<Remains, JournalError> {
    let unreadable = |cause| JournalError::Read { path: path.to_owned(), cause };
    let foreign = || JournalError::Foreign { path: path.to_owned() };
    if std::fs::metadata(path).map_err(unreadable)?.len() > MAX_BYTES {
        return Err(foreign());
    }
    let text = String::from_utf8_lossy(&std::fs::read(path).map_err(unreadable)?).into_owned();
    let mut lines = text.lines();
    let Some(Ok(Entry::Run { mark, base })) = lines.next().map(serde_json::from_str) else { return Err(foreign()) };
    let mut open = Open::default();
    lines.filter_map(|line| serde_json::from_str(line).ok()).for_each(|entry| open.apply(entry));
    Ok(Remains { mark, base, leftovers: open.list() })
}

/// Removes the journal of an earlier run, once nothing of it is left.
pub fn forget(path: &Path) -> Result<(), JournalError> {
    std::fs::remove_file(path).map_err(|cause| JournalError::Write { path: path.to_owned(), cause })
}

/// A file of its own: the same seed gives the same mark, and an earlier run's journal must survive.
fn new_file(folder: &Path, mark: &str) -> io::Result<(PathBuf, File)> {
    std::fs::create_dir_all(folder)?;
    let mut options = OpenOptions::new();
    options.create_new(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let safe = mark.replace(|found: char| !found.is_ascii_alphanumeric() && found != '-', "_");
    for attempt in 1..=MAX_OF_ONE_MARK {
        let suffix = if attempt == 1 { String::new() } else { format!("-{attempt}") };
        let path = folder.join(format!("{safe}{suffix}.{ENDING}"));
        match options.open(&path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            opened => return Ok((path, opened?)),
        }
    }
    Err(io::Error::other("too many journals of earlier runs; remove them with `scimulator clean`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn base() -> Base {
        Base::parse("https://example.com/scim/v2").unwrap()
    }

    fn resource(path: &str) -> Leftover {
        Leftover::Resource(path.to_owned())
    }

    #[test]
    fn what_was_not_removed_can_be_read_after_a_crash() {
        let folder = tempfile::tempdir().unwrap();
        let journal = Journal::open(folder.path(), "scimulator-7", &base()).unwrap();
        let first = journal.intend(Method::Post, "/Users", Some("scimulator-7-alice")).unwrap();
        journal.created(first, "/Users/1").unwrap();
        let second = journal.intend(Method::Post, "/Users", Some("scimulator-7-bob")).unwrap();
        journal.created(second, "/Users/2").unwrap();
        let refused = journal.intend(Method::Post, "/Users", Some("scimulator-7-bob")).unwrap();
        journal.refused(refused).unwrap();
        let _ = journal.intend(Method::Post, "/Groups", Some("scimulator-7-sales")).unwrap();
        journal.removed("/Users/1").unwrap();

        let remains = read(&list(folder.path())[0]).unwrap();
        assert_eq!((remains.mark.as_str(), remains.base.as_str()), ("scimulator-7", "https://example.com/scim/v2"));
        let unanswered =
            Leftover::Unanswered { path: "/Groups".to_owned(), name: Some("scimulator-7-sales".to_owned()) };
        assert_eq!(remains.leftovers, [resource("/Users/2"), unanswered]);
        assert_eq!(journal.leftovers(), remains.leftovers);
    }

    #[test]
    fn the_file_goes_away_when_nothing_is_left_and_stays_otherwise() {
        let folder = tempfile::tempdir().unwrap();
        for (mark, removed, files) in [("clean", true, 0), ("dirty", false, 1)] {
            let journal = Journal::open(folder.path(), mark, &base()).unwrap();
            let intent = journal.intend(Method::Post, "/Users", None).unwrap();
            journal.created(intent, "/Users/1").unwrap();
            if removed {
                journal.removed("/Users/1").unwrap();
            }
            assert_eq!(journal.finish().unwrap().len(), files);
            assert_eq!(list(folder.path()).len(), files);
        }
    }

    #[test]
    fn what_was_found_is_left_over_as_well() {
        let folder = tempfile::tempdir().unwrap();
        let journal = Journal::open(folder.path(), "m", &base()).unwrap();
        let intent = journal.intend(Method::Post, "/Users", Some("m-alice")).unwrap();
        journal.found("/Users/9").unwrap();
        journal.refused(intent).unwrap();
        assert_eq!(read(journal.path()).unwrap().leftovers, [resource("/Users/9")]);
    }

    #[test]
    fn a_last_line_that_was_cut_is_passed_over() {
        let folder = tempfile::tempdir().unwrap();
        let journal = Journal::open(folder.path(), "m", &base()).unwrap();
        let intent = journal.intend(Method::Post, "/Users", None).unwrap();
        journal.created(intent, "/Users/1").unwrap();
        let whole = std::fs::read(journal.path()).unwrap();
        let before = whole[..whole.len() - 1].iter().rposition(|byte| *byte == b'\n').unwrap() + 1;
        for cut in before..whole.len() - 1 {
            std::fs::write(journal.path(), &whole[..cut]).unwrap();
            let left = read(journal.path()).unwrap().leftovers;
            assert_eq!(left, [Leftover::Unanswered { path: "/Users".to_owned(), name: None }], "cut at {cut}");
        }
    }

    #[test]
    fn a_folder_that_cannot_be_written_is_told_before_anything_is_sent() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        std::fs::write(&file, "").unwrap();
        let error = Journal::open(&file.join("state"), "m", &base()).unwrap_err();
        assert!(error.to_string().starts_with("cannot record what the run creates in `"), "{error}");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_full_disk_is_told_before_anything_is_sent() {
        let file = OpenOptions::new().append(true).open("/dev/full").unwrap();
        let state = Mutex::new(State { file, next: 0, open: Open::default() });
        let journal = Journal { path: PathBuf::from("/dev/full"), state };
        assert!(matches!(journal.intend(Method::Post, "/Users", None), Err(JournalError::Write { .. })));
        assert!(journal.leftovers().is_empty(), "what was not sent is not left over");
    }

    #[test]
    fn the_journal_of_an_earlier_run_with_the_same_mark_survives() {
        let folder = tempfile::tempdir().unwrap();
        let earlier = Journal::open(folder.path(), "m", &base()).unwrap();
        let intent = earlier.intend(Method::Post, "/Users", None).unwrap();
        earlier.created(intent, "/Users/1").unwrap();
        Journal::open(folder.path(), "m", &base()).unwrap().finish().unwrap();
        assert_eq!(read(earlier.path()).unwrap().leftovers, [resource("/Users/1")]);
    }

    #[test]
    fn another_file_is_no_journal() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.journal");
        std::fs::write(&path, "hello\n").unwrap();
        assert!(matches!(read(&path), Err(JournalError::Foreign { .. })));
    }
}

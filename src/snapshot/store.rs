//! Where snapshots live: the approved ones in the binary, the user's own in a folder, pending ones beside them.
//!
//! The judge asks for the approved one and hands over what it saw; `review` and
//! `accept` list and approve. Nothing is written unless the store may.

use std::ffi::OsStr;
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use super::file::{FileError, Info, MAX_BYTES, Snapshot};

/// Ending of an approved snapshot.
const APPROVED: &str = "snap";
/// Ending of a pending one, after the approved one's (insta's convention).
const PENDING: &str = "new";
/// Folders below the snapshot folder that are looked at.
const MAX_DEPTH: usize = 12;
/// Files and folders that are looked at.
const MAX_ENTRIES: usize = 100_000;

/// What can go wrong with snapshot files.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A name that cannot be part of a path.
    #[error("`{0}` cannot be the name of a snapshot")]
    Name(String),
    /// A file cannot be read, written, renamed or removed.
    #[error("cannot {action} `{}`: {cause}", .path.display())]
    Io {
        /// What was tried: `read`, `write`, `approve`, `remove`, `list`.
        action: &'static str,
        /// Which file or folder.
        path: PathBuf,
        /// What the system says.
        cause: io::Error,
    },
    /// A file is larger than any snapshot.
    #[error("`{}` is larger than {MAX_BYTES} bytes", .0.display())]
    TooLarge(PathBuf),
    /// A file is not a snapshot.
    #[error("`{place}` is not a snapshot: {cause}")]
    Broken {
        /// The file, or `built-in PATH`.
        place: String,
        /// What is wrong in it.
        cause: FileError,
    },
    /// Asked to write where nothing may be written.
    #[error("nothing is written here: {0}")]
    ReadOnly(&'static str),
}

impl StoreError {
    /// What to do about it.
    pub const fn hint(&self) -> &'static str {
        match self {
            Self::Name(_) => "scenario, dialect and persona are words of letters, digits, `-`, `_` and `.`",
            Self::Io { .. } => "check that the snapshot folder exists and that you may write there",
            Self::TooLarge(_) => "restore the file from version control, or delete it and approve the snapshot again",
            Self::Broken { .. } => {
                "restore the file from version control (was a merge left unsolved?), or delete it and approve again"
            }
            Self::ReadOnly(_) => "run without `CI` set, or name a snapshot folder",
        }
    }
}

/// Whose approval a snapshot has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The user's own, from the folder.
    Own,
    /// The reference answers, from the binary.
    BuiltIn,
}

/// A snapshot that waits for approval.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pending {
    /// Path below the folder without an ending: `runs/rfc/lifecycle/create@okta`.
    pub name: String,
    /// The pending file.
    pub path: PathBuf,
}

impl Pending {
    /// The file it becomes when approved.
    pub fn approved_path(&self) -> PathBuf {
        self.path.with_extension("")
    }
}

/// The snapshots of one project.
pub struct Store<'a> {
    folder: Option<PathBuf>,
    writes: bool,
    built_in: &'a (dyn Fn(&str) -> Option<&'static str> + Sync),
}

impl<'a> Store<'a> {
    /// Snapshots in `folder` (none: only built-in ones), written only if `writes` (not in CI).
    ///
    /// `built_in` finds the text of an approved snapshot by its path below the
    /// snapshot folder: `runs/rfc/lifecycle/create@okta.snap`.
    pub fn new(
        folder: Option<PathBuf>,
        writes: bool,
        built_in: &'a (dyn Fn(&str) -> Option<&'static str> + Sync),
    ) -> Self {
        Self { folder, writes, built_in }
    }

    /// The user's own approved snapshot.
    pub fn own(&self, info: &Info) -> Result<Option<Snapshot>, StoreError> {
        let path = relative_path(info)?;
        match &self.folder {
            Some(folder) => read(&folder.join(path)),
            None => Ok(None),
        }
    }

    /// The reference answers that came with the binary.
    pub fn built_in(&self, info: &Info) -> Result<Option<Snapshot>, StoreError> {
        let path = relative_path(info)?;
        let Some(text) = (self.built_in)(&path) else { return Ok(None) };
        let broken = |cause| StoreError::Broken { place: format!("built-in {path}"), cause };
        Snapshot::parse(text).map(Some).map_err(broken)
    }

    /// The user's own approved snapshot, else the built-in one.
    pub fn approved(&self, info: &Info) -> Result<Option<(Snapshot, Origin)>, StoreError> {
        if let Some(own) = self.own(info)? {
            return Ok(Some((own, Origin::Own)));
        }
        Ok(self.built_in(info)?.map(|reference| (reference, Origin::BuiltIn)))
    }

    /// Writes a pending snapshot beside where the approved one stands, or would; gives its path.
    pub fn write_pending(&self, snapshot: &Snapshot) -> Result<PathBuf, StoreError> {
        let path = pending_path(&self.file(&snapshot.info)?);
        write(&path, &snapshot.to_string())?;
        Ok(path)
    }

    /// Writes an approved snapshot (`--update-snapshots`) and removes a pending one beside it.
    pub fn write_approved(&self, snapshot: &Snapshot) -> Result<PathBuf, StoreError> {
        let path = self.file(&snapshot.info)?;
        write(&path, &snapshot.to_string())?;
        self.forget_pending(&snapshot.info)?;
        Ok(path)
    }

    /// Removes a pending snapshot that no longer differs; nothing happens where there is none or nothing is written.
    pub fn forget_pending(&self, info: &Info) -> Result<(), StoreError> {
        let Some(folder) = self.folder.as_ref().filter(|_| self.writes) else { return Ok(()) };
        let path = pending_path(&folder.join(relative_path(info)?));
        match std::fs::remove_file(&path) {
            Err(cause) if cause.kind() != io::ErrorKind::NotFound => {
                Err(StoreError::Io { action: "remove", path, cause })
            }
            _ => Ok(()),
        }
    }

    /// Every pending snapshot in the folder, by name.
    pub fn pending(&self) -> Result<Vec<Pending>, StoreError> {
        let mut found = Vec::new();
        if let Some(folder) = self.folder.as_ref().filter(|folder| folder.is_dir()) {
            let mut seen = 0;
            collect(folder, folder, MAX_DEPTH, &mut seen, &mut found)?;
        }
        found.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(found)
    }

    /// Pending and approved snapshot side by side; `None` where nothing was approved before.
    pub fn open(&self, pending: &Pending) -> Result<(Snapshot, Option<Snapshot>), StoreError> {
        let gone = || StoreError::Io {
            action: "read",
            path: pending.path.clone(),
            cause: io::Error::from(io::ErrorKind::NotFound),
        };
        Ok((read(&pending.path)?.ok_or_else(gone)?, read(&pending.approved_path())?))
    }

    /// Approves a pending snapshot: it takes the place of the approved one. A broken one is refused.
    pub fn accept(&self, pending: &Pending) -> Result<PathBuf, StoreError> {
        self.may_write()?;
        read(&pending.path)?;
        let path = pending.approved_path();
        let failed = |cause| StoreError::Io { action: "approve", path: pending.path.clone(), cause };
        std::fs::rename(&pending.path, &path).map_err(failed)?;
        Ok(path)
    }

    /// Throws a pending snapshot away.
    pub fn reject(&self, pending: &Pending) -> Result<(), StoreError> {
        self.may_write()?;
        let failed = |cause| StoreError::Io { action: "remove", path: pending.path.clone(), cause };
        std::fs::remove_file(&pending.path).map_err(failed)
    }

    fn may_write(&self) -> Result<&Path, StoreError> {
        match &self.folder {
            None => Err(StoreError::ReadOnly("there is no snapshot folder")),
            Some(_) if !self.writes => Err(StoreError::ReadOnly("this is a CI run")),
            Some(folder) => Ok(folder),
        }
    }

    fn file(&self, info: &Info) -> Result<PathBuf, StoreError> {
        Ok(self.may_write()?.join(relative_path(info)?))
    }
}

/// Path below the snapshot folder: `runs/PERSONA/SCENARIO@DIALECT.snap`. Words that could lead elsewhere are refused.
fn relative_path(info: &Info) -> Result<String, StoreError> {
    for word in [info.persona.as_str(), info.dialect.as_str()].into_iter().chain(info.scenario.split('/')) {
        let safe = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
        if word.is_empty() || word.starts_with('.') || !word.bytes().all(safe) {
            return Err(StoreError::Name(word.to_owned()));
        }
    }
    Ok(format!("runs/{}/{}@{}.{APPROVED}", info.persona, info.scenario, info.dialect))
}

fn pending_path(approved: &Path) -> PathBuf {
    let mut path = approved.as_os_str().to_owned();
    path.push(".");
    path.push(PENDING);
    PathBuf::from(path)
}

fn read(path: &Path) -> Result<Option<Snapshot>, StoreError> {
    let failed = |cause| StoreError::Io { action: "read", path: path.to_owned(), cause };
    let file = match std::fs::File::open(path) {
        Ok(file) => file,
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(cause) => return Err(failed(cause)),
    };
    let mut text = String::new();
    file.take(MAX_BYTES + 1).read_to_string(&mut text).map_err(failed)?;
    if text.len() as u64 > MAX_BYTES {
        return Err(StoreError::TooLarge(path.to_owned()));
    }
    let broken = |cause| StoreError::Broken { place: path.display().to_string(), cause };
    Snapshot::parse(&text).map(Some).map_err(broken)
}

/// Writes beside the file and renames: a reader never sees half a snapshot.
fn write(path: &Path, text: &str) -> Result<(), StoreError> {
    let failed = |cause| StoreError::Io { action: "write", path: path.to_owned(), cause };
    let folder = path.parent().unwrap_or_else(|| Path::new("."));
    std::fs::create_dir_all(folder).map_err(failed)?;
    let name = path.file_name().and_then(OsStr::to_str).unwrap_or_default();
    let part = folder.join(format!(".{name}.{}.part", std::process::id()));
    let written = write_whole(&part, text).and_then(|()| std::fs::rename(&part, path));
    written.map_err(|cause| {
        std::fs::remove_file(&part).ok(); // the part is of no use; that it cannot be removed says nothing new
        failed(cause)
    })
}

fn write_whole(path: &Path, text: &str) -> io::Result<()> {
    let mut file = std::fs::File::create(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

/// Links are not followed: a snapshot folder holds its own files.
fn collect(
    root: &Path,
    folder: &Path,
    depth: usize,
    seen: &mut usize,
    found: &mut Vec<Pending>,
) -> Result<(), StoreError> {
    let failed = |cause| StoreError::Io { action: "list", path: folder.to_owned(), cause };
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let kind = entry.file_type().map_err(failed)?;
        *seen += 1;
        if *seen > MAX_ENTRIES {
            return Ok(());
        }
        if kind.is_dir() && depth > 0 {
            collect(root, &entry.path(), depth - 1, seen, found)?;
        } else if kind.is_file() {
            found.extend(pending(root, entry.path()));
        }
    }
    Ok(())
}

fn pending(root: &Path, path: PathBuf) -> Option<Pending> {
    let below = path.strip_prefix(root).ok()?.to_str()?;
    let name = below.strip_suffix(PENDING)?.strip_suffix('.')?.strip_suffix(APPROVED)?.strip_suffix('.')?;
    let name = name.replace(std::path::MAIN_SEPARATOR, "/");
    Some(Pending { name, path })
}

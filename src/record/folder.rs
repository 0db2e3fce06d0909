//! The folder of a recording.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead as _, BufReader, BufWriter, Write as _};
use std::path::{Path, PathBuf};

/// The transcript: one exchange a line.
pub const TRANSCRIPT: &str = "transcript.jsonl";
/// The scenario that plays it again.
pub const SCENARIO: &str = "scenario.yaml";

/// A folder that holds nothing but a recording.
#[derive(Clone, Debug)]
pub struct Folder(PathBuf);

/// Why a folder cannot be recorded into.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// Something lies there already.
    #[error("the folder `{}` is not empty", .0.display())]
    Used(PathBuf),
    /// The system says no.
    #[error("cannot write to `{}`: {cause}", .path.display())]
    Io {
        /// The folder.
        path: PathBuf,
        /// What the system says.
        cause: io::Error,
    },
}

impl Folder {
    /// Makes the folder, or takes one that is empty.
    pub fn new(path: &Path) -> Result<Self, FolderError> {
        let fails = |cause| FolderError::Io { path: path.to_owned(), cause };
        fs::create_dir_all(path).map_err(fails)?;
        if fs::read_dir(path).map_err(fails)?.next().is_some() {
            return Err(FolderError::Used(path.to_owned()));
        }
        Ok(Self(path.to_owned()))
    }

    /// Where a file of the recording lies.
    pub fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// Begins the transcript.
    pub(super) fn transcript(&self) -> io::Result<File> {
        OpenOptions::new().append(true).create_new(true).open(self.path(TRANSCRIPT))
    }

    /// Writes a whole file at once: readers see the old one or the new one.
    pub(super) fn replace(&self, name: &str, text: &str) -> io::Result<()> {
        self.replace_by(name, |file| file.write_all(text.as_bytes()))
    }

    /// Writes a file again, line by line.
    pub(super) fn rewrite(&self, name: &str, change: impl Fn(&str) -> String) -> io::Result<()> {
        let lines = BufReader::new(File::open(self.path(name))?).lines();
        self.replace_by(name, |file| {
            let mut out = BufWriter::new(file);
            for line in lines {
                writeln!(out, "{}", change(&line?))?;
            }
            out.flush()
        })
    }

    fn replace_by(&self, name: &str, write: impl FnOnce(&mut File) -> io::Result<()>) -> io::Result<()> {
        let new = self.path(&format!(".{name}.new"));
        let written = File::create(&new).and_then(|mut file| {
            write(&mut file)?;
            file.sync_data()
        });
        let replaced = written.and_then(|()| fs::rename(&new, self.path(name)));
        if replaced.is_err() {
            let _ = fs::remove_file(&new); // the error that matters is the first one
        }
        replaced
    }
}

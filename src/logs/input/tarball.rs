//! Files in tar archives, read one after the other: what a cut archive holds before the cut is there.

use std::io::Read;
use std::path::{Component, PathBuf};

use super::archive::Unpacking;
use super::container::{LogFile, OpenError};

/// Where a tar archive says that it is one.
const MARK: (usize, &[u8]) = (257, b"ustar");

/// Whether a file that begins so is a tar archive.
pub(super) fn is_tar(head: &[u8]) -> bool {
    head.get(MARK.0..).is_some_and(|rest| rest.starts_with(MARK.1))
}

impl Unpacking {
    /// The files in an archive. What cannot be read on is there as a file with its obstacle.
    pub(super) fn tar(&mut self, from: impl Read, name: &str, depth: usize) -> Result<Vec<LogFile>, OpenError> {
        let mut archive = tar::Archive::new(from);
        let fails = |error| OpenError::Io(name.to_owned(), error);
        let mut files = Vec::new();
        for (index, member) in archive.entries().map_err(fails)?.enumerate() {
            self.count(name)?;
            let mut member = match member {
                Ok(member) => member,
                Err(error) => {
                    files.push(LogFile::unreadable(&format!("{name}/…"), &format!("the archive ends early: {error}")));
                    break;
                }
            };
            if !member.header().entry_type().is_file() {
                continue;
            }
            let inner = member.path().ok().and_then(|path| {
                let parts = path.components().filter(|part| !matches!(part, Component::CurDir));
                parts.map(|part| matches!(part, Component::Normal(_)).then_some(part)).collect::<Option<PathBuf>>()
            });
            let Some(inner) = inner else {
                let why = format!("its member {} leads out of it", index + 1);
                return Err(OpenError::Archive { file: name.to_owned(), why });
            };
            let name = format!("{name}/{}", inner.display());
            let size = member.size();
            let bytes = self.read(&mut member, size, &name)?;
            files.extend(self.files(&name, bytes, depth)?);
        }
        Ok(files)
    }
}

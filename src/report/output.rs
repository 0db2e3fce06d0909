//! Where a report goes: standard output, or a file that appears whole or not at all.
//!
//! Reports write with colour; what cannot show it gets none.

use std::fs::File;
use std::io::{self, Stdout, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use anstream::adapter::StripBytes;
use anstream::{AutoStream, ColorChoice};

/// A report cannot be written.
#[derive(Debug, thiserror::Error)]
#[error("cannot write the report {place}: {cause}")]
pub struct ReportError {
    /// The file in backticks, or standard output.
    pub place: String,
    /// What the system says.
    pub cause: io::Error,
}

/// Where one report goes.
#[derive(Debug)]
pub struct Output {
    place: Place,
    /// Set when escape sequences are taken out; remembers one that is cut between two writes.
    strip: Option<StripBytes>,
    /// The reader went away (`| head`): that is no failure, and nothing more is written.
    closed: bool,
}

#[derive(Debug)]
enum Place {
    Stdout(AutoStream<Stdout>),
    File { path: PathBuf, draft: PathBuf, file: File },
    Open(File),
    Memory(Arc<Mutex<Vec<u8>>>),
}

impl Output {
    /// Standard output, with colour or without.
    pub fn stdout(colour: bool) -> Self {
        let choice = if colour { ColorChoice::Always } else { ColorChoice::Never };
        Self { place: Place::Stdout(AutoStream::new(io::stdout(), choice)), strip: None, closed: false }
    }

    /// A file. It is begun beside its place now, so that a bad path is told before the run. A link stays one, and what
    /// is no file, such as a pipe, is written to.
    pub fn file(path: &Path) -> Result<Self, ReportError> {
        let failed = |cause| ReportError { place: format!("`{}`", path.display()), cause };
        match std::fs::metadata(path) {
            Ok(found) if found.is_dir() => return Err(failed(io::ErrorKind::IsADirectory.into())),
            Ok(found) if !found.is_file() => {
                return File::options().write(true).open(path).map(Self::onto).map_err(failed);
            }
            _ => {}
        }
        let path = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let draft = draft_of(&path);
        let file = File::create(&draft).map_err(failed)?;
        Ok(Self { place: Place::File { path, draft, file }, strip: Some(StripBytes::new()), closed: false })
    }

    /// A file that is open already, without colour; it is written as the report grows.
    pub fn onto(file: File) -> Self {
        Self { place: Place::Open(file), strip: Some(StripBytes::new()), closed: false }
    }

    /// Memory, without colour: what is written can be read from the buffer.
    pub fn memory() -> (Self, Arc<Mutex<Vec<u8>>>) {
        let buffer = Arc::new(Mutex::new(Vec::new()));
        let place = Place::Memory(Arc::clone(&buffer));
        (Self { place, strip: Some(StripBytes::new()), closed: false }, buffer)
    }

    /// Everything is written: a file takes its place.
    pub fn finish(mut self) -> Result<(), ReportError> {
        let done = self.flush().and_then(|()| match &self.place {
            Place::File { path, draft, .. } => std::fs::rename(draft, path),
            Place::Stdout(_) | Place::Open(_) | Place::Memory(_) => Ok(()),
        });
        done.map_err(|cause| self.error(cause))
    }

    /// What went wrong here, naming the place.
    pub fn error(&self, cause: io::Error) -> ReportError {
        let place = match &self.place {
            Place::Stdout(_) => "to standard output".to_owned(),
            Place::File { path, .. } => format!("`{}`", path.display()),
            Place::Open(_) => "to its file".to_owned(),
            Place::Memory(_) => "to memory".to_owned(),
        };
        ReportError { place, cause }
    }

    fn write_through(&mut self, bytes: &[u8]) -> io::Result<()> {
        match &mut self.place {
            Place::Stdout(stream) => stream.write_all(bytes),
            Place::File { file, .. } | Place::Open(file) => file.write_all(bytes),
            Place::Memory(buffer) => {
                buffer.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
                Ok(())
            }
        }
    }

    fn tolerate(&mut self, result: io::Result<()>) -> io::Result<()> {
        match result {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                self.closed = true;
                Ok(())
            }
            other => other,
        }
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.closed {
            return Ok(bytes.len());
        }
        let result = match self.strip.take() {
            None => self.write_through(bytes),
            Some(mut strip) => {
                let plain: Vec<u8> = strip.strip_next(bytes).flatten().copied().collect();
                self.strip = Some(strip);
                self.write_through(&plain)
            }
        };
        self.tolerate(result)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.closed {
            return Ok(());
        }
        let result = match &mut self.place {
            Place::Stdout(stream) => stream.flush(),
            Place::File { file, .. } | Place::Open(file) => file.flush(),
            Place::Memory(_) => Ok(()),
        };
        self.tolerate(result)
    }
}

impl Drop for Output {
    /// A report that was not finished leaves no draft behind.
    fn drop(&mut self) {
        if let Place::File { draft, .. } = &self.place {
            let _ = std::fs::remove_file(draft); // gone already when the report was finished
        }
    }
}

/// A name beside the file, so that renaming stays on one file system.
fn draft_of(path: &Path) -> PathBuf {
    let name = path.file_name().map_or_else(Default::default, |name| name.to_string_lossy().into_owned());
    path.with_file_name(format!(".{name}.{}.tmp", std::process::id()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_appears_only_when_it_is_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report.xml");
        let mut output = Output::file(&path).unwrap();
        output.write_all(b"<a/>").unwrap();
        assert!(!path.exists());
        output.finish().unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"<a/>");
        drop(Output::file(&path).unwrap());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "an unfinished report leaves no draft");
    }

    #[test]
    #[cfg(unix)]
    fn a_link_stays_one_and_what_is_no_file_is_written_to() {
        let folder = tempfile::tempdir().unwrap();
        let (path, link) = (folder.path().join("report.xml"), folder.path().join("latest.xml"));
        std::fs::write(&path, "old").unwrap();
        std::os::unix::fs::symlink(&path, &link).unwrap();
        let mut output = Output::file(&link).unwrap();
        output.write_all(b"<a/>").unwrap();
        output.finish().unwrap();
        assert!(link.is_symlink());
        assert_eq!(std::fs::read(&path).unwrap(), b"<a/>");

        Output::file(Path::new("/dev/null")).unwrap().finish().unwrap();
        assert!(!Path::new("/dev/null").metadata().unwrap().is_file());
        assert!(Output::file(folder.path()).unwrap_err().to_string().contains("directory"));
    }

    #[test]
    fn a_folder_that_is_missing_is_told_before_the_run() {
        let error = Output::file(Path::new("/nowhere/at/all/report.xml")).unwrap_err();
        assert!(error.to_string().starts_with("cannot write the report `/nowhere/at/all/report.xml`: "), "{error}");
    }

    #[test]
    fn a_file_holds_no_colour_even_when_a_sequence_is_cut_in_two() {
        let (mut output, buffer) = Output::memory();
        output.write_all(b"\x1b[3").unwrap();
        output.write_all(b"1mred\x1b[0m").unwrap();
        assert_eq!(*buffer.lock().unwrap(), b"red");
    }

    #[test]
    fn a_reader_that_went_away_is_no_failure() {
        let (mut output, buffer) = Output::memory();
        let result = Err(io::Error::from(io::ErrorKind::BrokenPipe));
        output.tolerate(result).unwrap();
        output.write_all(b"more").unwrap();
        assert!(buffer.lock().unwrap().is_empty());
        output.finish().unwrap();
    }
}

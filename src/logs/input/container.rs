//! Files, and files in archives: each can be read from its beginning as often as needed.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::Encoding;
use super::archive::{MAX_RATIO, Packing, members, repacked, tar_members};
use super::foreign::foreign;
use super::scrub::{Scrub, skip_padding};

/// How much of a file tells its format.
pub(super) const HEAD: u64 = 64 << 10;
/// In so many bytes an archive says that it is one.
const MAGIC: usize = 512;
/// Bytes read at once.
const BLOCK: usize = 64 << 10;
/// Standard input is kept in memory, up to this.
const MAX_STDIN: u64 = 256 << 20;
/// What a file unpacks to while it is read, however little of it is packed.
const MIN_UNPACKED: u64 = 64 << 20;

/// One log file, or one member of an archive.
#[derive(Clone, Debug)]
pub struct LogFile {
    /// As the user named it; a member as `archive.zip/member.json`.
    pub name: Arc<str>,
    /// Its first 64 KiB, in UTF-8.
    pub head: String,
    /// What it is written in.
    pub encoding: Encoding,
    /// What is taken out of it, as it is no text.
    pub scrub: Scrub,
    /// Why nothing of it can be read: it is no text, or the system says no.
    pub obstacle: Option<Arc<str>>,
    bytes: Bytes,
}

#[derive(Clone, Debug)]
enum Bytes {
    File(PathBuf),
    Packed(PathBuf, Packing),
    Memory(Arc<[u8]>),
}

/// Why a file cannot be read at all.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The system says no.
    #[error("`{0}` cannot be read")]
    Io(String, #[source] io::Error),
    /// The archive is broken, or not harmless.
    #[error("the archive `{file}` is refused: {why}")]
    Archive {
        /// The archive.
        file: String,
        /// What is wrong with it.
        why: String,
    },
    /// More came on standard input than is kept in memory.
    #[error("standard input holds more than {} MiB; give the file by its name", MAX_STDIN >> 20)]
    TooMuchInput,
}

/// Opens a file, every file in a folder or archive, or standard input (`-`). Of a folder or archive, what cannot be read
/// is there with its obstacle.
pub fn open(path: &Path) -> Result<Vec<LogFile>, OpenError> {
    let name = path.display().to_string();
    let fails = |error| OpenError::Io(name.clone(), error);
    if path == Path::new("-") {
        return in_memory("standard input", io::stdin().lock());
    }
    if path.is_dir() {
        let mut entries: Vec<PathBuf> = std::fs::read_dir(path)
            .and_then(|entries| entries.map(|entry| entry.map(|entry| entry.path())).collect())
            .map_err(fails)?;
        entries.sort_unstable();
        return Ok(entries.iter().flat_map(|entry| in_folder(entry)).collect());
    }
    let mut file = File::open(path).map_err(fails)?;
    let about = file.metadata().map_err(fails)?;
    if !about.is_file() {
        return in_memory(&name, file); // what a shell makes of `<(…)` comes once
    }
    let mut magic = [0; MAGIC];
    let length = read_up_to(&mut file, &mut magic).map_err(fails)?;
    let packing = match Packing::of(&magic[..length]) {
        Some(Packing::Zip) => return members(path, &name),
        Some(Packing::Tar) => return tar_members(&name, File::open(path).map_err(fails)?),
        Some(packing) => packing,
        None => return Ok(vec![LogFile::new(&name, Bytes::File(path.to_owned()))]),
    };
    let bytes = Bytes::Packed(path.to_owned(), packing);
    let mut inner = [0; MAGIC];
    let read = bytes.reader().and_then(|mut reader| read_up_to(&mut reader, &mut inner)).unwrap_or(0);
    match Packing::of(&inner[..read]) {
        Some(Packing::Tar) => tar_members(&name, bytes.reader().map_err(fails)?),
        Some(_) => repacked(&name, about.len(), bytes.reader().map_err(fails)?),
        None => Ok(vec![LogFile::new(&name, bytes)]),
    }
}

/// A file among others: if it cannot be read, the others can.
fn in_folder(path: &Path) -> Vec<LogFile> {
    let name = path.display().to_string();
    if !path.is_dir() && !path.is_file() {
        return vec![LogFile::unreadable(&name, "no file of bytes")]; // a pipe would be waited for
    }
    open(path).unwrap_or_else(|error| {
        let why = match &error {
            OpenError::Io(_, cause) => cause.to_string(),
            OpenError::Archive { .. } | OpenError::TooMuchInput => error.to_string(),
        };
        vec![LogFile::unreadable(&name, &why)]
    })
}

/// What can be read once only.
fn in_memory(name: &str, from: impl Read) -> Result<Vec<LogFile>, OpenError> {
    let mut bytes = Vec::new();
    from.take(MAX_STDIN + 1).read_to_end(&mut bytes).map_err(|error| OpenError::Io(name.to_owned(), error))?;
    if bytes.len() as u64 > MAX_STDIN {
        return Err(OpenError::TooMuchInput);
    }
    if Packing::of(&bytes).is_some() {
        return repacked(name, bytes.len() as u64, &bytes[..]);
    }
    Ok(vec![LogFile::of_bytes(name, bytes)])
}

impl LogFile {
    /// A log that is in memory already.
    pub fn in_memory(name: &str, bytes: impl Into<Arc<[u8]>>) -> io::Result<Self> {
        Ok(Self::new(name, Bytes::Memory(bytes.into())))
    }

    /// … that was unpacked.
    pub(super) fn of_bytes(name: &str, bytes: Vec<u8>) -> Self {
        Self::new(name, Bytes::Memory(bytes.into()))
    }

    /// One of which nothing can be read.
    pub(super) fn unreadable(name: &str, why: &str) -> Self {
        Self { obstacle: Some(why.into()), ..Self::of_bytes(name, Vec::new()) }
    }

    fn new(name: &str, bytes: Bytes) -> Self {
        let mut raw = Vec::new();
        let read = bytes.reader().and_then(|mut reader| {
            let padding = skip_padding(&mut *reader)?;
            reader.take(HEAD).read_to_end(&mut raw)?;
            Ok(padding)
        });
        let padding = read.as_ref().copied().unwrap_or_default();
        // What was cut is read up to there.
        let broken = read.err().filter(|_| raw.is_empty()).map(|error| error.to_string().into());
        let is_empty = raw.is_empty() && padding > 0;
        let obstacle = broken.or_else(|| foreign(&raw).or(is_empty.then_some("nothing but zeros")).map(Into::into));
        let encoding = Encoding::of(&raw);
        let mut head = Vec::new();
        // A head that ends within a character gives the characters before it.
        let _ = encoding.decode(Box::new(&raw[..])).and_then(|mut reader| reader.read_to_end(&mut head));
        let whole = match std::str::from_utf8(&head) {
            Err(error) if error.error_len().is_none() => error.valid_up_to(),
            _ => head.len(),
        };
        head.truncate(whole);
        let mut scrub = Scrub::of(&head);
        scrub.zeros |= padding > 0;
        let mut text = Vec::new();
        // From memory, this cannot fail.
        let _ = scrub.clean(Box::new(&head[..])).read_to_end(&mut text);
        let head = String::from_utf8_lossy(&text).into_owned();
        Self { name: name.into(), head, encoding, scrub, obstacle, bytes }
    }

    /// The whole file from its beginning, in UTF-8.
    pub fn reader(&self) -> io::Result<Box<dyn BufRead + '_>> {
        let mut bytes = self.bytes.reader()?;
        skip_padding(&mut *bytes)?;
        Ok(self.scrub.clean(self.encoding.decode(bytes)?))
    }

    /// The whole file as text; an error when it is longer than `limit` bytes.
    pub fn text(&self, limit: usize) -> io::Result<String> {
        let mut bytes = Vec::new();
        self.reader()?.take(limit as u64 + 1).read_to_end(&mut bytes)?;
        if bytes.len() > limit {
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, format!("it is longer than {} MiB", limit >> 20)));
        }
        Ok(String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()))
    }
}

impl Bytes {
    fn reader(&self) -> io::Result<Box<dyn BufRead + '_>> {
        let file = |path: &PathBuf| File::open(path).map(|file| BufReader::with_capacity(BLOCK, file));
        Ok(match self {
            Self::File(path) => Box::new(file(path)?),
            Self::Packed(path, packing) => {
                let file = file(path)?;
                let left = file.get_ref().metadata()?.len().saturating_mul(MAX_RATIO).max(MIN_UNPACKED);
                let inner = packing.unpack(file)?;
                Box::new(BufReader::with_capacity(BLOCK, Bounded { inner, left }))
            }
            Self::Memory(bytes) => Box::new(&bytes[..]),
        })
    }
}

/// A reader of what grows while it is unpacked, up to a bound.
struct Bounded<R> {
    inner: R,
    left: u64,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        let Some(left) = self.left.checked_sub(count as u64) else {
            return Err(io::Error::other("it unpacks to far more than is packed"));
        };
        self.left = left;
        Ok(count)
    }
}

fn read_up_to(from: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match from.read(&mut buffer[filled..])? {
            0 => break,
            count => filled += count,
        }
    }
    Ok(filled)
}

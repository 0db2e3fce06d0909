//! Files, and files in archives: each can be read from its beginning as often as needed.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::Encoding;

/// How much of a file tells its format.
const HEAD: u64 = 64 << 10;
/// Bytes read at once.
const BLOCK: usize = 64 << 10;
/// Most files in an archive.
const MAX_MEMBERS: usize = 10_000;
/// An archive that grows by more than this when unpacked is refused.
const MAX_RATIO: u64 = 200;
/// Standard input is kept in memory, up to this.
const MAX_STDIN: u64 = 256 << 20;
/// What is unpacked into memory, up to this.
const MAX_UNPACKED: u64 = 1 << 30;

/// One log file, or one member of an archive.
#[derive(Clone, Debug)]
pub struct LogFile {
    /// As the user named it; a member as `archive.zip/member.json`.
    pub name: Arc<str>,
    /// Its first 64 KiB, in UTF-8.
    pub head: String,
    /// What it is written in.
    pub encoding: Encoding,
    bytes: Bytes,
}

#[derive(Clone, Debug)]
enum Bytes {
    File(PathBuf),
    Gzip(PathBuf),
    Zstandard(PathBuf),
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

/// Opens a file, every file in a folder or archive, or standard input (`-`).
pub fn open(path: &Path) -> Result<Vec<LogFile>, OpenError> {
    let name = path.display().to_string();
    let fails = |error| OpenError::Io(name.clone(), error);
    if path == Path::new("-") {
        let mut bytes = Vec::new();
        io::stdin().lock().take(MAX_STDIN + 1).read_to_end(&mut bytes).map_err(fails)?;
        if bytes.len() as u64 > MAX_STDIN {
            return Err(OpenError::TooMuchInput);
        }
        return LogFile::new("standard input", Bytes::Memory(bytes.into())).map(|file| vec![file]).map_err(fails);
    }
    if path.is_dir() {
        let mut entries: Vec<PathBuf> = std::fs::read_dir(path)
            .and_then(|entries| entries.map(|entry| entry.map(|entry| entry.path())).collect())
            .map_err(fails)?;
        entries.sort_unstable();
        let opened: Result<Vec<_>, _> = entries.iter().map(|entry| open(entry)).collect();
        return opened.map(|files| files.into_iter().flatten().collect());
    }
    let mut magic = [0; 4];
    let mut file = File::open(path).map_err(fails)?;
    let length = read_up_to(&mut file, &mut magic).map_err(fails)?;
    let bytes = match &magic[..length] {
        [b'P', b'K', 3, 4] => return members(path, &name),
        [0x1f, 0x8b, ..] => Bytes::Gzip(path.to_owned()),
        [0x28, 0xb5, 0x2f, 0xfd] => Bytes::Zstandard(path.to_owned()),
        _ => Bytes::File(path.to_owned()),
    };
    LogFile::new(&name, bytes).map(|file| vec![file]).map_err(fails)
}

impl LogFile {
    /// A log that is in memory already.
    pub fn in_memory(name: &str, bytes: impl Into<Arc<[u8]>>) -> io::Result<Self> {
        Self::new(name, Bytes::Memory(bytes.into()))
    }

    fn new(name: &str, bytes: Bytes) -> io::Result<Self> {
        let mut raw = Vec::new();
        bytes.reader()?.take(HEAD).read_to_end(&mut raw)?;
        let encoding = Encoding::of(&raw);
        let mut head = Vec::new();
        // A head that ends within a character gives the characters before it.
        let _ = encoding.decode(Box::new(&raw[..]))?.read_to_end(&mut head);
        let whole = match std::str::from_utf8(&head) {
            Err(error) if error.error_len().is_none() => error.valid_up_to(),
            _ => head.len(),
        };
        let head = String::from_utf8_lossy(&head[..whole]).into_owned();
        Ok(Self { name: name.into(), head, encoding, bytes })
    }

    /// The whole file from its beginning, in UTF-8.
    pub fn reader(&self) -> io::Result<Box<dyn BufRead + '_>> {
        self.encoding.decode(self.bytes.reader()?)
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
            Self::Gzip(path) => {
                Box::new(BufReader::with_capacity(BLOCK, flate2::bufread::MultiGzDecoder::new(file(path)?)))
            }
            Self::Zstandard(path) => {
                let decoder = ruzstd::decoding::StreamingDecoder::new(file(path)?).map_err(io::Error::other)?;
                Box::new(BufReader::with_capacity(BLOCK, decoder))
            }
            Self::Memory(bytes) => Box::new(&bytes[..]),
        })
    }
}

/// The files in a zip archive.
fn members(path: &Path, name: &str) -> Result<Vec<LogFile>, OpenError> {
    let refused = |why: String| OpenError::Archive { file: name.to_owned(), why };
    let fails = |error| OpenError::Io(name.to_owned(), error);
    let file = File::open(path).map_err(fails)?;
    let mut archive = zip::ZipArchive::new(BufReader::new(file)).map_err(|error| refused(error.to_string()))?;
    if archive.len() > MAX_MEMBERS {
        return Err(refused(format!("it has {} members, more than {MAX_MEMBERS}", archive.len())));
    }
    let (mut files, mut unpacked) = (Vec::new(), 0_u64);
    for index in 0..archive.len() {
        let mut member = archive.by_index(index).map_err(|error| refused(error.to_string()))?;
        if member.is_dir() {
            continue;
        }
        let Some(inner) = member.enclosed_name() else {
            return Err(refused(format!("its member {} leads out of it", index + 1)));
        };
        // What the archive says of itself is not trusted: bytes are counted while they come.
        let by_ratio = member.compressed_size().saturating_mul(MAX_RATIO).max(HEAD);
        let limit = by_ratio.min(MAX_UNPACKED - unpacked);
        let mut bytes = Vec::new();
        member.by_ref().take(limit + 1).read_to_end(&mut bytes).map_err(fails)?;
        if bytes.len() as u64 > limit {
            return Err(refused(format!("the member `{}` unpacks to far more than is packed", inner.display())));
        }
        unpacked += bytes.len() as u64;
        let name = format!("{name}/{}", inner.display());
        files.push(LogFile::new(&name, Bytes::Memory(bytes.into())).map_err(fails)?);
    }
    Ok(files)
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

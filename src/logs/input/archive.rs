//! Files in archives, and in archives within them: unpacked into memory, within limits.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, Read, Seek};
use std::path::Path;

use super::container::{HEAD, LogFile, OpenError};
use super::tarball::is_tar;

/// Most files in an archive, with those in archives within it.
const MAX_MEMBERS: usize = 10_000;
/// An archive that grows by more than this when unpacked is refused.
pub(super) const MAX_RATIO: u64 = 200;
/// What is unpacked into memory, up to this.
const MAX_UNPACKED: u64 = 1 << 30;
/// Archives within archives are unpacked so deep.
const MAX_DEPTH: usize = 2;

/// What macOS puts beside every file that it packs begins so.
const BESIDE: &[u8] = &[0, 5, 0x16, 7];

/// How something is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Packing {
    Zip,
    Tar,
    Gzip,
    Zstandard,
}

impl Packing {
    /// By the first bytes; `None` for what is not packed, or as nothing here can unpack it.
    pub(super) fn of(bytes: &[u8]) -> Option<Self> {
        match bytes {
            [b'P', b'K', 3, 4, ..] => Some(Self::Zip),
            [0x1f, 0x8b, ..] => Some(Self::Gzip),
            [0x28, 0xb5, 0x2f, 0xfd, ..] => Some(Self::Zstandard),
            _ if is_tar(bytes) => Some(Self::Tar),
            _ => None,
        }
    }

    /// What is packed in a stream; not for an archive of files.
    pub(super) fn unpack<'r>(self, bytes: impl BufRead + 'r) -> io::Result<Box<dyn Read + 'r>> {
        Ok(match self {
            Self::Gzip => Box::new(flate2::bufread::MultiGzDecoder::new(bytes)),
            Self::Zstandard => Box::new(ruzstd::decoding::StreamingDecoder::new(bytes).map_err(io::Error::other)?),
            Self::Zip | Self::Tar => return Err(io::Error::other("an archive holds files")),
        })
    }
}

/// The files in a zip archive.
pub(super) fn members(path: &Path, name: &str) -> Result<Vec<LogFile>, OpenError> {
    let file = File::open(path).map_err(|error| OpenError::Io(name.to_owned(), error))?;
    Unpacking::new().archive(BufReader::new(file), name, 1)
}

/// The files in a tar archive, as they come.
pub(super) fn tar_members(name: &str, from: impl Read) -> Result<Vec<LogFile>, OpenError> {
    Unpacking::new().tar(from, name, 1)
}

/// What is packed in a file as a whole, when that is packed again.
pub(super) fn repacked(name: &str, packed: u64, from: impl Read) -> Result<Vec<LogFile>, OpenError> {
    let mut unpacking = Unpacking::new();
    let bytes = unpacking.read(from, packed, name)?;
    unpacking.files(name, bytes, 1)
}

/// How much may still come.
pub(super) struct Unpacking {
    left: u64,
    members: usize,
}

impl Unpacking {
    const fn new() -> Self {
        Self { left: MAX_UNPACKED, members: MAX_MEMBERS }
    }

    fn archive(&mut self, from: impl Read + Seek, name: &str, depth: usize) -> Result<Vec<LogFile>, OpenError> {
        let refused = |why: String| OpenError::Archive { file: name.to_owned(), why };
        let mut archive = zip::ZipArchive::new(from).map_err(|error| refused(error.to_string()))?;
        let left = self.members.checked_sub(archive.len());
        self.members = left.ok_or_else(|| refused(format!("there are more than {MAX_MEMBERS} members")))?;
        let is_of_office = |member: &str| ["xl/", "word/", "ppt/"].iter().any(|part| member.starts_with(part));
        // A folder `word/` alone is any log's.
        let has_types = archive.file_names().flatten().any(|member| member == "[Content_Types].xml");
        if has_types && archive.file_names().flatten().any(|member| is_of_office(&member)) {
            return Ok(vec![LogFile::unreadable(name, "an Office document: save it as CSV or text")]);
        }
        let mut files = Vec::new();
        for index in 0..archive.len() {
            let mut member = archive.by_index(index).map_err(|error| refused(error.to_string()))?;
            if member.is_dir() {
                continue;
            }
            let Some(inner) = member.enclosed_name() else {
                return Err(refused(format!("its member {} leads out of it", index + 1)));
            };
            let name = format!("{name}/{}", inner.display());
            let packed = member.compressed_size();
            let bytes = self.read(&mut member, packed, &name)?;
            files.extend(self.files(&name, bytes, depth)?);
        }
        Ok(files)
    }

    /// All bytes. What an archive says of itself is not trusted: they are counted while they come.
    pub(super) fn read(&mut self, from: impl Read, packed: u64, name: &str) -> Result<Vec<u8>, OpenError> {
        let limit = packed.saturating_mul(MAX_RATIO).max(HEAD).min(self.left);
        let mut bytes = Vec::new();
        from.take(limit + 1).read_to_end(&mut bytes).map_err(|error| OpenError::Io(name.to_owned(), error))?;
        if bytes.len() as u64 > limit {
            let why = "it unpacks to far more than is packed".to_owned();
            return Err(OpenError::Archive { file: name.to_owned(), why });
        }
        self.left -= bytes.len() as u64;
        Ok(bytes)
    }

    /// Another member comes.
    pub(super) fn count(&mut self, name: &str) -> Result<(), OpenError> {
        let why = || format!("there are more than {MAX_MEMBERS} members");
        let left = self.members.checked_sub(1);
        self.members = left.ok_or_else(|| OpenError::Archive { file: name.to_owned(), why: why() })?;
        Ok(())
    }

    /// What was in an archive: a file, or another archive.
    pub(super) fn files(&mut self, name: &str, bytes: Vec<u8>, depth: usize) -> Result<Vec<LogFile>, OpenError> {
        if bytes.starts_with(BESIDE) {
            return Ok(Vec::new());
        }
        let packed = bytes.len() as u64;
        match Packing::of(&bytes).filter(|_| depth < MAX_DEPTH) {
            Some(Packing::Zip) => self.archive(Cursor::new(bytes), name, depth + 1),
            Some(Packing::Tar) => self.tar(&bytes[..], name, depth + 1),
            Some(packing) => {
                let from = packing.unpack(&bytes[..]).map_err(|error| OpenError::Io(name.to_owned(), error))?;
                let bytes = self.read(from, packed, name)?;
                // The two are one archive.
                if is_tar(&bytes) { self.tar(&bytes[..], name, depth + 1) } else { self.files(name, bytes, depth + 1) }
            }
            None => Ok(vec![LogFile::of_bytes(name, bytes)]),
        }
    }
}

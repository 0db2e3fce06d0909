//! Bytes: files and what is packed in them, as UTF-8, cut into records. Nothing here knows a format.

mod archive;
mod container;
mod elements;
mod encoding;
mod foreign;
mod fragment;
mod lines;
mod outline;
mod scrub;
mod tarball;
mod texts;
mod window;

pub use container::{LogFile, OpenError, open};
pub use elements::Elements;
pub use encoding::Encoding;
pub use fragment::mended;
pub use lines::Lines;
pub use outline::Outline;
pub use scrub::Scrub;
pub use texts::texts;

/// Largest record, in bytes; a longer one is passed over and said.
pub const MAX_RECORD: usize = 16 << 20;

/// A record as it stands in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Record<'a> {
    /// Its bytes.
    pub bytes: &'a [u8],
    /// Its number, from 1; of lines, the number of the line.
    pub number: u64,
    /// The file ended within it.
    pub is_cut: bool,
    /// Only some of it is here: it was longer than [`MAX_RECORD`].
    pub is_oversized: bool,
}

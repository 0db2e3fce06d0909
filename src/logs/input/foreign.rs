//! What is no text: known by its first bytes, so that nobody takes what was not read for what was.

use super::Encoding;
use super::tarball::is_tar;

/// What files begin with, and what they are then.
const BEGINNINGS: [(&[u8], &str); 18] = [
    (b"PK\x03\x04", "an archive within an archive: unpack the outer one"),
    (b"\x1f\x8b", "packed more often than once: unpack it"),
    (b"\x28\xb5\x2f\xfd", "packed more often than once: unpack it"),
    (b"\xfd7zXZ\0", "packed with xz: unpack it"),
    (b"BZh", "packed with bzip2: unpack it"),
    (b"\x04\x22\x4d\x18", "packed with lz4: unpack it"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive: unpack it"),
    (b"Rar!\x1a\x07", "a RAR archive: unpack it"),
    (b"%PDF-", "a PDF: save its text"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an Office document: save it as CSV or text"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"SQLite format 3\0", "a database"),
    (b"PAR1", "a Parquet file: export it as JSON or CSV"),
    (b"\xff\xfe\0\0", "text in UTF-32: save it in UTF-8"),
    (b"\0\0\xfe\xff", "text in UTF-32: save it in UTF-8"),
    (b"\x7fELF", "a program"),
];
/// One of so many bytes is none of a text, and the whole is none.
const MOST_CONTROLS: usize = 16;

/// What a file is that begins so; `None` when it may be text.
pub fn foreign(head: &[u8]) -> Option<&'static str> {
    // A text in UTF-16 that says so is read.
    let is_marked = head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff");
    let known = BEGINNINGS.iter().find(|(beginning, _)| head.starts_with(beginning)).map(|(_, what)| *what);
    if known.is_some() || is_marked {
        return known;
    }
    if is_tar(head) {
        return Some("a tar archive within an archive: unpack the outer one");
    }
    // Zeros are taken out of a text, and of UTF-16 every other byte may be one.
    let rest: Vec<u8> = head.iter().copied().filter(|byte| *byte != 0).collect();
    let zeros = head.len() - rest.len();
    let is_control = |byte: &&u8| **byte < 0x20 && !matches!(**byte, b'\t' | b'\n' | b'\r' | 0x0b | 0x0c | 0x1b);
    let controls = rest.iter().filter(is_control).count();
    let is_padded = zeros * MOST_CONTROLS > head.len();
    let is_broken = || std::str::from_utf8(&rest).is_err_and(|error| error.error_len().is_some());
    let is_unmarked = || matches!(Encoding::of(head), Encoding::Utf16Le | Encoding::Utf16Be);
    let is_none = controls * MOST_CONTROLS > rest.len() || (rest.is_empty() && zeros > 0);
    (is_none || (is_padded && is_broken() && !is_unmarked())).then_some("no text")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_text_is_known() {
        let bytes: Vec<u8> = (0..4096_u32).map(|at| (at.wrapping_mul(2_654_435_761) >> 13).to_le_bytes()[0]).collect();
        for head in [&bytes[..], b"BZh91AY&SY", b"%PDF-1.7", &[0; 40]] {
            assert!(foreign(head).is_some(), "{head:?}");
        }
        for head in ["", "Zoë\n", "\u{1b}[0mPOST /Users \u{1b}[33m409\u{1b}[0m", "a line\0 with a zero in it"] {
            assert_eq!(foreign(head.as_bytes()), None, "{head}");
        }
        for head in [&b"\xFF\xFEZ\0o\0"[..], b"Z\0o\0\xeb\0 \0", b"POST\0\0\0\0\0\0\0\0\0"] {
            assert_eq!(foreign(head), None, "{head:?}");
        }
    }
}

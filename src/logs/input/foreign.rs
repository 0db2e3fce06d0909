//! What is no text: known by its first bytes, so that nobody takes what was not read for what was.

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
/// Where a tar archive says that it is one.
const TAR: (usize, &[u8]) = (257, b"ustar");
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
    if head.get(TAR.0..).is_some_and(|rest| rest.starts_with(TAR.1)) {
        return Some("a tar archive: unpack it");
    }
    // Of ASCII in UTF-16 every other byte is zero.
    let zeros = |from: usize| head.iter().skip(from).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    if (even.max(odd)) * 4 > head.len() && even.min(odd) * 16 < head.len() {
        return Some("text in UTF-16 without a byte order mark: save it in UTF-8");
    }
    let is_control = |byte: &&u8| **byte < 0x20 && !matches!(**byte, b'\t' | b'\n' | b'\r' | 0x0b | 0x0c | 0x1b);
    let controls = head.iter().filter(is_control).count();
    (controls * MOST_CONTROLS > head.len()).then_some("no text")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_text_is_known() {
        let utf16: Vec<u8> = "POST /Users".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let bytes: Vec<u8> = (0..4096_u32).map(|at| (at.wrapping_mul(2_654_435_761) >> 13).to_le_bytes()[0]).collect();
        for head in [&utf16[..], &bytes, b"BZh91AY&SY", b"%PDF-1.7", &[0; 40]] {
            assert!(foreign(head).is_some(), "{head:?}");
        }
        for head in ["", "Zoë\n", "\u{1b}[0mPOST /Users \u{1b}[33m409\u{1b}[0m", "a line\0 with a zero in it"] {
            assert_eq!(foreign(head.as_bytes()), None, "{head}");
        }
        assert_eq!(foreign(b"\xFF\xFEZ\0o\0"), None);
    }
}

//! Text encodings of exports: what PowerShell and Excel write is read as UTF-8.

use std::io::{self, BufRead, Read};

use encoding_rs::{CoderResult, Decoder, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// Bytes decoded at once.
const BLOCK: usize = 64 << 10;

/// The encoding of a file, by its beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8.
    Utf8,
    /// UTF-8 with a byte order mark.
    Utf8Bom,
    /// UTF-16, little-endian: PowerShell 5 writes it for `>`.
    Utf16Le,
    /// UTF-16, big-endian.
    Utf16Be,
    /// None of these: read as Windows-1252, which is a guess.
    Windows1252,
}

impl Encoding {
    /// The encoding of a file that begins so.
    pub fn of(head: &[u8]) -> Self {
        match head {
            [0xEF, 0xBB, 0xBF, ..] => Self::Utf8Bom,
            [0xFF, 0xFE, ..] => Self::Utf16Le,
            [0xFE, 0xFF, ..] => Self::Utf16Be,
            _ if is_utf16(head, 1) => Self::Utf16Le,
            _ if is_utf16(head, 0) => Self::Utf16Be,
            _ if is_utf8(head) => Self::Utf8,
            _ => Self::Windows1252,
        }
    }

    /// The name in reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "utf-8",
            Self::Utf8Bom => "utf-8-bom",
            Self::Utf16Le => "utf-16le",
            Self::Utf16Be => "utf-16be",
            Self::Windows1252 => "windows-1252",
        }
    }

    /// The bytes as UTF-8, without the mark.
    pub fn decode<'r>(self, mut bytes: Box<dyn BufRead + 'r>) -> io::Result<Box<dyn BufRead + 'r>> {
        let (mark, encoding) = match self {
            Self::Utf8 => return Ok(bytes),
            Self::Utf8Bom => (3, None),
            Self::Utf16Le => (0, Some(UTF_16LE)),
            Self::Utf16Be => (0, Some(UTF_16BE)),
            Self::Windows1252 => (0, Some(WINDOWS_1252)),
        };
        bytes.read_exact(&mut [0; 3][..mark])?;
        let Some(encoding) = encoding else { return Ok(bytes) };
        let decoder = encoding.new_decoder_with_bom_removal();
        Ok(Box::new(Decoded { bytes, decoder, text: Vec::new(), given: 0, is_over: false }))
    }
}

/// Whether this is UTF-16 without its mark: of ASCII every other byte is zero, from the first or the second on.
fn is_utf16(head: &[u8], from: usize) -> bool {
    let zeros = |from: usize| head.iter().skip(from).step_by(2).filter(|byte| **byte == 0).count();
    let (there, beside) = (zeros(from), zeros(1 - from));
    there * 4 > head.len() && beside * 16 < head.len()
}

/// Whether this is UTF-8, but for a character that the end cuts, and for what is no text at all: an access log holds
/// the bytes of a TLS handshake now and then.
fn is_utf8(head: &[u8]) -> bool {
    let (mut whole, mut broken) = (0_usize, 0_usize);
    let count = |text: &str| text.chars().filter(|character| !character.is_ascii()).count();
    for chunk in head.utf8_chunks() {
        whole += count(chunk.valid());
        broken += usize::from(!chunk.invalid().is_empty());
    }
    // Text in another encoding has hardly any sequence that happens to be UTF-8.
    broken == 0 || broken <= whole || (broken == 1 && head.len() >= BLOCK)
}

/// A reader of UTF-8 above a reader of something else.
struct Decoded<'r> {
    bytes: Box<dyn BufRead + 'r>,
    decoder: Decoder,
    text: Vec<u8>,
    given: usize,
    is_over: bool,
}

impl Read for Decoded<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let available = self.fill_buf()?;
        let count = available.len().min(buffer.len());
        buffer[..count].copy_from_slice(&available[..count]);
        self.consume(count);
        Ok(count)
    }
}

impl BufRead for Decoded<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        while self.given == self.text.len() && !self.is_over {
            let source = self.bytes.fill_buf()?;
            let (block, last) = (&source[..source.len().min(BLOCK)], source.is_empty());
            let room = self.decoder.max_utf8_buffer_length(block.len()).unwrap_or(4 * BLOCK);
            self.text.resize(room, 0);
            let (result, read, written, _) = self.decoder.decode_to_utf8(block, &mut self.text, last);
            self.text.truncate(written);
            self.given = 0;
            self.bytes.consume(read);
            self.is_over = last && result == CoderResult::InputEmpty;
        }
        Ok(&self.text[self.given..])
    }

    fn consume(&mut self, count: usize) {
        self.given += count;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(bytes: &[u8]) -> String {
        let mut text = String::new();
        let reader = Encoding::of(bytes).decode(Box::new(bytes)).expect("a reader");
        io::BufReader::with_capacity(3, reader).read_to_string(&mut text).expect("UTF-8");
        text
    }

    #[test]
    fn what_exports_are_written_in_is_read() {
        assert_eq!(decoded("Zoë".as_bytes()), "Zoë");
        assert_eq!(decoded(b"\xEF\xBB\xBFZo\xC3\xAB"), "Zoë");
        assert_eq!(decoded(b"\xFF\xFEZ\0o\0\xEB\0"), "Zoë");
        assert_eq!(decoded(b"\xFE\xFF\0Z\0o\0\xEB"), "Zoë");
        assert_eq!(decoded(b"Z\0o\0\xEB\0 \0"), "Zoë ");
        assert_eq!(decoded(b"\0Z\0o\0\xEB\0 "), "Zoë ");
        assert_eq!(decoded(b"Zo\xEB"), "Zoë");
    }

    #[test]
    fn a_character_that_the_end_cuts_is_still_utf8() {
        assert_eq!(Encoding::of("Zoë \u{eb}".as_bytes().split_last().expect("a byte").1), Encoding::Utf8);
        assert_eq!(Encoding::of(b"\xFF\xFE"), Encoding::Utf16Le);
        assert_eq!(Encoding::of(b""), Encoding::Utf8);
    }
}

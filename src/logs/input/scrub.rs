//! Bytes that are no part of a text: zeros, with which a full disk, a copied log or a device pads it, and line ends of a
//! single carriage return, which old Macs and some consoles write.

use std::io::{self, BufRead, Read};

use memchr::memchr;

/// So many zeros in front are padding: a mark of UTF-32 has two, UTF-16 without its mark one.
const PADDING: [u8; 4] = [0; 4];

/// What is to be taken out of a text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Scrub {
    /// Zeros stand in it.
    pub zeros: bool,
    /// Its lines end in a carriage return alone.
    pub lone_cr: bool,
}

impl Scrub {
    /// What a text needs that begins so.
    pub fn of(head: &[u8]) -> Self {
        // An editor may have put an end of its own behind the last line.
        let lines = head.strip_suffix(b"\r\n").or_else(|| head.strip_suffix(b"\n")).unwrap_or(head);
        let lone_cr = memchr(b'\r', lines).is_some() && memchr(b'\n', lines).is_none();
        Self { zeros: memchr(0, head).is_some(), lone_cr }
    }

    /// The text without it.
    pub fn clean<'r>(self, bytes: Box<dyn BufRead + 'r>) -> Box<dyn BufRead + 'r> {
        if self == Self::default() {
            bytes
        } else {
            Box::new(Scrubbed { bytes, scrub: self, text: Vec::new(), given: 0 })
        }
    }
}

/// Passes over the zeros that a file begins with; how many there were.
pub fn skip_padding(bytes: &mut dyn BufRead) -> io::Result<u64> {
    if !bytes.fill_buf()?.starts_with(&PADDING) {
        return Ok(0);
    }
    let mut skipped = 0;
    loop {
        let block = bytes.fill_buf()?;
        let zeros = block.iter().take_while(|byte| **byte == 0).count();
        let is_over = zeros < block.len() || block.is_empty();
        bytes.consume(zeros);
        skipped += zeros as u64;
        if is_over {
            return Ok(skipped);
        }
    }
}

struct Scrubbed<'r> {
    bytes: Box<dyn BufRead + 'r>,
    scrub: Scrub,
    text: Vec<u8>,
    given: usize,
}

impl Read for Scrubbed<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let available = self.fill_buf()?;
        let count = available.len().min(buffer.len());
        buffer[..count].copy_from_slice(&available[..count]);
        self.consume(count);
        Ok(count)
    }
}

impl BufRead for Scrubbed<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        let Scrub { zeros, lone_cr } = self.scrub;
        while self.given == self.text.len() {
            let block = self.bytes.fill_buf()?;
            if block.is_empty() {
                break;
            }
            let kept = block.iter().copied().filter(|byte| !(zeros && *byte == 0));
            self.text.clear();
            self.text.extend(kept.map(|byte| if lone_cr && byte == b'\r' { b'\n' } else { byte }));
            self.given = 0;
            let count = block.len();
            self.bytes.consume(count);
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

    fn cleaned(bytes: &[u8]) -> String {
        let mut text = String::new();
        Scrub::of(bytes).clean(Box::new(bytes)).read_to_string(&mut text).expect("UTF-8");
        text
    }

    #[test]
    fn what_is_no_text_goes_and_the_rest_stays() {
        for (bytes, expected) in [
            ("a\rb\r", "a\nb\n"),
            ("a\rb\n", "a\nb\n"),
            ("a\r", "a\n"),
            ("a\r\n", "a\r\n"),
            ("a\r\nb\rc\n", "a\r\nb\rc\n"),
            ("a\0b\0\0\n\0", "ab\n"),
            ("", ""),
        ] {
            assert_eq!(cleaned(bytes.as_bytes()), expected, "{bytes:?}");
        }
    }

    #[test]
    fn padding_is_passed_over_and_a_mark_is_not() {
        for (bytes, skipped) in
            [(&b"\0\0\0\0\0a\0"[..], 5), (b"\0Z\0o", 0), (b"\0\0\xfe\xff", 0), (b"", 0), (&[0; 9], 9)]
        {
            let mut rest = bytes;
            assert_eq!(skip_padding(&mut rest).expect("memory"), skipped, "{bytes:?}");
            assert_eq!(rest.len() as u64, bytes.len() as u64 - skipped);
        }
    }
}

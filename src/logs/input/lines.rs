//! Records that are lines.

use std::io::{self, BufRead};

use memchr::memchr;

use super::{MAX_RECORD, Record};

/// The lines of a text, without their ends; empty ones are left out, but counted.
pub struct Lines<R> {
    reader: R,
    line: Vec<u8>,
    number: u64,
    is_oversized: bool,
    /// A line ended in CR LF.
    pub has_crlf: bool,
    /// The last line had no end.
    pub lacks_final_newline: bool,
}

impl<R: BufRead> Lines<R> {
    /// The lines of a text.
    pub const fn new(reader: R) -> Self {
        Self { reader, line: Vec::new(), number: 0, is_oversized: false, has_crlf: false, lacks_final_newline: false }
    }

    /// The next line that is not empty.
    pub fn next_line(&mut self) -> io::Result<Option<Record<'_>>> {
        loop {
            let has_end = self.read_line()?;
            if !has_end && self.line.is_empty() {
                return Ok(None);
            }
            self.number += 1;
            self.lacks_final_newline = !has_end;
            if has_end && self.line.last() == Some(&b'\r') {
                self.line.pop();
                self.has_crlf = true;
            }
            if !self.line.trim_ascii().is_empty() {
                let (number, is_oversized) = (self.number, self.is_oversized);
                return Ok(Some(Record { bytes: &self.line, number, is_cut: !has_end, is_oversized }));
            }
        }
    }

    /// Reads up to the next line end; whether there was one.
    fn read_line(&mut self) -> io::Result<bool> {
        self.line.clear();
        self.is_oversized = false;
        loop {
            let block = self.reader.fill_buf()?;
            if block.is_empty() {
                return Ok(false);
            }
            let end = memchr(b'\n', block);
            let part = &block[..end.unwrap_or(block.len())];
            let room = MAX_RECORD.saturating_sub(self.line.len());
            self.is_oversized |= part.len() > room;
            self.line.extend_from_slice(&part[..part.len().min(room)]);
            let consumed = part.len() + usize::from(end.is_some());
            self.reader.consume(consumed);
            if end.is_some() {
                return Ok(true);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_keep_their_numbers() {
        let mut lines = Lines::new(io::BufReader::with_capacity(2, &b"a\r\n\n  \nbc\nd"[..]));
        let mut seen = Vec::new();
        while let Some(line) = lines.next_line().expect("memory") {
            seen.push((String::from_utf8_lossy(line.bytes).into_owned(), line.number, line.is_cut));
        }
        assert_eq!(seen, [("a".into(), 1, false), ("bc".into(), 4, false), ("d".into(), 5, true)]);
        assert!(lines.has_crlf && lines.lacks_final_newline);
    }
}

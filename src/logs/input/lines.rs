//! Records that are lines.

use std::io::{self, Read};

use memchr::memchr;

use super::window::Window;
use super::{MAX_RECORD, Record};

/// Of a line that is too long so much is given.
const BEGINNING: usize = 64 << 10;

/// The lines of a text, without their ends; empty ones are left out, but counted.
pub struct Lines<R> {
    window: Window<R>,
    /// The beginning of a line that is too long.
    beginning: Vec<u8>,
    number: u64,
    /// A line ended in CR LF.
    pub has_crlf: bool,
    /// The last line had no end.
    pub lacks_final_newline: bool,
}

impl<R: Read> Lines<R> {
    /// The lines of a text.
    pub const fn new(reader: R) -> Self {
        let window = Window::new(reader);
        Self { window, beginning: Vec::new(), number: 0, has_crlf: false, lacks_final_newline: false }
    }

    /// The next line that is not empty.
    pub fn next_line(&mut self) -> io::Result<Option<Record<'_>>> {
        loop {
            self.beginning.clear();
            let (mut length, has_end) = self.line_length()?;
            if length == 0 && !has_end && self.beginning.is_empty() {
                return Ok(None);
            }
            self.number += 1;
            self.lacks_final_newline = !has_end;
            let line = &self.window.bytes()[..length];
            let is_blank =
                self.beginning.is_empty() && line.iter().all(|byte| byte.is_ascii_whitespace() || *byte == 0);
            let whole = length + usize::from(has_end);
            if has_end && line.last() == Some(&b'\r') {
                (length, self.has_crlf) = (length - 1, true);
            }
            if is_blank {
                self.window.take(whole);
                continue;
            }
            let (number, is_oversized) = (self.number, !self.beginning.is_empty());
            let line = &self.window.take(whole)[..length];
            let bytes = if is_oversized { &self.beginning } else { line };
            return Ok(Some(Record { bytes, number, is_cut: !has_end, is_oversized }));
        }
    }

    /// Bytes up to the next line end, and whether there is one. What a line has beyond the longest record is dropped.
    fn line_length(&mut self) -> io::Result<(usize, bool)> {
        let mut seen = 0;
        loop {
            let bytes = self.window.bytes();
            if let Some(end) = memchr(b'\n', &bytes[seen..]) {
                if seen + end > MAX_RECORD && self.beginning.is_empty() {
                    self.beginning.extend_from_slice(&bytes[..BEGINNING]);
                }
                return Ok((seen + end, true));
            }
            seen = bytes.len();
            if seen > MAX_RECORD {
                if self.beginning.is_empty() {
                    self.beginning.extend_from_slice(&bytes[..BEGINNING]);
                }
                self.window.take(seen);
                seen = 0;
            }
            if !self.window.read_on()? {
                return Ok((seen, false));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::window::Trickle;
    use super::*;

    #[test]
    fn lines_keep_their_numbers() {
        for most in [1, 2, 5, 4096] {
            let mut lines = Lines::new(Trickle(b"a\r\n\n  \nbc\nd", most));
            let mut seen = Vec::new();
            while let Some(line) = lines.next_line().expect("memory") {
                seen.push((String::from_utf8_lossy(line.bytes).into_owned(), line.number, line.is_cut));
            }
            assert_eq!(seen, [("a".into(), 1, false), ("bc".into(), 4, false), ("d".into(), 5, true)]);
            assert!(lines.has_crlf && lines.lacks_final_newline);
        }
    }

    #[test]
    fn of_a_line_that_is_too_long_the_beginning_is_given() {
        let text = [&b"a\n"[..], &vec![b'x'; MAX_RECORD + 2], b"\nb\n"].concat();
        let mut lines = Lines::new(&text[..]);
        let mut seen = Vec::new();
        while let Some(line) = lines.next_line().expect("memory") {
            seen.push((line.bytes.len(), line.number, line.is_oversized, line.is_cut));
        }
        assert_eq!(seen, [(1, 1, false, false), (BEGINNING, 2, true, false), (1, 3, false, false)]);
    }
}

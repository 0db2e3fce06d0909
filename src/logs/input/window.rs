//! The part of a file that is in memory: it moves on as records are taken, which are slices of it and never copied.

use std::io::{self, Read};

/// Bytes read at once; small enough to stay in the processor's cache until they are parsed.
const BLOCK: usize = 256 << 10;
/// … at first: what is looked through may be a piece of a record.
const FIRST: usize = 8 << 10;

/// What was read of a file and not taken yet.
pub struct Window<R> {
    reader: R,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
}

impl<R: Read> Window<R> {
    /// Nothing is read yet.
    pub const fn new(reader: R) -> Self {
        Self { reader, buffer: Vec::new(), start: 0, end: 0 }
    }

    /// What is there.
    pub fn bytes(&self) -> &[u8] {
        &self.buffer[self.start..self.end]
    }

    /// The next byte; `None` at the end of the file.
    pub fn first(&mut self) -> io::Result<Option<u8>> {
        if self.start == self.end && !self.read_on()? {
            return Ok(None);
        }
        Ok(Some(self.buffer[self.start]))
    }

    /// Takes so many bytes, which must be there.
    pub fn take(&mut self, count: usize) -> &[u8] {
        let start = self.start;
        self.start += count;
        &self.buffer[start..self.start]
    }

    /// Reads on behind what is there; whether there was more.
    pub fn read_on(&mut self) -> io::Result<bool> {
        let is_full = self.end == self.buffer.len();
        if self.start > 0 {
            self.buffer.copy_within(self.start..self.end, 0);
            (self.start, self.end) = (0, self.end - self.start);
            // One long record does not keep the memory that it needed.
            if self.buffer.len() > 4 * BLOCK && self.end < BLOCK {
                self.buffer.truncate(BLOCK);
                self.buffer.shrink_to_fit();
            }
        }
        if self.end == self.buffer.len() || (is_full && self.buffer.len() < BLOCK) {
            self.buffer.resize((self.buffer.len() * 2).max(FIRST), 0);
        }
        loop {
            match self.reader.read(&mut self.buffer[self.end..]) {
                Ok(count) => {
                    self.end += count;
                    return Ok(count > 0);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }
}

/// A reader that gives few bytes at a time.
#[cfg(test)]
pub struct Trickle<'a>(pub &'a [u8], pub usize);

#[cfg(test)]
impl Read for Trickle<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = self.1.min(buffer.len());
        self.0.read(&mut buffer[..most])
    }
}

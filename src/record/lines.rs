//! The transcript's file: whole lines only, whatever happens to the disk or to the process.

use std::fs::File;
use std::io::{self, Write};
use std::time::{Duration, Instant};

/// How long written lines may be in the system's memory only, where a power cut reaches them.
pub(super) const SYNC: Duration = Duration::from_secs(1);

/// What a file can do.
pub(super) trait Disk: Write {
    /// Cuts the file to a length.
    fn cut(&mut self, length: u64) -> io::Result<()>;
    /// Comes back when everything is on the disk.
    fn sync(&mut self) -> io::Result<()>;
}

impl Disk for File {
    fn cut(&mut self, length: u64) -> io::Result<()> {
        self.set_len(length)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.sync_data()
    }
}

/// A file that grows by whole lines.
#[derive(Debug)]
pub(super) struct Lines<D> {
    disk: D,
    length: u64,
    /// When the oldest line was written that is not known to be on the disk.
    unsynced: Option<Instant>,
    /// Lines that could not be written.
    pub(super) lost: u64,
}

impl<D: Disk> Lines<D> {
    /// Begins with an empty file, opened for appending.
    pub(super) const fn new(disk: D) -> Self {
        Self { disk, length: 0, unsynced: None, lost: 0 }
    }

    /// Writes one line in one piece; of one that does not fit nothing stays.
    pub(super) fn append(&mut self, line: &str) -> io::Result<()> {
        let line = format!("{line}\n");
        if let Err(error) = self.disk.write_all(line.as_bytes()) {
            self.lost += 1;
            let _ = self.disk.cut(self.length); // readers pass over half a line too
            return Err(error);
        }
        self.length += line.len() as u64;
        self.unsynced.get_or_insert_with(Instant::now);
        Ok(())
    }

    /// Brings to the disk what was written more than a second ago, or all.
    pub(super) fn sync(&mut self, all: bool) -> io::Result<()> {
        if self.unsynced.is_some_and(|since| all || since.elapsed() >= SYNC) {
            self.unsynced = None;
            return self.disk.sync();
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A disk of so many bytes.
    struct Small(Vec<u8>, usize);

    impl Write for Small {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let fits = bytes.len().min(self.1 - self.0.len());
            self.0.extend_from_slice(&bytes[..fits]);
            if fits == 0 { Err(io::ErrorKind::StorageFull.into()) } else { Ok(fits) }
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl Disk for Small {
        fn cut(&mut self, length: u64) -> io::Result<()> {
            self.0.truncate(usize::try_from(length).expect("it is small"));
            Ok(())
        }

        fn sync(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_full_disk_keeps_whole_lines_and_takes_more_when_there_is_room_again() {
        let mut lines = Lines::new(Small(Vec::new(), 10));
        lines.append("one").expect("there is room");
        assert_eq!(lines.append("too long").expect_err("it is full").kind(), io::ErrorKind::StorageFull);
        lines.append("two").expect("there is room for a short one");
        assert_eq!((lines.disk.0.as_slice(), lines.lost), (&b"one\ntwo\n"[..], 1));
    }
}

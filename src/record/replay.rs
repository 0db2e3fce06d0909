//! The scenario of a recording: the requests that passed, in the order in which they began, with what was answered.

use std::collections::BTreeMap;
use std::io;
use std::time::{Duration, Instant};

use super::folder::{Folder, SCENARIO};
use super::line::exchange;
use crate::http::{Request, Response};
use crate::logs::scenario::of_exchanges;

/// The scenario is written so often at most; seldom enough, too, that writing it takes a tenth of the time.
const PAUSE: Duration = Duration::from_secs(2);
const SHARE: u32 = 10;
/// Most exchanges of one scenario, half as many as a file may have steps: each may need one that prepares it.
const MAX_STEPS: usize = 500;
/// The dialect of requests that no IdP is known by.
const UNKNOWN: &str = "generic";
/// Most bytes of their lines.
const MAX_BYTES: usize = 32 << 20;

/// What becomes of the recording.
#[derive(Debug)]
pub(super) struct Replay {
    folder: Folder,
    /// Lines of the transcript, by number.
    lines: BTreeMap<u64, String>,
    bytes: usize,
    is_changed: bool,
    last: Instant,
    pause: Duration,
}

impl Replay {
    /// Nothing has passed.
    pub(super) fn new(folder: Folder) -> Self {
        Self { folder, lines: BTreeMap::new(), bytes: 0, is_changed: false, last: Instant::now(), pause: PAUSE }
    }

    /// How many exchanges the scenario consists of.
    pub(super) fn steps(&self) -> usize {
        self.lines.len()
    }

    /// Takes in a line of the transcript, while there is room.
    pub(super) fn add(&mut self, number: u64, line: String) {
        if self.lines.len() < MAX_STEPS && self.bytes + line.len() <= MAX_BYTES {
            self.bytes += line.len();
            self.lines.insert(number, line);
            self.is_changed = true;
        }
    }

    /// Changes every line.
    pub(super) fn change(&mut self, change: impl Fn(&str) -> String) {
        self.lines.values_mut().for_each(|line| *line = change(line));
    }

    /// Writes the scenario when something is new and the last time was long enough ago.
    pub(super) fn write_when_due(&mut self, dialect: Option<&str>) -> io::Result<()> {
        if self.is_changed && self.last.elapsed() >= self.pause { self.write(dialect) } else { Ok(()) }
    }

    /// Writes the scenario.
    pub(super) fn write(&mut self, dialect: Option<&str>) -> io::Result<()> {
        let begun = Instant::now();
        self.is_changed = false;
        if self.lines.is_empty() {
            return Ok(());
        }
        let exchanges: Vec<(Request, Response)> = self.lines.values().filter_map(|line| exchange(line)).collect();
        let text = of_exchanges("A recording", dialect.unwrap_or(UNKNOWN), &exchanges);
        self.folder.replace(SCENARIO, &text)?;
        self.pause = PAUSE.max(begun.elapsed() * SHARE);
        self.last = Instant::now();
        Ok(())
    }
}

//! The scenario of a recording: the requests that passed, in the order in which they began, with what was answered.

use std::collections::BTreeMap;
use std::io;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::folder::{Folder, SCENARIO};
use super::line::exchange;
use crate::http::{Request, Response};
use crate::logs::scenario::of_exchanges;

/// The scenario is written so often at most; seldom enough, too, that writing it takes a tenth of the time.
const PAUSE: Duration = Duration::from_secs(2);
const SHARE: u32 = 10;
/// Most exchanges of one scenario, half as many as a file may have steps: each may need one that prepares it.
const MAX_STEPS: usize = 1_000;
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
    writing: Option<JoinHandle<io::Result<Duration>>>,
}

impl Replay {
    /// Nothing has passed.
    pub(super) fn new(folder: Folder) -> Self {
        let (lines, last) = (BTreeMap::new(), Instant::now());
        Self { folder, lines, bytes: 0, is_changed: false, last, pause: PAUSE, writing: None }
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

    /// Begins to write the scenario when something is new and the last time was long enough ago.
    ///
    /// # Errors
    /// When it could not be written the last time.
    pub(super) fn write_when_due(&mut self, dialect: Option<&'static str>) -> io::Result<()> {
        let is_writing = self.writing.as_ref().is_some_and(|writing| !writing.is_finished());
        if !self.is_changed || is_writing || self.last.elapsed() < self.pause {
            return Ok(());
        }
        let earlier = self.wait();
        self.begin(dialect)?;
        earlier
    }

    /// Writes the scenario as it is in the end.
    pub(super) fn write(&mut self, dialect: Option<&'static str>) -> io::Result<()> {
        let _ = self.wait(); // what counts is the last time
        self.begin(dialect)?;
        self.wait()
    }

    /// Writing takes a while, and somebody waits for the next line of the transcript: it has a thread of its own.
    fn begin(&mut self, dialect: Option<&'static str>) -> io::Result<()> {
        self.is_changed = false;
        self.last = Instant::now();
        if self.lines.is_empty() {
            return Ok(());
        }
        let (folder, lines) = (self.folder.clone(), self.lines.values().cloned().collect::<Vec<_>>());
        let thread = thread::Builder::new().name("scenario".to_owned());
        self.writing = Some(thread.spawn(move || {
            let begun = Instant::now();
            let exchanges: Vec<(Request, Response)> = lines.iter().filter_map(|line| exchange(line)).collect();
            let text = of_exchanges("A recording", dialect.unwrap_or(UNKNOWN), &exchanges);
            folder.replace(SCENARIO, &text)?;
            Ok(begun.elapsed())
        })?);
        Ok(())
    }

    fn wait(&mut self) -> io::Result<()> {
        let Some(writing) = self.writing.take() else { return Ok(()) };
        let failed = || io::Error::other("writing it failed; this is a defect of the program");
        let took = writing.join().map_err(|_| failed())??;
        self.pause = PAUSE.max(took * SHARE);
        Ok(())
    }
}

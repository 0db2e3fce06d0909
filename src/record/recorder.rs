//! The recorder: a thread of its own that writes down what passes, and says what it sees.
//!
//! Whoever passes a request on takes a [`Place`] first and fills it before the IdP is answered: what the IdP was told
//! stands in the file, also when the process is killed in the next moment.

use std::fs::File;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};

use tokio::sync::oneshot;

use super::exchange::Passed;
use super::folder::{Folder, SCENARIO, TRANSCRIPT};
use super::line::line;
use super::lines::{Lines, SYNC};
use super::mask::Mask;
use super::quirks::Quirk;
use super::replay::Replay;
use super::sight::{Seen, Sight};
use crate::http::Base;

/// What is worth saying while the recording goes on.
#[derive(Debug)]
pub enum RecordEvent {
    /// The first exchange passed.
    Begun,
    /// A rule was broken that was not before.
    Found(Box<Seen>),
    /// Something cannot be written; traffic goes on.
    Trouble(String),
    /// Lines are written again, after so many were lost.
    Recovered(u64),
}

/// What was recorded.
#[derive(Debug, Default)]
pub struct Summary {
    /// Exchanges that passed.
    pub exchanges: u64,
    /// Of those, how many the target did not answer.
    pub unanswered: u64,
    /// Exchanges that could not be written down.
    pub lost: u64,
    /// Whose requests they were, when that shows.
    pub dialect: Option<&'static str>,
    /// Its habits, and in how many requests they showed.
    pub quirks: Vec<(&'static Quirk, u64)>,
    /// What the target does not do as it should.
    pub findings: Vec<Seen>,
    /// What the check of the written files found.
    pub leaks: Vec<String>,
    /// Why no scenario was written, when none was.
    pub no_scenario: Option<String>,
    /// Exchanges of which the scenario consists.
    pub steps: usize,
}

/// Who is told.
pub type Tell = Box<dyn FnMut(RecordEvent) + Send>;

enum Message {
    Passed(Box<Passed>, oneshot::Sender<()>),
    Nothing(u64),
    End,
}

/// The door to the recorder's thread.
#[derive(Debug)]
pub(super) struct Recorder {
    messages: Sender<Message>,
}

/// The place of one exchange in the recording. Dropping it says that there is nothing to record.
#[derive(Debug)]
pub(super) struct Place {
    number: u64,
    messages: Sender<Message>,
    is_filled: bool,
}

impl Recorder {
    /// Starts the thread; joining it after [`Recorder::end`] gives the summary.
    pub(super) fn start(
        folder: Folder,
        base: Base,
        mask: Mask,
        sight: Sight,
        tell: Tell,
    ) -> std::io::Result<(Self, JoinHandle<Summary>)> {
        let (messages, incoming) = mpsc::channel();
        let lines = Lines::new(folder.transcript()?);
        let replay = Replay::new(folder.clone());
        let summary = Summary::default();
        let mut desk = Desk { folder, lines, base, mask, sight, tell, replay, summary, is_in_trouble: false };
        let thread = thread::Builder::new().name("recorder".to_owned()).spawn(move || {
            desk.work(&incoming);
            desk.close()
        })?;
        Ok((Self { messages }, thread))
    }

    /// The place of the exchange of this number, in the order in which requests begin.
    pub(super) fn place(&self, number: u64) -> Place {
        Place { number, messages: self.messages.clone(), is_filled: false }
    }

    /// Nothing more will come.
    pub(super) fn end(&self) {
        let _ = self.messages.send(Message::End); // a thread that has ended needs no telling
    }
}

impl Place {
    /// Records the exchange; comes back when it is written.
    pub(super) async fn fill(mut self, passed: Passed) {
        self.is_filled = true;
        let (written, is_written) = oneshot::channel();
        if self.messages.send(Message::Passed(Box::new(passed), written)).is_ok() {
            let _ = is_written.await; // a recorder that failed stops nobody's traffic
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if !self.is_filled {
            let _ = self.messages.send(Message::Nothing(self.number)); // as in `end`
        }
    }
}

/// What the thread works with.
struct Desk {
    folder: Folder,
    lines: Lines<File>,
    base: Base,
    mask: Mask,
    sight: Sight,
    tell: Tell,
    replay: Replay,
    summary: Summary,
    is_in_trouble: bool,
}

impl Desk {
    fn work(&mut self, incoming: &Receiver<Message>) {
        loop {
            let first = match incoming.recv_timeout(SYNC) {
                Ok(message) => Some(message),
                Err(RecvTimeoutError::Timeout) => None,
                Err(RecvTimeoutError::Disconnected) => return,
            };
            // What waits is taken together: names are learned once for all of it.
            let messages: Vec<Message> = first.into_iter().chain(incoming.try_iter()).collect();
            let is_end = messages.iter().any(|message| matches!(message, Message::End));
            self.take(messages);
            let synced = self.lines.sync(false);
            self.trouble("the transcript cannot be brought to the disk", synced);
            if is_end {
                return;
            }
            let written = self.replay.write_when_due(self.sight.habits.dialect());
            self.trouble("the scenario cannot be written", written);
        }
    }

    fn take(&mut self, messages: Vec<Message>) {
        let raw: Vec<String> = messages
            .iter()
            .filter_map(|message| match message {
                Message::Passed(passed, _) => Some(line(passed, &self.base)),
                Message::Nothing(_) | Message::End => None,
            })
            .collect();
        let is_known = if raw.is_empty() { Ok(()) } else { self.mask.learn(&raw) };
        let mut raw = raw.into_iter();
        let (mut seen, can_mask) = (Vec::new(), is_known.is_ok());
        self.trouble("personal data cannot be replaced, so nothing is written", is_known);
        for message in messages {
            match message {
                Message::Passed(passed, written) => {
                    let line = raw.next().filter(|_| can_mask);
                    self.write(&passed, line);
                    let _ = written.send(()); // the IdP may have gone
                    seen.push((passed.number, Some(passed)));
                }
                Message::Nothing(number) => seen.push((number, None)),
                Message::End => {}
            }
        }
        // Nobody waits for this.
        for (number, passed) in seen {
            let new = self.sight.add(number, passed);
            self.found(new);
        }
    }

    fn write(&mut self, passed: &Passed, line: Option<String>) {
        if self.summary.exchanges == 0 {
            (self.tell)(RecordEvent::Begun);
        }
        self.summary.exchanges += 1;
        self.summary.unanswered += u64::from(passed.exchange.answer.is_err());
        let Some(line) = line else {
            self.lines.lost += 1;
            return;
        };
        let line = self.mask.text(&line);
        let written = self.lines.append(&line);
        if written.is_ok() {
            self.replay.add(passed.number, line);
            if std::mem::take(&mut self.is_in_trouble) {
                (self.tell)(RecordEvent::Recovered(self.lines.lost));
            }
        }
        self.trouble("the transcript cannot be written", written);
    }

    /// Said once, until it is over.
    fn trouble(&mut self, what: &str, result: std::io::Result<()>) {
        let Err(error) = result else { return };
        if !std::mem::replace(&mut self.is_in_trouble, true) {
            (self.tell)(RecordEvent::Trouble(format!("{what}: {error}")));
        }
    }

    fn found(&mut self, new: std::ops::Range<usize>) {
        for at in new {
            if let Some(seen) = self.sight.finding(at, &self.mask) {
                (self.tell)(RecordEvent::Found(Box::new(seen)));
            }
        }
    }

    fn close(mut self) -> Summary {
        let new = self.sight.end();
        self.found(new);
        let synced = self.lines.sync(true);
        self.trouble("the transcript cannot be brought to the disk", synced);
        self.mask.look_for_all();
        if self.leak(TRANSCRIPT).is_some() {
            // A name in a text that nothing marked as personal, before it was known to be one.
            let again = self.folder.rewrite(TRANSCRIPT, |line| self.mask.again(line));
            self.trouble("the transcript cannot be written again", again);
            self.replay.change(|line| self.mask.again(line));
        }
        let mut summary = std::mem::take(&mut self.summary);
        summary.no_scenario = self.replay.write(self.sight.habits.dialect()).err().map(|error| error.to_string());
        summary.leaks = [TRANSCRIPT, SCENARIO].into_iter().filter_map(|name| self.leak(name)).collect();
        summary.lost = self.lines.lost;
        summary.steps = self.replay.steps();
        summary.dialect = self.sight.habits.dialect();
        summary.quirks = self.sight.habits.seen().collect();
        summary.findings = self.sight.findings(&self.mask);
        summary
    }

    /// What the check of a file finds in it.
    fn leak(&self, name: &str) -> Option<String> {
        let path = self.folder.path(name);
        match self.mask.leak(&path) {
            Ok(leak) => leak,
            Err(_) if !path.exists() => None,
            Err(error) => Some(format!("`{}` cannot be checked: {error}", path.display())),
        }
    }
}

//! The report for people: a line a scenario while it runs, every failure in full at the end, then the verdict.
//!
//! It makes sense without colour, in 80 columns and in a log.

mod differences;
mod findings;
mod group;
mod lines;
mod progress;
mod style;
mod summary;
mod words_diff;

use std::io::{self, Write as _};

use crate::run::{RunEvent, RunFooter, RunHeader, ScenarioResult};

use super::output::{Output, ReportError};
use super::reporter::Reporter;
use super::safe::Safe;
use progress::Progress;

/// Wider lines are tiring to read.
const WIDEST: usize = 110;

/// How much the report tells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verbosity {
    /// Failures and the verdict.
    Quiet,
    /// Also a line for each scenario.
    #[default]
    Normal,
    /// Also every exchange, notes, and what servers are free to do otherwise.
    Verbose,
}

/// Settings of the terminal report.
#[derive(Clone, Copy, Debug)]
pub struct TerminalSettings {
    /// Columns.
    pub width: usize,
    /// Whether a bar may move on standard error.
    pub progress: bool,
    /// How much it tells.
    pub verbosity: Verbosity,
}

/// The terminal report.
pub struct Terminal {
    output: Output,
    page: Page,
    progress: Progress,
    header: RunHeader,
    results: Vec<ScenarioResult>,
    failed: Option<io::Error>,
}

/// What every part of the report needs to render itself.
struct Page {
    safe: Safe,
    width: usize,
    verbosity: Verbosity,
}

impl Terminal {
    /// Writes to `output`.
    pub fn new(output: Output, safe: Safe, settings: TerminalSettings) -> Self {
        let page = Page { safe, width: settings.width.min(WIDEST), verbosity: settings.verbosity };
        let progress = Progress::new(settings.progress && settings.verbosity != Verbosity::Quiet);
        Self { output, page, progress, header: RunHeader::default(), results: Vec::new(), failed: None }
    }

    fn print(&mut self, text: &str) {
        if text.is_empty() || self.failed.is_some() {
            return;
        }
        let output = &mut self.output;
        let written = self.progress.aside(|| output.write_all(text.as_bytes()).and_then(|()| output.flush()));
        self.failed = written.err();
    }

    fn finished(&mut self, footer: &RunFooter) {
        self.progress.end();
        let page = &self.page;
        let text = [
            findings::sections(page, &self.results),
            differences::section(page, &self.results),
            summary::section(page, &self.header, &self.results, footer),
        ]
        .concat();
        self.print(&text);
    }
}

impl Reporter for Terminal {
    fn event(&mut self, event: &RunEvent) {
        match event {
            RunEvent::Started(header) => {
                self.header = (**header).clone();
                self.progress.begin(header.planned);
                let text = lines::opening(&self.page, header);
                self.print(&text);
            }
            RunEvent::ScenarioStarted { scenario, dialect } => self.progress.started(scenario, dialect),
            RunEvent::ScenarioFinished(result) => {
                self.progress.finished(&result.scenario, &result.dialect);
                let text = lines::scenario(&self.page, result);
                self.print(&text);
                self.results.push((**result).clone());
            }
            RunEvent::Finished(footer) => self.finished(footer),
        }
    }

    fn finish(self: Box<Self>) -> Result<(), ReportError> {
        match self.failed {
            Some(cause) => Err(self.output.error(cause)),
            None => self.output.finish(),
        }
    }
}

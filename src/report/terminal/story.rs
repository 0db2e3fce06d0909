//! The terminal report as a whole: what is printed when, by the run's events.

use std::collections::BTreeSet;
use std::io::{self, Write as _};

use crate::run::{RunEvent, RunFooter, RunHeader, ScenarioResult};

use super::progress::Progress;
use super::{Page, TerminalSettings, Verbosity, WIDEST, accepted, differences, findings, lines, summary};
use crate::report::leftovers::Leftovers;
use crate::report::output::{Output, ReportError};
use crate::report::reporter::Reporter;
use crate::report::safe::Safe;

/// The terminal report.
pub struct Terminal {
    output: Output,
    page: Page,
    progress: Progress,
    header: RunHeader,
    results: Vec<ScenarioResult>,
    leftovers: Leftovers,
    /// Rules that were told of when they were first seen broken in passing.
    in_passing: BTreeSet<String>,
    failed: Option<io::Error>,
}

impl Terminal {
    /// Writes to `output`.
    pub fn new(output: Output, safe: Safe, settings: TerminalSettings) -> Self {
        let page = Page { safe, width: settings.width.min(WIDEST), verbosity: settings.verbosity };
        let progress = Progress::new(settings.progress && settings.verbosity != Verbosity::Quiet);
        Self {
            output,
            page,
            progress,
            header: RunHeader::default(),
            results: Vec::new(),
            leftovers: Leftovers::default(),
            in_passing: BTreeSet::new(),
            failed: None,
        }
    }

    /// A line for each rule that was never before seen broken in passing.
    fn seen_in_passing(&mut self, result: &ScenarioResult) -> String {
        let first = result.findings.iter().filter(|judged| judged.is_broken_in_passing());
        let first = first.filter(|judged| self.in_passing.insert(judged.finding.rule.clone()));
        first.map(|judged| lines::in_passing(&self.page, judged)).collect()
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
            differences::section(page, &self.header, &self.results),
            accepted::section(page, &self.results),
            summary::section(page, &self.header, &self.results, &self.leftovers, footer),
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
                let text = lines::scenario(&self.page, result) + &self.seen_in_passing(result);
                self.print(&text);
                self.leftovers.add(result);
                self.results.push(result.to_keep());
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

//! Opening the reports of a run and passing every event to all of them.

use time::OffsetDateTime;

use crate::http::Redactor;
use crate::run::RunEvent;

use super::json::Json;
use super::junit::Junit;
use super::output::{Output, ReportError};
use super::safe::Safe;
use super::spec::{ReportKind, ReportSpec};
use super::terminal::{Terminal, TerminalSettings, Verbosity};

/// Takes the events of a run and makes one report of them.
pub trait Reporter: Send {
    /// Takes the next event. What goes wrong while writing is told by [`Reporter::finish`].
    fn event(&mut self, event: &RunEvent);

    /// Ends the report; without this nothing is promised to be written.
    fn finish(self: Box<Self>) -> Result<(), ReportError>;
}

/// What reports need to know beside the events.
#[derive(Clone, Debug)]
pub struct ReportSettings {
    /// Every secret of the run; it may learn more until the run ends.
    pub redactor: Redactor,
    /// When the run began.
    pub begun: OffsetDateTime,
    /// Columns of the terminal.
    pub width: usize,
    /// Whether standard output shows colour.
    pub colour: bool,
    /// Whether standard error may be animated: a terminal, and no pipeline.
    pub progress: bool,
    /// How much the terminal report tells.
    pub verbosity: Verbosity,
}

/// Several reports as one.
pub struct Fanout(Vec<Box<dyn Reporter>>);

/// Opens the reports that were asked for; files are begun now, so that a bad path is told before the run.
pub fn open(specs: &[ReportSpec], settings: &ReportSettings) -> Result<Fanout, ReportError> {
    specs.iter().map(|spec| open_one(spec, settings)).collect::<Result<_, _>>().map(Fanout)
}

fn open_one(spec: &ReportSpec, settings: &ReportSettings) -> Result<Box<dyn Reporter>, ReportError> {
    let output = match &spec.path {
        None => Output::stdout(settings.colour && spec.kind == ReportKind::Terminal),
        Some(path) => Output::file(path)?,
    };
    Ok(reporter(spec.kind, output, spec.path.is_none(), settings))
}

/// One report of this kind, written to `output`.
pub fn reporter(kind: ReportKind, output: Output, on_screen: bool, settings: &ReportSettings) -> Box<dyn Reporter> {
    let safe = Safe::new(settings.redactor.clone());
    match kind {
        ReportKind::Junit => Box::new(Junit::new(output, safe, settings.begun)),
        ReportKind::Json => Box::new(Json::new(output, safe)),
        ReportKind::Terminal => Box::new(Terminal::new(
            output,
            safe,
            TerminalSettings {
                width: settings.width,
                progress: settings.progress && on_screen,
                verbosity: settings.verbosity,
            },
        )),
    }
}

impl Fanout {
    /// Passes an event on to every report.
    pub fn event(&mut self, event: &RunEvent) {
        self.0.iter_mut().for_each(|reporter| reporter.event(event));
    }

    /// Ends all of them, also after one failed; gives the first failure.
    pub fn finish(self) -> Result<(), ReportError> {
        let results: Vec<_> = self.0.into_iter().map(Reporter::finish).collect();
        results.into_iter().collect()
    }
}

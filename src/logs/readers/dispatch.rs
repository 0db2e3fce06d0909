//! Which reader reads which format.

use std::io;

use super::{Options, Reading, Summary, carried, entra, okta, wire};
use crate::logs::format::Format;
use crate::logs::input::LogFile;
use crate::logs::observation::Observation;

/// Reads a file as a format; every observation goes into `sink` as soon as it is read.
///
/// The three files of Entra's portal belong together: give all files at once to [`read_all`].
///
/// # Errors
/// When the file itself cannot be read on. A record that cannot is a warning.
pub fn read(
    file: &LogFile,
    format: Format,
    options: &Options,
    sink: &mut dyn FnMut(Observation),
) -> io::Result<Summary> {
    if format == Format::EntraPortalCsv3 {
        return entra::portal::read(&[file], options, sink).remove(0);
    }
    let mut reading = Reading::of(file, format, options, sink);
    read_as(file, format, &mut reading)?;
    Ok(reading.summary())
}

/// Reads a file, or a piece of one, as a format.
pub(super) fn read_as(file: &LogFile, format: Format, reading: &mut Reading<'_>) -> io::Result<()> {
    match format {
        Format::EntraDiagnostics => entra::diagnostics::read(file, reading),
        Format::EntraGraphJson | Format::EntraPortalJson => entra::graph::read(file, reading),
        Format::EntraJob => entra::job::read(file, reading),
        Format::EntraLogAnalyticsCsv => entra::log_analytics::read(file, reading),
        Format::EntraOnDemandText => entra::on_demand::read(file, reading),
        Format::EntraAzureCli => entra::azure_cli::read(file, reading),
        Format::EntraPaneText => entra::pane::read(file, reading),
        Format::EntraPortalGridCsv => entra::grid::read(file, reading),
        Format::OktaSyslogCsv => okta::csv::read(file, reading),
        Format::OktaEventBridge
        | Format::OktaEventHook
        | Format::OktaSyslogJson
        | Format::OktaSyslogNdjson
        | Format::OktaWrapped => okta::json::read(file, format, reading),
        Format::CarriedCsv => carried::read(file, reading),
        Format::OktaTasksText => okta::tasks::read(file, reading),
        wire => wire::read(file, wire, reading),
    }
}

/// Reads files that belong to one case, each as its format, and says of each what was read. The parts of downloads from
/// Entra's portal are joined by their change ids, in whatever order and folder they are.
pub fn read_all(
    files: &[(LogFile, Format)],
    options: &Options,
    sink: &mut dyn FnMut(Observation),
) -> Vec<io::Result<Summary>> {
    let parts = files.iter().filter(|(_, format)| *format == Format::EntraPortalCsv3).map(|(file, _)| file);
    let mut joined = entra::portal::read(&parts.collect::<Vec<_>>(), options, sink).into_iter();
    let each = files.iter().map(|(file, format)| match format {
        Format::EntraPortalCsv3 => joined.next().expect("one for each part"),
        format => read(file, *format, options, sink),
    });
    each.collect()
}

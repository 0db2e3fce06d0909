//! `scimulator diagnose`: what customers' logs show, what is likely behind it, what to tell the customer.

use std::path::PathBuf;

use time::OffsetDateTime;

use super::arguments::{DiagnoseArgs, Lang, LogReport, Redaction};
use super::error::CliError;
use super::page::Page;
use super::{print, tell};
use crate::context::Context;
use crate::exit::ExitCode;
use crate::http::sanitise;
use crate::logs::diagnosis::Language;
use crate::logs::format::Format;
use crate::logs::incidents::Forgotten;
use crate::logs::input::OpenError;
use crate::logs::readers::Options;
use crate::logs::redact::Mode;
use crate::logs::report::{IncidentView, View, Why, counted, json, markdown, why};
use crate::logs::ticket::Ticket;
use crate::logs::times;
use crate::yaml::nearest;

/// Columns of the times of evidence.
const TIME: usize = 23;

/// Runs the subcommand.
pub(super) fn diagnose(context: &Context, args: &DiagnoseArgs) -> Result<ExitCode, CliError> {
    let mut ticket = read(&args.files, args.format.as_deref(), &args.options())?;
    let redacted = ticket.redact(args.redact.mode());
    redacted.map_err(|error| CliError::usage("personal data cannot be replaced").caused_by(error))?;
    let Forgotten { quiet, failing } = ticket.forgotten;
    if quiet > 0 {
        tell(&format!(
            "note: {quiet} records of people for whom nothing failed were not kept; `--subject` looks at one person"
        ));
    }
    if failing > 0 {
        tell(&format!(
            "note: {failing} records of people for whom something failed were not kept, so numbers of attempts are too \
             low; `--since`, `--until` and `--subject` look at less"
        ));
    }
    if let Some(number) = args.why {
        return chain(context, args, &ticket, number);
    }
    let view = View::of(&ticket, args.language());
    print(&match args.report {
        LogReport::Text => text(context, &view),
        LogReport::Markdown => markdown(&view),
        LogReport::Json => format!("{:#}\n", json(&view)),
    })?;
    Ok(if ticket.is_unusable() { ExitCode::Usage } else { ExitCode::Conformant })
}

/// From log line to request, for one incident.
fn chain(context: &Context, args: &DiagnoseArgs, ticket: &Ticket, number: usize) -> Result<ExitCode, CliError> {
    let Some(finding) = number.checked_sub(1).and_then(|at| ticket.findings.get(at)) else {
        let count = ticket.findings.len();
        return Err(CliError::usage(format!("there is no incident {number}")).hint(format!("there are {count}")));
    };
    let mut page = Page::new(context.width);
    page.line(&finding.diagnosis.cause.words(args.language()).title);
    for Why { request, record, sent: [sent, why_sent], got: [got, why_got] } in why(&finding.incident, args.language())
    {
        page.heading(&sanitise::line(&request));
        if !record.is_empty() {
            page.row("record", 8, &record);
        }
        page.row("request", 8, &format!("{sent}: {why_sent}"));
        page.row("answer", 8, &format!("{got}: {why_got}"));
    }
    print(&page.finish())
}

/// Reads the files of a ticket, each told as it begins.
pub(super) fn read(files: &[PathBuf], format: Option<&str>, options: &Options) -> Result<Ticket, CliError> {
    let format = format.map(known_format).transpose()?;
    let is_many = files.len() > 1;
    let ticket = Ticket::read(files, format, options, |file| {
        if is_many {
            tell(&format!("reading {}", file.name));
        }
    });
    ticket.map_err(|error| {
        let hint = match &error {
            OpenError::Io(..) => "give files, folders, archives, or `-` for standard input",
            OpenError::Archive { .. } => "unpack it and give the files",
            OpenError::TooMuchInput => "a file of any size can be read by its name",
        };
        CliError::usage("the logs cannot be read").caused_by(error).hint(hint)
    })
}

fn known_format(id: &str) -> Result<Format, CliError> {
    Format::from_id(id).ok_or_else(|| {
        let ids = Format::ALL.map(Format::id);
        CliError::usage(format!("there is no log format `{id}`"))
            .guess(nearest(id, ids))
            .hint(format!("there are {}", ids.join(", ")))
    })
}

/// A time of a flag: as logs write it, or a date alone.
pub(super) fn time(text: &str) -> Result<OffsetDateTime, String> {
    let read = |text: &str| times::read(text, None).map(|moment| moment.instant);
    read(text).or_else(|| read(&format!("{text}T00:00Z"))).ok_or_else(|| "such as 2026-11-16T09:12:00Z".to_owned())
}

fn text(context: &Context, view: &View) -> String {
    let mut page = Page::new(context.width);
    for incident in &view.incidents {
        section(&mut page, incident, view);
    }
    if view.incidents.is_empty() {
        page.line(view.labels.nothing);
    }
    page.heading(view.labels.files);
    for file in &view.files {
        let warnings = file.warnings.join(", ");
        let records = counted(file.records, view.labels.records);
        page.paragraph(&format!("{}  {}, {records}", file.name, file.format));
        if !warnings.is_empty() {
            page.entry(&warnings);
        }
    }
    page.finish()
}

fn section(page: &mut Page, incident: &IncidentView, view: &View) {
    let labels = view.labels;
    page.heading(&format!("{}. {}", incident.number, incident.title));
    let attempts = counted(incident.attempts as u64, labels.attempts);
    let facts = [&incident.symptom, &incident.subject, &incident.when, &attempts];
    page.paragraph(&facts.into_iter().filter(|fact| !fact.is_empty()).cloned().collect::<Vec<_>>().join(" · "));
    page.line("");
    page.line(&format!("  {}", labels.cause));
    page.row("", 0, &incident.cause);
    page.line(&format!("  {}", labels.advice));
    if incident.advice.is_empty() && incident.tried.is_empty() {
        page.entry(labels.no_advice);
    }
    incident.advice.iter().for_each(|advice| page.entry(advice));
    for (heading, entries) in [(labels.tried, &incident.tried), (labels.questions, &incident.questions)] {
        if !entries.is_empty() {
            page.line(&format!("  {heading}"));
            for entry in entries {
                page.entry(entry);
            }
        }
    }
    page.line(&format!("  {}", labels.evidence));
    for line in &incident.evidence {
        let words = if line.words.is_empty() { String::new() } else { format!(": {}", line.words) };
        page.row(&line.when, TIME, &format!("{} {}{words} ({})", line.what, line.outcome, line.place));
    }
    if incident.more_evidence > 0 {
        page.entry(&format!("… +{}", incident.more_evidence));
    }
    if !incident.requests.is_empty() {
        page.line(&format!("  {} ({})", labels.requests, incident.dialect));
        for line in &incident.requests {
            page.row(&line.status, 4, &format!("{} ({})", line.request, line.how));
        }
    }
    if !incident.assumptions.is_empty() {
        page.line(&format!("  {}", labels.assumptions));
        incident.assumptions.iter().for_each(|assumption| page.entry(assumption));
    }
}

impl Lang {
    /// The language.
    pub(super) const fn language(self) -> Language {
        match self {
            Self::En => Language::English,
            Self::Es => Language::Spanish,
        }
    }
}

impl Redaction {
    /// What is replaced.
    pub(super) const fn mode(self) -> Mode {
        match self {
            Self::Consistent => Mode::Consistent,
            Self::Off => Mode::Off,
        }
    }
}

impl DiagnoseArgs {
    fn language(&self) -> Language {
        self.lang.language()
    }

    fn options(&self) -> Options {
        let Self { subject, app, since, until, .. } = self;
        Options { subject: subject.clone(), app: app.clone(), since: *since, until: *until, ..Options::default() }
    }
}

//! `scimulator diagnose`: what customers' logs show, what is likely behind it, what to tell the customer.

use super::arguments::DiagnoseArgs;
use super::error::CliError;
use super::logs::read;
use super::page::Page;
use super::print;
use super::redaction::Redaction;
use crate::context::Context;
use crate::exit::ExitCode;
use crate::http::sanitise;
use crate::logs::report::{IncidentView, View, Why, counted, why};
use crate::logs::ticket::Ticket;

/// Columns of the times of evidence.
const TIME: usize = 23;

/// Runs the subcommand.
pub(super) fn diagnose(context: &Context, args: &DiagnoseArgs) -> Result<ExitCode, CliError> {
    let mut ticket = read(&args.logs, &args.logs.options())?;
    args.logs.redact(context, &mut ticket)?;
    if let Some(number) = args.why {
        return chain(context, args, &ticket, number);
    }
    let view = View::of(&ticket, args.logs.lang.language());
    let has_pseudonyms = args.logs.redaction.redact != Redaction::Off;
    print(&args.report.of(&view, || text(context, &view, has_pseudonyms)))?;
    Ok(if ticket.is_unusable() { ExitCode::Usage } else { ExitCode::Conformant })
}

/// From log line to request, for one incident.
fn chain(context: &Context, args: &DiagnoseArgs, ticket: &Ticket, number: usize) -> Result<ExitCode, CliError> {
    let Some(finding) = number.checked_sub(1).and_then(|at| ticket.findings.get(at)) else {
        let count = ticket.findings.len();
        return Err(CliError::usage(format!("there is no incident {number}")).hint(format!("there are {count}")));
    };
    let mut page = Page::new(context.width);
    page.line(&finding.diagnosis.cause.words(args.logs.lang.language()).title);
    for Why { request, record, sent: [sent, why_sent], got: [got, why_got] } in
        why(&finding.incident, args.logs.lang.language())
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

fn text(context: &Context, view: &View, has_pseudonyms: bool) -> String {
    let mut page = Page::new(context.width);
    if has_pseudonyms && !view.incidents.is_empty() {
        page.line(view.labels.pseudonyms);
    }
    for incident in &view.incidents {
        section(&mut page, incident, view);
    }
    if view.incidents.is_empty() {
        page.line(view.without_incidents());
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
    let attempts = Some(incident.attempts as u64).filter(|attempts| *attempts > 0);
    let attempts = attempts.map(|attempts| counted(attempts, labels.attempts)).unwrap_or_default();
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

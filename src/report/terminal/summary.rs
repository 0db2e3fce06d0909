//! The end: the verdict, counts, what to type next, how to repeat the run.

use std::collections::{BTreeMap, BTreeSet};

use crate::exit::ExitCode;
use crate::finding::{Severity, Verdict};
use crate::report::group::causes;
use crate::report::leftovers::Leftovers;
use crate::report::words::{self, Against};
use crate::run::{RunFooter, RunHeader, ScenarioResult, SnapshotState, Totals};

use super::style::{BAD, CALM, DOUBT, FAINT, GOOD, fit, paint, wrap};
use super::{Page, Verbosity};

/// Reasons of one kind that are listed unless everything is to be told; more are counted.
const REASONS: usize = 12;

/// Characters of a reason that are shown unless everything is to be told: some hold a whole answer of the target.
const REASON: usize = 480;

/// The last part of the report.
pub fn section(
    page: &Page,
    header: &RunHeader,
    results: &[ScenarioResult],
    leftovers: &Leftovers,
    footer: &RunFooter,
) -> String {
    let against = against(results);
    let mut text = vec![could_not_test(page, header, results)];
    if page.verbosity > Verbosity::Quiet {
        text.push(reasons(page, "skipped", results.iter().filter_map(skipped)));
        text.push(reasons(page, "inconclusive (OPEN)", results.iter().filter_map(inconclusive)));
    }
    let style = match footer.exit_code {
        0 => GOOD,
        1 => BAD,
        _ => DOUBT,
    };
    text.push(format!("\n{}\n", paint(style, &page.safe.line(&words::conclusion(footer, &against)))));
    text.push(format!("  {}\n", wrap(&counts(&footer.totals, &against), 2, page.width)));
    let requests = words::amount(footer.totals.requests, "request");
    text.push(format!("  {requests} in {}\n", words::duration(footer.elapsed)));
    let strict = (against.strict > 0).then(|| words::only_strictly(against.strict));
    for note in leftovers.lines(&page.safe).iter().chain(&footer.notes).chain(&strict) {
        text.push(format!("  note   {}\n", wrap(&page.safe.line(note), 9, page.width)));
    }
    if page.verbosity > Verbosity::Quiet {
        text.push(next(page, header, results, leftovers, footer));
    }
    if footer.exit_code != ExitCode::Conformant.code() && !header.repeat.is_empty() {
        text.push(format!("\n{}  {}\n", paint(CALM, "repeat"), page.safe.command(&header.repeat)));
    }
    text.concat()
}

fn against(results: &[ScenarioResult]) -> Against {
    let mut against = Against::default();
    let (mut rules, mut strict, mut warned) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for judged in results.iter().flat_map(|result| &result.findings) {
        against.accepted += usize::from(judged.accepted.is_some());
        strict.extend(judged.strict.then_some(&judged.finding.rule));
        match judged.severity {
            Severity::Warn => {
                warned.insert(&judged.finding.rule);
            }
            Severity::Error => {
                rules.insert(&judged.finding.rule);
                let new = judged.breaks.iter().filter(|idp| !against.breaks.contains(idp)).cloned();
                against.breaks.extend(new.collect::<Vec<_>>());
            }
            Severity::Info | Severity::Off => {}
        }
    }
    against.rules = rules.len();
    against.warned = warned.len();
    against.strict = strict.difference(&rules).count();
    against.causes = causes(results).len();
    against.snapshots = results.iter().filter(|result| result.snapshot == SnapshotState::Different).count();
    against
}

/// Why the target could not be tested: each cause once, with what to do.
fn could_not_test(page: &Page, header: &RunHeader, results: &[ScenarioResult]) -> String {
    let mut causes: BTreeMap<&str, (usize, &'static str)> = BTreeMap::new();
    for result in results {
        if let Verdict::Infrastructure(cause) = &result.verdict {
            causes.entry(cause).or_insert_with(|| (0, words::infrastructure_hint(result, header.has_token))).0 += 1;
        }
    }
    let mut text = Vec::new();
    for (cause, (count, hint)) in causes {
        let cause = wrap(&page.safe.line(cause), 9, page.width);
        text.push(format!("\n{}  {}\n", paint(DOUBT, "DOWN"), words::amount(count, "scenario")));
        text.push(format!("  cause  {cause}\n  hint   {}\n", wrap(hint, 9, page.width)));
    }
    text.concat()
}

/// Each reason once, the most frequent first.
fn reasons<'a>(page: &Page, heading: &str, reasons: impl Iterator<Item = &'a str>) -> String {
    let mut counted: BTreeMap<&str, usize> = BTreeMap::new();
    for reason in reasons {
        *counted.entry(reason).or_default() += 1;
    }
    if counted.is_empty() {
        return String::new();
    }
    let mut sorted: Vec<_> = counted.into_iter().collect();
    sorted.sort_by_key(|(reason, count)| (std::cmp::Reverse(*count), *reason));
    let is_verbose = page.verbosity == Verbosity::Verbose;
    let (shown, room) = if is_verbose { (sorted.len(), usize::MAX) } else { (REASONS, REASON) };
    let more: usize = sorted.iter().skip(shown).map(|(_, count)| count).sum();
    let mut text = vec![format!("\n{}\n", paint(FAINT, heading))];
    for (reason, count) in sorted.iter().take(shown) {
        text.push(format!("  {count:>4}  {}\n", wrap(&fit(&page.safe.line(reason), room), 8, page.width)));
    }
    if more > 0 {
        text.push(format!("  {more:>4}  for other reasons (--verbose lists them)\n"));
    }
    text.concat()
}

fn skipped(result: &ScenarioResult) -> Option<&str> {
    if let Verdict::Skipped(reason) = &result.verdict { Some(reason) } else { None }
}

fn inconclusive(result: &ScenarioResult) -> Option<&str> {
    if let Verdict::Inconclusive(reason) = &result.verdict { Some(reason) } else { None }
}

fn counts(totals: &Totals, against: &Against) -> String {
    let named = [
        (totals.failed, "failed"),
        (totals.inconclusive, "inconclusive"),
        (totals.infrastructure, "could not be tested"),
        (totals.skipped, "skipped"),
        (totals.pending, "awaiting approval"),
    ];
    let mut parts = vec![format!("{} passed", totals.passed)];
    parts.extend(named.into_iter().filter(|(count, _)| *count > 0).map(|(count, name)| format!("{count} {name}")));
    let in_passing = words::amount(totals.in_passing, "rule");
    parts.extend((totals.in_passing > 0).then(|| format!("{in_passing} broken in passing")));
    parts.extend((against.warned > 0).then(|| format!("{} with warnings", words::amount(against.warned, "rule"))));
    parts.extend((against.accepted > 0).then(|| words::amount(against.accepted, "accepted finding")));
    parts.join(", ")
}

/// How to see the requests of a scenario that only differs.
fn show(results: &[ScenarioResult]) -> Option<(String, &'static str)> {
    let differs = results.iter().find(|result| result.snapshot == SnapshotState::Different)?;
    let command = format!("scimulator show {} --idp {}", differs.scenario, differs.dialect);
    Some((command, "the requests, and what must come back"))
}

/// At most three commands that make sense now, each with what it does.
fn next(
    page: &Page,
    header: &RunHeader,
    results: &[ScenarioResult],
    leftovers: &Leftovers,
    footer: &RunFooter,
) -> String {
    let totals = &footer.totals;
    let causes = causes(results);
    let mut commands: Vec<(String, &str)> = Vec::new();
    if let Some(command) = causes.first().and_then(|first| words::more(first.judged)) {
        commands.push((command, "what must hold, why, and who breaks"));
    }
    if leftovers.can_be_cleaned() {
        commands.push(("scimulator clean".to_owned(), "remove what this run left behind"));
    }
    // At a target a difference is one from the reference answers, unless it has a baseline of its own.
    let differs = results.iter().any(|result| result.snapshot == SnapshotState::Different);
    if totals.pending > 0 || (differs && header.target.is_none()) {
        commands.push(("scimulator review".to_owned(), "look at the changed snapshots"));
    }
    match &header.target {
        Some(target) if totals.infrastructure > 0 => {
            let command =
                format!("curl -sS -i '{target}/Users?count=1' -H \"Authorization: Bearer $SCIMULATOR_TOKEN\"");
            commands.push((command, "see what stands in the way"));
        }
        Some(_) => commands.extend(show(results)),
        None => commands.push(("scimulator run --target URL".to_owned(), "test your own endpoint")),
    }
    if header.target.is_none() && causes.is_empty() {
        commands.push(("scimulator run --fault patch/atomic".to_owned(), "see what a failure looks like"));
        commands.push(("scimulator serve".to_owned(), "the reference server, to try things on"));
    }
    commands.truncate(3);
    if commands.is_empty() {
        return String::new();
    }
    let widest = commands.iter().map(|(command, _)| command.chars().count()).max().unwrap_or_default();
    let mut text = vec![format!("\n{}\n", paint(FAINT, "next"))];
    for (command, what) in commands {
        let command = page.safe.command(&command);
        // A long URL leaves no room, and the command matters more than the words.
        let fits = 2 + widest + 3 + what.len() <= page.width;
        text.push(if fits { format!("  {command:<widest$}   {what}\n") } else { format!("  {command}\n") });
    }
    text.concat()
}

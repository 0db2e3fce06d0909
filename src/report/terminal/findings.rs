//! Findings in full, each once, with everything needed to repeat and understand it.

use crate::finding::Severity;
use crate::report::group::{Group, causes, group};
use crate::report::words;
use crate::run::ScenarioResult;

use super::style::{CALM, FAINT, STRONG, fit, of_severity, paint, wrap};
use super::words_diff::words_diff;
use super::{Page, Verbosity};

/// Other places named with a finding; more are counted.
const PLACES: usize = 6;

/// Columns of the labels below a finding.
const LABEL: usize = 6;

/// The most bytes of a value that is shown.
const VALUE: usize = 400;

/// All findings: errors last, nearest to the verdict, unless there are none.
pub fn sections(page: &Page, results: &[ScenarioResult]) -> String {
    let mut shown = vec![Severity::Warn, Severity::Error];
    match page.verbosity {
        Verbosity::Quiet => shown.retain(|severity| *severity == Severity::Error),
        Verbosity::Normal => {}
        Verbosity::Verbose => shown.insert(0, Severity::Info),
    }
    let groups = |severity| match severity {
        Severity::Error => causes(results),
        _ => group(results, |judged| judged.severity == severity),
    };
    let blocks = shown.into_iter().flat_map(groups).map(|group| block(page, &group));
    blocks.collect()
}

/// One finding: what, where, the facts, why, how to repeat.
fn block(page: &Page, group: &Group) -> String {
    let judged = group.judged;
    let mut text = vec!["\n".to_owned(), heading(page, group)];
    let place = fit(&page.safe.line(&words::place(group.result, judged)), page.width.saturating_sub(2));
    text.push(format!("  {}\n", paint(FAINT, &place)));
    text.push(facts(page, group));
    if !judged.why.is_empty() {
        text.push(labelled(page, "why", &judged.why));
    }
    if let Some(sees) = words::admin_sees(group.result, judged) {
        text.push(labelled(page, "admin", &format!("sees {sees}")));
    }
    if let Some(curl) = &judged.curl {
        text.push(format!("  {} {}\n", paint(CALM, &format!("{:<LABEL$}", "retry")), page.safe.command(curl)));
    }
    if !group.also.is_empty() {
        text.push(other_places(page, group));
    }
    if !group.follow.is_empty() {
        text.push(labelled(page, "with", &words::follow(&group.follow)));
    }
    text.extend(words::more(judged).map(|command| labelled(page, "more", &command)));
    text.concat()
}

fn heading(page: &Page, group: &Group) -> String {
    let judged = group.judged;
    let word = match judged.severity {
        Severity::Error => "FAIL",
        Severity::Warn => "WARN",
        Severity::Info | Severity::Off => "NOTE",
    };
    let (rule, title) = (page.safe.line(&judged.finding.rule), page.safe.line(&judged.title));
    let breaks = if group.breaks.is_empty() { String::new() } else { format!("breaks {}", group.breaks.join(", ")) };
    let left = format!("{word}  {rule}   {title}");
    let gap = page.width.saturating_sub(left.chars().count() + breaks.chars().count());
    let word = paint(of_severity(judged.severity), word);
    let rule = paint(STRONG, &rule);
    let title = wrap(&title, 2, page.width);
    if breaks.is_empty() {
        return format!("{word}  {rule}   {title}\n");
    }
    if gap >= 2 {
        return format!("{word}  {rule}   {title}{:gap$}{breaks}\n", "");
    }
    format!("{word}  {rule}   {breaks}\n  {title}\n")
}

/// Subject, expected and actual: side by side when that fits, else below each other, with the words that differ.
fn facts(page: &Page, group: &Group) -> String {
    let finding = &group.judged.finding;
    let subject = page.safe.line(&finding.subject);
    let expected = page.safe.line_within(&words::expected(finding), VALUE);
    let actual = page.safe.line_within(&finding.actual, VALUE);
    let times = if finding.count > 1 { format!("   ({} times)", finding.count) } else { String::new() };
    let values: Vec<(&str, &String)> =
        [("expected", &expected), ("got", &actual)].into_iter().filter(|(_, value)| !value.is_empty()).collect();
    let line = values.iter().fold(format!("  {subject}"), |line, (label, value)| format!("{line}   {label} {value}"));
    if (line.chars().count() + times.chars().count()) <= page.width {
        return format!("{line}{times}\n");
    }
    let mut text = vec![format!("  {subject}{times}\n")];
    for (label, value) in values {
        text.push(format!("    {label:<8} {value}\n"));
    }
    if let Some(diff) = words_diff(&expected, &actual) {
        text.push(format!("    {:<8} {diff}\n", "change"));
    }
    text.concat()
}

fn labelled(page: &Page, label: &str, value: &str) -> String {
    let indent = 2 + LABEL + 1;
    let value = wrap(&page.safe.line(value), indent, page.width);
    format!("  {} {value}\n", paint(CALM, &format!("{label:<LABEL$}")))
}

/// Other places and values, a line each; the same place and value twice is one line.
fn other_places(page: &Page, group: &Group) -> String {
    let mut lines: Vec<String> = Vec::new();
    for (result, judged) in &group.also {
        let finding = &judged.finding;
        let got = if finding.actual.is_empty() { String::new() } else { format!(" got {}", finding.actual) };
        let line = format!("{}:{} ({})  {}{got}", result.scenario, judged.line, result.dialect, finding.subject);
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    let more = lines.len().saturating_sub(PLACES);
    lines.truncate(PLACES);
    lines.extend((more > 0).then(|| format!("and {}", words::amount(more, "more place"))));
    let width = page.width.saturating_sub(2 + LABEL + 1);
    let labels = std::iter::once("also").chain(std::iter::repeat(""));
    let lines = labels.zip(&lines).map(|(label, line)| {
        format!("  {} {}\n", paint(CALM, &format!("{label:<LABEL$}")), fit(&page.safe.line(line), width))
    });
    lines.collect()
}

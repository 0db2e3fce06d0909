//! Differences from approved transcripts, and those that RFC and IdP leave open.

use crate::report::words;
use crate::run::{ScenarioResult, SnapshotDifference, SnapshotState};

use super::style::{BAD, FAINT, STRONG, paint};
use super::words_diff::words_diff;
use super::{Page, Verbosity};

/// Differences shown of one scenario; more are counted.
const SHOWN: usize = 12;

/// The most bytes of a value that is shown.
const VALUE: usize = 300;

/// All scenarios whose snapshot differs.
pub fn section(page: &Page, results: &[ScenarioResult]) -> String {
    let mut text: Vec<String> = results.iter().map(|result| one_scenario(page, result)).collect();
    text.push(allowed(page, results));
    text.concat()
}

fn one_scenario(page: &Page, result: &ScenarioResult) -> String {
    if result.snapshot != SnapshotState::Different {
        return String::new();
    }
    let (word, name) = (paint(BAD, "DIFF"), paint(STRONG, &page.safe.line(&result.scenario)));
    let mut text = vec![format!("\n{word}  {name} ({}) differs from its approved snapshot\n", result.dialect)];
    let counted: Vec<_> = result.differences.iter().filter(|difference| !difference.allowed).collect();
    for difference in counted.iter().take(SHOWN) {
        text.push(one_difference(page, difference));
    }
    if counted.len() > SHOWN {
        text.push(format!("  … and {} more\n", counted.len() - SHOWN));
    }
    text.concat()
}

fn one_difference(page: &Page, difference: &SnapshotDifference) -> String {
    let line = page.safe.line(&words::difference_line(difference));
    if line.chars().count() + 2 <= page.width {
        return format!("  {line}\n");
    }
    let value = |value: &Option<String>| page.safe.line_within(value.as_deref().unwrap_or("nothing"), VALUE);
    let (expected, actual) = (value(&difference.expected), value(&difference.actual));
    let place = page.safe.line(&format!("{} {}", difference.request, difference.path));
    let mut text = vec![format!("  {place}\n    expected {expected}\n    got      {actual}\n")];
    if let Some(diff) = words_diff(&expected, &actual) {
        text.push(format!("    change   {diff}\n"));
    }
    text.concat()
}

/// Freedoms that were used: counted, and listed when everything is to be told.
fn allowed(page: &Page, results: &[ScenarioResult]) -> String {
    let all: Vec<_> = results.iter().flat_map(|result| &result.differences).filter(|one| one.allowed).collect();
    if all.is_empty() || page.verbosity == Verbosity::Quiet {
        return String::new();
    }
    let count = words::amount(all.len(), "difference");
    if page.verbosity == Verbosity::Normal {
        let line = format!("{count} that RFC and IdPs allow (--verbose shows them)");
        return format!("\n{}\n", paint(FAINT, &line));
    }
    let mut text = vec![format!("\n{count} that RFC and IdPs allow\n")];
    for difference in all {
        text.push(one_difference(page, difference));
    }
    text.concat()
}

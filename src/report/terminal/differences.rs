//! Differences from approved transcripts, and those that RFC and IdP leave open.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::report::words;
use crate::run::{RunHeader, ScenarioResult, SnapshotDifference, SnapshotState};

use super::style::{BAD, FAINT, STRONG, paint, wrap};
use super::words_diff::words_diff;
use super::{Page, Verbosity};

/// Differences shown of one scenario; more are counted.
const SHOWN: usize = 12;

/// The most bytes of a value that is shown.
const VALUE: usize = 300;

/// Scenarios that are named where several differ alike; more are counted.
const NAMED: usize = 3;

/// What differs, by scenario; what differs in the same way in several is told once.
pub fn section(page: &Page, header: &RunHeader, results: &[ScenarioResult]) -> String {
    let baseline = words::baseline(header.baseline);
    let mut text: Vec<String> = alike(results).iter().map(|group| one_group(page, baseline, group)).collect();
    text.push(allowed(page, results));
    text.concat()
}

/// Scenarios that differ in the same way, and how: by the line of each difference, however often it is met.
struct Alike<'r> {
    names: Vec<String>,
    differences: BTreeMap<String, &'r SnapshotDifference>,
}

fn alike(results: &[ScenarioResult]) -> Vec<Alike<'_>> {
    let mut groups: Vec<Alike<'_>> = Vec::new();
    for result in results.iter().filter(|result| result.snapshot == SnapshotState::Different) {
        let name = format!("{} ({})", result.scenario, result.dialect);
        let counted = result.differences.iter().filter(|difference| !difference.allowed);
        let differences: BTreeMap<_, _> =
            counted.map(|difference| (words::difference_line(difference), difference)).collect();
        match groups.iter_mut().find(|group| group.differences.keys().eq(differences.keys())) {
            Some(group) => group.names.push(name),
            None => groups.push(Alike { names: vec![name], differences }),
        }
    }
    groups
}

fn one_group(page: &Page, baseline: &str, group: &Alike<'_>) -> String {
    let word = paint(BAD, "DIFF");
    let mut text = match group.names.as_slice() {
        [only] => {
            vec![format!("\n{word}  {} differs from {baseline}\n", paint(STRONG, &page.safe.line(only)))]
        }
        names => {
            let count = paint(STRONG, &words::amount(names.len(), "scenario"));
            vec![format!("\n{word}  {count} differ from {baseline} in the same way\n")]
        }
    };
    // In the order in which they were met.
    let mut met: Vec<&SnapshotDifference> = group.differences.values().copied().collect();
    met.sort_by_key(|difference| difference.exchange);
    text.extend(met.iter().take(SHOWN).map(|difference| one_difference(page, difference)));
    if met.len() > SHOWN {
        text.push(format!("  … and {} more\n", met.len() - SHOWN));
    }
    if group.names.len() > 1 {
        let mut named = group.names.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
        if group.names.len() > NAMED {
            let _ = write!(named, ", … and {} more", group.names.len() - NAMED);
        }
        text.push(format!("  in     {}\n", wrap(&page.safe.line(&named), 9, page.width)));
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

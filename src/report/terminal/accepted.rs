//! Deviations that the user accepts: each rule once with its reason, so that none is forgotten.

use crate::report::words;
use crate::run::{Accepted, ScenarioResult};

use super::style::{FAINT, paint, wrap};
use super::{Page, Verbosity};

/// Columns before the reason.
const INDENT: usize = 8;

/// Accepted findings by rule and reason, in order of appearance; of each what was seen first.
pub fn section(page: &Page, results: &[ScenarioResult]) -> String {
    let mut rules: Vec<(&str, &Accepted, String, usize)> = Vec::new();
    for judged in results.iter().flat_map(|result| &result.findings) {
        let (Some(accepted), rule) = (&judged.accepted, judged.finding.rule.as_str()) else { continue };
        match rules.iter_mut().find(|(known, by, ..)| *known == rule && *by == accepted) {
            Some((.., count)) => *count += 1,
            None => rules.push((rule, accepted, words::finding_line(&judged.finding), 1)),
        }
    }
    if rules.is_empty() || page.verbosity == Verbosity::Quiet {
        return String::new();
    }
    let mut text = vec![format!("\n{}\n", paint(FAINT, "accepted"))];
    for (rule, accepted, seen, count) in rules {
        let line = |text: &str| wrap(&page.safe.line(text), INDENT, page.width);
        text.push(format!("  {count:>4}  {}\n", page.safe.line(rule)));
        text.push(format!("{:INDENT$}{}\n", "", line(&words::accepted(accepted))));
        text.push(format!("{:INDENT$}{}\n", "", line(&seen)));
    }
    text.concat()
}

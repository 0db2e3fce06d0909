//! Counts of a run, and the exit code they amount to.

use std::collections::BTreeSet;
use std::time::Duration;

use super::event::{RunFooter, ScenarioResult, SnapshotState, Totals};
use crate::exit::ExitCode;
use crate::finding::Verdict;

/// Counts results and decides the exit code.
#[derive(Debug, Default)]
pub(super) struct Tally {
    totals: Totals,
    in_passing: BTreeSet<String>,
    notes: Vec<String>,
}

impl Tally {
    pub(super) fn add(&mut self, result: &ScenarioResult) {
        let totals = &mut self.totals;
        match result.verdict {
            Verdict::Pass => totals.passed += 1,
            Verdict::Fail => totals.failed += 1,
            Verdict::Skipped(_) => totals.skipped += 1,
            Verdict::Inconclusive(_) => totals.inconclusive += 1,
            Verdict::Infrastructure(_) => totals.infrastructure += 1,
        }
        totals.pending += usize::from(result.snapshot == SnapshotState::New);
        let in_passing = result.findings.iter().filter(|judged| judged.is_broken_in_passing());
        self.in_passing.extend(in_passing.map(|judged| judged.finding.rule.clone()));
    }

    /// Something to tell that belongs to no scenario.
    pub(super) fn note(&mut self, note: String) {
        self.notes.push(note);
    }

    pub(super) fn footer(mut self, elapsed: Duration, interrupted: bool, requests: usize) -> RunFooter {
        self.totals.requests = requests;
        self.totals.in_passing = self.in_passing.len();
        let totals = self.totals;
        if totals.skipped > 0 && totals.passed + totals.failed + totals.inconclusive + totals.infrastructure == 0 {
            self.note("every selected scenario was skipped, so nothing has been tested".to_owned());
        }
        let exit_code = exit_code(&totals, interrupted).code();
        RunFooter { totals, elapsed, interrupted, exit_code, notes: self.notes }
    }
}

/// Several may apply; [`ExitCode::worst`] knows which one is told.
fn exit_code(totals: &Totals, interrupted: bool) -> ExitCode {
    let judged = totals.passed + totals.failed;
    let untested = totals.infrastructure > 0 || (judged == 0 && totals.inconclusive > 0);
    let applies = [
        (interrupted, ExitCode::Interrupted),
        (totals.failed + totals.in_passing > 0, ExitCode::Findings),
        (untested, ExitCode::CouldNotTest),
        (totals.pending > 0, ExitCode::SnapshotsPending),
    ];
    ExitCode::worst(applies.into_iter().filter(|(applies, _)| *applies).map(|(_, code)| code))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(totals: &Totals) -> u8 {
        exit_code(totals, false).code()
    }

    #[test]
    fn the_worst_that_happened_decides() {
        let passed = Totals { passed: 5, ..Totals::default() };
        assert_eq!(code(&passed), 0);
        assert_eq!(code(&Totals { pending: 1, ..passed }), 5);
        assert_eq!(code(&Totals { infrastructure: 1, pending: 1, ..passed }), 3);
        assert_eq!(code(&Totals { failed: 1, infrastructure: 1, ..passed }), 1);
        assert_eq!(code(&Totals { in_passing: 1, ..passed }), 1);
        assert_eq!(exit_code(&Totals { failed: 1, ..passed }, true).code(), 130);
    }

    #[test]
    fn one_that_is_inconclusive_is_no_failure_but_all_are_no_test() {
        assert_eq!(code(&Totals { passed: 5, inconclusive: 1, ..Totals::default() }), 0);
        assert_eq!(code(&Totals { inconclusive: 1, ..Totals::default() }), 3);
    }

    #[test]
    fn a_run_that_skipped_everything_says_so() {
        let footer = Tally { totals: Totals { skipped: 2, ..Totals::default() }, ..Tally::default() }.footer(
            Duration::ZERO,
            false,
            0,
        );
        assert!(footer.notes[0].contains("nothing has been tested"), "{:?}", footer.notes);
    }
}

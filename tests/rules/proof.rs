//! Every rule passes on the clean server and is tripped by its own fault.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use scimulator::faults;
use scimulator::finding::Verdict;
use scimulator::rules::passive;

use crate::bench::{Play, active_rules, active_rules_with_load, assert_silent, broken, findings, scenarios};

#[test]
fn every_active_rule_passes_on_the_clean_server() {
    let results = Play::default().run(&active_rules_with_load());
    assert_silent(&results, "the clean server");
    let skipped: Vec<&str> = results
        .iter()
        .filter(|result| matches!(result.verdict, Verdict::Skipped(_)))
        .map(|result| result.scenario.as_str())
        .collect();
    assert!(skipped.is_empty(), "on the clean server every gate is open: {skipped:?}");
}

#[test]
fn no_rule_is_broken_by_a_scenario_on_the_clean_server() {
    assert_silent(&Play::default().run(scenarios()), "the clean server");
}

/// Fault × rule: what each fault trips, its own rule first. Reviewed in pull requests.
#[test]
fn every_fault_trips_its_rule() {
    let passive: BTreeSet<&str> = passive().collect();
    let (mut matrix, mut untripped) = (String::new(), Vec::new());
    for fault in faults::names() {
        let play = Play::with_fault(fault);
        let needs_load = *fault == "rate/throughput";
        let mut results = if needs_load { play.run(&active_rules_with_load()) } else { play.run(active_rules()) };
        // Some passive rules look at what only an IdP sends.
        let needs_scenarios = passive.contains(fault) && !broken(&results).contains(fault);
        if needs_scenarios {
            results.extend(play.run(scenarios()));
        }
        let tripped = broken(&results);
        if !tripped.contains(fault) {
            untripped.push(*fault);
        }
        let others: Vec<&str> = tripped.iter().copied().filter(|rule| rule != fault).collect();
        let own = if tripped.contains(fault) { "yes" } else { "NO" };
        let by = if needs_scenarios { ", by a scenario" } else { "" };
        let _ = writeln!(matrix, "{fault}: {own}{by}");
        for rule in others {
            let _ = writeln!(matrix, "  {rule}");
        }
        for judged in findings(&results).filter(|judged| judged.finding.rule == *fault) {
            assert!(!judged.finding.actual.is_empty(), "{fault} is found without the offending value");
        }
    }
    let settings = {
        let mut settings = insta::Settings::new();
        settings.set_snapshot_path("../../snapshots/tests");
        settings.set_prepend_module_to_snapshot(false);
        settings
    };
    assert!(untripped.is_empty(), "faults that their own rule does not find: {untripped:?}");
    settings.bind(|| insta::assert_snapshot!("rules-matrix", matrix));
}

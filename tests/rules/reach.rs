//! Every step of a rule is played somewhere: a condition that never holds would be a check that cannot fail.

use std::collections::{BTreeMap, BTreeSet};

use scimulator::http::MarkKind;
use scimulator::run::Job;
use serde_json::{Value, json};

use crate::bench::{Play, active_rules_with_load};

/// How many steps of a rule neither our servers nor the rule's own fault give a reason to play, and why.
const UNPLAYED: &[(&str, usize, &str)] = &[
    ("async/accepted", 1, "its configuration offers asynchronous requests, and none is sent where it says `none`"),
    ("auth/no-existence-oracle", 1, "a refusal is 401 on ours"),
    ("bulk/applied", 1, "the operations of ours answer 200"),
    ("create/long-values", 3, "ours stores long values"),
    ("filter/groups", 1, "the schemas of ours can be read"),
    ("rt/extension-required", 1, "ours has one extension"),
    ("rt/get-one", 1, "the resource types of ours have ids"),
    ("tenancy/unique", 1, "the schemas of ours can be read"),
    ("user/groups-reflect", 1, "the schemas of ours can be read"),
];

/// Steps that were not played, by rule.
type Unplayed<'a> = BTreeMap<&'a str, BTreeSet<usize>>;

#[test]
fn every_step_of_a_rule_is_played_somewhere() {
    let jobs = active_rules_with_load();
    let mut unplayed: Unplayed<'_> =
        jobs.iter().map(|job| (job.scenario.id.as_str(), (0..job.scenario.steps.len()).collect())).collect();
    for server in servers() {
        strike_out(&mut unplayed, &Play::with_server(&server), &jobs);
    }
    for job in &jobs {
        let fault = scimulator::faults::names().iter().find(|fault| **fault == job.scenario.id);
        if let (Some(fault), Some(_)) = (fault, unplayed.get(job.scenario.id.as_str())) {
            strike_out(&mut unplayed, &Play::with_fault(fault), std::slice::from_ref(job));
        }
    }
    let left: Vec<(&str, usize)> = unplayed.iter().map(|(rule, steps)| (*rule, steps.len())).collect();
    let known: Vec<(&str, usize)> = UNPLAYED.iter().map(|(rule, steps, _)| (*rule, *steps)).collect();
    assert_eq!(left, known, "positions from 0: {unplayed:?}");
}

/// Correct servers that differ in what the conditions of steps ask for.
fn servers() -> [Value; 7] {
    [
        json!({}),
        json!({ "patch-users": 204, "patch-groups": 200 }),
        json!({ "cursors": "default" }),
        json!({ "patch": false }),
        json!({ "bulk": false }),
        json!({ "filter": false }),
        json!({ "unique-group-names": false }),
    ]
}

fn strike_out(unplayed: &mut Unplayed<'_>, play: &Play, jobs: &[Job]) {
    for result in play.run(jobs) {
        let Some(steps) = unplayed.get_mut(result.scenario.as_str()) else { continue };
        for mark in &result.transcript.marks {
            if let MarkKind::Step(index, _) = mark.kind {
                steps.remove(&index);
            }
        }
        if steps.is_empty() {
            unplayed.remove(result.scenario.as_str());
        }
    }
}

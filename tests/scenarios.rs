//! Every shipped scenario passes on the embedded server under every dialect, as approved; and each one can fail.

#![allow(clippy::unwrap_used, reason = "helpers of tests stand outside of test functions")]

mod support;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use scimulator::finding::{Severity, Source, Verdict};
use scimulator::idp::{Dialect, Event};
use scimulator::rules::{Profile, RuleMeta};
use scimulator::run::{ScenarioResult, SnapshotState};
use scimulator::scenario::{Catalogue, Scenario, Step, Verb};
use serde_json::json;
use support::run::{Play, play};

/// The dialects whose transcripts are approved; the other providers share the flow of `generic`.
const APPROVED: [&str; 5] = ["okta", "okta-aiw", "entra", "entra-scim2020", "generic"];

fn everything_as(dialects: &[&str]) -> Vec<ScenarioResult> {
    let dialects = dialects.iter().map(|id| (*id).to_owned()).collect();
    play(Play { select: vec!["*".to_owned()], dialects, ..Play::default() })
}

/// One line for each that did not pass, with the first reason.
fn not_passed(results: &[ScenarioResult]) -> Vec<String> {
    let failed = results.iter().filter(|result| result.verdict != Verdict::Pass);
    failed
        .map(|result| {
            let finding = result.findings.first().map(|judged| &judged.finding);
            let reason = finding.map(|finding| {
                format!("{} {}: {:?}, got {}", finding.rule, finding.subject, finding.expected, finding.actual)
            });
            let difference = result.differences.iter().find(|difference| !difference.allowed);
            let difference = difference.map(|difference| format!("{} {}", difference.request, difference.path));
            format!("{}@{} {:?} {reason:?} {difference:?}", result.scenario, result.dialect, result.verdict)
        })
        .collect()
}

#[test]
fn every_scenario_passes_as_approved() {
    let results = everything_as(&APPROVED);
    assert_eq!(not_passed(&results), Vec::<String>::new());
    let unapproved: Vec<String> = results
        .iter()
        .filter(|result| result.snapshot != SnapshotState::Same)
        .map(|result| format!("{}@{} {:?}", result.scenario, result.dialect, result.snapshot))
        .collect();
    assert_eq!(unapproved, Vec::<String>::new());
    let approved: BTreeSet<String> = results.iter().map(|result| name(&result.scenario, &result.dialect)).collect();
    assert_eq!(files(&snapshots()), approved, "a snapshot without its scenario, or one that awaits approval");
}

#[test]
fn every_scenario_passes_as_any_other_provider() {
    let others: Vec<&str> = Dialect::ids().filter(|id| !APPROVED.contains(id)).collect();
    assert!(!others.is_empty());
    assert_eq!(not_passed(&everything_as(&others)), Vec::<String>::new());
}

fn snapshots() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("snapshots/runs")
}

fn name(scenario: &str, dialect: &str) -> String {
    format!("{scenario}@{dialect}.snap")
}

/// Files below the folders of the personas, relative to those.
fn files(folder: &Path) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for persona in std::fs::read_dir(folder).unwrap() {
        let persona = persona.unwrap().path();
        let mut folders = vec![persona.clone()];
        while let Some(next) = folders.pop() {
            for entry in std::fs::read_dir(next).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    found.insert(path.strip_prefix(&persona).unwrap().to_string_lossy().replace('\\', "/"));
                }
            }
        }
    }
    found
}

#[test]
fn every_scenario_says_what_it_is_about() {
    for listed in Catalogue::built_in().all().filter(|listed| !listed.is_rule) {
        let scenario = listed.parse().unwrap();
        assert!(scenario.summary.is_some_and(|summary| summary.len() > 80), "{}: a summary", listed.id);
        assert!(!scenario.tags.is_empty(), "{}: tags", listed.id);
    }
}

/// A failure under a rule that does not count for the IdP would pass unseen.
#[test]
fn every_step_names_a_rule_that_counts_for_its_idp() {
    let catalogue = Catalogue::built_in();
    let mut weak = Vec::new();
    for listed in catalogue.all().filter(|listed| !listed.is_rule) {
        let scenario = listed.parse().unwrap();
        for (dialect, profile) in [("okta", Profile::Okta), ("okta-aiw", Profile::Okta), ("entra", Profile::Entra)] {
            let family = Dialect::parent(dialect);
            let is_played = |step: &&Step| {
                scenario.suits(dialect, family)
                    && scimulator::scenario::names_dialect(step.only.as_deref(), dialect, family)
            };
            for step in scenario.steps.iter().filter(is_played) {
                let Some(rule) = step.rule_for(dialect, family).and_then(|rule| catalogue.get(rule)) else { continue };
                let severity = RuleMeta::read(&rule.file, rule.text()).unwrap().severity_for(profile);
                let least = if step.outcome.is_empty() { Severity::Warn } else { Severity::Error };
                if severity < least {
                    weak.push(format!("{}:{} {} under {dialect}: {severity:?}", listed.file, step.line, rule.id));
                }
            }
        }
    }
    assert_eq!(weak, Vec::<String>::new());
}

/// What makes a scenario fail.
enum Breaker {
    /// A defect of the server.
    Fault(&'static str),
    /// Something else than the file says, where no defect reaches what the scenario asks.
    Changed(fn(&mut Scenario)),
}

use Breaker::{Changed, Fault};

const BREAKERS: &[(&str, &str, Breaker)] = &[
    ("capacity/create", "okta", Fault("life/over-capacity-create")),
    ("capacity/last-seat", "plain", Changed(two_seats_are_free)),
    ("capacity/pending-reserves", "okta", Fault("life/over-capacity-create")),
    ("capacity/reactivate", "entra", Fault("life/over-capacity-reactivate")),
    ("capacity/seat-freed", "okta", Fault("life/over-capacity-create")),
    ("capacity/seats-added", "entra", Fault("life/over-capacity-create")),
    ("conflict/active", "entra", Fault("create/duplicate-409")),
    ("conflict/change-to-taken", "entra", Fault("patch/conflict")),
    ("conflict/deactivated", "entra", Fault("life/conflict-inactive")),
    ("conflict/deactivated-linked", "okta", Fault("life/reassign-same-account")),
    ("conflict/other-case", "okta", Fault("filter/case-insensitive-value")),
    ("conflict/other-case-create", "entra", Fault("create/duplicate-case")),
    ("conflict/other-organisation", "okta", Fault("error/detail-present")),
    ("conflict/pending", "okta", Fault("put/roundtrip")),
    ("conflict/stale-lookup", "okta", Fault("life/conflict-inactive")),
    ("conflict/unassign-reassign", "okta", Fault("put/roundtrip")),
    ("lifecycle/clear-attribute", "okta", Fault("okta/empty-strings")),
    ("lifecycle/create", "okta", Fault("create/body")),
    ("lifecycle/create-full", "entra", Fault("create/fidelity")),
    ("lifecycle/deactivate", "entra", Fault("entra/boolean-strings")),
    ("lifecycle/delete-then-create", "entra", Fault("delete/recreate")),
    ("lifecycle/first-email", "entra", Fault("entra/add-creates-element")),
    ("lifecycle/hard-delete", "entra", Fault("life/retry-safe")),
    ("lifecycle/hard-delete-off", "entra", Fault("get/inactive-visible")),
    ("lifecycle/invitation", "okta", Fault("create/body")),
    ("lifecycle/link", "okta", Fault("put/roundtrip")),
    ("lifecycle/manager", "entra", Fault("entra/manager-forms")),
    ("lifecycle/manager-object", "entra", Fault("patch/add-extension")),
    ("lifecycle/names", "entra", Fault("http/query-encoding")),
    ("lifecycle/reactivate", "okta", Fault("life/reassign-same-account")),
    ("lifecycle/reassign", "okta", Fault("life/reassign-same-account")),
    ("lifecycle/removal-in-app", "okta", Changed(the_app_lets_members_go)),
    ("lifecycle/soft-delete-restore", "entra", Fault("entra/boolean-strings")),
    ("lifecycle/solo-account", "entra", Fault("delete/then-404")),
    ("lifecycle/suspend", "okta", Fault("user/active")),
    ("lifecycle/update-attributes", "okta", Fault("put/extension")),
    ("lifecycle/update-email", "okta", Fault("life/email-change")),
    ("lifecycle/update-email-pending", "entra", Changed(addresses_change_at_once)),
    ("lifecycle/update-name", "entra", Fault("patch/applied")),
    ("membership/add", "okta", Fault("patch/add-multi")),
    ("membership/create", "entra", Fault("patch/add-multi")),
    ("membership/delete", "okta", Fault("delete/group-keeps-users")),
    ("membership/empty", "okta", Fault("group/create")),
    ("membership/full-push", "okta", Fault("patch/replace-multi")),
    ("membership/group-attribute", "okta", Fault("life/custom-extension")),
    ("membership/group-mapping", "entra", Fault("life/custom-extension")),
    ("membership/leaver", "entra", Fault("entra/remove-members-value")),
    ("membership/link", "entra", Fault("filter/groups")),
    ("membership/mixed", "entra", Fault("entra/remove-members-value")),
    ("membership/odd-name", "entra", Fault("filter/groups")),
    ("membership/remove", "entra", Fault("entra/remove-members-value")),
    ("membership/rename", "okta", Fault("group/rename-keeps-members")),
    ("membership/unassigned-member", "okta", Fault("group/create")),
    ("membership/unlink", "okta", Changed(the_group_is_deleted)),
    ("sync/cycle-nothing", "entra", Changed(requests_are_limited)),
    ("sync/gateway-page", "okta", Fault("create/body")),
    ("sync/import", "okta", Fault("page/walk")),
    ("sync/list-not-found", "okta", Fault("create/body")),
    ("sync/no-answer", "entra", Fault("create/body")),
    ("sync/on-demand", "entra", Fault("create/body")),
    ("sync/on-demand-legacy", "entra-scim2020", Fault("patch/op-case")),
    ("sync/restart", "entra", Fault("create/fidelity")),
    ("sync/restart-full", "entra", Fault("life/reassign-same-account")),
    ("sync/server-error", "okta", Fault("create/body")),
    ("sync/test-connection", "entra", Fault("entra/test-connection")),
    ("sync/throttled-date", "okta", Fault("create/body")),
    ("sync/throttled-seconds", "entra", Fault("create/body")),
    ("sync/throttled-without-time", "okta", Fault("create/body")),
    ("sync/vanished-account", "okta", Changed(nobody_deletes_it)),
    ("token/expired", "okta", Fault("error/detail-present")),
    ("token/reconfigured", "okta", Fault("put/roundtrip")),
    ("token/revoked", "entra", Fault("error/detail-present")),
];

fn two_seats_are_free(scenario: &mut Scenario) {
    let fill = |verb: &mut Verb| {
        if let Verb::FillSeats(free) = verb {
            *free = 2;
        }
    };
    scenario.steps.iter_mut().for_each(|step| fill(&mut step.verb));
}

fn the_app_lets_members_go(scenario: &mut Scenario) {
    scenario.given.server.insert("provisioned-only".to_owned(), json!(false));
}

fn addresses_change_at_once(scenario: &mut Scenario) {
    scenario.given.server.insert("verify-email".to_owned(), json!(false));
}

fn requests_are_limited(scenario: &mut Scenario) {
    scenario.given.server.insert("rate-limit".to_owned(), json!({ "requests": 5, "seconds": 86400 }));
}

fn nobody_deletes_it(scenario: &mut Scenario) {
    scenario.steps.retain(|step| !matches!(&step.verb, Verb::Delete(_) | Verb::Get(_)));
}

fn the_group_is_deleted(scenario: &mut Scenario) {
    let delete = |verb: &mut Verb| {
        if let Verb::Event(event @ Event::UnlinkGroup(_)) = verb {
            *event = Event::DeleteGroup("sales".to_owned());
        }
    };
    scenario.steps.iter_mut().for_each(|step| delete(&mut step.verb));
}

#[test]
fn every_scenario_can_fail_by_what_its_own_steps_ask() {
    let catalogue = Catalogue::built_in();
    let scenarios = catalogue.all().filter(|listed| !listed.is_rule).map(|listed| listed.id.as_str());
    assert_eq!(BREAKERS.iter().map(|(id, ..)| *id).collect::<Vec<_>>(), scenarios.collect::<Vec<_>>());
    let mut survived = Vec::new();
    for (id, dialect, breaker) in BREAKERS {
        let (faults, change) = match breaker {
            Fault(fault) => (vec![(*fault).to_owned()], None),
            Changed(change) => (Vec::new(), Some(*change)),
        };
        let select = vec![(*id).to_owned()];
        let dialects = vec![(*dialect).to_owned()];
        let results = play(Play { select, dialects, faults, change, ..Play::default() });
        let [result] = results.as_slice() else { panic!("{id} is played once as {dialect}, not {}", results.len()) };
        let by_step = |judged: &scimulator::run::JudgedFinding| judged.finding.source != Source::Passive;
        if result.verdict != Verdict::Fail || !result.findings.iter().any(by_step) {
            survived.push(format!("{id}@{dialect}: {:?}", result.verdict));
        }
    }
    assert_eq!(survived, Vec::<String>::new());
}

//! Passing, failing, and everything between.

use std::collections::BTreeSet;

use scimulator::finding::{Severity, Verdict};
use scimulator::report::Causes;

use super::stage::Stage;

const CREATE_AND_CHECK: &str = "\
title: A person gets an account
steps:
  - assign: alice
    outcome: provisioned
    rule: create/status-201
  - check: { alice: { userName: \"${alice.userName}\", active: true } }
    rule: create/read-your-write
";

#[test]
fn a_correct_server_passes_as_every_identity_provider() {
    let ran = Stage::built_in(&["lifecycle/create"], &["okta", "okta-aiw", "entra", "entra-scim2020"]).play();
    assert_eq!(ran.results.len(), 4);
    for result in &ran.results {
        assert_eq!(result.verdict, Verdict::Pass, "{}: {:#?}", result.dialect, result.findings);
        assert!(result.findings.is_empty(), "{}: {:#?}", result.dialect, result.findings);
    }
    assert_eq!(ran.footer.exit_code, 0);
}

#[test]
fn a_fault_fails_with_its_own_rule_and_exit_code_1() {
    let mut stage = Stage::built_in(&["patch/atomic"], &["okta", "entra"]);
    stage.faults = vec!["patch/atomic".to_owned()];
    let ran = stage.play();
    assert_eq!(ran.broken(), ["patch/atomic"]);
    assert_eq!((ran.verdict(), ran.footer.exit_code), (&Verdict::Fail, 1));
}

#[test]
fn what_a_passive_rule_sees_in_passing_fails_the_run_and_not_the_scenario() {
    let mut stage = Stage::built_in(&["lifecycle/create", "lifecycle/deactivate"], &["okta"]);
    stage.faults = vec!["res/password-never".to_owned()];
    let ran = stage.play();
    assert_eq!(ran.broken(), ["res/password-never"]);
    assert!(ran.results.iter().all(|result| result.verdict == Verdict::Pass && result.own().next().is_none()));
    assert_eq!((ran.footer.totals.passed, ran.footer.totals.in_passing, ran.footer.exit_code), (2, 1, 1));
}

#[test]
fn a_finding_names_the_value_the_reason_and_the_request_that_shows_it() {
    let mut stage = Stage::built_in(&["patch/atomic"], &["okta"]);
    stage.faults = vec!["patch/atomic".to_owned()];
    let ran = stage.play();
    let judged = &ran.only().findings[0];
    assert_eq!(judged.finding.subject, "displayName");
    assert_eq!(judged.finding.expected, ["\"Alice Cooper\""]);
    assert_eq!(judged.finding.actual, "\"Half 1\"");
    assert!(judged.why.starts_with("RFC 7644 §3.5.2: "), "{}", judged.why);
    assert_eq!(judged.breaks, ["Okta", "Entra"]);
    assert!(judged.curl.as_ref().unwrap().starts_with("curl -sS "), "{:?}", judged.curl);
}

#[test]
fn a_failed_prerequisite_is_inconclusive_and_no_failure() {
    let text = "title: T\nsteps:\n  - create: { user: alice }\n  - create: { user: alice }\n  - get: alice\n    \
                expect: { status: 418 }\n";
    let ran = Stage::of(&[("own/twice", text)]).play();
    assert_eq!(*ran.verdict(), Verdict::Inconclusive("create alice answered 409".to_owned()));
    assert!(ran.broken().is_empty());
    assert_eq!(ran.footer.exit_code, 3, "nothing could be said");
}

#[test]
fn one_fault_is_one_failure_and_no_cascade() {
    let text = "title: T\nsteps:\n  - assign: alice\n    outcome: deleted\n  - check: { alice: { title: nobody } }\n";
    let ran = Stage::of(&[("own/first-fails", text)]).play();
    assert_eq!(ran.verdict(), &Verdict::Fail);
    let subjects: Vec<&str> = ran.only().findings.iter().map(|judged| judged.finding.subject.as_str()).collect();
    assert_eq!(subjects, ["outcome of alice"]);
}

#[test]
fn rules_that_break_with_a_more_basic_one_follow_from_it() {
    let mut stage = Stage::built_in(&["filter/*", "patch/atomic"], &["okta", "entra"]);
    stage.faults = ["filter/never-ignored", "patch/atomic"].map(str::to_owned).to_vec();
    let ran = stage.play();
    let causes = Causes::of(&ran.results);
    let findings = ran.results.iter().flat_map(|result| &result.findings);
    let errors = findings.filter(|judged| judged.severity == Severity::Error);
    let broken: BTreeSet<&str> = errors.map(|judged| judged.finding.rule.as_str()).collect();
    assert!(broken.len() > 4, "{broken:?}");
    let of_their_own: BTreeSet<&str> = broken.into_iter().filter(|rule| causes.cause(rule).is_none()).collect();
    assert_eq!(of_their_own, BTreeSet::from(["filter/never-ignored", "patch/atomic"]));
}

#[test]
fn a_rule_whose_own_scenario_passes_follows_from_the_one_that_was_found_beside_it() {
    let beside = "title: T\nsteps:\n  - create: { user: alice }\n    expect: { status: 418 }\n  \
                  - get: alice\n    expect: { status: 419 }\n    rule: get/by-id\n";
    let own = "title: T\nsteps:\n  - create: { user: alice }\n    expect: { status: 201 }\n";
    let mut ran = Stage::of(&[("own/beside", beside)]).play();
    assert_eq!(Causes::of(&ran.results).cause("get/by-id"), None, "nobody knows whether its own scenario passes");
    let mut passed = Stage::of(&[("get/by-id", own)]).play().results;
    ran.results.append(&mut passed);
    let causes = Causes::of(&ran.results);
    assert_eq!((causes.cause("get/by-id"), causes.cause("own/beside")), (Some("own/beside"), None));
}

#[test]
fn what_a_scenario_itself_asks_for_is_an_error_under_its_own_name() {
    let text = "title: T\nsteps:\n  - assign: alice\n  - check: { alice: { displayName: Somebody Else } }\n";
    let ran = Stage::of(&[("own/other-name", text)]).play();
    assert_eq!((ran.verdict(), ran.broken().as_slice()), (&Verdict::Fail, ["own/other-name"].as_slice()));
    assert_eq!(ran.only().findings[0].line, 4, "the line of the step in the file");
}

#[test]
fn passive_rules_look_at_what_every_scenario_sends() {
    let mut stage = Stage::of(&[("own/create", CREATE_AND_CHECK)]);
    stage.faults = vec!["res/id-present".to_owned()];
    let ran = stage.play();
    assert!(ran.broken().contains(&"res/id-present"), "{:?}", ran.broken());
}

#[test]
fn trouble_that_a_scenario_makes_is_not_the_servers() {
    let text = "title: T\nsteps:\n  - admin: { weather: { status: 500, times: 1 } }\n  - assign: alice\n    \
                outcome: [retry-scheduled, failed, provisioned]\n";
    let ran = Stage::of(&[("own/outage", text)]).play();
    assert_eq!(ran.broken(), [""; 0]);
    assert_eq!(*ran.verdict(), Verdict::Pass);
}

#[test]
fn alternatives_are_told_together_when_none_fits() {
    let text = "title: T\nsteps:\n  - create: { user: alice }\n    expect: [{ status: 202 }, { status: [200, 204] }]\n";
    let ran = Stage::of(&[("own/alternatives", text)]).play();
    let finding = &ran.only().findings[0].finding;
    assert_eq!(
        (finding.expected.as_slice(), finding.actual.as_str()),
        (["202", "200", "204"].map(str::to_owned).as_slice(), "201")
    );
}

#[test]
fn values_keep_their_type_and_captures_bind_steps() {
    let text = "title: T\nsteps:\n  - create: { user: alice }\n    as: made\n  - request: { GET: '/Users/${made.body.id}' }\n    \
                expect: { status: 200, body: { active: '${made.body.active}', userName: '${alice.userName}' } }\n";
    let ran = Stage::of(&[("own/captures", text)]).play();
    assert_eq!(*ran.verdict(), Verdict::Pass, "{:#?}", ran.only().findings);
}

#[test]
fn a_refused_request_must_leave_everything_as_it_was() {
    let text = "title: T\nsteps:\n  - create: { user: alice }\n  - request:\n      PATCH: /Users/${alice.id}\n      body:\n        \
                schemas: [urn:ietf:params:scim:api:messages:2.0:PatchOp]\n        \
                Operations: [{ op: replace, path: displayName, value: New }]\n    expect: refused\n";
    let ran = Stage::of(&[("own/refused", text)]).play();
    let finding = &ran.only().findings[0].finding;
    assert_eq!((finding.subject.as_str(), finding.actual.as_str()), ("status", "200"));
}

#[test]
fn what_no_identity_provider_asks_for_breaks_none() {
    let told = |path: &str| {
        let text = format!("title: T\nsteps:\n  - request: {{ GET: {path} }}\n    expect: {{ status: 4xx }}\n");
        let mut stage = Stage::of(&[("own/asks", &text)]);
        stage.faults = vec!["error/schema".to_owned()];
        let ran = stage.play();
        let found = ran.only().findings.iter().find(|judged| judged.finding.rule == "error/schema").unwrap();
        (found.severity, found.breaks.is_empty())
    };
    assert_eq!(told("/Users/nobody"), (Severity::Error, false));
    assert_eq!(told("/NoSuchEndpoint"), (Severity::Info, true));
}

//! What the user makes of findings: `allow`, `warn`, `deny`, and deviations that are accepted for a while.

use serde_json::Value;

use super::binary::{Binary, Said};

/// A run that finds `patch/atomic` broken.
const BROKEN: [&str; 4] = ["run", "patch/atomic", "--fault", "patch/atomic"];

fn broken(file: &str) -> Said {
    Binary::new().file("scimulator.yaml", file).run(&BROKEN)
}

#[test]
fn the_file_sets_severities_and_a_flag_has_the_last_word() {
    let binary = Binary::new().file("scimulator.yaml", "warn: [patch/*]\n");
    let said = binary.run(&BROKEN);
    assert_eq!(said.code, 0, "a warning alone: {said:#?}");
    assert!(said.stdout.contains("WARN  patch/atomic"), "{}", said.stdout);
    assert_eq!(binary.run(&[&BROKEN[..], &["--deny", "patch/atomic"]].concat()).code, 1);
    let allowed = binary.run(&[&BROKEN[..], &["--allow", "patch/*"]].concat());
    assert!(allowed.code == 0 && !allowed.stdout.contains("WARN"), "{allowed:#?}");
}

#[test]
fn a_glob_that_fits_no_rule_is_2_with_a_guess() {
    let with = |flag: &str, glob: &str| Binary::new().run(&["run", flag, glob]);
    with("--allow", "etga/*").fails(2, &["no rule fits `etga/*`", "did you mean `etag/*`"]);
    with("--deny", "patch/atomc").fails(2, &["did you mean `patch/atomic`"]);
    broken("warn: [nothing/of-the-kind]\n").fails(2, &["no rule fits", "scimulator.yaml"]);
}

#[test]
fn an_accepted_deviation_does_not_fail_the_run_and_is_shown_with_its_reason() {
    let said = broken("deviations:\n- { rule: patch/*, reason: comes with SCIM-212, until: 2999-12-31 }\n");
    assert_eq!(said.code, 0, "{said:#?}");
    for words in [
        "PASS  patch/atomic",
        "6 accepted",
        "until 2999-12-31: comes with SCIM-212",
        "conformant, with 6 accepted findings",
    ] {
        assert!(said.stdout.contains(words), "`{words}` is missing: {}", said.stdout);
    }
    assert!(!said.stdout.contains("FAIL"), "{}", said.stdout);
}

#[test]
fn pipelines_and_programs_are_told_of_it_too() {
    let file = "deviations:\n- { rule: patch/atomic, reason: comes with SCIM-212 }\n";
    let binary = Binary::new().file("scimulator.yaml", file);
    binary.run(&[&BROKEN[..], &["--report", "junit=a.xml", "--report", "json=a.json"]].concat());
    let read = |name: &str| std::fs::read_to_string(binary.folder().join(name)).unwrap();
    let junit = read("a.xml");
    assert!(junit.contains("<skipped") && junit.contains("accepted, comes with SCIM-212"), "{junit}");
    assert!(!junit.contains("<failure"), "{junit}");
    let json: Value = serde_json::from_str(&read("a.json")).unwrap();
    let accepted = &json["scenarios"][0]["findings"][0]["accepted"];
    assert_eq!((&accepted["reason"], &accepted["severity"]), (&"comes with SCIM-212".into(), &"error".into()));
}

#[test]
fn a_deviation_counts_only_where_its_scope_says() {
    let with = |scope: &str| broken(&format!("deviations:\n- {{ rule: '*', reason: known, {scope} }}\n")).code;
    assert_eq!(with("scenario: patch/*@plain"), 0);
    assert_eq!(with("scenario: patch/*@okta"), 1);
    assert_eq!(with("endpoint: /Users"), 0);
    assert_eq!(with("endpoint: PATCH /Groups"), 1);
}

#[test]
fn an_expired_deviation_is_as_if_it_were_not_there_and_says_so() {
    let said = broken("deviations:\n- { rule: patch/atomic, reason: known, until: 2020-01-31 }\n");
    assert_eq!(said.code, 1, "{said:#?}");
    assert!(said.stdout.contains("counted until 2020-01-31"), "{}", said.stdout);
}

#[test]
fn a_deviation_is_not_for_another_target() {
    let file = "target: http://127.0.0.1:9/scim\ndeviations:\n- { rule: patch/atomic, reason: known }\n";
    let binary = Binary::new().file("scimulator.yaml", file);
    assert_eq!(binary.run(&[&BROKEN[..], &["--target", "embedded"]].concat()).code, 1);
}

#[test]
fn a_deviation_that_is_wrong_is_2_with_its_line() {
    let with = |entry: &str| broken(&format!("deviations:\n- {entry}\n"));
    with("{ rule: patch/atomic }").fails(2, &["line 2", "reason"]);
    with("{ rule: patch/atomic, reason: ' ' }").fails(2, &["line 2", "has no reason"]);
    with("{ rule: patch/atomc, reason: known }").fails(2, &["line 2", "did you mean `patch/atomic`"]);
    with("{ rule: patch/*, reason: known, until: soon }").fails(2, &["line 2", "`soon` is no day"]);
    with("{ rule: patch/*, reason: known, endpoint: Users }").fails(2, &["`Users` is no endpoint", "PATCH /Groups"]);
    with("{ rule: patch/*, reason: known, scenario: lifecycl/create }").fails(2, &["did you mean `lifecycle/create`"]);
}

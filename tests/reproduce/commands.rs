//! `import` and `reproduce` as people meet them: exit codes, what is refused, what is written.

use crate::binary::Binary;
use crate::manifest::folder;

fn sample(name: &str) -> String {
    folder().join(name).display().to_string()
}

/// A folder in which a sample was imported.
fn imported(name: &str) -> Binary {
    let binary = Binary::new();
    let said = binary.run(&["import", &sample(name), "--out", "case"]);
    assert_eq!(said.code, 0, "{said:#?}");
    assert!(said.stdout.contains("next: scimulator reproduce case/incident-1.yaml"), "{said:#?}");
    binary
}

#[test]
fn three_kinds_of_logs_come_out_with_the_promised_codes() {
    for name in [
        "okta-syslog-01-create-conflict.json",
        "entra-graph-22-email-change-repeats.json",
        "har-40-okta-email-change-not-applied.har",
    ] {
        let binary = imported(name);
        let code = |flags: &[&str]| binary.run(&[&["reproduce", "case/incident-1.yaml"], flags].concat()).code;
        assert_eq!(code(&[]), 0, "{name}: it fails as observed");
        assert_eq!(code(&["--expect", "conformant"]), 1, "{name}: it is not conformant yet");
        assert_eq!(code(&["--no-fault"]), 1, "{name}: nothing fails");
        assert_eq!(code(&["--no-fault", "--expect", "conformant"]), 0, "{name}: mended");
        assert_eq!(code(&["--behave", "gateway=502:GET/Users"]), 1, "{name}: it fails otherwise");
    }
}

#[test]
fn what_is_no_fault_of_the_endpoint_is_right_both_ways() {
    let binary = imported("okta-tasks-13-dashboard-paste.txt");
    let file = std::fs::read_dir(binary.folder().join("case")).unwrap().find_map(|entry| {
        let path = entry.unwrap().path();
        std::fs::read_to_string(&path)
            .unwrap()
            .starts_with("title: \"The identity provider may only link")
            .then_some(path)
    });
    let file = file.unwrap().display().to_string();
    for expect in ["observed", "conformant"] {
        assert_eq!(binary.run(&["reproduce", &file, "--expect", expect]).code, 0, "{expect}");
    }
    assert_eq!(binary.run(&["reproduce", &file, "--expect", "conformant", "--behave", "wrong-base-url"]).code, 1);
}

#[test]
fn a_failure_of_another_kind_is_told_with_its_place() {
    let binary = imported("okta-syslog-01-create-conflict.json");
    let said = binary.run(&["reproduce", "case/incident-1.yaml", "--behave", "internal-error=POST/Users"]);
    assert!(said.stdout.contains("different-failure"), "{said:#?}");
    assert!(said.stdout.contains("step 2, POST /Users: status: 409 was observed"), "{said:#?}");
}

#[test]
fn a_precondition_that_cannot_be_had_leaves_it_open() {
    let binary = imported("okta-syslog-02-email-change-unordered.ndjson");
    let said = binary.run(&["reproduce", "case/incident-1.yaml", "--behave", "seats=0"]);
    assert_eq!(said.code, 3, "{said:#?}");
    assert!(said.stdout.contains("verdict: inconclusive") || said.stdout.contains("inconclusive"), "{said:#?}");
}

#[test]
fn trying_stops_at_the_first_way_that_reproduces() {
    let binary = imported("okta-syslog-01-create-conflict.json");
    let file = binary.folder().join("case/incident-1.yaml");
    let text = std::fs::read_to_string(&file).unwrap();
    let changed = text.replacen("uniqueness=global-email", "empty-201", 1);
    assert_ne!(text, changed);
    std::fs::write(&file, changed).unwrap();
    assert_eq!(binary.run(&["reproduce", "case/incident-1.yaml"]).code, 1);
    let said = binary.run(&["reproduce", "case/incident-1.yaml", "--try"]);
    assert_eq!(said.code, 0, "{said:#?}");
    assert!(said.stdout.contains("with lookup-late"), "{said:#?}");
    assert!(said.stdout.contains("3 of 3 ways"), "{said:#?}");
}

#[test]
fn a_pipeline_gets_junit() {
    let binary = imported("okta-syslog-01-create-conflict.json");
    let report = |flags: &[&str]| {
        binary.run(&[&["reproduce", "case/incident-1.yaml", "--report", "junit=r.xml"], flags].concat());
        std::fs::read_to_string(binary.folder().join("r.xml")).unwrap()
    };
    assert!(!report(&[]).contains("<failure"));
    let failed = report(&["--expect", "conformant"]);
    assert!(failed.contains("<failure") && failed.contains("not-reproduced"), "{failed}");
    binary.run(&["reproduce", "case/incident-1.yaml", "--report", "terminal"]).fails(2, &["standard output shows"]);
}

#[test]
fn a_folder_in_use_is_refused_and_only_an_import_is_replaced() {
    let binary = imported("okta-syslog-01-create-conflict.json");
    let log = sample("okta-syslog-02-email-change-unordered.ndjson");
    binary.run(&["import", &log, "--out", "case"]).fails(2, &["holds an earlier import", "--force"]);
    assert_eq!(binary.run(&["import", &log, "--out", "case", "--force"]).code, 0);
    assert!(std::fs::read_to_string(binary.folder().join("case/bundle.json")).unwrap().contains("not-applied"));
    let other = Binary::new().file("mine/diary.txt", "x");
    other.run(&["import", &log, "--out", "mine", "--force"]).fails(2, &["is not empty"]);
    assert!(other.folder().join("mine/diary.txt").is_file());
    assert_eq!(std::fs::read_dir(other.folder()).unwrap().count(), 1, "nothing is left beside it");
}

#[test]
fn what_is_no_log_and_no_import_is_told() {
    let binary = Binary::new().file("x.txt", "nothing to see").file("own.yaml", "title: T\nsteps: [{ get: alice }]\n");
    binary.run(&["import", "x.txt", "--out", "case"]).fails(2, &["nothing in these files"]);
    assert!(!binary.folder().join("case").exists());
    binary.run(&["reproduce", "own.yaml"]).fails(2, &["does not say what was observed", "scimulator import"]);
    binary.run(&["reproduce", "none.yaml"]).fails(2, &["cannot be read"]);
    let late =
        ["import", &sample("okta-syslog-01-create-conflict.json"), "--out", "case", "--since", "2030-01-01T00:00Z"];
    binary.run(&late).fails(2, &["nothing in these files"]);
}

#[test]
fn the_files_are_scenarios_like_all_others() {
    let binary = imported("har-40-okta-email-change-not-applied.har");
    let said = binary.run(&["show", "case/incident-1.yaml"]);
    assert_eq!(said.code, 0, "{said:#?}");
    assert!(said.stdout.contains("POST /Users"), "{said:#?}");
    assert_eq!(binary.run(&["run", "case/incident-1.yaml"]).code, 0);
    assert_eq!(binary.run(&["run", "case/incident-1.yaml", "--behave", "email-change=pending"]).code, 1);
}

#[test]
fn why_shows_the_way_from_the_log_to_each_request() {
    let log = sample("okta-syslog-01-create-conflict.json");
    let said = Binary::new().run(&["diagnose", &log, "--why", "1"]);
    assert_eq!(said.code, 0, "{said:#?}");
    for words in
        ["POST /Users → 409", "okta-syslog-01-create-conflict.json:2", "inferred: lookup-empty: a create was sent"]
    {
        assert!(said.stdout.contains(words), "`{words}` is missing: {said:#?}");
    }
    Binary::new().run(&["diagnose", &log, "--why", "2"]).fails(2, &["there is no incident 2"]);
}

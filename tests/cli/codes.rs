//! Exit codes: what each means, and what is said with it.

use wiremock::{Mock, MockServer, ResponseTemplate, matchers::any};

use super::binary::Binary;

#[test]
fn a_bare_call_plays_everything_against_the_embedded_server() {
    let said = Binary::new().run(&["run", "lifecycle/create"]);
    assert_eq!((said.code, said.stderr.as_str()), (0, ""), "{said:#?}");
    assert!(said.stdout.contains("PASS  lifecycle/create"), "{}", said.stdout);
    assert!(said.stdout.contains("scimulator run --target URL"), "the next step: {}", said.stdout);
}

#[test]
fn findings_are_1_and_the_run_can_be_repeated() {
    let said = Binary::new().run(&["run", "patch/atomic", "--fault", "patch/atomic", "--seed", "5"]);
    assert_eq!(said.code, 1, "{said:#?}");
    assert!(said.stdout.contains("FAIL  patch/atomic"), "{}", said.stdout);
    let repeat = "repeat  scimulator run patch/atomic --fault patch/atomic --seed 5";
    assert!(said.stdout.contains(repeat), "{}", said.stdout);
}

#[test]
fn an_unknown_flag_is_2() {
    Binary::new().run(&["run", "--targt", "x"]).fails(2, &["--targt", "--target"]);
}

#[test]
fn an_unknown_fault_is_2_with_a_guess() {
    Binary::new().run(&["run", "--fault", "patch/atomc"]).fails(2, &["error: ", "did you mean `patch/atomic`"]);
}

#[test]
fn an_unknown_identity_provider_is_2_with_a_guess() {
    Binary::new().run(&["run", "--idp", "otka"]).fails(2, &["`otka`", "did you mean `okta`"]);
}

#[test]
fn a_fault_at_a_target_is_2() {
    let said = Binary::new().run(&["run", "--fault", "patch/atomic", "--target", "http://127.0.0.1:9/scim"]);
    said.fails(2, &["`--fault` works with the embedded server only", "--target embedded"]);
}

#[test]
fn a_behaviour_that_is_none_is_2_and_told_with_what_is_there() {
    let run = |behaviour: &str| Binary::new().run(&["run", "--behave", behaviour]);
    run("no-pach").fails(2, &["there is no behaviour `no-pach`", "did you mean `no-patch`", "help behaviours"]);
    run("seats=few").fails(2, &["written `seats=N[:STATUS]`", "There are N seats"]);
    Binary::new().run(&["serve", "--port", "0", "--behave", "seats"]).fails(2, &["written `seats=N[:STATUS]`"]);
}

#[test]
fn a_behaviour_at_a_target_is_2() {
    let said = Binary::new().run(&["run", "--behave", "no-patch", "--target", "http://127.0.0.1:9/scim"]);
    said.fails(2, &["`--behave` works with the embedded server only", "--target embedded"]);
}

#[test]
fn a_run_says_how_the_server_behaved() {
    let binary = Binary::new();
    let behave = ["--behave", "uniqueness=global-email:*", "--behave", "empty-201"];
    let arguments = ["run", "lifecycle/create", "--idp", "okta", "--report", "terminal", "--report", "json=r.json"];
    let said = binary.run(&[&arguments[..], &behave].concat());
    assert_eq!(said.code, 1, "{said:#?}");
    assert!(said.stdout.contains("behaves as asked: uniqueness=global-email:*, empty-201"), "{}", said.stdout);
    assert!(said.stdout.contains("--behave 'uniqueness=global-email:*' --behave empty-201 --seed"), "{}", said.stdout);
    let report = std::fs::read_to_string(binary.folder().join("r.json")).unwrap();
    let report: serde_json::Value = serde_json::from_str(&report).unwrap();
    assert_eq!(report["run"]["behaviours"], serde_json::json!(["uniqueness=global-email:*", "empty-201"]));
}

#[test]
fn a_target_that_is_no_url_is_2() {
    Binary::new()
        .run(&["run", "--target", "example.com/scim"])
        .fails(2, &["`example.com/scim` is not a base URL", "https://example.com/scim"]);
}

#[test]
fn an_unknown_report_is_2() {
    Binary::new().run(&["run", "--report", "xml=a.xml"]).fails(2, &["`xml`", "`junit`"]);
}

#[test]
fn a_report_that_cannot_be_written_is_2_before_anything_is_sent() {
    let said = Binary::new().run(&["run", "--report", "junit=no/such/folder/a.xml"]);
    said.fails(2, &["cannot write the report"]);
    assert_eq!(said.stdout, "");
}

#[test]
fn a_broken_scenario_is_2_with_place_and_guess_and_nothing_is_sent() {
    let text = "title: T\nsteps:\n  - asign: alice\n";
    let said = Binary::new().file("own/a.yaml", text).run(&["run", "--scenarios", "own"]);
    said.fails(2, &["own/a.yaml", "line 3", "- asign: alice", "did you mean `assign`"]);
    assert_eq!(said.stdout, "");
}

#[test]
fn a_broken_configuration_is_2_with_place_and_guess() {
    let said = Binary::new().file("scimulator.yaml", "seats: 3\nsnapshot: x\n").run(&["run"]);
    said.fails(2, &["scimulator.yaml", "line 2", "did you mean `snapshots`"]);
}

#[test]
fn a_broken_snapshot_is_2_before_anything_is_sent() {
    let binary = Binary::new().file("snapshots/runs/rfc/lifecycle/create@okta.snap", "<<<<<<< ours\n");
    let said = binary.run(&["run", "lifecycle/create"]);
    said.fails(2, &["snapshot", "create@okta.snap"]);
    assert_eq!(said.stdout, "");
}

#[test]
fn nobody_listening_is_3() {
    let said = Binary::new().run(&["run", "--target", "http://127.0.0.1:9/scim/v2"]);
    assert_eq!(said.code, 3, "{said:#?}");
    assert!(said.stdout.contains("cannot connect") && said.stdout.contains("hint"), "{}", said.stdout);
}

#[test]
fn a_refused_token_is_3() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let server = runtime.block_on(async {
        let server = MockServer::start().await;
        Mock::given(any()).respond_with(ResponseTemplate::new(401)).mount(&server).await;
        server
    });
    let said = Binary::new().run(&["run", "--target", &server.uri()]);
    assert_eq!(said.code, 3, "{said:#?}");
    assert!(said.stdout.contains("the endpoint answers 401"), "{}", said.stdout);
}

#[test]
fn a_selection_of_nothing_is_4_with_a_guess() {
    Binary::new().run(&["run", "patch/atomc"]).fails(4, &["`patch/atomc`", "did you mean `patch/atomic`", "list"]);
}

#[test]
fn only_new_snapshots_are_5_and_a_pipeline_writes_none() {
    let text = "title: T\nsteps:\n  - assign: alice\n";
    let binary = Binary::new().with("CI", "true").file("own/mine/a.yaml", text).file("snapshots/runs/x", "");
    let said = binary.run(&["run", "mine/a", "--scenarios", "own", "--idp", "okta"]);
    assert_eq!(said.code, 5, "{said:#?}");
    assert!(!binary.folder().join("snapshots/runs/rfc").exists());
}

#[test]
fn approving_in_a_pipeline_is_2() {
    Binary::new().with("CI", "1").run(&["run", "--update-snapshots"]).fails(2, &["nothing is written in CI"]);
}

#[test]
fn a_target_elsewhere_asks_before_it_is_written_to() {
    let said = Binary::new().run(&["run", "--target", "https://scim.example.com/v2"]);
    said.fails(2, &["would create and delete users and groups", "scimulator-", "--yes", "allow-writes: true"]);
    assert_eq!(said.stdout, "");
}

#[test]
fn accepting_nothing_is_4_and_reviewing_without_a_terminal_2() {
    Binary::new().run(&["accept", "lifecycle/*"]).fails(4, &["no pending snapshot"]);
    Binary::new().run(&["review"]).fails(2, &["no terminal"]);
}

#[test]
fn version_and_help_are_answers() {
    let version = Binary::new().run(&["--version"]);
    assert_eq!((version.code, version.stdout.as_str()), (0, concat!("scimulator ", env!("CARGO_PKG_VERSION"), "\n")));
    assert_eq!(Binary::new().run(&["--help"]).code, 0);
}

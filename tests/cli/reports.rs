//! Report files, and what stands on which stream.

use serde_json::Value;

use super::binary::Binary;

#[test]
fn several_reports_are_written_and_people_still_see_theirs() {
    let binary = Binary::new();
    let said = binary.run(&["run", "lifecycle/create", "--report", "junit=a.xml", "--report", "json=a.json"]);
    assert!(said.code == 0 && said.stdout.contains("PASS"), "{said:#?}");
    let junit = std::fs::read_to_string(binary.folder().join("a.xml")).unwrap();
    assert!(junit.contains("<testsuites") && junit.contains("lifecycle/create"), "{junit}");
    let json: Value = serde_json::from_str(&std::fs::read_to_string(binary.folder().join("a.json")).unwrap()).unwrap();
    assert_eq!(json["result"]["exit_code"], 0);
    assert_eq!(json["scenarios"].as_array().unwrap().len(), 2);
}

#[test]
fn a_report_on_standard_output_stands_there_alone() {
    let said = Binary::new().run(&["run", "lifecycle/create", "--report", "json"]);
    let json: Value = serde_json::from_str(&said.stdout).unwrap_or_else(|error| panic!("{error}: {said:#?}"));
    assert_eq!(json["schema"], 1);
}

#[test]
fn a_target_that_is_down_is_in_the_report_of_the_pipeline_too() {
    let binary = Binary::new();
    let said = binary.run(&["run", "--target", "http://127.0.0.1:9", "--report", "junit=a.xml"]);
    assert_eq!(said.code, 3);
    let junit = std::fs::read_to_string(binary.folder().join("a.xml")).unwrap();
    assert!(junit.contains("<error") && junit.contains("cannot connect"), "{junit}");
}

#[test]
fn quiet_is_short_and_verbose_shows_exchanges() {
    let quiet = Binary::new().run(&["run", "lifecycle/create", "-q"]).stdout;
    assert!(!quiet.contains("PASS") && quiet.contains("2 passed"), "{quiet}");
    let verbose = Binary::new().run(&["run", "lifecycle/create", "-v"]).stdout;
    assert!(verbose.contains("POST /Users"), "{verbose}");
}

#[test]
fn colour_is_where_it_is_asked_for() {
    let run = |arguments: &[&str]| Binary::new().run(arguments).stdout.contains('\u{1b}');
    assert!(!run(&["run", "lifecycle/create"]), "no terminal, no colour");
    assert!(run(&["run", "lifecycle/create", "--color", "always"]));
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    use std::io::Read as _;
    let binary = Binary::new();
    let mut child = binary.command(&["list"]).stdout(std::process::Stdio::piped()).spawn().unwrap();
    let mut first = [0; 10];
    child.stdout.take().unwrap().read_exact(&mut first).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

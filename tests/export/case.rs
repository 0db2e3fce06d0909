//! A customer's case, from the log over the imported scenario to the tools of those who have to mend it.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::played::exported;
use crate::run_elsewhere::{Server, run, said};

fn scimulator(arguments: &[&str]) -> Output {
    let output = Command::new(env!("CARGO_BIN_EXE_scimulator")).args(arguments).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", said(&output));
    output
}

/// A folder with the scenario of a log in which an address was taken where nobody could see it.
fn imported() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let log = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/logs/okta-syslog-01-create-conflict.json");
    let case = folder.path().join("case");
    scimulator(&["import", log.to_str().unwrap(), "--out", case.to_str().unwrap()]);
    (folder, case.join("incident-1.yaml"))
}

#[test]
fn a_har_of_a_case_shows_what_the_log_showed() {
    let (folder, scenario) = imported();
    let file = folder.path().join("case.har");
    std::fs::write(&file, exported(scenario.to_str().unwrap(), "plain", "har")).unwrap();
    let told = said(&scimulator(&["diagnose", file.to_str().unwrap()]));
    assert!(told.contains("create.conflict") && told.contains("failure 409"), "{told}");
}

#[test]
fn a_script_of_a_case_fails_until_the_endpoint_is_mended() {
    let (_folder, scenario) = imported();
    for form in ["curl", "hurl", "postman"] {
        let text = exported(scenario.to_str().unwrap(), "plain", form);
        let Some(output) = run(form, &text, &Server::like("uniqueness=global-email")) else { continue };
        assert!(!output.status.success() && said(&output).contains("409"), "{form}: {}", said(&output));
        let output = run(form, &text, &Server::new(None)).unwrap();
        assert!(output.status.success(), "{form}: {}", said(&output));
    }
}

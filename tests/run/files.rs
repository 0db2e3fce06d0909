//! Mistakes in scenario files are told with their place before anything is sent.

use scimulator::idp::Dialect;
use scimulator::run::{plan, select};
use scimulator::scenario::Catalogue;
use scimulator::yaml::DataError;

fn error(text: &str) -> DataError {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("own")).unwrap();
    std::fs::write(folder.path().join("own/wrong.yaml"), text).unwrap();
    let mut catalogue = Catalogue::built_in();
    catalogue.add_folder(folder.path()).unwrap();
    let chosen = select(&catalogue, &["own/wrong".to_owned()]).unwrap();
    plan(&chosen, &catalogue, &["okta".to_owned()], false).unwrap_err()
}

#[track_caller]
fn told(text: &str, line: u32, message: &str, guess: &str) {
    let error = error(text);
    assert!(error.message.contains(message), "{error}");
    assert_eq!(
        (error.line, error.hint.as_deref()),
        (line, Some(format!("did you mean `{guess}`?").as_str())),
        "{error}"
    );
}

#[test]
fn a_person_who_does_not_exist() {
    told("title: T\nsteps:\n  - assign: alise\n", 3, "`alise`", "alice");
}

#[test]
fn an_attribute_nobody_has() {
    told("title: T\nsteps:\n  - change: { alice: { givenNam: X } }\n", 3, "`givenNam`", "givenName");
}

#[test]
fn a_dialect_that_does_not_exist() {
    told("title: T\nidps: [octa]\nsteps:\n  - assign: alice\n", 2, "`octa`", "okta");
    told("title: T\nsteps:\n  - assign: alice\n    only: [entar]\n", 3, "`entar`", "entra");
}

#[test]
fn a_rule_that_does_not_exist() {
    told("title: T\nsteps:\n  - assign: alice\n    rule: patch/atomc\n", 3, "`patch/atomc`", "patch/atomic");
}

#[test]
fn a_persona_and_a_setting_that_do_not_exist() {
    told("title: T\ngiven: { persona: calendli }\nsteps: [{ get: alice }]\n", 2, "`calendli`", "calendly");
    let error = error("title: T\ngiven: { server: { page-sise: 3 } }\nsteps: [{ get: alice }]\n");
    assert!(error.line == 2 && error.to_string().contains("page-sise"), "{error}");
}

#[test]
fn a_knob_that_does_not_exist() {
    told(
        "title: T\ngiven: { knobs: { okta: { flavor: aiw } } }\nsteps: [{ assign: alice }]\n",
        2,
        "`flavor`",
        "flavour",
    );
}

#[test]
fn every_shipped_file_can_be_planned_for_every_dialect() {
    let catalogue = Catalogue::built_in();
    let dialects: Vec<String> = Dialect::ids().map(str::to_owned).collect();
    let all: Vec<_> = catalogue.all().collect();
    let jobs = plan(&all, &catalogue, &dialects, false).unwrap_or_else(|error| panic!("{error}\n{}", error.snippet));
    assert!(jobs.len() > all.len(), "{} jobs", jobs.len());
}

//! Reproducing at an endpoint that is not ours: names carry the run's mark, and nothing is left there.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use scimulator::behaviours::Behaviour;
use scimulator::clock::Clock;
use scimulator::server::{Settings, serve};
use serde_json::Value;

use crate::binary::{Binary, Said};
use crate::manifest::folder;

/// Reproduces an incident of a sample at a server that behaves so; what was said, and who is left there.
fn at_target(sample: &str, behaviours: &[&str], flags: &[&str]) -> (Said, u64) {
    let file = folder().join(sample).display().to_string();
    let import = |binary: &Binary| assert_eq!(binary.run(&["import", &file, "--out", "case"]).code, 0);
    with_target(behaviours, import, |base| [&["reproduce", "case/incident-1.yaml", "--target", base], flags].concat())
}

/// What is said at a server that behaves so, after some preparation, and who is left there.
fn with_target<'a>(
    behaviours: &[&str],
    prepare: impl FnOnce(&Binary),
    command: impl FnOnce(&'a str) -> Vec<&'a str>,
) -> (Said, u64) {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let behaviours: Vec<Behaviour> = behaviours.iter().map(|name| name.parse().unwrap()).collect();
    let served = runtime.block_on(async {
        let mut settings = Settings::persona("rfc").unwrap();
        for behaviour in &behaviours {
            behaviour.set(&mut settings);
        }
        serve(settings, ([127, 0, 0, 1], 0).into(), Clock::real(), |service| {
            behaviours.iter().fold(service, |service, behaviour| behaviour.wrap(service))
        })
        .unwrap()
    });
    let binary = Binary::new().with("SCIMULATOR_TOKEN", &served.token());
    prepare(&binary);
    let base: &'static str = served.base_url().to_owned().leak();
    let said = binary.run(&command(base));
    (said, users(base, &served.token()))
}

/// How many users are there.
fn users(base: &str, token: &str) -> u64 {
    let (host, path) = base.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let mut stream = TcpStream::connect(host).unwrap();
    write!(
        stream,
        "GET /{path}/Users HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n\r\n"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let body: Value = serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap();
    body["totalResults"].as_u64().unwrap()
}

#[test]
fn a_target_with_the_defect_reproduces_it_and_a_sound_one_does_not() {
    for (sample, behaviour) in [
        ("okta-syslog-01-create-conflict.json", "lookup-late"),
        ("okta-syslog-02-email-change-unordered.ndjson", "email-change=pending"),
        ("okta-syslog-11-messy-bom-crlf-multiline.csv", "max-length=department:64"),
        ("har-40-okta-email-change-not-applied.har", "email-change=pending"),
        ("entra-graph-22-email-change-repeats.json", "email-change=pending"),
    ] {
        let (said, _) = at_target(sample, &[behaviour], &[]);
        assert_eq!(said.code, 0, "{sample}: {said:#?}");
        let (said, left) = at_target(sample, &[], &["--expect", "conformant"]);
        assert_eq!((said.code, left), (0, 0), "{sample}: {said:#?}");
    }
}

/// Imports a sample and verifies it at a server that behaves so.
fn verified(behaviours: &[&str], flags: &[&str]) -> (Said, u64) {
    let file: &'static str = folder().join("okta-syslog-01-create-conflict.json").display().to_string().leak();
    let flags: Vec<&'static str> = flags.iter().map(|flag| &*(*flag).to_owned().leak()).collect();
    with_target(behaviours, |_| {}, |base| [&["import", file, "--out", "case", "--target", base], &flags[..]].concat())
}

#[test]
fn an_import_is_verified_at_a_target() {
    // Who is left there is whom the behaviour brings in.
    let (said, _) = verified(&["lookup-late"], &["--verify", "--yes"]);
    assert_eq!(said.code, 0, "{said:#?}");
    assert!(said.stdout.contains("reproduced with the customer's names and without"), "{said:#?}");
    let (said, left) = verified(&[], &["--verify", "--yes"]);
    assert_eq!((said.code, left), (0, 0), "{said:#?}");
    assert!(said.stdout.contains("not-reproduced with the customer's names and without"), "{said:#?}");
}

#[test]
fn the_names_of_a_customer_go_to_no_target_unasked() {
    verified(&[], &["--verify"]).0.fails(2, &["under the customer's names", "`--yes` says that this is meant"]);
    verified(&[], &["--yes"]).0.fails(2, &["`--verify` is not given"]);
}

#[test]
fn behaviours_are_not_for_targets() {
    for flag in [&["--try"][..], &["--behave", "empty-201"], &["--fault", "patch/atomic"]] {
        let (said, _) = at_target("okta-syslog-01-create-conflict.json", &[], flag);
        said.fails(2, &["work with the embedded server only"]);
    }
}

//! The token stands in no output, not even where the target says it aloud.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use scimulator::http::{Headers, Method, Response};
use scimulator::server::Reply;
use serde_json::json;

use super::endpoint::{Endpoint, Turn};
use crate::binary::{Binary, Said};

/// Every file below a folder, with its text.
fn files(folder: &Path) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push((path.display().to_string(), std::fs::read_to_string(&path).unwrap()));
        }
    }
    found
}

#[track_caller]
fn nowhere(secret: &str, binary: &Binary, said: &Said) {
    let encoded = STANDARD.encode(secret);
    for copy in [secret, encoded.trim_end_matches('=')] {
        assert!(!said.stdout.contains(copy), "on standard output: {}", said.stdout);
        assert!(!said.stderr.contains(copy), "on standard error: {}", said.stderr);
        for (name, text) in files(binary.folder()) {
            assert!(!text.contains(copy), "in {name}: {text}");
        }
    }
}

const REPORTS: [&str; 9] = [
    "run",
    "lifecycle/create",
    "-v",
    "--update-snapshots",
    "--report",
    "junit=a.xml",
    "--report",
    "json=a.json",
    "--target",
];

#[test]
fn a_run_at_a_target_writes_its_token_nowhere() {
    let endpoint = Endpoint::new();
    let binary = Binary::new().with("SCIMULATOR_TOKEN", &endpoint.token());
    let said = binary.run(&[&REPORTS[..], &[endpoint.url()]].concat());
    assert_eq!(said.code, 0, "{said:#?}");
    assert!(files(binary.folder()).len() >= 4, "two reports and two snapshots");
    nowhere(&endpoint.token(), &binary, &said);
}

#[test]
fn a_target_that_says_the_token_aloud_is_masked() {
    let endpoint = Endpoint::watched(
        &[],
        Box::new(|_, request| {
            let told = request.headers.get("authorization").unwrap_or_default().to_owned();
            let bare = told.trim_start_matches("Bearer ");
            let detail = format!("Who is {told}? Also known as {}, {}", STANDARD.encode(bare), bare.to_lowercase());
            let body =
                json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"], "status": "400", "detail": detail});
            let headers = Headers::from_iter([("Content-Type", "application/scim+json"), ("X-Token", told.as_str())]);
            Turn::instead_if(request.method == Method::Post, || {
                Reply::Answer(Response::new(400, headers, body.to_string()))
            })
        }),
    );
    let binary = Binary::new().with("SCIMULATOR_TOKEN", &endpoint.token());
    let said = binary.run(&[&REPORTS[..], &[endpoint.url()]].concat());
    assert_eq!(said.code, 1, "{said:#?}");
    assert!(said.stdout.contains("Who is"), "the text itself is shown: {said:#?}");
    nowhere(&endpoint.token(), &binary, &said);
}

#[test]
fn a_journal_holds_no_token() {
    // Nothing can be removed, so that the journal stays.
    let endpoint = Endpoint::watched(
        &[],
        Box::new(|_, request| {
            Turn::instead_if(request.method == Method::Delete, || Reply::Answer(Response::new(405, Headers::new(), "")))
        }),
    );
    let binary = Binary::new().with("SCIMULATOR_TOKEN", &endpoint.token());
    let said = binary.run(&["run", "lifecycle/create", "--target", endpoint.url()]);
    assert!(files(binary.folder()).iter().any(|(name, _)| name.contains(".journal")), "{said:#?}");
    nowhere(&endpoint.token(), &binary, &said);
}

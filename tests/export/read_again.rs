//! What was exported is read again by the readers of customers' logs, and is what was played.

use std::process::Command;

use scimulator::http::{Exchange, percent};
use scimulator::logs::detect;
use scimulator::logs::input::LogFile;
use scimulator::logs::observation::{Http, Observation};
use scimulator::logs::readers::{self, Options};
use serde_json::Value;

use crate::played::{ODD_VALUES, SCENARIOS, TWO_VERSIONS, everything, exported, story, transcript};

/// A request as two sides can be compared by it.
#[derive(Debug, PartialEq)]
struct Sent {
    method: String,
    path: String,
    query: String,
    body: String,
}

fn sent(exchange: &Exchange, base: &str) -> Sent {
    let request = &exchange.request;
    Sent {
        method: request.method.to_string(),
        path: percent::decode(&request.path),
        query: percent::decode_query(request.query.as_deref().unwrap_or_default()),
        body: body(
            &request.body.as_deref().map(String::from_utf8_lossy).unwrap_or_default().replace(base, ELSEWHERE[0]),
        ),
    }
}

fn read(http: &Http) -> Sent {
    let text = http.request_body.as_ref().map(|body| body.value.text.as_str());
    Sent {
        method: http.method.as_ref().unwrap().value.to_string(),
        path: http.path.as_ref().unwrap().value.clone(),
        query: percent::decode_query(http.query.as_deref().unwrap_or_default()),
        body: body(text.unwrap_or_default()),
    }
}

/// Where the endpoint is, as records say that cannot leave it open.
const ELSEWHERE: [&str; 2] = ["https://scim.example.com/scim/v2", "http://localhost:8080/scim/v2"];

/// JSON by its meaning, and without the password, which is never exported.
fn body(text: &str) -> String {
    let text = text.replace(ELSEWHERE[1], ELSEWHERE[0]);
    let Ok(mut json) = serde_json::from_str::<Value>(&text) else { return text };
    if let Some(members) = json.as_object_mut() {
        members.shift_remove("password");
    }
    json.to_string()
}

/// Whether a text with `{{variables}}` may be this one.
fn fits(written: &str, actual: &str) -> bool {
    let mut rest = actual;
    let mut pieces = written.split("{{");
    let Some(after) = rest.strip_prefix(pieces.next().unwrap_or_default()) else { return false };
    rest = after;
    for piece in pieces {
        let Some((name, literal)) = piece.split_once("}}") else { return false };
        // What stands in double braces by itself comes back as it is.
        if let Some(after) = rest.strip_prefix(&format!("{{{{{name}}}}}{literal}")) {
            rest = after;
            continue;
        }
        let end = if literal.is_empty() { rest.len() } else { rest.find(literal).unwrap_or(0) };
        if end == 0 {
            return false;
        }
        rest = &rest[end + literal.len()..];
    }
    rest.is_empty()
}

fn observations(text: &str, format: &str) -> Vec<Observation> {
    let file = LogFile::in_memory("export", text.as_bytes()).unwrap();
    let found = detect::detect(&file).unwrap_or_else(|| panic!("{format} is not recognised"));
    assert_eq!(found.id(), format);
    let mut seen = Vec::new();
    for summary in readers::read_all(&[(file, found)], &Options::default(), &mut |one| seen.push(one)) {
        let summary = summary.unwrap();
        let odd: Vec<String> = summary.warnings.iter().map(ToString::to_string).collect();
        assert!(odd.iter().all(|warning| warning.starts_with("variables:")), "{format}: {odd:?}");
    }
    seen
}

fn https(observations: &[Observation]) -> Vec<&Http> {
    observations.iter().map(|observation| observation.http.as_ref().unwrap()).collect()
}

fn status(http: &Http) -> Option<u16> {
    http.status.as_ref().map(|status| status.value)
}

fn cases() -> impl Iterator<Item = (&'static str, &'static str)> {
    SCENARIOS.into_iter().chain([(ODD_VALUES, "plain"), (TWO_VERSIONS, "plain")])
}

#[test]
fn a_har_and_wiremock_mappings_hold_the_requests_with_their_answers() {
    for (scenario, dialect) in cases() {
        let transcript = transcript(scenario, dialect);
        let expected: Vec<Sent> = story(&transcript).into_iter().map(|one| sent(one, &transcript.base)).collect();
        let statuses: Vec<Option<u16>> =
            story(&transcript).iter().map(|exchange| exchange.response().map(|response| response.status)).collect();
        for (form, format) in [("har", "har"), ("wiremock", "wiremock.mappings")] {
            let seen = observations(&exported(scenario, dialect, form), format);
            let found: Vec<Sent> = https(&seen).into_iter().map(read).collect();
            assert_eq!(found, expected, "{scenario} as {dialect}, {form}");
            assert_eq!(https(&seen).into_iter().map(status).collect::<Vec<_>>(), statuses, "{scenario}, {form}");
        }
    }
}

#[test]
fn hurl_and_postman_send_the_same_requests_with_variables_for_what_the_answers_gave() {
    for (scenario, dialect) in cases() {
        let transcript = transcript(scenario, dialect);
        let expected: Vec<Sent> = everything(&transcript).into_iter().map(|one| sent(one, &transcript.base)).collect();
        for (form, format) in [("hurl", "hurl"), ("postman", "postman.v21")] {
            let seen = observations(&exported(scenario, dialect, form), format);
            let mut found: Vec<Sent> = https(&seen).into_iter().map(read).collect();
            // Accounts that are taken for given are made first, and what was made is removed last.
            let given = usize::from(scenario == "conflict/active");
            let clean_up = found.split_off((given + expected.len()).min(found.len()));
            assert!(clean_up.iter().all(|one| one.method == "DELETE" && one.path.contains("{{")), "{clean_up:?}");
            let found = &found[given..];
            for (written, actual) in found.iter().zip(&expected) {
                let same = written.method == actual.method
                    && fits(&written.path, &actual.path)
                    && fits(&written.query, &actual.query)
                    && fits(&written.body, &actual.body);
                assert!(same, "{scenario} as {dialect}, {form}:\n{written:#?}\nis not\n{actual:#?}");
            }
            assert_eq!(found.len(), expected.len(), "{scenario}, {form}");
        }
    }
}

#[test]
fn no_id_of_the_endpoint_that_answered_is_left_in_what_runs_elsewhere() {
    for (scenario, dialect) in cases() {
        let transcript = transcript(scenario, dialect);
        let answers = transcript.exchanges.iter().filter_map(|exchange| exchange.response()?.json());
        let ids: Vec<String> =
            answers.filter_map(|body| Some(body.get("id")?.as_str()?.to_owned())).filter(|id| id.len() > 8).collect();
        assert!(!ids.is_empty(), "{scenario}");
        for form in ["curl", "hurl", "postman"] {
            let text = exported(scenario, dialect, form);
            let left: Vec<&String> = ids.iter().filter(|id| text.contains(*id)).collect();
            assert!(left.is_empty(), "{scenario} as {form}: {left:?}");
        }
    }
}

#[test]
fn a_version_is_taken_from_the_resource_it_belongs_to_and_a_time_is_encoded() {
    let text = exported(TWO_VERSIONS, "plain", "hurl");
    let line = |words: &str| text.lines().position(|line| line == words).unwrap_or_else(|| panic!("{words}:\n{text}"));
    let (alice, bob) = (line("If-Match: {{alice_version}}"), line("If-Match: {{bob_version}}"));
    assert!(line("DELETE {{base}}/Users/{{alice_id}}") < alice && bob < alice);
    assert!(line("alice_version: jsonpath \"$.meta.version\"") < line("bob_version: jsonpath \"$.meta.version\""));
    assert!(text.contains("%20ge%20%22{{bob_time_in_query}}%22"), "{text}");
    line("bob_time_in_query: jsonpath \"$.meta.lastModified\" urlEncode");
}

#[test]
fn an_export_is_the_same_every_time_and_holds_no_password_that_was_sent() {
    let transcript = transcript("lifecycle/create", "okta");
    let bodies = transcript.exchanges.iter().filter_map(|exchange| exchange.request.json());
    let passwords: Vec<String> = bodies.filter_map(|body| Some(body.get("password")?.as_str()?.to_owned())).collect();
    assert!(!passwords.is_empty(), "Okta sends one");
    for form in ["curl", "hurl", "postman", "har", "wiremock"] {
        let text = exported("lifecycle/create", "okta", form);
        assert_eq!(text, exported("lifecycle/create", "okta", form));
        assert!(passwords.iter().all(|password| !text.contains(password)), "{form}");
        assert!(!text.contains("127.0.0.1"), "{form} names the embedded server");
    }
}

#[test]
fn diagnose_finds_in_a_har_what_went_wrong() {
    let folder = tempfile::tempdir().unwrap();
    for (scenario, words) in [("capacity/create", "No seat is free"), ("conflict/unassign-reassign", "409")] {
        let file = folder.path().join("record.har");
        std::fs::write(&file, exported(scenario, "okta", "har")).unwrap();
        let output = Command::new(env!("CARGO_BIN_EXE_scimulator")).arg("diagnose").arg(&file).output().unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success() && said.contains(words), "{said}");
    }
}

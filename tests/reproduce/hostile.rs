//! Whatever stands in a log, and whatever is left of it, the file that is made of it can be read, and says it as it was.

use scimulator::logs::readers::Options;
use scimulator::logs::scenario::{Choice, of_finding};
use scimulator::logs::ticket::Ticket;
use scimulator::scenario::{Verb, parse};
use scimulator::yaml::write;

use crate::manifest::{MANIFEST, folder};

/// So many places each sample is cut at.
const CUTS: usize = 12;

/// Names that mean something to YAML, to variables, to filters or to terminals.
const NAMES: [&str; 12] = [
    "${p1.id}",
    "$${uuid}",
    "a: b # c",
    "- x",
    "'\"'\"",
    "{{a}}",
    "!!binary aGk=",
    "line\nbreak\r\n",
    "\u{202e}moc.elpmaxe",
    "null",
    "\\\"\\",
    "*anchor",
];

/// The scenario files of a log.
fn files(text: &[u8]) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log");
    std::fs::write(&path, text).unwrap();
    let ticket = Ticket::read(&[&path], None, &Options::default(), |_| {}).unwrap();
    ticket
        .findings
        .iter()
        .filter_map(|finding| of_finding(finding, &Choice::default()))
        .map(|document| write(&document))
        .collect()
}

#[test]
fn a_file_can_be_read_whatever_is_left_of_a_log() {
    let mut read = 0;
    for sample in MANIFEST.samples.iter().filter(|sample| folder().join(&sample.file).is_file()) {
        let whole = std::fs::read(folder().join(&sample.file)).unwrap();
        for end in (0..=CUTS).map(|part| whole.len() * part / CUTS) {
            for text in files(&whole[..end]) {
                let scenario = parse("cut", "cut.yaml", &text, false);
                assert!(scenario.is_ok(), "{} cut at {end}: {}\n{text}", sample.file, scenario.unwrap_err());
                read += 1;
            }
        }
    }
    assert!(read > 100, "{read} files");
}

#[test]
fn a_name_from_a_log_is_a_name_and_nothing_else() {
    for name in NAMES {
        let user = |id: &str| serde_json::json!({ "id": id, "userName": name, "title": name });
        let line = |method: &str, path: &str, status: u16, request: &serde_json::Value| {
            serde_json::json!({ "time": "2026-11-16T09:12:05Z", "method": method, "path": format!("/scim/v2{path}"),
                "status": status, "request": request, "response": { "detail": name } })
            .to_string()
        };
        let log =
            [line("POST", "/Users", 409, &user("")), line("PUT", "/Users/%24%7Bp1.id%7D", 400, &user(name))].join("\n");
        let texts = files(log.as_bytes());
        assert!(!texts.is_empty(), "{name:?}");
        for text in texts {
            let scenario =
                parse("x", "x.yaml", &text, false).unwrap_or_else(|error| panic!("{name:?}: {error}\n{text}"));
            let people = scenario.people.values().any(|person| person["userName"] == name);
            assert!(people, "{name:?}\n{text}");
            let titles = scenario.steps.iter().filter_map(|step| match &step.verb {
                Verb::Request(request) => request.body.as_ref()?.get("title")?.as_str().map(str::to_owned),
                _ => None,
            });
            for title in titles {
                assert!(title.starts_with("${p1") || title == name.replace("${", "$${"), "{title} for {name:?}");
            }
            assert!(!text.contains('\u{202e}'), "{text}");
        }
    }
}

#[test]
fn a_recording_is_a_scenario_that_can_be_reproduced() {
    use scimulator::http::{Headers, Method, Request, Response};
    use scimulator::logs::scenario::of_exchanges;
    use serde_json::json;

    let answer = |status, body: serde_json::Value| Response::new(status, Headers::new(), body.to_string());
    let user = |name: &str| json!({ "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": name });
    let with_id = |name: &str| json!({ "id": "abcd-1234", "userName": name });
    let exchanges = [
        (
            Request::new(Method::Post, "/Users").with_json(&user("ann@acme.example.org")),
            answer(201, with_id("ann@acme.example.org")),
        ),
        (Request::new(Method::Get, "/Users/abcd-1234"), answer(200, with_id("ann@acme.example.org"))),
        (Request::new(Method::Delete, "/Users/abcd-1234"), Response::new(204, Headers::new(), "")),
        (Request::new(Method::Get, "/Users/abcd-1234"), answer(404, json!({ "detail": "gone" }))),
    ];
    let text = of_exchanges("A recording", "okta", &exchanges);
    assert!(!text.contains("abcd-1234"), "{text}");
    let binary = crate::binary::Binary::new().file("recorded.yaml", &text);
    let said = binary.run(&["reproduce", "recorded.yaml"]);
    assert_eq!(said.code, 0, "{said:#?}\n{text}");
    assert_eq!(binary.run(&["reproduce", "recorded.yaml", "--behave", "empty-201"]).code, 3);
    assert_eq!(binary.run(&["reproduce", "recorded.yaml", "--behave", "gateway=502:GET/Users"]).code, 1);
}

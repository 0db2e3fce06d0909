//! Formats that show HTTP itself: what the manifest says of each sample is what is read of it.

use scimulator::logs::format::Format;
use scimulator::logs::input::{self, LogFile};
use scimulator::logs::observation::{Idp, Intent, Known, Observation, Outcome, Provenance};
use scimulator::logs::readers::{self, Options, Summary};

use crate::manifest::{MANIFEST, Sample, folder};

/// The formats of this test.
const WIRE: [Format; 19] = [
    Format::AccessAlb,
    Format::AccessApiGateway,
    Format::AccessCloudflare,
    Format::AccessCombined,
    Format::AccessW3c,
    Format::AppJsonl,
    Format::AppText,
    Format::CurlCommand,
    Format::CurlVerbose,
    Format::Har,
    Format::HttpRaw,
    Format::Hurl,
    Format::Insomnia,
    Format::NgrokApi,
    Format::OtlpJson,
    Format::Postman,
    Format::Runscope,
    Format::WireMockJournal,
    Format::WireMockMappings,
];

fn samples() -> impl Iterator<Item = (&'static Sample, Format)> {
    MANIFEST.samples.iter().filter_map(|sample| {
        let format = Format::from_id(&sample.format).unwrap();
        WIRE.contains(&format).then_some((sample, format))
    })
}

fn read_file(file: &LogFile, format: Format, options: &Options) -> (Summary, Vec<Observation>) {
    let mut observations = Vec::new();
    let summary = readers::read(file, format, options, &mut |observation| observations.push(observation)).unwrap();
    (summary, observations)
}

fn read(format: Format, text: &str) -> (Summary, Vec<Observation>) {
    read_file(&LogFile::in_memory("test", text.as_bytes()).unwrap(), format, &Options::default())
}

fn read_sample(sample: &Sample, format: Format) -> (Summary, Vec<Observation>) {
    let file = input::open(&folder().join(&sample.file)).unwrap().remove(0);
    read_file(&file, format, &Options::default())
}

/// What stands in the manifest for a request: method, path with query, decoded, and status.
fn shown(observation: &Observation) -> (String, String, Option<u16>) {
    let http = observation.http.as_ref().unwrap();
    let query = http.query.as_ref().map(|query| format!("?{}", decoded(query))).unwrap_or_default();
    let method = http.method.as_ref().unwrap().value.to_string();
    (method, format!("{}{query}", http.path.as_ref().unwrap().value), observation.status())
}

fn decoded(query: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = query.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let digits: Vec<u8> = rest.by_ref().take(2).collect();
                u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).unwrap()
            }
            other => other,
        });
    }
    String::from_utf8(bytes).unwrap()
}

#[test]
fn records_and_warnings_are_those_of_the_manifest() {
    let mut wrong = Vec::new();
    for (sample, format) in samples() {
        let (summary, _) = read_sample(sample, format);
        let mut said: Vec<String> = summary.warnings.iter().map(ToString::to_string).collect();
        let mut expected = sample.warnings.clone();
        said.sort_unstable();
        expected.sort_unstable();
        if (summary.records, summary.unique_records, &said) != (sample.records, sample.unique_records, &expected) {
            wrong.push(format!(
                "{}: {} records, {} unique, {said:?}; expected {}, {}, {expected:?}",
                sample.file, summary.records, summary.unique_records, sample.records, sample.unique_records
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn requests_are_those_of_the_manifest() {
    let mut compared = 0;
    for (sample, format) in samples() {
        let (_, mut observations) = read_sample(sample, format);
        observations.sort_by_key(|observation| observation.time.map(|time| time.instant));
        // A sample that is cut lists no requests of its own.
        let listed: Vec<_> = sample.incidents.iter().flat_map(|incident| &incident.requests).collect();
        if listed.is_empty() {
            continue;
        }
        let expected: Vec<_> =
            listed.iter().map(|request| (request.method.clone(), request.path.clone(), request.status)).collect();
        assert_eq!(observations.iter().map(shown).collect::<Vec<_>>(), expected, "{}", sample.file);
        compared += 1;
    }
    assert!(compared > 10);
}

#[test]
fn subjects_are_those_of_the_manifest() {
    for (sample, format) in samples() {
        let (_, observations) = read_sample(sample, format);
        for incident in sample.incidents.iter().filter(|incident| incident.subject != "*") {
            let is_it = |observation: &&Observation| {
                let subject = &observation.subject;
                [&subject.user_name, &subject.email, &subject.scim_id]
                    .into_iter()
                    .flatten()
                    .any(|name| *name == incident.subject)
            };
            assert!(
                observations.iter().any(|observation| is_it(&observation)),
                "{}: {}",
                sample.file,
                incident.subject
            );
        }
    }
}

#[test]
fn every_sample_can_be_cut_anywhere() {
    for (sample, format) in samples() {
        let whole = std::fs::read(folder().join(&sample.file)).unwrap();
        let mut before = 0;
        for end in (0..whole.len()).step_by(if whole.len() > 4000 { 101 } else { 1 }) {
            let file = LogFile::in_memory("cut", &whole[..end]).unwrap();
            let records = read_file(&file, format, &Options::default()).0.records;
            assert!(records >= before, "{}: {records} records in {end} bytes, {before} before", sample.file);
            before = records;
        }
    }
}

#[test]
fn every_reader_survives_every_sample() {
    for sample in &MANIFEST.samples {
        for file in input::open(&folder().join(&sample.file)).unwrap() {
            for format in WIRE.into_iter().chain([Format::MixedText]) {
                read_file(&file, format, &Options::default());
            }
        }
    }
}

#[test]
fn bodies_are_kept_to_the_byte() {
    let body = |file: &str, at: usize, is_request: bool| {
        let (sample, format) = samples().find(|(sample, _)| sample.file.starts_with(file)).unwrap();
        let http = read_sample(sample, format).1.remove(at).http.unwrap();
        if is_request { http.request_body } else { http.response_body }.unwrap().value
    };
    assert_eq!(body("raw-53", 0, true).text.len(), 230);
    assert_eq!(body("raw-53", 0, false).text, "{\"message\":\"Internal Server Error\"}\n");
    assert_eq!(body("curl-52", 1, false).text, "{\"message\":\"Unauthorized.\"}");
    assert!(body("curl-50", 1, true).text.contains("\"displayName\":\"Niamh O’Connor\""));
    assert!(body("curl-50", 2, true).text.starts_with("{\"schemas\":[\"urn:ietf"));
    assert!(body("wiremock-72", 1, false).text.contains("7b0c2f1e-52a6-4f3e-9a57-3d2b1c0e9f44 not found"));
    assert!(body("postman-70", 0, false).text.contains("\"startIndex\":\"1\""));
    let cut = body("app-64", 2, true);
    assert!(cut.is_cut && cut.text == "{\"userName\":\"niamh.o'connor@harbour");
    assert!(
        body("app-64", 1, true).text.contains("\"externalId\": \"00u1kniamhoconn0005d7\""),
        "as it stands in the log"
    );
}

#[test]
fn what_was_wanted_and_how_it_ended_is_told() {
    use Intent::{AuthTest, Create, Deactivate, Lookup, Reactivate, Read, Update};
    use Outcome::{Failure, Skipped, Success, Unknown};
    let of = |file: &str| {
        let (sample, format) = samples().find(|(sample, _)| sample.file.starts_with(file)).unwrap();
        let observations = read_sample(sample, format).1;
        observations.iter().map(|seen| (seen.intent, seen.outcome)).collect::<Vec<_>>()
    };
    let update = [(Read, Success), (Update, Success)];
    assert_eq!(of("har-40"), [[(Lookup, Success), (Create, Success)], update, update].concat());
    assert_eq!(of("curl-50"), [(Lookup, Unknown), (Create, Unknown), (Deactivate, Unknown)]);
    assert_eq!(of("curl-52"), [(AuthTest, Unknown), (AuthTest, Failure)]);
    assert_eq!(of("wiremock-72"), [(Lookup, Success), (Reactivate, Failure)]);
    assert_eq!(of("runscope-74"), [(AuthTest, Success), (Create, Skipped)]);
}

#[test]
fn the_idp_is_known_by_its_agent_or_habits() {
    for (sample, format) in samples() {
        let expected = match &sample.file[..sample.file.find('-').unwrap()] {
            "har" | "app" => Idp::Okta,
            _ => continue,
        };
        assert!(read_sample(sample, format).1.iter().all(|seen| seen.idp == expected), "{}", sample.file);
    }
}

#[test]
fn what_a_test_only_expects_is_not_called_observed() {
    let (_, seen) = read(
        Format::Hurl,
        "GET {{base}}/Users/1\nHTTP *\n[Asserts]\nstatus == 404\n\nGET {{base}}/Users/2\nHTTP 200\n",
    );
    let known: Vec<_> = seen.iter().map(|seen| seen.http.as_ref().unwrap().status.clone().unwrap()).collect();
    assert_eq!(known, [Known::inferred(404, "asserted-by-test"), Known::inferred(200, "asserted-by-test")]);
    let observed = &read(Format::HttpRaw, "GET /Users/1 HTTP/1.1\n\nHTTP/1.1 404 No\n\n").1[0];
    assert_eq!(observed.http.as_ref().unwrap().status.as_ref().unwrap().how, Provenance::Observed);
}

#[test]
fn cloudflare_says_when_nothing_answered_behind_the_edge() {
    let line = r#"{"ClientRequestMethod":"PATCH","ClientRequestHost":"a.example","ClientRequestURI":"/scim/v2/Users/7","ClientRequestUserAgent":"","EdgeStartTimestamp":1795068001301000000,"EdgeResponseStatus":522,"OriginResponseStatus":0,"RayID":"r1"}"#;
    let (summary, seen) = read(Format::AccessCloudflare, &format!("{line}\n{line}\n"));
    assert_eq!((summary.records, summary.unique_records, seen.len()), (2, 1, 1));
    assert_eq!(shown(&seen[0]), ("PATCH".to_owned(), "/Users/7".to_owned(), Some(522)));
    assert_eq!(seen[0].message.as_ref().unwrap().raw, "OriginResponseStatus 0");
    assert_eq!(seen[0].http.as_ref().unwrap().base.as_deref(), Some("https://a.example/scim/v2"));
    assert!(seen[0].time.is_some());
}

#[test]
fn ngrok_gives_the_bytes_and_says_what_it_cut() {
    // POST with 20 bytes announced and 2 there; an answer of 201.
    let request = "UE9TVCAvVXNlcnMgSFRUUC8xLjENCkhvc3Q6IGENCkNvbnRlbnQtTGVuZ3RoOiAyMA0KDQp7fQ==";
    let answer = "SFRUUC8xLjEgMjAxIENyZWF0ZWQNCkNvbnRlbnQtTGVuZ3RoOiAyDQoNCnt9";
    let text = format!(
        r#"{{"requests":[{{"id":"a","start":"2026-11-19T06:00:01.3Z","duration":2000000,"request":{{"method":"POST","uri":"/Users","raw":"{request}"}},"response":{{"status_code":201,"raw":"{answer}"}}}},{{"id":"b","uri":"/Users/1","request":{{"method":"GET","uri":"/Users/1","headers":{{"User-Agent":["Okta SCIM Client 1.0.0"]}}}},"response":{{"status_code":404}}}}]}}"#
    );
    let (summary, seen) = read(Format::NgrokApi, &text);
    assert_eq!(summary.records, 2);
    assert_eq!(summary.warnings.iter().map(ToString::to_string).collect::<Vec<_>>(), ["body-truncated:1"]);
    let http = seen[0].http.as_ref().unwrap();
    assert_eq!(
        (http.duration_ms, seen[0].status(), http.request_body.as_ref().unwrap().value.is_cut),
        (Some(2), Some(201), true)
    );
    assert_eq!((seen[1].idp, seen[1].status()), (Idp::Okta, Some(404)));
}

#[test]
fn a_journal_of_wiremock_is_read() {
    let text = r#"{"requests":[{"id":"2","request":{"url":"/scim/Users/7","method":"DELETE","headers":{},"loggedDate":1795068002000},"responseDefinition":{"status":404}},{"id":"1","request":{"absoluteUrl":"http://a/scim/Users","method":"POST","body":"{\"userName\":\"x\"}","loggedDate":1795068001000},"response":{"status":201,"body":"{\"id\":\"7\"}"}}]}"#;
    let (summary, seen) = read(Format::WireMockJournal, text);
    assert_eq!(summary.warnings.iter().map(ToString::to_string).collect::<Vec<_>>(), ["newest-first"]);
    assert_eq!(seen[0].intent, Intent::Delete);
    assert_eq!((seen[1].subject.user_name.as_deref(), seen[1].subject.scim_id.as_deref()), (Some("x"), Some("7")));
}

#[test]
fn other_names_of_the_same_things_are_understood() {
    for line in [
        r#"{"@timestamp":"2026-11-16T09:12:05Z","http":{"request":{"method":"PUT","body":{"content":"{\"active\":false}"}},"response":{"status_code":500}},"url":{"path":"/scim/Users/7"}}"#,
        r#"{"ts":1794820325,"req":{"method":"put","url":"/scim/Users/7","body":{"active":false}},"res":{"statusCode":500}}"#,
        r#"{"time":1794820325000,"fields":{"verb":"PUT","uri":"/scim/Users/7","status_code":"500","payload":"{\"active\":false}"}}"#,
        r#"{"timestamp":"1794820325.0","request":{"method":"PUT","path":"/scim/Users/7","headers":{},"body":"{\"active\":false}"},"response":{"status":500,"body":null}}"#,
    ] {
        let (_, seen) = read(Format::AppJsonl, line);
        let seen = seen.first().unwrap_or_else(|| panic!("{line}"));
        assert_eq!(shown(seen), ("PUT".to_owned(), "/Users/7".to_owned(), Some(500)), "{line}");
        assert_eq!((seen.intent, seen.outcome), (Intent::Deactivate, Outcome::Failure), "{line}");
        assert_eq!(seen.time.unwrap().instant.unix_timestamp(), 1_794_820_325, "{line}");
    }
}

#[test]
fn a_body_in_a_file_is_taken_only_from_what_came_along() {
    let text = "curl -X PATCH https://a.example/Users/7 --data-binary @/etc/../bodies/patch.json --frobnicate -sS\n";
    let missing = read(Format::CurlCommand, text).0;
    let said: Vec<String> = missing.warnings.iter().map(ToString::to_string).collect();
    assert_eq!(said, ["file-not-given:/etc/../bodies/patch.json", "unknown-options:frobnicate", "no-responses"]);
    let body = LogFile::in_memory("case/Patch.json", &b"{\"a\":\n1}"[..]).unwrap();
    let options = Options { beside: vec![body], ..Options::default() };
    let file = LogFile::in_memory("test", text.as_bytes()).unwrap();
    let seen = read_file(&file, Format::CurlCommand, &options).1;
    assert_eq!(seen[0].http.as_ref().unwrap().request_body.as_ref().unwrap().value.text, "{\"a\":\n1}");
}

#[test]
fn power_shell_and_urlencoded_queries_are_read() {
    let text = "PS C:\\> Invoke-RestMethod -Uri \"https://a.example/scim/Users\" -Method Post -Headers @{ \"Authorization\"=\"Bearer x\" } -ContentType 'application/scim+json' -Body \"{`\"userName`\":`\"a`\"}\"\n\
                curl -G https://a.example/scim/Users --data-urlencode 'filter=userName eq \"a\"' -d count=1 --next -I https://a.example/scim/Users/1\n";
    let (summary, seen) = read(Format::CurlCommand, text);
    assert_eq!(summary.records, 3);
    assert_eq!(shown(&seen[0]).0, "POST");
    assert_eq!(seen[0].subject.user_name.as_deref(), Some("a"));
    assert_eq!(shown(&seen[1]).1, "/Users?filter=userName eq \"a\"&count=1");
    assert_eq!(shown(&seen[2]).0, "HEAD");
}

#[test]
fn only_what_was_asked_for_is_given() {
    let text =
        "GET /Users/1 HTTP/1.1\n\nHTTP/1.1 200 OK\n\n{\"userName\":\"Zoë@a.example\"}\nGET /Users/2 HTTP/1.1\n\n";
    let file = LogFile::in_memory("test", text.as_bytes()).unwrap();
    let options = Options { subject: Some("zoë@A.example".to_owned()), ..Options::default() };
    let (summary, seen) = read_file(&file, Format::HttpRaw, &options);
    assert_eq!((summary.records, seen.len()), (2, 1));
}

#[test]
fn pieces_of_a_mail_are_read_where_they_stand() {
    let sample = MANIFEST.samples.iter().find(|sample| sample.format == "mixed.text").unwrap();
    let (summary, seen) = read_sample(sample, Format::MixedText);
    let mut said: Vec<String> = summary.warnings.iter().map(ToString::to_string).collect();
    let mut expected = sample.warnings.clone();
    said.sort_unstable();
    expected.sort_unstable();
    assert_eq!(said, expected);
    // The sentence of Okta's page is another reader's; here is the command with its answer.
    let command = seen.iter().find(|seen| seen.place.format == Format::CurlCommand).unwrap();
    assert_eq!(shown(command), ("POST".to_owned(), "/Users".to_owned(), Some(409)));
    assert_eq!(command.http.as_ref().unwrap().status, Some(Known::inferred(409, "status-of-scim-error")));
    assert_eq!(
        (command.place.record, command.subject.user_name.as_deref()),
        (15, Some("niamh.o'connor@harbourlane.example.org"))
    );
    assert!(command.message.as_ref().unwrap().detail.as_ref().unwrap().starts_with("A user with this email"));
}

#[test]
fn a_mail_can_be_cut_anywhere() {
    let sample = MANIFEST.samples.iter().find(|sample| sample.format == "mixed.text").unwrap();
    let whole = std::fs::read(folder().join(&sample.file)).unwrap();
    for end in 0..whole.len() {
        let file = LogFile::in_memory("cut", &whole[..end]).unwrap();
        let records = read_file(&file, Format::MixedText, &Options::default()).0.records;
        assert!(records <= sample.records, "{end}");
    }
}

#[test]
fn postman_takes_values_from_environments_that_came_along() {
    let text = r#"{"info":{"schema":"https://schema.getpostman.com/json/collection/v2.1.0/collection.json"},
        "auth":{"type":"basic","basic":[{"key":"username","value":"u"},{"key":"password","value":"p"}]},
        "item":[{"name":"one","request":{"method":"DELETE","auth":{"type":"noauth"},"url":{"raw":"{{base}}/Users/:id","variable":[{"key":"id","value":"7"}]}}},
                {"name":"two","request":"{{base}}/Users/8"}]}"#;
    let environment = r#"{"values":[{"key":"base","value":"https://a.example/scim","enabled":true}],"_postman_variable_scope":"environment"}"#;
    let beside = vec![LogFile::in_memory("e.json", environment.as_bytes()).unwrap()];
    let file = LogFile::in_memory("test", text.as_bytes()).unwrap();
    let (_, seen) = read_file(&file, Format::Postman, &Options { beside, ..Options::default() });
    assert_eq!(shown(&seen[0]), ("DELETE".to_owned(), "/Users/7".to_owned(), None));
    assert_eq!(seen[0].http.as_ref().unwrap().base.as_deref(), Some("https://a.example/scim"));
    assert!(seen[0].http.as_ref().unwrap().request_headers.is_empty(), "it goes without credentials");
    assert_eq!(seen[1].http.as_ref().unwrap().request_headers, [("Authorization".to_owned(), "Basic dTpw".to_owned())]);
}

#[test]
fn a_mapping_alone_is_read_with_the_file_that_it_names() {
    let text = r#"{"id":"m","request":{"method":"GET","urlPattern":"/scim/v2/Users\\?startIndex=1&count=2"},"response":{"status":200,"bodyFileName":"body.json"}}"#;
    let beside = vec![LogFile::in_memory("__files/body.json", &b"{\"totalResults\":0}"[..]).unwrap()];
    let file = LogFile::in_memory("test", text.as_bytes()).unwrap();
    let (summary, seen) = read_file(&file, Format::WireMockMappings, &Options { beside, ..Options::default() });
    assert_eq!((summary.records, summary.warnings.len(), seen[0].intent), (1, 0, Intent::AuthTest));
    assert_eq!(seen[0].http.as_ref().unwrap().response_body.as_ref().unwrap().value.text, "{\"totalResults\":0}");
}

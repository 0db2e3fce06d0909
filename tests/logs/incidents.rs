//! Incidents and their likely causes, sample by sample, as the manifest has them.

use scimulator::logs::diagnosis::Language;
use scimulator::logs::readers::Options;
use scimulator::logs::report::{View, markdown};
use scimulator::logs::ticket::Ticket;

use crate::manifest::{MANIFEST, Sample, folder};

#[test]
fn every_sample_gives_its_incidents() {
    let mut wrong = Vec::new();
    for sample in &MANIFEST.samples {
        let ticket = Ticket::read(&[folder().join(&sample.file)], None, &Options::default(), |_| {}).unwrap();
        let mut found: Vec<String> = ticket
            .findings
            .iter()
            .map(|finding| {
                format!("{} | {} | {}", finding.incident.symptom, finding.incident.subject, finding.diagnosis.cause.id)
            })
            .collect();
        let mut expected: Vec<String> = sample
            .incidents
            .iter()
            .map(|incident| format!("{} | {} | {}", incident.symptom, incident.subject, incident.scenario))
            .collect();
        found.sort_unstable();
        expected.sort_unstable();
        if found != expected {
            wrong.push(format!("{}\n  found    {found:#?}\n  expected {expected:#?}", sample.file));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Bytes of a sample that is cut at each byte.
const SMALL: usize = 700;
/// So many places the others are cut at.
const CUTS: usize = 24;

#[test]
fn a_page_is_made_of_whatever_is_left_of_a_log() {
    let files: Vec<&Sample> = MANIFEST.samples.iter().filter(|sample| folder().join(&sample.file).is_file()).collect();
    let halves = files.chunks(files.len().div_ceil(2));
    std::thread::scope(|scope| {
        let threads: Vec<_> = halves.map(|half| scope.spawn(|| half.iter().for_each(|sample| cut(sample)))).collect();
        for thread in threads {
            thread.join().unwrap();
        }
    });
}

/// Makes a page of every beginning of a sample, of a large one of some: a full pass takes too long for every run.
fn cut(sample: &Sample) {
    let folder_of_cuts = tempfile::tempdir().unwrap();
    let path = folder_of_cuts.path().join("cut");
    let whole = std::fs::read(folder().join(&sample.file)).unwrap();
    let step = if whole.len() > SMALL { whole.len() / CUTS } else { 1 };
    let mut before = 0;
    for end in (0..=whole.len()).step_by(step) {
        std::fs::write(&path, &whole[..end]).unwrap();
        let ticket = Ticket::read(&[&path], None, &Options::default(), |_| {}).unwrap();
        let view = View::of(&ticket, Language::English);
        assert_eq!(view.incidents.len(), ticket.findings.len());
        assert!(!markdown(&view).is_empty(), "{} cut at {end}", sample.file);
        let records = ticket.files.iter().map(|file| file.records).sum::<u64>();
        assert!(records >= before, "{} cut at {end} loses records", sample.file);
        before = records;
    }
}

#[test]
fn who_was_deleted_and_is_looked_for_once_more_is_no_incident() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("scim.jsonl");
    let line = |second: u32, method: &str, path: &str, status: u16, body: &str| {
        format!(
            "{{\"time\": \"2026-11-16T09:00:{second:02}Z\", \"method\": \"{method}\", \"path\": \"/scim/v2{path}\", \"status\": {status}{body}}}\n"
        )
    };
    let person =
        r#", "requestBody": {"userName": "zoe@a.example"}, "responseBody": {"id": "7", "userName": "zoe@a.example"}"#;
    let create = line(1, "POST", "/Users", 201, person);
    let gone = line(3, "GET", "/Users/7", 404, "");
    let symptoms = |log: String| {
        std::fs::write(&path, log).unwrap();
        let ticket = Ticket::read(&[&path], None, &Options::default(), |_| {}).unwrap();
        ticket.findings.iter().map(|finding| finding.incident.symptom.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(symptoms(format!("{create}{}{gone}", line(2, "DELETE", "/Users/7", 204, ""))), [""; 0]);
    assert_eq!(symptoms(format!("{create}{gone}")), ["read.not-found"]);
}

/// The title of the first incident in a log.
fn title(log: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.log");
    std::fs::write(&path, log).unwrap();
    let ticket = Ticket::read(&[path], None, &Options::default(), |_| {}).unwrap();
    ticket.findings[0].diagnosis.cause.words(Language::English).title.clone()
}

#[test]
fn a_title_says_no_more_than_the_log_shows() {
    let access = |method: &str, path: &str, status: u16| {
        format!(
            "203.0.113.7 - - [23/Nov/2026:08:14:22 +0000] \"{method} /scim/v2{path} HTTP/1.1\" {status} 162 \"-\" \"-\"\n"
        )
    };
    let lookup = access("GET", "/Users?filter=userName%20eq%20%22mona%40x.example%22", 200);
    for (log, expected) in [
        (access("POST", "/Users", 403), "The create is refused with 403, and nothing says why"),
        (access("POST", "/Users", 402), "The request is refused with 402 (Payment Required)"),
        (access("POST", "/Users", 301), "The request is answered with a redirect"),
        (access("POST", "/Users", 409), "The create is refused with 409"),
        (lookup + &access("POST", "/Users", 409), "The create is refused with 409"),
        (access("PATCH", "/Users/usr_3Pz9KdV7nB", 415), "The endpoint does not take the media type of SCIM"),
        (access("PUT", "/Users/usr_3Pz9KdV7nB", 409), "The change is refused with 409"),
        (access("POST", "/Users", 401) + &access("POST", "/Users", 201), "Requests are refused with 401"),
        (access("POST", "/Users", 413), "The request is refused as too large"),
        (access("POST", "/Users", 415), "The endpoint does not take the media type of SCIM"),
        (access("POST", "/Users", 404), "The create is answered 404"),
        (
            access("PATCH", "/Users/usr_3Pz9KdV7nB", 400),
            "A PATCH is refused, of which the log does not show what it changes",
        ),
        (
            r#"{"request":"POST /scim/v2/Users HTTP/1.1","status":"409","request_body":"{\"userName\":\"a@x.example\"}"}"#.to_owned(),
            "The create is refused with 409",
        ),
        (
            r#"2026-11-23T08:14:22Z stdout F {"method":"POST","path":"/scim/v2/Users","status":415}"#.to_owned(),
            "The endpoint does not take the media type of SCIM",
        ),
    ] {
        assert_eq!(title(&log), expected, "{log}");
    }
}

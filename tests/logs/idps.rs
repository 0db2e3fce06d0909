//! What the IdPs write is read into observations: counts, oddities, and what each record says.

use std::collections::BTreeSet;

use scimulator::logs::format::Format;
use scimulator::logs::input::{self, LogFile};
use scimulator::logs::observation::{Idp, Observation, Outcome};
use scimulator::logs::readers::{self, Options, Summary};
use scimulator::logs::{detect, times};
use serde_json::Value;

use crate::manifest::{MANIFEST, Request, Sample, folder};

fn samples() -> impl Iterator<Item = &'static Sample> {
    MANIFEST.samples.iter().filter(|sample| sample.format.starts_with("okta.") || sample.format.starts_with("entra."))
}

fn files(name: &str) -> Vec<(LogFile, Format)> {
    let files = input::open(&folder().join(name)).unwrap();
    files.into_iter().map(|file| (detect::detect(&file).unwrap(), file)).map(|(format, file)| (file, format)).collect()
}

fn read(files: &[(LogFile, Format)], options: &Options) -> (Vec<Observation>, Vec<Summary>) {
    let mut seen = Vec::new();
    let summaries = readers::read_all(files, options, &mut |observation| seen.push(observation));
    (seen, summaries.into_iter().map(Result::unwrap).collect())
}

fn sample(name: &str) -> Vec<Observation> {
    read(&files(name), &Options::default()).0
}

fn text(bytes: impl AsRef<[u8]>, options: &Options) -> (Vec<Observation>, Summary) {
    let file = LogFile::in_memory("log", bytes.as_ref()).unwrap();
    let format = detect::detect(&file).unwrap();
    let (seen, mut summaries) = read(&[(file, format)], options);
    (seen, summaries.remove(0))
}

#[test]
fn records_and_oddities_are_those_of_the_manifest() {
    let mut wrong = Vec::new();
    for sample in samples() {
        let (_, summaries) = read(&files(&sample.file), &Options::default());
        let records: u64 = summaries.iter().map(|summary| summary.records).sum();
        let unique: u64 = summaries.iter().map(|summary| summary.unique_records).sum();
        let warnings: BTreeSet<String> =
            summaries.iter().flat_map(|summary| &summary.warnings).map(ToString::to_string).collect();
        let expected: BTreeSet<String> = sample.warnings.iter().cloned().collect();
        if (records, unique, &warnings) != (sample.records, sample.unique_records, &expected) {
            wrong.push(format!(
                "{}: {records} records, {unique} unique, {warnings:?}; not {}, {}, {expected:?}",
                sample.file, sample.records, sample.unique_records
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_incident_shows_with_its_subject_and_the_statuses_that_the_log_names() {
    let mut wrong = Vec::new();
    for sample in samples() {
        let seen = read(&files(&sample.file), &Options::default()).0;
        for incident in &sample.incidents {
            let of_subject: Vec<_> = seen.iter().filter(|seen| is_about(seen, &incident.subject)).collect();
            if of_subject.is_empty() {
                wrong.push(format!("{}: nothing about {}", incident.id, incident.subject));
            }
            for request in incident.requests.iter().filter(|request| is_in_log(request)) {
                if !of_subject.iter().any(|seen| seen.status() == request.status) {
                    let (method, status) = (&request.method, request.status);
                    wrong.push(format!("{}: no {method} with {status:?} in {of_subject:#?}", incident.id));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Whether a request's status stands in the log; successes never do.
fn is_in_log(request: &Request) -> bool {
    let marks = ["status parsed", "status and body observed", "observed,"];
    request.status.is_some_and(|status| status >= 300) && marks.iter().any(|mark| request.source.starts_with(mark))
}

fn is_about(seen: &Observation, subject: &str) -> bool {
    let who = &seen.subject;
    let names = [&who.user_name, &who.email, &who.display_name];
    // Whose address has changed is known by the old one as well.
    let before = seen.changes.iter().map(|change| &change.old);
    subject == "*" || names.into_iter().chain(before).flatten().any(|name| name == subject)
}

#[test]
fn a_log_that_is_cut_anywhere_gives_what_came_before() {
    for sample in samples() {
        for (file, format) in files(&sample.file) {
            let bytes = std::fs::read(folder().join(file.name.rsplit_once("fixtures/logs/").unwrap().1)).unwrap();
            let step = (bytes.len() / 400).max(1);
            let mut before = 0;
            for end in (0..=bytes.len()).step_by(step) {
                let cut = LogFile::in_memory("cut", &bytes[..end]).unwrap();
                let (_, summaries) = read(&[(cut, format)], &Options::default());
                assert!(summaries[0].records >= before, "{} at {end}", sample.file);
                before = summaries[0].records;
            }
        }
    }
}

#[test]
fn files_read_as_any_format_of_an_idp_end_without_panic() {
    for sample in &MANIFEST.samples {
        for (file, _) in files(&sample.file) {
            for format in Format::ALL.into_iter().filter(|format| format.id().starts_with(['o', 'e'])) {
                let _ = readers::read(&file, format, &Options::default(), &mut |_| {});
            }
        }
    }
}

#[test]
fn what_entra_says_of_a_failed_write_is_kept_whole() {
    let source: Value = serde_json::from_str(&std::fs::read_to_string(folder().join(CONFLICT)).unwrap()).unwrap();
    let seen = sample(CONFLICT);
    let records = source["value"].as_array().unwrap();
    let writes: Vec<_> = seen.iter().filter(|seen| seen.kind == "EntryExportAdd").collect();
    assert_eq!(writes.len(), records.len());
    for (write, record) in writes.iter().zip(records) {
        let error = &record["provisioningStatusInfo"]["errorInformation"];
        let message = write.message.as_ref().unwrap();
        assert_eq!(Some(message.raw.as_str()), error["reason"].as_str());
        assert_eq!(message.code.as_deref(), error["errorCode"].as_str());
        let body = &write.http.as_ref().unwrap().response_body.as_ref().unwrap().value.text;
        let body: Value = serde_json::from_str(body).unwrap();
        assert_eq!((body["status"].as_u64(), body["detail"].as_str()), (Some(409), message.detail.as_deref()));
        let changes = write.changes.iter().map(|change| (Some(change.path.as_str()), change.new.as_deref()));
        let properties = record["modifiedProperties"].as_array().unwrap().iter();
        assert!(
            changes.eq(properties.map(|property| (property["displayName"].as_str(), property["newValue"].as_str())))
        );
        let who = &write.subject;
        assert_eq!(who.idp_id.as_deref(), record["sourceIdentity"]["id"].as_str());
        assert_eq!((who.scim_id.as_deref(), who.external_id.as_deref()), (None, who.idp_id.as_deref()));
        assert_eq!(
            (write.idp, write.outcome, write.app.as_deref()),
            (Idp::Entra, Outcome::Failure, Some("Acme Scheduler"))
        );
        assert_eq!(write.job.as_deref(), record["changeId"].as_str());
        let time = times::parse(record["activityDateTime"].as_str().unwrap(), None, times::DateOrder::MonthFirst);
        assert_eq!(write.time, time.map(|stamp| stamp.moment));
    }
    let retries: Vec<_> = writes.iter().map(|write| write.message.as_ref().unwrap().retries).collect();
    assert_eq!(retries, [Some(2), Some(1), Some(0)]);
}

const CONFLICT: &str = "entra-graph-20-create-conflict-escrow.json";

#[test]
fn attributes_of_a_step_are_found_when_the_properties_are_not_sent() {
    let source = std::fs::read_to_string(folder().join(CONFLICT)).unwrap();
    let mut log: Value = serde_json::from_str(&source).unwrap();
    for record in log["value"].as_array_mut().unwrap() {
        record["modifiedProperties"] = Value::Null;
    }
    let (with, without) = (sample(CONFLICT), text(log.to_string(), &Options::default()).0);
    let paths = |seen: &[Observation]| {
        seen.iter()
            .map(|seen| seen.changes.iter().map(|change| change.path.clone()).collect::<BTreeSet<_>>())
            .collect::<Vec<_>>()
    };
    assert_eq!(paths(&without), paths(&with));
    assert_eq!(with.last().unwrap().changes.len(), 10);
}

#[test]
fn the_three_files_of_the_portal_are_joined_and_each_is_of_use_alone() {
    let all = files("entra-portal-26-csv-triple/");
    let value = |seen: &[Observation], path: &str| {
        let changes = seen.iter().filter(|seen| !seen.changes.is_empty()).flat_map(|seen| &seen.changes);
        changes.filter(|change| change.path == path).find_map(|change| change.new.clone())
    };
    let joined = read(&all, &Options::default()).0;
    assert_eq!(value(&joined, "title").as_deref(), Some("Head of \"Special\"\nProjects"));
    let failed = joined.iter().find(|seen| seen.outcome == Outcome::Failure).unwrap();
    assert_eq!(
        (failed.status(), failed.subject.user_name.as_deref()),
        (Some(400), Some("hanako.sato@solway.example.org"))
    );
    assert_eq!(joined.iter().filter(|seen| seen.kind == "EntrySynchronizationAdd").count(), 1);
    // In any order the same.
    let reversed: Vec<_> = all.iter().rev().cloned().collect();
    assert_eq!(read(&reversed, &Options::default()).0, joined);
    for file in &all {
        let (seen, summaries) = read(std::slice::from_ref(file), &Options::default());
        assert_eq!((summaries[0].records, seen.is_empty()), (2, false), "{}", file.0.name);
    }
}

#[test]
fn okta_names_the_old_value_in_what_the_directory_says() {
    let seen = sample("okta-syslog-02-email-change-unordered.ndjson");
    let changed = seen.iter().find(|seen| seen.kind == "user.account.update_profile").unwrap();
    let email = changed.changes.iter().find(|change| change.path == "email").unwrap();
    assert_eq!(email.old.as_deref(), Some("zoe.obrien@harbourlane.example.org"));
    assert_eq!(email.new.as_deref(), Some("zoe.niguez+sched@harbourlane.example.org"));
    let pushed = seen.iter().find(|seen| seen.kind == "application.provision.user.push_profile").unwrap();
    assert_eq!(pushed.subject.idp_id, changed.subject.idp_id);
    assert_eq!(pushed.subject.display_name.as_deref(), Some("Zoë O’Brien-Ñíguez"));
    assert_eq!(pushed.app_template.as_deref(), Some("scim2headerauth"));
}

#[test]
fn envelopes_of_collectors_change_nothing() {
    let source = std::fs::read_to_string(folder().join("okta-syslog-01-create-conflict.json")).unwrap();
    let events: Vec<Value> = serde_json::from_str(&source).unwrap();
    let plain = |seen: Vec<Observation>| {
        seen.into_iter()
            .map(|seen| (seen.place.record, seen.subject, seen.intent, seen.message, seen.time))
            .collect::<Vec<_>>()
    };
    let expected = plain(sample("okta-syslog-01-create-conflict.json"));
    let wrapped = |wrap: &dyn Fn(&Value) -> Value| {
        let lines: Vec<String> = events.iter().map(|event| wrap(event).to_string()).collect();
        let (seen, summary) = text(lines.join("\n") + "\n", &Options::default());
        assert_eq!(summary.format, Format::OktaWrapped, "{}", lines[0]);
        plain(seen)
    };
    assert_eq!(
        wrapped(&|event| serde_json::json!({"preview": false, "result": {"_raw": event.to_string()}})),
        expected
    );
    assert_eq!(wrapped(&|event| serde_json::json!({"host": "x", "event": event})), expected);
    assert_eq!(wrapped(&|event| serde_json::json!({"okta": {"system": event}})), expected);
    assert_eq!(wrapped(&|event| serde_json::json!({"@timestamp": 1, "okta.system": event})), expected);
    assert_eq!(wrapped(&lowered), expected);
}

/// An object with the names of all its members in lower case.
fn lowered(value: &Value) -> Value {
    match value {
        Value::Object(object) => {
            Value::Object(object.iter().map(|(name, value)| (name.to_lowercase(), lowered(value))).collect())
        }
        Value::Array(list) => Value::Array(list.iter().map(lowered).collect()),
        other => other.clone(),
    }
}

#[test]
fn what_powershell_leaves_of_a_record_is_read() {
    let record = r#"{"value":[{"id":"1","activityDateTime":"2026-11-16T21:24:02Z","provisioningAction":"create",
        "changeId":"c","sourceIdentity":"@{id=o1; displayName=Ann; Lee; identityType=User; details=}",
        "provisioningStatusInfo":"@{status=failure; errorInformation=}","provisioningSteps":"System.Object[]",
        "modifiedProperties":"@{displayName=userName; oldValue=; newValue=a@x.example}"}]}"#;
    let utf16: Vec<u8> = std::iter::once('\u{feff}')
        .chain(record.chars())
        .collect::<String>()
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let (seen, summary) = text(utf16, &Options::default());
    let [seen] = seen.as_slice() else { panic!("{seen:?}") };
    assert_eq!((seen.subject.display_name.as_deref(), seen.subject.idp_id.as_deref()), (Some("Ann; Lee"), Some("o1")));
    assert_eq!((seen.outcome, seen.changes[0].new.as_deref()), (Outcome::Failure, Some("a@x.example")));
    let warnings: Vec<String> = summary.warnings.iter().map(ToString::to_string).collect();
    assert_eq!(warnings, ["encoding:utf-16le", "depth-truncated"]);
}

#[test]
fn a_table_that_excel_saved_again_is_read() {
    let source = std::fs::read_to_string(folder().join("okta-syslog-10-conflict-then-linked.csv")).unwrap();
    let excel: String = source
        .replace(',', ";")
        .replace("2026-11-10T09:00:00.000Z", "10/11/2026 09:00")
        .replace("2026-11-10T11:20:00.000Z", "13/11/2026 11:20")
        .replace('\n', "\r\n");
    let (seen, summary) = text(&excel, &Options::default());
    let dates: Vec<_> = seen.iter().map(|seen| seen.time.unwrap().instant.date().to_string()).collect();
    assert_eq!([&dates[0], &dates[3]], ["2026-11-10", "2026-11-13"]);
    assert_eq!(summary.unique_records, 7);
    let warnings: Vec<String> = summary.warnings.iter().map(ToString::to_string).collect();
    assert_eq!(warnings, ["crlf", "zone-assumed-utc", "minute-precision", "out-of-order"]);
    let ambiguous = text(excel.replace("13/11", "12/11"), &Options::default()).1;
    assert!(ambiguous.warnings.iter().any(|warning| warning.name == "ambiguous-date"));
}

#[test]
fn what_is_not_asked_for_is_passed_over() {
    let name = "okta-syslog-05-group-push-eventhook.json";
    let since = times::parse("2026-11-19T13:00:00Z", None, times::DateOrder::MonthFirst).unwrap().moment.instant;
    let of = |options: Options| {
        let (seen, summaries) = read(&files(name), &options);
        (seen.len(), summaries[0].records, summaries[0].passed_over)
    };
    assert_eq!(of(Options { since: Some(since), ..Options::default() }), (2, 2, 3));
    assert_eq!(of(Options { until: Some(since), ..Options::default() }), (3, 3, 2));
    assert_eq!(of(Options { subject: Some("app-scheduler-ADMINS".into()), ..Options::default() }), (1, 1, 4));
    assert_eq!(of(Options { app: Some("acme scheduler".into()), ..Options::default() }), (5, 5, 0));
    assert_eq!(of(Options { app: Some("another".into()), ..Options::default() }), (0, 0, 5));
}

#[test]
fn log_analytics_exports_hold_the_same_records() {
    let source = std::fs::read_to_string(folder().join(CONFLICT)).unwrap();
    let log: Value = serde_json::from_str(&source).unwrap();
    let cell = |value: &Value| {
        format!("\"{}\"", value.as_str().map_or_else(|| value.to_string(), str::to_owned).replace('"', "\"\""))
    };
    let columns = [
        "id",
        "changeId",
        "cycleId",
        "provisioningAction",
        "durationInMilliseconds",
        "servicePrincipal",
        "sourceIdentity",
        "targetIdentity",
        "targetSystem",
        "provisioningStatusInfo",
        "provisioningSteps",
        "modifiedProperties",
    ];
    let mut table =
        format!("TimeGenerated [UTC],{}\n", columns.join(",").replace("durationInMilliseconds", "DurationMs"));
    for record in log["value"].as_array().unwrap() {
        let cells: Vec<String> = columns.iter().map(|column| cell(&record[*column])).collect();
        let time = record["activityDateTime"].as_str().unwrap();
        let stamp = times::parse(time, None, times::DateOrder::MonthFirst).unwrap().moment.instant;
        let (month, day, year) = (u8::from(stamp.month()), stamp.day(), stamp.year());
        let (hour, half) = (stamp.hour() % 12, if stamp.hour() < 12 { "AM" } else { "PM" });
        let hour = if hour == 0 { 12 } else { hour };
        let (minute, second) = (stamp.minute(), stamp.second());
        let time = format!("{month}/{day}/{year}, {hour}:{minute:02}:{second:02}.000 {half}");
        table.extend(["\"", &time, "\",", &cells.join(","), "\n"]);
    }
    let (seen, summary) = text(table, &Options::default());
    assert_eq!(summary.format, Format::EntraLogAnalyticsCsv);
    let plain = |seen: Vec<Observation>| {
        let each = seen
            .into_iter()
            .map(|seen| (seen.kind, seen.subject, seen.changes, seen.message, seen.http, seen.time.unwrap().instant));
        each.collect::<Vec<_>>()
    };
    assert_eq!(plain(seen), plain(sample(CONFLICT)));
    let warnings: Vec<String> = summary.warnings.iter().map(ToString::to_string).collect();
    assert_eq!(warnings, ["us-time-format", "newest-first"]);
}

//! Every cause that `diagnose` names can be played: docs/behaviours.md says with which behaviours, and what then goes
//! over the wire is diagnosed as that cause.

use scimulator::behaviours::Behaviour;
use scimulator::http::{Exchange, Headers};
use scimulator::logs::diagnosis::CAUSES;
use scimulator::logs::readers::Options;
use scimulator::logs::ticket::Ticket;
use scimulator::run::ScenarioResult;
use serde_json::{Value, json};
use time::format_description::well_known::Rfc3339;
use time::macros::datetime;

use super::stage::Stage;

/// How a cause is seen.
enum Seen {
    /// `diagnose` names it when it reads the exchanges.
    Diagnosed,
    /// The identity provider's admin reads this.
    Told(&'static str),
    /// Only the customer's identity provider gives it that name; this request is answered so.
    Answered(&'static str, u16),
}

use Seen::{Answered, Diagnosed, Told};

/// A cause, the identity provider, what happens in its directory, and how the cause is seen.
type Story = (&'static str, &'static str, &'static str, Seen);

const JOINS: &str = "- assign: alice";
const LEAVES: &str = "- assign: alice\n- disable: alice\n- enable: alice";
const MOVES: &str = "- assign: alice\n- change: { alice: { email: cooper@example.com } }\n- disable: alice";
const RENAMED: &str = "- assign: alice\n- change: { alice: { email: cooper@example.com } }";
const BROKEN_LINE: &str = "- change: { alice: { displayName: \"Alice\\nCooper\" } }\n- assign: alice";
const LONG: &str = "- change: { alice: { displayName: A name of so many letters } }\n- assign: alice";
const GROUP: &str = "- assign: [alice, bob]\n- push-group: sales";

const STORIES: &[Story] = &[
    ("conflict-reassign", "okta", "- assign: alice\n- unassign: alice\n- assign: alice", Diagnosed),
    ("inactive-holds-name", "okta", "- assign: alice\n- unassign: alice\n- assign: alice", Diagnosed),
    ("conflict-other-org", "okta", JOINS, Diagnosed),
    ("email-change-verification", "okta", RENAMED, Diagnosed),
    ("over-capacity", "okta", JOINS, Diagnosed),
    ("token-lifecycle", "okta", JOINS, Diagnosed),
    ("token-scope", "okta", JOINS, Diagnosed),
    ("lookup-finds-inactive-put-404", "okta", "- assign: alice\n- unassign: alice\n- assign: alice", Diagnosed),
    ("deleted-on-target", "entra", LEAVES, Diagnosed),
    ("delete-idempotent", "entra", "- create: { user: alice }\n- delete: alice", Diagnosed),
    ("patch-string-boolean-capital-op", "entra", LEAVES, Diagnosed),
    ("deactivate-patch-not-supported", "okta", MOVES, Diagnosed),
    ("list-response-types", "okta", JOINS, Diagnosed),
    (
        "lookup-returns-two",
        "entra",
        "- create: { user: alice }\n- create: { user: bob }\n- assign: alice",
        Told("Duplicate"),
    ),
    ("empty-created-body", "okta", JOINS, Told("Create new user returned empty user")),
    ("non-json-error-body", "okta", GROUP, Diagnosed),
    ("error-page", "okta", JOINS, Diagnosed),
    ("upstream-502", "okta", JOINS, Diagnosed),
    ("rate-limit", "okta", JOINS, Diagnosed),
    (
        "base-url-redirect",
        "okta",
        "- test-connection:\n- request: { GET: \"/Users?count=2\", credential: none }",
        Diagnosed,
    ),
    ("request-redirected", "okta", JOINS, Diagnosed),
    ("base-url-wrong", "entra", "- test-connection:", Diagnosed),
    ("invalid-domain", "entra", JOINS, Answered("POST /Users", 400)),
    ("group-member-unknown", "okta", GROUP, Diagnosed),
    ("group-deleted-on-target", "okta", "- push-group: sales\n- push-members: sales", Answered("PATCH /Groups/", 404)),
    (
        "email-quoted-local-part",
        "okta",
        "- change: { alice: { email: '\"a c\"@example.com' } }\n- assign: alice",
        Diagnosed,
    ),
    ("attribute-line-break", "okta", BROKEN_LINE, Diagnosed),
    ("attribute-too-long", "okta", LONG, Diagnosed),
    ("unicode-turkish-case", "okta", "- change: { alice: { email: yıldız@example.com } }\n- assign: alice", Diagnosed),
    ("attribute-refused", "okta", JOINS, Diagnosed),
    ("server-error", "okta", JOINS, Diagnosed),
    ("no-answer", "okta", JOINS, Diagnosed),
];

/// The lines of the table of causes: the cause, and the alternatives, each a list of behaviours and faults.
fn table() -> Vec<(String, Vec<Vec<String>>)> {
    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/behaviours.md")).unwrap();
    let section = page.split("\n## ").find(|section| section.starts_with("Causes")).unwrap();
    let ticked = |text: &str| text.split('`').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>();
    let rows = section.lines().filter(|line| line.starts_with("| `")).map(|line| {
        let cells: Vec<&str> = line.split('|').collect();
        let alternatives = cells[2].split(" or ").map(ticked).filter(|names| !names.is_empty());
        (ticked(cells[1])[0].clone(), alternatives.collect())
    });
    rows.collect()
}

#[test]
fn every_cause_has_a_line() {
    let mut listed: Vec<String> = table().into_iter().map(|(cause, _)| cause).collect();
    let mut known: Vec<String> = CAUSES.iter().map(|cause| cause.id.clone()).collect();
    listed.sort();
    known.sort();
    known.dedup();
    assert_eq!(listed, known, "docs/behaviours.md, `Causes` against fixtures/diagnosis/causes.yaml");
}

#[test]
fn every_cause_is_seen_with_its_behaviours_and_not_without() {
    let mut wrong = Vec::new();
    for (cause, alternatives) in table().into_iter().filter(|(_, alternatives)| !alternatives.is_empty()) {
        let story = STORIES.iter().find(|(id, ..)| *id == cause).unwrap_or_else(|| panic!("no story of {cause}"));
        for (names, expected) in alternatives.iter().map(|names| (&names[..], true)).chain([(&[][..], false)]) {
            let seen = play(story, names);
            if is_seen(story, &seen) != expected {
                wrong.push(format!("{cause} with {names:?}: {:?}\n{}", diagnosed(&seen), shown(&seen)));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// Plays a story; what the identity provider makes of it decides nothing here.
fn play((_, dialect, steps, _): &Story, names: &[String]) -> ScenarioResult {
    const ANY: &str =
        "[connected, provisioned, linked, updated, deactivated, deleted, skipped, retry-scheduled, failed]";
    let is_event = |line: &str| !["- create", "- delete", "- request"].iter().any(|verb| line.starts_with(verb));
    let steps: Vec<String> = steps
        .lines()
        .map(|line| if is_event(line) { format!("  {line}\n    outcome: {ANY}\n") } else { format!("  {line}\n") })
        .collect();
    let text = format!("title: T\nsteps:\n{}", steps.concat());
    let mut stage = Stage::of(&[("own/story", &text)]);
    stage.dialects = vec![(*dialect).to_owned()];
    let (faults, behaviours) =
        names.iter().cloned().partition::<Vec<_>, _>(|name| name.contains('/') && !name.contains('='));
    stage.faults = faults;
    stage.behaviours = behaviours.iter().map(|text| text.parse::<Behaviour>().unwrap()).collect();
    let mut ran = stage.play();
    ran.results.remove(0)
}

fn is_seen((cause, .., seen): &Story, result: &ScenarioResult) -> bool {
    match seen {
        Diagnosed => diagnosed(result).iter().any(|id| id == cause),
        Told(words) => result.outcomes.iter().any(|(_, outcome)| {
            outcome.message.contains(words) || outcome.code.as_ref().is_some_and(|code| code.contains(words))
        }),
        Answered(request, status) => result.transcript.exchanges.iter().any(|exchange| {
            let asked = format!("{} {}", exchange.request.method, exchange.request.target());
            asked.starts_with(request) && exchange.answer.as_ref().is_ok_and(|answer| answer.status == *status)
        }),
    }
}

/// The causes that `diagnose` names when it gets the exchanges as a HAR.
fn diagnosed(result: &ScenarioResult) -> Vec<String> {
    let entries: Vec<Value> =
        result.transcript.exchanges.iter().map(|exchange| entry(&result.transcript.base, exchange)).collect();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("story.har");
    let har = json!({ "log": { "version": "1.2", "creator": { "name": "test", "version": "1" }, "entries": entries } });
    std::fs::write(&path, har.to_string()).unwrap();
    let ticket = Ticket::read(&[path], None, &Options::default(), |_| {}).unwrap();
    assert!(ticket.unknown.is_empty(), "{:?}", ticket.unknown);
    ticket.findings.iter().map(|finding| finding.diagnosis.cause.id.clone()).collect()
}

fn entry(base: &str, exchange: &Exchange) -> Value {
    let (request, answer) = (&exchange.request, exchange.answer.as_ref().ok());
    let headers = |headers: &Headers| -> Value {
        headers.iter().map(|(name, value)| json!({ "name": name, "value": value })).collect()
    };
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let mut asked = json!({
        "method": request.method.as_str(),
        "url": format!("{base}{}", request.target()),
        "headers": headers(&request.headers),
    });
    if let Some(body) = &request.body {
        asked["postData"] = json!({ "mimeType": "application/scim+json", "text": text(body) });
    }
    let answered = answer.map_or(Value::Null, |answer| {
        json!({ "status": answer.status, "headers": headers(&answer.headers), "content": { "text": text(&answer.body) } })
    });
    let begun = datetime!(2026-01-05 10:00 UTC) + exchange.at;
    json!({ "startedDateTime": begun.format(&Rfc3339).unwrap(), "request": asked, "response": answered })
}

/// What was asked, answered and recorded, for whoever reads a failure.
fn shown(result: &ScenarioResult) -> String {
    let exchanges = result.transcript.exchanges.iter().map(|exchange| {
        let answer = exchange.answer.as_ref();
        let answer = answer.map_or_else(ToString::to_string, |answer| {
            format!("{} {}", answer.status, String::from_utf8_lossy(&answer.body))
        });
        format!("  {} {}: {answer:.200}\n", exchange.request.method, exchange.request.target())
    });
    let outcomes = result.outcomes.iter().map(|(_, outcome)| format!("  {:?} {}\n", outcome.kind, outcome.message));
    exchanges.chain(outcomes).collect::<String>() + &format!("  {:?} {:?}", result.verdict, result.findings.len())
}

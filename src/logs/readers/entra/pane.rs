//! Pages of the portal that show one failure, pasted into a ticket: the provisioning log's pane, the audit log's page,
//! and the sentence that stands beside a job in quarantine. Around them people write whatever they like.

use std::io;
use std::sync::LazyLock;

use regex_lite::{Captures, Regex};

use super::reason;
use super::steps::{self, Proof};
use crate::logs::input::LogFile;
use crate::logs::observation::{Body, Http, Idp, Intent, Known, Message, Observation, Outcome, Subject};
use crate::logs::pattern::pattern;
use crate::logs::readers::Reading;

/// Nobody pastes more.
const LIMIT: usize = 16 << 20;

static STATUS: LazyLock<Regex> = LazyLock::new(|| pattern(r"StatusCode:\s*\w+\s+Message: "));
static AGAIN: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"This operation was retried \d+ times\.(?:[^.\n]{0,80}: ?\S+ UTC)?"));
/// Error codes of the provisioning log that stand without a status (Microsoft's list, "Analyze provisioning logs").
static CODE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)(?:error ?code|fehlercode|código de error|codigo de error|code d['’]erreur)\s*:?\s*((?:SystemForCrossDomainIdentityManagement|Duplicate|Entry|License|Invalid|Insufficient|Missing|Mandatory|Schema|Unauthorized|Unprocessable|TooMany|Timeout|Conflict|Internal|Method|Not|WebException)\w*)",
    )
});
static QUARANTINE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?s)An? HTTP/(\d{3})\b[^.]{0,60} response was returned rather than the expected HTTP/200")
});
static ACTION: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?im)^[> \t]*(?:action|aktion|acción|accion)[ \t]*:\s*(create|add|update|delete|disable)")
});
static STEP: LazyLock<Regex> = LazyLock::new(|| pattern(r"\b(Entry(?:Export|Import|Synchronization)\w+)"));
static FAILED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"Failed to (create|add|update|delete|disable) (User|Group) '([^'\n]*(?:'[^'\n]*)*?)' in ([^\s;,.]+)")
});
static UPN: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?im)^[> \t]*(?:UPN|user ?principal ?name|benutzerprinzipalname)[ \t]*:[ \t]*(\S+@\S+)")
});
static OBJECT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:object|objekt|source|objeto)[ -]?id\W{1,4}([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})",
    )
});
static ADDRESS: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"[A-Za-z0-9_][A-Za-z0-9_.+'-]*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+"));
/// Lines of a mail's head: whom they name is not whom the failure is about.
static HEAD: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?im)^[> \t]*(?:from|to|cc|subject|von|an|de|para|asunto|betreff|on .* wrote|el .* escribió|am .* schrieb)\b[^\n]*",
    )
});

/// Whether a text shows such a failure.
pub fn is_pane(text: &str) -> bool {
    [&*STATUS, &*CODE, &*QUARANTINE].iter().any(|known| known.is_match(text))
}

/// Reads a text.
pub fn read(file: &LogFile, reading: &mut Reading<'_>) -> io::Result<()> {
    let text = file.text(LIMIT)?;
    let lines: Vec<&str> = text.lines().map(|line| line.trim_start_matches(['>', ' '])).collect();
    let text = lines.join("\n");
    if !reading.filter.holds_subject(text.as_bytes()) {
        reading.passed_over += 1;
        return Ok(());
    }
    reading.warnings.once("no-timestamps");
    let failures = failures(&text);
    let line_of = |at: usize| text[..at].matches('\n').count() as u64 + 1;
    for (index, (start, end)) in failures.iter().enumerate() {
        // What stands around it is about it, up to the failures before and behind.
        let before = index.checked_sub(1).map_or(0, |before| failures[before].1);
        let behind = failures.get(index + 1).map_or(text.len(), |next| next.0);
        let around = [&text[before..*start], &text[*end..behind]];
        reading.count(line_of(*start), None);
        let mut observation = Observation::at(reading.place(line_of(*start), None), "pane");
        describe(&text[*start..*end], around, &mut observation);
        reading.give(observation);
    }
    if let Some(parts) = QUARANTINE.captures(&text) {
        let start = parts.get(0).map_or(0, |all| all.start());
        reading.count(line_of(start), None);
        let mut observation = Observation::at(reading.place(line_of(start), None), "quarantine");
        observation.idp = Idp::Entra;
        observation.intent = Intent::AuthTest;
        observation.outcome = Outcome::Failure;
        let sentence = text[start..].split("\n\n").next().unwrap_or_default().replace('\n', " ");
        observation.message =
            Some(Message { raw: sentence.trim().to_owned(), status: parts[1].parse().ok(), ..Message::default() });
        reading.give(observation);
    }
    Ok(())
}

/// Where failures stand in a text: each with the endpoint's answer, or else a code and the paragraph behind it.
fn failures(text: &str) -> Vec<(usize, usize)> {
    let starts: Vec<usize> = STATUS.find_iter(text).map(|found| found.start()).collect();
    if starts.is_empty() {
        let code = CODE.find(text).filter(|_| !QUARANTINE.is_match(text));
        return code.map(|code| (code.start(), end_of_paragraph(text, code.end()))).into_iter().collect();
    }
    let ends = starts.iter().skip(1).copied().chain([text.len()]);
    starts.iter().zip(ends).map(|(start, end)| (*start, start + length(&text[*start..end]))).collect()
}

/// Bytes of a failure that begins with its status: up to the sentence about the next attempt, else with the answer.
fn length(text: &str) -> usize {
    if let Some(again) = AGAIN.find(text) {
        return again.end();
    }
    let Some(answer) = text.find("Web Response:").map(|at| at + "Web Response:".len()) else {
        return end_of_paragraph(text, 0);
    };
    let body = answer + (text[answer..].len() - text[answer..].trim_start().len());
    let mut documents = serde_json::Deserializer::from_str(&text[body..]).into_iter::<serde::de::IgnoredAny>();
    match documents.next() {
        Some(Ok(_)) => body + documents.byte_offset(),
        _ => end_of_paragraph(text, body),
    }
}

fn end_of_paragraph(text: &str, from: usize) -> usize {
    text[from..].find("\n\n").map_or(text.len(), |length| from + length)
}

/// Puts into an observation what a failure and the text around it say.
fn describe(failure: &str, around: [&str; 2], observation: &mut Observation) {
    let around_and_it = [around[0], failure, around[1]];
    let find = |regex: &Regex| around_and_it.iter().find_map(|text| Some(first(&regex.captures(text)?)));
    let mut message = reason::parse(failure);
    message.code = find(&CODE);
    let failed = around_and_it.iter().find_map(|text| FAILED.captures(text));
    let part = |index: usize| failed.as_ref().and_then(|parts| parts.get(index)).map(|part| part.as_str().to_owned());
    let is_group = part(2).as_deref() == Some("Group") || around.iter().any(|text| text.contains("2.0:Group"));
    let written = find(&STEP).and_then(|step| match steps::proof(&step, "") {
        Proof::Write(intent) => Some(intent),
        _ => None,
    });
    let intent = written.or_else(|| part(1).or_else(|| find(&ACTION)).map(|action| of_action(&action)));
    observation.idp = Idp::Entra;
    observation.app_template = part(4);
    observation.outcome = Outcome::Failure;
    // A write is what fails with an answer; which one it was, nobody wrote down.
    let intent = intent.unwrap_or(if message.status.is_some() { Intent::Update } else { Intent::Other });
    observation.intent = if is_group { steps::of_group(intent, false) } else { intent };
    let named = part(3).or_else(|| find(&UPN)).or_else(|| address(&around_and_it));
    let email = named.clone().filter(|name| name.contains('@'));
    let (user_name, display_name) = if is_group { (None, named) } else { (named, None) };
    observation.subject =
        Subject { is_group, user_name, email, display_name, idp_id: find(&OBJECT), ..Subject::default() };
    let status = message.status.map(Known::observed);
    let response_body = message.body.clone().map(|text| Known::observed(Body { text, is_cut: false }));
    if status.is_some() || response_body.is_some() {
        observation.http = Some(Http { status, response_body, ..Http::default() });
    }
    observation.message = Some(message);
}

fn first(parts: &Captures<'_>) -> String {
    parts.get(1).map(|part| part.as_str().to_owned()).unwrap_or_default()
}

/// What an action of the page or a verb of its sentence wants.
fn of_action(word: &str) -> Intent {
    steps::action(if word.eq_ignore_ascii_case("add") { "create" } else { word })
}

/// The first address that is not a correspondent's.
fn address(texts: &[&str]) -> Option<String> {
    let of = |text: &&str| {
        let text = HEAD.replace_all(text, "");
        ADDRESS.find(&text).map(|found| found.as_str().to_owned())
    };
    texts.iter().find_map(of)
}

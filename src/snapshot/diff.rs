//! What differs, in meaning, between an approved transcript and one just seen.
//!
//! Nothing here depends on time or on the speed of a machine. The judge takes
//! the differences; words inside changed values are marked by `render`.

use super::contract;
use super::difference::SnapshotDifference;
use super::meaning::{Change, changes};
use super::model::{Body, Normalised, Played, Reply};
use super::rows::{Row, Rows, is_weather};

/// Longest pair of transcripts that is aligned freely; longer ones are compared row by row.
const MAX_ALIGNED: usize = 1000;

/// What counts as a difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Against the target's own approved baseline: every difference in meaning counts.
    Own,
    /// A foreign target against the reference answers: only what RFC or IdP make binding counts.
    Contract,
}

/// Compares an approved transcript with one just seen; equal meaning gives no differences at all.
pub fn compare(expected: &Normalised, actual: &Normalised, mode: Mode) -> Vec<SnapshotDifference> {
    if expected == actual {
        return Vec::new();
    }
    let mut report = Report::default();
    compare_headers(&mut report, expected, actual, mode);
    let (expected, actual) = (Rows::of(expected), Rows::of(actual));
    match mode {
        Mode::Own => compare_own(&mut report, &expected, &actual),
        Mode::Contract => contract::compare(&mut report, &expected, &actual),
    }
    report.differences
}

/// Differences in the making.
#[derive(Default)]
pub(super) struct Report {
    pub(super) differences: Vec<SnapshotDifference>,
}

impl Report {
    pub(super) fn push(&mut self, row: &Row<'_>, change: Change, allowed: bool) {
        let Change { path, expected, actual } = change;
        let (exchange, request) = (row.index, row.played.request());
        self.differences.push(SnapshotDifference { exchange, request, path, expected, actual, allowed });
    }
}

/// A difference of two texts under a path; none where they are equal.
pub(super) fn change<T: ToString + PartialEq>(path: &str, expected: Option<T>, actual: Option<T>) -> Option<Change> {
    let text = |value: Option<T>| value.map(|value| value.to_string());
    (expected != actual).then(|| Change { path: path.to_owned(), expected: text(expected), actual: text(actual) })
}

/// Headers every request has: what the dialect sends, so the target is not to blame for them.
fn compare_headers(report: &mut Report, expected: &Normalised, actual: &Normalised, mode: Mode) {
    let differences = header_changes("sent header", &expected.headers, &actual.headers).into_iter();
    report.differences.extend(differences.map(|Change { path, expected, actual }| SnapshotDifference {
        exchange: 0,
        request: "every request".to_owned(),
        path,
        expected,
        actual,
        allowed: mode == Mode::Contract,
    }));
}

fn header_changes(what: &str, expected: &[(String, String)], actual: &[(String, String)]) -> Vec<Change> {
    let value = |headers: &[(String, String)], name: &str| {
        headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.clone())
    };
    let added = actual.iter().filter(|(name, _)| value(expected, name).is_none());
    let names = expected.iter().chain(added).map(|(name, _)| name);
    names.filter_map(|name| change(&format!("{what} {name}"), value(expected, name), value(actual, name))).collect()
}

fn compare_own(report: &mut Report, expected: &Rows<'_>, actual: &Rows<'_>) {
    let mut weather = false;
    for (expected, actual) in aligned(&expected.rows, &actual.rows) {
        weather |=
            actual.is_some_and(|row| is_weather(row.played)) && !expected.is_some_and(|row| is_weather(row.played));
        match (expected, actual) {
            (Some(expected), Some(actual)) => compare_pair(report, expected, actual, weather),
            (Some(row), None) => {
                let gone = Change { path: "request".to_owned(), expected: Some(row.played.request()), actual: None };
                report.push(row, gone, weather);
            }
            (None, Some(row)) => {
                let extra = Change { path: "request".to_owned(), expected: None, actual: Some(row.played.request()) };
                report.push(row, extra, weather);
            }
            (None, None) => {}
        }
    }
    let first = actual.rows.first().or(expected.rows.first());
    if let (Some(first), Some(change)) = (first, outcome_change(&expected.before, &actual.before)) {
        report.push(first, change, false);
    }
}

/// After weather that was not there before, what differs is its consequence.
fn compare_pair(report: &mut Report, expected: &Row<'_>, actual: &Row<'_>, weather: bool) {
    let mut changes = request_changes(expected.played, actual.played);
    changes.extend(reply_changes(&expected.played.reply, &actual.played.reply));
    changes.extend(outcome_change(&expected.outcomes, &actual.outcomes));
    for change in changes {
        report.push(actual, change, weather);
    }
    if let Some(change) = retry_change(expected, actual) {
        report.push(actual, change, true);
    }
}

/// Differences between what was sent: the same path is known already.
pub(super) fn request_changes(expected: &Played, actual: &Played) -> Vec<Change> {
    let mut found = header_changes("sent header", &expected.headers, &actual.headers);
    found.extend(body_changes("sent", &expected.body, &actual.body));
    found
}

pub(super) fn retry_change(expected: &Row<'_>, actual: &Row<'_>) -> Option<Change> {
    change("retries", Some(expected.retries), Some(actual.retries))
}

pub(super) fn outcome_change(expected: &[&str], actual: &[&str]) -> Option<Change> {
    let text = |outcomes: &[&str]| (!outcomes.is_empty()).then(|| outcomes.join("; "));
    change("outcome", text(expected), text(actual))
}

/// Differences between two answers: status first, then headers, then the body.
pub(super) fn reply_changes(expected: &Reply, actual: &Reply) -> Vec<Change> {
    let (
        Reply::Answer {
            status: expected_status,
            media: expected_media,
            headers: expected_headers,
            body: expected_body,
        },
        Reply::Answer { status, media, headers, body },
    ) = (expected, actual)
    else {
        return change("answer", Some(summary(expected)), Some(summary(actual))).into_iter().collect();
    };
    let mut found = Vec::new();
    found.extend(change("status", Some(expected_status), Some(status)));
    found.extend(change("header Content-Type", expected_media.as_ref(), media.as_ref()));
    found.extend(header_changes("header", expected_headers, headers));
    found.extend(body_changes("body", expected_body, body));
    found
}

pub(super) fn summary(reply: &Reply) -> String {
    match reply {
        Reply::Answer { status, .. } => status.to_string(),
        Reply::None(why) => format!("no answer: {why}"),
    }
}

fn body_changes(what: &str, expected: &Body, actual: &Body) -> Vec<Change> {
    let placed = |change: Change| Change { path: format!("{what}{}", change.path), ..change };
    changes(expected, actual).into_iter().map(placed).collect()
}

type Pair<'r, 's> = (Option<&'r Row<'s>>, Option<&'r Row<'s>>);

/// Pairs rows with the same request, keeping order: the longest common subsequence.
fn aligned<'r, 's>(expected: &'r [Row<'s>], actual: &'r [Row<'s>]) -> Vec<Pair<'r, 's>> {
    let same = |one: &Row<'_>, other: &Row<'_>| {
        one.played.method == other.played.method && one.played.target == other.played.target
    };
    if expected.len().max(actual.len()) > MAX_ALIGNED {
        let length = expected.len().max(actual.len());
        return (0..length).map(|at| (expected.get(at), actual.get(at))).collect();
    }
    let width = actual.len() + 1;
    let mut longest = vec![0_u32; (expected.len() + 1) * width];
    for (at, one) in expected.iter().enumerate().rev() {
        for (to, other) in actual.iter().enumerate().rev() {
            longest[at * width + to] = if same(one, other) {
                longest[(at + 1) * width + to + 1] + 1
            } else {
                longest[(at + 1) * width + to].max(longest[at * width + to + 1])
            };
        }
    }
    let (mut at, mut to, mut pairs) = (0, 0, Vec::new());
    while at < expected.len() || to < actual.len() {
        let pair = match (expected.get(at), actual.get(to)) {
            (Some(one), Some(other)) if same(one, other) => (Some(one), Some(other)),
            (Some(one), Some(_)) if longest[(at + 1) * width + to] >= longest[at * width + to + 1] => (Some(one), None),
            (Some(one), None) => (Some(one), None),
            (_, other) => (None, other),
        };
        at += usize::from(pair.0.is_some());
        to += usize::from(pair.1.is_some());
        pairs.push(pair);
    }
    pairs
}

//! A foreign target against the reference answers: what RFC 7644 or an IdP makes binding, and nothing else.
//!
//! Everything a correct server may do its own way is listed as allowed. Raw
//! steps count through their expectations, never here: they probe the edges,
//! where several answers are right. As soon as a target takes another path
//! (refuses, cannot do a thing, asks to wait), the comparison ends: what
//! follows is a consequence, and one fault is one failure.

use std::collections::HashSet;

use serde_json::Value;

use super::binding::{self, Weight};
use super::diff::{self, Report};
use super::meaning::Change;
use super::model::{Body, Played, Reply};
use super::rows::{Row, Rows};
use crate::idp::OutcomeKind;

/// Compares row by row until the paths part.
pub(super) fn compare(report: &mut Report, expected: &Rows<'_>, actual: &Rows<'_>) {
    let mut contract = Contract { report, reported: HashSet::new(), sent: HashSet::new(), address_changed: false };
    for (expected_row, actual_row) in expected.rows.iter().zip(&actual.rows) {
        if !contract.same_request(expected_row, actual_row) || !contract.pair(expected_row, actual_row) {
            return;
        }
    }
    contract.length(&expected.rows, &actual.rows);
}

/// What an answer with the right status turned out to be.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Found {
    /// All that binds is there.
    Nothing,
    /// Something is not; an outcome that differs is its consequence.
    Deviation,
    /// A lookup found another number: the IdP goes another way from here.
    OtherList,
}

struct Contract<'r> {
    report: &'r mut Report,
    /// Counted differences by attribute and value: an attribute lost once is lost in every later answer.
    reported: HashSet<(String, Option<String>)>,
    /// Addresses that bodies carried so far.
    sent: HashSet<String>,
    /// An address has been changed: a target may hold the change until the new one is verified (`life/email-change`).
    address_changed: bool,
}

impl Contract<'_> {
    fn allow(&mut self, row: &Row<'_>, change: Change) {
        self.report.push(row, change, true);
    }

    fn count(&mut self, row: &Row<'_>, change: Change) {
        let attribute = change.path.strip_prefix(binding::FOUND).or(change.path.strip_prefix("body"));
        let attribute = attribute.unwrap_or(&change.path).to_owned();
        if self.reported.insert((attribute, change.actual.clone())) {
            self.report.push(row, change, false);
        }
    }

    fn same_request(&mut self, expected: &Row<'_>, actual: &Row<'_>) -> bool {
        let parted = diff::change("request", Some(expected.played.request()), Some(actual.played.request()));
        parted.map(|change| self.allow(actual, change)).is_none()
    }

    /// One side sends more: where nothing was counted before, that is the target's way of paging or of deferring.
    fn length(&mut self, expected: &[Row<'_>], actual: &[Row<'_>]) {
        let at = expected.len().min(actual.len());
        let request = |rows: &[Row<'_>]| rows.get(at).map(|row| row.played.request());
        let Some(row) = actual.get(at).or(expected.get(at)) else { return };
        if let Some(change) = diff::change("request", request(expected), request(actual)) {
            self.allow(row, change);
        }
    }

    /// Compares one exchange; false when what follows is a consequence.
    fn pair(&mut self, expected: &Row<'_>, actual: &Row<'_>) -> bool {
        self.note_addresses(actual.played);
        for change in diff::request_changes(expected.played, actual.played) {
            self.allow(actual, change);
        }
        if let Some(change) = diff::retry_change(expected, actual) {
            self.allow(actual, change);
        }
        let (Reply::Answer { status: wanted, .. }, Reply::Answer { status, .. }) =
            (&expected.played.reply, &actual.played.reply)
        else {
            return self.unanswered(expected, actual);
        };
        let weight = binding::status(expected.played, actual.played);
        if weight == Weight::Same {
            let found = self.answer(expected, actual);
            return self.outcomes(expected, actual, found) && found != Found::OtherList;
        }
        if let Some(change) = diff::change("status", Some(wanted), Some(status)) {
            self.report.push(actual, change, weight == Weight::Open || actual.played.raw);
        }
        false
    }

    /// No answer at all is told as such by the engine; here it only ends the comparison.
    fn unanswered(&mut self, expected: &Row<'_>, actual: &Row<'_>) -> bool {
        let summary = |row: &Row<'_>| Some(diff::summary(&row.played.reply));
        let change = diff::change("answer", summary(expected), summary(actual));
        change.map(|change| self.allow(actual, change)).is_none()
    }

    fn answer(&mut self, expected: &Row<'_>, actual: &Row<'_>) -> Found {
        let bound = if actual.played.raw {
            Vec::new()
        } else {
            binding::answer(expected.played, actual.played, self.address_changed)
        };
        let found = match bound.first() {
            None => Found::Nothing,
            Some(change) if change.path == binding::TOTAL => Found::OtherList,
            Some(_) => Found::Deviation,
        };
        let others = diff::reply_changes(&expected.played.reply, &actual.played.reply);
        let others = others.into_iter().filter(|change| bound.iter().all(|bound| bound.path != change.path));
        let others: Vec<_> = others.collect();
        for change in bound {
            self.count(actual, change);
        }
        for change in others {
            self.allow(actual, change);
        }
        found
    }

    /// Whether the IdP's admin sees a success; false when one side does and the other does not.
    fn outcomes(&mut self, expected: &Row<'_>, actual: &Row<'_>, found: Found) -> bool {
        let Some(change) = diff::outcome_change(&expected.outcomes, &actual.outcomes) else { return true };
        let good = |outcomes: &[&str]| outcomes.iter().all(|outcome| is_good(outcome));
        let same = good(&expected.outcomes) == good(&actual.outcomes);
        if same || found != Found::Nothing || self.address_changed {
            self.allow(actual, change);
        } else {
            self.count(actual, change);
        }
        same
    }

    /// Notes addresses an update sends that no body carried before.
    fn note_addresses(&mut self, played: &Played) {
        let mut addresses = Vec::new();
        if let Body::Json(body) = &played.body {
            collect_addresses(body, false, &mut addresses);
        }
        let update = matches!(played.method.as_str(), "PUT" | "PATCH");
        self.address_changed |= update && addresses.iter().any(|address| !self.sent.contains(address));
        self.sent.extend(addresses);
        // What Okta repeats in a PUT it read before (OKTA-Q03): no change either.
        let mut read = Vec::new();
        if let Some(body) = played.answer_json() {
            collect_addresses(body, false, &mut read);
        }
        self.sent.extend(read);
    }
}

/// The kind stands first: `failed alice: …`.
fn is_good(outcome: &str) -> bool {
    let kind = outcome.split([' ', ':']).next().unwrap_or_default();
    OutcomeKind::NAMES.iter().find(|(name, _)| *name == kind).is_none_or(|(_, kind)| kind.is_good())
}

/// Texts that are, or stand where, an address or a login is.
fn collect_addresses(value: &Value, login: bool, found: &mut Vec<String>) {
    match value {
        Value::String(text) if login || text.contains('@') => found.push(text.to_lowercase()),
        Value::Array(items) => items.iter().for_each(|item| collect_addresses(item, login, found)),
        Value::Object(members) => {
            let path = members.get("path").and_then(Value::as_str).unwrap_or_default();
            for (key, value) in members {
                let login = names_login(key) || (key == "value" && (login || names_login(path)));
                collect_addresses(value, login, found);
            }
        }
        _ => {}
    }
}

fn names_login(key: &str) -> bool {
    let attribute = key.split(['[', '.']).next().unwrap_or_default();
    attribute.eq_ignore_ascii_case("userName") || attribute.eq_ignore_ascii_case("emails")
}

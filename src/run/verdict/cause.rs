//! What follows from something else that is told: one fault, one finding.
//!
//! Passive rules name a body that nobody can read, a value of the wrong shape,
//! a resource that is none. Whatever a scenario expected of that same value,
//! or of the IdP that met it, is a consequence and not told again.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::finding::{Finding, Source};
use crate::http::{Exchange, Sender};
use crate::rules;
use crate::run::player::Played;
use crate::scim::name;

/// Rules about answers that nobody can read.
const UNREADABLE: [&str; 2] = ["http/complete-answer", "http/json-object"];

/// Rules about the shape of a single attribute.
const SHAPES: [&str; 5] =
    ["res/boolean-type", "res/id-present", "res/multivalued-array", "res/schemas-present", "res/type-matches-schema"];

/// Rules about bodies in which no resource can be made out: without them nothing else can be said of one.
const RESOURCES: [&str; 2] = ["res/id-present", "res/required-present"];

/// Rules that are themselves about what an answer shows of a resource, or in which shape: theirs is the finding.
const OF_THEIR_OWN: [&str; 4] = ["attrs/always", "patch/status", "put/required", "user/enterprise-manager"];

/// The rule about a status line that contradicts the error below it.
const CONTRADICTION: &str = "error/status-match";

/// The deviations of one played scenario that others follow from.
pub(in crate::run) struct ScenarioCauses<'a> {
    played: &'a Played,
    /// Steps with an answer that could not be read, when a rule tells of it.
    unreadable: BTreeSet<usize>,
    /// Attributes that were shown in a wrong shape, and one such value each.
    shapes: Vec<&'a Finding>,
    /// Exchanges that show no resource where one belongs.
    bare: BTreeSet<usize>,
    /// Some status line contradicts its body.
    is_contradictory: bool,
}

impl<'a> ScenarioCauses<'a> {
    /// The causes among what passive rules tell.
    pub(in crate::run) fn among(told: impl Iterator<Item = &'a Finding>, played: &'a Played) -> Self {
        let told: Vec<&Finding> = told.collect();
        let tells = |rules: &[&str]| told.iter().any(|finding| rules.contains(&finding.rule.as_str()));
        let unreadable = if tells(&UNREADABLE) { steps(played, rules::is_unreadable) } else { BTreeSet::new() };
        let bare = if tells(&RESOURCES) { bare_exchanges(played) } else { BTreeSet::new() };
        let is_contradictory = tells(&[CONTRADICTION]);
        let shapes = told.into_iter().filter(|finding| SHAPES.contains(&finding.rule.as_str())).collect();
        Self { played, unreadable, shapes, bare, is_contradictory }
    }

    /// Whether an active finding is nothing but a consequence.
    pub(in crate::run) fn explain(&self, finding: &Finding) -> bool {
        if OF_THEIR_OWN.contains(&finding.rule.as_str()) {
            return false;
        }
        let is_step = finding.place.step.is_some_and(|step| self.unreadable.contains(&step));
        let exchange = finding.place.exchange;
        let is_bare = exchange.is_some_and(|at| self.bare.contains(&at));
        let is_earlier = |at: Option<usize>| at <= exchange;
        let was_met = self.shapes.iter().any(|shape| is_earlier(shape.place.exchange))
            || self.bare.first().is_some_and(|first| is_earlier(Some(*first)));
        let is_met_by_idp = finding.source == Source::Outcome && was_met;
        is_step || is_bare || is_met_by_idp || self.is_of_shape(finding) || self.is_contradicted(finding)
    }

    /// The same attribute, or a request that sends back what was shown.
    fn is_of_shape(&self, finding: &Finding) -> bool {
        let sent = finding.place.exchange.and_then(|at| self.played.transcript.exchanges.get(at));
        let sent = sent.and_then(|exchange| exchange.request.json());
        self.shapes.iter().any(|shape| {
            let attribute = head(&shape.subject);
            let is_same =
                attribute.eq_ignore_ascii_case(head(&finding.subject)) || is_within(attribute, &finding.subject);
            let is_answer = matches!(finding.subject.as_str(), "status" | "scimType");
            is_same || (is_answer && sent.as_ref().is_some_and(|sent| sends_back(sent, attribute, shape)))
        })
    }

    fn is_contradicted(&self, finding: &Finding) -> bool {
        let exchange = finding.place.exchange.and_then(|at| self.played.transcript.exchanges.get(at));
        self.is_contradictory && finding.subject == "status" && exchange.is_some_and(rules::is_contradiction)
    }
}

fn steps(played: &Played, is_such: fn(&Exchange) -> bool) -> BTreeSet<usize> {
    let exchanges = played.transcript.exchanges.iter().filter(|exchange| exchange.sender != Sender::CleanUp);
    exchanges.filter(|exchange| is_such(exchange)).map(|exchange| exchange.step).collect()
}

fn bare_exchanges(played: &Played) -> BTreeSet<usize> {
    let exchanges = played.transcript.exchanges.iter().enumerate();
    let judged = exchanges.filter(|(_, exchange)| exchange.sender != Sender::CleanUp);
    judged.filter(|(_, exchange)| rules::is_unrecognisable(exchange)).map(|(at, _)| at).collect()
}

/// The attribute that a path leads into: `emails` of `Resources[0].emails[0].value`.
fn head(path: &str) -> &str {
    let inner = path
        .strip_prefix("Resources")
        .map_or(path, |rest| rest.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | '[' | ']')));
    let name = inner.rfind(':').map_or(0, |colon| colon + 1);
    // The version in a URN has a dot too; where no attribute follows, the URN is all there is.
    let is_version = inner[name..].starts_with(|c: char| c.is_ascii_digit());
    let end = if is_version { None } else { inner[name..].find(['.', '[']) };
    &inner[..end.map_or(inner.len(), |end| name + end)]
}

/// Whether an attribute of an extension stands below this path, which names the extension.
fn is_within(attribute: &str, path: &str) -> bool {
    path.starts_with("urn:") && attribute.strip_prefix(path).is_some_and(|rest| rest.starts_with(':'))
}

/// Whether a request has the very value of the attribute that was shown in a wrong shape, or has it in no other.
fn sends_back(sent: &Value, attribute: &str, shape: &Finding) -> bool {
    let (container, name) = attribute.rsplit_once(':').map_or((None, attribute), |(urn, name)| (Some(urn), name));
    let holder = container.map_or(Some(sent), |urn| name::get_in(sent, urn));
    match (holder.and_then(|holder| name::get_in(holder, name)), &shape.evidence) {
        (Some(value), Some(evidence)) => holds(value, evidence),
        // What was missing when it was shown is missing when it is sent.
        (None, None) => attribute.eq_ignore_ascii_case("schemas"),
        _ => false,
    }
}

fn holds(value: &Value, evidence: &Value) -> bool {
    let is_alike = std::mem::discriminant(value) == std::mem::discriminant(evidence);
    is_alike && !value.is_boolean()
        || match value {
            Value::Array(items) => items.iter().any(|item| holds(item, evidence)),
            Value::Object(members) => members.values().any(|member| member == evidence),
            _ => false,
        }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_leads_into_one_attribute() {
        assert_eq!(head("emails"), "emails");
        assert_eq!(head("name.givenName"), "name");
        assert_eq!(head("emails[type eq \"work\"].value"), "emails");
        assert_eq!(head("Resources.0.emails"), "emails");
        assert_eq!(head("Resources[0].active"), "active");
        let urn = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
        assert_eq!(head(&format!("{urn}:manager.value")), format!("{urn}:manager"));
        assert_eq!(head(urn), urn);
        assert!(is_within(&format!("{urn}:manager"), urn));
        assert!(!is_within("manager", "man"));
    }
}

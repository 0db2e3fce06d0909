//! What failed, in two words: what was wanted, and how it ended.

use std::fmt;

use super::message::{Said, said};
use crate::http::Method;
use crate::logs::observation::{Intent, Observation, Outcome};

/// What is seen of a failure, such as `create.conflict`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Symptom(String);

impl Symptom {
    /// A symptom of this name.
    pub(super) fn new(name: impl Into<String>) -> Self {
        Self(name.into())
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The symptom that each failing observation shows by itself.
    pub(super) fn as_seen(&self) -> &str {
        if self.0 == "auth.header-dropped-on-redirect" { "auth.token-expired" } else { &self.0 }
    }

    /// It concerns the connection, not a person.
    pub(super) fn is_of_everybody(&self) -> bool {
        ["auth.", "config.base-url", "rate."].iter().any(|kind| self.0.starts_with(kind))
    }
}

impl fmt::Display for Symptom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What failed in an observation; `None` when nothing did.
pub(super) fn symptom(observation: &Observation) -> Option<Symptom> {
    let said = said(observation);
    if let Some(known) = by_words(observation, &said) {
        return Some(Symptom::new(known));
    }
    if observation.outcome != Outcome::Failure {
        return None;
    }
    let status = observation.status();
    if said.is_silence {
        return Some(Symptom::new(format!("{}.no-answer", word(observation.intent))));
    }
    // Whoever answers these: the status says more than that the answer is a page.
    let is_plain = matches!(status, Some(301..=303 | 307 | 308 | 402));
    if !is_plain && is_gateway(observation, status, &said) {
        let name = if subject_is_group(observation) { "group.gateway" } else { "gateway" };
        return Some(Symptom::new(match status {
            _ if is_without_target(observation) => "gateway.no-target".to_owned(),
            Some(status) => format!("{name}-{status}"),
            None => format!("{name}-text"),
        }));
    }
    let how = match status {
        _ if said.is_capacity => "over-capacity",
        Some(401) => return Some(Symptom::new("auth.token-expired")),
        // A create that alone is refused, without a word: the token is good, so what lacks is a seat.
        Some(402) => "payment-required",
        Some(301..=303 | 307 | 308) => "redirected",
        Some(403) if observation.intent == Intent::Create && said.text.is_empty() => "over-capacity",
        Some(403) => "forbidden",
        Some(404 | 410) => "not-found",
        Some(405 | 501) => "not-supported",
        Some(408 | 504) => "timeout",
        Some(409) => "conflict",
        Some(429) => return Some(Symptom::new("rate.limited")),
        Some(400..=499) => "bad-request",
        Some(500..=599) => "server-error",
        _ => "failed",
    };
    let what = match observation.intent {
        Intent::GroupMembers if how == "bad-request" => return Some(Symptom::new("group.member-unknown")),
        // What an IdP sends as PATCH and a server refuses is nearly always the deactivation; the body would tell.
        Intent::Update if is_patch_without_body(observation) => "deactivate",
        intent => word(intent),
    };
    Some(Symptom::new(format!("{what}.{how}")))
}

/// Sentences and codes that say more than the status does.
fn by_words(observation: &Observation, said: &Said<'_>) -> Option<&'static str> {
    let has = |words: &str| said.text.contains(words);
    if has("Matching user not found") {
        return Some("config.create-disabled");
    }
    if has("assigned this application before Provisioning was enabled") {
        return Some("config.assigned-before-provisioning");
    }
    if observation.outcome != Outcome::Failure {
        return None;
    }
    let is_code = |code: &str| said.code.is_some_and(|known| known.ends_with(code));
    if has("Linked group is missing") {
        Some("group.link-missing")
    } else if has("No user returned for user") {
        Some(if observation.intent == Intent::Reactivate { "reactivate.not-found" } else { "update.not-found" })
    } else if has("Create new user returned empty user") {
        Some("create.empty-201")
    } else if has("credentials used to connect to the API were invalid") || is_code("Unauthorized") {
        Some("auth.token-expired")
    } else if is_code("InvalidDomain") {
        Some("create.invalid-domain")
    } else if is_code("DuplicateTargetEntries") || is_code("MultipleEntriesInResponse") {
        Some("lookup.several")
    } else if is_code("InvalidAnchor") {
        Some("update.not-found")
    } else if is_code("TooManyRequests") {
        Some("rate.limited")
    } else if observation.intent == Intent::AuthTest && (observation.status() == Some(404) || is_code("NotFound")) {
        Some("config.base-url-404")
    } else if is_code("EntryConflict") || is_code("Conflict") {
        Some(if observation.intent == Intent::Update { "update.conflict" } else { "create.conflict" })
    } else {
        None
    }
}

/// Something between the IdP and the endpoint answered, or the answer was no JSON.
fn is_gateway(observation: &Observation, status: Option<u16>, said: &Said<'_>) -> bool {
    is_without_target(observation) || said.is_not_json || matches!(status, Some(502 | 503))
}

/// A load balancer found nobody behind it.
fn is_without_target(observation: &Observation) -> bool {
    observation.message.as_ref().is_some_and(|message| message.raw.ends_with("target_status_code -"))
}

fn is_patch_without_body(observation: &Observation) -> bool {
    observation.http.as_ref().is_some_and(|http| {
        http.method.as_ref().is_some_and(|method| method.value == Method::Patch) && http.request_body.is_none()
    })
}

fn subject_is_group(observation: &Observation) -> bool {
    observation.subject.is_group
}

/// The word for what was wanted.
const fn word(intent: Intent) -> &'static str {
    match intent {
        Intent::Create => "create",
        Intent::Update => "update",
        Intent::Deactivate => "deactivate",
        Intent::Reactivate => "reactivate",
        Intent::Delete => "delete",
        Intent::Lookup => "lookup",
        Intent::Read => "read",
        Intent::Import => "import",
        Intent::Sync => "sync",
        Intent::GroupLookup | Intent::GroupRead => "group-read",
        Intent::GroupCreate => "group-create",
        Intent::GroupUpdate => "group-update",
        Intent::GroupMembers => "group-members",
        Intent::GroupDelete => "group-delete",
        Intent::AuthTest | Intent::RotateToken => "config",
        Intent::Assign | Intent::Unassign | Intent::DirectoryChange | Intent::Other => "other",
    }
}

//! Okta: a straight reading of its SCIM client (docs/idps.md, Okta).
//!
//! Event-driven: each event of the directory leads to requests at once, and
//! what fails becomes a task that waits for the admin's "Retry selected". Two
//! flavours over the same code: `oin` (catalogue, PATCH where documented) and
//! `aiw` (private application, PUT only).

mod call;
mod groups;
mod job;
mod knobs;
mod people;
mod play;
mod profile;
mod request;
mod words;

use std::collections::BTreeMap;
use std::sync::Arc;

use knobs::Knobs;
use serde_json::{Map, Value};

use super::links::Links;
use super::mapping::Mapping;

/// Okta's provisioning of one application.
pub struct Okta {
    knobs: Knobs,
    mapping: Arc<Mapping>,
    links: Links,
    /// The login under which each person was linked last.
    logins: BTreeMap<String, String>,
    /// What failed and waits for the admin, by the key of the person or group.
    tasks: BTreeMap<String, Task>,
}

/// What "Retry selected" does again.
#[derive(Clone, Debug)]
enum Task {
    /// From the lookup on.
    Provision,
    /// Push these changes.
    Profile(Map<String, Value>),
    /// Deactivate this account.
    Deactivate { id: String },
    /// Name and members.
    PushGroup,
    /// Delete it at the target.
    DeleteGroup,
}

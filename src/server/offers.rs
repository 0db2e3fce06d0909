//! Parts of SCIM that no persona has: switched on for the scenarios whose gate asks for them.
//!
//! The embedded server offers them to those alone, so that all others play at a server as most are.

use std::sync::LazyLock;

use serde_json::Value;

use super::settings::{Cursors, Settings};

/// An extension of users with an attribute that is written once, one that only the server writes, and one that is shown
/// on request.
static BADGE: LazyLock<Value> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../fixtures/schemas/badge-user.json")).expect("a shipped schema is JSON")
});

/// Makes a tenant of these settings offer what the gate `need` asks for, where a setting can.
pub fn offer(settings: &mut Settings, need: &str) {
    match need {
        "spc.pagination.cursor" => settings.cursors = Cursors::Offered,
        "spc.securityEvents" => settings.async_requests = true,
        "rt.okta_roles" => settings.okta_types = true,
        "schema.immutable" | "schema.read_only" | "schema.returned_request" => settings.extensions.push(BADGE.clone()),
        _ => {}
    }
}

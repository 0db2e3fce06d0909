//! Members of a group, as a client names them and as the server lists them (RFC 7643 §4.2).

use std::collections::HashSet;

use serde_json::{Map, Value};

use crate::scim::ScimType;
use crate::server::reply::Refusal;
use crate::server::settings::Unknown;
use crate::server::state::State;
use crate::server::store::{Stamp, member_entry};

/// Replaces every member in a group's content by the server's own entry for it, each once.
///
/// `group` is the id of the group itself, when it has one: no group is its own member.
pub fn resolve(state: &State, group: Option<&str>, content: &mut Map<String, Value>) -> Result<(), Refusal> {
    let Some(Value::Array(named)) = content.get_mut("members") else { return Ok(()) };
    let stamp = Stamp { base_url: state.settings.base_url.clone(), etag: state.settings.etag };
    let mut seen = HashSet::new();
    let mut listed = Vec::with_capacity(named.len());
    for member in std::mem::take(named) {
        let id = member.get("value").and_then(Value::as_str).unwrap_or_default();
        if id.is_empty() {
            return Err(invalid("Every member needs a `value`: the id of a user or group."));
        }
        if group == Some(id) {
            return Err(invalid("A group cannot be its own member."));
        }
        if !seen.insert(id.to_owned()) {
            continue;
        }
        listed.push(match state.store.find(id) {
            Some((kind, resource)) => member_entry(&stamp, kind, id, resource),
            None if state.settings.unknown_members == Unknown::Accept => member,
            None => return Err(invalid(&format!("There is no user or group with id \"{id}\" to be a member."))),
        });
    }
    if listed.is_empty() {
        content.shift_remove("members");
    } else {
        content.insert("members".to_owned(), listed.into());
    }
    Ok(())
}

fn invalid(detail: &str) -> Refusal {
    Refusal::new(400, Some(ScimType::InvalidValue.name()), detail)
}

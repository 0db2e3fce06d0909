//! `discovery/`: what resource types and schemas say of themselves (RFC 7643 §3.1, §6, §7).

use serde_json::Value;

use super::endpoint::Kind;
use super::observed::Observed;
use super::sink::Sink;
use crate::scim::name;

/// No URI has one of these (RFC 3986 §2).
const NEVER_IN_A_URI: &[char] = &['{', '}', '<', '>', '"', '\\', '^', '`', '|', ' '];

pub(super) fn meta(seen: &Observed<'_>, sink: &mut Sink<'_>) {
    let (own, key) = match seen.endpoint.kind {
        Kind::ResourceType => ("ResourceType", "name"),
        Kind::Schema => ("Schema", "id"),
        _ => return,
    };
    for resource in &seen.resources {
        let said = |member: &str| resource.meta(member).and_then(Value::as_str);
        if said("resourceType").is_some_and(|kind| kind != own) {
            sink.value("meta.resourceType", &[&format!("\"{own}\"")], resource.meta("resourceType"));
        }
        let named = [key, "id"].map(|key| name::get(resource.members, key).and_then(Value::as_str));
        let leads_there = |location: &str| {
            let mut named = named.iter().flatten();
            !location.contains(NEVER_IN_A_URI) && named.any(|named| leads_to(location, own, named))
        };
        let is_named = named.iter().any(Option::is_some);
        if is_named && said("location").is_some_and(|location| !leads_there(location)) {
            sink.value("meta.location", &[&format!("the address of this {own}")], resource.meta("location"));
        }
    }
}

pub(super) fn whole_list(seen: &Observed<'_>, sink: &mut Sink<'_>) {
    let is_discovery = matches!(seen.endpoint.kind, Kind::ResourceType | Kind::Schema);
    let Some(list) = seen.list().filter(|_| is_discovery && !seen.is_projected) else { return };
    let total = name::get(list.message, "totalResults");
    let Some(stated) = total.and_then(Value::as_u64) else { return };
    // A query that should have been ignored is a matter of other rules.
    if seen.request().query.is_none() && stated != list.resources.len() as u64 {
        sink.value("totalResults", &[&format!("{}, as all are listed", list.resources.len())], total);
    }
}

/// Whether an address ends with the collection and the name, which may be percent-encoded.
fn leads_to(location: &str, own: &str, named: &str) -> bool {
    let decoded = crate::http::percent::decode(location.trim_end_matches('/')).to_ascii_lowercase();
    decoded.ends_with(&format!("{own}s/{named}").to_ascii_lowercase())
}

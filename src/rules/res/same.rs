//! One resource, shown more than once with nothing written in between.

use std::sync::Arc;

use serde_json::{Map, Value};

use crate::http::Method;
use crate::rules::memory::MAX;
use crate::rules::observed::{Observed, Resource};
use crate::rules::sink::Sink;
use crate::scim::{Mode, Mutability, ResourceSchema, differences, is_assigned};

/// An address that is signed anew for each answer is another text for the same picture.
const SIGNED: &str = "photos";
/// So many requests of one step are looked back upon.
const MOST_AT_ONCE: usize = 20;

/// The values that clients write are the same in the answer to a write, alone, and in each list
/// (RFC 7644 §3.3, §3.4.1, §3.4.2, §3.5.1, §3.5.2).
///
/// What was shown alone is the measure; the answer to a create may show less than there is (§3.3: SHOULD).
pub fn same_everywhere(seen: &Observed<'_>, sink: &mut Sink<'_>) {
    if seen.is_projected {
        return;
    }
    let is_measure = seen.list().is_none() && !may_be_overtaken(seen);
    for resource in &seen.resources {
        let Some((id, schema)) = resource.id().zip(schema(resource)) else { continue };
        let key = (resource.kind, id.to_owned());
        if let Some((method, answer)) = sink.memory.shown.get(&key).cloned() {
            let before = answer.json().and_then(Value::as_object).filter(|before| is_same_state(before, resource));
            if let Some(before) = before {
                compare(method, before, resource.members, schema, sink);
            }
        }
        if let (true, Ok(answer)) = (is_measure && sink.memory.shown.len() < MAX, &seen.exchange.answer) {
            sink.memory.shown.insert(key, (seen.request().method, Arc::clone(answer)));
        }
    }
}

fn schema(resource: &Resource<'_>) -> Option<&'static ResourceSchema> {
    match resource.kind.resource_type()? {
        "User" => Some(ResourceSchema::user()),
        _ => Some(ResourceSchema::group()),
    }
}

/// Whether a write was answered beside another to the same resource: which of the two came last is not known.
fn may_be_overtaken(seen: &Observed<'_>) -> bool {
    let (path, step) = (&seen.request().path, seen.exchange.step);
    let before = seen.transcript.exchanges[..seen.index].iter().rev().take(MOST_AT_ONCE);
    let mut beside = before.take_while(|before| before.step == step);
    seen.request().method.writes()
        && seen.endpoint.item.is_some()
        && beside.any(|before| before.request.method.writes() && before.request.path == *path)
}

/// Whether nothing in `meta` says that somebody else changed it meanwhile.
fn is_same_state(before: &Map<String, Value>, now: &Resource<'_>) -> bool {
    let before = before.get("meta");
    ["lastModified", "version"].into_iter().all(|name| {
        let states = before.and_then(|meta| meta.get(name)).zip(now.meta(name));
        states.is_none_or(|(before, now)| before == now)
    })
}

fn compare(
    method: Method,
    before: &Map<String, Value>,
    now: &Map<String, Value>,
    schema: &ResourceSchema,
    sink: &mut Sink<'_>,
) {
    if before == now {
        return; // as nearly always, and nothing has to be copied
    }
    let mode = if method == Method::Post { Mode::Subset } else { Mode::Exact };
    let (before, now) = (written(before, schema), written(now, schema));
    for difference in differences(&before, &now, schema, mode) {
        let subject = without_filters(&difference.path);
        if is_looked_up(&subject) {
            continue;
        }
        // What is returned on request is shown to who has just written it (RFC 7643 §7).
        if method.writes() && difference.actual.is_none() {
            continue;
        }
        let expected = match difference.expected.filter(is_assigned) {
            Some(_) => format!("the value that {method} showed before"),
            None => format!("no value, as {method} showed none before"),
        };
        sink.value(&subject, &[&expected], difference.actual.as_ref());
    }
}

/// The members that clients write.
fn written(members: &Map<String, Value>, schema: &ResourceSchema) -> Value {
    let is_written = |name: &str| match schema.top(name) {
        Some(attribute) => {
            attribute.mutability != Mutability::ReadOnly && !attribute.is_hidden() && attribute.name != SIGNED
        }
        None => schema.extension(name).is_some(),
    };
    let members = members.iter().filter(|(name, _)| is_written(name));
    Value::Object(members.map(|(name, value)| (name.clone(), value.clone())).collect())
}

/// `members[value eq "7"].display` is the `display` of members.
fn without_filters(path: &str) -> String {
    let mut rest = path;
    let mut kept = String::new();
    while let Some((before, filter)) = rest.split_once('[') {
        kept.push_str(before);
        let ends = |at: &usize| matches!(filter[at + 1..].chars().next(), None | Some('.' | ':'));
        let end = filter.match_indices(']').map(|(at, _)| at).find(ends);
        rest = end.map_or("", |end| &filter[end + 1..]);
    }
    kept + rest
}

/// Whether a part belongs to what a value refers to: a server may look it up, or leave it out (RFC 7643 §2.4, §4.3).
fn is_looked_up(subject: &str) -> bool {
    match subject.rsplit_once('.').map(|(_, part)| part) {
        Some("$ref" | "display") => true,
        Some("displayName" | "type") => subject.starts_with("members.") || subject.contains(":manager."),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_without_its_filters() {
        let paths = [
            (r#"emails[type eq "work"].value"#, "emails.value"),
            (r#"members[value eq "a]b"].type"#, "members.type"),
            ("addresses[]", "addresses"),
            ("name.familyName", "name.familyName"),
        ];
        for (path, subject) in paths {
            assert_eq!(without_filters(path), subject);
        }
    }

    #[test]
    fn what_is_known_of_a_reference_is_looked_up() {
        let manager = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager";
        for part in ["members.display", "members.type", "roles.display", &format!("{manager}.displayName")] {
            assert!(is_looked_up(part), "{part}");
        }
        for part in ["displayName", "emails.type", "members.value", "name.familyName", manager] {
            assert!(!is_looked_up(part), "{part}");
        }
    }
}

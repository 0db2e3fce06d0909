//! `list/`: ListResponse messages (RFC 7644 §3.4.2).

use std::collections::HashSet;

use serde_json::Value;

use super::endpoint::Kind;
use super::memory::Memory;
use super::observed::{List, Observed, names_schema};
use super::sink::Sink;
use crate::scim::urn;

pub(super) fn schema(seen: &Observed<'_>, sink: &mut Sink<'_>) {
    let Some(list) = seen.list() else { return };
    if !names_schema(list.message, urn::LIST_RESPONSE) {
        sink.value("schemas", &[urn::LIST_RESPONSE], list.message.get("schemas"));
    }
}

pub(super) fn total_results(seen: &Observed<'_>, sink: &mut Sink<'_>) {
    let Some(list) = well_formed(seen) else { return };
    let value = list.message.get("totalResults");
    let Some(total) = value.and_then(Value::as_u64) else {
        // A page found by a cursor need not know the total (RFC 9865 §2).
        if value.is_some() || !is_by_cursor(seen, &list) {
            sink.value("totalResults", &["a whole number from 0"], value);
        }
        return;
    };
    let found = list.resources.len() as u64;
    let start = list.message.get("startIndex").and_then(Value::as_u64).unwrap_or(1).max(1);
    let least = if found == 0 { 0 } else { start - 1 + found };
    if total < least {
        let expected = format!("at least {least}: {found} resources from number {start}");
        sink.value("totalResults", &[&expected], value);
        return;
    }
    // Others may write to a live target: only a filtered query is sure to give the same twice.
    let Some(query) = filtered_query(seen) else { return };
    if let Some(before) = Memory::recall(&mut sink.memory.totals, query, total).filter(|before| *before != total) {
        sink.value("totalResults", &[&format!("{before}, as the same query gave on another page")], value);
    }
}

/// RFC 9865 §2. Of pages that were asked for by a cursor: what a server calls so of its own accord is its own business.
pub(super) fn cursor_characters(seen: &Observed<'_>, sink: &mut Sink<'_>) {
    let Some(list) = well_formed(seen).filter(|_| asks_by_cursor(seen)) else { return };
    let is_unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    for name in ["nextCursor", "previousCursor"] {
        let value = list.message.get(name).filter(|value| !value.is_null());
        if value.is_some_and(|value| !value.as_str().is_some_and(|cursor| cursor.bytes().all(is_unreserved))) {
            sink.value(name, &["a text of letters, digits and `-._~`"], value);
        }
    }
}

pub(super) fn resources(seen: &Observed<'_>, sink: &mut Sink<'_>) {
    let Some(list) = well_formed(seen) else { return };
    let value = list.message.get("Resources");
    if value.is_some_and(|value| !value.is_array() && !value.is_null()) {
        sink.value("Resources", &["an array"], value);
        return;
    }
    if let Some(other) = list.resources.iter().find(|resource| !resource.is_object()) {
        sink.value("Resources", &["an array of objects"], Some(other));
        return;
    }
    let total = list.message.get("totalResults").and_then(Value::as_u64).unwrap_or_default();
    if !list.resources.is_empty() || total == 0 || asks_for_none(seen) || starts_behind(seen, &list, total) {
        return;
    }
    let other_case = list.message.keys().find(|name| name.eq_ignore_ascii_case("Resources") && *name != "Resources");
    let actual = match (other_case, value) {
        (Some(name), _) => format!("`{name}` in its place"),
        (None, Some(_)) => format!("empty, with totalResults {total}"),
        (None, None) => format!("absent, with totalResults {total}"),
    };
    sink.report("Resources", &["the matching resources"], actual);
}

pub(super) fn items_per_page(seen: &Observed<'_>, sink: &mut Sink<'_>) {
    let Some(list) = well_formed(seen) else { return };
    let Some(value) = list.message.get("itemsPerPage").and_then(Value::as_u64) else { return };
    let found = list.resources.len() as u64;
    // On an empty page many servers repeat the size they would have used; it misleads nobody.
    if found > 0 && value != found {
        let expected = format!("{found}, the number of resources on this page");
        sink.value("itemsPerPage", &[&expected], list.message.get("itemsPerPage"));
    }
}

pub(super) fn partial_members(seen: &Observed<'_>, sink: &mut Sink<'_>) {
    let Some(list) = well_formed(seen) else { return };
    let total = list.message.get("totalResults").and_then(Value::as_u64).unwrap_or_default();
    let found = list.resources.len() as u64;
    let is_partial = found > 0 && found < total && !is_by_cursor(seen, &list);
    for (name, least) in [("startIndex", 1), ("itemsPerPage", 0)] {
        let value = list.message.get(name).filter(|value| !value.is_null());
        let fits = value.is_some_and(|value| value.as_u64().is_some_and(|number| number >= least));
        if !fits && (value.is_some() || is_partial) {
            sink.value(name, &[&format!("a whole number from {least}")], value);
        }
    }
    if found > 0 && !is_by_cursor(seen, &list) && matches!(seen.endpoint.kind, Kind::User | Kind::Group) {
        tells_its_place(seen, &list, sink); // discovery is not paged, whatever is asked (RFC 7644 §4)
    }
}

/// Numbers that fit no reading of §3.4.2: the first resource is the one that was asked for, and a page is neither
/// longer than it says nor meant to be longer than was asked for.
fn tells_its_place(seen: &Observed<'_>, list: &List<'_>, sink: &mut Sink<'_>) {
    let number = |name: &str| list.message.get(name).and_then(Value::as_u64);
    let asked = u64::try_from(asked_number(seen, "startIndex").unwrap_or(1)).unwrap_or(1).max(1);
    if number("startIndex").is_some_and(|start| start >= 1 && start != asked) {
        sink.value("startIndex", &[&format!("{asked}, as asked for")], list.message.get("startIndex"));
    }
    let least = list.resources.len() as u64;
    let most = asked_number(seen, "count").and_then(|count| u64::try_from(count).ok()).filter(|most| *most >= least);
    if number("itemsPerPage").is_some_and(|size| size < least || most.is_some_and(|most| size > most)) {
        let most = most.map(|most| format!(", at most {most}")).unwrap_or_default();
        sink.value("itemsPerPage", &[&format!("at least {least}{most}")], list.message.get("itemsPerPage"));
    }
}

pub(super) fn no_duplicates(seen: &Observed<'_>, sink: &mut Sink<'_>) {
    let Some(list) = seen.list() else { return };
    let mut ids = HashSet::new();
    for resource in list.resources {
        let Some(id) = resource.get("id").filter(|id| !id.is_null()) else { continue };
        if !ids.insert(id) {
            sink.value("Resources.id", &["every resource once"], Some(id));
        }
    }
}

pub(super) fn one_type(seen: &Observed<'_>, sink: &mut Sink<'_>) {
    if seen.list().is_none() || !matches!(seen.endpoint.kind, Kind::User | Kind::Group) {
        return;
    }
    for resource in seen.resources.iter().filter(|resource| resource.kind != seen.endpoint.kind) {
        let actual = resource.members.get("schemas");
        sink.value("Resources.schemas", &[seen.endpoint.kind.schema().unwrap_or_default()], actual);
    }
}

/// The list, unless it is no ListResponse at all: that is one finding, not five.
fn well_formed<'a>(seen: &Observed<'a>) -> Option<List<'a>> {
    seen.list().filter(|list| {
        names_schema(list.message, urn::LIST_RESPONSE)
            || list.message.contains_key("totalResults")
            || list.message.contains_key("Resources")
    })
}

/// Whether a page was found by a cursor. The last one has none that leads on, and a way back is optional (RFC 9865 §2).
fn is_by_cursor(seen: &Observed<'_>, list: &List<'_>) -> bool {
    asks_by_cursor(seen) || ["nextCursor", "previousCursor"].iter().any(|name| list.message.contains_key(*name))
}

fn asks_by_cursor(seen: &Observed<'_>) -> bool {
    let request = seen.request();
    let in_body = || request.json().is_some_and(|body| body.get("cursor").is_some());
    request.parameter("cursor").is_some() || (seen.endpoint.is_search && in_body())
}

/// `count=0` and negative counts ask for the total alone (RFC 7644 §3.4.2.4).
fn asks_for_none(seen: &Observed<'_>) -> bool {
    asked_number(seen, "count").is_some_and(|count| count <= 0)
}

/// The page begins behind the last match, by the request or by the answer.
fn starts_behind(seen: &Observed<'_>, list: &List<'_>, total: u64) -> bool {
    let answered = list.message.get("startIndex").and_then(Value::as_i64);
    let start = asked_number(seen, "startIndex").max(answered).unwrap_or(1);
    u64::try_from(start).is_ok_and(|start| start > total)
}

fn asked_number(seen: &Observed<'_>, name: &str) -> Option<i64> {
    if seen.endpoint.is_search {
        return seen.request().json()?.get(name)?.as_i64();
    }
    seen.request().parameter(name)?.parse().ok()
}

/// The query without its paging parameters, when it has a filter and is not paged by cursor.
fn filtered_query(seen: &Observed<'_>) -> Option<String> {
    seen.request().parameter("filter")?;
    let pairs = seen.request().query.as_deref()?.split('&');
    let mut kept: Vec<&str> =
        pairs.filter(|pair| !pair.starts_with("startIndex=") && !pair.starts_with("count=")).collect();
    if kept.iter().any(|pair| pair.starts_with("cursor")) {
        return None;
    }
    kept.sort_unstable();
    Some(format!("{}?{}", seen.request().path, kept.join("&")))
}

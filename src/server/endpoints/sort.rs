//! `sortBy` and `sortOrder` (RFC 7644 §3.4.2.3).

use std::cmp::Ordering;

use serde_json::{Map, Value};
use time::OffsetDateTime;

use super::filtered::Found;
use crate::scim::{Attribute, AttributePath, Problem, ResourceSchema, ScimType, Type, datetime, name, text};
use crate::server::door::route::Kind;

/// Sorts resources. Those without a value come last, descending first; equal ones keep their order.
pub fn sort<'s>(
    found: &mut [Found<'_>],
    sort_by: &str,
    descending: bool,
    schema: impl Fn(Kind) -> &'s ResourceSchema,
) -> Result<(), Problem> {
    let path: AttributePath = sort_by.trim().parse().map_err(|_| unknown(sort_by))?;
    if Kind::ALL.into_iter().all(|kind| schema(kind).attribute(&path).is_none()) {
        return Err(unknown(sort_by));
    }
    found.sort_by_cached_key(|(kind, resource)| {
        let key = key(resource, &path, schema(*kind));
        if descending { Directed::Descending(key) } else { Directed::Ascending(key) }
    });
    Ok(())
}

fn unknown(sort_by: &str) -> Problem {
    Problem::bad(ScimType::InvalidValue, format!("`sortBy` names no attribute: \"{sort_by}\"."))
}

/// What a resource is sorted by. The order of the variants puts missing values last.
#[derive(Clone, Debug, PartialEq, PartialOrd)]
enum Key {
    Flag(bool),
    Number(f64),
    Time(OffsetDateTime),
    Text(String),
    Missing,
}

#[derive(Clone, Debug, PartialEq)]
enum Directed {
    Ascending(Key),
    Descending(Key),
}

impl Eq for Directed {}

impl Ord for Directed {
    fn cmp(&self, other: &Self) -> Ordering {
        let ((Self::Ascending(a), Self::Ascending(b)) | (Self::Descending(b), Self::Descending(a))) = (self, other)
        else {
            return Ordering::Equal;
        };
        // JSON has no NaN, so numbers always compare.
        a.partial_cmp(b).unwrap_or(Ordering::Equal)
    }
}

impl PartialOrd for Directed {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

fn key(resource: &Map<String, Value>, path: &AttributePath, schema: &ResourceSchema) -> Key {
    let Some(resolved) = schema.resolve(path) else { return Key::Missing };
    let Some(value) = resolved.holder(resource).and_then(|holder| name::get(holder, &resolved.attribute.name)) else {
        return Key::Missing;
    };
    let one = if resolved.attribute.multi_valued { main(value) } else { Some(value) };
    let default_sub = || resolved.attribute.sub("value").filter(|_| resolved.attribute.kind == Type::Complex);
    match (one, resolved.sub.or_else(default_sub)) {
        (Some(one), Some(sub)) => {
            one.as_object().and_then(|one| name::get(one, &sub.name)).map_or(Key::Missing, |value| scalar(value, sub))
        }
        (Some(one), None) => scalar(one, resolved.attribute),
        (None, _) => Key::Missing,
    }
}

/// Of several values the primary one, else the first.
fn main(value: &Value) -> Option<&Value> {
    let values = value.as_array()?;
    values.iter().find(|value| value.get("primary") == Some(&Value::Bool(true))).or_else(|| values.first())
}

fn scalar(value: &Value, attribute: &Attribute) -> Key {
    match value {
        Value::Bool(flag) => Key::Flag(*flag),
        Value::Number(number) => number.as_f64().map_or(Key::Missing, Key::Number),
        Value::String(text) => match datetime::parse(text).filter(|_| attribute.kind == Type::DateTime) {
            Some(time) => Key::Time(time),
            None if attribute.compares_exactly() => Key::Text(text::normal(text).into_owned()),
            None => Key::Text(text::fold(text).into_owned()),
        },
        _ => Key::Missing,
    }
}

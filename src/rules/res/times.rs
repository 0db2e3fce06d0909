//! Moments: `meta.created`, `meta.lastModified` and every other dateTime (RFC 7643 §2.3.5, §3.1).

use serde_json::Value;
use time::{Duration, OffsetDateTime};

use crate::http::Method;
use crate::rules::datetime::http_date;
use crate::rules::memory::Memory;
use crate::rules::observed::{Observed, Resource};
use crate::rules::sink::Sink;
use crate::scim::{Type, datetime};

/// Clocks are read twice and rounded; that much is no difference.
const TOLERANCE: Duration = Duration::SECOND;
/// Where moments are exact, a clock that is read once for the answer and once for the store differs by no more.
const READ_TWICE: Duration = Duration::milliseconds(50);
/// How far a server's clocks may disagree among themselves.
const SKEW: Duration = Duration::minutes(5);

pub fn meta_dates(seen: &Observed<'_>, sink: &mut Sink<'_>) {
    if seen.is_projected {
        return;
    }
    let date = seen.answer.headers.get("date").and_then(http_date);
    for resource in core(seen).filter(|resource| !resource.is_none_at_all()) {
        for name in ["created", "lastModified"] {
            let value = resource.meta(name);
            let path = format!("meta.{name}");
            if !value.is_some_and(Value::is_string) {
                sink.value(&path, &["a dateTime such as \"2026-01-05T09:00:00Z\""], value);
            } else if moment(resource, name).zip(date).is_some_and(|(moment, date)| moment > date + SKEW) {
                sink.value(&path, &["a moment that is not after the answer's own Date"], value);
            }
        }
        let (created, modified) = (moment(resource, "created"), moment(resource, "lastModified"));
        if created.zip(modified).is_some_and(|(created, modified)| modified + TOLERANCE < created) {
            sink.value("meta.lastModified", &["a moment from meta.created on"], resource.meta("lastModified"));
        }
    }
}

pub fn datetime_form(seen: &Observed<'_>, sink: &mut Sink<'_>) {
    for spot in seen.resources.iter().flat_map(|resource| &resource.spots) {
        if !spot.attribute.is_some_and(|attribute| attribute.kind == Type::DateTime) {
            continue;
        }
        for text in values(spot.value).filter_map(Value::as_str) {
            if datetime::parse(text).is_none() {
                let actual = Value::from(text);
                sink.value(&spot.path(), &["an xsd:dateTime such as \"2026-01-05T09:00:00Z\""], Some(&actual));
            }
        }
    }
}

pub fn created_constant(seen: &Observed<'_>, sink: &mut Sink<'_>) {
    for resource in core(seen) {
        let (Some(id), Some(created)) = (resource.id(), moment(resource, "created")) else { continue };
        let before = Memory::recall(&mut sink.memory.created, (resource.kind, id.to_owned()), created);
        if before.is_some_and(|before| differ(before, created)) {
            sink.value("meta.created", &["the moment it had in earlier answers"], resource.meta("created"));
        }
    }
}

/// Whether two moments that ought to be the same are further apart than rounding explains.
fn differ(one: OffsetDateTime, other: OffsetDateTime) -> bool {
    (one - other).abs() >= datetime::resolution(one).max(datetime::resolution(other)).max(READ_TWICE)
}

pub fn lastmodified_initial(seen: &Observed<'_>, sink: &mut Sink<'_>) {
    if seen.request().method != Method::Post || seen.answer.status != 201 {
        return;
    }
    for resource in core(seen) {
        let (created, modified) = (moment(resource, "created"), moment(resource, "lastModified"));
        if created.zip(modified).is_some_and(|(created, modified)| (modified - created).abs() > TOLERANCE) {
            let expected = format!("meta.created, {}", resource.meta("created").unwrap_or(&Value::Null));
            sink.value("meta.lastModified", &[&expected], resource.meta("lastModified"));
        }
    }
}

/// Users and groups: resources whose `meta` the RFC describes.
fn core<'a, 'b>(seen: &'b Observed<'a>) -> impl Iterator<Item = &'b Resource<'a>> {
    seen.resources.iter().filter(|resource| resource.kind.resource_type().is_some())
}

fn moment(resource: &Resource<'_>, name: &str) -> Option<OffsetDateTime> {
    datetime::parse(resource.meta(name)?.as_str()?)
}

fn values(value: &Value) -> impl Iterator<Item = &Value> {
    match value {
        Value::Array(list) => list.iter(),
        single => std::slice::from_ref(single).iter(),
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn rounding_is_no_difference_and_a_tenth_of_a_second_between_exact_moments_is() {
        let exact = datetime!(2026-01-05 09:00:00.123_456 UTC);
        for same in [
            datetime!(2026-01-05 09:00:00.123 UTC),
            datetime!(2026-01-05 09:00:00.12 UTC),
            datetime!(2026-01-05 09:00:00.1 UTC),
            datetime!(2026-01-05 09:00:00 UTC),
            datetime!(2026-01-05 09:00:01 UTC),
            datetime!(2026-01-05 09:00:00.127 UTC),
            datetime!(2026-01-05 10:00:00.123_456 +1),
        ] {
            assert!(!differ(exact, same) && !differ(same, exact), "{same}");
        }
        for other in [
            datetime!(2026-01-05 09:00:00.234 UTC),
            datetime!(2026-01-05 09:00:02 UTC),
            datetime!(2026-01-05 10:00:00.123_456 UTC),
        ] {
            assert!(differ(exact, other) && differ(other, exact), "{other}");
        }
    }
}

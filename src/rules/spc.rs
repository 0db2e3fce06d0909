//! `spc/`: what the server says it can do (RFC 7643 §5).

use serde_json::{Map, Value};

use super::endpoint::Kind;
use super::observed::Observed;
use super::sink::Sink;
use crate::scim::name;

/// Features that say whether they are supported.
const FEATURES: [&str; 6] = ["patch", "bulk", "filter", "changePassword", "sort", "etag"];

/// The document, when this exchange shows it.
fn document<'a>(seen: &Observed<'a>) -> Option<&'a Map<String, Value>> {
    let body = seen.body.filter(|body| seen.answer.is_success() && !body.contains_key("Resources"))?;
    (seen.endpoint.kind == Kind::Config && !seen.is_projected).then_some(body)
}

pub(super) fn required_members(seen: &Observed<'_>, sink: &mut Sink<'_>) {
    let Some(document) = document(seen) else { return };
    for feature in FEATURES {
        let member = name::get(document, feature);
        let supported = member.and_then(|member| name::get_in(member, "supported"));
        if !supported.is_some_and(Value::is_boolean) {
            sink.value(&format!("{feature}.supported"), &["true or false"], supported);
        }
        let has_bulk = feature != "bulk" || supported == Some(&Value::Bool(true));
        for limit in limits(feature).iter().filter(|_| has_bulk && member.is_some()) {
            let value = member.and_then(|member| name::get_in(member, limit));
            if !value.is_some_and(|value| value.is_i64() || value.is_u64()) {
                sink.value(&format!("{feature}.{limit}"), &["a whole number"], value);
            }
        }
    }
}

fn limits(feature: &str) -> &'static [&'static str] {
    match feature {
        "bulk" => &["maxOperations", "maxPayloadSize"],
        "filter" => &["maxResults"],
        _ => &[],
    }
}

pub(super) fn auth_schemes(seen: &Observed<'_>, sink: &mut Sink<'_>) {
    let Some(document) = document(seen) else { return };
    let Some(Value::Array(schemes)) = name::get(document, "authenticationSchemes") else {
        let actual = name::get(document, "authenticationSchemes");
        sink.value("authenticationSchemes", &["a list, which may be empty"], actual);
        return;
    };
    for scheme in schemes {
        for member in ["type", "name", "description"] {
            let value = name::get_in(scheme, member);
            if value.and_then(Value::as_str).is_none_or(str::is_empty) {
                sink.value(&format!("authenticationSchemes.{member}"), &["a text"], value);
            }
        }
    }
    let primary = |scheme: &&Value| name::get_in(scheme, "primary") == Some(&Value::Bool(true));
    let count = schemes.iter().filter(primary).count();
    if count > 1 {
        sink.report("authenticationSchemes", &["at most one that is primary"], format!("{count} that are primary"));
    }
}

pub(super) fn meta(seen: &Observed<'_>, sink: &mut Sink<'_>) {
    const OWN: &str = "ServiceProviderConfig";
    let Some(meta) = document(seen).and_then(|document| name::get(document, "meta")) else { return };
    let differs = |value: &&Value| value.as_str().is_some_and(|text| !text.trim_end_matches('/').ends_with(OWN));
    if let Some(kind) = name::get_in(meta, "resourceType").filter(|kind| kind.as_str().is_some_and(|kind| kind != OWN))
    {
        sink.value("meta.resourceType", &[OWN], Some(kind));
    }
    if let Some(location) = name::get_in(meta, "location").filter(differs) {
        sink.value("meta.location", &["the URL of this endpoint"], Some(location));
    }
}

/// RFC 9865 §4.
pub(super) fn pagination_member(seen: &Observed<'_>, sink: &mut Sink<'_>) {
    let Some(pagination) = document(seen).and_then(|document| name::get(document, "pagination")) else { return };
    let mut check = |member: &str, wanted: &str, fits: &dyn Fn(Option<&Value>) -> bool| {
        let value = name::get_in(pagination, member);
        if !fits(value) {
            sink.value(&format!("pagination.{member}"), &[wanted], value);
        }
    };
    for method in ["cursor", "index"] {
        check(method, "true or false", &|value| value.is_some_and(Value::is_boolean));
    }
    let offers = |method: &str| name::get_in(pagination, method) == Some(&Value::Bool(true));
    let is_offered =
        |value: &Value| value.as_str().is_some_and(|method| matches!(method, "cursor" | "index") && offers(method));
    check("defaultPaginationMethod", "a method that is offered", &|value| value.is_none_or(is_offered));
    let is_positive = |value: &Value| value.as_u64().is_some_and(|number| number > 0);
    for number in ["defaultPageSize", "maxPageSize", "cursorTimeout"] {
        check(number, "a whole number above 0", &|value| value.is_none_or(is_positive));
    }
    let most = name::get_in(pagination, "maxPageSize").and_then(Value::as_u64);
    let is_larger = |size: &Value| size.as_u64().zip(most).is_some_and(|(size, most)| size > most);
    check("defaultPageSize", "at most maxPageSize", &|value| !value.is_some_and(is_larger));
}

/// RFC 9967 §4.
pub(super) fn security_events(seen: &Observed<'_>, sink: &mut Sink<'_>) {
    let Some(events) = document(seen).and_then(|document| name::get(document, "securityEvents")) else { return };
    let request = name::get_in(events, "asyncRequest");
    let is_known = |word: &str| ["none", "long", "request"].iter().any(|known| known.eq_ignore_ascii_case(word));
    if request.is_some_and(|request| !request.as_str().is_some_and(is_known)) {
        sink.value("securityEvents.asyncRequest", &["none, long or request"], request);
    }
    let uris = name::get_in(events, "eventUris");
    let are_uris = |uris: &Value| {
        uris.as_array().is_some_and(|uris| uris.iter().all(|uri| uri.as_str().is_some_and(|uri| uri.contains(':'))))
    };
    if uris.is_some_and(|uris| !are_uris(uris)) {
        sink.value("securityEvents.eventUris", &["a list of URIs"], uris);
    }
}

pub(super) fn max_results(seen: &Observed<'_>, sink: &mut Sink<'_>) {
    if let Some(document) = document(seen) {
        let limit = name::get(document, "filter").and_then(|filter| name::get_in(filter, "maxResults"));
        sink.memory.max_results = limit.and_then(Value::as_u64).filter(|limit| *limit > 0);
    }
    let Some((limit, list)) = sink.memory.max_results.zip(seen.list()) else { return };
    if matches!(seen.endpoint.kind, Kind::User | Kind::Group) && list.resources.len() as u64 > limit {
        let expected = format!("at most {limit}, as filter.maxResults says");
        sink.report("Resources", &[&expected], format!("{} resources", list.resources.len()));
    }
}

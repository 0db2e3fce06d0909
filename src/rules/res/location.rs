//! Headers that name a resource agree with what it says of itself (RFC 7643 §3.1, RFC 7644 §3.3).

use serde_json::Value;

use crate::http::Method;
use crate::rules::endpoint::Kind;
use crate::rules::observed::Observed;
use crate::rules::sink::Sink;

pub fn location_headers_agree(seen: &Observed<'_>, sink: &mut Sink<'_>) {
    let [resource] = seen.resources.as_slice() else { return };
    if seen.list().is_some() {
        return;
    }
    let Some(own) = resource.meta("location").and_then(Value::as_str) else { return };
    let base = &seen.transcript.base;
    for name in ["Location", "Content-Location"] {
        // Content-Location on a projection may name that very projection (RFC 9110 §8.7).
        let is_projection = name == "Content-Location" && seen.request().method == Method::Get && seen.is_projected;
        let Some(value) = seen.answer.headers.get(name).filter(|_| !is_projection) else { continue };
        // A path is meant from the host (RFC 3986 §4.2), so one that lacks the path of the base URL leads past it.
        let leads_past = value.starts_with('/') && own.contains("://") && !value.starts_with(split(base).1);
        if leads_past || comparable(value, base) != comparable(own, base) {
            sink.report(name, &[&format!("{own}, as meta.location says")], value);
        }
    }
}

pub fn of_created(seen: &Observed<'_>, sink: &mut Sink<'_>) {
    let is_resource =
        seen.endpoint.item.is_none() && collection(seen.endpoint.kind).is_some() && !seen.endpoint.is_search;
    let created = seen.request().method == Method::Post && seen.answer.status == 201 && is_resource;
    let location = seen.answer.headers.get("location").map_or("absent", str::trim);
    if created && (location.is_empty() || location == "absent") {
        sink.report("Location", &["the URL of the new resource"], if location.is_empty() { "empty" } else { location });
    }
}

pub fn meta_location(seen: &Observed<'_>, sink: &mut Sink<'_>) {
    if seen.is_projected {
        return;
    }
    for resource in &seen.resources {
        let (Some(collection), Some(id)) = (collection(resource.kind), resource.id()) else { continue };
        // What must be encoded in a path may be so in several ways.
        if !id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte)) {
            continue;
        }
        let location = resource.meta("location");
        let ending = format!("{collection}/{id}");
        let is_right = |url: &str| comparable(url, &seen.transcript.base).ends_with(&ending);
        if !location.and_then(Value::as_str).is_some_and(is_right) {
            sink.value("meta.location", &[&format!("a URL that ends in {collection}/ and the id")], location);
        }
    }
}

/// A reference has a path or a scheme; a bare word leads nowhere.
pub fn ref_resolves(seen: &Observed<'_>, sink: &mut Sink<'_>) {
    for spot in seen.resources.iter().filter(|resource| resource.is_stored()).flat_map(|resource| &resource.spots) {
        let is_address = spot.value.as_str().is_none_or(|text| text.is_empty() || text.contains(['/', ':']));
        if spot.name.eq_ignore_ascii_case("$ref") && !is_address {
            let subject = format!("{}.$ref", spot.parent.unwrap_or_default());
            sink.value(&subject, &["a URL"], Some(spot.value));
        }
    }
}

const fn collection(kind: Kind) -> Option<&'static str> {
    match kind {
        Kind::User => Some("/Users"),
        Kind::Group => Some("/Groups"),
        _ => None,
    }
}

/// A URL in the form in which two can be compared: absolute, scheme and host in lower case, no usual port, no slash at
/// the end, and without the version segment that RFC 7644 §3.13 makes optional.
fn comparable(url: &str, base: &str) -> String {
    let url = url.trim();
    let (origin, path) = split(url);
    let (base_origin, base_path) = split(base);
    let path = match (origin.is_empty(), path.starts_with('/')) {
        // A path is meant from the host, or carelessly from the base URL.
        (true, true) if !path.starts_with(base_path) => format!("{base_path}{path}"),
        (true, false) => format!("{base_path}/{path}"),
        _ => path.to_owned(),
    };
    let origin = if origin.is_empty() { base_origin } else { origin }.to_ascii_lowercase();
    let usual_port = if origin.starts_with("https:") { ":443" } else { ":80" };
    let origin = origin.strip_suffix(usual_port).unwrap_or(&origin).to_owned();
    let is_left_out =
        |segment: &str| segment.is_empty() || is_version(segment) && base_path.split('/').any(|own| own == segment);
    let segments: Vec<&str> = path.split('/').filter(|segment| !is_left_out(segment)).collect();
    format!("{origin}/{}", segments.join("/"))
}

fn is_version(segment: &str) -> bool {
    segment.strip_prefix('v').is_some_and(|number| !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()))
}

/// Origin (`https://example.com`) and the rest; the origin of a relative reference is empty.
fn split(url: &str) -> (&str, &str) {
    let Some(at) = url.find("://") else { return ("", url) };
    let end = url[at + 3..].find('/').map_or(url.len(), |slash| at + 3 + slash);
    url.split_at(end)
}

#[cfg(test)]
mod tests {
    use super::comparable;

    #[test]
    fn the_same_resource_compares_equal_however_it_is_written() {
        let base = "https://example.com/scim/v2";
        let expected = comparable("https://example.com/scim/v2/Users/7", base);
        for other in [
            "HTTPS://Example.com:443/scim/v2/Users/7/",
            "/scim/v2/Users/7",
            "/Users/7",
            "Users/7",
            "https://example.com/scim/Users/7",
        ] {
            assert_eq!(comparable(other, base), expected, "{other}");
        }
        for other in ["/Users", "https://example.com/scim/v2/Users/8", "http://example.com/scim/v2/Users/7"] {
            assert_ne!(comparable(other, base), expected, "{other}");
        }
    }
}

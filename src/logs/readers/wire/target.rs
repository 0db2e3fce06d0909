//! URLs and request targets: where the endpoint's base ends, and what stands below it.

use crate::http::percent::{self, decode_query};

/// First segments of paths below the base (RFC 7644 §3.2).
const ENDPOINTS: [&str; 8] =
    ["Users", "Groups", "Me", "Bulk", "Schemas", "ResourceTypes", "ServiceProviderConfig", "ServiceProviderConfigs"];

/// A request target, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// What stands before the path: an origin as far as it is known, and the base's own path.
    pub base: String,
    /// The path below the base, percent-decoded.
    pub path: String,
    /// The query as it was sent, without `?`.
    pub query: Option<String>,
}

/// Takes a URL or path apart; `None` when nothing in it belongs to a SCIM endpoint. `bases` are paths of bases that were
/// met before: below one of them everything counts.
pub fn split(target: &str, bases: &[String]) -> Option<Target> {
    let target = target.split_once('#').map_or(target, |(target, _)| target);
    let (place, query) = target.split_once('?').map_or((target, None), |(place, query)| (place, Some(query)));
    let at = endpoint(place).or_else(|| below(place, bases))?;
    let (base, path) = place.split_at(at);
    Some(Target { base: base.to_owned(), path: percent::decode(path), query: query.map(str::to_owned) })
}

/// The path of a base, without its origin; `None` when it has none, so that nothing can be recognised by it.
pub fn path_of_base(base: &str) -> Option<&str> {
    let path = &base[origin(base)..];
    path.starts_with('/').then_some(path)
}

/// Bytes of the origin at the beginning of a URL.
fn origin(url: &str) -> usize {
    let Some(scheme) = url.find("://") else { return 0 };
    url[scheme + 3..].find('/').map_or(url.len(), |slash| scheme + 3 + slash)
}

/// Where the first segment stands that SCIM knows.
fn endpoint(place: &str) -> Option<usize> {
    let start = origin(place);
    let slashes = place[start..].match_indices('/').map(|(at, _)| start + at);
    slashes.into_iter().find(|at| {
        let segment = place[at + 1..].split('/').next().unwrap_or_default();
        let is_scim = place[..*at].to_ascii_lowercase().contains("scim");
        ENDPOINTS.iter().any(|name| *name == segment || (is_scim && name.eq_ignore_ascii_case(segment)))
    })
}

/// Where a base ends that is known already.
fn below(place: &str, bases: &[String]) -> Option<usize> {
    let start = origin(place);
    let ends = bases.iter().filter_map(|base| place[start..].strip_prefix(base.as_str()));
    ends.filter(|rest| rest.len() > 1 && rest.starts_with('/')).map(|rest| place.len() - rest.len()).min()
}

/// Whether the path of an endpoint stands somewhere in a text.
pub fn names_endpoint(text: &str) -> bool {
    memchr::memchr_iter(b'/', text.as_bytes()).any(|at| {
        let rest = &text[at + 1..];
        ENDPOINTS.iter().any(|name| {
            let is_name = rest.get(..name.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(name));
            is_name && !rest.as_bytes().get(name.len()).is_some_and(u8::is_ascii_alphanumeric)
        })
    })
}

/// The parameters of a query, decoded; `+` is a blank.
pub fn parameters(query: &str) -> impl Iterator<Item = (String, String)> {
    query.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        (decode_query(name), decode_query(value))
    })
}

/// A text as it can stand in a query: for formats that write parameters down decoded.
pub fn encoded(text: &str) -> String {
    use std::fmt::Write as _;
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}"); // writing to a String cannot fail
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(target: &str) -> Option<(String, String, Option<String>)> {
        split(target, &[]).map(|target| (target.base, target.path, target.query))
    }

    #[test]
    fn the_base_ends_where_an_endpoint_begins() {
        let of = |base: &str, path: &str, query: Option<&str>| {
            Some((base.to_owned(), path.to_owned(), query.map(str::to_owned)))
        };
        assert_eq!(
            parts("https://a.example/scim/v2/Users/1?x=%20"),
            of("https://a.example/scim/v2", "/Users/1", Some("x=%20"))
        );
        assert_eq!(parts("{{baseUrl}}/Users"), of("{{baseUrl}}", "/Users", None));
        assert_eq!(parts("/Users/a%40b"), of("", "/Users/a@b", None));
        assert_eq!(parts("/scim/users"), of("/scim", "/users", None));
        assert_eq!(parts("/api/users"), None);
        assert_eq!(parts("https://Users/x"), None);
        assert_eq!(parts("/healthz?of=/Users"), None);
    }

    #[test]
    fn below_a_known_base_everything_counts() {
        let bases = ["/scim/v2".to_owned()];
        assert_eq!(split("/scim/v2/Devices/7", &bases).map(|target| target.path), Some("/Devices/7".to_owned()));
        assert_eq!(split("/scim/v2", &bases), None);
        assert_eq!(split("/scim/v20/Devices", &bases), None);
    }

    #[test]
    fn texts_are_encoded_so_that_they_come_back() {
        assert_eq!(decode_query(&encoded("é \"+%")), "é \"+%");
        let all: Vec<_> = parameters("a=1&&b").collect();
        assert_eq!(all, [("a".to_owned(), "1".to_owned()), ("b".to_owned(), String::new())]);
    }
}

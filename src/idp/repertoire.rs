//! What identity providers ask for at all.

use crate::http::{Method, Request};

/// Whether Okta or Entra could have sent such a request, going by its method, path and paging: the endpoints that
/// `docs/idps.md` shows, one resource or one collection at a time.
///
/// What is in a filter or a body is not looked at.
pub fn could_send(request: &Request) -> bool {
    let mut segments = request.path.strip_prefix('/').unwrap_or(&request.path).split('/');
    let (collection, item, rest) = (segments.next().unwrap_or_default(), segments.next(), segments.next());
    let is_item = item.is_some_and(|id| !id.is_empty() && !id.starts_with('.'));
    let is_known = match collection {
        "Users" | "Groups" => match request.method {
            Method::Get => item.is_none() || is_item,
            Method::Post => item.is_none(),
            Method::Put | Method::Patch | Method::Delete => is_item,
            Method::Head | Method::Options => false,
        },
        "ServiceProviderConfig" | "Schemas" | "ResourceTypes" => request.method == Method::Get,
        _ => false,
    };
    let is_number = |name: &str, least: u64| {
        request.parameter(name).is_none_or(|value| value.parse::<u64>().is_ok_and(|number| number >= least))
    };
    is_known && rest.is_none() && is_number("startIndex", 1) && is_number("count", 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn searches_bulk_and_odd_pages_are_nobodys() {
        let get = |path: &str, query: &str| could_send(&Request::new(Method::Get, path).with_query(query));
        assert!(get("/Users", "startIndex=1&count=100") && get("/Users/7", "") && get("/Schemas", ""));
        assert!(could_send(&Request::new(Method::Patch, "/Groups/7")));
        for (path, query) in [("/Users", "count=many"), ("/Users", "startIndex=0"), ("/Me", ""), ("/Users/", "")] {
            assert!(!get(path, query), "{path}?{query}");
        }
        for path in ["/Users/.search", "/Bulk", "/ServiceProviderConfig"] {
            assert!(!could_send(&Request::new(Method::Post, path)), "{path}");
        }
        assert!(!could_send(&Request::new(Method::Put, "/Users")));
    }
}

//! Which endpoint a request meant, as far as rules care (RFC 7644 §3.2, Table 2).

use crate::http::{Method, Request};

/// What kind of resource an endpoint serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// `/Users` and `/Me`.
    User,
    /// `/Groups`.
    Group,
    /// `/ServiceProviderConfig`.
    Config,
    /// `/ResourceTypes`.
    ResourceType,
    /// `/Schemas`.
    Schema,
    /// `/Bulk`.
    Bulk,
    /// The base URL itself: all types.
    Root,
    /// Anything else: a resource type of the target's own, or no endpoint.
    Other,
}

impl Kind {
    /// Name of the resource type, where it is a core one (RFC 7643 §6).
    pub const fn resource_type(self) -> Option<&'static str> {
        match self {
            Self::User => Some("User"),
            Self::Group => Some("Group"),
            _ => None,
        }
    }

    /// URN of its base schema, where it is a core one.
    pub const fn schema(self) -> Option<&'static str> {
        match self {
            Self::User => Some("urn:ietf:params:scim:schemas:core:2.0:User"),
            Self::Group => Some("urn:ietf:params:scim:schemas:core:2.0:Group"),
            _ => None,
        }
    }
}

/// The endpoint of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Endpoint<'a> {
    /// What it serves.
    pub kind: Kind,
    /// The collection: `/Users`.
    pub collection: &'a str,
    /// What follows: an id as sent, not decoded.
    pub item: Option<&'a str>,
    /// A POST to `.search`.
    pub is_search: bool,
}

impl<'a> Endpoint<'a> {
    /// The endpoint that a request names.
    pub fn of(request: &'a Request) -> Self {
        let path = request.path.trim_end_matches('/');
        let rest = path.strip_prefix('/').unwrap_or(path);
        let (first, item) = rest.split_once('/').map_or((rest, None), |(first, item)| (first, Some(item)));
        let kind = match first {
            "Users" | "Me" => Kind::User,
            "Groups" => Kind::Group,
            "ServiceProviderConfig" => Kind::Config,
            "ResourceTypes" => Kind::ResourceType,
            "Schemas" => Kind::Schema,
            "Bulk" => Kind::Bulk,
            "" | ".search" => Kind::Root,
            _ => Kind::Other,
        };
        let is_search = request.method == Method::Post && path.ends_with("/.search");
        let item = if first == "Me" { Some(first) } else { item.filter(|item| *item != ".search") };
        Self { kind, collection: &path[..path.len() - rest.len() + first.len()], item, is_search }
    }

    /// Whether a 2xx answer to this request must be a list (RFC 7644 §3.4.2, §3.4.3, §4).
    pub fn is_query(&self, method: Method) -> bool {
        let listed = matches!(self.kind, Kind::User | Kind::Group | Kind::Schema | Kind::ResourceType);
        self.is_search || (method == Method::Get && self.item.is_none() && listed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_name_kinds_and_items() {
        let of = |method, path: &str| {
            let request = Request::new(method, path);
            let endpoint = Endpoint::of(&request);
            let is_query = endpoint.is_query(method);
            (endpoint.kind, endpoint.collection.to_owned(), endpoint.item.map(str::to_owned), is_query)
        };
        let users = || "/Users".to_owned();
        assert_eq!(of(Method::Get, "/Users/"), (Kind::User, users(), None, true));
        assert_eq!(of(Method::Get, "/Users/7"), (Kind::User, users(), Some("7".into()), false));
        assert_eq!(of(Method::Post, "/Users/.search"), (Kind::User, users(), None, true));
        assert_eq!(of(Method::Post, "/Users"), (Kind::User, users(), None, false));
        assert_eq!(of(Method::Post, "/.search"), (Kind::Root, "/.search".into(), None, true));
        assert_eq!(of(Method::Get, "/Me").2.as_deref(), Some("Me"));
        assert_eq!(of(Method::Get, "").0, Kind::Root);
        assert_eq!(of(Method::Get, "/Devices").0, Kind::Other);
    }
}

//! Which endpoint a path names, and the methods it knows (RFC 7644 §3.2).

use crate::http::{Method, percent};
use crate::scim::urn;
use crate::server::endpoints::Grant;

/// A type of resource that clients write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// RFC 7643 §4.1.
    User,
    /// RFC 7643 §4.2.
    Group,
}

impl Kind {
    /// Both, in the order in which a query at the root lists them.
    pub const ALL: [Self; 2] = [Self::User, Self::Group];

    /// The name of the resource type, as in `meta.resourceType`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::User => "User",
            Self::Group => "Group",
        }
    }

    /// The path of the endpoint.
    pub const fn endpoint(self) -> &'static str {
        match self {
            Self::User => "/Users",
            Self::Group => "/Groups",
        }
    }

    /// The URN of the base schema.
    pub const fn urn(self) -> &'static str {
        match self {
            Self::User => urn::CORE_USER,
            Self::Group => urn::CORE_GROUP,
        }
    }
}

/// An endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Route {
    /// The base URL itself: a query over all types.
    Root,
    /// `/.search`, `/Users/.search`, `/Groups/.search`.
    Search(Option<Kind>),
    /// `/Users`, `/Groups`.
    Collection(Kind),
    /// One resource, by its id.
    Resource(Kind, String),
    /// `/ServiceProviderConfig`.
    Configuration,
    /// `/ResourceTypes`, or one of them.
    ResourceTypes(Option<String>),
    /// `/Schemas`, or one of them.
    Schemas(Option<String>),
    /// `/Bulk`.
    Bulk,
    /// `/Me`.
    Me,
    /// `/Roles`, `/Entitlements`, or one of them.
    Grant(Grant, Option<String>),
}

impl Route {
    /// The endpoint at a path below the base URL; one slash more at the end makes no difference.
    pub fn of(path: &str) -> Option<Self> {
        let path = path.strip_prefix('/').unwrap_or(path);
        let path = path.strip_suffix('/').unwrap_or(path);
        let (first, rest) = match path.split_once('/') {
            Some((first, rest)) => (first, Some(percent::decode(rest))),
            None => (path, None),
        };
        if rest.as_deref().is_some_and(|rest| rest.is_empty() || rest.contains('/')) {
            return None;
        }
        match (first, rest) {
            ("", None) => Some(Self::Root),
            (".search", None) => Some(Self::Search(None)),
            ("Users", rest) => Some(Self::below(Kind::User, rest)),
            ("Groups", rest) => Some(Self::below(Kind::Group, rest)),
            ("ServiceProviderConfig", None) => Some(Self::Configuration),
            ("ResourceTypes", rest) => Some(Self::ResourceTypes(rest)),
            ("Schemas", rest) => Some(Self::Schemas(rest)),
            ("Bulk", None) => Some(Self::Bulk),
            ("Me", None) => Some(Self::Me),
            (other, rest) => Grant::named(other).map(|grant| Self::Grant(grant, rest)),
        }
    }

    fn below(kind: Kind, rest: Option<String>) -> Self {
        match rest {
            None => Self::Collection(kind),
            Some(rest) if rest == ".search" => Self::Search(Some(kind)),
            Some(id) => Self::Resource(kind, id),
        }
    }

    /// The type of resource it serves, when it serves one.
    pub const fn kind(&self) -> Option<Kind> {
        match self {
            Self::Collection(kind) | Self::Resource(kind, _) | Self::Search(Some(kind)) => Some(*kind),
            _ => None,
        }
    }

    /// The methods it knows, as they stand in `Allow`.
    pub const fn allow(&self, patch: bool) -> &'static str {
        match self {
            Self::Collection(_) => "GET, HEAD, POST, OPTIONS",
            Self::Resource(..) if patch => "GET, HEAD, PUT, PATCH, DELETE, OPTIONS",
            Self::Resource(..) => "GET, HEAD, PUT, DELETE, OPTIONS",
            Self::Search(_) | Self::Bulk => "POST, OPTIONS",
            Self::Root
            | Self::Configuration
            | Self::ResourceTypes(_)
            | Self::Schemas(_)
            | Self::Me
            | Self::Grant(..) => "GET, HEAD, OPTIONS",
        }
    }

    /// Whether it knows a method, be it only to say that the method is not implemented.
    pub fn knows(&self, method: Method) -> bool {
        matches!(self, Self::Me) || self.allow(true).split(", ").any(|known| known == method.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_endpoint_is_found_with_and_without_a_slash_at_the_end() {
        for (path, route) in [
            ("/", Route::Root),
            ("/.search", Route::Search(None)),
            ("/Users", Route::Collection(Kind::User)),
            ("/Users/", Route::Collection(Kind::User)),
            ("/Users/.search", Route::Search(Some(Kind::User))),
            ("/Groups/a%20b/", Route::Resource(Kind::Group, "a b".into())),
            ("/Schemas/urn%3Aietf%3aparams", Route::Schemas(Some("urn:ietf:params".into()))),
            ("/ResourceTypes", Route::ResourceTypes(None)),
            ("/ServiceProviderConfig", Route::Configuration),
        ] {
            assert_eq!(Route::of(path), Some(route), "{path}");
        }
    }

    #[test]
    fn everything_else_is_no_endpoint() {
        for path in ["/users", "/Nope", "/Users/a/b", "/Users/a%2Fb", "/Users//", "/ServiceProviderConfig/x"] {
            assert_eq!(Route::of(path), None, "{path}");
        }
    }
}

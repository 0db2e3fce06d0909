//! Where a resource is: collection and id, from paths, bodies and `Location`.

use serde_json::Value;

use crate::http::{Response, percent};

/// A resource by what identifies it: a user and a group may have the same id.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(in crate::run) struct Resource {
    /// `users`, `groups`: in lower case, as some servers accept any.
    collection: String,
    /// The id, decoded.
    pub(in crate::run) id: String,
}

/// A resource as an answer shows it.
pub(in crate::run) struct Shown {
    pub(in crate::run) resource: Resource,
    /// `userName` or `displayName`.
    pub(in crate::run) name: Option<String>,
}

impl Resource {
    pub(in crate::run) fn new(collection: &str, id: &str) -> Self {
        Self { collection: collection.to_ascii_lowercase(), id: id.to_owned() }
    }

    pub(in crate::run) fn is_group(&self) -> bool {
        self.collection == "groups"
    }

    /// Its path below the base URL.
    pub(in crate::run) fn path(&self) -> String {
        format!("/{}/{}", spelled(&self.collection), percent::encode_segment(&self.id))
    }

    /// The resource a journal names by path.
    pub(in crate::run) fn parse(path: &str) -> Option<Self> {
        of(path).1
    }
}

/// The collection as RFC 7644 spells it.
fn spelled(collection: &str) -> &str {
    match collection {
        "users" => "Users",
        "groups" => "Groups",
        other => other,
    }
}

/// The collection a path names, lower case for the known ones, and the resource in it when there is one.
pub(in crate::run) fn of(path: &str) -> (&str, Option<Resource>) {
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let mut segments = path.split('/').filter(|segment| !segment.is_empty());
    let collection = segments.next().unwrap_or_default();
    let known = ["users", "groups", "bulk"].into_iter().find(|known| collection.eq_ignore_ascii_case(known));
    let collection = known.unwrap_or(collection);
    let id = segments.next().filter(|id| *id != ".search");
    // `/Me` is the owner of the token: never one of ours.
    (collection, id.map(|id| Resource::new(collection, &percent::decode(id))))
}

/// Whether a path is that of a search, which only reads (RFC 7644 §3.4.3).
pub(in crate::run) fn is_search(path: &str) -> bool {
    path.trim_end_matches('/').rsplit('/').next() == Some(".search")
}

/// The resource that a `Location` names, if it lies in the collection.
pub(in crate::run) fn from_location(collection: &str, location: &str) -> Option<Resource> {
    let path = location.split(['?', '#']).next()?.trim_end_matches('/');
    let (before, id) = path.rsplit_once('/')?;
    let last = before.rsplit('/').next()?;
    (last.eq_ignore_ascii_case(collection) && !id.is_empty()).then(|| Resource::new(collection, &percent::decode(id)))
}

/// Every resource in an answer: the body itself, or what a list holds.
pub(in crate::run) fn resources(collection: &str, response: &Response) -> Vec<Shown> {
    let Some(body) = response.json() else { return Vec::new() };
    let listed = body.get("Resources").and_then(Value::as_array);
    let all: Vec<&Value> = match listed {
        Some(listed) => listed.iter().collect(),
        None => vec![body],
    };
    all.into_iter()
        .filter_map(|resource| {
            let collection = stated_collection(resource).unwrap_or(collection);
            let name = identity(collection, resource).map(str::to_owned);
            Some(Shown { resource: Resource::new(collection, &id_of(resource)?), name })
        })
        .collect()
}

/// By `meta.resourceType`: a search below the root finds several kinds.
fn stated_collection(resource: &Value) -> Option<&'static str> {
    match resource.pointer("/meta/resourceType")?.as_str()? {
        "User" => Some("users"),
        "Group" => Some("groups"),
        _ => None,
    }
}

/// The id of a resource as text, also where a server gives it as a number.
pub(in crate::run) fn id_of(resource: &Value) -> Option<String> {
    match resource.get("id")? {
        Value::String(id) if !id.is_empty() => Some(id.clone()),
        Value::Number(id) => Some(id.to_string()),
        _ => None,
    }
}

/// The name that identifies a resource of this collection.
pub(in crate::run) fn identity<'v>(collection: &str, resource: &'v Value) -> Option<&'v str> {
    let names: &[&str] = match collection {
        "users" => &["userName"],
        "groups" => &["displayName"],
        _ => &["userName", "displayName"],
    };
    let text = |name: &&str| crate::scim::name::get_in(resource, name)?.as_str().filter(|text| !text.is_empty());
    names.iter().find_map(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_names_a_collection_and_perhaps_a_resource() {
        assert_eq!(of("/Users/a%20b").1, Some(Resource::new("users", "a b")));
        assert_eq!(of("/users"), ("users", None));
        assert_eq!(of("/Users/.search"), ("users", None));
        assert_eq!(of("/Me"), ("Me", None));
    }

    #[test]
    fn an_id_survives_its_path() {
        for id in ["7", "a b", "ä/ö", "100%", "x:y@z"] {
            let resource = Resource::new("Groups", id);
            assert_eq!(Resource::parse(&resource.path()), Some(resource), "{id}");
        }
    }

    #[test]
    fn a_location_elsewhere_names_nothing() {
        assert_eq!(from_location("users", "https://x/scim/Users/7?a"), Some(Resource::new("users", "7")));
        assert_eq!(from_location("users", "https://x/scim/Groups/7"), None);
        assert_eq!(from_location("users", "https://x/scim/Users/"), None);
    }
}

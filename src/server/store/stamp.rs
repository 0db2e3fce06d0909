//! What the server itself writes on a resource: `schemas` first, `id`, and `meta` last (RFC 7643 §3.1).

use serde_json::{Map, Value, json};
use time::OffsetDateTime;

use crate::clock::{from_millis, millis};
use crate::scim::datetime;
use crate::server::door::route::Kind;

/// How the tenant marks its resources.
#[derive(Clone, Debug)]
pub struct Stamp {
    /// Absolute URL of the endpoint, without a slash at the end.
    pub base_url: String,
    /// Resources have versions.
    pub etag: bool,
}

/// The content that is not the client's: an update keeps it.
const OWN: [&str; 3] = ["id", "groups", "meta"];

impl Stamp {
    /// The URL of a resource.
    pub fn location(&self, kind: Kind, id: &str) -> String {
        format!("{}{}/{id}", self.base_url, kind.endpoint())
    }

    /// A resource just made. `content` begins with `schemas`.
    pub fn fresh(&self, kind: Kind, id: &str, content: Map<String, Value>, now: OffsetDateTime) -> Map<String, Value> {
        let mut resource = Map::new();
        for (name, value) in content {
            let after_schemas = name == "schemas";
            resource.insert(name, value);
            if after_schemas {
                resource.insert("id".to_owned(), id.into());
            }
        }
        let at = timestamp(now);
        let mut meta = json!({
            "resourceType": kind.name(),
            "created": at,
            "lastModified": at,
            "location": self.location(kind, id),
        });
        if self.etag {
            meta["version"] = version(1).into();
        }
        resource.insert("meta".to_owned(), meta);
        resource
    }

    /// A resource with other content; `None` when that is no other.
    pub fn renewed(
        &self,
        old: &Map<String, Value>,
        content: Map<String, Value>,
        now: OffsetDateTime,
    ) -> Option<Map<String, Value>> {
        let is_own = |name: &str| OWN.contains(&name);
        let same = old.keys().filter(|name| !is_own(name)).count() == content.len()
            && content.iter().all(|(name, value)| old.get(name) == Some(value));
        if same {
            return None;
        }
        let own = |name: &str| old.get(name).map(|value| (name.to_owned(), value.clone()));
        let mut resource = Map::new();
        for (name, value) in content {
            let after_schemas = name == "schemas";
            resource.insert(name, value);
            resource.extend(after_schemas.then(|| own("id")).flatten());
        }
        resource.extend(own("groups"));
        resource.extend(own("meta"));
        self.touch(&mut resource, now);
        Some(resource)
    }

    /// A resource has changed now: its time moves on, and it has a version it never had.
    pub fn touch(&self, resource: &mut Map<String, Value>, now: OffsetDateTime) {
        let Some(Value::Object(meta)) = resource.get_mut("meta") else { return };
        meta.insert("lastModified".to_owned(), timestamp(now).into());
        if self.etag {
            let tag = meta.get("version").and_then(Value::as_str).unwrap_or_default();
            let count: u64 = tag.trim_start_matches("W/").trim_matches('"').parse().unwrap_or_default();
            meta.insert("version".to_owned(), version(count + 1).into());
        }
    }

    /// What of a resource is its client's: everything but `id`, `groups` and `meta`.
    pub fn content(resource: &Map<String, Value>) -> Map<String, Value> {
        let own = |name: &String| OWN.contains(&name.as_str());
        resource.iter().filter(|(name, _)| !own(name)).map(|(name, value)| (name.clone(), value.clone())).collect()
    }
}

/// Milliseconds are kept: two changes within one second are two moments.
fn timestamp(now: OffsetDateTime) -> String {
    datetime::format(from_millis(millis(now)))
}

fn version(count: u64) -> String {
    format!("W/\"{count}\"")
}

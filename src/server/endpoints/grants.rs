//! What the app can grant to users, as resource types that Okta's governance reads (Okta entitlements guide).
//!
//! They are the app's own: clients read them, and name them in `roles` and `entitlements` of users.

use std::sync::LazyLock;

use serde_json::{Value, json};

use crate::http::Response;
use crate::scim::{Schema, urn};
use crate::server::door::query::Query;
use crate::server::reply::{self, Refusal};
use crate::server::settings::Settings;

/// A type of what can be granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grant {
    /// One of the roles.
    Role,
    /// Something that users are entitled to.
    Entitlement,
}

/// The schemas, in the order of [`Grant::ALL`].
static SCHEMAS: LazyLock<[Schema; 2]> = LazyLock::new(|| {
    let read = |text: &str| {
        let schema: Value = serde_json::from_str(text).expect("a shipped schema is JSON");
        Schema::from_json(&schema).expect("a shipped schema is one")
    };
    [
        read(include_str!("../../../fixtures/schemas/okta-role.json")),
        read(include_str!("../../../fixtures/schemas/okta-entitlement.json")),
    ]
});

impl Grant {
    const ALL: [Self; 2] = [Self::Role, Self::Entitlement];

    /// Those that a tenant has.
    pub fn of(settings: &Settings) -> impl Iterator<Item = Self> + use<> {
        let has_them = settings.okta_types;
        Self::ALL.into_iter().filter(move |_| has_them)
    }

    /// The type of this name in a path: `Roles`.
    pub fn named(collection: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|grant| grant.endpoint() == format!("/{collection}"))
    }

    /// The name of the resource type.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Role => "Role",
            Self::Entitlement => "Entitlement",
        }
    }

    const fn endpoint(self) -> &'static str {
        match self {
            Self::Role => "/Roles",
            Self::Entitlement => "/Entitlements",
        }
    }

    const fn urn(self) -> &'static str {
        match self {
            Self::Role => urn::OKTA_ROLE,
            Self::Entitlement => urn::OKTA_ENTITLEMENT,
        }
    }

    /// Its schema.
    pub fn schema(self) -> &'static Schema {
        &SCHEMAS[self as usize]
    }

    /// The ResourceType resource, without `meta`.
    pub fn resource_type(self) -> Value {
        json!({
            "schemas": [urn::RESOURCE_TYPE],
            "id": self.name(),
            "name": self.name(),
            "endpoint": self.endpoint(),
            "description": self.schema().description,
            "schema": self.urn(),
        })
    }

    /// What there is to grant: id, name, and what kind of entitlement it is.
    const fn there_are(self) -> &'static [(&'static str, &'static str, Option<&'static str>)] {
        match self {
            Self::Role => &[("owner", "Owner", None), ("admin", "Administrator", None), ("member", "Member", None)],
            Self::Entitlement => {
                &[("license-basic", "Basic", Some("License")), ("license-full", "Full", Some("License"))]
            }
        }
    }

    fn resources(self, base_url: &str) -> Vec<Value> {
        let one = |(id, name, kind): &(&str, &str, Option<&str>)| {
            let mut resource = json!({ "schemas": [self.urn()], "id": id, "displayName": name });
            if let Some(kind) = kind {
                resource["type"] = (*kind).into();
            }
            let location = format!("{base_url}{}/{id}", self.endpoint());
            resource["meta"] = json!({ "resourceType": self.name(), "location": location });
            resource
        };
        self.there_are().iter().map(one).collect()
    }
}

/// All of a type, in pages, or one by its id.
pub fn grants(grant: Grant, settings: &Settings, query: &Query, id: Option<&str>) -> Result<Response, Refusal> {
    let all = grant.resources(&settings.base_url);
    if let Some(id) = id {
        let found = all.into_iter().find(|resource| resource["id"] == id);
        return found.map(|resource| reply::json(200, &resource)).ok_or_else(|| reply::no_such(grant.name(), id));
    }
    let start = usize::try_from(query.start_index.unwrap_or(1).max(1)).unwrap_or(usize::MAX);
    let count = query.count.map_or(settings.page_size, |count| usize::try_from(count.max(0)).unwrap_or(usize::MAX));
    let total = all.len();
    let page: Vec<Value> = all.into_iter().skip(start - 1).take(count.min(settings.max_results)).collect();
    let body = json!({
        "schemas": [urn::LIST_RESPONSE],
        "totalResults": total,
        "startIndex": start,
        "itemsPerPage": page.len(),
        "Resources": page,
    });
    Ok(reply::json(200, &body))
}

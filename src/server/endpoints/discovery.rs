//! What a client can find out (RFC 7644 §4), made from the settings so that it is true.

use serde_json::{Value, json};

use super::grants::Grant;
use crate::http::Response;
use crate::scim::{Problem, ScimType, urn};
use crate::server::door::query::Query;
use crate::server::door::route::Kind;
use crate::server::reply::{self, Refusal};
use crate::server::settings::Cursors;
use crate::server::state::State;

/// `/ServiceProviderConfig` (RFC 7643 §5).
pub fn configuration(state: &State, query: &Query) -> Result<Response, Refusal> {
    refuse_filter(query)?;
    let settings = &state.settings;
    let limit = |limit: usize| if settings.bulk { limit } else { 0 };
    let mut body = json!({
        "schemas": [urn::SERVICE_PROVIDER_CONFIG],
        "patch": { "supported": settings.patch },
        "bulk": {
            "supported": settings.bulk,
            "maxOperations": limit(settings.bulk_operations),
            "maxPayloadSize": limit(settings.bulk_payload),
        },
        "filter": { "supported": settings.filter, "maxResults": settings.max_results },
        "changePassword": { "supported": true },
        "sort": { "supported": settings.sort },
        "etag": { "supported": settings.etag },
        "authenticationSchemes": [{
            "type": "oauthbearertoken",
            "name": "Bearer token",
            "description": "The token of the SCIM configuration, in the Authorization header.",
            "specUri": "https://www.rfc-editor.org/info/rfc6750",
            "primary": true,
        }],
        "meta": meta(state, "ServiceProviderConfig", "/ServiceProviderConfig"),
    });
    if settings.cursors != Cursors::None {
        // RFC 9865 §4.
        body["pagination"] = json!({
            "cursor": true,
            "index": true,
            "defaultPaginationMethod": if settings.cursors == Cursors::Default { "cursor" } else { "index" },
            "defaultPageSize": settings.page_size.min(settings.max_results),
            "maxPageSize": settings.max_results,
        });
    }
    if settings.async_requests {
        // RFC 9967 §4; no events are delivered anywhere.
        body["securityEvents"] = json!({ "asyncRequest": "request", "eventUris": [] });
    }
    Ok(reply::json(200, &body))
}

/// `/ResourceTypes` (RFC 7643 §6), or one of them by its id.
pub fn resource_types(state: &State, query: &Query, id: Option<&str>) -> Result<Response, Refusal> {
    refuse_filter(query)?;
    let one = |kind: Kind| {
        let extensions = state.schema(kind).extensions();
        let extensions: Vec<Value> =
            extensions.map(|extension| json!({ "schema": extension.id, "required": false })).collect();
        let mut body = json!({
            "schemas": [urn::RESOURCE_TYPE],
            "id": kind.name(),
            "name": kind.name(),
            "endpoint": kind.endpoint(),
            "description": match kind { Kind::User => "User Account", Kind::Group => "Group" },
            "schema": kind.urn(),
        });
        if !extensions.is_empty() {
            body["schemaExtensions"] = extensions.into();
        }
        body["meta"] = meta(state, "ResourceType", &format!("/ResourceTypes/{}", kind.name()));
        body
    };
    let granted = |one: Grant| {
        let mut body = one.resource_type();
        body["meta"] = meta(state, "ResourceType", &format!("/ResourceTypes/{}", one.name()));
        body
    };
    let mut all = state.kinds().map(one).chain(Grant::of(&state.settings).map(granted));
    match id {
        None => Ok(complete(&all.collect::<Vec<_>>())),
        Some(id) => {
            let found = all.find(|kind| kind["id"] == id);
            found.map(|kind| reply::json(200, &kind)).ok_or_else(|| reply::no_such("resource type", id))
        }
    }
}

/// `/Schemas` (RFC 7643 §7), or one of them by its URN.
pub fn schemas(state: &State, query: &Query, id: Option<&str>) -> Result<Response, Refusal> {
    refuse_filter(query)?;
    let all = state.kinds().flat_map(|kind| {
        let schema = state.schema(kind);
        std::iter::once(schema.base()).chain(schema.extensions())
    });
    let mut all = all.chain(Grant::of(&state.settings).map(|grant| -> &crate::scim::Schema { grant.schema() }));
    let shown = |schema: &crate::scim::Schema| {
        let mut body = schema.to_json();
        body["meta"] = meta(state, "Schema", &format!("/Schemas/{}", schema.id));
        body
    };
    match id {
        None => Ok(complete(&all.map(shown).collect::<Vec<_>>())),
        Some(id) => {
            let found = all.find(|schema| schema.id.eq_ignore_ascii_case(id));
            found.map(|schema| reply::json(200, &shown(schema))).ok_or_else(|| reply::no_such("schema", id))
        }
    }
}

/// All of a kind on one page: paging and sorting mean nothing here (RFC 7644 §4).
fn complete(resources: &[Value]) -> Response {
    let body = json!({
        "schemas": [urn::LIST_RESPONSE],
        "totalResults": resources.len(),
        "startIndex": 1,
        "itemsPerPage": resources.len(),
        "Resources": resources,
    });
    reply::json(200, &body)
}

fn meta(state: &State, resource_type: &str, path: &str) -> Value {
    json!({ "resourceType": resource_type, "location": format!("{}{path}", state.settings.base_url) })
}

/// RFC 7644 §4: a client that filters here would take what it gets for filtered.
fn refuse_filter(query: &Query) -> Result<(), Refusal> {
    if query.filter.is_none() {
        return Ok(());
    }
    let detail = "Discovery endpoints take no filter.".to_owned();
    Err(Problem { status: 403, scim_type: None::<ScimType>, detail }.into())
}

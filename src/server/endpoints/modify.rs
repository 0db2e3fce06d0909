//! PATCH of a resource (RFC 7644 §3.5.2).

use serde_json::Value;

use super::commit::Before;
use super::{Asked, Body, answer, commit, conditions, intake};
use crate::http::Response;
use crate::scim::{PatchOptions, patch};
use crate::server::door::route::Kind;
use crate::server::reply::{self, Refusal};
use crate::server::state::State;

/// Applies the operations, all or none.
pub fn modify(state: &mut State, asked: &Asked<'_>, id: &str, body: &Body) -> Result<Response, Refusal> {
    if !state.settings.patch {
        return Err(Refusal::new(501, None, "This server does not support PATCH: replace the resource with PUT."));
    }
    let old = state.store.get(asked.kind, id).ok_or_else(|| reply::no_such(asked.kind.name(), id))?;
    conditions::matching(old, asked.headers)?;
    let operations = patch::parse(&Value::Object(body.clone()))?;
    let options = PatchOptions { replace_creates: state.settings.replace_creates, ..PatchOptions::default() };
    let schema = state.schema(asked.kind);
    let mut resource = old.clone();
    patch::apply(&mut resource, &operations, schema, options)?;
    let content = intake::tidied(&resource, schema)?;
    let change = commit::check(state, asked.kind, Some(Before { id, resource: old }), content, false)?;
    commit::update(state, asked.kind, id, change, asked.now);

    let status = match asked.kind {
        Kind::User => state.settings.patch_users,
        Kind::Group => state.settings.patch_groups,
    };
    // Who asks for attributes gets them (RFC 7644 §3.5.2).
    if status != 204 || !asked.query.attributes.is_empty() {
        return answer::shown(state, asked, id, 200, Some(body));
    }
    let mut response = reply::empty(204);
    if let Some(resource) = state.store.get(asked.kind, id) {
        answer::mark(&mut response, resource);
    }
    Ok(response)
}

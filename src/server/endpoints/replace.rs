//! PUT of a resource (RFC 7644 §3.5.1).

use serde_json::{Map, Value};

use super::commit::Before;
use super::{Asked, Body, answer, commit, conditions, intake};
use crate::http::Response;
use crate::scim::{Attribute, Mutability, Problem, ResourceSchema, ScimType, name};
use crate::server::reply::{self, Refusal};
use crate::server::settings::{Omitted, Unknown};
use crate::server::state::State;

/// Replaces what the client may write of a resource.
pub fn replace(state: &mut State, asked: &Asked<'_>, id: &str, body: &Body) -> Result<Response, Refusal> {
    let old = state.store.get(asked.kind, id).ok_or_else(|| reply::no_such(asked.kind.name(), id))?;
    conditions::matching(old, asked.headers)?;
    let schema = state.schema(asked.kind);
    let refuse_unknown = state.settings.unknown_attributes == Unknown::Refuse;
    let mut content = intake::content(body, schema, refuse_unknown)?;
    intake::required(&content, schema)?;
    let keeps = Keeps { omitted: state.settings.put_omitted == Omitted::Keep };
    keeps.merge(old, body, &mut content, schema)?;
    let change = commit::check(state, asked.kind, Some(Before { id, resource: old }), content, true)?;
    commit::update(state, asked.kind, id, change, asked.now);
    answer::shown(state, asked, id, 200, Some(body))
}

/// What of the old resource outlives a PUT that does not name it.
struct Keeps {
    omitted: bool,
}

impl Keeps {
    fn merge(
        &self,
        old: &Map<String, Value>,
        body: &Body,
        content: &mut Body,
        schema: &ResourceSchema,
    ) -> Result<(), Problem> {
        for attribute in schema.tops() {
            // A person is not locked out, nor let in again, by a body that does not speak of it.
            let keeps = self.omitted || attribute.name == "active";
            keep(attribute, old, Some(body), content, keeps)?;
        }
        for extension in schema.extensions() {
            let Some(Value::Object(old)) = old.get(&extension.id) else { continue };
            let body = name::get(body, &extension.id).and_then(Value::as_object);
            let mut holder = match content.shift_remove(&extension.id) {
                Some(Value::Object(holder)) => holder,
                _ => Map::new(),
            };
            for attribute in &extension.attributes {
                keep(attribute, old, body, &mut holder, self.omitted)?;
            }
            if !holder.is_empty() {
                content.insert(extension.id.clone(), holder.into());
            }
        }
        Ok(())
    }
}

/// Carries one attribute over from the old resource, when it must be or the body does not name it.
fn keep(
    attribute: &Attribute,
    old: &Map<String, Value>,
    body: Option<&Body>,
    new: &mut Body,
    keeps_omitted: bool,
) -> Result<(), Problem> {
    let Some(before) = old.get(&attribute.name) else { return Ok(()) };
    if attribute.mutability == Mutability::ReadOnly || attribute.name == "schemas" {
        return Ok(());
    }
    let is_named = body.is_some_and(|body| name::get(body, &attribute.name).is_some());
    let is_immutable = attribute.mutability == Mutability::Immutable;
    match new.get(&attribute.name) {
        Some(after) if is_immutable && after != before => {
            let detail = format!("The attribute `{}` cannot be changed once it has a value.", attribute.name);
            Err(Problem::bad(ScimType::Mutability, detail))
        }
        None if is_immutable || (keeps_omitted && !is_named) => {
            new.insert(attribute.name.clone(), before.clone());
            Ok(())
        }
        _ => Ok(()),
    }
}

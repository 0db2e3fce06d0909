//! DELETE of one resource (RFC 7644 §3.6): for good.

use super::{Asked, conditions};
use crate::http::Response;
use crate::server::door::route::Kind;
use crate::server::reply::{self, Refusal};
use crate::server::state::State;

/// Removes the resource.
pub fn delete(state: &mut State, asked: &Asked<'_>, id: &str) -> Result<Response, Refusal> {
    let resource = state.store.get(asked.kind, id).ok_or_else(|| reply::no_such(asked.kind.name(), id))?;
    conditions::matching(resource, asked.headers)?;
    if asked.kind == Kind::Group {
        state.organisation.mapping.refuse_removal(id)?;
    }
    state.store.remove(asked.kind, id, asked.now);
    if asked.kind == Kind::User {
        state.organisation.left(id);
    }
    Ok(reply::empty(204))
}

//! GET of one resource (RFC 7644 §3.4.1).

use super::{Asked, answer, conditions};
use crate::http::Response;
use crate::server::reply::{self, Refusal};
use crate::server::state::State;

/// The resource, or 304 when the client's copy is fresh.
pub fn read(state: &State, asked: &Asked<'_>, id: &str) -> Result<Response, Refusal> {
    let resource = state.store.get(asked.kind, id).ok_or_else(|| reply::no_such(asked.kind.name(), id))?;
    match conditions::unmodified(resource, asked.headers)? {
        Some(unmodified) => Ok(unmodified),
        None => answer::shown(state, asked, id, 200, None),
    }
}

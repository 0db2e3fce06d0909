//! POST of a new resource (RFC 7644 §3.3).

use super::{Asked, Body, answer, commit, intake};
use crate::http::Response;
use crate::server::door::route::Kind;
use crate::server::reply::Refusal;
use crate::server::settings::Unknown;
use crate::server::state::State;

/// Makes a resource of the body.
pub fn create(state: &mut State, asked: &Asked<'_>, body: &Body) -> Result<Response, Refusal> {
    let refuse_unknown = state.settings.unknown_attributes == Unknown::Refuse;
    let mut content = intake::content(body, state.schema(asked.kind), refuse_unknown)?;
    if asked.kind == Kind::User && !content.contains_key("active") {
        content.insert("active".to_owned(), true.into());
    }
    let change = commit::check(state, asked.kind, None, content, true)?;
    let id = commit::insert(state, asked.kind, change, asked.now);
    answer::shown(state, asked, &id, 201, Some(body))
}

//! Answers about one resource: the representation, `Location`, `ETag`.

use serde_json::{Map, Value};

use super::project::Projection;
use super::{Asked, Body};
use crate::http::Response;
use crate::server::reply::{self, Refusal};
use crate::server::state::State;

/// The answer that shows a resource. `written` is the body of the write that it answers.
pub fn shown(
    state: &State,
    asked: &Asked<'_>,
    id: &str,
    status: u16,
    written: Option<&Body>,
) -> Result<Response, Refusal> {
    let Some(resource) = state.store.get(asked.kind, id) else {
        return Err(reply::no_such(asked.kind.name(), id));
    };
    let projection = Projection::new(&asked.query, state.schema(asked.kind)).after(written);
    let mut response = reply::json(status, &Value::Object(projection.of(resource)));
    mark(&mut response, resource);
    Ok(response)
}

/// Adds where the resource is and which version it has.
pub fn mark(response: &mut Response, resource: &Map<String, Value>) {
    let meta = |name: &str| resource.get("meta").and_then(|meta| meta.get(name)?.as_str());
    if let Some(location) = meta("location") {
        response.headers.push("Location", location);
    }
    if let Some(tag) = meta("version") {
        response.headers.push("ETag", tag);
    }
}

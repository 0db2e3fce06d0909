//! Which resources a script leaves behind.

use serde_json::Value;

use super::build::EXAMPLE_BASE;
use super::script::Call;
use crate::http::{Method, Response};
use crate::scim::name;

/// Paths of the resources that were created and not deleted again, in the order in which they were created.
pub(super) fn leftovers(calls: &[Call]) -> Vec<String> {
    let mut left: Vec<String> = Vec::new();
    for call in calls {
        let Some(response) = call.answer.as_ref().ok().filter(|response| response.is_success()) else { continue };
        match call.request.method {
            Method::Delete => left.retain(|path| *path != call.request.path),
            Method::Post => left.extend(made(&call.request.path, response)),
            _ => {}
        }
    }
    left
}

/// What an answer says was created.
fn made(path: &str, response: &Response) -> Vec<String> {
    let Some(body) = response.json() else { return Vec::new() };
    let id = name::get_in(body, "id").and_then(Value::as_str).filter(|_| response.status == 201);
    let own = id.map(|id| format!("{path}/{id}"));
    let operations = name::get_in(body, "Operations").and_then(Value::as_array).into_iter().flatten();
    let of_bulk = operations.filter_map(|operation| {
        let text = |name: &str| name::get_in(operation, name).and_then(Value::as_str);
        let location = text("location").filter(|_| text("method") == Some("POST") && text("status") == Some("201"))?;
        location.strip_prefix(EXAMPLE_BASE).map(str::to_owned)
    });
    own.into_iter().chain(of_bulk).collect()
}

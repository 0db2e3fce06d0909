//! What faults are made of: ways to stand around a server, and small tools for requests and answers.

use serde_json::{Map, Value, json};
use time::OffsetDateTime;

use crate::control::{Action, ControlError, Report};
use crate::http::{Headers, Method, Request, Response};
use crate::scim::urn;
use crate::server::{Reply, Service};

/// A server that something is put around.
pub type Inner = Box<dyn Service>;

/// A server and what happens to each of its requests.
struct Around<F> {
    inner: Inner,
    act: F,
}

impl<F: FnMut(&mut dyn Service, &Request, OffsetDateTime) -> Reply + Send> Service for Around<F> {
    fn handle(&mut self, request: &Request, now: OffsetDateTime) -> Reply {
        (self.act)(&mut *self.inner, request, now)
    }

    fn control(&mut self, action: &Action, now: OffsetDateTime) -> Result<Report, ControlError> {
        self.inner.control(action, now)
    }

    fn token(&self) -> String {
        self.inner.token()
    }
}

/// Handles requests in the server's place; the closure passes on what it likes.
pub fn around<F>(inner: Inner, act: F) -> Inner
where
    F: FnMut(&mut dyn Service, &Request, OffsetDateTime) -> Reply + Send + 'static,
{
    Box::new(Around { inner, act })
}

/// Edits every answer.
pub fn answers<F>(inner: Inner, mut edit: F) -> Inner
where
    F: FnMut(&Request, &mut Response) + Send + 'static,
{
    around(inner, move |server, request, now| {
        let mut reply = server.handle(request, now);
        if let Reply::Answer(response) = &mut reply {
            edit(request, response);
        }
        reply
    })
}

/// Edits the JSON of every answer that has some.
pub fn bodies<F>(inner: Inner, mut edit: F) -> Inner
where
    F: FnMut(&Request, u16, &mut Value) + Send + 'static,
{
    answers(inner, move |request, response| {
        edit_json(response, |status, body| edit(request, status, body));
    })
}

/// Edits every SCIM error.
pub fn errors<F>(inner: Inner, mut edit: F) -> Inner
where
    F: FnMut(&Request, u16, &mut Map<String, Value>) + Send + 'static,
{
    bodies(inner, move |request, status, body| {
        if let Some(error) = body.as_object_mut().filter(|_| status >= 400) {
            edit(request, status, error);
        }
    })
}

/// Edits every user and group in successful answers, alone or in a list.
pub fn resources<F>(inner: Inner, mut edit: F) -> Inner
where
    F: FnMut(&Request, &mut Map<String, Value>) + Send + 'static,
{
    bodies(inner, move |request, status, body| {
        if status < 300 && is_core(request) {
            each_resource(body, |resource| edit(request, resource));
        }
    })
}

/// Rewrites requests before the server sees them.
pub fn requests<F>(inner: Inner, mut edit: F) -> Inner
where
    F: FnMut(&mut Request) + Send + 'static,
{
    around(inner, move |server, request, now| {
        let mut request = request.clone();
        edit(&mut request);
        server.handle(&request, now)
    })
}

/// A member of the body of `.search` is not read.
pub fn searches_without(inner: Inner, member: &'static str) -> Inner {
    requests(inner, move |request| {
        if request.path.ends_with("/.search") {
            edit_request(request, |body| {
                body.shift_remove(member);
            });
        }
    })
}

/// Rewrites the operations of every PATCH.
pub fn operations<F>(inner: Inner, mut edit: F) -> Inner
where
    F: FnMut(&Request, &mut Vec<Value>) + Send + 'static,
{
    requests(inner, move |request| {
        let before = request.clone();
        edit_operations(request, |operations| edit(&before, operations));
    })
}

/// Refuses a PATCH when one of its operations is such.
pub fn refuse_operation<F>(inner: Inner, detail: &'static str, is_such: F) -> Inner
where
    F: Fn(&Request, &Value) -> bool + Send + 'static,
{
    around(inner, move |server, request, now| {
        if patch_operations(request).iter().any(|operation| is_such(request, operation)) {
            return refusal(400, Some("invalidValue"), detail);
        }
        server.handle(request, now)
    })
}

/// Refuses with 400 what is written of an attribute, as a whole or by its path, when one of its values is such.
pub fn refuse_values<F>(inner: Inner, attribute: &'static str, detail: &'static str, is_such: F) -> Inner
where
    F: Fn(&Value) -> bool + Send + 'static,
{
    around(inner, move |server, request, now| {
        let body = request.json().unwrap_or_default();
        let patched = patch_operations(request);
        let of_patch = patched.iter().filter(|operation| lower(operation, "path") == attribute);
        let mut written = of_patch.filter_map(|operation| operation.get("value")).chain(body.get(attribute));
        if written.any(|values| values.as_array().into_iter().flatten().any(&is_such)) {
            return refusal(400, Some("invalidValue"), detail);
        }
        server.handle(request, now)
    })
}

/// Passes a PATCH on without some of its operations; when none is left, it is acknowledged.
pub fn dropping<F>(inner: Inner, is_dropped: F) -> Inner
where
    F: Fn(&Request, &Value) -> bool + Send + 'static,
{
    around(inner, move |server, request, now| {
        let all = patch_operations(request);
        if !all.iter().any(|operation| is_dropped(request, operation)) {
            return server.handle(request, now);
        }
        let mut rest = request.clone();
        edit_operations(&mut rest, |operations| operations.retain(|operation| !is_dropped(request, operation)));
        if patch_operations(&rest).is_empty() {
            return empty_answer(204);
        }
        server.handle(&rest, now)
    })
}

/// A SCIM error.
pub fn refusal(status: u16, scim_type: Option<&str>, detail: &str) -> Reply {
    let mut body = json!({ "schemas": [urn::ERROR], "status": status.to_string() });
    if let Some(scim_type) = scim_type {
        body["scimType"] = scim_type.into();
    }
    body["detail"] = detail.into();
    Reply::Answer(json_answer(status, &body))
}

/// What is not there is done all the same: 204 to such requests in place of 404.
pub fn done_where_missing<F>(inner: Inner, is_such: F) -> Inner
where
    F: Fn(&Request) -> bool + Send + 'static,
{
    around(inner, move |server, request, now| match server.handle(request, now) {
        Reply::Answer(answer) if answer.status == 404 && is_such(request) => empty_answer(204),
        reply => reply,
    })
}

/// The client is to come back after this, in seconds or as a date.
pub fn refusal_until(status: u16, retry_after: &str) -> Reply {
    let mut reply = refusal(status, None, "Try again later.");
    if let Reply::Answer(response) = &mut reply {
        response.headers.push("Retry-After", retry_after);
    }
    reply
}

/// An answer with a JSON body.
pub fn json_answer(status: u16, body: &Value) -> Response {
    Response::new(status, [("Content-Type", "application/scim+json")].into_iter().collect(), body.to_string())
}

/// An answer without a body.
pub fn empty_answer(status: u16) -> Reply {
    Reply::Answer(Response::new(status, Headers::new(), ""))
}

/// Gives an answer another body.
pub fn set_body(response: &mut Response, body: impl Into<bytes::Bytes>) {
    *response = Response::new(response.status, std::mem::take(&mut response.headers), body);
}

/// Edits the JSON of an answer, when it has some.
pub fn edit_json(response: &mut Response, edit: impl FnOnce(u16, &mut Value)) {
    if let Some(mut body) = response.json().cloned() {
        edit(response.status, &mut body);
        set_body(response, body.to_string());
    }
}

/// Gives an answer another status, in the error body too.
pub fn set_status(response: &mut Response, status: u16) {
    response.status = status;
    edit_json(response, |_, body| {
        if let Some(value) = body.get_mut("status") {
            *value = status.to_string().into();
        }
    });
}

/// Visits every user or group in a body.
pub fn each_resource(body: &mut Value, visit: impl FnMut(&mut Map<String, Value>)) {
    match body.get_mut("Resources") {
        Some(Value::Array(list)) => list.iter_mut().filter_map(Value::as_object_mut).for_each(visit),
        _ => body.as_object_mut().into_iter().for_each(visit),
    }
}

/// The answer of the server alone, when it answers.
pub fn answer_of(reply: Reply) -> Option<Response> {
    match reply {
        Reply::Answer(response) => Some(response),
        _ => None,
    }
}

/// Asks the server something of one's own; the body of a successful answer.
pub fn ask(
    server: &mut dyn Service,
    method: Method,
    target: &str,
    body: Option<&Value>,
    now: OffsetDateTime,
) -> Option<Value> {
    let (path, query) = target.split_once('?').map_or((target, None), |(path, query)| (path, Some(query)));
    let mut request = Request::new(method, path).with_header("Authorization", format!("Bearer {}", server.token()));
    request.query = query.map(str::to_owned);
    if let Some(body) = body {
        request = request.with_header("Content-Type", "application/scim+json").with_json(body);
    }
    let answer = answer_of(server.handle(&request, now)).filter(Response::is_success)?;
    Some(answer.json().cloned().unwrap_or_default())
}

/// Reads a resource by its path.
pub fn read(server: &mut dyn Service, path: &str, now: OffsetDateTime) -> Option<Map<String, Value>> {
    ask(server, Method::Get, path, None, now).and_then(|body| body.as_object().cloned())
}

/// Applies operations of one's own to a resource.
pub fn patch(server: &mut dyn Service, path: &str, operations: &Value, now: OffsetDateTime) {
    let body = json!({ "schemas": [urn::PATCH_OP], "Operations": operations });
    ask(server, Method::Patch, path, Some(&body), now);
}

/// The operations of a PATCH; of any other request none.
pub fn patch_operations(request: &Request) -> Vec<Value> {
    let body = (request.method == Method::Patch).then(|| request.json()).flatten();
    body.and_then(|body| body.get("Operations")?.as_array().cloned()).unwrap_or_default()
}

/// Edits the operations of a PATCH.
pub fn edit_operations(request: &mut Request, edit: impl FnOnce(&mut Vec<Value>)) {
    if request.method == Method::Patch {
        edit_request(request, |body| {
            if let Some(Value::Array(operations)) = body.get_mut("Operations") {
                edit(operations);
            }
        });
    }
}

/// Edits the JSON body of a request.
pub fn edit_request(request: &mut Request, edit: impl FnOnce(&mut Map<String, Value>)) {
    if let Some(Value::Object(mut body)) = request.json() {
        edit(&mut body);
        request.body = Some(Value::Object(body).to_string().into());
    }
}

/// The text of a member, in lower case; empty when it is none.
pub fn lower(value: &Value, member: &str) -> String {
    value.get(member).and_then(Value::as_str).unwrap_or_default().to_ascii_lowercase()
}

/// A path or op that names `active` false, as any IdP writes it.
pub fn deactivates(operation: &Value) -> bool {
    let value = operation.get("value");
    let value = if lower(operation, "path") == "active" { value } else { value.and_then(|value| value.get("active")) };
    value.is_some_and(|value| {
        *value == json!(false) || value.as_str().is_some_and(|text| text.eq_ignore_ascii_case("false"))
    })
}

/// `/Users`, `/Groups`, and what is below.
pub fn is_core(request: &Request) -> bool {
    is_below(request, "/Users") || is_below(request, "/Groups")
}

/// Whether a request is about this collection or one of its resources.
pub fn is_below(request: &Request, collection: &str) -> bool {
    request.path.strip_prefix(collection).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Whether a request reads a collection.
pub fn is_list(request: &Request) -> bool {
    request.method == Method::Get && matches!(request.path.trim_end_matches('/'), "/Users" | "/Groups")
}

/// Whether a request creates a user.
pub fn creates_user(request: &Request) -> bool {
    request.method == Method::Post && request.path.trim_end_matches('/') == "/Users"
}

/// The id that a path names.
pub fn id_of(request: &Request) -> Option<&str> {
    let (_, id) = request.path.trim_end_matches('/').strip_prefix('/')?.split_once('/')?;
    (!id.is_empty() && id != ".search").then_some(id)
}

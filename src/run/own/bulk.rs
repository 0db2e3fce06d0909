//! A bulk request as the requests that it stands for (RFC 7644 §3.7).
//!
//! Ownership and journal look at each operation as at a request of its own, so
//! that what a bulk request creates is known, recorded and removed like
//! anything else.

use std::collections::VecDeque;
use std::sync::Arc;

use serde_json::{Map, Value};

use crate::http::{Answer, Headers, Method, Request, Response};
use crate::run::own::address;
use crate::scim::name;

/// Whether a request holds operations instead of being one.
pub(in crate::run) fn is_bulk(request: &Request) -> bool {
    request.method == Method::Post && address::of(&request.path).0 == "bulk"
}

/// The requests that one on the wire stands for: the operations of a bulk request, else itself.
///
/// An operation without a known method is none: no server does anything with it.
pub(in crate::run) fn requests(request: &Request) -> Vec<Request> {
    if !is_bulk(request) {
        return vec![request.clone()];
    }
    operations(request.json().as_ref()).into_iter().filter_map(|operation| as_request(&operation)).collect()
}

/// … each with its own answer, as far as the answer to the whole tells it.
pub(in crate::run) fn exchanges(request: &Request, answer: &Answer) -> Vec<(Request, Option<Answer>)> {
    if !is_bulk(request) {
        return vec![(request.clone(), Some(answer.clone()))];
    }
    let sent = operations(request.json().as_ref());
    let parts = sent.into_iter().filter_map(|operation| Some((as_request(&operation)?, bulk_id(&operation))));
    match answer {
        Ok(response) if response.is_success() => {
            let mut results: VecDeque<Map<String, Value>> = operations(response.json()).into();
            let mut result_of = |bulk_id: Option<String>| {
                let at = results.iter().position(|result| bulk_id.is_some() && self::bulk_id(result) == bulk_id)?;
                as_answer(&results.remove(at)?)
            };
            parts.map(|(part, bulk_id)| (part, result_of(bulk_id))).collect()
        }
        whole => parts.map(|(part, _)| (part, Some(whole.clone()))).collect(),
    }
}

fn operations(body: Option<&Value>) -> Vec<Map<String, Value>> {
    let listed = body.and_then(|body| name::get_in(body, "Operations")).and_then(Value::as_array);
    listed.into_iter().flatten().filter_map(|operation| operation.as_object().cloned()).collect()
}

fn text<'v>(operation: &'v Map<String, Value>, member: &str) -> &'v str {
    name::get(operation, member).and_then(Value::as_str).unwrap_or_default()
}

fn bulk_id(operation: &Map<String, Value>) -> Option<String> {
    Some(text(operation, "bulkId").to_owned()).filter(|id| !id.is_empty())
}

fn as_request(operation: &Map<String, Value>) -> Option<Request> {
    let method = Method::parse(&text(operation, "method").to_ascii_uppercase())?;
    let request = Request::new(method, text(operation, "path"));
    Some(match name::get(operation, "data") {
        Some(data) => request.with_json(data),
        None => request,
    })
}

/// The result of an operation as the answer it would be; `None` when it does not tell.
///
/// A location alone does not: nobody can see by it whether the resource is ours, so that is looked up by its name.
fn as_answer(result: &Map<String, Value>) -> Option<Answer> {
    let status = name::get(result, "status")?;
    // An older example of the RFC has `{ "code": "201" }`.
    let status = name::get_in(status, "code").unwrap_or(status);
    let status = status.as_str().map_or_else(|| status.to_string(), str::to_owned).parse().ok()?;
    let body = name::get(result, "response").map(Value::to_string).unwrap_or_default();
    let response = Response::new(status, Headers::new(), body);
    (!response.is_success() || response.json().is_some()).then(|| Ok(Arc::new(response)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn job() -> Request {
        let operations = json!([
            {"method": "POST", "path": "/Users", "bulkId": "a", "data": {"userName": "a"}},
            {"method": "post", "path": "/Users", "bulkId": "b", "data": {"userName": "b"}},
            {"method": "POST", "path": "/Users", "data": {"userName": "c"}},
            {"method": "DELETE", "path": "/Users/1"},
            {"method": "LOOK", "path": "/Users/1"},
        ]);
        Request::new(Method::Post, "/bulk/").with_json(&json!({"operations": operations}))
    }

    fn statuses(answer: Arc<Response>) -> Vec<Option<u16>> {
        let exchanges = exchanges(&job(), &Ok(answer));
        exchanges.into_iter().map(|(_, answer)| answer.map(|answer| answer.map_or(0, |answer| answer.status))).collect()
    }

    fn answer(status: u16, body: &Value) -> Arc<Response> {
        Arc::new(Response::new(status, Headers::new(), body.to_string()))
    }

    #[test]
    fn each_operation_is_a_request() {
        let requests = requests(&job());
        let shown: Vec<String> = requests.iter().map(|part| format!("{} {}", part.method, part.path)).collect();
        assert_eq!(shown, ["POST /Users", "POST /Users", "POST /Users", "DELETE /Users/1"]);
        assert_eq!(requests[1].json(), Some(json!({"userName": "b"})));
    }

    #[test]
    fn results_are_found_by_bulk_id_in_any_order_and_form() {
        let results = json!({"Operations": [
            {"bulkId": "b", "status": 409},
            {"bulkId": "a", "status": {"code": "201"}, "response": {"id": "7"}},
            {"method": "DELETE", "status": "204"},
        ]});
        assert_eq!(statuses(answer(200, &results)), [Some(201), Some(409), None, None]);
    }

    #[test]
    fn a_location_alone_does_not_tell_whose_the_resource_is() {
        let results = json!({"Operations": [{"bulkId": "a", "status": "201", "location": "https://x/Users/7"}]});
        assert_eq!(statuses(answer(200, &results)), [None; 4]);
    }

    #[test]
    fn what_is_refused_as_a_whole_is_refused_in_every_part() {
        assert_eq!(statuses(answer(413, &json!({}))), [Some(413); 4]);
        assert_eq!(statuses(answer(200, &json!("no list"))), [None; 4]);
    }

    #[test]
    fn any_other_request_stands_for_itself() {
        let request = Request::new(Method::Get, "/Bulk");
        assert_eq!(exchanges(&request, &Ok(answer(200, &json!({})))).len(), 1);
        assert_eq!(requests(&request), [request]);
    }
}

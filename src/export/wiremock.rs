//! Mappings for WireMock (<https://wiremock.org>), which stands in for the endpoint as it answered.
//!
//! A request that may change something moves the scenario on to its next state, so that what is asked again later is
//! answered as it was later. Reads may be repeated.

use serde_json::{Map, Value, json};

use super::braces::WRONG;
use super::build::{EXAMPLE_BASE, PASSWORD};
use super::script::{Call, Script};
use crate::http::{Answer, Headers, Method, Request, percent};
use crate::scenario::CredentialChoice;

/// Where WireMock answers when nothing is said.
const BASE: &str = "http://localhost:8080/scim/v2";

/// Path of the base URL.
const PATH: &str = "/scim/v2";

/// The state in which WireMock begins.
const FIRST: &str = "Started";

/// Fields that belong to a connection or a moment.
const LEFT_OUT: [&str; 4] = ["content-length", "transfer-encoding", "connection", "date"];

/// The mappings, in one file for the folder `mappings`.
pub fn wiremock(script: &Script) -> String {
    let calls: Vec<&Call> = script.story().collect();
    let mut state = 0;
    let mappings: Vec<Value> = (0..calls.len())
        .map(|at| {
            let next = state + usize::from(moves_on(&calls, at));
            let mapping = mapping(script, calls[at], state, next);
            state = next;
            mapping
        })
        .collect();
    format!("{:#}\n", json!({ "mappings": mappings }))
}

/// Whether the same request may be answered otherwise from then on.
fn moves_on(calls: &[&Call], at: usize) -> bool {
    let call = calls[at];
    let until_write = calls[at + 1..].iter().take_while(|later| !writes(later));
    let mut same = until_write.filter(|later| later.request == call.request && later.credential == call.credential);
    writes(call) || same.any(|later| later.answer != call.answer)
}

fn writes(call: &Call) -> bool {
    call.request.method.writes() && !(call.request.method == Method::Post && call.request.path.ends_with("/.search"))
}

fn mapping(script: &Script, call: &Call, state: usize, next: usize) -> Value {
    let name = |state| if state == 0 { FIRST.to_owned() } else { format!("after {state}") };
    let mut mapping = json!({
        "name": call.remark(),
        "scenarioName": script.name(),
        "requiredScenarioState": name(state),
    });
    if next > state {
        mapping["newScenarioState"] = name(next).into();
    }
    mapping["request"] = request(call);
    mapping["response"] = response(&call.answer);
    mapping
}

fn request(call: &Call) -> Value {
    let mut matcher = Map::new();
    matcher.insert("method".to_owned(), call.request.method.as_str().into());
    matcher.extend(address(&call.request));
    let mut headers = Map::new();
    for condition in ["If-Match", "If-None-Match"] {
        if let Some(value) = call.request.headers.get(condition) {
            headers.insert(condition.to_owned(), json!({ "equalTo": value }));
        }
    }
    match call.credential {
        CredentialChoice::None => drop(headers.insert("Authorization".to_owned(), json!({ "absent": true }))),
        CredentialChoice::Wrong => {
            headers.insert("Authorization".to_owned(), json!({ "equalTo": WRONG }));
        }
        _ => {}
    }
    if !headers.is_empty() {
        matcher.insert("headers".to_owned(), headers.into());
    }
    if let Some(body) = &call.request.body {
        let is_json = call.request.json().is_some();
        matcher.insert("bodyPatterns".to_owned(), json!([pattern(&located(&String::from_utf8_lossy(body)), is_json)]));
    }
    matcher.into()
}

/// Path and query; the latter by its values, as clients encode it each in its own way.
fn address(request: &Request) -> Map<String, Value> {
    let mut address = Map::new();
    let path = format!("{PATH}{}", request.path);
    let query = request.query.as_deref().unwrap_or_default();
    let pairs: Option<Vec<(&str, &str)>> =
        query.split('&').filter(|pair| !pair.is_empty()).map(|pair| pair.split_once('=')).collect();
    let parameters = pairs.map(|pairs| {
        let count = pairs.len();
        let decoded: Map<String, Value> = pairs
            .into_iter()
            .map(|(name, value)| (percent::decode_query(name), json!({ "equalTo": percent::decode_query(value) })))
            .collect();
        (decoded.len() == count).then_some(decoded)
    });
    match parameters.flatten() {
        Some(parameters) => {
            address.insert("urlPath".to_owned(), path.into());
            if !parameters.is_empty() {
                address.insert("queryParameters".to_owned(), parameters.into());
            }
        }
        // A name alone, or one twice: only as it was sent.
        None => drop(address.insert("url".to_owned(), format!("{PATH}{}", request.target()).into())),
    }
    address
}

fn pattern(body: &str, is_json: bool) -> Value {
    if !is_json {
        return json!({ "equalTo": body });
    }
    // An identity provider makes up its passwords.
    json!({ "equalToJson": body.replace(PASSWORD, "${json-unit.any-string}") })
}

fn response(answer: &Answer) -> Value {
    let Ok(answer) = answer else { return json!({ "fault": "CONNECTION_RESET_BY_PEER" }) };
    let mut response = json!({ "status": answer.status, "headers": fields(&answer.headers) });
    if !answer.body.is_empty() {
        let body = located(&String::from_utf8_lossy(&answer.body));
        match serde_json::from_str::<Value>(&body) {
            Ok(json) => response["jsonBody"] = json,
            Err(_) => response["body"] = body.into(),
        }
    }
    response
}

/// A text that says where WireMock is.
fn located(text: &str) -> String {
    text.replace(EXAMPLE_BASE, BASE)
}

/// Header fields by name, several values of one as a list.
fn fields(headers: &Headers) -> Map<String, Value> {
    let mut fields: Map<String, Value> = Map::new();
    let kept = headers.iter().filter(|(name, _)| !LEFT_OUT.iter().any(|out| name.eq_ignore_ascii_case(out)));
    for (name, value) in kept {
        let value = Value::from(located(value));
        match fields.get_mut(name) {
            None => drop(fields.insert(name.to_owned(), value)),
            Some(Value::Array(values)) => values.push(value),
            Some(first) => *first = json!([first.clone(), value]),
        }
    }
    fields
}

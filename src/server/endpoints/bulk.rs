//! POST of `/Bulk` (RFC 7644 §3.7): many operations in one request, each with a result of its own.
//!
//! An operation that refers to a resource which another one is still to make
//! waits for it. What waits in a circle is 409, as §3.7.1 allows.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::Body;
use crate::http::{Method, Request, Response};
use crate::scim::{name, urn};
use crate::server::reply::{self, MEDIA_TYPE, Refusal};
use crate::server::settings::Settings;

/// How a reference to a resource of the same job begins (RFC 7644 §3.7.2).
const REFERENCE: &str = "bulkId:";

/// A bulk request, read as a whole before anything of it is done.
#[derive(Debug)]
pub struct Job {
    operations: Vec<Operation>,
    fail_on_errors: Option<usize>,
    base_url: String,
}

/// One operation of a job, as it was sent.
#[derive(Clone, Debug, Default)]
struct Operation {
    method: String,
    path: String,
    bulk_id: Option<String>,
    version: Option<String>,
    data: Option<Value>,
}

impl Job {
    /// Reads the body. What is wrong with a single operation is said in its result.
    pub fn read(body: &Body, settings: &Settings) -> Result<Self, Refusal> {
        let invalid = |detail: &str| Refusal::new(400, Some("invalidSyntax"), detail);
        let schemas = name::get(body, "schemas").and_then(Value::as_array);
        if !schemas.is_some_and(|schemas| schemas.iter().any(|schema| *schema == urn::BULK_REQUEST)) {
            return Err(invalid(&format!("`schemas` of a bulk request must name {}.", urn::BULK_REQUEST)));
        }
        let operations = name::get(body, "Operations").and_then(Value::as_array);
        let operations = operations.ok_or_else(|| invalid("`Operations` must be an array."))?;
        if operations.len() > settings.bulk_operations {
            let detail = format!("The bulk request has more than {} operations.", settings.bulk_operations);
            return Err(Refusal::new(413, None, &detail));
        }
        let fail_on_errors = match name::get(body, "failOnErrors") {
            None | Some(Value::Null) => None,
            Some(value) => {
                let count = value.as_u64().and_then(|count| usize::try_from(count).ok()).filter(|count| *count > 0);
                Some(count.ok_or_else(|| invalid("`failOnErrors` must be a whole number from 1."))?)
            }
        };
        let operations = operations.iter().map(Operation::read).collect();
        Ok(Self { operations, fail_on_errors, base_url: settings.base_url.clone() })
    }

    /// Does the operations, each as the request that `perform` is given; results stand in the order of the operations.
    pub fn run(&self, perform: &mut dyn FnMut(&Request) -> Response) -> Response {
        let mut made = HashMap::new();
        let mut results: Vec<Option<Value>> = vec![None; self.operations.len()];
        let mut errors = 0;
        let mut waiting: Vec<usize> = (0..self.operations.len()).collect();
        while !waiting.is_empty() && self.fail_on_errors.is_none_or(|limit| errors < limit) {
            // The first that waits for nothing; in a circle there is none, and the first of it is given up.
            let ready = waiting.iter().position(|at| !self.waits(*at, &waiting));
            let at = waiting.remove(ready.unwrap_or_default());
            let operation = &self.operations[at];
            let response = match ready {
                Some(_) => self.request(at, &made).map_or_else(Refusal::into_response, |request| perform(&request)),
                None => reply::error(409, None, "The operations refer to each other in a circle."),
            };
            errors += usize::from(!response.is_success());
            if let (Some(bulk_id), Some(id)) = (&operation.bulk_id, operation.made(&response)) {
                made.insert(bulk_id.as_str(), id);
            }
            results[at] = Some(operation.result(&response, &self.base_url));
        }
        let results: Vec<Value> = results.into_iter().flatten().collect();
        reply::json(200, &json!({ "schemas": [urn::BULK_RESPONSE], "Operations": results }))
    }

    /// Whether an operation refers to what one of those still waiting is to make.
    fn waits(&self, at: usize, waiting: &[usize]) -> bool {
        let references = self.operations[at].references();
        let made_by =
            |other: &Operation, reference: &str| other.is_post() && other.bulk_id.as_deref() == Some(reference);
        references.iter().any(|reference| waiting.iter().any(|other| made_by(&self.operations[*other], reference)))
    }

    /// The request that an operation stands for, references replaced by ids.
    fn request(&self, at: usize, made: &HashMap<&str, String>) -> Result<Request, Refusal> {
        let operation = &self.operations[at];
        let invalid = |detail: &str| Refusal::new(400, Some("invalidSyntax"), detail);
        let method = Method::parse(&operation.method.to_ascii_uppercase())
            .filter(|method| method.writes())
            .ok_or_else(|| invalid("`method` must be POST, PUT, PATCH or DELETE."))?;
        if method == Method::Post {
            let Some(bulk_id) = &operation.bulk_id else { return Err(invalid("A POST needs a `bulkId`.")) };
            let is_same = |earlier: &Operation| earlier.bulk_id.as_ref() == Some(bulk_id);
            if self.operations[..at].iter().any(is_same) {
                return Err(invalid(&format!("The bulkId \"{bulk_id}\" stands in the request twice.")));
            }
        }
        let mut operation = operation.clone();
        operation.resolve(made).map_err(|reference| {
            let detail = format!("Nothing was made under the bulkId \"{reference}\".");
            let known = self.operations.iter().any(|other| other.bulk_id.as_deref() == Some(&reference));
            Refusal::new(if known { 409 } else { 400 }, (!known).then_some("invalidValue"), &detail)
        })?;
        let mut request = Request::new(method, operation.path).with_header("Content-Type", MEDIA_TYPE);
        if let Some(version) = operation.version {
            request = request.with_header("If-Match", version);
        }
        Ok(match operation.data {
            Some(data) if method != Method::Delete => request.with_json(&data),
            _ => request,
        })
    }
}

impl Operation {
    fn read(value: &Value) -> Self {
        let Some(members) = value.as_object() else { return Self::default() };
        let text = |member: &str| name::get(members, member).and_then(Value::as_str).map(str::to_owned);
        Self {
            method: text("method").unwrap_or_default(),
            path: text("path").unwrap_or_default(),
            bulk_id: text("bulkId"),
            version: text("version"),
            data: name::get(members, "data").cloned(),
        }
    }

    fn is_post(&self) -> bool {
        self.method.eq_ignore_ascii_case("POST")
    }

    /// The bulkIds that it refers to.
    fn references(&self) -> Vec<String> {
        let mut found = Vec::new();
        let mut note = |text: &mut String| found.extend(text.strip_prefix(REFERENCE).map(str::to_owned));
        let mut copy = self.clone();
        copy.each_place(&mut note);
        found
    }

    /// Puts ids in the place of references; the first that has none is the error.
    fn resolve(&mut self, made: &HashMap<&str, String>) -> Result<(), String> {
        let mut missing = None;
        self.each_place(&mut |text| {
            let Some(reference) = text.strip_prefix(REFERENCE) else { return };
            match made.get(reference) {
                Some(id) => *text = id.clone(),
                None => missing = missing.take().or_else(|| Some(reference.to_owned())),
            }
        });
        missing.map_or(Ok(()), Err)
    }

    /// Visits what may be a reference: the last part of the path, and every `value` in the data.
    fn each_place(&mut self, visit: &mut dyn FnMut(&mut String)) {
        if let Some((collection, id)) = self.path.rsplit_once('/') {
            let (collection, mut id) = (collection.to_owned(), id.to_owned());
            visit(&mut id);
            self.path = format!("{collection}/{id}");
        }
        if let Some(data) = &mut self.data {
            each_value(data, visit);
        }
    }

    /// The id of the resource that an answer says was made.
    fn made(&self, response: &Response) -> Option<String> {
        let body = response.json().filter(|_| self.is_post() && response.is_success())?;
        body.get("id")?.as_str().map(str::to_owned)
    }

    /// Its result (RFC 7644 §3.7): an error comes with its body, a POST that failed without a location.
    fn result(&self, response: &Response, base_url: &str) -> Value {
        let mut result = json!({ "method": self.method });
        if let Some(bulk_id) = &self.bulk_id {
            result["bulkId"] = bulk_id.as_str().into();
        }
        let location = match response.headers.get("location") {
            Some(location) => Some(location.to_owned()),
            None => (!self.is_post()).then(|| format!("{base_url}{}", self.path)),
        };
        if let Some(location) = location {
            result["location"] = location.into();
        }
        if let Some(version) = response.headers.get("etag") {
            result["version"] = version.into();
        }
        result["status"] = response.status.to_string().into();
        if let Some(error) = response.json().filter(|_| !response.is_success()) {
            result["response"] = error.clone();
        }
        result
    }
}

fn each_value(data: &mut Value, visit: &mut dyn FnMut(&mut String)) {
    match data {
        Value::Array(items) => items.iter_mut().for_each(|item| each_value(item, visit)),
        Value::Object(members) => {
            for (member, value) in members {
                match value {
                    Value::String(text) if member.eq_ignore_ascii_case("value") => visit(text),
                    other => each_value(other, visit),
                }
            }
        }
        _ => {}
    }
}

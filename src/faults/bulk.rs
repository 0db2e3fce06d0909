//! `bulk/`: many operations in one request.

use serde_json::{Map, Value, json};

use super::Fault;
use super::wrap::{Inner, answer_of, around, bodies, edit_request, json_answer, read, refusal, requests};
use crate::http::{Method, Request};
use crate::scim::urn;
use crate::server::Reply;

pub(super) const FAULTS: &[Fault] = &[
    ("bulk/applied", applied),
    ("bulk/bad-operation", bad_operation),
    ("bulk/bulkid-forward", bulkid_forward),
    ("bulk/bulkid-required", bulkid_required),
    ("bulk/bulkid-resolve", bulkid_resolve),
    ("bulk/continue", ends_at_first_error),
    ("bulk/error-entry", error_entry),
    ("bulk/fail-on-errors", fail_on_errors),
    ("bulk/max-operations", max_operations),
    ("bulk/max-payload", max_payload),
    ("bulk/operation-shape", operation_shape),
    ("bulk/patch-data", patch_data),
    ("bulk/response", response),
    ("bulk/version", version),
];

/// Operations that the server takes at once.
const PORTION: usize = 50;

fn is_bulk(request: &Request) -> bool {
    request.method == Method::Post && request.path == "/Bulk"
}

/// Edits what a job says; it stays as large as it was, so that a limit of bytes is kept.
fn jobs(inner: Inner, mut edit: impl FnMut(&mut Map<String, Value>) + Send + 'static) -> Inner {
    requests(inner, move |request| {
        if is_bulk(request) {
            let before = request.body.as_ref().map_or(0, bytes::Bytes::len);
            edit_request(request, &mut edit);
            let mut body = request.body.as_deref().unwrap_or_default().to_vec();
            body.resize(body.len().max(before), b' ');
            request.body = Some(body.into());
        }
    })
}

/// Edits each operation of a job.
fn operations(inner: Inner, mut edit: impl FnMut(&mut Map<String, Value>) + Send + 'static) -> Inner {
    jobs(inner, move |job| each(job, &mut edit))
}

/// Edits each result of a job.
fn results(inner: Inner, mut edit: impl FnMut(&mut Map<String, Value>) + Send + 'static) -> Inner {
    bodies(inner, move |request, status, body| {
        if let Some(body) = body.as_object_mut().filter(|_| is_bulk(request) && status == 200) {
            each(body, &mut edit);
        }
    })
}

fn each(body: &mut Map<String, Value>, edit: &mut impl FnMut(&mut Map<String, Value>)) {
    if let Some(Value::Array(operations)) = body.get_mut("Operations") {
        operations.iter_mut().filter_map(Value::as_object_mut).for_each(edit);
    }
}

/// The operations of a job; of any other request none.
fn sent(request: &Request) -> Vec<Value> {
    let body = is_bulk(request).then(|| request.json()).flatten();
    body.and_then(|body| body.get("Operations")?.as_array().cloned()).unwrap_or_default()
}

fn response(inner: Inner) -> Inner {
    around(inner, |server, request, now| {
        let reply = server.handle(request, now);
        if !is_bulk(request) {
            return reply;
        }
        let failed = |result: &Value| result.get("response").is_some();
        let body = answer_of(reply.clone()).and_then(|response| response.json().cloned());
        let results = body.as_ref().and_then(|body| body.get("Operations")?.as_array());
        if results.is_some_and(|results| results.iter().any(failed)) {
            return refusal(400, None, "The bulk request failed.");
        }
        reply
    })
}

/// What is put is what there is.
fn applied(inner: Inner) -> Inner {
    around(inner, |server, request, now| {
        let mut request = request.clone();
        if is_bulk(&request) {
            edit_request(&mut request, |job| {
                each(job, &mut |operation| {
                    let path = operation.get("path").and_then(Value::as_str).unwrap_or_default();
                    let known =
                        (operation.get("method") == Some(&json!("PUT"))).then(|| read(server, path, now)).flatten();
                    operation.extend(known.map(|known| ("data".to_owned(), known.into())));
                });
            });
        }
        server.handle(&request, now)
    })
}

fn operation_shape(inner: Inner) -> Inner {
    results(inner, |result| {
        let status = result.get("status").and_then(Value::as_str).and_then(|status| status.parse::<u16>().ok());
        if let Some(status) = status {
            result.insert("status".to_owned(), status.into());
        }
    })
}

fn error_entry(inner: Inner) -> Inner {
    results(inner, |result| {
        result.shift_remove("response");
    })
}

/// What refers to something is left out.
fn bulkid_resolve(inner: Inner) -> Inner {
    operations(inner, |operation| {
        let members = operation.get_mut("data").and_then(|data| data.get_mut("members"));
        if let Some(Value::Array(members)) = members {
            members.retain(|member| !refers(member));
        }
    })
}

fn refers(value: &Value) -> bool {
    value.to_string().contains("\"bulkId:")
}

/// A member that is not made yet when its group is, is left out.
fn bulkid_forward(inner: Inner) -> Inner {
    jobs(inner, |job| {
        let mut known: Vec<String> = Vec::new();
        each(job, &mut |operation| {
            let members = operation.get_mut("data").and_then(|data| data.get_mut("members"));
            if let Some(Value::Array(members)) = members {
                members.retain(|member| !refers(member) || known.iter().any(|id| member["value"] == **id));
            }
            if let Some(id) = operation.get("bulkId").and_then(Value::as_str) {
                known.push(format!("bulkId:{id}"));
            }
        });
    })
}

/// A bulkId is handed through and never compared.
fn bulkid_required(inner: Inner) -> Inner {
    const NUMBERED: &str = "#";
    let inner = jobs(inner, |job| {
        let mut seen = Vec::new();
        each(job, &mut |operation| {
            if let Some(Value::String(id)) = operation.get_mut("bulkId") {
                seen.push(id.clone());
                if seen.iter().filter(|seen| *seen == id).count() > 1 {
                    *id = format!("{id}{NUMBERED}{}", seen.len());
                }
            }
        });
    });
    results(inner, |result| {
        if let Some(Value::String(id)) = result.get_mut("bulkId") {
            id.truncate(id.find(NUMBERED).unwrap_or(id.len()));
        }
    })
}

fn ends_at_first_error(inner: Inner) -> Inner {
    jobs(inner, |job| {
        job.insert("failOnErrors".to_owned(), 1.into());
    })
}

fn fail_on_errors(inner: Inner) -> Inner {
    jobs(inner, |job| {
        job.shift_remove("failOnErrors");
    })
}

/// Long jobs are cut, each part is done.
fn max_operations(inner: Inner) -> Inner {
    around(inner, |server, request, now| {
        let operations = sent(request);
        if operations.len() <= PORTION {
            return server.handle(request, now);
        }
        let mut results = Vec::new();
        for portion in operations.chunks(PORTION) {
            let mut part = request.clone();
            edit_request(&mut part, |body| {
                body.insert("Operations".to_owned(), portion.into());
            });
            let answer = answer_of(server.handle(&part, now)).and_then(|answer| answer.json().cloned());
            results.extend(answer.and_then(|body| body.get("Operations")?.as_array().cloned()).unwrap_or_default());
        }
        let schemas = [urn::BULK_RESPONSE];
        Reply::Answer(json_answer(200, &json!({ "schemas": schemas, "Operations": results })))
    })
}

/// The limit is that of what the parser makes of the body.
fn max_payload(inner: Inner) -> Inner {
    requests(inner, |request| {
        if is_bulk(request) {
            edit_request(request, |_| {});
        }
    })
}

/// As the example in the RFC was read.
fn patch_data(inner: Inner) -> Inner {
    operations(inner, |operation| {
        if operation.get("method") == Some(&json!("PATCH"))
            && let Some(data) = operation.get_mut("data")
        {
            *data = match data.take() {
                Value::Array(operations) => {
                    json!({ "schemas": [urn::PATCH_OP], "Operations": operations })
                }
                whole => json!([whole]),
            };
        }
    })
}

fn version(inner: Inner) -> Inner {
    operations(inner, |operation| {
        operation.shift_remove("version");
    })
}

fn bad_operation(inner: Inner) -> Inner {
    around(inner, |server, request, now| {
        let needs_data = |operation: &Value| operation["method"] == "POST" && operation.get("data").is_none();
        if sent(request).iter().any(needs_data) {
            return refusal(500, None, "An unexpected error occurred.");
        }
        server.handle(request, now)
    })
}

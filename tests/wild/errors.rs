//! Wrong bodies of errors.

use scimulator::faults::wrap::{answers, bodies, errors, is_below, set_body};
use scimulator::http::{Method, Response};
use serde_json::{Map, Value, json};

use crate::bench::{Defect, assert_found, breaks_an_idp, breaks_the_rfcs};

const DEFECTS: &[Defect] = &[
    breaks_an_idp("a-missing-group-is-a-web-page", |inner| {
        answers(inner, |request, response| {
            if response.status == 404 && is_below(request, "/Groups") {
                text(response, "text/html", "<html><body><h1>404 Not Found</h1></body></html>");
            }
        })
    }),
    breaks_the_rfcs("no-status", |inner| {
        errors(inner, |_, _, error| {
            error.shift_remove("status");
        })
    }),
    breaks_the_rfcs("status-with-its-reason", |inner| {
        errors(inner, |_, status, error| put(error, "status", format!("{status} Bad Request")))
    }),
    breaks_the_rfcs("a-conflict-has-a-numeric-status", |inner| {
        errors(inner, |_, status, error| {
            if status == 409 {
                put(error, "status", status);
            }
        })
    }),
    breaks_the_rfcs("a-conflict-says-400-in-its-body", |inner| {
        errors(inner, |_, status, error| {
            if status == 409 {
                put(error, "status", "400");
            }
        })
    }),
    breaks_an_idp("the-urn-of-a-draft", |inner| {
        errors(inner, |_, _, error| put(error, "schemas", json!(["urn:scim:api:messages:2.0:Error"])))
    }),
    breaks_an_idp("schemas-is-one-text", |inner| {
        errors(inner, |_, _, error| put(error, "schemas", "urn:ietf:params:scim:api:messages:2.0:Error"))
    }),
    breaks_an_idp("as-in-scim-1", |inner| {
        bodies(inner, |_, status, body| {
            if status >= 400 {
                *body = json!({ "Errors": [{ "description": body["detail"], "code": status.to_string() }] });
            }
        })
    }),
    breaks_an_idp("wrapped-in-a-list", |inner| {
        bodies(inner, |_, status, body| {
            if status >= 400 {
                *body = json!([body]);
            }
        })
    }),
    breaks_an_idp("wrapped-in-an-envelope", |inner| {
        bodies(inner, |_, status, body| {
            if status >= 400 {
                *body = json!({ "status": status.to_string(), "response": body });
            }
        })
    }),
    breaks_an_idp("a-missing-user-has-no-body", |inner| {
        answers(inner, |request, response| {
            if response.status == 404 && is_below(request, "/Users") {
                set_body(response, "");
            }
        })
    }),
    breaks_an_idp("a-conflict-in-plain-text", |inner| {
        answers(inner, |_, response| {
            if response.status == 409 {
                text(response, "text/plain", "A user with this name exists.");
            }
        })
    }),
    breaks_the_rfcs("a-method-that-is-not-allowed-has-no-body", |inner| {
        answers(inner, |_, response| {
            if response.status == 405 {
                set_body(response, "");
            }
        })
    }),
    breaks_an_idp("the-page-of-the-framework-for-bad-json", |inner| {
        answers(inner, |request, response| {
            if response.status == 400 && request.method == Method::Post && request.json().is_none() {
                let body = json!({ "timestamp": "2026-01-05T09:00:00Z", "status": 400, "error": "Bad Request",
                    "path": request.path });
                set_body(response, body.to_string());
            }
        })
    }),
    breaks_the_rfcs("the-labels-of-rfc-7807", |inner| {
        answers(inner, |_, response| {
            if response.status >= 400 {
                response.headers.set("Content-Type", "application/problem+json");
            }
        })
    }),
    breaks_the_rfcs("what-is-missing-is-called-a-conflict", |inner| {
        errors(inner, |request, status, error| {
            let lacks_name = request.json().is_some_and(|body| body.get("userName").is_none());
            if status == 400 && request.path == "/Users" && lacks_name {
                put(error, "scimType", "uniqueness");
            }
        })
    }),
    breaks_the_rfcs("a-conflict-is-called-an-invalid-value", |inner| {
        errors(inner, |_, status, error| {
            if status == 409 {
                put(error, "scimType", "invalidValue");
            }
        })
    }),
    breaks_the_rfcs("scim-types-in-capitals", |inner| {
        errors(inner, |_, _, error| {
            if let Some(word) = error.get("scimType").and_then(Value::as_str).map(str::to_uppercase) {
                put(error, "scimType", word);
            }
        })
    }),
    breaks_the_rfcs("scim-types-with-underscores", |inner| {
        errors(inner, |_, _, error| {
            if error.get("scimType").is_some_and(|word| word == "invalidFilter") {
                put(error, "scimType", "invalid_filter");
            }
        })
    }),
    breaks_the_rfcs("the-scim-type-is-a-list", |inner| {
        errors(inner, |_, _, error| {
            if let Some(word) = error.get("scimType").cloned() {
                put(error, "scimType", json!([word]));
            }
        })
    }),
    breaks_the_rfcs("a-bad-filter-is-bad-syntax", |inner| {
        errors(inner, |_, _, error| {
            if error.get("scimType").is_some_and(|word| word == "invalidFilter") {
                put(error, "scimType", "invalidSyntax");
            }
        })
    }),
    breaks_an_idp("detail-is-an-object-when-a-user-is-refused", |inner| {
        errors(inner, |request, status, error| {
            if status == 409 && is_below(request, "/Users") {
                put(error, "detail", json!({ "userName": ["has already been taken"] }));
            }
        })
    }),
    breaks_an_idp("the-error-is-json-in-a-text", |inner| {
        answers(inner, |_, response| {
            if response.status >= 400
                && let Ok(body) = std::str::from_utf8(&response.body)
            {
                let body = Value::from(body).to_string();
                set_body(response, body);
            }
        })
    }),
    breaks_an_idp("an-error-as-in-oauth", |inner| {
        bodies(inner, |_, status, body| {
            if status == 401 {
                *body = json!({ "error": "invalid_token", "error_description": "The token is not valid" });
            }
        })
    }),
    breaks_the_rfcs("the-scim-type-is-the-word-null", |inner| {
        errors(inner, |_, _, error| {
            error.entry("scimType").or_insert_with(|| "null".into());
        })
    }),
    breaks_the_rfcs("errors-have-the-status-of-a-success", |inner| {
        answers(inner, |request, response| {
            if response.status == 404 && is_below(request, "/Users") {
                response.status = 200;
            }
        })
    }),
];

#[test]
fn every_wrong_error_is_found() {
    assert_found("errors", &json!({}), DEFECTS);
}

fn put(error: &mut Map<String, Value>, name: &str, value: impl Into<Value>) {
    error.insert(name.to_owned(), value.into());
}

fn text(response: &mut Response, label: &str, body: &'static str) {
    set_body(response, body);
    response.headers.set("Content-Type", label);
}

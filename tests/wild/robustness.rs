//! Requests that are odd, and servers that stumble over them.

use scimulator::faults::wrap::{
    Inner, answers, around, edit_request, is_below, is_list, patch_operations, refusal, requests, set_status,
};
use scimulator::http::{Method, Request};
use serde_json::{Value, json};

use crate::bench::{Defect, assert_found, breaks_an_idp, breaks_the_rfcs};

const DEFECTS: &[Defect] = &[
    breaks_an_idp("an-apostrophe-is-500", |inner| crashes(inner, |request| text(request).contains('\''))),
    breaks_an_idp("a-letter-beyond-16-bits-is-500", |inner| {
        crashes(inner, |request| text(request).chars().any(|c| u32::from(c) > 0xffff))
    }),
    breaks_an_idp("an-apostrophe-in-a-filter-is-500", |inner| {
        crashes(inner, |request| request.query.as_deref().is_some_and(|query| query.contains("%27")))
    }),
    breaks_the_rfcs("a-patch-without-operations-is-500", |inner| {
        crashes(inner, |request| request.method == Method::Patch && patch_operations(request).is_empty())
    }),
    breaks_the_rfcs("operations-that-are-no-list-are-500", |inner| {
        crashes(inner, |request| {
            let body = (request.method == Method::Patch).then(|| request.json()).flatten().unwrap_or_default();
            body.get("Operations").is_some_and(|operations| !operations.is_array())
        })
    }),
    breaks_the_rfcs("an-operation-without-op-is-500", |inner| {
        crashes(inner, |request| patch_operations(request).iter().any(|operation| operation.get("op").is_none()))
    }),
    breaks_the_rfcs("an-operation-that-is-no-object-is-500", |inner| {
        crashes(inner, |request| patch_operations(request).iter().any(|operation| !operation.is_object()))
    }),
    breaks_the_rfcs("a-path-that-is-no-text-is-500", |inner| {
        crashes(inner, |request| {
            let is_wrong = |operation: &Value| operation.get("path").is_some_and(|path| !path.is_string());
            patch_operations(request).iter().any(is_wrong)
        })
    }),
    breaks_an_idp("emails-null-is-500", |inner| {
        crashes(inner, |request| member(request, "emails") == Some(Value::Null))
    }),
    breaks_an_idp("name-null-is-500", |inner| crashes(inner, |request| member(request, "name") == Some(Value::Null))),
    breaks_the_rfcs("an-email-without-a-value-is-500", |inner| {
        crashes(inner, |request| {
            let emails = member(request, "emails").and_then(|emails| emails.as_array().cloned()).unwrap_or_default();
            emails.iter().any(|email| email.get("value").is_none())
        })
    }),
    breaks_the_rfcs("schemas-null-is-500", |inner| {
        crashes(inner, |request| member(request, "schemas") == Some(Value::Null))
    }),
    breaks_the_rfcs("a-start-that-is-no-number-is-500", |inner| {
        crashes(inner, |request| {
            let value = request.parameter("startIndex").unwrap_or("1");
            value.parse::<i64>().is_err()
        })
    }),
    breaks_the_rfcs("a-count-that-is-no-number-is-500", |inner| {
        crashes(inner, |request| request.parameter("count").unwrap_or("1").parse::<i64>().is_err())
    }),
    breaks_the_rfcs("a-huge-count-is-500", |inner| {
        crashes(inner, |request| request.parameter("count").is_some_and(|count| count.parse::<i32>().is_err()))
    }),
    breaks_the_rfcs("an-empty-filter-is-500", |inner| {
        crashes(inner, |request| request.parameter("filter") == Some(""))
    }),
    breaks_the_rfcs("a-bracket-that-stays-open-is-500", |inner| {
        crashes(inner, |request| {
            let filter = request.parameter("filter").unwrap_or_default();
            filter.matches("%5B").count() + filter.matches('[').count() + filter.matches("%28").count()
                > filter.matches("%5D").count() + filter.matches(']').count() + filter.matches("%29").count()
        })
    }),
    breaks_the_rfcs("a-long-name-is-500", |inner| {
        crashes(inner, |request| {
            member(request, "userName").is_some_and(|name| name.as_str().is_some_and(|name| name.len() > 255))
        })
    }),
    breaks_an_idp("a-long-display-name-is-cut", |inner| {
        requests(inner, |request| {
            edit_request(request, |body| {
                if let Some(Value::String(name)) = body.get_mut("displayName") {
                    *name = name.chars().take(64).collect();
                }
            });
        })
    }),
    breaks_an_idp("letters-beyond-latin-1-become-question-marks", |inner| {
        requests(inner, |request| {
            if let Some(body) = &request.body {
                let text = String::from_utf8_lossy(body);
                let narrow: String = text.chars().map(|c| if u32::from(c) > 255 { '?' } else { c }).collect();
                request.body = Some(narrow.into());
            }
        })
    }),
    breaks_the_rfcs("an-empty-patch-body-is-500", |inner| {
        crashes(inner, |request| {
            request.method == Method::Patch && request.body.as_ref().is_none_or(bytes::Bytes::is_empty)
        })
    }),
    breaks_the_rfcs("a-put-that-is-a-list-is-500", |inner| {
        crashes(inner, |request| request.method == Method::Put && request.json().is_some_and(|body| body.is_array()))
    }),
    breaks_the_rfcs("a-group-whose-members-are-no-list-is-500", |inner| {
        crashes(inner, |request| {
            member(request, "members").is_some_and(|members| !members.is_array() && !members.is_null())
        })
    }),
    breaks_the_rfcs("a-cut-off-group-is-500", |inner| {
        crashes(inner, |request| {
            request.path == "/Groups" && request.method == Method::Post && request.json().is_none()
        })
    }),
    breaks_the_rfcs("an-odd-id-is-500", |inner| {
        answers(inner, |request, response| {
            if response.status == 404 && is_below(request, "/Users") && request.path.contains('%') {
                set_status(response, 500);
            }
        })
    }),
    breaks_the_rfcs("an-id-that-is-no-uuid-is-500", |inner| {
        answers(inner, |request, response| {
            let id = request.path.strip_prefix("/Users/").unwrap_or("00000000-0000-0000-0000-000000000000");
            if response.status == 404 && id.len() != 36 {
                set_status(response, 500);
            }
        })
    }),
    breaks_the_rfcs("a-sort-by-nothing-known-is-500", |inner| {
        crashes(inner, |request| {
            is_list(request) && request.parameter("sortBy").is_some_and(|name| name.contains("noSuch"))
        })
    }),
    breaks_the_rfcs("a-backslash-in-a-filter-is-500", |inner| {
        crashes(inner, |request| request.parameter("filter").is_some_and(|filter| filter.contains("%5C%5C")))
    }),
    breaks_the_rfcs("a-path-of-three-parts-is-500", |inner| {
        crashes(inner, |request| request.parameter("attributes").is_some_and(|names| names.matches('.').count() > 1))
    }),
    breaks_the_rfcs("an-id-that-is-too-long-is-500", |inner| crashes(inner, |request| request.path.len() > 200)),
    breaks_the_rfcs("schemas-that-are-a-text-are-500", |inner| {
        crashes(inner, |request| member(request, "schemas").is_some_and(|schemas| schemas.is_string()))
    }),
    breaks_the_rfcs("an-empty-email-is-500", |inner| {
        crashes(inner, |request| member(request, "emails") == Some(json!([{}])))
    }),
    breaks_the_rfcs("a-group-written-without-members-is-500", |inner| {
        crashes(inner, |request| {
            let is_put = request.method == Method::Put && is_below(request, "/Groups");
            is_put && member(request, "members").is_none()
        })
    }),
    breaks_the_rfcs("a-member-who-is-nobody-is-500", |inner| {
        crashes(inner, |request| request.method == Method::Post && text(request).contains("no-such-id"))
    }),
];

#[test]
fn every_stumble_is_found() {
    assert_found("robustness", &json!({}), DEFECTS);
}

/// What the handler cannot read, it throws.
fn crashes(inner: Inner, is_such: fn(&Request) -> bool) -> Inner {
    around(inner, move |server, request, now| {
        if is_such(request) {
            return refusal(500, None, "Internal Server Error");
        }
        server.handle(request, now)
    })
}

fn text(request: &Request) -> String {
    String::from_utf8_lossy(request.body.as_deref().unwrap_or_default()).into_owned()
}

fn member(request: &Request, name: &str) -> Option<Value> {
    let writes = matches!(request.method, Method::Post | Method::Put);
    writes.then(|| request.json()).flatten()?.get(name).cloned()
}

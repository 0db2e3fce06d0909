//! PUT: what is not replaced, what is lost, and what is answered.

use std::collections::HashSet;

use scimulator::faults::wrap::{
    Inner, answer_of, answers, around, bodies, edit_request, empty_answer, id_of, is_below, json_answer, read, refusal,
    set_body,
};
use scimulator::http::{Method, Request};
use scimulator::server::{Reply, Service};
use serde_json::{Map, Value, json};
use time::OffsetDateTime;

use crate::bench::{Defect, assert_found, breaks_an_idp, breaks_the_rfcs};
use crate::parts::answered;

const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

fn puts_user(request: &Request) -> bool {
    request.method == Method::Put && is_below(request, "/Users")
}

/// Edits the body of every PUT of a user, with the user as it was.
fn replacing(inner: Inner, edit: impl Fn(&Map<String, Value>, &mut Map<String, Value>) + Send + 'static) -> Inner {
    around(inner, move |server: &mut dyn Service, request: &Request, now: OffsetDateTime| {
        let mut request = request.clone();
        if puts_user(&request)
            && let Some(before) = read(server, &request.path, now)
        {
            edit_request(&mut request, |body| edit(&before, body));
        }
        server.handle(&request, now)
    })
}

/// Puts the old value of an attribute into a PUT.
fn keeping(before: &Map<String, Value>, body: &mut Map<String, Value>, name: &str) {
    match before.get(name) {
        Some(old) => body.insert(name.to_owned(), old.clone()),
        None => body.shift_remove(name),
    };
}

const DEFECTS: &[Defect] = &[
    breaks_an_idp("active-false-in-a-put-is-ignored", |server| {
        replacing(server, |before, body| keeping(before, body, "active"))
    }),
    breaks_an_idp("active-true-in-a-put-is-ignored", |server| {
        replacing(server, |before, body| {
            if body.get("active") == Some(&json!(true)) {
                keeping(before, body, "active");
            }
        })
    }),
    breaks_an_idp("names-in-a-put-are-ignored", |server| {
        replacing(server, |before, body| keeping(before, body, "name"))
    }),
    breaks_an_idp("the-user-name-in-a-put-is-ignored", |server| {
        replacing(server, |before, body| keeping(before, body, "userName"))
    }),
    breaks_an_idp("addresses-in-a-put-are-ignored", |server| {
        replacing(server, |before, body| keeping(before, body, "emails"))
    }),
    breaks_an_idp("numbers-in-a-put-are-added", |server| {
        replacing(server, |before, body| {
            let old = before.get("phoneNumbers").and_then(Value::as_array).cloned().unwrap_or_default();
            if let Some(Value::Array(new)) = body.get_mut("phoneNumbers") {
                let added: Vec<Value> =
                    old.into_iter().filter(|old| new.iter().all(|one| one["value"] != old["value"])).collect();
                new.extend(added);
            }
        })
    }),
    breaks_an_idp("a-put-loses-the-external-id", |server| {
        replacing(server, |_, body| {
            body.shift_remove("externalId");
        })
    }),
    breaks_an_idp("a-put-never-writes-the-external-id", |server| {
        replacing(server, |before, body| keeping(before, body, "externalId"))
    }),
    breaks_an_idp("only-the-department-of-an-extension-is-put", |server| {
        replacing(server, |before, body| {
            let old = before.get(ENTERPRISE).cloned().unwrap_or_default();
            if let Some(Value::Object(new)) = body.get_mut(ENTERPRISE) {
                new.retain(|name, _| name == "department");
                for (name, value) in old.as_object().into_iter().flatten().filter(|(name, _)| *name != "department") {
                    new.insert(name.clone(), value.clone());
                }
            }
        })
    }),
    breaks_the_rfcs("an-empty-list-in-a-put-is-ignored", |server| {
        replacing(server, |before, body| {
            let empty: Vec<String> =
                body.iter().filter(|(_, value)| **value == json!([])).map(|(name, _)| name.clone()).collect();
            for name in &empty {
                keeping(before, body, name);
            }
        })
    }),
    breaks_the_rfcs("null-in-a-put-is-refused", |server| {
        around(server, |server, request, now| {
            let has_null = |body: &Value| body.as_object().is_some_and(|body| body.values().any(Value::is_null));
            if puts_user(request) && request.json().as_ref().is_some_and(has_null) {
                return refusal(400, Some("invalidValue"), "null is not a string.");
            }
            server.handle(request, now)
        })
    }),
    breaks_an_idp("ones-own-name-is-taken-in-a-put", |server| {
        around(server, |server, request, now| {
            let own = if puts_user(request) { read(server, &request.path, now) } else { None };
            let name = request.json().and_then(|body| body.get("userName").cloned());
            if own.is_some_and(|own| own.get("userName") == name.as_ref()) {
                return refusal(409, Some("uniqueness"), "userName is taken.");
            }
            server.handle(request, now)
        })
    }),
    breaks_an_idp("a-put-of-nobody-is-a-500", |server| {
        around(server, |server, request, now| match server.handle(request, now) {
            Reply::Answer(response) if request.method == Method::Put && response.status == 404 => {
                refusal(500, None, "Cannot set properties of undefined.")
            }
            reply => reply,
        })
    }),
    breaks_the_rfcs("a-put-of-nobody-is-acknowledged", |server| {
        around(server, |server, request, now| match server.handle(request, now) {
            Reply::Answer(response) if request.method == Method::Put && response.status == 404 => {
                Reply::Answer(json_answer(200, &request.json().unwrap_or_default()))
            }
            reply => reply,
        })
    }),
    breaks_an_idp("a-taken-name-in-a-put-is-a-500", |server| {
        around(server, |server, request, now| match server.handle(request, now) {
            Reply::Answer(response) if puts_user(request) && response.status == 409 => {
                refusal(500, None, "UNIQUE constraint failed: users.user_name")
            }
            reply => reply,
        })
    }),
    breaks_an_idp("a-put-shows-what-was-before", |server| {
        around(server, |server, request, now| {
            let before = if puts_user(request) { read(server, &request.path, now) } else { None };
            match (server.handle(request, now), before) {
                (Reply::Answer(response), Some(before)) if response.is_success() => {
                    Reply::Answer(json_answer(200, &Value::Object(before)))
                }
                (reply, _) => reply,
            }
        })
    }),
    breaks_an_idp("a-put-answers-200-without-a-body", |server| {
        answers(server, |request, response| {
            if request.method == Method::Put && response.is_success() {
                set_body(response, "");
            }
        })
    }),
    breaks_an_idp("a-put-shows-no-id", |server| {
        answered(server, Method::Put, |_, body| {
            body.as_object_mut().map(|user| user.shift_remove("id"));
        })
    }),
    breaks_the_rfcs("a-put-shows-no-meta", |server| {
        answered(server, Method::Put, |_, body| {
            body.as_object_mut().map(|user| user.shift_remove("meta"));
        })
    }),
    breaks_the_rfcs("a-put-starts-the-account-anew", |server| {
        let mut renewed: HashSet<String> = HashSet::new();
        bodies(server, move |request, status, body| {
            if status < 300 && puts_user(request) {
                renewed.extend(id_of(request).map(str::to_owned));
            }
            let is_such = |id: &Value| id.as_str().is_some_and(|id| renewed.contains(id));
            if is_such(&body["id"]) && body.get("meta").is_some() {
                body["meta"]["created"] = body["meta"]["lastModified"].clone();
            }
        })
    }),
    breaks_an_idp("a-put-takes-people-out-of-their-groups", |server| {
        around(server, |server, request, now| {
            let before = if puts_user(request) { read(server, &request.path, now) } else { None };
            let reply = server.handle(request, now);
            let groups = before.as_ref().and_then(|user| user.get("groups")?.as_array().cloned()).unwrap_or_default();
            for group in groups {
                let (group, id) = (group["value"].as_str().unwrap_or_default(), id_of(request).unwrap_or_default());
                let removal = json!([{ "op": "remove", "path": format!("members[value eq \"{id}\"]") }]);
                scimulator::faults::wrap::patch(server, &format!("/Groups/{group}"), &removal, now);
            }
            reply
        })
    }),
    breaks_an_idp("the-id-in-the-body-of-a-put-decides", |server| {
        around(server, |server, request, now| {
            let mut request = request.clone();
            let named = request.json().and_then(|body| body.get("id")?.as_str().map(str::to_owned));
            if let (true, Some(id)) = (puts_user(&request), named) {
                request.path = format!("/Users/{id}");
            }
            server.handle(&request, now)
        })
    }),
    breaks_an_idp("a-put-needs-a-password", |server| {
        around(server, |server, request, now| {
            if puts_user(request) && request.json().is_some_and(|body| body.get("password").is_none()) {
                return refusal(400, Some("invalidValue"), "password is required.");
            }
            server.handle(request, now)
        })
    }),
    breaks_an_idp("a-put-needs-if-match", |server| {
        around(server, |server, request, now| {
            if puts_user(request) && request.headers.get("if-match").is_none() {
                return refusal(428, None, "If-Match is required.");
            }
            server.handle(request, now)
        })
    }),
    breaks_an_idp("there-is-no-put-for-users", |server| {
        around(
            server,
            |server, request, now| {
                if puts_user(request) { refusal(501, None, "Use PATCH.") } else { server.handle(request, now) }
            },
        )
    }),
    breaks_the_rfcs("a-put-without-a-user-name-is-a-500", |server| {
        around(server, |server, request, now| {
            if puts_user(request) && request.json().is_some_and(|body| body.get("userName").is_none()) {
                return refusal(500, None, "Cannot read properties of undefined.");
            }
            server.handle(request, now)
        })
    }),
    breaks_an_idp("a-refused-put-is-made-by-half", |server| {
        around(server, |server, request, now| {
            let reply = server.handle(request, now);
            if puts_user(request) && answer_of(reply.clone()).is_some_and(|answer| answer.status == 409) {
                let mut half = request.clone();
                let before = read(server, &request.path, now).unwrap_or_default();
                edit_request(&mut half, |body| {
                    keeping(&before, body, "userName");
                    body.insert("displayName".to_owned(), "Half".into());
                });
                server.handle(&half, now);
            }
            reply
        })
    }),
    breaks_an_idp("a-put-of-an-inactive-account-is-a-404", |server| {
        around(server, |server, request, now| {
            let before = if puts_user(request) { read(server, &request.path, now) } else { None };
            if before.is_some_and(|user| user.get("active") == Some(&json!(false))) {
                return refusal(404, None, "The user was not found.");
            }
            server.handle(request, now)
        })
    }),
    breaks_the_rfcs("a-put-answers-204-for-groups", |server| {
        around(server, |server, request, now| match server.handle(request, now) {
            Reply::Answer(response)
                if request.method == Method::Put && is_below(request, "/Groups") && response.is_success() =>
            {
                empty_answer(204)
            }
            reply => reply,
        })
    }),
];

#[test]
fn every_wrong_put_is_found() {
    assert_found("put", &json!({}), DEFECTS);
}

//! Secrets and insides that come to light, and doors that a clever value opens.

use scimulator::faults::wrap::{
    Inner, around, creates_user, errors, id_of, is_below, is_list, patch_operations, requests, resources,
};
use scimulator::http::{Method, Request};
use serde_json::{Value, json};

use crate::bench::{Defect, assert_found, breaks_an_idp, breaks_the_rfcs};

const BCRYPT: &str = "$2b$12$EixZaYVK1fsbw1ZfbX3OXePaWxn96p36WQoeG6Lruj3vjPGga31lW";

const DEFECTS: &[Defect] = &[
    breaks_an_idp("a-hash-in-lists", |inner| {
        resources(inner, |request, resource| {
            if is_list(request) && resource.contains_key("userName") {
                resource.insert("password".to_owned(), BCRYPT.into());
            }
        })
    }),
    breaks_the_rfcs("a-hash-under-another-name", |inner| {
        resources(inner, |_, resource| {
            if resource.contains_key("userName") {
                resource.insert("passwordHash".to_owned(), BCRYPT.into());
            }
        })
    }),
    breaks_the_rfcs("a-hash-in-an-extension", |inner| {
        resources(inner, |request, resource| {
            if id_of(request).is_some() && resource.contains_key("userName") {
                let own = json!({ "credentials": { "hash": "$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHQ$RdescudvJCsgt3ub+b" } });
                resource.insert("x_internal".to_owned(), own);
            }
        })
    }),
    breaks_an_idp("the-password-in-the-answer-to-a-create", |inner| echoed(inner, creates_user)),
    breaks_an_idp("the-password-in-an-error", |inner| {
        errors(inner, |request, _, error| {
            if let Some(password) = request.json().and_then(|body| body.get("password").cloned()) {
                error.insert("detail".to_owned(), format!("Rejected: userName taken, password {password}").into());
            }
        })
    }),
    breaks_an_idp("the-password-as-asked-for", |inner| {
        resources(inner, |request, resource| {
            if request.query.as_deref().is_some_and(|query| query.contains("attributes=password")) {
                resource.insert("password".to_owned(), "********".into());
            }
        })
    }),
    breaks_the_rfcs("the-token-in-an-error", |inner| {
        errors(inner, |request, status, error| {
            if status == 401
                && let Some(token) = request.headers.get("authorization")
            {
                error.insert("detail".to_owned(), format!("The credential {token} is not valid.").into());
            }
        })
    }),
    breaks_the_rfcs("the-statement-of-a-conflict", |inner| {
        detail(inner, 409, "duplicate key value violates unique constraint \"users_user_name_key\"")
    }),
    breaks_the_rfcs("the-database-of-a-bad-filter", |inner| {
        detail(
            inner,
            400,
            "You have an error in your SQL syntax; check the manual that corresponds to your MySQL server version",
        )
    }),
    breaks_the_rfcs("an-exception-of-java", |inner| {
        detail(inner, 404, "javax.persistence.EntityNotFoundException: Unable to find com.acme.User with id 7")
    }),
    breaks_the_rfcs("an-exception-of-python", |inner| {
        detail(inner, 400, "KeyError('userName') in /srv/scim/app/views/users.py, line 88")
    }),
    breaks_the_rfcs("an-exception-of-dot-net", |inner| {
        detail(
            inner,
            404,
            "System.NullReferenceException: Object reference not set to an instance of an object.\n   at Acme.Scim.Users.Get(String id)",
        )
    }),
    breaks_the_rfcs("a-stack-in-a-member-of-its-own", |inner| {
        errors(inner, |_, status, error| {
            if status == 404 {
                let stack = [
                    "at getUser (/srv/scim/users.js:41:13)",
                    "at Layer.handle (/srv/node_modules/express/lib/router/layer.js:95:5)",
                ];
                error.insert("stack".to_owned(), stack.join("\n").into());
            }
        })
    }),
    breaks_an_idp("a-quotation-mark-opens-the-filter", |inner| {
        requests(inner, |request| {
            if is_list(request) && request.query.as_deref().is_some_and(|query| query.contains("%27")) {
                request.query = None;
            }
        })
    }),
    breaks_an_idp("a-percent-sign-matches-everybody", |inner| wildcard(inner, "%22%25%22")),
    breaks_an_idp("a-star-matches-everybody", |inner| wildcard(inner, "%22*%22")),
    breaks_the_rfcs("a-user-makes-himself-a-member", |inner| {
        around(inner, |server, request, now| {
            let groups = patch_operations(request).into_iter().find(|operation| operation["path"] == "groups");
            let group = groups.and_then(|operation| operation["value"][0]["value"].as_str().map(str::to_owned));
            if let (Some(group), Some(id)) = (group.filter(|_| is_below(request, "/Users")), id_of(request)) {
                let add = json!([{ "op": "add", "path": "members", "value": [{ "value": id }] }]);
                scimulator::faults::wrap::patch(server, &format!("/Groups/{group}"), &add, now);
                return scimulator::faults::wrap::empty_answer(204);
            }
            server.handle(request, now)
        })
    }),
];

#[test]
fn every_leak_is_found() {
    assert_found("security", &json!({}), DEFECTS);
}

fn detail(inner: Inner, wanted: u16, text: &'static str) -> Inner {
    errors(inner, move |_, status, error| {
        if status == wanted {
            error.insert("detail".to_owned(), text.into());
        }
    })
}

fn echoed(inner: Inner, is_such: fn(&Request) -> bool) -> Inner {
    resources(inner, move |request, resource| {
        let password: Option<Value> = request.json().and_then(|body| body.get("password").cloned());
        if let Some(password) = password.filter(|_| is_such(request)) {
            resource.insert("x-initial".to_owned(), password);
        }
    })
}

/// The value goes into a pattern of the database as it is.
fn wildcard(inner: Inner, value: &'static str) -> Inner {
    requests(inner, move |request| {
        if request.method == Method::Get
            && request.query.as_deref().is_some_and(|query| query.replace("%2A", "*").contains(value))
        {
            request.query = None;
        }
    })
}

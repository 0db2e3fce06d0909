//! PATCH: values that are stored wrongly, and what is answered.

use scimulator::faults::wrap::{
    answer_of, around, deactivates, dropping, edit_operations, empty_answer, id_of, is_below, json_answer, lower,
    patch, patch_operations, read, refusal, refuse_operation, set_body, set_status,
};
use scimulator::http::{Method, Response};
use scimulator::server::Reply;
use serde_json::{Value, json};

use crate::bench::{Defect, assert_found, breaks_an_idp, breaks_the_rfcs};
use crate::parts::{answered, user_operations};

const DEFECTS: &[Defect] = &[
    breaks_an_idp("active-with-a-path-is-passed-over", |server| {
        dropping(server, |_, operation| lower(operation, "path") == "active")
    }),
    breaks_an_idp("who-was-deactivated-stays-so", |server| {
        dropping(server, |request, operation| {
            is_below(request, "/Users") && lower(operation, "path") == "active" && operation["value"] == json!(true)
        })
    }),
    breaks_an_idp("deactivation-empties-the-list-of-addresses", |server| {
        user_operations(server, |operations| {
            if operations.iter().any(deactivates) {
                operations.push(json!({ "op": "remove", "path": "emails" }));
            }
        })
    }),
    breaks_the_rfcs("what-is-removed-is-an-empty-text", |server| {
        user_operations(server, |operations| {
            for operation in operations {
                if lower(operation, "op") == "remove" && lower(operation, "path") == "title" {
                    *operation = json!({ "op": "replace", "path": "title", "value": "(none)" });
                }
            }
        })
    }),
    breaks_an_idp("removing-a-part-of-a-name-removes-the-name", |server| {
        user_operations(server, |operations| {
            for operation in operations {
                if lower(operation, "op") == "remove" && lower(operation, "path").starts_with("name.") {
                    operation["path"] = "name".into();
                }
            }
        })
    }),
    breaks_an_idp("removing-a-list-is-passed-over", |server| {
        dropping(server, |_, operation| {
            lower(operation, "op") == "remove" && lower(operation, "path") == "phonenumbers"
        })
    }),
    breaks_an_idp("removing-an-address-by-filter-removes-all", |server| {
        user_operations(server, |operations| {
            for operation in operations {
                let path = lower(operation, "path");
                if let ("remove", Some((list, _))) = (lower(operation, "op").as_str(), path.split_once('[')) {
                    operation["path"] = list.into();
                }
            }
        })
    }),
    breaks_an_idp("removing-an-address-by-filter-is-passed-over", |server| {
        dropping(server, |request, operation| {
            is_below(request, "/Users") && lower(operation, "op") == "remove" && lower(operation, "path").contains('[')
        })
    }),
    breaks_an_idp("replacing-a-list-of-a-user-adds-to-it", |server| {
        user_operations(server, |operations| {
            for operation in operations {
                let path = lower(operation, "path");
                if lower(operation, "op") == "replace" && ["emails", "phonenumbers"].contains(&path.as_str()) {
                    operation["op"] = "add".into();
                }
            }
        })
    }),
    breaks_an_idp("adding-to-a-list-of-a-user-replaces-it", |server| {
        user_operations(server, |operations| {
            for operation in operations {
                let path = lower(operation, "path");
                if lower(operation, "op") == "add" && ["emails", "phonenumbers"].contains(&path.as_str()) {
                    operation["op"] = "replace".into();
                }
            }
        })
    }),
    breaks_the_rfcs("an-equal-value-is-added-again", |server| {
        let mut twice: Vec<String> = Vec::new();
        around(server, move |server, request, now| {
            let before = read(server, &request.path, now).unwrap_or_default();
            let known = before.get("phoneNumbers").and_then(Value::as_array).cloned().unwrap_or_default();
            let adds_known = patch_operations(request).iter().any(|operation| {
                let added = operation["value"].as_array().cloned().unwrap_or_default();
                lower(operation, "op") == "add"
                    && lower(operation, "path") == "phonenumbers"
                    && added.iter().any(|email| known.iter().any(|one| one["value"] == email["value"]))
            });
            if adds_known {
                twice.extend(id_of(request).map(str::to_owned));
            }
            let mut reply = server.handle(request, now);
            if let Reply::Answer(response) = &mut reply {
                scimulator::faults::wrap::edit_json(response, |_, body| {
                    let is_such = |id: &Value| twice.iter().any(|one| id == one.as_str());
                    if let (true, Some(Value::Array(emails))) = (is_such(&body["id"]), body.get_mut("phoneNumbers")) {
                        emails.extend(emails.first().cloned());
                    }
                });
            }
            reply
        })
    }),
    breaks_an_idp("a-changed-address-loses-its-type", |server| {
        user_operations(server, |operations| {
            for operation in operations {
                if operation["op"] == "replace" && operation["path"] == "phoneNumbers[type eq \"work\"].value" {
                    operation["path"] = "phoneNumbers[type eq \"work\"]".into();
                    operation["value"] = json!({ "value": operation["value"], "type": "other" });
                }
            }
        })
    }),
    breaks_an_idp("a-changed-address-changes-all", |server| {
        user_operations(server, |operations| {
            for operation in operations {
                if operation["op"] == "replace" && lower(operation, "path").starts_with("phonenumbers[type") {
                    operation["path"] = "phoneNumbers.value".into();
                }
            }
        })
    }),
    breaks_an_idp("a-complex-value-replaces-the-rest-of-the-name", |server| {
        around(server, |server, request, now| {
            let replaces = patch_operations(request)
                .iter()
                .any(|operation| lower(operation, "op") == "replace" && lower(operation, "path") == "name");
            if replaces {
                patch(server, &request.path, &json!([{ "op": "remove", "path": "name.familyName" }]), now);
            }
            server.handle(request, now)
        })
    }),
    breaks_an_idp("a-part-of-the-name-alone-drops-the-others", |server| {
        around(server, |server, request, now| {
            if patch_operations(request).iter().any(|operation| lower(operation, "path") == "name.givenname") {
                patch(server, &request.path, &json!([{ "op": "remove", "path": "name.familyName" }]), now);
            }
            server.handle(request, now)
        })
    }),
    breaks_an_idp("a-patch-shows-what-was-before", |server| {
        around(server, |server, request, now| {
            let before = if request.method == Method::Patch { read(server, &request.path, now) } else { None };
            match (server.handle(request, now), before) {
                (Reply::Answer(response), Some(before)) if response.status == 200 => {
                    Reply::Answer(json_answer(200, &Value::Object(before)))
                }
                (reply, _) => reply,
            }
        })
    }),
    breaks_an_idp("a-patch-answers-200-without-a-body", |server| {
        around(server, |server, request, now| match server.handle(request, now) {
            Reply::Answer(mut response) if request.method == Method::Patch && response.is_success() => {
                response.status = 200;
                set_body(&mut response, "");
                Reply::Answer(response)
            }
            reply => reply,
        })
    }),
    breaks_the_rfcs("a-patch-of-a-group-answers-200-without-members", |server| {
        around(server, |server, request, now| {
            let reply = server.handle(request, now);
            if request.method != Method::Patch || !is_below(request, "/Groups") {
                return reply;
            }
            match read(server, &request.path, now) {
                Some(mut group) if answer_of(reply.clone()).is_some_and(|answer| answer.is_success()) => {
                    group.shift_remove("members");
                    Reply::Answer(json_answer(200, &Value::Object(group)))
                }
                _ => reply,
            }
        })
    }),
    breaks_the_rfcs("a-patch-answers-202", |server| {
        scimulator::faults::wrap::answers(server, |request, response| {
            if request.method == Method::Patch && response.status == 200 {
                set_status(response, 202);
            }
        })
    }),
    breaks_an_idp("a-patch-shows-no-id", |server| {
        answered(server, Method::Patch, |_, body| {
            body.as_object_mut().map(|resource| resource.shift_remove("id"));
        })
    }),
    breaks_an_idp("a-patch-of-nobody-is-acknowledged", |server| {
        around(server, |server, request, now| match server.handle(request, now) {
            Reply::Answer(response) if request.method == Method::Patch && response.status == 404 => empty_answer(204),
            reply => reply,
        })
    }),
    breaks_an_idp("a-patch-of-nobody-is-a-500", |server| {
        around(server, |server, request, now| match server.handle(request, now) {
            Reply::Answer(response) if request.method == Method::Patch && response.status == 404 => {
                refusal(500, None, "Cannot read properties of null.")
            }
            reply => reply,
        })
    }),
    breaks_an_idp("a-taken-name-in-a-patch-is-a-500", |server| {
        around(server, |server, request, now| match server.handle(request, now) {
            Reply::Answer(response) if request.method == Method::Patch && response.status == 409 => {
                refusal(500, None, "Duplicate key.")
            }
            reply => reply,
        })
    }),
    breaks_an_idp("ones-own-name-is-taken", |server| {
        around(server, |server, request, now| {
            let own = read(server, &request.path, now).and_then(|user| user.get("userName").cloned());
            let is_own = |operation: &Value| {
                let named =
                    if operation["path"] == "userName" { &operation["value"] } else { &operation["value"]["userName"] };
                own.as_ref() == Some(named)
            };
            if is_below(request, "/Users") && patch_operations(request).iter().any(is_own) {
                return refusal(409, Some("uniqueness"), "userName is taken.");
            }
            server.handle(request, now)
        })
    }),
    breaks_the_rfcs("a-failed-patch-of-a-group-keeps-the-first-half", |server| {
        around(server, |server, request, now| {
            let reply = server.handle(request, now);
            let failed = answer_of(reply.clone()).is_some_and(|answer| answer.status >= 400);
            if failed && is_below(request, "/Groups") {
                for operation in patch_operations(request) {
                    let mut one = request.clone();
                    edit_operations(&mut one, |operations| *operations = vec![operation.clone()]);
                    if answer_of(server.handle(&one, now)).is_none_or(|answer| answer.status >= 400) {
                        break;
                    }
                }
            }
            reply
        })
    }),
    breaks_an_idp("operations-that-fail-are-skipped", |server| {
        around(server, |server, request, now| {
            let operations = patch_operations(request);
            if operations.len() < 2 {
                return server.handle(request, now);
            }
            let mut last: Option<Reply> = None;
            for operation in operations {
                let mut one = request.clone();
                edit_operations(&mut one, |operations| *operations = vec![operation.clone()]);
                let reply = server.handle(&one, now);
                if last.is_none() || answer_of(reply.clone()).is_some_and(|answer| answer.status < 400) {
                    last = Some(reply);
                }
            }
            last.unwrap_or_else(|| empty_answer(204))
        })
    }),
    breaks_an_idp("a-patch-that-changes-nothing-is-refused", |server| {
        around(server, |server, request, now| {
            let before = if request.method == Method::Patch { read(server, &request.path, now) } else { None };
            let reply = server.handle(request, now);
            let after = if before.is_some() { read(server, &request.path, now) } else { None };
            let is_success = answer_of(reply.clone()).is_some_and(|answer: Response| answer.is_success());
            if is_success && before.is_some() && before == after {
                return refusal(400, Some("invalidValue"), "Nothing was changed.");
            }
            reply
        })
    }),
    breaks_an_idp("a-null-value-is-refused-with-500", |server| {
        around(server, |server, request, now| {
            if patch_operations(request).iter().any(|operation| operation.get("value").is_some_and(Value::is_null)) {
                return refusal(500, None, "Unexpected null.");
            }
            server.handle(request, now)
        })
    }),
    breaks_an_idp("texts-of-digits-are-numbers-in-a-patch", |server| {
        refuse_operation(server, "The value must be a text.", |_, operation| {
            operation["value"].as_str().is_some_and(|text| text.parse::<u64>().is_ok())
        })
    }),
];

#[test]
fn every_wrong_value_is_found() {
    assert_found("patch-values", &json!({}), DEFECTS);
}

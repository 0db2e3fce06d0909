//! Members of groups: who joins, who leaves, and how they are shown.

use scimulator::faults::wrap::{
    around, dropping, edit_operations, id_of, is_below, lower, patch, patch_operations, read, refusal, refuse_operation,
};
use scimulator::http::Method;
use scimulator::server::Reply;
use serde_json::{Value, json};

use crate::bench::{Defect, assert_found, breaks_an_idp, breaks_the_rfcs};
use crate::parts::{elements, group_operations, groups};

fn path(operation: &Value) -> &str {
    operation.get("path").and_then(Value::as_str).unwrap_or_default()
}

fn creates_group(request: &scimulator::http::Request) -> bool {
    request.method == Method::Post && request.path.trim_end_matches('/') == "/Groups"
}

fn members(value: &Value) -> Vec<Value> {
    value.get("members").and_then(Value::as_array).cloned().unwrap_or_default()
}

/// Members that a PATCH adds.
fn added(operations: &[Value]) -> Vec<Value> {
    let adds = operations.iter().filter(|operation| lower(operation, "op") == "add" && path(operation) == "members");
    adds.filter_map(|operation| operation["value"].as_array().cloned()).flatten().collect()
}

const DEFECTS: &[Defect] = &[
    breaks_the_rfcs("a-group-among-members-lies-below-users", |server| {
        groups(server, |_, group| {
            for member in elements(group, "members") {
                if let Some(Value::String(address)) = member.get_mut("$ref") {
                    *address = address.replace("/Groups/", "/Users/");
                }
            }
        })
    }),
    breaks_an_idp("removing-one-member-is-passed-over", |server| {
        dropping(server, |_, operation| lower(operation, "op") == "remove" && path(operation).starts_with("members["))
    }),
    breaks_an_idp("removing-members-by-value-is-passed-over", |server| {
        dropping(server, |_, operation| {
            lower(operation, "op") == "remove" && path(operation) == "members" && operation.get("value").is_some()
        })
    }),
    breaks_an_idp("of-members-removed-by-value-only-the-first-goes", |server| {
        group_operations(server, |operations| {
            for operation in operations.iter_mut().filter(|operation| lower(operation, "op") == "remove") {
                if let Some(Value::Array(members)) = operation.get_mut("value") {
                    members.truncate(1);
                }
            }
        })
    }),
    breaks_an_idp("removing-one-member-removes-the-first", |server| {
        around(server, |server, request, now| {
            let mut request = request.clone();
            let first = read(server, &request.path, now).and_then(|group| group.get("members")?.get(0).cloned());
            edit_operations(&mut request, |operations| {
                for operation in operations.iter_mut().filter(|operation| path(operation).starts_with("members[")) {
                    if let Some(id) = first.as_ref().and_then(|member| member["value"].as_str()) {
                        operation["path"] = format!("members[value eq \"{id}\"]").into();
                    }
                }
            });
            server.handle(&request, now)
        })
    }),
    breaks_an_idp("of-several-removals-only-the-first-is-made", |server| {
        group_operations(server, |operations| {
            let mut count = 0;
            operations.retain(|operation| {
                count += u32::from(path(operation).starts_with("members["));
                count < 2 || !path(operation).starts_with("members[")
            });
        })
    }),
    breaks_an_idp("all-members-cannot-be-removed", |server| {
        dropping(server, |_, operation| {
            lower(operation, "op") == "remove" && path(operation) == "members" && operation.get("value").is_none()
        })
    }),
    breaks_an_idp("the-last-member-stays", |server| {
        around(server, |server, request, now| {
            let before = if is_below(request, "/Groups") { read(server, &request.path, now) } else { None };
            let reply = server.handle(request, now);
            if let (Method::Patch, Some(before)) = (request.method, before)
                && !members(&Value::Object(before.clone())).is_empty()
                && read(server, &request.path, now).is_some_and(|group| !group.contains_key("members"))
            {
                patch(
                    server,
                    &request.path,
                    &json!([{ "op": "add", "path": "members", "value": [before["members"][0]] }]),
                    now,
                );
            }
            reply
        })
    }),
    breaks_an_idp("replacing-members-by-none-is-passed-over", |server| {
        dropping(server, |_, operation| {
            lower(operation, "op") == "replace" && path(operation) == "members" && operation["value"] == json!([])
        })
    }),
    breaks_the_rfcs("members-without-a-path-are-passed-over", |server| {
        group_operations(server, |operations| {
            for operation in operations.iter_mut().filter(|operation| operation.get("path").is_none()) {
                if let Some(Value::Object(value)) = operation.get_mut("value") {
                    value.shift_remove("members");
                }
            }
        })
    }),
    breaks_an_idp("a-new-member-takes-the-place-of-the-last", |server| {
        around(server, |server, request, now| {
            if is_below(request, "/Groups") && !added(&patch_operations(request)).is_empty() {
                let group = read(server, &request.path, now).unwrap_or_default();
                if let Some(last) = members(&Value::Object(group)).last().and_then(|member| member["value"].as_str()) {
                    let removal = json!([{ "op": "remove", "path": format!("members[value eq \"{last}\"]") }]);
                    patch(server, &request.path, &removal, now);
                }
            }
            server.handle(request, now)
        })
    }),
    breaks_an_idp("a-person-is-in-one-group-only", |server| {
        around(server, |server, request, now| {
            let mut joining = added(&patch_operations(request));
            if creates_group(request) {
                joining.extend(request.json().map(|body| members(&body)).unwrap_or_default());
            }
            for member in joining {
                let id = member["value"].as_str().unwrap_or_default();
                let user = read(server, &format!("/Users/{id}"), now).unwrap_or_default();
                for group in user.get("groups").and_then(Value::as_array).into_iter().flatten() {
                    let group = group["value"].as_str().unwrap_or_default();
                    if Some(group) != id_of(request) {
                        let removal = json!([{ "op": "remove", "path": format!("members[value eq \"{id}\"]") }]);
                        patch(server, &format!("/Groups/{group}"), &removal, now);
                    }
                }
            }
            server.handle(request, now)
        })
    }),
    breaks_an_idp("a-removed-member-is-deactivated", |server| {
        around(server, |server, request, now| {
            let reply = server.handle(request, now);
            for operation in patch_operations(request) {
                if let Some((_, rest)) = path(&operation).split_once("members[value eq \"") {
                    let id = rest.split('"').next().unwrap_or_default();
                    patch(
                        server,
                        &format!("/Users/{id}"),
                        &json!([{ "op": "replace", "path": "active", "value": false }]),
                        now,
                    );
                }
            }
            reply
        })
    }),
    breaks_an_idp("more-than-twenty-members-at-once-are-dropped", |server| {
        group_operations(server, |operations| {
            for operation in operations {
                if let Some(Value::Array(members)) = operation.get_mut("value") {
                    members.truncate(20);
                }
            }
        })
    }),
    breaks_an_idp("twenty-members-are-shown", |server| {
        groups(server, |_, group| {
            if let Some(Value::Array(members)) = group.get_mut("members") {
                members.truncate(20);
            }
        })
    }),
    breaks_an_idp("members-are-texts", |server| {
        groups(server, |_, group| {
            if let Some(Value::Array(members)) = group.get_mut("members") {
                for member in members {
                    *member = member["value"].clone();
                }
            }
        })
    }),
    breaks_an_idp("one-member-is-no-list", |server| {
        groups(server, |_, group| {
            if let Some(members) = group.get_mut("members")
                && members.as_array().is_some_and(|members| members.len() == 1)
            {
                *members = members[0].clone();
            }
        })
    }),
    breaks_the_rfcs("members-refer-to-a-path-that-is-not-there", |server| {
        groups(server, |_, group| {
            for member in elements(group, "members") {
                if let Some(Value::String(link)) = member.get_mut("$ref") {
                    *link = link.replace("/Users/", "/User/");
                }
            }
        })
    }),
    breaks_the_rfcs("members-are-of-type-users", |server| {
        groups(server, |_, group| {
            for member in elements(group, "members") {
                member.insert("type".to_owned(), "Users".into());
            }
        })
    }),
    breaks_an_idp("a-member-that-is-there-twice-is-doubled", |server| {
        let mut doubled: Vec<(String, Value)> = Vec::new();
        around(server, move |server, request, now| {
            let group = if is_below(request, "/Groups") { read(server, &request.path, now) } else { None };
            let known = group.map(|group| members(&Value::Object(group))).unwrap_or_default();
            for member in added(&patch_operations(request)) {
                if let Some(known) = known.iter().find(|one| one["value"] == member["value"]) {
                    doubled.push((id_of(request).unwrap_or_default().to_owned(), known.clone()));
                }
            }
            let mut reply = server.handle(request, now);
            if let Reply::Answer(response) = &mut reply {
                scimulator::faults::wrap::edit_json(response, |_, body| {
                    for (id, member) in &doubled {
                        if let (true, Some(Value::Array(members))) =
                            (body["id"] == id.as_str(), body.get_mut("members"))
                        {
                            members.push(member.clone());
                        }
                    }
                });
            }
            reply
        })
    }),
    breaks_an_idp("removing-who-is-no-member-is-refused-with-404", |server| {
        around(server, |server, request, now| {
            let group = if is_below(request, "/Groups") { read(server, &request.path, now) } else { None };
            let known = group.map(|group| members(&Value::Object(group))).unwrap_or_default();
            for operation in patch_operations(request) {
                let removed = operation["value"].as_array().cloned().unwrap_or_default();
                if lower(&operation, "op") == "remove"
                    && path(&operation) == "members"
                    && removed.iter().any(|member| known.iter().all(|one| one["value"] != member["value"]))
                {
                    return refusal(404, None, "The member was not found.");
                }
            }
            server.handle(request, now)
        })
    }),
    breaks_an_idp("only-users-with-a-type-become-members", |server| {
        refuse_operation(server, "type is required.", |request, operation| {
            is_below(request, "/Groups")
                && lower(operation, "op") == "add"
                && operation["value"]
                    .as_array()
                    .is_some_and(|members| members.iter().any(|one| one.get("type").is_none()))
        })
    }),
];

#[test]
fn every_wrong_member_is_found() {
    assert_found("members", &json!({}), DEFECTS);
}

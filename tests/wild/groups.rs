//! Groups: what becomes of members, and of the group itself.

use scimulator::faults::wrap::{
    Inner, around, ask, deactivates, dropping, edit_operations, edit_request, empty_answer, id_of, is_below, is_list,
    lower, patch, patch_operations, read, refusal, refuse_operation,
};
use scimulator::http::Method;
use scimulator::server::Reply;
use serde_json::{Value, json};

use crate::bench::{Defect, assert_found, breaks_an_idp, breaks_the_rfcs};
use crate::parts::{elements, group_operations, groups, users, written_groups};

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
    breaks_an_idp("replacing-members-keeps-the-old-ones", |server| {
        group_operations(server, |operations| {
            for operation in operations.iter_mut().filter(|operation| lower(operation, "op") == "replace") {
                if path(operation) == "members" {
                    operation["op"] = "add".into();
                }
            }
        })
    }),
    breaks_an_idp("members-without-a-path-are-passed-over", |server| {
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
    breaks_an_idp("more-than-five-members-are-too-many", |server| {
        around(server, |server, request, now| {
            if added(&patch_operations(request)).len() > 5 {
                return refusal(413, None, "Too many members.");
            }
            server.handle(request, now)
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
    breaks_an_idp("members-are-named-id", |server| {
        groups(server, |_, group| {
            for member in elements(group, "members") {
                let id = member.shift_remove("value").unwrap_or_default();
                member.insert("id".to_owned(), id);
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
    breaks_an_idp("a-new-group-shows-no-members", |server| {
        groups(server, |request, group| {
            if creates_group(request) {
                group.shift_remove("members");
            }
        })
    }),
    breaks_an_idp("groups-are-listed-without-members", |server| {
        groups(server, |request, group| {
            if is_list(request) {
                group.shift_remove("members");
            }
        })
    }),
    breaks_an_idp("a-group-shows-no-members-by-its-id", |server| {
        groups(server, |request, group| {
            if request.method == Method::Get && id_of(request).is_some() {
                group.shift_remove("members");
            }
        })
    }),
    breaks_the_rfcs("a-group-without-a-name-is-made", |server| {
        written_groups(server, |request, group| {
            if request.method == Method::Post {
                group.entry("displayName").or_insert_with(|| "New group".into());
            }
        })
    }),
    breaks_an_idp("a-second-group-of-a-name-is-a-500", |server| {
        around(server, |server, request, now| match server.handle(request, now) {
            Reply::Answer(response) if creates_group(request) && response.status == 409 => {
                refusal(500, None, "duplicate key value violates unique constraint")
            }
            reply => reply,
        })
    }),
    breaks_an_idp("a-group-is-created-with-200", |server| {
        scimulator::faults::wrap::answers(server, |request, response| {
            if creates_group(request) && response.status == 201 {
                response.status = 200;
            }
        })
    }),
    breaks_an_idp("names-of-groups-are-in-small-letters", |server| {
        groups(server, |_, group| {
            if let Some(Value::String(name)) = group.get_mut("displayName") {
                *name = name.to_lowercase();
            }
        })
    }),
    breaks_an_idp("names-of-groups-lose-their-blanks", |server| {
        written_groups(server, |_, group| {
            if let Some(Value::String(name)) = group.get_mut("displayName") {
                *name = name.replace(' ', "-");
            }
        })
    }),
    breaks_an_idp("names-of-groups-have-letters-only", |server| {
        around(server, |server, request, now| {
            let name = request.json().and_then(|body| body.get("displayName")?.as_str().map(str::to_owned));
            if creates_group(request) && name.is_some_and(|name| name.contains(['&', '/', '"', '(', '\''])) {
                return refusal(400, Some("invalidValue"), "displayName contains a character that is not allowed.");
            }
            server.handle(request, now)
        })
    }),
    breaks_an_idp("a-rename-without-a-path-is-passed-over", |server| {
        group_operations(server, |operations| {
            for operation in operations.iter_mut().filter(|operation| operation.get("path").is_none()) {
                if let Some(Value::Object(value)) = operation.get_mut("value") {
                    value.shift_remove("displayName");
                }
            }
        })
    }),
    breaks_an_idp("a-rename-with-a-path-is-passed-over", |server| {
        dropping(server, |request, operation| is_below(request, "/Groups") && lower(operation, "path") == "displayname")
    }),
    breaks_an_idp("a-rename-to-the-same-name-is-a-conflict", |server| {
        around(server, |server, request, now| {
            let name = if is_below(request, "/Groups") { read(server, &request.path, now) } else { None };
            let name = name.and_then(|group| group.get("displayName").cloned());
            let same = |operation: &Value| name.is_some() && operation["value"].get("displayName") == name.as_ref();
            if patch_operations(request).iter().any(same) {
                return refusal(409, Some("uniqueness"), "A group of this name exists.");
            }
            server.handle(request, now)
        })
    }),
    breaks_an_idp("a-group-with-members-is-not-deleted", |server| {
        around(server, |server, request, now| {
            if request.method == Method::Delete
                && is_below(request, "/Groups")
                && read(server, &request.path, now).is_some_and(|group| group.contains_key("members"))
            {
                return refusal(409, None, "The group is not empty.");
            }
            server.handle(request, now)
        })
    }),
    breaks_an_idp("a-deleted-group-is-still-there", |server| {
        around(server, |server, request, now| {
            if request.method == Method::Delete
                && is_below(request, "/Groups")
                && read(server, &request.path, now).is_some()
            {
                return empty_answer(204);
            }
            server.handle(request, now)
        })
    }),
    breaks_an_idp("who-is-deactivated-leaves-every-group-for-good", |server| {
        around(server, |server, request, now| {
            let user = read(server, &request.path, now).unwrap_or_default();
            let reply = server.handle(request, now);
            if is_below(request, "/Users") && patch_operations(request).iter().any(deactivates) {
                let id = id_of(request).unwrap_or_default();
                for group in user.get("groups").and_then(Value::as_array).into_iter().flatten() {
                    let removal = json!([{ "op": "remove", "path": format!("members[value eq \"{id}\"]") }]);
                    patch(server, &format!("/Groups/{}", group["value"].as_str().unwrap_or_default()), &removal, now);
                }
            }
            reply
        })
    }),
    breaks_an_idp("a-group-of-a-deleted-member-cannot-be-read", |server| {
        let mut broken: Vec<String> = Vec::new();
        around(server, move |server, request, now| {
            if request.method == Method::Delete && is_below(request, "/Users") {
                let user = read(server, &request.path, now).unwrap_or_default();
                let groups = user.get("groups").and_then(Value::as_array).into_iter().flatten();
                broken.extend(groups.filter_map(|group| Some(group["value"].as_str()?.to_owned())));
            }
            if is_below(request, "/Groups") && broken.iter().any(|id| id_of(request) == Some(id)) {
                return refusal(500, None, "The member could not be loaded.");
            }
            server.handle(request, now)
        })
    }),
    breaks_the_rfcs("a-user-keeps-the-groups-that-were-left", |server| {
        let mut known: std::collections::HashMap<String, Vec<Value>> = std::collections::HashMap::new();
        users(server, move |_, user| {
            let id = user.get("id").map(Value::to_string).unwrap_or_default();
            let groups = known.entry(id).or_default();
            for group in user.get("groups").and_then(Value::as_array).into_iter().flatten() {
                if groups.iter().all(|one| one["value"] != group["value"]) {
                    groups.push(group.clone());
                }
            }
            if !groups.is_empty() {
                user.insert("groups".to_owned(), groups.clone().into());
            }
        })
    }),
    breaks_an_idp("a-put-of-a-group-does-not-touch-its-members", |server| {
        around(server, |server, request, now| {
            let mut request = request.clone();
            if request.method == Method::Put && is_below(&request, "/Groups") {
                let group = read(server, &request.path, now).unwrap_or_default();
                edit_request(&mut request, |body| {
                    body.insert("members".to_owned(), members(&Value::Object(group)).into());
                });
            }
            server.handle(&request, now)
        })
    }),
    breaks_an_idp("a-put-of-a-group-keeps-its-name", |server| {
        around(server, |server, request, now| {
            let mut request = request.clone();
            if request.method == Method::Put && is_below(&request, "/Groups") {
                let group = read(server, &request.path, now).unwrap_or_default();
                edit_request(&mut request, |body| {
                    body.extend(group.get_key_value("displayName").map(|(name, value)| (name.clone(), value.clone())));
                });
            }
            server.handle(&request, now)
        })
    }),
    breaks_an_idp("an-empty-list-in-a-put-keeps-the-members", |server| {
        around(server, |server, request, now| {
            let mut request = request.clone();
            if request.method == Method::Put && is_below(&request, "/Groups") {
                let group = read(server, &request.path, now).unwrap_or_default();
                edit_request(&mut request, |body| {
                    if body.get("members") == Some(&json!([])) {
                        body.insert("members".to_owned(), members(&Value::Object(group)).into());
                    }
                });
            }
            server.handle(&request, now)
        })
    }),
    breaks_an_idp("a-group-cannot-be-put", |server| {
        around(server, |server, request, now| {
            if request.method == Method::Put && is_below(request, "/Groups") {
                return refusal(405, None, "Use PATCH.");
            }
            server.handle(request, now)
        })
    }),
    breaks_an_idp("a-group-name-in-a-filter-is-compared-by-case", |server| {
        around(server, |server, request, now| {
            let reply = server.handle(request, now);
            let filter = request.query.clone().unwrap_or_default().to_lowercase();
            if is_below(request, "/Groups") && filter.contains("filter=displayname") {
                let list = ask(server, Method::Get, "/Groups", None, now).unwrap_or_default();
                let names = list["Resources"].as_array().cloned().unwrap_or_default();
                let query = request.query.clone().unwrap_or_default().replace("%20", " ").replace('+', " ");
                let exact = names.iter().any(|group| query.contains(group["displayName"].as_str().unwrap_or("?")));
                if !exact {
                    let empty = json!({
                        "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
                        "totalResults": 0, "startIndex": 1, "itemsPerPage": 0, "Resources": [],
                    });
                    return Reply::Answer(scimulator::faults::wrap::json_answer(200, &empty));
                }
            }
            reply
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
fn every_wrong_group_is_found() {
    assert_found("groups", &json!({}), DEFECTS);
}

#[allow(dead_code)]
fn keep(inner: Inner) -> Inner {
    inner
}

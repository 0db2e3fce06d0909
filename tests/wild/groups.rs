//! Groups: their names, and what becomes of them as a whole.

use scimulator::faults::wrap::{
    around, ask, dropping, edit_request, id_of, is_below, is_list, lower, patch_operations, read, refusal,
};
use scimulator::http::Method;
use scimulator::server::Reply;
use serde_json::{Value, json};

use crate::bench::{Defect, assert_found, breaks_an_idp, breaks_the_rfcs};
use crate::parts::{group_operations, groups, users, written_groups};

fn creates_group(request: &scimulator::http::Request) -> bool {
    request.method == Method::Post && request.path.trim_end_matches('/') == "/Groups"
}

fn members(value: &Value) -> Vec<Value> {
    value.get("members").and_then(Value::as_array).cloned().unwrap_or_default()
}

const DEFECTS: &[Defect] = &[
    breaks_an_idp("groups-are-listed-without-members", |server| {
        groups(server, |request, group| {
            if is_list(request) {
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
];

#[test]
fn every_wrong_group_is_found() {
    assert_found("groups", &json!({}), DEFECTS);
}

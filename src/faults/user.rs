//! `user/`: what a user shows of groups and managers.

use serde_json::{Value, json};

use super::Fault;
use super::wrap::{
    Inner, around, creates_user, edit_operations, edit_request, id_of, is_below, lower, patch, patch_operations, read,
    resources,
};
use crate::http::{Method, Request};
use crate::scim::urn;
use crate::server::Reply;

pub(super) const FAULTS: &[Fault] = &[
    ("user/enterprise-manager", enterprise_manager),
    ("user/groups-readonly", groups_readonly),
    ("user/groups-reflect", groups_reflect),
    ("user/rename", rename),
];

/// The manager is a column of text.
fn enterprise_manager(inner: Inner) -> Inner {
    resources(inner, |_, resource| {
        if let Some(manager) = resource.get_mut(urn::ENTERPRISE_USER).and_then(|extension| extension.get_mut("manager"))
            && let Some(id) = manager.get("value").cloned()
        {
            *manager = id;
        }
    })
}

/// A relation can be written from either side.
fn groups_readonly(inner: Inner) -> Inner {
    around(inner, |server, request, now| {
        let groups = groups_in(request);
        let mut rest = request.clone();
        if request.method == Method::Patch && !groups.is_empty() {
            rest = Request::new(Method::Get, &*request.path);
            rest.headers = request.headers.clone();
        }
        let reply = server.handle(&rest, now);
        let Reply::Answer(response) = &reply else { return reply };
        let created = response.json().and_then(|body| body.get("id")?.as_str()).map(str::to_owned);
        let Some(user) = id_of(request).map(str::to_owned).or(created) else { return reply };
        for group in groups {
            let join = json!([{ "op": "add", "path": "members", "value": [{ "value": user }] }]);
            patch(server, &format!("/Groups/{group}"), &join, now);
        }
        reply
    })
}

/// The groups that a request wants a user to be in.
fn groups_in(request: &Request) -> Vec<String> {
    if !is_below(request, "/Users") {
        return Vec::new();
    }
    let operations = patch_operations(request).into_iter();
    let patched = operations.filter(|operation| lower(operation, "path") == "groups");
    let mut values: Vec<Value> = patched.filter_map(|operation| operation.get("value").cloned()).collect();
    if creates_user(request) {
        values.extend(request.json().and_then(|body| body.get("groups").cloned()));
    }
    let entries = values.iter().filter_map(Value::as_array).flatten();
    entries.filter_map(|entry| Some(entry.get("value")?.as_str()?.to_owned())).collect()
}

/// Nobody joins the tables.
fn groups_reflect(inner: Inner) -> Inner {
    resources(inner, |request, resource| {
        if is_below(request, "/Users") {
            resource.shift_remove("groups");
        }
    })
}

/// The login is no field of the form.
fn rename(inner: Inner) -> Inner {
    around(inner, |server, request, now| {
        let is_change = matches!(request.method, Method::Put | Method::Patch) && is_below(request, "/Users");
        let user = if is_change { read(server, &request.path, now) } else { None };
        let Some(name) = user.and_then(|user| user.get("userName").cloned()) else {
            return server.handle(request, now);
        };
        let mut rest = request.clone();
        edit_operations(&mut rest, |operations| {
            for operation in operations {
                if lower(operation, "path") == "username" {
                    operation["value"] = name.clone();
                } else if let Some(value) = operation.get_mut("value").and_then(|value| value.get_mut("userName")) {
                    *value = name.clone();
                }
            }
        });
        edit_request(&mut rest, |body| {
            if let Some(value) = body.get_mut("userName") {
                *value = name.clone();
            }
        });
        server.handle(&rest, now)
    })
}

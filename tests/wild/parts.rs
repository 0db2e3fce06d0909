//! What the defects of these tables are made of, beyond what faults have in common.

use scimulator::faults::wrap::{Inner, answers, edit_json, edit_request, is_below, operations, requests, resources};
use scimulator::http::{Method, Request};
use serde_json::{Map, Value};

/// Edits every user in successful answers.
pub fn users(inner: Inner, mut edit: impl FnMut(&Request, &mut Map<String, Value>) + Send + 'static) -> Inner {
    resources(inner, move |request, resource| {
        if is_below(request, "/Users") {
            edit(request, resource);
        }
    })
}

/// Edits every group in successful answers.
pub fn groups(inner: Inner, mut edit: impl FnMut(&Request, &mut Map<String, Value>) + Send + 'static) -> Inner {
    resources(inner, move |request, resource| {
        if is_below(request, "/Groups") {
            edit(request, resource);
        }
    })
}

/// Edits the body of every POST and PUT of a user before the server sees it.
pub fn written_users(inner: Inner, mut edit: impl FnMut(&Request, &mut Map<String, Value>) + Send + 'static) -> Inner {
    requests(inner, move |request| {
        let before = request.clone();
        if matches!(request.method, Method::Post | Method::Put) && is_below(request, "/Users") {
            edit_request(request, |body| edit(&before, body));
        }
    })
}

/// Edits the body of every POST and PUT of a group before the server sees it.
pub fn written_groups(inner: Inner, mut edit: impl FnMut(&Request, &mut Map<String, Value>) + Send + 'static) -> Inner {
    requests(inner, move |request| {
        let before = request.clone();
        if matches!(request.method, Method::Post | Method::Put) && is_below(request, "/Groups") {
            edit_request(request, |body| edit(&before, body));
        }
    })
}

/// Edits the operations of every PATCH of a user before the server sees them.
pub fn user_operations(inner: Inner, mut edit: impl FnMut(&mut Vec<Value>) + Send + 'static) -> Inner {
    operations(inner, move |request, operations| {
        if is_below(request, "/Users") {
            edit(operations);
        }
    })
}

/// Edits the operations of every PATCH of a group before the server sees them.
pub fn group_operations(inner: Inner, mut edit: impl FnMut(&mut Vec<Value>) + Send + 'static) -> Inner {
    operations(inner, move |request, operations| {
        if is_below(request, "/Groups") {
            edit(operations);
        }
    })
}

/// Edits what a successful request of this method is answered with.
pub fn answered(inner: Inner, method: Method, mut edit: impl FnMut(&Request, &mut Value) + Send + 'static) -> Inner {
    answers(inner, move |request, response| {
        if request.method == method && response.is_success() {
            edit_json(response, |_, body| edit(request, body));
        }
    })
}

/// Edits every text in a value, nested ones too.
pub fn each_text(value: &mut Value, edit: &mut impl FnMut(&mut String)) {
    match value {
        Value::String(text) => edit(text),
        Value::Array(items) => items.iter_mut().for_each(|item| each_text(item, edit)),
        Value::Object(members) => members.values_mut().for_each(|member| each_text(member, edit)),
        _ => {}
    }
}

/// The elements of a multi-valued attribute.
pub fn elements<'a>(
    resource: &'a mut Map<String, Value>,
    name: &str,
) -> impl Iterator<Item = &'a mut Map<String, Value>> {
    let list = resource.get_mut(name).and_then(Value::as_array_mut);
    list.into_iter().flatten().filter_map(Value::as_object_mut)
}

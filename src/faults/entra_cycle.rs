//! `entra/`: what breaks over several of its requests.

use std::collections::HashSet;

use serde_json::{Value, json};

use super::Fault;
use super::wrap::{Inner, around, deactivates, empty_answer, id_of, operations, patch_operations};
use crate::http::Method;

pub(super) const FAULTS: &[Fault] = &[("entra/initial-cycle", initial_cycle), ("entra/type-unique", type_unique)];

/// The row of who was deactivated is kept for the records.
fn initial_cycle(inner: Inner) -> Inner {
    let mut deactivated: HashSet<String> = HashSet::new();
    around(inner, move |server, request, now| {
        let Some(id) = id_of(request).map(str::to_owned) else { return server.handle(request, now) };
        if patch_operations(request).iter().any(deactivates) {
            deactivated.insert(id.clone());
        }
        if request.method == Method::Delete && deactivated.contains(&id) {
            return empty_answer(204);
        }
        server.handle(request, now)
    })
}

/// What is replaced is added.
fn type_unique(inner: Inner) -> Inner {
    operations(inner, |_, operations| {
        for operation in operations.iter_mut().filter_map(Value::as_object_mut) {
            let text = |name: &str| operation.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
            let (path, verb) = (text("path"), text("op"));
            let Some((list, rest)) = path.split_once("[type eq \"") else { continue };
            if let Some((kind, "].value")) = rest.split_once('"').filter(|_| verb.eq_ignore_ascii_case("replace")) {
                let added = json!([{ "type": kind, "value": operation.get("value") }]);
                operation.insert("op".to_owned(), "add".into());
                operation.insert("path".to_owned(), list.into());
                operation.insert("value".to_owned(), added);
            }
        }
    })
}

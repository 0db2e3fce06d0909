//! PATCH: operations and paths that are not understood, or understood wrongly.

use scimulator::faults::wrap::{dropping, is_below, lower, operations, refuse_operation};
use serde_json::{Value, json};

use crate::bench::{Defect, assert_found, breaks_an_idp, breaks_the_rfcs};
use crate::parts::user_operations;

fn path(operation: &Value) -> &str {
    operation.get("path").and_then(Value::as_str).unwrap_or_default()
}

fn op(operation: &Value) -> &str {
    operation.get("op").and_then(Value::as_str).unwrap_or_default()
}

const DEFECTS: &[Defect] = &[
    breaks_an_idp("only-the-capital-remove-is-refused", |server| {
        refuse_operation(server, "Remove is no operation.", |_, operation| op(operation) == "Remove")
    }),
    breaks_an_idp("capital-operations-are-refused-for-groups", |server| {
        refuse_operation(server, "op must be add, remove or replace.", |request, operation| {
            is_below(request, "/Groups") && op(operation).starts_with(char::is_uppercase)
        })
    }),
    breaks_an_idp("a-group-needs-a-path", |server| {
        refuse_operation(server, "path is required.", |request, operation| {
            is_below(request, "/Groups") && op(operation) == "replace" && path(operation).is_empty()
        })
    }),
    breaks_an_idp("an-operation-without-a-path-is-passed-over", |server| {
        dropping(server, |request, operation| {
            is_below(request, "/Users") && lower(operation, "op") != "remove" && operation.get("path").is_none()
        })
    }),
    breaks_an_idp("sub-attributes-are-passed-over", |server| {
        dropping(server, |_, operation| path(operation).starts_with("name."))
    }),
    breaks_an_idp("filtered-paths-are-refused-for-users", |server| {
        refuse_operation(server, "The path cannot be read.", |request, operation| {
            is_below(request, "/Users") && path(operation).contains('[')
        })
    }),
    breaks_an_idp("only-mail-has-filtered-paths", |server| {
        refuse_operation(server, "The path cannot be read.", |_, operation| {
            path(operation).starts_with("phoneNumbers[")
        })
    }),
    breaks_the_rfcs("a-path-with-the-core-urn-is-refused", |server| {
        refuse_operation(server, "There is no such attribute.", |_, operation| {
            lower(operation, "path").starts_with("urn:ietf:params:scim:schemas:core")
        })
    }),
    breaks_an_idp("remove-of-an-extension-attribute-is-passed-over", |server| {
        dropping(server, |_, operation| lower(operation, "op") == "remove" && path(operation).starts_with("urn:"))
    }),
    breaks_an_idp("replace-of-an-extension-attribute-is-passed-over", |server| {
        dropping(server, |_, operation| lower(operation, "op") == "replace" && path(operation).starts_with("urn:"))
    }),
    breaks_an_idp("an-extension-attribute-replaces-its-neighbours", |server| {
        user_operations(server, |operations| {
            if operations
                .iter()
                .any(|operation| path(operation).starts_with("urn:") && path(operation).ends_with("department"))
            {
                let urn = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
                for name in ["employeeNumber", "costCenter"] {
                    operations.insert(0, json!({ "op": "remove", "path": format!("{urn}:{name}") }));
                }
            }
        })
    }),
    breaks_an_idp("only-the-first-operation-is-applied", |server| {
        operations(server, |_, operations| operations.truncate(1))
    }),
    breaks_an_idp("operations-are-applied-backwards", |server| {
        operations(server, |_, operations| operations.reverse())
    }),
    breaks_an_idp("of-two-operations-on-an-attribute-the-first-counts", |server| {
        operations(server, |_, operations| {
            let mut seen: Vec<String> = Vec::new();
            operations.retain(|operation| {
                let path = lower(operation, "path");
                let is_new = path.is_empty() || !seen.contains(&path);
                seen.push(path);
                is_new
            });
        })
    }),
    breaks_the_rfcs("an-unknown-operation-is-a-replace", |server| {
        operations(server, |_, operations| {
            for operation in operations {
                if !["add", "replace", "remove"].contains(&lower(operation, "op").as_str()) {
                    operation["op"] = "replace".into();
                }
            }
        })
    }),
    breaks_the_rfcs("a-bracket-that-is-not-closed-is-closed", |server| {
        operations(server, |_, operations| {
            for operation in operations {
                let path = path(operation).to_owned();
                if path.contains("[type") && !path.contains(']') {
                    operation["path"] = format!("{path}].value").into();
                }
            }
        })
    }),
    breaks_the_rfcs("a-path-is-compared-by-case-for-groups", |server| {
        refuse_operation(server, "There is no such attribute.", |request, operation| {
            is_below(request, "/Groups") && path(operation).starts_with(char::is_uppercase)
        })
    }),
    breaks_an_idp("the-manager-cannot-be-patched", |server| {
        dropping(server, |_, operation| path(operation).contains("manager"))
    }),
];

#[test]
fn every_misread_path_is_found() {
    assert_found("patch-paths", &json!({}), DEFECTS);
}

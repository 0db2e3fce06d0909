//! PATCH bodies, in Entra's two dialects.
//!
//! Without the flag: one operation per attribute, each with a path, `Add`,
//! `Replace` and `Remove` capitalised (ENTRA-Q01), booleans as text (ENTRA-Q02),
//! members removed by value (ENTRA-Q03), the manager a bare string (ENTRA-Q06).
//! With `aadOptscim062020`: lower case, real booleans, and every replaced
//! attribute in one operation without a path, its keys flattened (ENTRA-Q05).

use serde_json::{Map, Value, json};

use super::settings::{BooleanForm, ManagerForm, Settings};
use crate::scim::urn;

const MANAGER: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager";

/// Which of the two dialects a job speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Style {
    /// No flag: what a new job sends.
    Legacy,
    /// The tenant URL ends with `aadOptscim062020`.
    Scim2020,
}

/// One attribute whose value at the target is to change.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Change {
    /// Target attribute as the mapping names it.
    pub path: String,
    /// Its new value.
    pub value: Value,
    /// The target shows no value so far.
    pub is_new: bool,
}

/// Writes PATCH bodies as one job sends them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Writer<'s> {
    style: Style,
    settings: &'s Settings,
}

impl<'s> Writer<'s> {
    /// A writer of this style.
    pub(super) const fn new(style: Style, settings: &'s Settings) -> Self {
        Self { style, settings }
    }

    /// The changed attributes of a user or group, in the order of the mapping.
    pub(super) fn changes(self, changes: &[Change]) -> Value {
        let mut operations = Vec::new();
        let mut flattened = Map::new();
        for change in changes {
            if self.style == Style::Scim2020 && !stands_alone(change) {
                flattened.insert(change.path.clone(), change.value.clone());
                continue;
            }
            let op = if change.is_new { "Add" } else { "Replace" };
            operations.push(json!({ "op": self.op(op), "path": change.path, "value": self.scalar(&change.value) }));
        }
        if !flattened.is_empty() {
            operations.push(json!({ "op": self.op("Replace"), "value": flattened }));
        }
        body(&operations)
    }

    /// Members join a group.
    pub(super) fn add_members(self, ids: &[&str]) -> Value {
        body(&[json!({ "op": self.op("Add"), "path": "members", "value": self.members(ids) })])
    }

    /// Members leave a group: by value, or by one filter a member under the flag.
    pub(super) fn remove_members(self, ids: &[&str]) -> Value {
        let operations = match self.style {
            Style::Legacy => vec![json!({ "op": "Remove", "path": "members", "value": self.members(ids) })],
            Style::Scim2020 => ids
                .iter()
                .map(|id| json!({ "op": "remove", "path": format!("members[value eq {}]", Value::from(*id)) }))
                .collect(),
        };
        body(&operations)
    }

    /// The manager, always a PATCH of its own.
    pub(super) fn manager(self, id: &str, is_new: bool) -> Value {
        let op = self.op(if is_new { "Add" } else { "Replace" });
        let form = match (self.settings.manager_shape, self.style) {
            (ManagerForm::Auto, Style::Legacy) => ManagerForm::String,
            (ManagerForm::Auto, Style::Scim2020) => ManagerForm::Object,
            (form, _) => form,
        };
        let operation = match form {
            ManagerForm::Auto | ManagerForm::String => json!({ "op": op, "path": MANAGER, "value": id }),
            ManagerForm::Object => json!({ "op": op, "path": MANAGER, "value": { "value": id } }),
            ManagerForm::Array => {
                json!({ "op": op, "path": "manager", "value": [{ "$ref": format!("/Users/{id}"), "value": id }] })
            }
        };
        body(&[operation])
    }

    /// Member values; older documentation puts `"$ref": null` first (ENTRA-Q04).
    fn members(self, ids: &[&str]) -> Value {
        let ref_null = self.settings.ref_null;
        let member = |id| if ref_null { json!({ "$ref": null, "value": id }) } else { json!({ "value": id }) };
        ids.iter().map(member).collect()
    }

    fn op(self, name: &str) -> String {
        match self.style {
            Style::Legacy => name.to_owned(),
            Style::Scim2020 => name.to_ascii_lowercase(),
        }
    }

    /// Booleans are what the `active` expression yields: text (ENTRA-Q25), unless the flag is set.
    fn scalar(self, value: &Value) -> Value {
        match (value, self.style, self.settings.bool) {
            (Value::Bool(flag), Style::Legacy, BooleanForm::Capitalised) => {
                Value::from(if *flag { "True" } else { "False" })
            }
            (Value::Bool(flag), Style::Legacy, BooleanForm::LowerCase) => Value::from(flag.to_string()),
            _ => value.clone(),
        }
    }
}

/// Under the flag these stay operations with a path: filtered values, new values, and `active`.
fn stands_alone(change: &Change) -> bool {
    change.is_new || change.path.contains('[') || change.path == "active"
}

fn body(operations: &[Value]) -> Value {
    json!({ "schemas": [urn::PATCH_OP], "Operations": operations })
}

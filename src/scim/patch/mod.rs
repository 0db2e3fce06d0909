//! PATCH (RFC 7644 §3.5.2), with what Okta and Entra send beyond it.

use serde_json::{Map, Value};

use super::{Path, Problem, ResourceSchema};

/// What an operation does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Op {
    /// Adds a value.
    Add,
    /// Replaces a value.
    Replace,
    /// Removes a value.
    Remove,
}

/// One operation.
#[derive(Clone, Debug, PartialEq)]
pub struct Operation {
    /// What it does.
    pub op: Op,
    /// To what; `None` for the resource itself.
    pub path: Option<Path>,
    /// With which value.
    pub value: Option<Value>,
}

/// Where servers may differ.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PatchOptions {
    /// `replace` of `emails[type eq "work"].value` without such an element makes one (Entra wants it) instead of `noTarget`.
    pub replace_creates: bool,
    /// Attributes that no schema knows are passed over instead of refused.
    pub ignore_unknown: bool,
}

/// Reads the body of a PATCH.
pub fn parse(body: &Value) -> Result<Vec<Operation>, Problem> {
    let _ = body;
    todo!("patch")
}

/// Applies all operations or, when one cannot be applied, none. Says whether anything changed.
///
/// The resource is the complete representation, `id` and `meta` included: clients echo them.
pub fn apply(
    resource: &mut Map<String, Value>,
    operations: &[Operation],
    schema: &ResourceSchema,
    options: PatchOptions,
) -> Result<bool, Problem> {
    let _ = (resource, operations, schema, options);
    todo!("patch")
}

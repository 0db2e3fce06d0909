//! Equality of resources as RFC 7643 means it, and where two differ.

use serde_json::Value;

use super::ResourceSchema;

/// How much must be the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// What is expected must be there; there may be more.
    Subset,
    /// Both have the same.
    Exact,
}

/// One place where two values differ.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// SCIM path: `emails[type eq "work"].value`; empty for the whole.
    pub path: String,
    /// What was expected; `None` for no value.
    pub expected: Option<Value>,
    /// What is there; `None` for no value.
    pub actual: Option<Value>,
}

/// Where `actual` differs from `expected`.
pub fn differences(expected: &Value, actual: &Value, schema: &ResourceSchema, mode: Mode) -> Vec<Difference> {
    let _ = (expected, actual, schema, mode);
    todo!("comparison")
}

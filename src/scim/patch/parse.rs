//! Reading the body of a PATCH (RFC 7644 §3.5.2, Figure 6).

use serde_json::{Map, Value};

use super::{Op, Operation};
use crate::scim::{Path, Problem, ScimType, name, urn};

/// Operations of one request: a group push removes members one by one.
const MAX_OPERATIONS: usize = 5_000;

/// Reads the body of a PATCH. Names of members and operations have no case: Entra sends `Add`.
pub fn parse(body: &Value) -> Result<Vec<Operation>, Problem> {
    let members = body.as_object().ok_or_else(|| syntax("The body is not a JSON object."))?;
    let schemas = name::get(members, "schemas").and_then(Value::as_array);
    let mut listed = schemas.into_iter().flatten().filter_map(Value::as_str);
    if !listed.any(|schema| schema.eq_ignore_ascii_case(urn::PATCH_OP)) {
        return Err(syntax(&format!("`schemas` must hold {}.", urn::PATCH_OP)));
    }
    let operations = match name::get(members, "Operations") {
        Some(Value::Array(operations)) if !operations.is_empty() => operations,
        Some(_) => return Err(syntax("`Operations` must be an array of one or more operations.")),
        None => return Err(syntax("`Operations` is missing.")),
    };
    if operations.len() > MAX_OPERATIONS {
        let detail = format!("A request can have {MAX_OPERATIONS} operations, not {}.", operations.len());
        return Err(Problem { status: 413, scim_type: None, detail });
    }
    let read =
        |(at, operation)| operation_of(operation).map_err(|problem| super::at_operation(problem, at, operations.len()));
    operations.iter().enumerate().map(read).collect()
}

fn operation_of(operation: &Value) -> Result<Operation, Problem> {
    let members = operation.as_object().ok_or_else(|| syntax("An operation is a JSON object."))?;
    let op = op_of(members)?;
    let path = match name::get(members, "path") {
        None | Some(Value::Null) => None,
        Some(Value::String(path)) => Some(Path::parse(path)?),
        Some(_) => return Err(Problem::bad(ScimType::InvalidPath, "`path` takes a text.")),
    };
    let value = name::get(members, "value").cloned();
    match (op, &path, &value) {
        (Op::Remove, None, _) => Err(Problem::bad(ScimType::NoTarget, "A `remove` needs a `path`.")),
        (Op::Add | Op::Replace, _, None) => {
            Err(Problem::bad(ScimType::InvalidValue, format!("`{}` needs a `value`.", op.name())))
        }
        _ => Ok(Operation { op, path, value }),
    }
}

fn op_of(members: &Map<String, Value>) -> Result<Op, Problem> {
    match name::get(members, "op") {
        Some(Value::String(word)) => Op::ALL
            .into_iter()
            .find(|op| op.name().eq_ignore_ascii_case(word))
            .ok_or_else(|| syntax(&format!("The operation `{word}` is not known; expected add, replace or remove."))),
        Some(_) => Err(syntax("`op` takes a text.")),
        None => Err(syntax("`op` is missing.")),
    }
}

fn syntax(detail: &str) -> Problem {
    Problem::bad(ScimType::InvalidSyntax, detail)
}

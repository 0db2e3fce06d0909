//! Bodies of POST and PUT as the schema has them.

use serde_json::{Map, Value};

use super::{Problem, ResourceSchema};

/// What a client may write of a body (POST and PUT): read-only attributes and unknown ones are
/// left out (RFC 7644 §3.3, §3.5.1), unassigned values too; `"True"` becomes `true` where a boolean is due,
/// a bare `manager` becomes an object (both Entra), names get the schema's spelling. `schemas` names
/// the base schema and the extensions that have values. A value of the wrong type is `invalidValue`.
/// Required attributes are not looked for.
pub fn accept(body: &Map<String, Value>, schema: &ResourceSchema) -> Result<Map<String, Value>, Problem> {
    let _ = (body, schema);
    todo!("intake")
}

//! Bodies of POST and PUT as the schema has them.

use serde_json::{Map, Value};

use super::{Mutability, Problem, ResourceSchema, Schema, ScimType, coerce};

/// What a client may write of a body of POST or PUT.
///
/// Read-only attributes are left out (RFC 7644 §3.3, §3.5.1), unknown and unassigned ones as well;
/// `"True"` becomes `true` where a boolean is due and a bare `manager` an object (both Entra); names
/// get the schema's spelling. An extension counts by its container, whether or not `schemas` announces
/// it (Entra does not), and `schemas` of the result names the base schema and the extensions that have
/// values. A value of the wrong type is `invalidValue`. Required attributes are not looked for.
pub fn accept(body: &Map<String, Value>, schema: &ResourceSchema) -> Result<Map<String, Value>, Problem> {
    let mut accepted = Map::new();
    accepted.insert("schemas".to_owned(), Value::Null); // keeps the first place
    let mut schemas = vec![schema.base().id.clone()];
    for (key, value) in body {
        if let Some(extension) = schema.extension(key) {
            if let Some(container) = container(value, extension)? {
                accepted.insert(extension.id.clone(), container);
                schemas.push(extension.id.clone());
            }
            continue;
        }
        let writable = schema.top(key).filter(|it| it.mutability != Mutability::ReadOnly && it.name != "schemas");
        let Some(attribute) = writable else { continue };
        if let Some(value) = coerce::whole(value, attribute, &attribute.name)? {
            accepted.insert(attribute.name.clone(), value);
        }
    }
    schemas.dedup();
    accepted.insert("schemas".to_owned(), schemas.into());
    Ok(accepted)
}

fn container(value: &Value, extension: &Schema) -> Result<Option<Value>, Problem> {
    let members = match value {
        Value::Null => return Ok(None),
        Value::Object(members) => members,
        _ => {
            let detail = format!("`{}` takes an object of its attributes.", extension.id);
            return Err(Problem::bad(ScimType::InvalidValue, detail));
        }
    };
    let mut accepted = Map::new();
    for (key, value) in members {
        let Some(attribute) = extension.attribute(key).filter(|it| it.mutability != Mutability::ReadOnly) else {
            continue;
        };
        if let Some(value) = coerce::whole(value, attribute, &format!("{}:{}", extension.id, attribute.name))? {
            accepted.insert(attribute.name.clone(), value);
        }
    }
    Ok((!accepted.is_empty()).then_some(Value::Object(accepted)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::urn;
    use super::*;

    fn accepted(body: &Value) -> Result<Value, Problem> {
        accept(body.as_object().unwrap(), ResourceSchema::user()).map(Value::from)
    }

    #[test]
    fn what_entra_and_okta_send_becomes_what_the_schema_wants() {
        let body = json!({
            "schemas": [urn::CORE_USER], "id": "x", "USERNAME": "a@x", "active": "True", "roles": [], "title": null,
            "meta": {"resourceType": "User"}, "groups": [{"value": "g"}], "zz": 1,
            "emails": {"Primary": "False", "type": "work", "value": "a@x", "$ref": null, "zz": 1},
            urn::ENTERPRISE_USER.to_uppercase(): {"department": "D", "manager": "7", "zz": 1},
        });
        let expected = json!({
            "schemas": [urn::CORE_USER, urn::ENTERPRISE_USER], "userName": "a@x", "active": true,
            "emails": [{"primary": false, "type": "work", "value": "a@x"}],
            urn::ENTERPRISE_USER: {"department": "D", "manager": {"value": "7"}},
        });
        assert_eq!(accepted(&body).unwrap().to_string(), expected.to_string());
    }

    #[test]
    fn values_of_the_wrong_type_are_refused_by_name() {
        for (body, detail) in [
            (json!({"active": "maybe"}), "`active` takes true or false, not \"maybe\"."),
            (json!({"emails": 5}), "`emails` takes an object, not 5."),
            (json!({"emails": [{"value": 5}]}), "`emails.value` takes a text, not 5."),
            (json!({"name": "x"}), "`name` takes an object, not \"x\"."),
            (json!({"userName": ""}), "`userName` takes a text that is not empty, not \"\"."),
            (json!({"x509Certificates": [{"value": "?"}]}), "`x509Certificates.value` takes base64, not \"?\"."),
            (json!({"emails": [{"primary": true}, {"primary": "true"}]}), "Only one value of `emails` can be primary."),
            (json!({urn::ENTERPRISE_USER: []}), "takes an object of its attributes."),
        ] {
            let problem = accepted(&body).unwrap_err();
            assert_eq!((problem.status, problem.scim_type), (400, Some(ScimType::InvalidValue)));
            assert!(problem.detail.ends_with(detail), "{}", problem.detail);
        }
    }
}

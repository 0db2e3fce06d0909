//! Values as the schema wants them, from values as clients send them.
//!
//! Names get the schema's spelling; unassigned, unknown and read-only sub-attributes are left out.
//! Taken beyond the RFC because Entra sends it: `"True"` for a boolean, a bare text or an array of
//! one object for a single complex attribute with a `value` (`manager`), an empty text for none.

use serde_json::{Map, Value};

use super::{Attribute, Mutability, Problem, ScimType, Type, datetime, name};

/// Longest value that an error repeats.
const MAX_SHOWN: usize = 80;

/// All of an attribute; `None` when it is to have no value.
pub(super) fn whole(value: &Value, attribute: &Attribute, path: &str) -> Result<Option<Value>, Problem> {
    if !attribute.multi_valued {
        return single(value, attribute, path);
    }
    let elements = elements(value, attribute, path)?;
    Ok((!elements.is_empty()).then_some(Value::Array(elements)))
}

/// The values of a multi-valued attribute; one alone may stand without brackets (RFC 7644 §3.5.2.1).
pub(super) fn elements(value: &Value, attribute: &Attribute, path: &str) -> Result<Vec<Value>, Problem> {
    let given = match value {
        Value::Null => &[],
        Value::Array(elements) => elements.as_slice(),
        one => std::slice::from_ref(one),
    };
    let mut taken = Vec::with_capacity(given.len());
    for element in given {
        taken.extend(single(element, attribute, path)?);
    }
    at_most_one_primary(&taken, path)?;
    Ok(taken)
}

/// RFC 7643 §2.4.
pub(super) fn at_most_one_primary<'v>(
    elements: impl IntoIterator<Item = &'v Value>,
    path: &str,
) -> Result<(), Problem> {
    if elements.into_iter().filter(|element| is_primary(element)).nth(1).is_none() {
        return Ok(());
    }
    Err(Problem::bad(ScimType::InvalidValue, format!("Only one value of `{path}` can be primary.")))
}

/// Whether an element is the primary one.
pub(super) fn is_primary(element: &Value) -> bool {
    element.as_object().and_then(|members| name::get(members, "primary")) == Some(&Value::Bool(true))
}

/// One value; `None` when it is unassigned.
pub(super) fn single(value: &Value, attribute: &Attribute, path: &str) -> Result<Option<Value>, Problem> {
    let wrong = |wanted| wrong(value, wanted, path);
    let keep = || Ok(Some(value.clone()));
    match (attribute.kind, value) {
        (_, Value::Null) => Ok(None),
        (Type::Complex, _) => match object(value, attribute, path)? {
            Some(members) => complex(&members, attribute, path),
            None => Ok(None),
        },
        (Type::String, Value::String(text)) if text.is_empty() && attribute.required => {
            wrong("a text that is not empty")
        }
        (Type::String, Value::String(_)) | (Type::Boolean, Value::Bool(_)) | (Type::Decimal, Value::Number(_)) => {
            keep()
        }
        (Type::String, _) => wrong("a text"),
        (Type::Boolean, Value::String(text)) if text.eq_ignore_ascii_case("true") => Ok(Some(true.into())),
        (Type::Boolean, Value::String(text)) if text.eq_ignore_ascii_case("false") => Ok(Some(false.into())),
        (Type::Boolean, _) => wrong("true or false"),
        (Type::Integer, Value::Number(number)) if number.as_f64().is_some_and(|number| number.fract() == 0.0) => keep(),
        (Type::Integer, _) => wrong("a whole number"),
        (Type::Decimal, _) => wrong("a number"),
        (Type::DateTime | Type::Binary | Type::Reference, Value::String(text)) if text.is_empty() => Ok(None),
        (Type::DateTime, Value::String(text)) if datetime::parse(text).is_some() => keep(),
        (Type::DateTime, _) => wrong("a dateTime such as 2026-01-05T12:00:00Z"),
        (Type::Binary, Value::String(text)) if is_base64(text) => keep(),
        (Type::Binary, _) => wrong("base64"),
        (Type::Reference, Value::String(_)) => keep(),
        (Type::Reference, _) => wrong("a URI"),
    }
}

/// A value of a complex attribute as an object, whatever form it was sent in; `None` for no value.
pub(super) fn object(value: &Value, attribute: &Attribute, path: &str) -> Result<Option<Map<String, Value>>, Problem> {
    let is_single = !attribute.multi_valued;
    match value {
        Value::Null => Ok(None),
        Value::Object(members) => Ok(Some(members.clone())),
        Value::String(text) if text.is_empty() && is_single => Ok(None),
        Value::String(_) if is_single && attribute.sub("value").is_some() => {
            Ok(Some(Map::from_iter([("value".to_owned(), value.clone())])))
        }
        Value::Array(elements) if is_single => match elements.as_slice() {
            [] => Ok(None),
            [Value::Object(only)] => Ok(Some(only.clone())),
            _ => wrong(value, "one object", path),
        },
        _ => wrong(value, "an object", path),
    }
}

fn wrong<T>(value: &Value, wanted: &str, path: &str) -> Result<T, Problem> {
    Err(Problem::bad(ScimType::InvalidValue, format!("`{path}` takes {wanted}, not {}.", shown(value))))
}

fn complex(members: &Map<String, Value>, attribute: &Attribute, path: &str) -> Result<Option<Value>, Problem> {
    let mut taken = Map::new();
    for (key, value) in members {
        let writable = attribute.sub(key).filter(|sub| sub.mutability != Mutability::ReadOnly);
        let Some(sub) = writable else { continue };
        if let Some(value) = whole(value, sub, &format!("{path}.{}", sub.name))? {
            taken.insert(sub.name.clone(), value);
        }
    }
    Ok((!taken.is_empty()).then_some(Value::Object(taken)))
}

/// base64 or base64url; padding may be missing (RFC 7643 §2.3.6).
fn is_base64(text: &str) -> bool {
    let bare = text.trim_end_matches('=');
    text.len() - bare.len() <= 2
        && bare.len() % 4 != 1
        && bare.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_'))
}

fn shown(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(MAX_SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

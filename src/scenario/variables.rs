//! `${…}` in scenarios: typed, looked up when a step is played.
//!
//! A string that is nothing but `${x}` becomes the value of `x` with its type;
//! inside a longer string the value is written as text. `$${` is a plain `${`.

use serde_json::{Map, Value};

use crate::http::percent;

/// Where the values come from: captures, resources, the run itself.
pub trait Lookup {
    /// The value of a name such as `alice.id` or `page.body.totalResults`; `None` when unknown.
    fn value(&self, name: &str) -> Option<Value>;
}

/// A `${…}` that has no value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`${{{0}}}` has no value here")]
pub struct Unknown(pub String);

/// Resolves every `${…}` in a JSON value, member names included.
pub fn resolve(value: &Value, lookup: &dyn Lookup) -> Result<Value, Unknown> {
    Ok(match value {
        Value::String(text) => match whole_variable(text) {
            Some(name) => lookup.value(name).ok_or_else(|| Unknown(name.to_owned()))?,
            None => Value::String(resolve_text(text, lookup)?),
        },
        Value::Array(items) => Value::Array(items.iter().map(|item| resolve(item, lookup)).collect::<Result<_, _>>()?),
        Value::Object(members) => Value::Object(resolve_object(members, lookup)?),
        other => other.clone(),
    })
}

/// Resolves every `${…}` in an object.
pub fn resolve_object(members: &Map<String, Value>, lookup: &dyn Lookup) -> Result<Map<String, Value>, Unknown> {
    members.iter().map(|(name, value)| Ok((resolve_text(name, lookup)?, resolve(value, lookup)?))).collect()
}

/// Resolves every `${…}` in a text; values that are not text are written as JSON.
pub fn resolve_text(text: &str, lookup: &dyn Lookup) -> Result<String, Unknown> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("${") {
        if let Some(before) = rest[..at].strip_suffix('$') {
            out.push_str(before);
            out.push_str("${");
            rest = &rest[at + 2..];
            continue;
        }
        let Some(length) = rest[at..].find('}') else { break };
        let name = &rest[at + 2..at + length];
        out.push_str(&rest[..at]);
        match lookup.value(name).ok_or_else(|| Unknown(name.to_owned()))? {
            Value::String(value) => out.push_str(&value),
            other => out.push_str(&other.to_string()),
        }
        rest = &rest[at + length + 1..];
    }
    out.push_str(rest);
    Ok(out)
}

/// Resolves every `${…}` in the target of a request. In a path the value is one segment, whatever characters an id has,
/// unless it is the whole path; in a query values are written as they are.
pub fn resolve_target(target: &str, lookup: &dyn Lookup) -> Result<String, Unknown> {
    let (path, query) = target.split_at(target.find('?').unwrap_or(target.len()));
    let path = match whole_variable(path) {
        Some(_) => resolve_text(path, lookup)?,
        None => resolve_text(path, &Segments(lookup))?,
    };
    Ok(path + &resolve_text(query, lookup)?)
}

/// Values as they stand in a path.
struct Segments<'l>(&'l dyn Lookup);

impl Lookup for Segments<'_> {
    fn value(&self, name: &str) -> Option<Value> {
        let value = self.0.value(name)?;
        Some(value.as_str().map_or(value.clone(), |text| Value::String(percent::encode_segment(text))))
    }
}

/// The name when the text is exactly one variable.
fn whole_variable(text: &str) -> Option<&str> {
    text.strip_prefix("${")?.strip_suffix('}').filter(|name| !name.contains(['}', '$']))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    struct Table(Value);
    impl Lookup for Table {
        fn value(&self, name: &str) -> Option<Value> {
            self.0.get(name).cloned()
        }
    }

    fn table() -> Table {
        Table(json!({"n": 3, "flag": true, "name": "Ann"}))
    }

    #[test]
    fn a_lone_variable_keeps_its_type() {
        assert_eq!(resolve(&json!({"count": "${n}", "on": "${flag}"}), &table()), Ok(json!({"count": 3, "on": true})));
    }

    #[test]
    fn inside_text_it_is_written_out() {
        assert_eq!(resolve_text("${name} has ${n}, costs $${n}", &table()), Ok("Ann has 3, costs ${n}".to_owned()));
    }

    #[test]
    fn in_a_path_it_stays_one_segment() {
        let ids = Table(json!({"id": "a/b?c", "filter": "a%20b", "place": "/Users"}));
        assert_eq!(resolve_target("/Users/${id}?x=${filter}", &ids), Ok("/Users/a%2Fb%3Fc?x=a%20b".to_owned()));
        assert_eq!(resolve_target("${place}?count=1", &ids), Ok("/Users?count=1".to_owned()), "a whole path");
    }

    #[test]
    fn an_unknown_name_is_an_error() {
        assert_eq!(resolve_text("${nobody}", &table()), Err(Unknown("nobody".to_owned())));
    }
}

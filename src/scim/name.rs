//! Members of JSON objects by name, without regard to case (RFC 7643 §2.1).

use serde_json::{Map, Value};

use super::AttributePath;

/// The value of a member; one spelled exactly so comes first.
pub fn get<'v>(members: &'v Map<String, Value>, name: &str) -> Option<&'v Value> {
    members.get(name).or_else(|| members.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value))
}

/// The value of a member, to be changed.
pub fn get_mut<'v>(members: &'v mut Map<String, Value>, name: &str) -> Option<&'v mut Value> {
    let key = spelling(members, name)?.to_owned();
    members.get_mut(&key)
}

/// Takes a member out; the order of the others stays.
pub fn remove(members: &mut Map<String, Value>, name: &str) -> Option<Value> {
    let key = spelling(members, name)?.to_owned();
    members.shift_remove(&key)
}

/// Sets a member under the spelling it has already, else under the given one, at the end.
pub fn set(members: &mut Map<String, Value>, name: &str, value: Value) {
    match get_mut(members, name) {
        Some(slot) => *slot = value,
        None => {
            members.insert(name.to_owned(), value);
        }
    }
}

/// How a name is spelled in this object.
pub fn spelling<'v>(members: &'v Map<String, Value>, name: &str) -> Option<&'v str> {
    if let Some((key, _)) = members.get_key_value(name) {
        return Some(key);
    }
    members.keys().find(|key| key.eq_ignore_ascii_case(name)).map(String::as_str)
}

/// The value at an attribute path: `name.givenName`, `urn:…:User:department`, or a whole
/// extension by its URN. Paths into multi-valued attributes need a filter and give nothing here.
pub fn get_in<'v>(value: &'v Value, path: &str) -> Option<&'v Value> {
    let members = value.as_object()?;
    if let Some(found) = get(members, path) {
        return Some(found);
    }
    let path: AttributePath = path.parse().ok()?;
    let holder = match &path.schema {
        // The attributes of a resource's own schema stand at the top, those of extensions in their container.
        Some(schema) if !is_core(schema) => get(members, schema)?.as_object()?,
        Some(_) | None => members,
    };
    let attribute = get(holder, &path.name)?;
    match &path.sub {
        Some(sub) => get(attribute.as_object()?, sub),
        None => Some(attribute),
    }
}

fn is_core(schema: &str) -> bool {
    const CORE: &str = "urn:ietf:params:scim:schemas:core:";
    schema.get(..CORE.len()).is_some_and(|start| start.eq_ignore_ascii_case(CORE))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn names_have_no_case_and_setting_keeps_the_spelling_and_the_place() {
        let mut user = json!({"UserName": "a", "title": "t", "active": true}).as_object().cloned().unwrap();
        set(&mut user, "username", "b".into());
        set(&mut user, "nickName", "n".into());
        assert_eq!(remove(&mut user, "TITLE"), Some("t".into()));
        assert_eq!(Value::from(user).to_string(), r#"{"UserName":"b","active":true,"nickName":"n"}"#);
    }

    #[test]
    fn a_path_reaches_sub_attributes_and_extensions() {
        let urn = super::super::urn::ENTERPRISE_USER;
        let user =
            json!({"name": {"givenName": "A"}, "userName": "u", urn: {"department": "D", "manager": {"value": "7"}}});
        for (path, expected) in [
            ("NAME.givenname", json!("A")),
            ("urn:ietf:params:scim:schemas:core:2.0:User:userName", json!("u")),
            (&format!("{urn}:department"), json!("D")),
            (&format!("{}:manager.value", urn.to_uppercase()), json!("7")),
            (urn, json!({"department": "D", "manager": {"value": "7"}})),
        ] {
            assert_eq!(get_in(&user, path), Some(&expected), "{path}");
        }
        assert_eq!(get_in(&user, "name.familyName"), None);
        assert_eq!(get_in(&user, "name..x"), None);
    }
}

//! From pairs of path and value to a resource body, members in the order of the mapping.

use serde_json::{Map, Value, json};

use super::{Pair, Selector, Target};
use crate::scim::name;

/// Writes pairs into a body, which may be empty or what a server sent.
///
/// A value the directory does not have is skipped. A constant stands beside
/// other values and never replaces one; alone it makes no element of a
/// multi-valued attribute.
pub(super) fn write(body: &mut Map<String, Value>, pairs: &[Pair<'_>]) {
    let mut done = vec![false; pairs.len()];
    for first in 0..pairs.len() {
        if done[first] {
            continue;
        }
        let target = &pairs[first].entry.target;
        if target.selector.is_none() {
            write_plain(body, &pairs[first]);
            continue;
        }
        // All sub-attributes of one element go in together, in their own order.
        let same: Vec<usize> =
            (first..pairs.len()).filter(|index| pairs[*index].entry.target.shares_element(target)).collect();
        for index in &same {
            done[*index] = true;
        }
        write_element(body, target, &same.iter().map(|index| &pairs[*index]).collect::<Vec<_>>());
    }
}

fn write_plain(body: &mut Map<String, Value>, pair: &Pair<'_>) {
    let Pair { entry, value } = pair;
    if entry.source.is_constant() {
        if entry.target.get(body).is_none() {
            set(holder(body, &entry.target), &entry.target, value.clone());
        }
    } else if !value.is_null() {
        set(holder(body, &entry.target), &entry.target, value.clone());
    }
}

/// The object that holds the attribute: the body, or the extension's object in it.
fn holder<'b>(body: &'b mut Map<String, Value>, target: &Target) -> &'b mut Map<String, Value> {
    match &target.urn {
        Some(urn) => object_at(body, urn),
        None => body,
    }
}

fn set(holder: &mut Map<String, Value>, target: &Target, value: Value) {
    match &target.sub {
        Some(sub) => name::set(object_at(holder, &target.attribute), sub, value),
        None => name::set(holder, &target.attribute, value),
    }
}

/// The spelling a name has in an object, else the given one.
fn spelled(map: &Map<String, Value>, name: &str) -> String {
    name::spelling(map, name).unwrap_or(name).to_owned()
}

/// The object under a name, made when there is none.
fn object_at<'b>(map: &'b mut Map<String, Value>, name: &str) -> &'b mut Map<String, Value> {
    let slot = map.entry(spelled(map, name)).or_insert_with(|| json!({}));
    if !slot.is_object() {
        *slot = json!({});
    }
    slot.as_object_mut().expect("made an object above")
}

fn write_element(body: &mut Map<String, Value>, target: &Target, pairs: &[&Pair<'_>]) {
    let Some(selector) = &target.selector else { return };
    if let Some(element) = existing(body, target, selector) {
        for pair in pairs.iter().filter(|pair| !pair.entry.source.is_constant() && !pair.value.is_null()) {
            match &pair.entry.target.sub {
                Some(sub) => name::set(element, sub, pair.value.clone()),
                None => *element = pair.value.as_object().cloned().unwrap_or_default(),
            }
        }
        return;
    }
    if let Selector::Equals { attribute, value } = selector
        && attribute == "primary"
        && let Some(twin) = twin(body, target, pairs)
    {
        name::set(twin, attribute, value.clone());
        return;
    }
    let element = new_element(selector, pairs);
    if let Some(element) = element {
        let holder = holder(body, target);
        let list = holder.entry(spelled(holder, &target.attribute)).or_insert_with(|| json!([]));
        match list {
            Value::Array(elements) => elements.push(element),
            other => *other = json!([element]),
        }
    }
}

fn existing<'b>(
    body: &'b mut Map<String, Value>,
    target: &Target,
    selector: &Selector,
) -> Option<&'b mut Map<String, Value>> {
    let holder = match &target.urn {
        Some(urn) => name::get_mut(body, urn)?.as_object_mut()?,
        None => body,
    };
    let elements = name::get_mut(holder, &target.attribute)?.as_array_mut()?;
    elements.iter_mut().find(|element| selector.fits(element))?.as_object_mut()
}

/// The element that holds the same value under another label: a server need not keep `primary`, and the same address
/// twice is none that an identity provider would write.
fn twin<'b>(
    body: &'b mut Map<String, Value>,
    target: &Target,
    pairs: &[&Pair<'_>],
) -> Option<&'b mut Map<String, Value>> {
    let is_value = |pair: &&&Pair<'_>| pair.entry.target.sub.as_deref().is_some_and(|sub| sub == "value");
    let wanted = pairs.iter().find(is_value)?.value.as_str()?.to_lowercase();
    let elements = name::get_mut(holder(body, target), &target.attribute)?.as_array_mut()?;
    let mut elements = elements.iter_mut().filter_map(Value::as_object_mut);
    elements.find(|element| {
        let value = name::get(element, "value").and_then(Value::as_str);
        value.is_some_and(|value| value.to_lowercase() == wanted)
    })
}

/// `None` when the directory has nothing for it.
fn new_element(selector: &Selector, pairs: &[&Pair<'_>]) -> Option<Value> {
    let has_value =
        |pair: &&Pair<'_>| !pair.entry.source.is_constant() && !pair.value.is_null() && pair.value.as_str() != Some("");
    if !pairs.iter().any(has_value) {
        return None;
    }
    if let [Pair { entry, value }] = pairs
        && entry.target.sub.is_none()
    {
        return Some(value.clone());
    }
    let mut element = Map::new();
    for pair in pairs.iter().filter(|pair| !pair.value.is_null()) {
        if let Some(sub) = &pair.entry.target.sub {
            element.insert(sub.clone(), pair.value.clone());
        }
    }
    if let Selector::Equals { attribute, value } = selector
        && name::get(&element, attribute).is_none()
    {
        element.shift_insert(0, attribute.clone(), value.clone());
    }
    Some(Value::Object(element))
}

/// Adds the URN of every extension object in the body to `schemas`.
pub(super) fn list_extensions(body: &mut Map<String, Value>) {
    let extensions: Vec<String> = body
        .iter()
        .filter(|(name, value)| name.starts_with("urn:") && value.is_object())
        .map(|(name, _)| name.clone())
        .collect();
    let Some(Value::Array(schemas)) = name::get_mut(body, "schemas") else { return };
    for urn in extensions {
        if !schemas.iter().any(|known| known.as_str().is_some_and(|known| known.eq_ignore_ascii_case(&urn))) {
            schemas.push(urn.into());
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, Value, json};

    use super::super::file::MappingFile;
    use super::super::{Mapping, Pair};
    use crate::idp::links::Links;
    use crate::idp::{Directory, Person};

    fn mapping(user: &str) -> Mapping {
        let text = format!("user:\n  list-extensions: true\n  attributes:\n{user}\ngroup: {{ attributes: [] }}");
        crate::yaml::read::<MappingFile>("test", &text).expect("readable").try_into().expect("meaningful")
    }

    fn alice() -> Person {
        Directory::built_in().people["alice"].clone()
    }

    const EMAIL: &str = r#"
    - { target: schemas, value: [core] }
    - { target: 'emails[type eq "work"].primary', value: true, when: whole }
    - { target: 'emails[type eq "work"].type', value: work, when: whole }
    - { target: 'emails[type eq "work"].value', from: email }
    - { target: 'urn:acme:2.0:User:group', from: group }"#;

    #[test]
    fn members_follow_the_order_of_the_mapping() {
        let body = mapping(EMAIL).user.create_body(&alice(), &Links::default());
        assert_eq!(
            Value::Object(body).to_string(),
            r#"{"schemas":["core","urn:acme:2.0:User"],"emails":[{"primary":true,"type":"work","value":"alice@example.com"}],"urn:acme:2.0:User":{"group":"Sales"}}"#
        );
    }

    #[test]
    fn an_address_that_lost_its_label_is_not_written_twice() {
        let mapping = mapping(&EMAIL.replace("[type eq \"work\"]", "[primary eq true]"));
        let mut body = json!({ "emails": [{ "value": "Alice@example.com", "type": "other" }] });
        let person = alice();
        let pairs: Vec<Pair<'_>> = mapping.user.changes(&person, &Links::default());
        mapping.user.write(body.as_object_mut().expect("an object"), &pairs);
        assert_eq!(body["emails"], json!([{ "value": "Alice@example.com", "type": "other", "primary": true }]));
    }

    #[test]
    fn constants_alone_make_no_element() {
        let mut person = alice();
        person.attributes.insert("email".into(), Value::Null);
        let body = mapping(EMAIL).user.create_body(&person, &Links::default());
        assert!(!body.contains_key("emails"), "{body:?}");
    }

    #[test]
    fn a_server_s_own_representation_keeps_its_spelling_and_all_it_has() {
        let mapping = mapping(EMAIL);
        let mut body = json!({ "id": "u-1", "Emails": [
            { "value": "home@example.com", "type": "home" },
            { "value": "old@example.com", "type": "work", "display": "x" },
        ], "schemas": ["core"] });
        let person = alice();
        let pairs: Vec<Pair<'_>> = mapping.user.changes(&person, &Links::default());
        let fields: &mut Map<String, Value> = body.as_object_mut().unwrap();
        mapping.user.write(fields, &pairs[..2]);
        assert_eq!(
            body.to_string(),
            r#"{"id":"u-1","Emails":[{"value":"home@example.com","type":"home"},{"value":"alice@example.com","type":"work","display":"x"}],"schemas":["core"]}"#
        );
    }

    #[test]
    fn functions_see_the_state_of_the_account() {
        let mapping = mapping(
            r#"
    - { target: active, switch: { of: isSoftDeleted, cases: { "true": "False", "false": "True" } } }
    - { target: locked, not: active }
    - { target: name.formatted, join: [givenName, familyName] }
    - { target: nickName, lower: givenName }
    - { target: state, text: active }
    - { target: manager.value, reference: manager }"#,
        );
        let mut links = Links::default();
        links.link("bob", "u-9");
        let body = mapping.user.create_body(&alice(), &links);
        assert_eq!(
            Value::Object(body),
            json!({ "active": "False", "locked": true, "name": { "formatted": "Alice Cooper" }, "nickName": "alice",
                "state": "false", "manager": { "value": "u-9" } })
        );
    }

    #[test]
    fn an_entry_with_two_sources_is_refused() {
        let text = "user: { attributes: [{ target: title, from: title, value: x }] }\ngroup: { attributes: [] }";
        let file: MappingFile = crate::yaml::read("test", text).expect("readable");
        assert!(Mapping::try_from(file).unwrap_err().to_string().contains("`title` needs exactly one of"));
    }
}

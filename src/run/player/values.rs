//! The values behind `${…}`: captures, resources by key, the directory, the run itself.

use std::cell::RefCell;
use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::http::{Response, percent};
use crate::idp::Directory;
use crate::run::own::address::{Resource, id_of};
use crate::run::player::{Knowledge, leaner_body, new_body};
use crate::scenario::variables::Lookup;

/// Longest text of letters that a scenario can ask for.
const MAX_LETTERS: usize = 1 << 20;

/// What a scenario has learned so far.
#[derive(Clone, Debug, Default)]
pub(in crate::run) struct Values {
    /// Captured answers by name (`as:`).
    captures: BTreeMap<String, Value>,
    /// What the target last showed of a resource, by key of the person or group.
    resources: BTreeMap<String, Value>,
    /// Ids by key; kept when a resource is gone.
    ids: BTreeMap<String, String>,
    /// Whose every resource is that was ever seen, by path.
    owners: BTreeMap<String, String>,
    /// Ids of the accounts of nobody in particular.
    crowd: Vec<String>,
}

impl Values {
    /// Keeps an answer under a name.
    pub(in crate::run) fn capture(&mut self, name: &str, response: &Response) {
        let headers: Map<String, Value> =
            response.headers.iter().map(|(key, value)| (key.to_ascii_lowercase(), json!(value))).collect();
        let body = response.json().cloned().unwrap_or(Value::Null);
        let tag = response.headers.get("etag").map(|tag| tag.trim().trim_start_matches("W/"));
        let captured = json!({"status": response.status, "headers": headers, "body": body, "tag": tag});
        self.captures.insert(name.to_owned(), captured);
    }

    /// Keeps any value under a name.
    pub(in crate::run) fn capture_value(&mut self, name: &str, value: Value) {
        self.captures.insert(name.to_owned(), value);
    }

    /// Keeps what the target shows of a resource in a collection.
    pub(in crate::run) fn show(&mut self, key: &str, collection: &str, resource: &Value) {
        if let Some(id) = id_of(resource) {
            self.link(key, collection, &id);
        }
        self.resources.insert(key.to_owned(), resource.clone());
    }

    /// Keeps the id of a resource.
    pub(in crate::run) fn link(&mut self, key: &str, collection: &str, id: &str) {
        if self.id(key) != Some(id) {
            self.ids.insert(key.to_owned(), id.to_owned());
            self.owners.insert(Resource::new(collection, id).path(), key.to_owned());
        }
    }

    /// The id of a resource.
    pub(in crate::run) fn id(&self, key: &str) -> Option<&str> {
        self.ids.get(key).map(String::as_str)
    }

    /// Keeps the id of one more account of nobody in particular.
    pub(in crate::run) fn join_crowd(&mut self, id: Option<String>) {
        self.crowd.extend(id);
    }

    /// Keys by the paths of their resources, those that are gone included.
    pub(in crate::run) const fn owners(&self) -> &BTreeMap<String, String> {
        &self.owners
    }
}

/// Values together with the directory, the mark and a source of made-up ids.
pub(in crate::run) struct Scope<'a> {
    pub(in crate::run) values: &'a Values,
    pub(in crate::run) directory: &'a Directory,
    pub(in crate::run) mark: &'a str,
    pub(in crate::run) random: RefCell<&'a mut fastrand::Rng>,
    /// What every user needs at this target, or cannot have.
    pub(in crate::run) knowledge: &'a Knowledge,
    /// This target takes only lean users.
    pub(in crate::run) is_lean: bool,
    /// Ids made up while resolving: the run's own.
    pub(in crate::run) made_up: RefCell<Vec<String>>,
}

impl Lookup for Scope<'_> {
    fn value(&self, name: &str) -> Option<Value> {
        // … of a filter in a query that is already encoded.
        if let Some(name) = name.strip_suffix("|query") {
            let value = self.value(&format!("{name}|filter"))?;
            return Some(json!(percent::encode(value.as_str()?)));
        }
        // Inside the quotes of a filter (RFC 7644 §3.4.2.2: a JSON string).
        if let Some(name) = name.strip_suffix("|filter") {
            let quoted = json!(self.value(name)?.as_str()?).to_string();
            return Some(json!(quoted[1..quoted.len() - 1]));
        }
        // Part of a path in a body, as the operations of a bulk request name it.
        if let Some(name) = name.strip_suffix("|segment") {
            return Some(json!(percent::encode_segment(self.value(name)?.as_str()?)));
        }
        match name {
            "mark" => return Some(json!(self.mark)),
            "uuid" => return Some(json!(self.make_up_id())),
            "crowd" => return Some(self.values.crowd.iter().map(|id| json!({"value": id})).collect()),
            _ => {}
        }
        let Some((key, path)) = name.split_once('.') else { return self.values.captures.get(name).cloned() };
        if let Some(captured) = self.values.captures.get(key) {
            return member(captured, path);
        }
        if key == "letters" {
            return Some(json!(letters(path.parse().ok()?)));
        }
        match path {
            "new" => return self.new_body(key),
            "id" => return self.values.id(key).map(|id| json!(id)),
            "other-case-id" => return self.values.id(key).and_then(in_other_case).map(|id| json!(id)),
            _ => {}
        }
        let shown = self.values.resources.get(key).and_then(|resource| member(resource, path));
        shown.or_else(|| self.in_directory(key, path))
    }
}

impl Scope<'_> {
    /// What `create` would send.
    fn new_body(&self, key: &str) -> Option<Value> {
        let body = new_body(self.directory, key, self.knowledge)?;
        Some(if self.is_lean { leaner_body(body.clone()).unwrap_or(body) } else { body })
    }

    fn in_directory(&self, key: &str, path: &str) -> Option<Value> {
        if let Some(person) = self.directory.people.get(key) {
            return person.attributes.get(path).cloned();
        }
        let group = self.directory.groups.get(key)?;
        (path == "displayName").then(|| json!(group.display_name))
    }

    /// A well-formed id that nobody has; the run's own from now on.
    fn make_up_id(&self) -> String {
        let bits = self.random.borrow_mut().u128(..);
        let hex = format!("{bits:032x}");
        let id = format!("{}-{}-4{}-a{}-{}", &hex[..8], &hex[8..12], &hex[13..16], &hex[17..20], &hex[20..]);
        self.made_up.borrow_mut().push(id.clone());
        id
    }
}

/// A text of so many letters, for what may be too long.
fn letters(count: usize) -> String {
    ('a'..='z').cycle().take(count.min(MAX_LETTERS)).collect()
}

/// The same letters in the other case; `None` when there are none.
fn in_other_case(id: &str) -> Option<String> {
    let swap = |c: char| if c.is_ascii_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() };
    Some(id.chars().map(swap).collect::<String>()).filter(|other| other != id)
}

/// A member by dotted path, names without case; whole URNs are tried first because they hold dots.
pub(in crate::run) fn member(value: &Value, path: &str) -> Option<Value> {
    match value {
        Value::Object(members) => {
            let find =
                |name: &str| members.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value);
            if let Some(found) = find(path) {
                return Some(found.clone());
            }
            path.char_indices()
                .filter(|(_, c)| matches!(c, '.' | ':'))
                .find_map(|(at, _)| member(find(&path[..at])?, &path[at + 1..]))
        }
        Value::Array(items) => {
            let (index, rest) = path.split_once('.').unwrap_or((path, ""));
            let item = items.get(index.parse::<usize>().ok()?)?;
            if rest.is_empty() { Some(item.clone()) } else { member(item, rest) }
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_found_by_dotted_path_and_urn() {
        let value = json!({"Name": {"givenName": "A"}, "emails": [{"value": "x"}], "urn:x:2.0:User": {"group": "S"}});
        assert_eq!(member(&value, "name.givenname"), Some(json!("A")));
        assert_eq!(member(&value, "emails.0.value"), Some(json!("x")));
        assert_eq!(member(&value, "urn:x:2.0:User:group"), Some(json!("S")));
        assert_eq!(member(&value, "emails.1.value"), None);
    }
}

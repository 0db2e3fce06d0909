//! Requests with variables in the place of what belongs to one endpoint or one person.

use std::fmt::Write as _;

use serde_json::{Map, Value};

use super::cast::{Cast, is_made_up};
use super::literals::{filter, of, quoted};
use crate::http::{Request, percent};

/// Shorter ids stand by chance in other texts.
const LONG_ID: usize = 8;
/// Parameters of a query that a `list` step knows.
const OF_LIST: [&str; 7] = ["filter", "startIndex", "count", "sortBy", "sortOrder", "attributes", "excludedAttributes"];

/// What takes the place of what.
pub(super) struct Template<'a> {
    pub(super) cast: &'a Cast,
    /// Ids of the customer's endpoint, and the variables that hold ours.
    pub(super) ids: Vec<(String, String)>,
}

impl Template<'_> {
    /// A value of a body: whose it is decides the variable, and the member that it stands in.
    pub(super) fn value(&self, value: &Value, member: &str, is_group: bool) -> Value {
        match value {
            Value::String(text) => Value::String(self.text(text, &of(member, is_group))),
            Value::Array(items) => items.iter().map(|item| self.value(item, member, is_group)).collect(),
            Value::Object(members) => Value::Object(self.members(members, member, is_group)),
            other => other.clone(),
        }
    }

    fn members(&self, members: &Map<String, Value>, member: &str, is_group: bool) -> Map<String, Value> {
        let path = members.get("path").and_then(Value::as_str);
        members
            .iter()
            .map(|(name, value)| {
                // The value of an operation is of its path, that of an element of its attribute.
                let of = match (name.as_str(), path) {
                    ("path" | "op", _) => return (name.clone(), value.clone()),
                    ("value", Some(path)) => path,
                    ("value", None) if member != "Operations" => member,
                    _ => name,
                };
                (plain(name), self.value(value, of, is_group))
            })
            .collect()
    }

    fn text(&self, text: &str, attribute: &str) -> String {
        if let Some(variable) = self.cast.variable(text, attribute) {
            return variable;
        }
        if let Some((_, variable)) = self.ids.iter().find(|(id, _)| id == text) {
            return variable.clone();
        }
        let long = self.ids.iter().filter(|(id, _)| id.len() >= LONG_ID && text.contains(id.as_str()));
        long.fold(plain(text), |text, (id, variable)| text.replace(id.as_str(), variable))
    }

    /// A path, with variables for ids.
    pub(super) fn path(&self, path: &str) -> String {
        let parts = path.split('/').map(|part| {
            let id = percent::decode(part);
            self.ids
                .iter()
                .find(|(known, _)| *known == id)
                .map_or_else(|| plain(part), |(_, variable)| variable.clone())
        });
        parts.collect::<Vec<_>>().join("/")
    }

    /// A query as a `list` step, or `None` when it holds more than that knows.
    pub(super) fn list(&self, request: &Request) -> Option<Map<String, Value>> {
        let query = request.query.as_deref()?;
        let mut list = Map::new();
        list.insert("path".to_owned(), self.path(&request.path).into());
        for pair in query.split('&') {
            let (name, value) = pair.split_once('=')?;
            let value = percent::decode_query(value);
            let value = match name {
                "filter" => Value::from(self.filter(request)?),
                "startIndex" | "count" => value.parse::<i64>().map_or_else(|_| Value::from(plain(&value)), Value::from),
                name if OF_LIST.contains(&name) => Value::from(plain(&value)),
                _ => return None,
            };
            list.insert(name.to_owned(), value);
        }
        list.contains_key("filter").then_some(list)
    }

    /// A query as it was sent, with variables in its filter.
    pub(super) fn query(&self, request: &Request) -> Option<String> {
        let query = request.query.as_deref()?;
        let pair = |pair: &str| match (pair.split_once('='), self.filter(request)) {
            (Some(("filter", _)), Some(filter)) => format!("filter={}", encoded(&filter)),
            _ => plain(pair),
        };
        Some(query.split('&').map(pair).collect::<Vec<_>>().join("&"))
    }

    fn filter(&self, request: &Request) -> Option<String> {
        let is_group = request.path.starts_with("/Groups");
        let filter = filter(request)?;
        let (mut out, mut done) = (String::new(), 0);
        for (path, value, range) in quoted(&filter) {
            let made_up = || is_made_up(&value).then(|| "${uuid}".to_owned());
            let Some(variable) = self.cast.variable(&value, &of(&path, is_group)).or_else(made_up) else { continue };
            out.push_str(&plain(&filter[done..range.start]));
            let is_plain = !value.contains(['"', '\\']);
            let variable = if is_plain { variable } else { variable.replace('}', "|filter}") };
            let _ = write!(out, "\"{variable}\""); // writing to a String cannot fail
            done = range.end;
        }
        out.push_str(&plain(&filter[done..]));
        Some(out)
    }
}

/// A filter as it stands in a query: its variables are encoded when they are looked up.
fn encoded(filter: &str) -> String {
    let (mut out, mut rest) = (String::new(), filter);
    while let Some((text, after)) = rest.split_once("${").filter(|(text, _)| !text.ends_with('$')) {
        let Some((name, after)) = after.split_once('}') else { break };
        out.push_str(&percent::encode(text));
        let _ = write!(out, "${{{}|query}}", name.trim_end_matches("|filter")); // writing to a String cannot fail
        rest = after;
    }
    out.push_str(&percent::encode(rest));
    out
}

/// What looks like a variable in a log is none.
pub(super) fn plain(text: &str) -> String {
    text.replace("${", "$${")
}

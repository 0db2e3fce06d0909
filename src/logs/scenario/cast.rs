//! Whom a scenario is about: people and groups of its own, and the variables that take the place of their names.
//!
//! Names that must be unique at a target are never written into requests: `${p1.userName}` is marked by the engine
//! with the run, and keeps the shape that it has in the log.

use serde_json::{Map, Value, json};

use super::literals::{Literal, literals};
use crate::http::Method;
use crate::logs::incidents::Incident;
use crate::logs::infer::Step;

/// Where nothing is known of a person, somebody stands in.
const SOMEBODY: &str = "person@example.org";

/// The people and groups of a scenario.
#[derive(Debug, Default)]
pub(super) struct Cast {
    people: Vec<(String, Map<String, Value>)>,
    groups: Vec<(String, String)>,
    /// Nobody has an address: the log knows a display name only.
    pub(super) is_name_unknown: bool,
    shown: Option<String>,
}

impl Cast {
    /// Everybody whom the requests name.
    pub(super) fn of(steps: &[Step], incident: Option<&Incident>) -> Self {
        let subject = |name: fn(&crate::logs::observation::Subject) -> &Option<String>| {
            let all = incident.into_iter().flat_map(|incident| &incident.observations);
            all.filter_map(|seen| name(&seen.subject).clone()).find(|name| !name.is_empty())
        };
        let mut cast = Self { shown: subject(|subject| &subject.display_name), ..Self::default() };
        let old = incident.and_then(old_name);
        if let Some(old) = &old {
            cast.person_named(old);
        }
        for step in steps {
            let is_rename = matches!(step.request.method, Method::Put | Method::Patch);
            for literal in literals(&step.request) {
                cast.meet(&literal, is_rename);
            }
        }
        if cast.people.is_empty() && cast.groups.is_empty() {
            cast.person_named(SOMEBODY);
        }
        cast
    }

    fn meet(&mut self, literal: &Literal, is_rename: bool) {
        if literal.value.is_empty()
            || is_made_up(&literal.value) && literal.attribute == "userName"
            || self.variable(&literal.value, &literal.attribute).is_some()
        {
            return;
        }
        match literal.attribute.as_str() {
            "group" => {
                let key = numbered("g", self.groups.len());
                self.groups.push((key, literal.value.clone()));
            }
            "userName" if is_rename && !self.people.is_empty() => {
                let key = self.renamed();
                self.people.push((key, named(&literal.value)));
            }
            "userName" => self.person_named(&literal.value),
            attribute => {
                if self.people.is_empty() {
                    self.person_named(SOMEBODY);
                }
                let (_, person) = self.people.last_mut().expect("there is somebody");
                if attribute == "email" && is_rename && person.get("email").is_some_and(|own| own != &literal.value) {
                    let key = self.renamed();
                    let mut changed = named(&literal.value);
                    changed.insert("userName".to_owned(), self.people[0].1["userName"].clone());
                    self.people.push((key, changed));
                } else if !person.contains_key(attribute) || attribute == "email" && is_untouched(person) {
                    person.insert(attribute.to_owned(), literal.value.clone().into());
                }
            }
        }
    }

    fn person_named(&mut self, name: &str) {
        let key = numbered("p", self.people.iter().filter(|(key, _)| !key.contains('_')).count());
        // A display name is no login: the log does not show the one that was sent.
        let is_shown = self.shown.as_deref() == Some(name) && !name.contains('@');
        self.is_name_unknown |= is_shown;
        let mut person = named(if is_shown { SOMEBODY } else { name });
        if is_shown {
            person.insert("as-shown".to_owned(), name.into());
        }
        self.people.push((key, person));
    }

    /// `p1_new`: the same person under another name.
    fn renamed(&self) -> String {
        let again = self.people.iter().filter(|(key, _)| key.contains("_new")).count();
        if again == 0 { "p1_new".to_owned() } else { format!("p1_new{}", again + 1) }
    }

    /// Somebody else, whom no request names.
    pub(super) fn stranger(&mut self) -> String {
        self.person_named("someone.else@example.org");
        self.people.last().expect("just added").0.clone()
    }

    /// One more group.
    pub(super) fn group(&mut self) -> String {
        if self.groups.is_empty() {
            self.groups.push(("g1".to_owned(), "A group".to_owned()));
        }
        self.groups[0].0.clone()
    }

    /// The `${…}` of a value; where several fit, the one of this attribute.
    pub(super) fn variable(&self, value: &str, attribute: &str) -> Option<String> {
        let of_people =
            self.people.iter().flat_map(|(key, person)| person.iter().map(move |(name, own)| (key, name, own)));
        // What is shown of a person takes the place of the login name and of nothing else.
        let is_it = |(_, name, own): &(&String, &String, &Value)| {
            own.as_str() == Some(value) && (*name != "as-shown" || attribute == "userName")
        };
        let mut fitting: Vec<(&String, &str)> =
            of_people.filter(is_it).map(|(key, name, _)| (key, name.as_str())).collect();
        fitting.sort_by_key(|(_, name)| *name != attribute);
        if let Some((key, name)) = fitting.first() {
            let name = if *name == "as-shown" { "userName" } else { *name };
            return Some(format!("${{{key}.{name}}}"));
        }
        let group = self.groups.iter().find(|(_, name)| name == value)?;
        Some(format!("${{{}.displayName}}", group.0))
    }

    /// The first person.
    pub(super) fn first(&self) -> Option<&str> {
        self.people.first().map(|(key, _)| key.as_str())
    }

    /// The key of the person with this name.
    pub(super) fn key_of(&self, user_name: &str) -> Option<&str> {
        let is_it = |(_, person): &&(String, Map<String, Value>)| {
            ["userName", "as-shown"].iter().any(|name| person.get(*name).and_then(Value::as_str) == Some(user_name))
        };
        self.people.iter().find(is_it).map(|(key, _)| key.as_str())
    }

    /// The mail domain of the first person.
    pub(super) fn domain(&self) -> Option<String> {
        let name = self.people.first()?.1.get("email")?.as_str()?;
        name.rsplit_once('@').map(|(_, domain)| domain.to_owned())
    }

    /// `people:` as the file has them; with the names that a create needs, where there is one.
    pub(super) fn people(&self) -> Value {
        let shown = self.shown.as_deref().filter(|name| !name.contains('@')).unwrap_or("Some Person");
        let people = self.people.iter().map(|(key, own)| {
            let mut person = own.clone();
            person.shift_remove("as-shown");
            let shown = if key.starts_with("p1") { shown } else { "Some Person" };
            let (given, family) = shown.split_once(' ').unwrap_or((shown, "Person"));
            for (name, value) in [("givenName", given), ("familyName", family), ("displayName", shown)] {
                person.entry(name).or_insert_with(|| json!(value));
            }
            (key.clone(), Value::Object(person))
        });
        Value::Object(people.collect())
    }

    /// `groups:` as the file has them.
    pub(super) fn groups(&self) -> Value {
        Value::Object(self.groups.iter().map(|(key, name)| (key.clone(), json!({ "displayName": name }))).collect())
    }
}

/// A name that an IdP makes up to find nobody.
pub(super) fn is_made_up(name: &str) -> bool {
    let parts: Vec<usize> = name.split('-').map(str::len).collect();
    parts == [8, 4, 4, 4, 12] && name.bytes().all(|byte| byte == b'-' || byte.is_ascii_hexdigit())
}

fn numbered(letter: &str, there: usize) -> String {
    format!("{letter}{}", there + 1)
}

/// A person of this login name, with the address that goes with it.
fn named(name: &str) -> Map<String, Value> {
    let email = if name.contains('@') { name } else { SOMEBODY };
    [("userName", name), ("email", email)].into_iter().map(|(key, value)| (key.to_owned(), value.into())).collect()
}

/// The address is still the one that the name suggested.
fn is_untouched(person: &Map<String, Value>) -> bool {
    person.get("email") == person.get("userName") || person.get("email").and_then(Value::as_str) == Some(SOMEBODY)
}

/// The name before a change, where the log has it.
fn old_name(incident: &Incident) -> Option<String> {
    let changes = incident.observations.iter().flat_map(|seen| &seen.changes);
    let named = changes.filter(|change| matches!(change.path.as_str(), "userName" | "login" | "email"));
    named.filter_map(|change| change.old.clone()).find(|old| !old.is_empty())
}

//! Whom a scenario is about: people and groups of its own, and the variables that take the place of their names.
//!
//! Names that must be unique at a target are never written into requests: `${p1.userName}` is marked by the engine
//! with the run, and keeps the shape that it has in the log.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::answer::{is_list, json_body};
use super::literals::{Literal, literals, literals_of};
use crate::http::Method;
use crate::logs::incidents::Incident;
use crate::logs::infer::Step;
use crate::scim::name;

/// Where nothing is known of a person, somebody stands in.
const SOMEBODY: &str = "person@example.org";

/// … with names that nobody has: what is written must hold no name of the log.
pub(super) const SOME_NAMES: (&str, &str) = ("Givenname", "Familyname");

/// … and somebody else.
const STRANGER: &str = "someone.else";

/// The people and groups of a scenario.
#[derive(Debug, Default)]
pub(super) struct Cast {
    people: Vec<(String, Map<String, Value>)>,
    groups: Vec<(String, String)>,
    /// Nobody has an address: the log knows a display name only.
    pub(super) is_name_unknown: bool,
    shown: Option<String>,
    /// Position of the person whom the request at hand is about.
    present: usize,
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
        let mut owners = BTreeMap::new();
        for step in steps {
            let is_rename = matches!(step.request.method, Method::Put | Method::Patch);
            let named = literals(&step.request);
            if step.request.method == Method::Patch && cast.people.is_empty() && names_login(&named) {
                cast.person_named(SOMEBODY);
            }
            let owner = step.request.path.rsplit('/').next().and_then(|id| owners.get(id).copied());
            let last = || cast.people.len().saturating_sub(1);
            cast.present = cast.known(&named).or(owner).unwrap_or_else(last);
            for literal in named {
                cast.meet(&literal, is_rename);
            }
            // Who was there before shows in what is read.
            let shown = shown(step);
            cast.present = cast.known(&shown).unwrap_or(cast.present);
            for literal in shown {
                cast.meet(&literal, false);
            }
            if let Some(id) = shown_id(step).filter(|_| !cast.people.is_empty()) {
                owners.entry(id).or_insert(cast.present);
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
                self.add(key, named(&literal.value));
            }
            "userName" => self.person_named(&literal.value),
            attribute => {
                if self.people.is_empty() {
                    self.person_named(SOMEBODY);
                }
                let (_, person) = &mut self.people[self.present];
                if attribute == "email" && is_rename && person.get("email").is_some_and(|own| own != &literal.value) {
                    let key = self.renamed();
                    let mut changed = named(&literal.value);
                    changed.insert("userName".to_owned(), self.people[self.present].1["userName"].clone());
                    self.add(key, changed);
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
        self.add(key, person);
    }

    fn add(&mut self, key: String, person: Map<String, Value>) {
        self.present = self.people.len();
        self.people.push((key, person));
    }

    /// Who is named by a login name that was met before.
    fn known(&self, literals: &[Literal]) -> Option<usize> {
        let login = literals.iter().find(|literal| literal.attribute == "userName")?;
        let is_it = |(_, person): &(String, Map<String, Value>)| {
            person.get("userName").and_then(Value::as_str) == Some(login.value.as_str())
        };
        self.people.iter().position(is_it)
    }

    /// `p1_new`: the same person under another name.
    fn renamed(&self) -> String {
        let key = self.people[self.present].0.split('_').next().unwrap_or_default();
        let new = format!("{key}_new");
        match self.people.iter().filter(|(other, _)| other.starts_with(&new)).count() {
            0 => new,
            again => format!("{new}{}", again + 1),
        }
    }

    /// Somebody else, whom no request names.
    pub(super) fn stranger(&mut self) -> String {
        let others = self.people.iter().filter(|(_, person)| is_stranger(person)).count();
        let number = if others == 0 { String::new() } else { (others + 1).to_string() };
        self.person_named(&format!("{STRANGER}{number}@example.org"));
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

    /// The key of the group of this name.
    pub(super) fn key_of_group(&self, name: &str) -> Option<&str> {
        self.groups.iter().find(|(_, own)| own == name).map(|(key, _)| key.as_str())
    }

    /// The mail domain of the first person.
    pub(super) fn domain(&self) -> Option<String> {
        let name = self.people.first()?.1.get("email")?.as_str()?;
        name.rsplit_once('@').map(|(_, domain)| domain.to_owned())
    }

    /// `people:` as the file has them; with the names that a create needs, where there is one.
    pub(super) fn people(&self) -> Value {
        let (some_given, some_family) = SOME_NAMES;
        let nobody = format!("{some_given} {some_family}");
        let shown = self.shown.as_deref().filter(|name| !name.contains('@')).unwrap_or(&nobody);
        let people = self.people.iter().map(|(key, own)| {
            let mut person = own.clone();
            person.shift_remove("as-shown");
            let shown = if key.starts_with("p1") { shown } else { &nobody };
            let (given, family) = shown.split_once(' ').unwrap_or((shown, some_family));
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

fn is_stranger(person: &Map<String, Value>) -> bool {
    person.get("userName").and_then(Value::as_str).is_some_and(|name| name.starts_with(STRANGER))
}

fn names_login(literals: &[Literal]) -> bool {
    literals.iter().any(|literal| literal.attribute == "userName")
}

/// The names in a resource that was read.
fn shown(step: &Step) -> Vec<Literal> {
    if step.request.method != Method::Get || is_list(step) {
        return Vec::new();
    }
    json_body(step).map(|body| literals_of(&body, step.request.path.starts_with("/Groups"))).unwrap_or_default()
}

/// A name that an IdP makes up to find nobody.
pub(super) fn is_made_up(name: &str) -> bool {
    let parts: Vec<usize> = name.split('-').map(str::len).collect();
    parts == [8, 4, 4, 4, 12] && name.bytes().all(|byte| byte == b'-' || byte.is_ascii_hexdigit())
}

/// The id of the one resource that an answer shows.
fn shown_id(step: &Step) -> Option<String> {
    let body = json_body(step)?;
    let one = match name::get_in(&body, "Resources").and_then(Value::as_array) {
        Some(list) => list.first().filter(|_| list.len() == 1)?,
        None => &body,
    };
    name::get_in(one, "id")?.as_str().map(str::to_owned)
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

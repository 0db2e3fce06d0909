//! What an event does to the directory, before any dialect sees it.

use serde_json::{Map, Value};

use super::{Directory, Person};
use crate::idp::Event;
use crate::yaml::nearest;

/// An event names something the directory does not have.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the directory has no {what} `{name}`")]
pub struct UnknownKey {
    /// `person`, `group`, `person or group` or `attribute`.
    pub what: &'static str,
    /// What was written.
    pub name: String,
    /// The name that is closest to it.
    pub nearest: Option<String>,
}

/// Not stored by any directory in the clear, yet it can change (Okta's password sync).
const PASSWORD: &str = "password";

impl Directory {
    /// Applies an event. On an error nothing has changed.
    pub fn apply(&mut self, event: &Event) -> Result<(), UnknownKey> {
        self.check(event)?;
        match event {
            Event::Assign(keys) => keys.iter().for_each(|key| self.set(key, assign)),
            Event::Unassign(keys) => keys.iter().for_each(|key| self.set(key, |person| person.assigned = false)),
            Event::Change { person, changes } => self.set(person, |person| change(person, changes)),
            Event::Disable(key) => self.set(key, |person| person.disabled = true),
            Event::Enable(key) => self.set(key, |person| person.disabled = false),
            Event::Suspend(key) => self.set(key, |person| person.suspended = true),
            Event::Unsuspend(key) => self.set(key, |person| person.suspended = false),
            Event::SoftDelete(key) => self.set(key, |person| person.soft_deleted = true),
            Event::Restore(key) => self.set(key, |person| person.soft_deleted = false),
            Event::HardDelete(key) => self.set(key, |person| person.purged = true),
            Event::PushGroup(key) => self.set_pushed(key, true),
            Event::DeleteGroup(key) | Event::UnlinkGroup(key) => self.set_pushed(key, false),
            Event::RenameGroup { group, to } => {
                if let Some(group) = self.groups.get_mut(group) {
                    group.display_name.clone_from(to);
                }
            }
            Event::ChangeMembers { group, add, remove } => self.change_members(group, add, remove),
            Event::TestConnection
            | Event::PushMembers(_)
            | Event::Cycle
            | Event::OnDemand(_)
            | Event::Restart { .. }
            | Event::Import
            | Event::Retry(_) => {}
        }
        Ok(())
    }

    fn set(&mut self, key: &str, change: impl FnOnce(&mut Person)) {
        if let Some(person) = self.people.get_mut(key) {
            change(person);
        }
    }

    fn set_pushed(&mut self, key: &str, pushed: bool) {
        if let Some(group) = self.groups.get_mut(key) {
            group.pushed = pushed;
        }
    }

    fn change_members(&mut self, group: &str, add: &[String], remove: &[String]) {
        let Some(group) = self.groups.get_mut(group) else { return };
        group.members.retain(|member| !remove.contains(member));
        for key in add {
            if !group.members.contains(key) {
                group.members.push(key.clone());
            }
        }
    }

    /// Whether everything that the event names is there.
    fn check(&self, event: &Event) -> Result<(), UnknownKey> {
        match event {
            Event::Assign(keys) | Event::Unassign(keys) => keys.iter().try_for_each(|key| self.person(key)),
            Event::Change { person, changes } => {
                self.person(person)?;
                changes.keys().try_for_each(|name| self.attribute(name))
            }
            Event::Disable(key)
            | Event::Enable(key)
            | Event::Suspend(key)
            | Event::Unsuspend(key)
            | Event::SoftDelete(key)
            | Event::Restore(key)
            | Event::HardDelete(key) => self.person(key),
            Event::OnDemand(key) | Event::Retry(key) => self.person_or_group(key),
            Event::PushGroup(key)
            | Event::PushMembers(key)
            | Event::DeleteGroup(key)
            | Event::UnlinkGroup(key)
            | Event::RenameGroup { group: key, .. } => self.group(key),
            Event::ChangeMembers { group, add, remove } => {
                self.group(group)?;
                add.iter().chain(remove).try_for_each(|key| self.person(key))
            }
            Event::TestConnection | Event::Cycle | Event::Restart { .. } | Event::Import => Ok(()),
        }
    }

    fn person(&self, key: &str) -> Result<(), UnknownKey> {
        known("person", key, self.people.keys())
    }

    fn group(&self, key: &str) -> Result<(), UnknownKey> {
        known("group", key, self.groups.keys())
    }

    fn person_or_group(&self, key: &str) -> Result<(), UnknownKey> {
        known("person or group", key, self.people.keys().chain(self.groups.keys()))
    }

    /// An attribute is known when anybody has it: a misspelt one would change nothing and pass for a success.
    fn attribute(&self, name: &str) -> Result<(), UnknownKey> {
        if name == PASSWORD || self.people.values().any(|person| person.attributes.contains_key(name)) {
            return Ok(());
        }
        known("attribute", name, self.people.values().flat_map(|person| person.attributes.keys()))
    }
}

fn known<'a>(
    what: &'static str,
    name: &str,
    mut names: impl Iterator<Item = &'a String> + Clone,
) -> Result<(), UnknownKey> {
    let mut all = names.clone();
    if names.any(|known| known == name) {
        return Ok(());
    }
    let nearest = nearest(name, all.by_ref().map(String::as_str)).map(str::to_owned);
    Err(UnknownKey { what, name: name.to_owned(), nearest })
}

/// Somebody who was purged comes back as a new account of the directory.
fn assign(person: &mut Person) {
    if person.purged {
        *person = Person { attributes: std::mem::take(&mut person.attributes), ..Person::default() };
    }
    person.assigned = true;
}

fn change(person: &mut Person, changes: &Map<String, Value>) {
    for (name, value) in changes {
        if name != PASSWORD {
            person.attributes.insert(name.clone(), value.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn changes(value: &Value) -> Map<String, Value> {
        value.as_object().cloned().unwrap()
    }

    #[test]
    fn scope_follows_assignment_and_account() {
        let mut directory = Directory::built_in();
        let mut after = |event| {
            directory.apply(&event).unwrap();
            directory.people["alice"].in_scope()
        };
        let alice = || "alice".to_owned();
        assert!(after(Event::Assign(vec![alice()])));
        assert!(!after(Event::Disable(alice())));
        assert!(after(Event::Enable(alice())));
        assert!(after(Event::Suspend(alice())), "a suspended person keeps the account");
        assert!(!after(Event::SoftDelete(alice())));
        assert!(after(Event::Restore(alice())));
        assert!(!after(Event::Unassign(vec![alice()])));
        assert!(!after(Event::HardDelete(alice())));
        assert!(after(Event::Assign(vec![alice()])), "hired again, as a new account");
    }

    #[test]
    fn an_emptied_attribute_stays_known() {
        let mut directory = Directory::built_in();
        let event =
            Event::Change { person: "alice".into(), changes: changes(&json!({ "title": null, "city": "Oslo" })) };
        directory.apply(&event).unwrap();
        let alice = &directory.people["alice"];
        assert_eq!((alice.text("title"), alice.text("city")), (None, Some("Oslo")));
        assert!(alice.attributes.contains_key("title"));
    }

    #[test]
    fn members_leave_and_join_once() {
        let mut directory = Directory::built_in();
        let event = Event::ChangeMembers {
            group: "sales".into(),
            add: vec!["dave".into(), "bob".into()],
            remove: vec!["alice".into()],
        };
        directory.apply(&event).unwrap();
        assert_eq!(directory.groups["sales"].members, ["bob", "dave"]);
    }

    #[test]
    fn a_misspelt_name_changes_nothing_and_brings_a_guess() {
        let mut directory = Directory::built_in();
        let before = directory.clone();
        let error = directory.apply(&Event::Assign(vec!["bob".into(), "alicia".into()])).unwrap_err();
        assert_eq!((error.what, error.nearest.as_deref()), ("person", Some("alice")));
        let event = Event::Change { person: "bob".into(), changes: changes(&json!({ "emial": "b@example.com" })) };
        assert_eq!(directory.apply(&event).unwrap_err().nearest.as_deref(), Some("email"));
        assert_eq!(directory, before);
    }
}

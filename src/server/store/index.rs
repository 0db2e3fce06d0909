//! The indexed values of resources, as they compare.

use std::collections::HashMap;

use serde_json::{Map, Value};

use crate::scim::text;
use crate::server::door::route::Kind;

/// What resources can be found by without looking at each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Key {
    /// `userName` of a user.
    UserName,
    /// `displayName` of a group.
    GroupName,
    /// `externalId`, exact in every letter.
    ExternalId,
    /// An e-mail address of a user: its `userName` where that is one, and every `emails.value`.
    Address,
}

impl Key {
    /// A text in the form in which this key compares it.
    pub fn form(self, value: &str) -> String {
        match self {
            Self::ExternalId => text::normal(value).into_owned(),
            Self::UserName | Self::GroupName | Self::Address => folded(value),
        }
    }
}

/// A text as most attributes compare it: without regard to case.
pub fn folded(text: &str) -> String {
    text::fold(text).into_owned()
}

/// Slots by value. A value with none left has no entry.
#[derive(Debug, Default)]
pub(super) struct Index(HashMap<(Key, String), Vec<u32>>);

impl Index {
    /// The slots under a value in the form that [`Key::form`] gives it; ascending.
    pub fn get(&self, key: Key, value: &str) -> &[u32] {
        self.0.get(&(key, value.to_owned())).map_or(&[], Vec::as_slice)
    }

    pub fn add(&mut self, kind: Kind, resource: &Map<String, Value>, slot: u32) {
        for entry in entries(kind, resource) {
            let slots = self.0.entry(entry).or_default();
            if let Err(at) = slots.binary_search(&slot) {
                slots.insert(at, slot);
            }
        }
    }

    /// Drops the values of a resource that its successor does not have.
    pub fn drop_except(&mut self, kind: Kind, old: &Map<String, Value>, new: Option<&Map<String, Value>>, slot: u32) {
        let kept = new.map(|new| entries(kind, new)).unwrap_or_default();
        for entry in entries(kind, old).into_iter().filter(|entry| !kept.contains(entry)) {
            if let Some(slots) = self.0.get_mut(&entry) {
                slots.retain(|other| *other != slot);
                if slots.is_empty() {
                    self.0.remove(&entry);
                }
            }
        }
    }
}

fn entries(kind: Kind, resource: &Map<String, Value>) -> Vec<(Key, String)> {
    let value = |name: &str| resource.get(name).and_then(Value::as_str);
    let mut entries = Vec::new();
    match kind {
        Kind::User => {
            entries.extend(value("userName").map(|name| (Key::UserName, folded(name))));
            entries.extend(super::content::addresses(resource).map(|address| (Key::Address, folded(address))));
        }
        Kind::Group => entries.extend(value("displayName").map(|name| (Key::GroupName, folded(name)))),
    }
    entries.extend(value("externalId").map(|id| (Key::ExternalId, text::normal(id).into_owned())));
    entries
}

//! Group mapping: a table places people in groups by the exact value of the group attribute.
//!
//! While it is on, membership is the table's business alone. A value that is
//! not in the table leaves a person's groups as they are.

use serde_json::{Value, json};
use time::OffsetDateTime;

use super::attribute;
use crate::server::door::route::Kind;
use crate::server::reply::Refusal;
use crate::server::store::{Key, Store, folded};

/// The table, in the order in which it was given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mapping(Vec<(String, String)>);

impl Mapping {
    /// A table of value and name of the group.
    pub const fn new(table: Vec<(String, String)>) -> Self {
        Self(table)
    }

    /// Whether there is a table.
    pub const fn is_on(&self) -> bool {
        !self.0.is_empty()
    }

    /// Value and name of the group, line by line.
    pub fn table(&self) -> &[(String, String)] {
        &self.0
    }

    /// The group for a value, every letter exact.
    fn target(&self, value: &str) -> Option<&str> {
        self.0.iter().find(|(from, _)| from == value).map(|(_, to)| to.as_str())
    }

    /// Refuses a change of membership by hand.
    pub fn refuse_by_hand(&self) -> Result<(), Refusal> {
        if !self.is_on() {
            return Ok(());
        }
        let detail = "Group mapping is on: who is in which group follows from the `group` attribute. \
                      Change the attribute of the user, or switch the mapping off.";
        Err(Refusal::new(403, None, detail))
    }

    /// Whether the table names this group.
    pub fn names(&self, group: &str) -> bool {
        self.0.iter().any(|(_, to)| folded(to) == folded(group))
    }

    /// Puts a user into the group of the value, and out of every other group of the table.
    pub fn place(&self, store: &mut Store, user: &str, urns: &[String], now: OffsetDateTime) {
        let value = store.get(Kind::User, user).and_then(|user| attribute::value(user, urns));
        let Some(target) = value.and_then(|value| self.target(value)) else { return };
        let target = group_id(store, target);
        let others: Vec<String> = self.0.iter().filter_map(|(_, to)| group_id(store, to)).collect();
        for group in others.iter().filter(|group| target.as_ref() != Some(group)) {
            store.set_member(group, user, false, now);
        }
        if let Some(group) = target {
            store.set_member(&group, user, true, now);
        }
    }

    /// What the table would do, without doing it.
    pub fn preview(&self, store: &Store, urns: &[String]) -> Value {
        let mut unmapped: Vec<&str> = Vec::new();
        let mut moves = Vec::new();
        for user in store.all(Kind::User).from(0) {
            let Some(value) = attribute::value(user, urns) else { continue };
            let Some(group) = self.target(value) else {
                unmapped.push(value);
                continue;
            };
            let id = user.get("id").and_then(Value::as_str).unwrap_or_default();
            let is_member = group_id(store, group).is_some_and(|group| store.groups_of(id).contains(&group));
            if !is_member {
                moves.push(json!({ "id": id, "userName": user.get("userName"), "value": value, "group": group }));
            }
        }
        unmapped.sort_unstable();
        unmapped.dedup();
        let missing = |name: &&str| group_id(store, name).is_none();
        let groups: Vec<&str> = self.0.iter().map(|(_, to)| to.as_str()).filter(missing).collect();
        json!({ "moves": moves, "unmapped": unmapped, "new-groups": groups })
    }
}

/// The id of the group that bears a name.
pub fn group_id(store: &Store, name: &str) -> Option<String> {
    let name = folded(name);
    let group = store.all(Kind::Group).with(Key::GroupName, &name).next()?;
    group.get("id")?.as_str().map(str::to_owned)
}

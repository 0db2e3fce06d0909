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

/// The table, in the order in which it was given. A group that is renamed stays in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mapping(Vec<Line>);

/// One line of the table.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Line {
    value: String,
    /// Id of the group.
    group: String,
}

impl Mapping {
    /// A table of values and ids of groups.
    pub fn new(lines: impl IntoIterator<Item = (String, String)>) -> Self {
        Self(lines.into_iter().map(|(value, group)| Line { value, group }).collect())
    }

    /// Whether there is a table.
    pub const fn is_on(&self) -> bool {
        !self.0.is_empty()
    }

    /// Value and id of the group, line by line.
    pub fn lines(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|line| (line.value.as_str(), line.group.as_str()))
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

    /// Refuses to delete a group that the table fills.
    pub fn refuse_removal(&self, group: &str) -> Result<(), Refusal> {
        if self.0.iter().any(|line| line.group == group) { self.refuse_by_hand() } else { Ok(()) }
    }

    /// Puts a user into the group of the value, and out of every other group of the table.
    pub fn place(&self, store: &mut Store, user: &str, urns: &[String], now: OffsetDateTime) {
        let Some(value) = store.get(Kind::User, user).and_then(|user| attribute::value(user, urns)) else { return };
        let Some(target) = self.0.iter().find(|line| line.value == value) else { return };
        for line in self.0.iter().filter(|line| line.group != target.group) {
            store.set_member(&line.group, user, false, now);
        }
        store.set_member(&target.group, user, true, now);
    }
}

/// What a table of values and names of groups would do, without doing it.
pub fn preview(table: &[(String, String)], store: &Store, urns: &[String]) -> Value {
    let mut unmapped: Vec<&str> = Vec::new();
    let mut moves = Vec::new();
    for user in store.all(Kind::User).from(0) {
        let Some(value) = attribute::value(user, urns) else { continue };
        let Some((_, group)) = table.iter().find(|(from, _)| from == value) else {
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
    let mut groups: Vec<&str> = table.iter().map(|(_, to)| to.as_str()).filter(missing).collect();
    groups.dedup();
    json!({ "moves": moves, "unmapped": unmapped, "new-groups": groups })
}

/// The id of the group that bears a name.
pub fn group_id(store: &Store, name: &str) -> Option<String> {
    let name = folded(name);
    let group = store.all(Kind::Group).with(Key::GroupName, &name).next()?;
    group.get("id")?.as_str().map(str::to_owned)
}

//! Who is in which group, told on both sides: `members` of the group, `groups` of the user (RFC 7643 §4.1.2, §4.2).

use std::collections::HashSet;

use serde_json::{Map, Value, json};
use time::OffsetDateTime;

use super::content::shown_name;
use super::resources::Store;
use super::stamp::Stamp;
use crate::server::door::route::Kind;

/// A member as the group lists it.
pub fn member_entry(stamp: &Stamp, kind: Kind, id: &str, member: &Map<String, Value>) -> Value {
    let mut entry = json!({ "value": id, "$ref": stamp.location(kind, id) });
    if let Some(name) = shown_name(member) {
        entry["display"] = name.into();
    }
    entry["type"] = kind.name().into();
    entry
}

/// The ids of a group's members.
pub fn member_ids(group: &Map<String, Value>) -> Vec<String> {
    let members = group.get("members").and_then(Value::as_array).into_iter().flatten();
    members.filter_map(|member| Some(member.get("value")?.as_str()?.to_owned())).collect()
}

impl Store {
    /// Tells members that they joined or left a group.
    pub(super) fn join_and_leave(&mut self, group: &str, before: &[String], after: &[String], now: OffsetDateTime) {
        let (old, new): (HashSet<&String>, HashSet<&String>) = (before.iter().collect(), after.iter().collect());
        for member in before.iter().filter(|member| !new.contains(member)) {
            if let Some(groups) = self.memberships.get_mut(member) {
                groups.retain(|id| id != group);
                if groups.is_empty() {
                    self.memberships.remove(member);
                }
            }
            self.tell_groups(member, now);
        }
        for member in after.iter().filter(|member| !old.contains(member)) {
            self.memberships.entry(member.clone()).or_default().push(group.to_owned());
            self.tell_groups(member, now);
        }
    }

    /// Adds a member to a group, or takes it out: what the app itself does.
    pub fn set_member(&mut self, group: &str, member: &str, is_member: bool, now: OffsetDateTime) {
        let Some(resource) = self.get(Kind::Group, group) else { return };
        let before = member_ids(resource);
        if before.iter().any(|id| id == member) == is_member {
            return;
        }
        let Some((kind, named)) = self.find(member) else { return };
        let entry = member_entry(&self.stamp, kind, member, named);
        self.edit(Kind::Group, group, now, |_, resource| {
            let mut members = match resource.shift_remove("members") {
                Some(Value::Array(members)) => members,
                _ => Vec::new(),
            };
            let meta = resource.shift_remove("meta");
            members.retain(|entry| entry.get("value").and_then(Value::as_str) != Some(member));
            members.extend(is_member.then_some(entry));
            if !members.is_empty() {
                resource.insert("members".to_owned(), members.into());
            }
            resource.extend(meta.map(|meta| ("meta".to_owned(), meta)));
        });
        let after = self.get(Kind::Group, group).map(member_ids).unwrap_or_default();
        self.join_and_leave(group, &before, &after, now);
    }

    /// Takes a member that is gone out of every group.
    pub(super) fn leave_all(&mut self, member: &str, now: OffsetDateTime) {
        for group in self.memberships.remove(member).unwrap_or_default() {
            self.edit(Kind::Group, &group, now, |_, resource| {
                let Some(Value::Array(members)) = resource.get_mut("members") else { return };
                members.retain(|entry| entry.get("value").and_then(Value::as_str) != Some(member));
                if members.is_empty() {
                    resource.shift_remove("members");
                }
            });
        }
    }

    /// A name changed that others show.
    pub(super) fn rename(&mut self, kind: Kind, id: &str, now: OffsetDateTime) {
        for group in self.groups_of(id).to_vec() {
            self.edit(Kind::Group, &group, now, |store, resource| {
                let Some(named) = store.get(kind, id) else { return };
                let Some(Value::Array(members)) = resource.get_mut("members") else { return };
                let entry = members.iter_mut().find(|entry| entry.get("value").and_then(Value::as_str) == Some(id));
                if let Some(entry) = entry {
                    *entry = member_entry(&store.stamp, kind, id, named);
                }
            });
        }
        if kind == Kind::Group {
            for member in self.get(kind, id).map(member_ids).unwrap_or_default() {
                self.tell_groups(&member, now);
            }
        }
    }

    /// Writes `groups` of a user anew.
    fn tell_groups(&mut self, member: &str, now: OffsetDateTime) {
        self.edit(Kind::User, member, now, |store, user| {
            let entries: Vec<Value> = store.groups_of(member).iter().filter_map(|id| store.group_entry(id)).collect();
            let meta = user.shift_remove("meta");
            if entries.is_empty() {
                user.shift_remove("groups");
            } else {
                user.insert("groups".to_owned(), entries.into());
            }
            user.extend(meta.map(|meta| ("meta".to_owned(), meta)));
        });
    }

    fn group_entry(&self, id: &str) -> Option<Value> {
        let group = self.get(Kind::Group, id)?;
        let mut entry = json!({ "value": id, "$ref": self.stamp.location(Kind::Group, id) });
        if let Some(name) = shown_name(group) {
            entry["display"] = name.into();
        }
        entry["type"] = "direct".into();
        Some(entry)
    }

    /// Edits a resource in place; one that comes out as it was keeps its version.
    fn edit(&mut self, kind: Kind, id: &str, now: OffsetDateTime, edit: impl FnOnce(&Self, &mut Map<String, Value>)) {
        let Some(old) = self.get(kind, id) else { return };
        let mut new = old.clone();
        edit(self, &mut new);
        if self.get(kind, id) != Some(&new) {
            self.stamp.touch(&mut new, now);
            self.all_mut(kind).replace(id, new);
        }
    }
}

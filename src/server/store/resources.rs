//! Users and groups of one tenant, and what follows when one of them is made, changed or removed.

use std::collections::HashMap;

use serde_json::{Map, Value};
use time::OffsetDateTime;

use super::collection::Collection;
use super::content;
use super::membership::member_ids;
use super::stamp::Stamp;
use crate::server::door::route::Kind;

/// Users and groups of one tenant.
#[derive(Debug)]
pub struct Store {
    users: Collection,
    groups: Collection,
    /// For every member, the groups that list it, in the order of joining.
    pub(super) memberships: HashMap<String, Vec<String>>,
    pub(super) stamp: Stamp,
}

impl Store {
    /// An empty store.
    pub fn new(stamp: Stamp) -> Self {
        let users = Collection::new(Kind::User);
        let groups = Collection::new(Kind::Group);
        Self { users, groups, memberships: HashMap::new(), stamp }
    }

    /// Everything of one type.
    pub const fn all(&self, kind: Kind) -> &Collection {
        match kind {
            Kind::User => &self.users,
            Kind::Group => &self.groups,
        }
    }

    pub(super) const fn all_mut(&mut self, kind: Kind) -> &mut Collection {
        match kind {
            Kind::User => &mut self.users,
            Kind::Group => &mut self.groups,
        }
    }

    /// A resource as clients see it.
    pub fn get(&self, kind: Kind, id: &str) -> Option<&Map<String, Value>> {
        self.all(kind).get(id)
    }

    /// A user or group that a member's `value` names.
    pub fn find(&self, id: &str) -> Option<(Kind, &Map<String, Value>)> {
        Kind::ALL.into_iter().find_map(|kind| Some((kind, self.get(kind, id)?)))
    }

    /// The groups that list a member.
    pub fn groups_of(&self, member: &str) -> &[String] {
        self.memberships.get(member).map_or(&[], Vec::as_slice)
    }

    /// Stores a new resource under an id that no other one ever had.
    pub fn insert(&mut self, kind: Kind, id: &str, content: Map<String, Value>, now: OffsetDateTime) {
        let resource = self.stamp.fresh(kind, id, content, now);
        let members = member_ids(&resource);
        self.all_mut(kind).insert(id, resource);
        self.join_and_leave(id, &[], &members, now);
    }

    /// Gives a resource other content; `false` when it is what the resource had, and then nothing changes, `meta` neither.
    pub fn update(&mut self, kind: Kind, id: &str, content: Map<String, Value>, now: OffsetDateTime) -> bool {
        let Some(old) = self.get(kind, id) else { return false };
        let Some(new) = self.stamp.renewed(old, content, now) else { return false };
        let (members_before, members) = (member_ids(old), member_ids(&new));
        let renamed = content::shown_name(old) != content::shown_name(&new);
        self.all_mut(kind).replace(id, new);
        if renamed {
            self.rename(kind, id, now);
        }
        self.join_and_leave(id, &members_before, &members, now);
        true
    }

    /// Removes a resource; it leaves every group, and its own members leave it.
    pub fn remove(&mut self, kind: Kind, id: &str, now: OffsetDateTime) -> Option<Map<String, Value>> {
        let resource = self.all_mut(kind).remove(id)?;
        self.join_and_leave(id, &member_ids(&resource), &[], now);
        self.leave_all(id, now);
        Some(resource)
    }
}

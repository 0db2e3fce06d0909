//! Groups: made, renamed, filled and emptied as the knobs say.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::call::{failed, outcome};
use super::knobs::{AddMembers, LookUp, OnConflict, RemoveMembers, Update};
use super::people::skipped;
use super::provider::Generic;
use super::request::GROUPS;
use crate::http::percent;
use crate::idp::mapping::member;
use crate::idp::wire::{Stop, equals, scim_id};
use crate::idp::{Directory, Group, Outcome, OutcomeKind, Person, Port};

/// Ids of those who join and of those who leave.
#[derive(Default)]
struct Membership {
    add: Vec<String>,
    remove: Vec<String>,
}

impl Generic {
    /// The group with all its members.
    pub(super) async fn push_group<P: Port>(
        &mut self,
        key: &str,
        directory: &Directory,
        port: &mut P,
    ) -> Result<Outcome, Stop> {
        let Some(group) = directory.groups.get(key).filter(|_| self.knobs.groups) else { return Ok(skipped(key)) };
        if self.links.id(key).is_some() {
            return self.update_group(key, group, None, directory, port).await;
        }
        if let Some(id) = self.look_for(GROUPS, self.knobs.look_up_groups, key, group, port).await? {
            return self.adopt_group(key, group, &id, directory, port).await;
        }
        let with_members = self.knobs.members_in_create || self.patch_is_off();
        let body = self.group_body(group, with_members.then_some(directory));
        let doing = format!("creating the group {}", group.display_name);
        let answer = self.call(port, self.post(GROUPS, body)).await?;
        let conflict = answer.as_ref().is_ok_and(|response| response.status == 409);
        if conflict
            && self.knobs.group_on_conflict == OnConflict::Adopt
            && let Some(id) = self.look_for(GROUPS, LookUp::Filter, key, group, port).await?
        {
            return self.adopt_group(key, group, &id, directory, port).await;
        }
        let created = answer.as_ref().ok().filter(|response| response.is_success());
        let Some(created) = created else { return Err(failed(key, &doing, &answer)) };
        let Some(id) = scim_id(created) else {
            return Err(Stop::Recorded(outcome(key, &doing, "the answer has no id")));
        };
        self.links.link(key, &id);
        if !with_members {
            let membership = Membership { add: self.member_ids(&group.members, directory), remove: Vec::new() };
            self.send_members(key, &id, membership, port).await?;
        }
        Ok(Outcome::of(OutcomeKind::Provisioned, key, ""))
    }

    async fn adopt_group<P: Port>(
        &mut self,
        key: &str,
        group: &Group,
        id: &str,
        directory: &Directory,
        port: &mut P,
    ) -> Result<Outcome, Stop> {
        self.links.link(key, id);
        let mut outcome = self.update_group(key, group, None, directory, port).await?;
        outcome.kind = OutcomeKind::Linked;
        Ok(outcome)
    }

    /// A new name.
    pub(super) async fn rename_group<P: Port>(
        &mut self,
        key: &str,
        directory: &Directory,
        port: &mut P,
    ) -> Result<Outcome, Stop> {
        self.change_group(key, Some((&[], &[])), directory, port).await
    }

    /// Members join and leave, or the name changed (nobody joins and nobody leaves).
    pub(super) async fn change_group<P: Port>(
        &mut self,
        key: &str,
        members: Option<(&[String], &[String])>,
        directory: &Directory,
        port: &mut P,
    ) -> Result<Outcome, Stop> {
        match directory.groups.get(key).filter(|_| self.links.id(key).is_some()) {
            Some(group) => self.update_group(key, group, members, directory, port).await,
            None => Ok(skipped(key)),
        }
    }

    /// `members` absent: all of them.
    async fn update_group<P: Port>(
        &mut self,
        key: &str,
        group: &Group,
        members: Option<(&[String], &[String])>,
        directory: &Directory,
        port: &mut P,
    ) -> Result<Outcome, Stop> {
        let Some(id) = self.links.id(key).map(str::to_owned) else { return Ok(skipped(key)) };
        let updated = Ok(Outcome::of(OutcomeKind::Updated, key, ""));
        let doing = format!("updating the group {}", group.display_name);
        if self.knobs.group_update == Update::Put || self.patch_is_off() {
            let body = self.group_body(group, Some(directory));
            self.must(port, self.put(GROUPS, &id, body), key, &doing).await?;
            return updated;
        }
        let only_members = members.is_some_and(|(add, remove)| !add.is_empty() || !remove.is_empty());
        if self.knobs.group_update == Update::Merge {
            let mut value = self.group_body(group, None);
            value.shift_remove("schemas");
            let operation = json!({ "op": "replace", "value": value });
            self.must(port, self.patch(GROUPS, &id, &[operation]), key, &doing).await?;
        } else if !only_members {
            let operation = json!({ "op": "replace", "path": "displayName", "value": group.display_name });
            self.must(port, self.patch(GROUPS, &id, &[operation]), key, &doing).await?;
        }
        let membership = self.membership(key, &id, group, members, directory, port).await?;
        self.send_members(key, &id, membership, port).await?;
        updated
    }

    /// Who has to join and leave: as the event says, or by the difference to what the target shows.
    async fn membership<P: Port>(
        &self,
        key: &str,
        id: &str,
        group: &Group,
        members: Option<(&[String], &[String])>,
        directory: &Directory,
        port: &mut P,
    ) -> Result<Membership, Stop> {
        if let (Some((add, remove)), false) = (members, self.knobs.read_members) {
            let gone = remove.iter().filter_map(|person| self.links.last_id(person)).map(str::to_owned);
            return Ok(Membership { add: self.member_ids(add, directory), remove: gone.collect() });
        }
        let wanted = self.member_ids(&group.members, directory);
        let doing = format!("reading the group {}", group.display_name);
        let response = self.must(port, self.get(GROUPS, id), key, &doing).await?;
        let shown = response.json().and_then(Value::as_object).and_then(|group| member(group, "members"));
        let shown: Vec<String> = shown
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(|one| member(one.as_object()?, "value")?.as_str().map(str::to_owned))
            .collect();
        let (wanted_set, shown_set): (BTreeSet<_>, BTreeSet<_>) = (wanted.iter().collect(), shown.iter().collect());
        Ok(Membership {
            add: wanted.iter().filter(|id| !shown_set.contains(id)).cloned().collect(),
            remove: shown.iter().filter(|id| !wanted_set.contains(id)).cloned().collect(),
        })
    }

    async fn send_members<P: Port>(
        &self,
        key: &str,
        id: &str,
        membership: Membership,
        port: &mut P,
    ) -> Result<(), Stop> {
        let Membership { add, remove } = membership;
        let mut operations: Vec<Value> = Vec::new();
        let add_one = |members: Vec<Value>| json!({ "op": "add", "path": "members", "value": members });
        match self.knobs.add_members {
            AddMembers::Together if add.is_empty() => {}
            AddMembers::Together => operations.push(add_one(add.iter().map(|id| self.member(id)).collect())),
            AddMembers::OneByOne => operations.extend(add.iter().map(|id| add_one(vec![self.member(id)]))),
        }
        operations.extend(remove.iter().map(|id| match self.knobs.remove_members {
            RemoveMembers::ByFilter => json!({ "op": "remove", "path": format!("members[{}]", equals("value", id)) }),
            RemoveMembers::ByValue => json!({ "op": "remove", "path": "members", "value": [self.member(id)] }),
        }));
        for operations in operations.chunks(self.max_operations) {
            self.must(port, self.patch(GROUPS, id, operations), key, "changing members").await?;
        }
        Ok(())
    }

    /// The group is deleted at the target.
    pub(super) async fn delete_group<P: Port>(&mut self, key: &str, port: &mut P) -> Result<Outcome, Stop> {
        let Some(id) = self.links.id(key).map(str::to_owned) else { return Ok(skipped(key)) };
        let answer = self.call(port, self.delete(GROUPS, &id)).await?;
        match &answer {
            Ok(response) if response.is_success() || response.status == 404 => {
                self.links.unlink(key);
                Ok(Outcome::of(OutcomeKind::Deleted, key, ""))
            }
            _ => Err(failed(key, "deleting the group", &answer)),
        }
    }

    /// With a directory: with its members.
    fn group_body(&self, group: &Group, directory: Option<&Directory>) -> Map<String, Value> {
        let mut body = self.mapping.group.create_body(group, &self.links);
        if let Some(directory) = directory {
            let ids = self.member_ids(&group.members, directory);
            body.insert("members".to_owned(), ids.iter().map(|id| self.member(id)).collect());
        }
        body
    }

    /// Ids of those who are assigned and have an account.
    fn member_ids(&self, keys: &[String], directory: &Directory) -> Vec<String> {
        let assigned = keys.iter().filter(|key| directory.people.get(*key).is_some_and(Person::in_scope));
        assigned.filter_map(|key| self.links.id(key)).map(str::to_owned).collect()
    }

    fn member(&self, id: &str) -> Value {
        if self.knobs.member_ref {
            return json!({ "value": id, "$ref": format!("Users/{}", percent::encode_segment(id)) });
        }
        json!({ "value": id })
    }
}

//! Group Push (wire notes §1.5): rename before membership, removals before additions.

use serde_json::{Map, Value, json};

use super::app::{Okta, Task};
use super::knobs::{Flavour, PostMembers};
use super::people::STRICTNESS;
use super::request::{self, Collection::Groups};
use super::words::{Subject, group_failed, sync_failure};
use crate::idp::mapping::member;
use crate::idp::wire::{Stop, equals, read_list, scim_id, stranger};
use crate::idp::{Directory, Group, Outcome, OutcomeKind, Port};

/// A group on its way to the target, with the directory that knows its members.
#[derive(Clone, Copy)]
struct Push<'a> {
    subject: Subject<'a>,
    group: &'a Group,
    directory: &'a Directory,
}

impl<'a> Push<'a> {
    fn new(key: &'a str, group: &'a Group, directory: &'a Directory) -> Self {
        Self { subject: Subject { key, name: &group.display_name }, group, directory }
    }
}

impl Okta {
    /// E-GCREATE and E-GFULL: create when the id is not known, then the name, then all members.
    pub(super) async fn push_group<P: Port>(
        &mut self,
        key: &str,
        directory: &Directory,
        port: &mut P,
    ) -> Result<Outcome, Stop> {
        let Some(group) = directory.groups.get(key) else { return Ok(skipped(key)) };
        self.tasks.insert(key.to_owned(), Task::PushGroup);
        let push = Push::new(key, group, directory);
        let outcome = if let Some(id) = self.links.id(key).map(str::to_owned) {
            self.push_everything(push, &id, port).await?;
            OutcomeKind::Updated
        } else if let Some(id) = self.look_up_group(push.subject, port).await? {
            self.links.link(key, &id);
            self.push_everything(push, &id, port).await?;
            OutcomeKind::Linked
        } else {
            self.create_group(push, port).await?;
            OutcomeKind::Provisioned
        };
        self.tasks.remove(key);
        Ok(Outcome::of(outcome, key, ""))
    }

    /// Only where the import of groups is disabled, or a group is linked by name.
    async fn look_up_group<P: Port>(&self, group: Subject<'_>, port: &mut P) -> Result<Option<String>, Stop> {
        let matching = self.mapping.group.matching();
        let Some(unique) = matching.first().filter(|_| self.knobs.group_lookup) else { return Ok(None) };
        let request = request::look_up(Groups, &equals(&unique.target, group.name), self.knobs.encoding);
        let answer = self.call(port, request).await?;
        let response = match &answer {
            Ok(response) if response.status == 404 => return Ok(None),
            Ok(response) if response.is_success() => response,
            _ => return Err(Stop::Recorded(group_failed(group, "finding", &answer))),
        };
        let list = read_list(response, STRICTNESS).map_err(|_| Stop::Recorded(sync_failure(group.key)))?;
        for resource in list.resources.iter().filter_map(Value::as_object) {
            if let Some(outcome) = stranger(group.key, resource, &unique.target, group.name) {
                return Err(Stop::Recorded(outcome));
            }
        }
        Ok(list.resource(0).and_then(|found| member(found, "id")).and_then(Value::as_str).map(str::to_owned))
    }

    async fn create_group<P: Port>(&mut self, push: Push<'_>, port: &mut P) -> Result<(), Stop> {
        let Push { subject, group, directory } = push;
        let initial = self.knobs.group_post_members == PostMembers::Initial;
        let members = if initial { self.members(group, directory) } else { Vec::new() };
        let request = request::create(Groups, self.group_body(group, members));
        let response = self.must(port, request, |answer| group_failed(subject, "creating", answer)).await?;
        let Some(id) = scim_id(&response) else {
            let text = format!("Error while creating user group {}: the answer has no id.", subject.name);
            return Err(Stop::Recorded(Outcome::of(OutcomeKind::Failed, subject.key, text)));
        };
        self.links.link(subject.key, &id);
        if !initial {
            self.push_everything(push, &id, port).await?;
        }
        Ok(())
    }

    /// The name, then the complete membership; with PUT both at once.
    async fn push_everything<P: Port>(&self, push: Push<'_>, id: &str, port: &mut P) -> Result<(), Stop> {
        let Push { subject, group, directory } = push;
        if self.knobs.flavour == Flavour::Aiw {
            return self.replace_group(push, id, port).await;
        }
        self.send_name(subject, id, port).await?;
        let members = self.members(group, directory);
        let operation = json!({ "op": "replace", "path": "members", "value": members });
        self.send_operations(subject, id, &[operation], port).await
    }

    /// E-GRENAME.
    pub(super) async fn rename_group<P: Port>(
        &mut self,
        key: &str,
        directory: &Directory,
        port: &mut P,
    ) -> Result<Outcome, Stop> {
        let (Some(group), Some(id)) = (directory.groups.get(key), self.links.id(key).map(str::to_owned)) else {
            return Ok(skipped(key));
        };
        self.tasks.insert(key.to_owned(), Task::PushGroup);
        let push = Push::new(key, group, directory);
        if self.knobs.group_check {
            let failed = |answer: &_| group_failed(push.subject, "reading", answer);
            self.must(port, request::get(Groups, &id), failed).await?;
        }
        match self.knobs.flavour {
            Flavour::Oin => self.send_name(push.subject, &id, port).await?,
            Flavour::Aiw => self.replace_group(push, &id, port).await?,
        }
        self.tasks.remove(key);
        Ok(Outcome::of(OutcomeKind::Updated, key, ""))
    }

    /// E-GADD, E-GREMOVE: the name first (OKTA-Q05), then one PATCH with every removal before one addition (OKTA-Q06).
    pub(super) async fn change_members<P: Port>(
        &mut self,
        key: &str,
        (add, remove): (&[String], &[String]),
        directory: &Directory,
        port: &mut P,
    ) -> Result<Outcome, Stop> {
        let (Some(group), Some(id)) = (directory.groups.get(key), self.links.id(key).map(str::to_owned)) else {
            return Ok(skipped(key));
        };
        let operations = self.membership_operations(add, remove, directory);
        if operations.is_empty() {
            return Ok(skipped(key));
        }
        self.tasks.insert(key.to_owned(), Task::PushGroup);
        let push = Push::new(key, group, directory);
        match self.knobs.flavour {
            Flavour::Aiw => self.replace_group(push, &id, port).await?,
            Flavour::Oin => {
                self.send_name(push.subject, &id, port).await?;
                self.send_operations(push.subject, &id, &operations, port).await?;
            }
        }
        self.tasks.remove(key);
        Ok(Outcome::of(OutcomeKind::Updated, key, ""))
    }

    fn membership_operations(&self, add: &[String], remove: &[String], directory: &Directory) -> Vec<Value> {
        let gone = remove.iter().filter_map(|person| self.links.last_id(person));
        let mut operations: Vec<Value> =
            gone.map(|id| json!({ "op": "remove", "path": format!("members[{}]", equals("value", id)) })).collect();
        let joined: Vec<Value> = add.iter().filter_map(|person| self.member(person, directory)).collect();
        if !joined.is_empty() {
            operations.push(json!({ "op": "add", "path": "members", "value": joined }));
        }
        operations
    }

    /// E-GDELETE: unlinked, and deleted at the target.
    pub(super) async fn delete_group<P: Port>(
        &mut self,
        key: &str,
        directory: &Directory,
        port: &mut P,
    ) -> Result<Outcome, Stop> {
        let Some(id) = self.links.id(key).map(str::to_owned) else { return Ok(skipped(key)) };
        let name = directory.groups.get(key).map_or(key, |group| &group.display_name);
        let answer = self.call(port, request::delete_group(&id)).await?;
        match &answer {
            Ok(response) if response.is_success() || response.status == 404 => {
                self.links.unlink(key);
                self.tasks.remove(key);
                Ok(Outcome::of(OutcomeKind::Deleted, key, ""))
            }
            _ => {
                self.tasks.insert(key.to_owned(), Task::DeleteGroup);
                Err(Stop::Recorded(group_failed(Subject { key, name }, "deleting", &answer)))
            }
        }
    }

    /// E-GUNLINK: the group stays at the target, and nothing is sent.
    pub(super) fn unlink_group(&mut self, key: &str) -> Outcome {
        self.links.unlink(key);
        self.tasks.remove(key);
        skipped(key)
    }

    /// The name, in an object that carries the id too (OKTA-Q04).
    async fn send_name<P: Port>(&self, group: Subject<'_>, id: &str, port: &mut P) -> Result<(), Stop> {
        let request = request::merge(Groups, id, json!({ "id": id, "displayName": group.name }));
        self.must(port, request, |answer| group_failed(group, "updating", answer)).await?;
        Ok(())
    }

    async fn send_operations<P: Port>(
        &self,
        group: Subject<'_>,
        id: &str,
        operations: &[Value],
        port: &mut P,
    ) -> Result<(), Stop> {
        let request = request::patch(Groups, id, operations);
        self.must(port, request, |answer| group_failed(group, "updating", answer)).await?;
        Ok(())
    }

    async fn replace_group<P: Port>(
        &self,
        Push { subject, group, directory }: Push<'_>,
        id: &str,
        port: &mut P,
    ) -> Result<(), Stop> {
        let body = self.group_body(group, self.members(group, directory));
        let request = request::replace(Groups, id, body);
        self.must(port, request, |answer| group_failed(subject, "updating", answer)).await?;
        Ok(())
    }

    fn group_body(&self, group: &Group, members: Vec<Value>) -> Map<String, Value> {
        let mut body = self.mapping.group.create_body(group, &self.links);
        body.insert("members".to_owned(), members.into());
        body
    }

    fn members(&self, group: &Group, directory: &Directory) -> Vec<Value> {
        group.members.iter().filter_map(|person| self.member(person, directory)).collect()
    }

    /// A member as it goes out; only people who are assigned and provisioned do.
    fn member(&self, key: &str, directory: &Directory) -> Option<Value> {
        let person = directory.people.get(key).filter(|person| person.in_scope())?;
        let id = self.links.id(key)?;
        Some(json!({ "value": id, "display": self.login(person) }))
    }
}

fn skipped(key: &str) -> Outcome {
    Outcome::of(OutcomeKind::Skipped, key, "")
}

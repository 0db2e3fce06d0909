//! One group: match or create, rename, members, delete.
//!
//! Groups are read without their members (ENTRA-R08), created without them
//! (ENTRA-Q11), and members come and go in PATCH requests of their own, users
//! before groups before memberships. A group that is no longer assigned is
//! deleted at the target.

use serde_json::{Map, Value};

use super::diff;
use super::lookup::{self, Found, Question};
use super::pass::{Done, Pass, Stop};
use super::patch::Writer;
use super::reaction;
use super::requests::{Requests, in_order};
use super::{Entra, GROUPS, TARGET};
use crate::idp::mapping::member;
use crate::idp::{Directory, Group, OutcomeKind, Port};

/// The second URN that the tutorial still shows in a create.
const LEGACY_URN: &str = "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group";
/// Members that one on-demand run takes.
const ON_DEMAND_MEMBERS: usize = 5;

impl Entra {
    /// Brings the target in line with one group.
    pub(super) async fn synchronise_group<P: Port>(&mut self, key: &str, pass: &mut Pass<'_, P>) -> Result<Done, Stop> {
        let directory = pass.directory;
        let Some(group) = directory.groups.get(key) else {
            return Ok(Done::skipped("The group is not in the directory."));
        };
        if !self.settings.provision_groups {
            return Ok(Done::skipped("The provisioning of groups is switched off."));
        }
        let name = &group.display_name;
        let (id, mut kind) = match self.memory.links.id(key).map(str::to_owned) {
            None if !group.pushed => return Ok(Done::skipped(format!("Group '{name}' is not assigned."))),
            Some(id) if !group.pushed => return self.delete_group(key, &id, group, pass).await,
            None => self.match_or_create_group(key, group, pass).await?,
            Some(id) => {
                let kind = self.update_group(&id, group, pass).await?;
                (id, kind)
            }
        };
        if self.write_members(key, &id, group, pass).await? && kind == OutcomeKind::Skipped {
            kind = OutcomeKind::Updated;
        }
        Ok(match kind {
            OutcomeKind::Skipped => Done::skipped(format!("Group '{name}' needs no change in {TARGET}")),
            OutcomeKind::Provisioned => Done::new(kind, format!("Group '{name}' was created in {TARGET}")),
            OutcomeKind::Linked => Done::new(kind, format!("Group '{name}' was found in {TARGET} and linked")),
            _ => Done::new(kind, format!("Group '{name}' was updated in {TARGET}")),
        })
    }

    /// Looks for the group by its matching attributes; creates it, without members, when there is none (E-GCREATE).
    async fn match_or_create_group<P: Port>(
        &mut self,
        key: &str,
        group: &Group,
        pass: &mut Pass<'_, P>,
    ) -> Result<(String, OutcomeKind), Stop> {
        let mapping = self.mapping.clone();
        for entry in mapping.group.matching() {
            let value = entry.source.value(group, &self.memory.links);
            let Some(value) = value.as_str() else { continue };
            let question = Question { collection: GROUPS, target: &entry.target, value };
            match lookup::find(question, Requests(&self.settings), pass).await? {
                Found::Nobody => {}
                Found::Several => return Err(several()),
                Found::One(resource) => {
                    without_members(&resource)?;
                    let id = lookup::id_of(&resource).unwrap_or_default().to_owned();
                    self.memory.link_group(key, &id);
                    self.change_group(&id, group, &resource, pass).await?;
                    return Ok((id, OutcomeKind::Linked));
                }
            }
        }
        let response = pass.send(Requests(&self.settings).create(GROUPS, self.new_group(group))).await?;
        let created = response.json().and_then(Value::as_object).and_then(lookup::id_of);
        let id = created.ok_or_else(|| reaction::unreadable(reaction::INCOMPATIBLE, &response))?.to_owned();
        self.memory.link_group(key, &id);
        Ok((id, OutcomeKind::Provisioned))
    }

    /// The body of a create; older jobs name a second schema in it.
    fn new_group(&self, group: &Group) -> Map<String, Value> {
        let mut body = self.mapping.group.create_body(group, &self.memory.links);
        if self.settings.group_legacy_urn
            && let Some(Value::Array(schemas)) = body.get_mut("schemas")
        {
            schemas.push(LEGACY_URN.into());
        }
        in_order(body, &self.settings.create_order)
    }

    /// Reads a linked group without members and changes its attributes where they differ (E-GRENAME).
    async fn update_group<P: Port>(
        &mut self,
        id: &str,
        group: &Group,
        pass: &mut Pass<'_, P>,
    ) -> Result<OutcomeKind, Stop> {
        let answer = pass.exchange(Requests(&self.settings).group(id)).await?;
        let resource = lookup::known(answer, id, "group")?;
        let changed = self.change_group(id, group, &resource, pass).await?;
        Ok(if changed { OutcomeKind::Updated } else { OutcomeKind::Skipped })
    }

    async fn change_group<P: Port>(
        &self,
        id: &str,
        group: &Group,
        resource: &Map<String, Value>,
        pass: &mut Pass<'_, P>,
    ) -> Result<bool, Stop> {
        let changes = diff::changes(&self.mapping.group.changes(group, &self.memory.links), resource);
        if changes.is_empty() {
            return Ok(false);
        }
        let body = Writer::new(pass.style, &self.settings).changes(&changes);
        pass.send(Requests(&self.settings).patch(GROUPS, id, &body)).await?;
        Ok(true)
    }

    /// Adds and removes members, a few at a time (E-GADD, E-GREMOVE). People without an account are left out.
    async fn write_members<P: Port>(
        &mut self,
        key: &str,
        id: &str,
        group: &Group,
        pass: &mut Pass<'_, P>,
    ) -> Result<bool, Stop> {
        let written = self.memory.members.get(key).cloned().unwrap_or_default();
        let mut joining = self.joining(group, &written, pass.directory);
        let mut leaving = written;
        leaving.retain(|(member, _)| !group.members.contains(member));
        if pass.on_demand {
            joining.truncate(ON_DEMAND_MEMBERS);
            leaving.truncate(ON_DEMAND_MEMBERS - joining.len());
        }
        let chunk = self.settings.members_per_patch.get();
        for some in joining.chunks(chunk) {
            let body = Writer::new(pass.style, &self.settings).add_members(&ids(some));
            pass.send(Requests(&self.settings).patch(GROUPS, id, &body)).await?;
            self.memory.members.entry(key.to_owned()).or_default().extend_from_slice(some);
        }
        for some in leaving.chunks(chunk) {
            let body = Writer::new(pass.style, &self.settings).remove_members(&ids(some));
            pass.send(Requests(&self.settings).patch(GROUPS, id, &body)).await?;
            self.memory.members.entry(key.to_owned()).or_default().retain(|member| !some.contains(member));
        }
        Ok(!joining.is_empty() || !leaving.is_empty())
    }

    /// Members in scope and linked that were not written yet, in the group's order.
    fn joining(&self, group: &Group, written: &[(String, String)], directory: &Directory) -> Vec<(String, String)> {
        let in_scope = |key: &&String| directory.people.get(*key).is_some_and(crate::idp::Person::in_scope);
        let is_new = |key: &&String| !written.iter().any(|(member, _)| member == *key);
        let members = group.members.iter().filter(in_scope).filter(is_new);
        members.filter_map(|key| Some((key.clone(), self.memory.links.id(key)?.to_owned()))).collect()
    }

    /// No longer assigned, or deleted in the directory (E-GDELETE): gone at the target too.
    async fn delete_group<P: Port>(
        &mut self,
        key: &str,
        id: &str,
        group: &Group,
        pass: &mut Pass<'_, P>,
    ) -> Result<Done, Stop> {
        let name = &group.display_name;
        if self.settings.skip_out_of_scope_deletions {
            return Ok(Done::skipped(format!("Group '{name}' is out of scope; it is left as it is.")));
        }
        match pass.exchange(Requests(&self.settings).delete(GROUPS, id)).await? {
            Ok(response) if response.status == 404 => {}
            answer => {
                reaction::accept(answer)?;
            }
        }
        self.memory.forget_group(key);
        Ok(Done::new(OutcomeKind::Deleted, format!("Group '{name}' was deleted in {TARGET}")))
    }

    /// A person has an account now: the groups that wait for that member are looked at in the same cycle.
    pub(super) fn linked_into_groups(&mut self, person: &str, directory: &Directory) {
        if !self.settings.provision_groups {
            return;
        }
        let has_member = |group: &Group| group.pushed && group.members.iter().any(|member| member == person);
        for key in directory.groups.iter().filter(|(_, group)| has_member(group)).map(|(key, _)| key) {
            self.memory.group_changed(key);
        }
    }
}

fn ids(members: &[(String, String)]) -> Vec<&str> {
    members.iter().map(|(_, id)| id.as_str()).collect()
}

/// Entra looked the group up without members; members in the answer are an error. Of a group that is read by its id no
/// such error is documented, and many servers show them there.
fn without_members(resource: &Map<String, Value>) -> Result<(), Stop> {
    match member(resource, "members") {
        Some(Value::Array(members)) if !members.is_empty() => Err(several()),
        _ => Ok(()),
    }
}

fn several() -> Stop {
    let reason = "A GET request to retrieve a user or group received multiple users or groups in the response. The \
                  system expects to receive only one user or group in the response.";
    Stop::needs_admin(reaction::MULTIPLE_ENTRIES, reason)
}

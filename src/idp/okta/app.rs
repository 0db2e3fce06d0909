//! One application: its memory, and which flow an event takes.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::knobs::{Auth, Knobs};
use super::words::Subject;
use serde_json::{Map, Value};

use crate::idp::data::{DialectData, DialectError};
use crate::idp::links::Links;
use crate::idp::mapping::Mapping;
use crate::idp::wire::{Stop, settled};
use crate::idp::{Directory, Event, Halt, Outcome, OutcomeKind, Port};

/// Okta's provisioning of one application.
pub struct Okta {
    pub(super) knobs: Knobs,
    pub(super) mapping: Arc<Mapping>,
    pub(super) links: Links,
    /// The login under which each person was linked last.
    pub(super) logins: BTreeMap<String, String>,
    /// What failed and waits for the admin, by the key of the person or group.
    pub(super) tasks: BTreeMap<String, Task>,
}

/// What "Retry selected" does again.
#[derive(Clone, Debug)]
pub(super) enum Task {
    /// From the lookup on.
    Provision,
    /// Push these changes.
    Profile(Map<String, Value>),
    /// Deactivate this account.
    Deactivate { id: String },
    /// Name and members.
    PushGroup,
    /// Delete it at the target.
    DeleteGroup,
}

impl Okta {
    /// An application with nothing provisioned.
    pub fn new(data: &DialectData) -> Result<Self, DialectError> {
        let knobs = data.knobs()?;
        let mapping = data.mapping.clone();
        Ok(Self { knobs, mapping, links: Links::default(), logins: BTreeMap::new(), tasks: BTreeMap::new() })
    }

    /// The SCIM id held, or held last, for a key.
    pub fn linked(&self, key: &str) -> Option<&str> {
        self.links.last_id(key)
    }

    /// Whether the token goes out without a scheme (OKTA-Q14).
    pub fn sends_bare_token(&self) -> bool {
        self.knobs.auth == Auth::Header
    }

    /// Plays what Okta does after an event.
    pub async fn play<P: Port>(
        &mut self,
        event: &Event,
        directory: &Directory,
        port: &mut P,
    ) -> Result<Vec<Outcome>, Halt> {
        match event {
            Event::TestConnection => Ok(vec![self.test_connection(port).await?]),
            Event::Assign(keys) | Event::Unassign(keys) => {
                let mut outcomes = Vec::with_capacity(keys.len());
                for key in keys {
                    outcomes.push(settled(self.play_scope(key, directory, port).await)?);
                }
                Ok(outcomes)
            }
            _ => Ok(vec![settled(self.play_one(event, directory, port).await)?]),
        }
    }

    /// Events about one person, one group or the job.
    async fn play_one<P: Port>(&mut self, event: &Event, directory: &Directory, port: &mut P) -> Result<Outcome, Stop> {
        match event {
            Event::Change { person: key, changes } => match directory.people.get(key) {
                Some(person) => self.update(key, person, changes, port).await,
                None => Ok(nothing(key)),
            },
            Event::Disable(key) | Event::Enable(key) => self.play_scope(key, directory, port).await,
            Event::PushGroup(key) | Event::PushMembers(key) => self.push_group(key, directory, port).await,
            Event::RenameGroup { group, .. } => self.rename_group(group, directory, port).await,
            Event::ChangeMembers { group, add, remove } => {
                self.change_members(group, (add, remove), directory, port).await
            }
            Event::DeleteGroup(key) => self.delete_group(key, directory, port).await,
            Event::UnlinkGroup(key) => Ok(self.unlink_group(key)),
            Event::Import => self.import(port).await,
            Event::Retry(key) => self.retry(key, directory, port).await,
            // Suspending sends nothing (OKTA-Q20), deleting a user never does (OKTA-Q07), and a provision on demand
            // does not exist.
            Event::Suspend(key)
            | Event::Unsuspend(key)
            | Event::SoftDelete(key)
            | Event::Restore(key)
            | Event::HardDelete(key)
            | Event::OnDemand(key) => Ok(nothing(key)),
            // Event-driven: there are no cycles.
            Event::Cycle | Event::Restart { .. } => Ok(Outcome::of_job(OutcomeKind::Skipped, "")),
            Event::TestConnection | Event::Assign(_) | Event::Unassign(_) => {
                unreachable!("played by the caller")
            }
        }
    }

    /// A person came into scope or left it.
    async fn play_scope<P: Port>(&mut self, key: &str, directory: &Directory, port: &mut P) -> Result<Outcome, Stop> {
        match directory.people.get(key) {
            Some(person) if person.in_scope() => self.assign(key, person, port).await,
            Some(person) => self.deactivate(key, person, port).await,
            None => Ok(nothing(key)),
        }
    }

    /// The admin presses "Retry selected": the task that failed starts again.
    async fn retry<P: Port>(&mut self, key: &str, directory: &Directory, port: &mut P) -> Result<Outcome, Stop> {
        let (Some(task), person) = (self.tasks.get(key).cloned(), directory.people.get(key)) else {
            return Ok(nothing(key));
        };
        match (task, person) {
            (Task::Provision, Some(person)) => self.assign(key, person, port).await,
            (Task::Profile(changes), Some(person)) => self.update(key, person, &changes, port).await,
            (Task::Deactivate { id }, Some(person)) => {
                let login = self.login(person);
                self.send_inactive(Subject { key, name: &login }, &id, port).await?;
                self.tasks.remove(key);
                Ok(Outcome::of(OutcomeKind::Deactivated, key, ""))
            }
            (Task::PushGroup, _) => self.push_group(key, directory, port).await,
            (Task::DeleteGroup, _) => self.delete_group(key, directory, port).await,
            (Task::Provision | Task::Profile(_) | Task::Deactivate { .. }, None) => Ok(nothing(key)),
        }
    }
}

/// Nothing had to be sent.
fn nothing(key: &str) -> Outcome {
    Outcome::of(OutcomeKind::Skipped, key, "")
}

//! A provider: its memory, and which flow an event takes.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::knobs::Knobs;
use super::people::skipped;

use crate::idp::data::{DialectData, DialectError};
use crate::idp::links::Links;
use crate::idp::mapping::Mapping;
use crate::idp::wire::{Stop, settled};
use crate::idp::{Directory, Event, Halt, Outcome, OutcomeKind, Port};

/// A provider with its memory.
pub struct Generic {
    pub(super) knobs: Knobs,
    pub(super) mapping: Arc<Mapping>,
    pub(super) links: Links,
    /// Keys of linked people whose account was deactivated.
    pub(super) inactive: BTreeSet<String>,
    /// `ServiceProviderConfig` was read.
    pub(super) discovered: bool,
    /// The target offers PATCH, as far as it was asked.
    pub(super) patch_offered: bool,
    /// Operations in one PATCH.
    pub(super) max_operations: usize,
}

impl Generic {
    /// A provider with nothing in its memory.
    pub fn new(data: &DialectData) -> Result<Self, DialectError> {
        Ok(Self {
            knobs: data.knobs()?,
            mapping: data.mapping.clone(),
            links: Links::default(),
            inactive: BTreeSet::new(),
            discovered: false,
            patch_offered: true,
            max_operations: usize::MAX,
        })
    }

    /// The SCIM id held, or held last, for a key.
    pub fn linked(&self, key: &str) -> Option<&str> {
        self.links.last_id(key)
    }

    /// Whether the target was asked and does not offer PATCH.
    pub(super) fn patch_is_off(&self) -> bool {
        !self.patch_offered
    }

    /// Plays what the provider does after an event.
    pub async fn play<P: Port>(
        &mut self,
        event: &Event,
        directory: &Directory,
        port: &mut P,
    ) -> Result<Vec<Outcome>, Halt> {
        let keys = match event {
            Event::Assign(keys) | Event::Unassign(keys) => keys.as_slice(),
            _ => return Ok(vec![settled(self.play_one(event, directory, port).await)?]),
        };
        let mut outcomes = Vec::with_capacity(keys.len());
        for key in keys {
            outcomes.push(settled(self.play_person(key, directory, port).await)?);
        }
        Ok(outcomes)
    }

    async fn play_person<P: Port>(&mut self, key: &str, directory: &Directory, port: &mut P) -> Result<Outcome, Stop> {
        self.discover(port).await?;
        self.reconcile(key, directory, port).await
    }

    async fn play_one<P: Port>(&mut self, event: &Event, directory: &Directory, port: &mut P) -> Result<Outcome, Stop> {
        match event {
            Event::TestConnection => return self.test_connection(directory, port).await,
            // No provider here is known to tell the target about a suspension, or to work in cycles.
            Event::Suspend(key) | Event::Unsuspend(key) => return Ok(skipped(key)),
            Event::Cycle | Event::Restart { .. } => return Ok(Outcome::of_job(OutcomeKind::Skipped, "")),
            Event::UnlinkGroup(key) => {
                self.links.unlink(key);
                return Ok(skipped(key));
            }
            _ => self.discover(port).await?,
        }
        match event {
            Event::Change { person, changes } => self.change(person, changes, directory, port).await,
            Event::PushGroup(key) | Event::PushMembers(key) => self.push_group(key, directory, port).await,
            Event::RenameGroup { group, .. } => self.rename_group(group, directory, port).await,
            Event::ChangeMembers { group, add, remove } => {
                self.change_group(group, Some((add, remove)), directory, port).await
            }
            Event::DeleteGroup(key) => self.delete_group(key, port).await,
            Event::Import => self.import(port).await,
            Event::Retry(key) if directory.groups.contains_key(key) => self.push_group(key, directory, port).await,
            Event::Disable(key)
            | Event::Enable(key)
            | Event::SoftDelete(key)
            | Event::Restore(key)
            | Event::HardDelete(key)
            | Event::OnDemand(key)
            | Event::Retry(key) => self.reconcile(key, directory, port).await,
            _ => Ok(Outcome::of_job(OutcomeKind::Skipped, "")),
        }
    }
}

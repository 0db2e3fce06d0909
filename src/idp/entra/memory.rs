//! What Entra remembers between cycles: links, what was written, what changed since.

use std::collections::{BTreeMap, BTreeSet};

use crate::idp::links::Links;
use crate::idp::{Directory, Event};

/// What is known about a linked user besides its id.
#[derive(Clone, Debug, Default)]
pub(super) struct Account {
    /// Still assigned when last looked at: only then does a purge delete it.
    pub managed: bool,
    /// What Entra last did with it.
    pub state: State,
    /// SCIM id of the manager as last read or written.
    pub manager: Option<String>,
    /// Changed by a PATCH that no read has confirmed yet: an address may wait for verification.
    pub unconfirmed: bool,
}

/// How an account stands at the target, as far as Entra knows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum State {
    /// Active.
    #[default]
    Active,
    /// Disabled: unassigned, or disabled in the directory.
    Disabled,
    /// Disabled while the directory had the person in the recycle bin.
    Recycled,
}

/// The job's memory.
#[derive(Clone, Debug, Default)]
pub(super) struct Memory {
    /// SCIM ids of people and groups.
    pub links: Links,
    /// Linked users by key.
    pub accounts: BTreeMap<String, Account>,
    /// Members written to a linked group, as key and SCIM id; never read back.
    pub members: BTreeMap<String, Vec<(String, String)>>,
    /// How often each object was tried again that failed for a passing reason.
    pub retried: BTreeMap<String, u32>,
    /// People that changed since the watermark, in order.
    people: Vec<String>,
    /// Groups that changed since the watermark, in order.
    groups: Vec<String>,
}

impl Memory {
    /// A directory event moves objects past the watermark.
    pub(super) fn notice(&mut self, event: &Event) {
        match event {
            Event::Assign(keys) | Event::Unassign(keys) => keys.iter().for_each(|key| self.person_changed(key)),
            Event::Change { person: key, .. }
            | Event::Disable(key)
            | Event::Enable(key)
            | Event::SoftDelete(key)
            | Event::Restore(key)
            | Event::HardDelete(key) => self.person_changed(key),
            Event::PushGroup(key)
            | Event::PushMembers(key)
            | Event::DeleteGroup(key)
            | Event::UnlinkGroup(key)
            | Event::RenameGroup { group: key, .. }
            | Event::ChangeMembers { group: key, .. } => self.group_changed(key),
            Event::TestConnection
            | Event::Suspend(_)
            | Event::Unsuspend(_)
            | Event::Cycle
            | Event::OnDemand(_)
            | Event::Restart { .. }
            | Event::Import
            | Event::Retry(_) => {}
        }
    }

    /// The next cycle looks at this person or group.
    pub(super) fn changed(&mut self, key: &str, directory: &Directory) {
        if directory.groups.contains_key(key) {
            self.group_changed(key);
        } else {
            self.person_changed(key);
        }
    }

    /// The next cycle looks at this person.
    pub(super) fn person_changed(&mut self, key: &str) {
        add(&mut self.people, key);
    }

    /// The next cycle looks at this group.
    pub(super) fn group_changed(&mut self, key: &str) {
        add(&mut self.groups, key);
    }

    /// Takes the changed people, in order.
    pub(super) fn take_people(&mut self) -> Vec<String> {
        std::mem::take(&mut self.people)
    }

    /// Takes the changed groups, in order.
    pub(super) fn take_groups(&mut self) -> Vec<String> {
        std::mem::take(&mut self.groups)
    }

    /// This object was brought up to date outside a cycle.
    pub(super) fn up_to_date(&mut self, key: &str) {
        self.people.retain(|changed| changed != key);
        self.groups.retain(|changed| changed != key);
    }

    /// Keys of accounts whose last change no read has confirmed.
    pub(super) fn unconfirmed(&self) -> Vec<String> {
        self.accounts.iter().filter(|(_, account)| account.unconfirmed).map(|(key, _)| key.clone()).collect()
    }

    /// A user at the target belongs to this person from now on.
    pub(super) fn link_user(&mut self, key: &str, id: &str, manager: Option<String>) {
        self.links.link(key, id);
        self.accounts.insert(key.to_owned(), Account { managed: true, manager, ..Account::default() });
    }

    /// The user is gone, or nobody's any more.
    pub(super) fn forget_user(&mut self, key: &str) {
        self.links.unlink(key);
        self.accounts.remove(key);
        self.members.values_mut().for_each(|members| members.retain(|(member, _)| member != key));
    }

    /// A group at the target belongs to this group from now on; its members are not read.
    pub(super) fn link_group(&mut self, key: &str, id: &str) {
        self.links.link(key, id);
        self.members.insert(key.to_owned(), Vec::new());
    }

    /// The group is gone.
    pub(super) fn forget_group(&mut self, key: &str) {
        self.links.unlink(key);
        self.members.remove(key);
    }

    /// A restart evaluates everything again; a full one forgets the links first.
    pub(super) fn restart(&mut self, full: bool, directory: &Directory) {
        let in_scope = directory.people.iter().filter(|(_, person)| person.in_scope()).map(|(key, _)| key);
        let people: BTreeSet<String> = self.accounts.keys().chain(in_scope).cloned().collect();
        let pushed = directory.groups.iter().filter(|(_, group)| group.pushed).map(|(key, _)| key);
        let groups: BTreeSet<String> = self.members.keys().chain(pushed).cloned().collect();
        if full {
            self.links.unlink_all();
            self.accounts.clear();
            self.members.clear();
        }
        self.retried.clear();
        self.people = people.into_iter().collect();
        self.groups = groups.into_iter().collect();
    }
}

fn add(keys: &mut Vec<String>, key: &str) {
    if !keys.iter().any(|known| known == key) {
        keys.push(key.to_owned());
    }
}

//! Who is who: names that stand for one person or group, joined where a record shows two of them.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, RandomState};

use caseless::default_case_fold_str;

use crate::logs::observation::{Observation, Subject};

/// Subjects, each known by any of its names. Of a name only its hash is kept: a log may name a million people.
#[derive(Debug, Default)]
pub(super) struct Identities {
    hasher: RandomState,
    subjects: HashMap<u64, usize>,
    names: HashMap<usize, Vec<u64>>,
    count: usize,
    /// The names of the record that is looked at.
    seen: Vec<u64>,
    text: String,
}

impl Identities {
    /// The subject of an observation, and which others turn out to be the same; `None` when it names nobody.
    pub(super) fn subject(&mut self, observation: &Observation) -> Option<(usize, Vec<usize>)> {
        self.seen.clear();
        self.look_at(observation);
        self.seen.first()?;
        let mut known: Vec<usize> = self.seen.iter().filter_map(|name| self.subjects.get(name).copied()).collect();
        // The one with most names keeps them, so that joining stays cheap.
        known.sort_unstable_by_key(|subject| (usize::MAX - self.names.get(subject).map_or(0, Vec::len), *subject));
        known.dedup();
        let mut others = known.into_iter();
        let subject = others.next().unwrap_or(self.count);
        self.count = self.count.max(subject + 1);
        let others: Vec<usize> = others.collect();
        let mut new: Vec<u64> = others.iter().flat_map(|other| self.names.remove(other).unwrap_or_default()).collect();
        new.extend(self.seen.iter().filter(|name| !self.subjects.contains_key(name)));
        self.subjects.extend(new.iter().map(|name| (*name, subject)));
        self.names.entry(subject).or_default().append(&mut new);
        Some((subject, others))
    }

    /// Forgets a subject: who has one of its names from now on is somebody new.
    pub(super) fn forget(&mut self, subject: usize) {
        for name in self.names.remove(&subject).unwrap_or_default() {
            self.subjects.remove(&name);
        }
    }

    /// Notes the names in a record. An address is one whether it is the user name or the e-mail; Okta's and Entra's own
    /// id is what they send as `externalId`. A display name counts only where there is nothing better: two people may
    /// share it.
    fn look_at(&mut self, observation: &Observation) {
        let Subject { is_group, user_name, email, display_name, idp_id, scim_id, external_id } = &observation.subject;
        if *is_group {
            // A group's SCIM id and its name at the IdP are seldom in one record.
            [scim_id, display_name].into_iter().flatten().for_each(|name| self.note('g', name));
            return;
        }
        [user_name, email].into_iter().flatten().for_each(|address| self.note('a', address));
        [idp_id, external_id].into_iter().flatten().for_each(|id| self.note('i', id));
        if let Some(id) = scim_id {
            self.note('s', id);
        }
        for change in &observation.changes {
            if matches!(change.path.as_str(), "userName" | "login" | "email") || change.path.starts_with("emails") {
                [&change.old, &change.new].into_iter().flatten().for_each(|address| self.note('a', address));
            }
        }
        if let (true, Some(name)) = (self.seen.is_empty(), display_name) {
            self.note('d', name);
        }
    }

    fn note(&mut self, kind: char, value: &str) {
        if value.is_empty() {
            return;
        }
        self.text.clear();
        self.text.push(kind);
        if value.is_ascii() {
            self.text.push_str(value.trim());
            self.text.make_ascii_lowercase();
        } else {
            self.text.push_str(&default_case_fold_str(value.trim()));
        }
        let name = self.hasher.hash_one(&self.text);
        if !self.seen.contains(&name) {
            self.seen.push(name);
        }
    }
}

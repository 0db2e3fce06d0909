//! Who is who: names that stand for one person or group, joined where a record shows two of them.

use std::collections::HashMap;

use caseless::default_case_fold_str;

use crate::logs::observation::{Observation, Subject};

/// Subjects, each known by any of its names.
#[derive(Debug, Default)]
pub(super) struct Identities {
    /// Name → subject.
    names: HashMap<String, usize>,
    /// Subject → the subject it was joined to; itself when to none.
    joined: Vec<usize>,
}

impl Identities {
    /// The subject of an observation, and which others turn out to be the same; `None` when it names nobody.
    pub(super) fn subject(&mut self, observation: &Observation) -> Option<(usize, Vec<usize>)> {
        let names = names(observation);
        let mut known: Vec<usize> = names.iter().filter_map(|name| self.names.get(name).copied()).collect();
        for subject in &mut known {
            *subject = self.root(*subject);
        }
        known.sort_unstable();
        known.dedup();
        let subject = match known.first() {
            Some(first) => *first,
            None if names.is_empty() => return None,
            None => {
                self.joined.push(self.joined.len());
                self.joined.len() - 1
            }
        };
        let others: Vec<usize> = known.into_iter().filter(|other| *other != subject).collect();
        for other in &others {
            self.joined[*other] = subject;
        }
        for name in names {
            self.names.entry(name).or_insert(subject);
        }
        Some((subject, others))
    }

    fn root(&mut self, mut subject: usize) -> usize {
        while self.joined[subject] != subject {
            self.joined[subject] = self.joined[self.joined[subject]];
            subject = self.joined[subject];
        }
        subject
    }
}

/// The names in a record. An address is one whether it is the user name or the e-mail; Okta's and Entra's own id is
/// what they send as `externalId`. A display name counts only where there is nothing better: two people may share it.
fn names(observation: &Observation) -> Vec<String> {
    let Subject { is_group, user_name, email, display_name, idp_id, scim_id, external_id } = &observation.subject;
    let mut names = Vec::new();
    let mut add = |kind: char, value: &str| {
        if !value.is_empty() {
            names.push(format!("{kind}:{}", default_case_fold_str(value.trim())));
        }
    };
    if *is_group {
        // A group's SCIM id and its name at the IdP are seldom in one record.
        [scim_id, display_name].into_iter().flatten().for_each(|name| add('g', name));
        return names;
    }
    [user_name, email].into_iter().flatten().for_each(|address| add('a', address));
    [idp_id, external_id].into_iter().flatten().for_each(|id| add('i', id));
    if let Some(id) = scim_id {
        add('s', id);
    }
    for change in &observation.changes {
        if matches!(change.path.as_str(), "userName" | "login" | "email") || change.path.starts_with("emails") {
            [&change.old, &change.new].into_iter().flatten().for_each(|address| add('a', address));
        }
    }
    if let (true, Some(name)) = (names.is_empty(), display_name) {
        names.push(format!("d:{}", default_case_fold_str(name)));
    }
    names
}

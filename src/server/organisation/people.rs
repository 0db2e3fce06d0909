//! Who comes, changes and goes, and the accounts that people have elsewhere.

use std::collections::HashMap;

use serde_json::{Map, Value};
use time::OffsetDateTime;

use super::mapping::Mapping;
use super::outbox::{self, Mail, Outbox};
use super::plan::Plan;
use super::verification::Pending;
use super::{Organisation, Person};
use crate::control::{Account, AccountState};
use crate::server::settings::Settings;
use crate::server::store::folded;

impl Organisation {
    /// An organisation without people.
    pub fn new(settings: &Settings) -> Self {
        Self {
            seats: settings.seats,
            plan: Plan::new(settings),
            outbox: Outbox::default(),
            mapping: Mapping::default(),
            people: HashMap::new(),
            elsewhere: HashMap::new(),
        }
    }

    /// What is known of a user.
    pub fn person(&self, id: &str) -> Option<&Person> {
        self.people.get(id)
    }

    /// An account in another organisation or in none that has this address.
    pub fn elsewhere(&self, address: &str) -> Option<&Account> {
        self.elsewhere.get(&folded(address))
    }

    /// The accounts outside the organisation, by address.
    pub fn outsiders(&self) -> Vec<&Account> {
        let mut all: Vec<_> = self.elsewhere.values().collect();
        all.sort_by(|a, b| a.address.cmp(&b.address));
        all
    }

    /// An account comes to exist outside the organisation.
    pub fn add_outsider(&mut self, account: Account) {
        self.elsewhere.insert(folded(&account.address), account);
    }

    /// The account outside the organisation with this address leaves wherever it was.
    pub fn take_outsider(&mut self, address: &str) -> Option<Account> {
        self.elsewhere.remove(&folded(address))
    }

    /// An account that was a person's own became a user of this organisation.
    pub fn set_solo(&mut self, id: &str, account: Account) {
        if account.state == AccountState::Solo {
            self.people.entry(id.to_owned()).or_default().solo = Some(account);
        }
    }

    /// A user came to exist, by SCIM or before it. A person's own account becomes part of it.
    pub fn joined(&mut self, id: &str, user: &Map<String, Value>, settings: &Settings, now: OffsetDateTime) {
        let address = address(user);
        self.people.insert(id.to_owned(), Person::default());
        if self.elsewhere(address).is_some_and(|account| account.state == AccountState::Solo)
            && let Some(account) = self.take_outsider(address)
        {
            self.set_solo(id, account);
        }
        self.invite_or_withdraw(id, user, settings, now);
    }

    /// A user changed.
    pub fn changed(
        &mut self,
        id: &str,
        user: &Map<String, Value>,
        held: Option<Pending>,
        settings: &Settings,
        now: OffsetDateTime,
    ) {
        if let Some(held) = held {
            self.hold(id, held, now);
        }
        self.invite_or_withdraw(id, user, settings, now);
    }

    /// A user is gone for good; an account that was the person's own stays.
    pub fn left(&mut self, id: &str) {
        if let Some(account) = self.people.remove(id).and_then(|person| person.solo) {
            self.add_outsider(account);
        }
    }

    /// Gives a user a role.
    pub fn set_role(&mut self, id: &str, role: &str) {
        self.people.entry(id.to_owned()).or_default().role = Some(role.to_owned());
    }

    pub(super) fn mail(&mut self, to: &str, about: outbox::About, now: OffsetDateTime) {
        self.outbox.send(Mail { to: to.to_owned(), about, at: now });
    }
}

/// The address under which a user is known: the login.
pub(super) fn address(user: &Map<String, Value>) -> &str {
    user.get("userName").and_then(Value::as_str).unwrap_or_default()
}

//! The organisation and its people: who joined, changed, left, and what is known of each beyond SCIM.

use std::collections::HashMap;

use serde_json::{Map, Value};
use time::OffsetDateTime;

use super::mapping::Mapping;
use super::outbox::{About, Mail, Outbox};
use super::plan::Plan;
use super::verification::Pending;
use crate::control::{Account, AccountState};
use crate::server::settings::Settings;
use crate::server::store::folded;

/// Everything about the organisation that no SCIM resource shows.
#[derive(Debug)]
pub struct Organisation {
    /// Seats it has; no limit when absent.
    pub seats: Option<u32>,
    /// Plan and single sign-on, on which SCIM may depend.
    pub plan: Plan,
    /// Mails sent.
    pub outbox: Outbox,
    /// Values of the group attribute and the groups they stand for.
    pub mapping: Mapping,
    pub(super) people: HashMap<String, Person>,
    /// Whose change of address waits, by folded new address.
    pub(super) awaited: HashMap<String, String>,
    /// Accounts that are in another organisation or in none, by folded address.
    elsewhere: HashMap<String, Account>,
}

/// What is known of one user beyond SCIM.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Person {
    /// The invitation waits to be accepted.
    pub invited: bool,
    /// An invitation was accepted once: coming back needs no other.
    pub accepted: bool,
    /// A change of address that waits to be verified.
    pub pending: Option<Pending>,
    /// The account that was the person's own before, and will be again.
    pub solo: Option<Account>,
    /// The role inside the app, when it is not a user's.
    pub role: Option<String>,
}

impl Organisation {
    /// An organisation without people.
    pub fn new(settings: &Settings) -> Self {
        Self {
            seats: settings.seats,
            plan: Plan::new(settings),
            outbox: Outbox::default(),
            mapping: Mapping::default(),
            people: HashMap::new(),
            awaited: HashMap::new(),
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
        self.awaited.retain(|_, waiting| waiting != id);
        if let Some(account) = self.people.remove(id).and_then(|person| person.solo) {
            self.add_outsider(account);
        }
    }

    /// Gives a user a role.
    pub fn set_role(&mut self, id: &str, role: &str) {
        self.people.entry(id.to_owned()).or_default().role = Some(role.to_owned());
    }

    pub(super) fn mail(&mut self, to: &str, about: About, now: OffsetDateTime) {
        self.outbox.send(Mail { to: to.to_owned(), about, at: now });
    }
}

/// The address under which a user is known: the login.
pub(super) fn address(user: &Map<String, Value>) -> &str {
    user.get("userName").and_then(Value::as_str).unwrap_or_default()
}

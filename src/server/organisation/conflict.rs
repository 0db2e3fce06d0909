//! Conflicts: an address or name that somebody else has already.
//!
//! The detail is what an administrator reads in the IdP's log, so it says how
//! the other account stands and what to do. Of accounts outside the
//! organisation it says nothing but that they exist.

use serde_json::{Map, Value};

use super::people::Organisation;
use crate::control::AccountState;
use crate::scim::ScimType;
use crate::server::door::route::Kind;
use crate::server::reply::Refusal;
use crate::server::settings::Settings;
use crate::server::store::{Key, Store, addresses, folded, is_active};

/// Who wants to have a name, and among whom.
pub struct Claim<'t> {
    /// The settings of the tenant.
    pub settings: &'t Settings,
    /// All users and groups.
    pub store: &'t Store,
    /// The organisation.
    pub organisation: &'t Organisation,
    /// The resource itself, when it exists.
    pub id: Option<&'t str>,
}

impl Claim<'_> {
    /// Refuses a user whose login or address somebody else has: 409 `uniqueness` (RFC 7644 §3.3).
    pub fn user(&self, user: &Map<String, Value>) -> Result<(), Refusal> {
        let name = user.get("userName").and_then(Value::as_str).unwrap_or_default();
        if let Some(other) = self.other(Kind::User, Key::UserName, name) {
            return Err(self.taken("userName", name, other));
        }
        self.elsewhere("userName", name)?;
        if !self.settings.unique_addresses {
            return Ok(());
        }
        for address in addresses(user) {
            let attribute = if folded(address) == folded(name) { "userName" } else { "emails" };
            if let Some(other) = self.other(Kind::User, Key::Address, address) {
                return Err(self.taken(attribute, address, other));
            }
            self.elsewhere(attribute, address)?;
            if self.organisation.who_awaits(address).is_some_and(|id| Some(id) != self.id) {
                let detail = format!(
                    "{attribute} \"{address}\" is being verified as the new address of another user of this \
                     organisation. Wait until it is verified, or change that user's address back."
                );
                return Err(uniqueness(&detail));
            }
        }
        Ok(())
    }

    /// Refuses a group whose name another one has, where names are unique.
    pub fn group(&self, group: &Map<String, Value>) -> Result<(), Refusal> {
        let name = group.get("displayName").and_then(Value::as_str).unwrap_or_default();
        if self.settings.unique_group_names && self.other(Kind::Group, Key::GroupName, name).is_some() {
            let detail = format!("displayName \"{name}\" is already used by another group.");
            return Err(uniqueness(&detail));
        }
        Ok(())
    }

    fn other(&self, kind: Kind, key: Key, value: &str) -> Option<&Map<String, Value>> {
        let is_other = |found: &&Map<String, Value>| found.get("id").and_then(Value::as_str) != self.id;
        self.store.all(kind).with(key, &folded(value)).find(is_other)
    }

    /// An account outside the organisation holds an address; a person's own account may be invited, but not renamed into.
    fn elsewhere(&self, attribute: &str, address: &str) -> Result<(), Refusal> {
        let Some(account) = self.organisation.elsewhere(address) else { return Ok(()) };
        if account.state == AccountState::Solo && self.id.is_none() {
            return Ok(());
        }
        let detail = format!(
            "{attribute} \"{address}\" is already used by an account that is not part of this organisation. \
             Its owner can change the address of that account, or contact support."
        );
        Err(uniqueness(&detail))
    }

    fn taken(&self, attribute: &str, value: &str, other: &Map<String, Value>) -> Refusal {
        let id = other.get("id").and_then(Value::as_str).unwrap_or_default();
        let invited = self.organisation.person(id).is_some_and(|person| person.invited);
        let (who, link) = match (is_active(other), invited) {
            (false, _) => ("a deactivated user of this organisation", "Set active to true on that user instead"),
            (true, true) => {
                ("a user of this organisation whose invitation is not accepted yet", "Link that user instead")
            }
            (true, false) => ("an active user of this organisation", "Link that user instead"),
        };
        let advice = match self.id {
            // Who has an account already cannot be linked to another one.
            Some(_) => "Change the other user first, or keep the value.".to_owned(),
            None => format!("{link}: unassign the person, then assign again."),
        };
        uniqueness(&format!("{attribute} \"{value}\" is already used by {who}. {advice}"))
    }
}

fn uniqueness(detail: &str) -> Refusal {
    Refusal::new(409, Some(ScimType::Uniqueness.name()), detail)
}

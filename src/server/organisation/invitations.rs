//! Invitations: a provisioned person is pending until the invitation is accepted.

use serde_json::{Map, Value};
use time::OffsetDateTime;

use super::outbox::About;
use super::people::{Organisation, address};
use crate::server::settings::Settings;
use crate::server::store::is_active;

impl Organisation {
    /// Invites who got access and has not been here; withdraws the invitation of who lost it.
    pub(super) fn invite_or_withdraw(
        &mut self,
        id: &str,
        user: &Map<String, Value>,
        settings: &Settings,
        now: OffsetDateTime,
    ) {
        if !settings.invitations {
            return;
        }
        let Some(person) = self.people.get_mut(id) else { return };
        let invites = is_active(user) && !person.accepted && !person.invited;
        person.invited = is_active(user) && !person.accepted;
        if invites {
            self.mail(address(user), About::Invitation, now);
        }
    }

    /// The person accepts.
    pub fn accept(&mut self, id: &str) -> Result<(), String> {
        let person = self.people.get_mut(id).filter(|person| person.invited);
        let person = person.ok_or_else(|| "There is no invitation that waits for this person.".to_owned())?;
        person.invited = false;
        person.accepted = true;
        Ok(())
    }

    /// An account from before SCIM: its owner is here already.
    pub fn settled(&mut self, id: &str) {
        let person = self.people.entry(id.to_owned()).or_default();
        person.invited = false;
        person.accepted = true;
    }
}

//! A user leaves: unassigned, disabled, in the recycle bin, or purged.
//!
//! The first three are one thing to Entra: the user goes out of scope and is
//! disabled at the target. Only a purge deletes, only when the mapping's Delete
//! is on, and only a user that was still managed.

use super::diff;
use super::memory::State;
use super::pass::{Done, Pass, Stop};
use super::patch::Change;
use super::reaction;
use super::requests::Requests;
use super::user::Linked;
use super::{Entra, TARGET, USERS};
use crate::idp::mapping::{Entry, Target};
use crate::idp::{OutcomeKind, Port};
use crate::scim::truth;

impl Entra {
    /// A linked user that should have no active account any more.
    pub(super) async fn leave<P: Port>(&mut self, linked: Linked<'_>, pass: &mut Pass<'_, P>) -> Result<Done, Stop> {
        let person = linked.person;
        let name = self.name_of(person);
        if pass.on_demand && person.assigned {
            return Ok(Done::skipped(format!(
                "User '{name}' is not active in the source system: provisioning on demand disables only unassigned users."
            )));
        }
        if person.purged {
            return self.purge(linked, pass).await;
        }
        self.disable(linked, pass).await
    }

    /// The directory has purged the user (E-HARDDEL).
    async fn purge<P: Port>(&mut self, linked: Linked<'_>, pass: &mut Pass<'_, P>) -> Result<Done, Stop> {
        let Linked { key, id, person } = linked;
        let account = self.memory.accounts.get(key).cloned().unwrap_or_default();
        let name = self.name_of(person);
        if !account.managed {
            self.memory.forget_user(key);
            return Ok(Done::skipped(format!("User '{name}' was no longer managed when it was deleted.")));
        }
        if !self.settings.delete_enabled {
            let done = self.disable(linked, pass).await?;
            self.memory.forget_user(key);
            return Ok(done);
        }
        match pass.exchange(Requests(&self.settings).delete(USERS, id)).await? {
            Ok(response) if response.status == 404 => {}
            answer => {
                reaction::accept(answer)?;
            }
        }
        self.memory.forget_user(key);
        Ok(Done::new(OutcomeKind::Deleted, format!("User '{name}' was deleted in {TARGET}")))
    }

    /// Out of scope (E-UNASSIGN, E-DISABLE, E-SOFTDEL): read, then `active` goes to false. What Entra disabled
    /// already is not touched again.
    async fn disable<P: Port>(&mut self, linked: Linked<'_>, pass: &mut Pass<'_, P>) -> Result<Done, Stop> {
        let Linked { key, id, person } = linked;
        let name = self.name_of(person);
        let Some(active) = self.active_entry().filter(|_| !self.settings.skip_out_of_scope_deletions) else {
            return Ok(Done::skipped(format!("User '{name}' is out of scope; its account is left as it is.")));
        };
        let state = if person.soft_deleted { State::Recycled } else { State::Disabled };
        if let Some(account) = self.memory.accounts.get_mut(key).filter(|account| account.state != State::Active) {
            account.managed = person.assigned;
            account.state = state;
            return Ok(Done::skipped(format!("User '{name}' is disabled in {TARGET} already")));
        }
        let resource = self.read_user(id, pass).await?;
        let shown = active.get(&resource).filter(|value| diff::is_assigned(value));
        let was_active = shown.is_none_or(|shown| truth(shown) != Some(false));
        if was_active {
            // `Add` where the target shows no value (ENTRA-Q15).
            let change = Change { path: active.to_string(), value: false.into(), is_new: shown.is_none() };
            self.patch_user(id, &[change], pass).await?;
        }
        if let Some(account) = self.memory.accounts.get_mut(key) {
            account.managed = person.assigned;
            account.state = state;
            account.unconfirmed = false;
        }
        Ok(if was_active {
            Done::new(OutcomeKind::Deactivated, format!("User '{name}' was disabled in {TARGET}"))
        } else {
            Done::skipped(format!("User '{name}' is disabled in {TARGET} already"))
        })
    }

    /// The target attribute that says whether an account is active; none when its mapping was deleted.
    fn active_entry(&self) -> Option<Target> {
        let reads_state = |entry: &&Entry| ["active", "isSoftDeleted"].iter().any(|state| entry.source.reads(state));
        self.mapping.user.entries.iter().find(reads_state).map(|entry| entry.target.clone())
    }
}

//! Seats: whoever has access takes one, from the invitation on.

use serde_json::{Map, Value};

use super::people::Organisation;
use crate::server::door::route::Kind;
use crate::server::reply::Refusal;
use crate::server::settings::Settings;
use crate::server::store::{Store, is_active};

impl Organisation {
    /// Refuses what needs one more seat when none is free: a new user with access, or one who gets it back.
    pub fn seat_for(
        &self,
        before: Option<&Map<String, Value>>,
        after: &Map<String, Value>,
        store: &Store,
        settings: &Settings,
    ) -> Result<(), Refusal> {
        let needs_one = is_active(after) && !before.is_some_and(is_active);
        if !needs_one || self.seat_is_free(store) {
            return Ok(());
        }
        let capacity = &settings.capacity;
        let seats = self.seats.unwrap_or_default().to_string();
        Err(Refusal::new(capacity.status, capacity.scim_type.as_deref(), &capacity.detail.replace("{seats}", &seats)))
    }

    /// Whether one more person fits in.
    pub fn seat_is_free(&self, store: &Store) -> bool {
        self.seats.is_none_or(|seats| store.all(Kind::User).active() < seats as usize)
    }
}

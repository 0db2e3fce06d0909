//! Okta: a straight reading of its SCIM client (docs/idps.md, Okta).

mod knobs;

use knobs::Knobs;

use super::data::{DialectData, DialectError};
use super::{Directory, Event, Halt, Outcome, OutcomeKind, Port};

/// Okta's provisioning of one application.
pub struct Okta {
    knobs: Knobs,
}

impl Okta {
    /// An application with nothing provisioned.
    pub fn new(data: &DialectData) -> Result<Self, DialectError> {
        Ok(Self { knobs: data.knobs()? })
    }

    /// Plays what Okta does after an event.
    #[allow(clippy::unused_async)]
    pub async fn play<P: Port>(
        &mut self,
        _event: &Event,
        _directory: &Directory,
        _port: &mut P,
    ) -> Result<Vec<Outcome>, Halt> {
        let _ = &self.knobs;
        Ok(vec![Outcome::of_job(OutcomeKind::Skipped, "this dialect is not built yet")])
    }

    /// The SCIM id held for a key.
    pub fn linked(&self, _key: &str) -> Option<&str> {
        None
    }
}

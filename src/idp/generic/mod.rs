//! Any other provider, by configuration. (Being built.)

use super::data::{DialectData, DialectError};
use super::{Directory, Event, Halt, Outcome, OutcomeKind, Port};

/// Generic's provisioning job.
pub struct Generic {}

impl Generic {
    /// A job with nothing in its memory.
    pub fn new(_data: &DialectData) -> Result<Self, DialectError> {
        Ok(Self {})
    }

    /// Plays what the job does after an event.
    #[allow(clippy::unused_async, reason = "the signature of every dialect")]
    pub async fn play<P: Port>(
        &mut self,
        _event: &Event,
        _directory: &Directory,
        _port: &mut P,
    ) -> Result<Vec<Outcome>, Halt> {
        let message = "this dialect is not built yet".to_owned();
        Ok(vec![Outcome { kind: OutcomeKind::Skipped, subject: None, message, code: None }])
    }

    /// The SCIM id held for a key.
    pub fn linked(&self, _key: &str) -> Option<&str> {
        None
    }
}

//! How the work on one person or group ends early.

use crate::idp::{Halt, Outcome};

/// Passed up with `?` through a flow.
pub enum Stop {
    /// The engine ends everything.
    Halt(Halt),
    /// The IdP goes no further with this person or group, and records this.
    Recorded(Outcome),
}

impl From<Halt> for Stop {
    fn from(halt: Halt) -> Self {
        Self::Halt(halt)
    }
}

/// What the IdP recorded, however the work ended; only the engine's own reasons go further up.
pub fn settled(result: Result<Outcome, Stop>) -> Result<Outcome, Halt> {
    match result {
        Ok(outcome) | Err(Stop::Recorded(outcome)) => Ok(outcome),
        Err(Stop::Halt(halt)) => Err(halt),
    }
}

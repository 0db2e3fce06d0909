//! From observations to incidents: who it is about, in which order it happened, what failed.

mod cases;
mod fidelity;
mod find;
mod identity;
mod message;
mod silent;
mod symptom;
mod weight;

pub use cases::{Cases, Forgotten};
pub use fidelity::fidelity;
pub use message::is_unanswered;
pub use symptom::Symptom;

use super::observation::{Observation, Subject};

/// One thing that went wrong for one person or group, or for everybody.
#[derive(Clone, Debug, PartialEq)]
pub struct Incident {
    /// What is seen, such as `create.conflict`.
    pub symptom: Symptom,
    /// Whom it is about; `*` for everybody.
    pub subject: String,
    /// What happened around it, in order of time.
    pub observations: Vec<Observation>,
    /// Which of the observations failed, or show the silent failure.
    pub failing: Vec<usize>,
}

impl Incident {
    /// The failing observation that says most.
    pub fn first_failure(&self) -> Option<&Observation> {
        let failing = || self.failing.iter().filter_map(|index| self.observations.get(*index));
        failing().find(|observation| observation.message.is_some()).or_else(|| failing().next())
    }

    /// It failed for somebody of whom the log does not say who it is, not for everybody.
    pub fn is_of_somebody(&self) -> bool {
        let mut failing = self.failing.iter().filter_map(|index| self.observations.get(*index));
        let names = |seen: &Observation| {
            let Subject { user_name, email, display_name, idp_id, scim_id, external_id, .. } = &seen.subject;
            [user_name, email, display_name, idp_id, scim_id, external_id].iter().any(|name| name.is_some())
        };
        self.subject == "*" && !self.symptom.is_of_everybody() && !failing.any(names)
    }

    /// How much the evidence holds: 3 the wire itself, 2 intent and attributes, 1 who, what and how it ended, 0 a sentence.
    pub fn fidelity(&self) -> u8 {
        self.observations.iter().map(|observation| fidelity(observation.place.format)).max().unwrap_or(0)
    }
}

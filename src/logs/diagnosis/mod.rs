//! What is likely wrong, and what to tell the customer.

mod conditions;
mod data;
mod history;
mod questions;

pub use data::{ADVICE, Advice, CAUSES, Cause, CauseWords, Earlier, Language, Later};
pub use questions::{Question, questions};

use super::incidents::Incident;
use super::observation::Intent;
use conditions::fits;

/// A diagnosis of one incident.
#[derive(Clone, Debug)]
pub struct Diagnosis {
    /// The likely cause.
    pub cause: &'static Cause,
    /// What to do, by id.
    pub advice: Vec<&'static str>,
    /// What would be advised, had the log not shown that it was tried and did not help.
    pub tried: Vec<&'static str>,
}

/// The likely cause of an incident, and the advice that fits.
pub fn diagnose(incident: &Incident) -> Diagnosis {
    let cause = CAUSES.iter().find(|cause| fits(cause, incident)).expect("the last cause fits every incident");
    let is_tried = |id: &&str| ADVICE[*id].unless_tried && was_tried(id, incident);
    let (tried, advice) = cause.advice.iter().map(String::as_str).partition(is_tried);
    Diagnosis { cause, advice, tried }
}

/// Whether the log shows the advice followed, with the same failure after it.
fn was_tried(advice: &str, incident: &Incident) -> bool {
    let (Some(first), Some(last)) = (incident.failing.first(), incident.failing.last()) else { return false };
    let between = &incident.observations[*first..*last];
    let has = |intent: Intent| between.iter().any(|seen| seen.intent == intent);
    match advice {
        "remove-and-reassign" => has(Intent::Unassign) && has(Intent::Assign),
        "renew-token" => has(Intent::RotateToken),
        _ => false,
    }
}

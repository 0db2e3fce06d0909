//! From an incident to the requests that led to it: what the wire showed where it was seen, else what the dialect sends
//! when it gets the answers that the log proves. Nothing is filled in silently: each step says how it is known, and
//! every gap is an assumption with a name.

mod assumption;
mod dialect;
mod events;
mod evidence;
mod wire;

pub use assumption::Assumption;

use crate::http::Request;
use crate::logs::incidents::Incident;
use crate::logs::observation::{Place, Provenance};

/// A request, and the answer that it got.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// The record that tells of it.
    pub place: Option<Place>,
    /// The request, with the values of the log.
    pub request: Request,
    /// How the request is known.
    pub sent: Provenance,
    /// The status of its answer; `None` when nothing tells.
    pub status: Option<u16>,
    /// No answer came.
    pub is_unanswered: bool,
    /// How the answer is known.
    pub got: Provenance,
    /// What the answer's `detail` said.
    pub detail: Option<String>,
    /// The answer's body, where the log has it.
    pub body: Option<String>,
    /// `totalResults` of a lookup, where it follows.
    pub total: Option<u64>,
}

/// The requests of an incident.
#[derive(Clone, Debug, PartialEq)]
pub struct Sequence {
    /// The dialect that sent them, or that is taken to have sent them.
    pub dialect: String,
    /// In order.
    pub steps: Vec<Step>,
    /// What was assumed, by name.
    pub assumptions: Vec<Assumption>,
}

/// The path of a resource whose id no log shows.
pub const UNKNOWN_ID: &str = "{id}";

/// The requests of an incident.
pub fn sequence(incident: &Incident) -> Sequence {
    sequence_as(incident, None)
}

/// The requests of an incident; where the wire was not seen, those of this dialect.
pub fn sequence_as(incident: &Incident, chosen: Option<&str>) -> Sequence {
    wire::sequence(incident).unwrap_or_else(|| dialect::sequence(incident, chosen))
}

//! What a target is before it is judged: reachable or not, what it offers, what it keeps, and how its own people
//! are asked to change something outside SCIM.

pub(in crate::run) mod capabilities;
pub(in crate::run) mod declared;
pub(in crate::run) mod hooks;
pub(in crate::run) mod kept;
pub(in crate::run) mod preflight;

//! `res/`: every resource representation, whatever request showed it (RFC 7643 §2 to §4).

pub(super) mod identity;
pub(super) mod location;
pub(super) mod same;
pub(super) mod secrets;
pub(super) mod shape;
pub(super) mod times;

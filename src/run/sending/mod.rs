//! The way of every request: one wire for each scenario, at a site, at the run's common pace.

pub(in crate::run) mod bodies;
pub(in crate::run) mod busy;
pub(in crate::run) mod lateness;
pub(in crate::run) mod shared;
pub(in crate::run) mod site;
mod together;
pub(in crate::run) mod wire;

//! Server behaviours: what customers' endpoints do that is no defect of one rule, each with a name and an argument.
//!
//! A behaviour is a change of the tenant's settings, or stands around a
//! [`Service`](crate::server::Service) as a fault does; it may use a fault
//! inside. Like faults it knows the server, and the server knows nothing of it.
//! `behaviour` reads a name with its argument; the behaviours themselves stand
//! in one table an area.

mod access;
mod accounts;
mod answers;
mod argument;
mod behaviour;
mod door;
mod methods;
mod values;
mod written;

pub use behaviour::{Behaviour, BehaviourError, forms, names};

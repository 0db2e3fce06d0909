//! The organisation around a tenant's users: what a product knows of people beyond SCIM.
//!
//! Endpoints ask before they write (`conflict`, `seats`, `verification`, `mapping`) and tell
//! afterwards; the control plane changes the rest. Nothing here writes to the store but `mapping`.

pub mod attribute;
pub mod conflict;
pub mod invitations;
pub mod mapping;
pub mod outbox;
mod people;
pub mod plan;
pub mod seats;
pub mod verification;

pub use people::Organisation;

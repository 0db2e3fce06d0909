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

use std::collections::HashMap;

use crate::control::Account;
use mapping::Mapping;
use outbox::Outbox;
use people::address;
use plan::Plan;
use verification::Pending;

/// Everything about the organisation that no SCIM resource shows.
#[derive(Debug)]
pub struct Organisation {
    /// Seats it has; no limit when absent.
    pub seats: Option<u32>,
    /// Plan and single sign-on, on which SCIM may depend.
    pub plan: Plan,
    /// Mails sent.
    pub outbox: Outbox,
    /// Values of the group attribute and the groups they stand for.
    pub mapping: Mapping,
    people: HashMap<String, Person>,
    /// Accounts that are in another organisation or in none, by folded address.
    elsewhere: HashMap<String, Account>,
}

/// What is known of one user beyond SCIM.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Person {
    /// The invitation waits to be accepted.
    pub invited: bool,
    /// An invitation was accepted once: coming back needs no other.
    pub accepted: bool,
    /// A change of address that waits to be verified.
    pub pending: Option<Pending>,
    /// The account that was the person's own before, and will be again.
    pub solo: Option<Account>,
    /// The role inside the app, when it is not a user's.
    pub role: Option<String>,
}

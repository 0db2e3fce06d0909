//! Scenario files: what they look like, how they are read, which there are.
//!
//! The engine (`run/`) plays the [`Scenario`]s; nothing here sends anything.

mod admin;
mod catalogue;
mod expectation;
pub mod file;
mod forms;
mod imported;
mod label;
mod model;
mod parse;
mod requests;
mod sweep;
pub mod variables;

pub use catalogue::{Catalogue, Listed};
pub use imported::{Assumption, Evidence, Form, Imported, Observed, OwnGroup, WayToFail};
pub use model::{
    Admin, Create, CredentialChoice, Elements, Expectation, Given, GivenAccount, HeaderExpectation, NO_SEAT,
    RawRequest, Scenario, StatusPattern, Step, Verb, Wanted, names_dialect,
};
pub use parse::parse;
pub use sweep::{EachAttribute, Load, PagedBy, Special, Walk};

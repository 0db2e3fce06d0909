//! The IdP's own records: people, groups, who is assigned to the app.
//!
//! Loaded from `fixtures/directory/`, one copy for each scenario × dialect;
//! attribute names are neutral and mapped by each dialect's data file.

mod apply;
mod built_in;
mod record;

pub use apply::UnknownKey;
pub use record::{Directory, Group, Person};

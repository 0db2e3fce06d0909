//! Faults: one deliberate defect each, named after the rule that must catch it.
//!
//! A fault wraps a [`Service`]: it sees the request and the answer and may ask
//! the server more questions. The correct code knows nothing of faults. Each
//! is as real servers fail; what they share stands in `wrap`, `query`, `ids`
//! and `twins`, the defects themselves in one small file an area.

mod async_requests;
mod attrs;
mod auth;
mod beside;
mod bulk;
pub mod create;
mod create_again;
mod cursor;
mod delete;
mod discovery;
mod entra;
mod entra_cycle;
mod error;
mod etag;
mod filter;
mod filter_groups;
mod filter_secrets;
mod filter_terms;
mod filter_values;
mod group;
mod group_effects;
mod http;
pub mod ids;
mod leaver;
mod life;
mod list;
mod me;
mod okta;
mod page;
mod patch;
mod patch_noop;
mod patch_refusals;
mod patch_values;
mod promises;
mod put;
pub mod query;
mod rate;
mod reads;
mod res;
mod res_places;
mod schema_special;
mod schema_values;
mod search;
mod sort;
pub mod tenancy;
mod twins;
mod user;
pub mod wrap;

use std::sync::LazyLock;

use crate::server::Service;
use crate::yaml::nearest;

/// A defect: its rule's id, and what puts it around a server.
type Fault = (&'static str, fn(Box<dyn Service>) -> Box<dyn Service>);

/// A name that no fault has.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no fault `{name}`")]
pub struct UnknownFault {
    /// What was asked for.
    pub name: String,
    /// The name that was probably meant.
    pub did_you_mean: Option<&'static str>,
}

static FAULTS: LazyLock<Vec<Fault>> = LazyLock::new(|| {
    let areas = [
        attrs::FAULTS,
        async_requests::FAULTS,
        auth::FAULTS,
        beside::FAULTS,
        bulk::FAULTS,
        create::FAULTS,
        create_again::FAULTS,
        cursor::FAULTS,
        delete::FAULTS,
        discovery::FAULTS,
        entra::FAULTS,
        entra_cycle::FAULTS,
        error::FAULTS,
        etag::FAULTS,
        filter::FAULTS,
        filter_values::FAULTS,
        filter_secrets::FAULTS,
        filter_groups::FAULTS,
        filter_terms::FAULTS,
        group::FAULTS,
        group_effects::FAULTS,
        http::FAULTS,
        leaver::FAULTS,
        life::FAULTS,
        list::FAULTS,
        me::FAULTS,
        okta::FAULTS,
        page::FAULTS,
        patch::FAULTS,
        patch_noop::FAULTS,
        patch_refusals::FAULTS,
        patch_values::FAULTS,
        promises::FAULTS,
        put::FAULTS,
        rate::FAULTS,
        reads::FAULTS,
        res::FAULTS,
        res_places::FAULTS,
        search::FAULTS,
        schema_special::FAULTS,
        schema_values::FAULTS,
        sort::FAULTS,
        tenancy::FAULTS,
        user::FAULTS,
    ];
    let mut faults = areas.concat();
    faults.sort_unstable_by_key(|(name, _)| *name);
    faults
});

/// The name of every fault, sorted; each is the id of a rule.
pub fn names() -> &'static [&'static str] {
    static NAMES: LazyLock<Vec<&str>> = LazyLock::new(|| FAULTS.iter().map(|(name, _)| *name).collect());
    &NAMES
}

/// Puts a defect around a server. Several may be put around each other.
pub fn wrap(name: &str, service: Box<dyn Service>) -> Result<Box<dyn Service>, UnknownFault> {
    match FAULTS.iter().find(|(known, _)| *known == name) {
        Some((_, put_around)) => Ok(put_around(service)),
        None => Err(UnknownFault { name: name.to_owned(), did_you_mean: nearest(name, names().iter().copied()) }),
    }
}

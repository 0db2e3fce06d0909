//! What each endpoint does with a request that got past the door: one file an operation.
//!
//! Every function checks first and writes last, so a refusal has changed nothing.

mod answer;
mod bulk;
mod commit;
mod conditions;
mod create;
mod cursor;
mod delete;
mod discovery;
mod filtered;
mod grants;
mod intake;
mod list;
mod members;
mod modify;
mod project;
mod read;
mod replace;
mod sort;

pub use bulk::Job;
pub use create::create;
pub use delete::delete;
pub use discovery::{configuration, resource_types, schemas};
pub use grants::{Grant, grants};
pub use list::list;
pub use modify::modify;
pub use read::read;
pub use replace::replace;

use serde_json::{Map, Value};
use time::OffsetDateTime;

use super::door::query::Query;
use super::door::route::Kind;
use crate::http::Headers;

/// A request about one resource or collection, read as far as the door reads it.
#[derive(Debug)]
pub struct Asked<'r> {
    /// The type of resource.
    pub kind: Kind,
    /// The query.
    pub query: Query,
    /// Header fields.
    pub headers: &'r Headers,
    /// The moment.
    pub now: OffsetDateTime,
}

/// The body of a request: one JSON object.
pub type Body = Map<String, Value>;

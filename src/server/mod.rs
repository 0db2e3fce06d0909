//! The reference server: SCIM by the book, with personas and a control plane.
//!
//! Pure at heart: [`Service::handle`] turns a request and a moment into an
//! answer. The HTTP adapter around it is thin; faults wrap it from outside.

pub mod admin;
mod control_plane;
mod door;
mod endpoints;
mod host;
mod later;
mod neighbours;
mod offers;
mod organisation;
mod reply;
mod serve;
mod settings;
mod state;
mod store;
mod tenant;
mod tokens;
mod weather;
mod wire;

pub use host::{Host, Mounted};
pub use neighbours::Neighbours;
pub use offers::offer;
pub use serve::{Served, serve};
pub use settings::{Capacity, Cursors, Omitted, RateLimit, Settings, Unknown};
pub use tenant::Tenant;

use std::time::Duration;

use time::OffsetDateTime;

use crate::control::{Action, ControlError, Report};
use crate::http::{Request, Response};

/// What a service does with a request.
#[derive(Clone, Debug, PartialEq)]
pub enum Reply {
    /// It answers.
    Answer(Response),
    /// It answers after this long.
    Late(Duration, Response),
    /// It closes the connection without an answer.
    Drop,
    /// It stays silent this long, then closes.
    Silence(Duration),
    /// It answers, but not as HTTP ought to be: these bytes go out as they are, then the connection closes.
    Raw(bytes::Bytes),
}

/// One tenant of the reference server, or one that a fault wraps.
///
/// `request.path` is below the tenant's base URL; `Authorization` stands among the headers.
pub trait Service: Send {
    /// Answers one request. No I/O, no clock: `now` is given.
    fn handle(&mut self, request: &Request, now: OffsetDateTime) -> Reply;

    /// Does one thing outside SCIM.
    fn control(&mut self, action: &Action, now: OffsetDateTime) -> Result<Report, ControlError>;

    /// The bearer token that is valid now, for the engine that plays the admin.
    fn token(&self) -> String;
}

//! Okta: a straight reading of its SCIM client (docs/idps.md, Okta).
//!
//! Event-driven: each event of the directory leads to requests at once, and
//! what fails becomes a task that waits for the admin's "Retry selected". Two
//! flavours over the same code: `oin` (catalogue, PATCH where documented) and
//! `aiw` (private application, PUT only).

mod app;
mod call;
mod groups;
mod job;
mod knobs;
mod people;
mod profile;
mod request;
mod words;

pub use app::Okta;

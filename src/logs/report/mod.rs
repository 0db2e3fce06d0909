//! What was found, for people and programs: one view of a ticket, and the forms it is written in.

mod json;
mod labels;
mod markdown;
mod view;
mod why;

pub use json::json;
pub use labels::{Labels, counted};
pub use markdown::markdown;
pub use view::{EvidenceLine, FileLine, IncidentView, RequestLine, View};
pub use why::{Why, why};

//! HTTP as values and one client: messages, exchanges, transcripts, secrets.
//!
//! Everything above depends on the values; only `client` opens sockets.

mod exchange;
mod message;

pub use exchange::{Answer, Exchange, Mark, MarkKind, Sender, Transcript, TransportFailure};
pub use message::{Headers, Method, Request, Response};

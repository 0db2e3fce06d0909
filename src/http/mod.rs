//! HTTP as values and one client: messages, exchanges, transcripts, secrets.
//!
//! Everything above depends on the values; only `client` opens sockets.

mod base;
mod client;
mod coding;
mod curl;
mod exchange;
pub(crate) mod failure;
mod message;
pub mod percent;
mod rate;
pub mod sanitise;
mod secret;
mod tls;

pub use base::{Base, BaseError};
pub use client::{Client, ClientSettings, Credential};
pub use coding::decode;
pub use curl::{curl_line, kept_from_curl, own_fields, shell_argument, shell_word};
pub use exchange::{Answer, Exchange, Mark, MarkKind, Sender, Transcript, TransportFailure};
pub use message::{Headers, Method, Request, Response};
pub use rate::{Rate, RateError, RateLimit};
pub use secret::{MASK, Redactor, Secret};
pub use tls::{Trust, TrustError};

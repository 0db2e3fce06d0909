//! A played scenario in the form of other tools: scripts that run it elsewhere, and records of what was seen.
//!
//! [`script()`] makes a [`Script`] of a transcript: what was sent, with the values that came from earlier answers as
//! variables, and what the answers must be like. One file a format makes text of it. No I/O, no clock.
//!
//! | for | format |
//! | --- | --- |
//! | running it at any endpoint | [`curl`], [`hurl`], [`postman`] |
//! | looking at it, and standing in for the endpoint | [`har`], [`wiremock`] |

mod braces;
mod build;
mod created;
mod curl;
mod expected;
mod given;
mod har;
mod hurl;
mod minted;
mod postman;
mod script;
mod text;
mod wiremock;

pub use build::script;
pub use curl::curl;
pub use har::har;
pub use hurl::hurl;
pub use postman::postman;
pub use script::{Call, Capture, Check, Form, Place, Script};
pub use text::{BASE, Piece, Text};
pub use wiremock::wiremock;

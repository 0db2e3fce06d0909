//! Broken servers and correct ones as a stranger would bring them: defects that no rule was written for by name, and
//! freedoms in combination. Each is played like any target: over HTTP, without a look inside.

#![allow(clippy::unwrap_used, reason = "helpers of tests stand outside of test functions")]

#[path = "wild/auth.rs"]
mod auth;
#[path = "wild/bench.rs"]
mod bench;
#[path = "wild/correct.rs"]
mod correct;
#[path = "wild/errors.rs"]
mod errors;
#[path = "wild/headers.rs"]
mod headers;
#[path = "wild/ids.rs"]
mod ids;
#[path = "wild/meta.rs"]
mod meta;
#[path = "wild/robustness.rs"]
mod robustness;
#[path = "wild/security.rs"]
mod security;
#[path = "wild/status.rs"]
mod status;
#[path = "wild/transport.rs"]
mod transport;

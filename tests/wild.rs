//! Broken servers and correct ones as a stranger would bring them: defects that no rule was written for by name, and
//! freedoms in combination. Each is played like any target: over HTTP, without a look inside.

#![allow(clippy::unwrap_used, reason = "helpers of tests stand outside of test functions")]

#[path = "wild/answered.rs"]
mod answered;
#[path = "wild/bench.rs"]
mod bench;
#[path = "wild/carried.rs"]
mod carried;
#[path = "wild/correct.rs"]
mod correct;
#[path = "wild/products.rs"]
mod products;
#[path = "wild/shown.rs"]
mod shown;
#[path = "wild/status.rs"]
mod status;
#[path = "wild/written.rs"]
mod written;

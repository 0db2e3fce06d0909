//! Broken servers and correct ones as a stranger would bring them: defects that no rule was written for by name, and
//! freedoms in combination. Each is played like any target: over HTTP, without a look inside.

#![allow(clippy::unwrap_used, reason = "helpers of tests stand outside of test functions")]

#[path = "wild/bench.rs"]
mod bench;
#[path = "wild/capacity.rs"]
mod capacity;
#[path = "wild/conflicts.rs"]
mod conflicts;
#[path = "wild/correct.rs"]
mod correct;
#[path = "wild/deactivation.rs"]
mod deactivation;
#[path = "wild/discovery.rs"]
mod discovery;
#[path = "wild/filter.rs"]
mod filter;
#[path = "wild/lists.rs"]
mod lists;
#[path = "wild/order.rs"]
mod order;
#[path = "wild/paging.rs"]
mod paging;
#[path = "wild/status.rs"]
mod status;

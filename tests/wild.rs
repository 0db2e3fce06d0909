//! Broken servers and correct ones as a stranger would bring them: defects that no rule was written for by name, and
//! freedoms in combination. Each is played like any target: over HTTP, without a look inside.

#![allow(clippy::unwrap_used, reason = "helpers of tests stand outside of test functions")]

#[path = "wild/attributes.rs"]
mod attributes;
#[path = "wild/bench.rs"]
mod bench;
#[path = "wild/correct.rs"]
mod correct;
#[path = "wild/groups.rs"]
mod groups;
#[path = "wild/members.rs"]
mod members;
#[path = "wild/parts.rs"]
mod parts;
#[path = "wild/patch_paths.rs"]
mod patch_paths;
#[path = "wild/patch_values.rs"]
mod patch_values;
#[path = "wild/projection.rs"]
mod projection;
#[path = "wild/put.rs"]
mod put;
#[path = "wild/status.rs"]
mod status;

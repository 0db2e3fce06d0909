//! Broken servers and correct ones as a stranger would bring them: defects that no rule was written for by name, and
//! freedoms in combination. Each is played like any target: over HTTP, without a look inside.

#![allow(clippy::unwrap_used, reason = "helpers of tests stand outside of test functions")]

#[path = "wild/answered.rs"]
mod answered;
#[path = "wild/attributes.rs"]
mod attributes;
#[path = "wild/auth.rs"]
mod auth;
#[path = "wild/bench.rs"]
mod bench;
#[path = "wild/capacity.rs"]
mod capacity;
#[path = "wild/carried.rs"]
mod carried;
#[path = "wild/conflicts.rs"]
mod conflicts;
#[path = "wild/correct.rs"]
mod correct;
#[path = "wild/deactivation.rs"]
mod deactivation;
#[path = "wild/declared.rs"]
mod declared;
#[path = "wild/discovery.rs"]
mod discovery;
#[path = "wild/errors.rs"]
mod errors;
#[path = "wild/filter.rs"]
mod filter;
#[path = "wild/groups.rs"]
mod groups;
#[path = "wild/halves.rs"]
mod halves;
#[path = "wild/headers.rs"]
mod headers;
#[path = "wild/ids.rs"]
mod ids;
#[path = "wild/late.rs"]
mod late;
#[path = "wild/lists.rs"]
mod lists;
#[path = "wild/members.rs"]
mod members;
#[path = "wild/meta.rs"]
mod meta;
#[path = "wild/order.rs"]
mod order;
#[path = "wild/paging.rs"]
mod paging;
#[path = "wild/parts.rs"]
mod parts;
#[path = "wild/patch_paths.rs"]
mod patch_paths;
#[path = "wild/patch_values.rs"]
mod patch_values;
#[path = "wild/plain.rs"]
mod plain;
#[path = "wild/products.rs"]
mod products;
#[path = "wild/projection.rs"]
mod projection;
#[path = "wild/put.rs"]
mod put;
#[path = "wild/robustness.rs"]
mod robustness;
#[path = "wild/security.rs"]
mod security;
#[path = "wild/shown.rs"]
mod shown;
#[path = "wild/status.rs"]
mod status;
#[path = "wild/transport.rs"]
mod transport;
#[path = "wild/withheld.rs"]
mod withheld;
#[path = "wild/written.rs"]
mod written;

//! Customers' logs: what an IdP, a proxy or a person wrote down about provisioning, read into one form.
//!
//! ```text
//! files ─ input ─► bytes in UTF-8 ─ detect ─► format ─ readers ─► observations ─ incidents ─► what failed, for whom
//! ```
//!
//! Nothing in a log is executed or fetched. A bad record is a warning with its place, never the end of the file.

pub mod bundle;
pub mod detect;
pub mod diagnosis;
pub mod format;
pub mod incidents;
pub mod infer;
pub mod input;
pub mod observation;
mod pattern;
pub mod readers;
pub mod redact;
pub mod report;
pub mod scenario;
pub mod silence;
pub mod status;
pub mod ticket;
pub mod times;
pub mod warning;

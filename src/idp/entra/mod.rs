//! Microsoft Entra ID: the provisioning job of a non-gallery application.
//!
//! An event never goes out by itself: it moves an object past the job's
//! watermark, and the next cycle compares the directory with the target. The
//! quirk ids (`ENTRA-Q…`, `ENTRA-R…`) in these files are those of docs/idps.md.
//!
//! | module | what lives there |
//! | --- | --- |
//! | `job` | the events, and what each sets off |
//! | `cycle` | probe, then users, references, groups; on-demand runs |
//! | `user`, `leave`, `references`, `group` | the flow of one object |
//! | `lookup`, `diff`, `patch`, `requests` | finding, comparing, and the bytes |
//! | `reaction`, `record`, `schedule` | error codes, what the log says, and when it is tried again |
//! | `memory`, `settings`, `pass` | links and watermark, knobs, one pass over objects |
//! | `customise` | what a customer changed in the mapping |

mod customise;
mod cycle;
mod diff;
mod group;
mod job;
mod leave;
mod lookup;
mod memory;
mod pass;
mod patch;
mod reaction;
mod record;
mod references;
mod requests;
mod schedule;
mod settings;
mod user;

pub use self::job::Entra;

/// The collection of users.
const USERS: &str = "/Users";
/// The collection of groups.
const GROUPS: &str = "/Groups";
/// What the log calls a non-gallery application.
const TARGET: &str = "customappsso";

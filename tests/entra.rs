//! What Entra does over several cycles: the flows of docs/idps.md, played on a scripted port.

mod support;

#[path = "entra/escrow.rs"]
mod escrow;
#[path = "entra/groups.rs"]
mod groups;
#[path = "entra/job.rs"]
mod job;
#[path = "entra/leaving.rs"]
mod leaving;
#[path = "entra/people.rs"]
mod people;
#[path = "entra/stage.rs"]
mod stage;

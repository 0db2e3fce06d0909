//! What each step of a provisioning record proves.

use crate::logs::observation::Intent;

/// What a step shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// Nothing was sent: what Entra knows, decides or plans.
    Nothing,
    /// The resource was read from the endpoint.
    Found,
    /// The endpoint has no such resource.
    NotFound,
    /// Entra decided against it.
    Skipped,
    /// This was written, or tried.
    Write(Intent),
}

/// What a step of this name proves. `description` tells reading the source from reading the endpoint.
pub fn proof(name: &str, description: &str) -> Proof {
    match name {
        "EntryImport" if description.starts_with("Retrieved") && !is_from_source(description) => Proof::Found,
        "EntryImportObjectNotFound" | "EntrySynchronizationAdd" => Proof::NotFound,
        "EntrySynchronizationSkip" => Proof::Skipped,
        "EntryExportAdd" => Proof::Write(Intent::Create),
        "EntryExportUpdate" => Proof::Write(Intent::Update),
        "EntryExportUpdateSoftDelete" => Proof::Write(Intent::Deactivate),
        "EntryExportDelete" => Proof::Write(Intent::Delete),
        _ => Proof::Nothing,
    }
}

/// Whether a description speaks of Entra's own directory, by either of its names.
fn is_from_source(description: &str) -> bool {
    ["Microsoft Entra ID", "Azure Active Directory"].iter().any(|name| description.trim_end().ends_with(name))
}

/// What a record's action wants, with or without capitals.
pub fn action(name: &str) -> Intent {
    match name.to_ascii_lowercase().as_str() {
        "create" => Intent::Create,
        "update" => Intent::Update,
        "delete" => Intent::Delete,
        "stageddelete" | "disable" => Intent::Deactivate,
        _ => Intent::Other,
    }
}

/// The intent for a group instead of a person.
pub const fn of_group(intent: Intent, is_of_members: bool) -> Intent {
    match intent {
        Intent::Lookup => Intent::GroupLookup,
        Intent::Read => Intent::GroupRead,
        Intent::Create => Intent::GroupCreate,
        Intent::Update if is_of_members => Intent::GroupMembers,
        Intent::Update => Intent::GroupUpdate,
        Intent::Delete => Intent::GroupDelete,
        other => other,
    }
}

//! Directory events: what happens in the IdP's own records, whatever IdP it is.
//!
//! Ids `E-…` in the comments are those of the wire specification in docs/idps.md.

use serde_json::{Map, Value};

/// Something that happens in the directory, or that its administrator does.
///
/// The engine applies it to the [`Directory`](super::Directory) first; the
/// dialect then sees the new state and decides what goes over the wire.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// The admin presses "Test connection" (E-TEST).
    TestConnection,
    /// People are assigned to the app (E-ASSIGN, E-LINK, E-REASSIGN).
    Assign(Vec<String>),
    /// Their assignment is removed (E-UNASSIGN).
    Unassign(Vec<String>),
    /// Attributes of a person change; `null` empties one (E-NAME, E-EMAIL, E-ATTR, E-CLEAR).
    Change {
        /// Key of the person.
        person: String,
        /// Directory attributes with their new values.
        changes: Map<String, Value>,
    },
    /// The directory account is disabled (E-DISABLE).
    Disable(String),
    /// … and enabled again (E-ENABLE).
    Enable(String),
    /// Suspended: Okta only, nothing is sent (E-SUSPEND).
    Suspend(String),
    /// … and unsuspended.
    Unsuspend(String),
    /// Moved to the recycle bin (E-SOFTDEL).
    SoftDelete(String),
    /// Restored from it (E-RESTORE).
    Restore(String),
    /// Purged (E-HARDDEL).
    HardDelete(String),
    /// A group comes into scope and is pushed (E-GCREATE).
    PushGroup(String),
    /// Its name changes (E-GRENAME).
    RenameGroup {
        /// Key of the group.
        group: String,
        /// New display name.
        to: String,
    },
    /// Members come and go in one change (E-GADD, E-GREMOVE).
    ChangeMembers {
        /// Key of the group.
        group: String,
        /// Keys of people who join.
        add: Vec<String>,
        /// Keys of people who leave.
        remove: Vec<String>,
    },
    /// The whole membership is pushed (E-GFULL, "Push now").
    PushMembers(String),
    /// The group is deleted at the target too (E-GDELETE).
    DeleteGroup(String),
    /// The group is unlinked and left at the target (E-GUNLINK).
    UnlinkGroup(String),
    /// One more incremental cycle (E-CYCLE).
    Cycle,
    /// Provision on demand (E-ONDEMAND).
    OnDemand(String),
    /// Restart provisioning (E-RESTART); `full` forgets the links.
    Restart {
        /// Also forget which account belongs to whom.
        full: bool,
    },
    /// Full import from the service provider (E-IMPORT).
    Import,
    /// The admin retries what failed for this person ("Retry selected"; Entra: the next escrow attempt).
    Retry(String),
}

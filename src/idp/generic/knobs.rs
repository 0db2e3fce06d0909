//! The knobs of a provider; defaults are in `fixtures/idps/generic.yaml`.

use serde::Deserialize;

use crate::idp::wire::{Hex, Space};

/// Everything in which providers differ here.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[allow(clippy::struct_excessive_bools, reason = "independent switches of a configuration, not a state")]
pub(super) struct Knobs {
    /// `Accept`; not sent when `null`.
    pub accept: Option<String>,
    /// `Content-Type` of requests with a body.
    pub content_type: String,
    /// `User-Agent`; not sent when `null`.
    pub user_agent: Option<String>,
    /// The space in a filter.
    pub encoding: Space,
    /// The hexadecimal digits in a filter.
    pub hex: Hex,
    /// A request without a query ends with `?`.
    pub bare_question_mark: bool,
    /// Targets that "Test connection" reads.
    pub probe: Vec<String>,
    /// "Test connection" makes, changes and removes a user and a group.
    pub live_test: bool,
    /// `ServiceProviderConfig` is read first, and PATCH used only where it says so.
    pub discover: bool,
    /// How a person is looked for before an account is made.
    pub look_up: LookUp,
    /// How a group is.
    pub look_up_groups: LookUp,
    /// How a user is updated.
    pub update: Update,
    /// What follows when the assignment is removed, or the directory account disabled or moved to the bin.
    pub unassign: Leave,
    /// What follows when the directory account is purged.
    pub purge: Leave,
    /// What follows a 409 on the create of a user.
    pub on_conflict: OnConflict,
    /// … and of a group.
    pub group_on_conflict: OnConflict,
    /// What follows a 404 on an account that is linked.
    pub on_missing: OnMissing,
    /// Groups are provisioned.
    pub groups: bool,
    /// How a group is updated.
    pub group_update: Update,
    /// The create of a group carries its members.
    pub members_in_create: bool,
    /// The group is read before its members change, and only differences go out.
    pub read_members: bool,
    /// How members are added with PATCH.
    pub add_members: AddMembers,
    /// How members are removed with PATCH.
    pub remove_members: RemoveMembers,
    /// Members carry `$ref`.
    pub member_ref: bool,
    /// `count` of an import; a list without paging when `null`.
    pub import_page: Option<u64>,
    /// How often a request is sent while no answer comes.
    pub attempts: u32,
    /// Seconds before it is sent again; each further wait is twice as long.
    pub back_off_s: u64,
}

/// How a resource is looked for before one is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum LookUp {
    /// By a filter for each matching attribute.
    Filter,
    /// In the whole list, read without a filter and without paging.
    List,
    /// Not at all.
    None,
}

/// How a resource is updated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Update {
    /// PUT of the whole resource, made from the directory.
    Put,
    /// PATCH, one operation with a path for each attribute.
    Patch,
    /// PATCH, one replace without a path.
    Merge,
}

/// What becomes of the account of somebody who leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Leave {
    /// `active` becomes false.
    Deactivate,
    /// It is deleted.
    Delete,
    /// Nothing.
    Nothing,
}

/// What follows a 409 on create.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum OnConflict {
    /// It is a failure.
    Fail,
    /// The resource is looked for and linked.
    Adopt,
}

/// What follows a 404 on an account that is linked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum OnMissing {
    /// It is a failure.
    Fail,
    /// It is made again.
    Create,
}

/// How members are added with PATCH.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum AddMembers {
    /// All in one operation.
    Together,
    /// One operation each.
    OneByOne,
}

/// How members are removed with PATCH.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum RemoveMembers {
    /// `members[value eq "…"]`, one operation each.
    ByFilter,
    /// `members` with an array of values, one operation each.
    ByValue,
}

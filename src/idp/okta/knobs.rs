//! Okta's knobs; defaults are in `fixtures/idps/okta.yaml`.

use serde::Deserialize;

use crate::idp::wire::Space;

/// What differs between applications and versions.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[allow(clippy::struct_excessive_bools, reason = "independent switches of a configuration, not a state")]
pub(super) struct Knobs {
    /// Which kind of application.
    pub flavour: Flavour,
    /// Its name in the admin's console.
    pub app: String,
    /// The space in a filter.
    pub encoding: Space,
    /// How the token goes out.
    pub auth: Auth,
    /// `externalId` in a create.
    pub send_external_id: bool,
    /// How a profile is updated under `oin`.
    pub oin_profile_update: ProfileUpdate,
    /// GET and PUT twice when an account is linked.
    pub link_double_write: bool,
    /// A changed login stays here.
    pub exclude_username_updates: bool,
    /// Passwords are synchronised.
    pub sync_password: bool,
    /// How an emptied attribute goes out.
    pub clear_as: Cleared,
    /// A person who was renamed is looked for under the login of the last assignment (OKTA-Q18).
    pub stale_lookup: bool,
    /// A group is looked for by name before it is created.
    pub group_lookup: bool,
    /// A group is read before it is renamed.
    pub group_check: bool,
    /// Members in the create of a group.
    pub group_post_members: PostMembers,
    /// `count` of an import.
    pub import_page: u64,
    /// The schedule after 429.
    pub retry429: Retry429,
}

/// Which kind of application.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Flavour {
    /// From the catalogue: PATCH where documented.
    Oin,
    /// Private: PUT only.
    Aiw,
}

/// How the token goes out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Auth {
    /// `Bearer …`
    Bearer,
    /// The token without a scheme.
    Header,
}

/// How a profile is updated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum ProfileUpdate {
    /// GET and PUT.
    Put,
    /// One PATCH without a path.
    Patch,
}

/// How an emptied attribute goes out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Cleared {
    /// `""`
    Empty,
    /// `null`
    Null,
}

/// Members in the create of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum PostMembers {
    /// `[]`; they come in a PATCH of their own.
    Empty,
    /// Those that are provisioned.
    Initial,
}

/// The schedule after 429 (S-OKTA-CONCEPT).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Retry429 {
    /// Seconds when the answer names none.
    pub default_s: u64,
    /// What the wait is multiplied with each further time.
    pub factor: u32,
    /// Attempts before it is a failure.
    pub max: u32,
    /// A date in `Retry-After` counts (OKTA-Q12: it does not).
    pub accept_http_date: bool,
}

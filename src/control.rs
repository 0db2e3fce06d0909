//! The control plane: what happens at the service provider outside SCIM.
//!
//! The reference server has it built in; a real target gets it from hooks in
//! `scimulator.yaml`. Scenarios ask for it with `admin:` and `given: accounts:`.

use std::time::Duration;

use serde_json::Value;

/// One thing an administrator or a person does at the service provider.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Buy or give back seats: the new total.
    SetSeats(u32),
    /// The person opens the link in the mail that verifies a changed address.
    VerifyEmail {
        /// SCIM id of the user.
        id: String,
    },
    /// The person accepts the invitation.
    AcceptInvitation {
        /// SCIM id of the user.
        id: String,
    },
    /// Revoke the bearer token in use.
    RevokeToken,
    /// Let the bearer token in use expire.
    ExpireToken,
    /// Issue a new bearer token; the answer carries it.
    NewToken,
    /// Delete the SCIM configuration: the endpoint stops serving and its token dies.
    DeleteConfiguration,
    /// Set SCIM up again; the answer carries a new token.
    SetUpAgain,
    /// Read which mails went to an address.
    Outbox {
        /// The address as sent by the IdP.
        address: String,
    },
    /// An account that came to exist without SCIM.
    CreateAccount(Account),
    /// Map values of the group attribute to groups; an empty list switches mapping off.
    MapGroups(Vec<(String, String)>),
    /// The next answers are weather, not the server's own.
    Weather(Weather),
    /// Someone tries to remove a member inside the app; the answer says whether that is allowed.
    RemoveInApp {
        /// SCIM id of the user.
        id: String,
    },
}

impl Action {
    /// The name of the hook in `scimulator.yaml`, and of the capability a scenario `needs`.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::SetSeats(_) => "set-seats",
            Self::VerifyEmail { .. } => "verify-email",
            Self::AcceptInvitation { .. } => "accept-invitation",
            Self::RevokeToken => "revoke-token",
            Self::ExpireToken => "expire-token",
            Self::NewToken => "new-token",
            Self::DeleteConfiguration => "delete-configuration",
            Self::SetUpAgain => "set-up-again",
            Self::Outbox { .. } => "outbox",
            Self::CreateAccount(_) => "create-account",
            Self::MapGroups(_) => "map-groups",
            Self::Weather(_) => "weather",
            Self::RemoveInApp { .. } => "remove-in-app",
        }
    }
}

/// An account outside SCIM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Its e-mail address, which is its login.
    pub address: String,
    /// Display name.
    pub name: String,
    /// How it stands.
    pub state: AccountState,
}

/// How an account stands that was not made through SCIM.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountState {
    /// A member of this organisation.
    Active,
    /// Was a member, has been deactivated.
    Deactivated,
    /// Invited, has not accepted.
    Pending,
    /// Belongs to another organisation: conflicts, but no lookup shows it.
    OtherOrganisation,
    /// A person's own account, in no organisation: may be taken over by an invitation.
    Solo,
}

impl AccountState {
    /// The name in hooks and in the admin API.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Deactivated => "deactivated",
            Self::Pending => "pending",
            Self::OtherOrganisation => "other-organisation",
            Self::Solo => "solo",
        }
    }
}

/// Answers that come from elsewhere than the application: limits, outages, gateways.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Weather {
    /// How many answers it lasts.
    pub times: u32,
    /// Only requests of this method (as on the wire), when given.
    pub method: Option<String>,
    /// Only requests whose path contains this, when given.
    pub path: Option<String>,
    /// What comes.
    pub kind: WeatherKind,
}

/// What the weather does to a request. Nothing of it is applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WeatherKind {
    /// 429, with this Retry-After value when given.
    Throttle(Option<String>),
    /// This status with a SCIM error.
    Status(u16),
    /// An HTML page of a gateway with this status.
    Gateway(u16),
    /// No answer for this long (virtual where the clock is), then the connection closes.
    Silence(Duration),
    /// The connection closes without an answer.
    Drop,
}

/// What a control-plane action gives back.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Report {
    /// A new bearer token, from `NewToken` and `SetUpAgain`.
    pub token: Option<String>,
    /// How many mails, from `Outbox`.
    pub mails: Option<u64>,
    /// Anything else the hook said, for `expect: admin:`.
    pub body: Option<Value>,
}

/// Why an action did not happen.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ControlError {
    /// Neither built in nor configured.
    #[error("the target offers no `{0}`")]
    NotOffered(&'static str),
    /// The service provider refuses it, in its own words.
    #[error("refused: {0}")]
    Refused(String),
    /// The hook failed.
    #[error("the hook `{name}` failed: {cause}")]
    Hook {
        /// Name of the hook.
        name: &'static str,
        /// What went wrong.
        cause: String,
    },
}

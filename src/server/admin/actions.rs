//! What a request to the admin API asks for.

use std::time::Duration;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::control::{Account, AccountState, Action, ControlError, Weather, WeatherKind};
use crate::server::tenant::Tenant;

/// One request, read.
pub enum Asked {
    /// An action, and for a new token how many days it lives.
    Action { action: Action, days: Option<u32> },
    /// The tenant as at the start.
    Reset,
    /// What a table would do.
    Preview(Vec<(String, String)>),
    /// Other plan, other sign-on.
    Plan { plan: Option<String>, sso: Option<bool> },
    /// A role inside the app.
    Role { id: String, role: String },
}

/// Why nothing happens.
pub enum Bad {
    /// No such action.
    Unknown,
    /// The body says something else.
    Body(String),
    /// The app says no.
    Refused(ControlError),
}

/// Reads the action of this name from a body.
pub fn read(name: &str, body: Map<String, Value>, tenant: &Tenant) -> Result<Asked, Bad> {
    let body = Value::Object(body);
    let action = match name {
        "reset" => return none(body).map(|Nothing {}| Asked::Reset),
        "preview-groups" => return read_as(body).map(|table: Table| Asked::Preview(table.lines())),
        "set-plan" => return read_as(body).map(|Plan { plan, sso }| Asked::Plan { plan, sso }),
        "set-role" => {
            let GivenRole { person, role } = read_as(body)?;
            return Ok(Asked::Role { id: person.id(tenant)?, role });
        }
        "new-token" => return read_as(body).map(|Days { days }| Asked::Action { action: Action::NewToken, days }),
        "set-up-again" => return read_as(body).map(|Days { days }| Asked::Action { action: Action::SetUpAgain, days }),
        "set-seats" => read_as(body).map(|Seats { seats }| Action::SetSeats(seats))?,
        "verify-email" => Action::VerifyEmail { id: read_as::<Person>(body)?.id(tenant)? },
        "accept-invitation" => Action::AcceptInvitation { id: read_as::<Person>(body)?.id(tenant)? },
        "remove-in-app" => Action::RemoveInApp { id: read_as::<Person>(body)?.id(tenant)? },
        "revoke-token" => none(body).map(|Nothing {}| Action::RevokeToken)?,
        "expire-token" => none(body).map(|Nothing {}| Action::ExpireToken)?,
        "delete-configuration" => none(body).map(|Nothing {}| Action::DeleteConfiguration)?,
        "outbox" => read_as(body).map(|Outbox { address }| Action::Outbox { address })?,
        "create-account" => read_as(body).map(|account: AccountBody| Action::CreateAccount(account.into()))?,
        "map-groups" => read_as(body).map(|table: Table| Action::MapGroups(table.lines()))?,
        "weather" => Action::Weather(read_as::<WeatherBody>(body)?.weather()?),
        _ => return Err(Bad::Unknown),
    };
    Ok(Asked::Action { action, days: None })
}

fn read_as<T: DeserializeOwned>(body: Value) -> Result<T, Bad> {
    serde_json::from_value(body).map_err(|error| Bad::Body(format!("The body cannot be read: {error}.")))
}

fn none(body: Value) -> Result<Nothing, Bad> {
    read_as(body)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Days {
    days: Option<u32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Seats {
    seats: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Outbox {
    address: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Plan {
    plan: Option<String>,
    sso: Option<bool>,
}

#[derive(Deserialize)]
struct GivenRole {
    #[serde(flatten)]
    person: Person,
    role: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Person {
    id: Option<String>,
    user_name: Option<String>,
}

impl Person {
    fn id(self, tenant: &Tenant) -> Result<String, Bad> {
        let by_name = |name: &str| tenant.id_of(name);
        let found = self.id.or_else(|| self.user_name.as_deref().and_then(by_name));
        found
            .ok_or_else(|| Bad::Body("The body needs the `id` of a user, or the `userName` of one that exists.".into()))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    table: Map<String, Value>,
}

impl Table {
    /// The lines whose group has a name; there are no others in a table that means something.
    fn lines(self) -> Vec<(String, String)> {
        let named = |(value, group): (String, Value)| Some((value, group.as_str()?.to_owned()));
        self.table.into_iter().filter_map(named).collect()
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AccountBody {
    address: String,
    name: Option<String>,
    state: Option<StateName>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum StateName {
    Active,
    Deactivated,
    Pending,
    OtherOrganisation,
    Solo,
}

impl From<AccountBody> for Account {
    fn from(body: AccountBody) -> Self {
        let state = match body.state.unwrap_or(StateName::Active) {
            StateName::Active => AccountState::Active,
            StateName::Deactivated => AccountState::Deactivated,
            StateName::Pending => AccountState::Pending,
            StateName::OtherOrganisation => AccountState::OtherOrganisation,
            StateName::Solo => AccountState::Solo,
        };
        Self { name: body.name.unwrap_or_else(|| body.address.clone()), address: body.address, state }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WeatherBody {
    times: Option<u32>,
    method: Option<String>,
    path: Option<String>,
    /// Null for a 429 that does not say when to come back.
    #[serde(default, deserialize_with = "present")]
    throttle: Option<Value>,
    status: Option<u16>,
    gateway: Option<u16>,
    silence: Option<u64>,
    drop: Option<bool>,
}

/// Tells a member that is null from one that is not there.
fn present<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

/// A Retry-After value: a text, or a number of seconds.
fn text(value: Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text),
        other => Some(other.to_string()),
    }
}

impl WeatherBody {
    fn weather(self) -> Result<Weather, Bad> {
        let kinds = [
            self.throttle.map(|after| WeatherKind::Throttle(text(after))),
            self.status.map(WeatherKind::Status),
            self.gateway.map(WeatherKind::Gateway),
            self.silence.map(|seconds| WeatherKind::Silence(Duration::from_secs(seconds))),
            self.drop.filter(|drop| *drop).map(|_| WeatherKind::Drop),
        ];
        let mut kinds = kinds.into_iter().flatten();
        match (kinds.next(), kinds.next()) {
            (Some(kind), None) => {
                Ok(Weather { times: self.times.unwrap_or(1), method: self.method, path: self.path, kind })
            }
            _ => Err(Bad::Body("`weather` needs one of throttle, status, gateway, silence, drop.".into())),
        }
    }
}

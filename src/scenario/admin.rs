//! `admin:` steps and what they need of a target.

use serde_json::{Map, Value};

use super::file::{AccountFile, AdminFile};
use super::model::{Admin, CredentialChoice, Given, Step, Verb};
use super::parse::{Place, lower_account};
use crate::control::{AccountState, Weather, WeatherKind};
use crate::yaml::DataError;

/// Accepted names, as the hooks in `scimulator.yaml` have them.
const ACTIONS: [&str; 13] = [
    "set-seats",
    "verify-email",
    "accept-invitation",
    "revoke-token",
    "expire-token",
    "new-token",
    "delete-configuration",
    "set-up-again",
    "create-account",
    "map-groups",
    "weather",
    "remove-in-app",
    "outbox",
];

pub(super) fn lower(file: AdminFile, line: u32, place: &Place<'_>) -> Result<Admin, DataError> {
    let mut entries = file.0.into_iter();
    let (Some((name, value)), None) = (entries.next(), entries.next()) else {
        return Err(place.error(line, "`admin` does one thing, such as `{ set-seats: 3 }`"));
    };
    let person = || match &value {
        Value::String(key) => Ok(key.clone()),
        _ => Err(place.error(line, format!("`{name}` needs the key of a person"))),
    };
    Ok(match name.as_str() {
        "set-seats" => {
            let seats = value.as_u64().and_then(|seats| u32::try_from(seats).ok());
            Admin::SetSeats(seats.ok_or_else(|| place.error(line, "`set-seats` needs a number"))?)
        }
        "verify-email" => Admin::VerifyEmail(person()?),
        "accept-invitation" => Admin::AcceptInvitation(person()?),
        "remove-in-app" => Admin::RemoveInApp(person()?),
        "revoke-token" => Admin::RevokeToken,
        "expire-token" => Admin::ExpireToken,
        "new-token" => Admin::NewToken,
        "delete-configuration" => Admin::DeleteConfiguration,
        "set-up-again" => Admin::SetUpAgain,
        "create-account" => Admin::CreateAccount(lower_account(account(value, line, place)?, line, place)?),
        "map-groups" => Admin::MapGroups(mapping(&value, line, place)?),
        "weather" => Admin::Weather(weather(&value, line, place)?),
        other => return Err(place.unknown(line, "action", other, &ACTIONS)),
    })
}

/// The control-plane hook without which a step cannot be played.
pub(super) fn implied_need(step: &Step) -> Option<&'static str> {
    let admin = match &step.verb {
        Verb::Admin(admin) => admin,
        Verb::FillSeats(_) => return Some("seats"),
        // Nothing is put under load that did not ask for it.
        Verb::Load(_) => return Some("config.load"),
        Verb::Request(request) if request.credential == CredentialChoice::OtherTenant => return Some("other-tenant"),
        _ => return None,
    };
    Some(match admin {
        Admin::SetSeats(_) => "set-seats",
        Admin::VerifyEmail(_) => "verify-email",
        Admin::AcceptInvitation(_) => "accept-invitation",
        Admin::RevokeToken => "revoke-token",
        Admin::ExpireToken => "expire-token",
        Admin::NewToken => "new-token",
        Admin::DeleteConfiguration => "delete-configuration",
        Admin::SetUpAgain => "set-up-again",
        Admin::CreateAccount(_) => "create-account",
        Admin::MapGroups(_) => "map-groups",
        Admin::Weather(_) => "weather",
        Admin::RemoveInApp(_) => "remove-in-app",
    })
}

/// What `given` asks of a target. Active and deactivated accounts are made through SCIM itself.
pub(super) fn given_needs(given: &Given) -> impl Iterator<Item = &'static str> {
    let outside = |state: AccountState| !matches!(state, AccountState::Active | AccountState::Deactivated);
    let accounts = given.accounts.iter().any(|account| outside(account.state)).then_some("create-account");
    let server = (!given.server.is_empty()).then_some("server-settings");
    accounts.into_iter().chain(server).chain(given.seats.map(|_| "seats"))
}

fn account(value: Value, line: u32, place: &Place<'_>) -> Result<AccountFile, DataError> {
    serde_json::from_value(value).map_err(|error| place.error(line, format!("`create-account`: {error}")))
}

fn mapping(value: &Value, line: u32, place: &Place<'_>) -> Result<Vec<(String, String)>, DataError> {
    let bad = || place.error(line, "`map-groups` needs a table of attribute value to group name");
    let empty = Map::new();
    let table = if value.is_null() { &empty } else { value.as_object().ok_or_else(bad)? };
    table.iter().map(|(from, to)| Ok((from.clone(), to.as_str().ok_or_else(bad)?.to_owned()))).collect()
}

fn weather(value: &Value, line: u32, place: &Place<'_>) -> Result<Weather, DataError> {
    let bad = |message: &str| place.error(line, format!("`weather`: {message}"));
    let table = value.as_object().ok_or_else(|| bad("needs a table, such as `{ throttle: \"2\", times: 1 }`"))?;
    let mut weather = Weather { times: 1, method: None, path: None, kind: WeatherKind::Drop };
    let mut kinds = 0;
    for (key, value) in table {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let status =
            || value.as_u64().and_then(|status| u16::try_from(status).ok()).ok_or_else(|| bad("needs a status"));
        match key.as_str() {
            "times" => weather.times = text.parse().map_err(|_| bad("`times` needs a number"))?,
            "method" => weather.method = Some(text),
            "path" => weather.path = Some(text),
            other => {
                kinds += 1;
                weather.kind = match other {
                    "throttle" => WeatherKind::Throttle((!value.is_null()).then_some(text)),
                    "status" => WeatherKind::Status(status()?),
                    "gateway" => WeatherKind::Gateway(status()?),
                    "silence" => WeatherKind::Silence(std::time::Duration::from_secs(
                        text.parse().map_err(|_| bad("`silence` needs seconds"))?,
                    )),
                    "drop" => WeatherKind::Drop,
                    _ => {
                        let accepted = ["times", "method", "path", "throttle", "status", "gateway", "silence", "drop"];
                        return Err(place.unknown(line, "member of `weather`", other, &accepted));
                    }
                };
            }
        }
    }
    if kinds == 1 { Ok(weather) } else { Err(bad("needs one of throttle, status, gateway, silence, drop")) }
}

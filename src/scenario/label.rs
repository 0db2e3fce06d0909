//! A step in a few words, for progress lines, snapshots and JUnit.

use std::fmt::Write as _;

use serde_json::Value;

use super::model::{Admin, CredentialChoice, Elements, RawRequest, Verb};
use super::sweep::{PagedBy, Special, Walk};
use super::variables::{Lookup, resolve_text};
use crate::control::{Weather, WeatherKind};
use crate::http::Method;
use crate::idp::Event;

/// The label of a step, such as `assign alice` or `PATCH /Users/alice: replace active`.
pub(super) fn of(verb: &Verb, for_each: Option<&Elements>) -> String {
    let label = of_verb(verb);
    match for_each {
        None => label,
        Some(Elements::Given(values)) => format!("{label}, for each of {}", values.len()),
        Some(Elements::Variable(name)) => format!("{label}, for each of {name}"),
    }
}

fn of_verb(verb: &Verb) -> String {
    match verb {
        Verb::Event(event) => event_label(event),
        Verb::Request(request) => request_label(request),
        Verb::Create(create) => format!("create {}", create.key),
        Verb::Get(key) => format!("get {key}"),
        Verb::Delete(key) => format!("delete {key}"),
        Verb::Walk(Walk { target, until: Some(key), .. }) => format!("walk {target} until {key} is found"),
        Verb::Walk(Walk { target, page, by: PagedBy::Index, .. }) => format!("walk {target} in pages of {page}"),
        Verb::Walk(Walk { target, page, .. }) => format!("walk {target} by cursors, in pages of {page}"),
        Verb::Load(load) => format!("{} times a second for {} s: GET {}", load.per_second, load.seconds, load.target),
        Verb::Parallel(steps) => format!("{} at the same time", steps.len()),
        Verb::Admin(admin) => format!("at the service provider: {}", admin_label(admin)),
        Verb::Check { resources, .. } => {
            let keys: Vec<&str> = resources.iter().map(|(key, _)| key.as_str()).collect();
            format!("check {}", keys.join(", "))
        }
        Verb::EachAttribute(each) => {
            let which = match each.which {
                None => "each attribute",
                Some(Special::Immutable) => "each immutable attribute",
                Some(Special::ReadOnly) => "each read-only attribute",
                Some(Special::OnRequest) => "each attribute returned on request",
            };
            format!("{which} of {} by {}", each.key, each.by)
        }
        Verb::FillSeats(free) => format!("fill seats until {free} are free"),
        Verb::Tick => "wait for the clock".to_owned(),
        Verb::Wait(duration) if duration.as_secs() < 60 => format!("wait {} s", duration.as_secs()),
        Verb::Wait(duration) => format!("wait {} min", duration.as_secs() / 60),
    }
}

/// `PATCH /Users/alice: replace active`, `GET /Users where userName eq "${alice.userName}"`, `GET /Groups, no token`.
fn request_label(request: &RawRequest) -> String {
    let mut label = format!("{} {}", request.method, with_keys(&request.path));
    if let Some((_, filter)) = request.parameters.iter().find(|(name, _)| *name == "filter") {
        let _ = write!(label, " where {filter}");
    }
    let operations = request.body.as_ref().and_then(|body| body.get("Operations")?.as_array());
    if let Some(operations) = operations.filter(|_| request.method == Method::Patch) {
        let named: Vec<String> = operations.iter().take(OPERATIONS).filter_map(operation_label).collect();
        let more = if operations.len() > OPERATIONS { ", …" } else { "" };
        if !named.is_empty() {
            let _ = write!(label, ": {}{more}", named.join(", "));
        }
    }
    match request.credential {
        CredentialChoice::Own => label,
        CredentialChoice::None => label + ", no token",
        CredentialChoice::Wrong => label + ", wrong token",
        CredentialChoice::OtherTenant => label + ", token of another tenant",
        CredentialChoice::LowerCase
        | CredentialChoice::Cut
        | CredentialChoice::Longer
        | CredentialChoice::OtherEnd
        | CredentialChoice::OtherCase => label + ", altered token",
    }
}

/// Operations that a label names; more are an ellipsis.
const OPERATIONS: usize = 3;

/// `replace active`; of an operation without a path, the attributes in its value.
fn operation_label(operation: &Value) -> Option<String> {
    let op = operation.get("op")?.as_str()?;
    let path = operation.get("path").and_then(Value::as_str).map(str::to_owned);
    let names = || {
        let members = operation.get("value")?.as_object()?;
        Some(members.keys().map(String::as_str).collect::<Vec<_>>().join(" and "))
    };
    let what = path.or_else(names).unwrap_or_default();
    Some(format!("{op} {}", with_keys(&what)).trim_end().to_owned())
}

/// A path with the keys of people and groups in the place of their ids: `/Users/alice` for `/Users/${alice.id}`.
fn with_keys(path: &str) -> String {
    resolve_text(path, &Keys).unwrap_or_else(|_| path.to_owned())
}

/// An id is the key that it belongs to; every other variable stays as it is written.
struct Keys;

impl Lookup for Keys {
    fn value(&self, name: &str) -> Option<Value> {
        let key = name.split('|').next().and_then(|name| name.strip_suffix(".id"));
        Some(Value::String(key.map_or_else(|| format!("${{{name}}}"), str::to_owned)))
    }
}

fn event_label(event: &Event) -> String {
    match event {
        Event::TestConnection => "test connection".to_owned(),
        Event::Assign(people) => format!("assign {}", people.join(", ")),
        Event::Unassign(people) => format!("unassign {}", people.join(", ")),
        Event::Change { person, changes } => {
            let names: Vec<&str> = changes.keys().map(String::as_str).collect();
            format!("change {} of {person}", names.join(", "))
        }
        Event::Disable(person) => format!("disable {person}"),
        Event::Enable(person) => format!("enable {person}"),
        Event::Suspend(person) => format!("suspend {person}"),
        Event::Unsuspend(person) => format!("unsuspend {person}"),
        Event::SoftDelete(person) => format!("move {person} to the recycle bin"),
        Event::Restore(person) => format!("restore {person}"),
        Event::HardDelete(person) => format!("purge {person}"),
        Event::PushGroup(group) => format!("push group {group}"),
        Event::RenameGroup { group, to } => format!("rename group {group} to {to}"),
        Event::ChangeMembers { group, add, remove } => {
            let signed: Vec<String> =
                add.iter().map(|key| format!("+{key}")).chain(remove.iter().map(|key| format!("-{key}"))).collect();
            format!("change members of {group}: {}", signed.join(" "))
        }
        Event::PushMembers(group) => format!("push all members of {group}"),
        Event::DeleteGroup(group) => format!("delete group {group}"),
        Event::UnlinkGroup(group) => format!("unlink group {group}"),
        Event::Cycle => "incremental cycle".to_owned(),
        Event::OnDemand(person) => format!("provision {person} on demand"),
        Event::Restart { full: true } => "restart provisioning, forgetting links".to_owned(),
        Event::Restart { full: false } => "restart provisioning".to_owned(),
        Event::Import => "full import".to_owned(),
        Event::Retry(person) => format!("retry {person}"),
    }
}

/// `503, once, to POST /Users`.
fn weather_label(weather: &Weather) -> String {
    let kind = match &weather.kind {
        WeatherKind::Throttle(Some(time)) => format!("429 with Retry-After: {time}"),
        WeatherKind::Throttle(None) => "429 without a time".to_owned(),
        WeatherKind::Status(status) => status.to_string(),
        WeatherKind::Gateway(status) => format!("{status} from a gateway"),
        WeatherKind::Silence(duration) => format!("silence for {} s", duration.as_secs()),
        WeatherKind::Drop => "closed connection".to_owned(),
    };
    let times = match weather.times {
        1 => "once".to_owned(),
        times => format!("{times} times"),
    };
    let requests = [weather.method.as_deref(), weather.path.as_deref()];
    let requests: Vec<&str> = requests.into_iter().flatten().collect();
    let to = if requests.is_empty() { String::new() } else { format!(", to {}", requests.join(" ")) };
    format!("{kind}, {times}{to}")
}

fn admin_label(admin: &Admin) -> String {
    match admin {
        Admin::SetSeats(seats) => format!("{seats} seats"),
        Admin::VerifyEmail(person) => format!("{person} verifies the address"),
        Admin::AcceptInvitation(person) => format!("{person} accepts the invitation"),
        Admin::RevokeToken => "the token is revoked".to_owned(),
        Admin::ExpireToken => "the token expires".to_owned(),
        Admin::NewToken => "a new token".to_owned(),
        Admin::DeleteConfiguration => "the SCIM configuration is deleted".to_owned(),
        Admin::SetUpAgain => "SCIM is set up again".to_owned(),
        Admin::CreateAccount(account) => format!("{} has an account", account.person),
        Admin::MapGroups(table) if table.is_empty() => "group mapping off".to_owned(),
        Admin::MapGroups(table) => format!("{} values mapped to groups", table.len()),
        Admin::Weather(weather) => weather_label(weather),
        Admin::RemoveInApp(person) => format!("someone removes {person} in the app"),
    }
}

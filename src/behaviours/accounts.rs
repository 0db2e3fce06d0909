//! Accounts: which exist, which are seen, which are let in, which are gone.

use std::collections::HashMap;

use serde_json::Value;
use time::OffsetDateTime;

use super::argument::{pair, status};
use super::behaviour::Does::{Breaks, Sets, Takes, Wraps};
use super::behaviour::{Act, Known};
use super::door::inside;
use super::written::values;
use crate::control::{Account, AccountState, Action};
use crate::faults::create::is_inactive;
use crate::faults::wrap::{Inner, answer_of, ask, creates_user, id_of, is_below, read, refusal};
use crate::http::{Method, Request};
use crate::scim::text::same;
use crate::server::{Service, Settings, Unknown};

pub(super) const BEHAVIOURS: &[Known] = &[
    Known::new(
        "uniqueness",
        "=email|global-email[:ADDRESS]",
        "`email`: one address belongs to one user, whatever attribute holds it. `global-email`: every address that no \
         user has belongs to another organisation, which no lookup shows: 409; with ADDRESS that one only.",
        Takes(uniqueness),
    ),
    Known::new(
        "lookup-late",
        "",
        "A person has an account before the create. The lookup shows it only after the create was refused with 409.",
        Wraps(lookup_late),
    ),
    Known::new("lookup-duplicates", "", "A lookup that finds a user finds two.", Breaks("list/no-duplicates")),
    Known::new(
        "lookup-hides-inactive",
        "",
        "Lists do not show deactivated users; their own URLs do.",
        Breaks("life/reassign-same-account"),
    ),
    Known::new(
        "item-hides-inactive",
        "",
        "Lists show deactivated users; at their own URLs every method is answered with 404.",
        Wraps(item_hides_inactive),
    ),
    Known::new("hard-delete-on-deactivate", "", "Who is deactivated is deleted.", Wraps(hard_delete_on_deactivate)),
    Known::new(
        "users-vanish",
        "[=N]",
        "A user is deleted at the endpoint after N answers from their own URL; without N right after the create.",
        Takes(|argument| vanish(argument, "/Users")),
    ),
    Known::new(
        "groups-vanish",
        "[=N]",
        "A group is deleted at the endpoint after N answers from its own URL; without N right after the create.",
        Takes(|argument| vanish(argument, "/Groups")),
    ),
    Known::new(
        "email-change",
        "=pending",
        "A changed address is held until its owner confirms it; the answer shows the old one.",
        Takes(|argument| (argument? == "pending").then(|| Act::set(|settings| settings.verify_email = true))),
    ),
    Known::new(
        "seats",
        "=N[:STATUS]",
        "There are N seats. Who needs one when none is free is refused with STATUS, else 403.",
        Takes(seats),
    ),
    Known::new(
        "invitations",
        "",
        "A new person is invited, and pending until the invitation is accepted.",
        Sets(|settings| settings.invitations = true),
    ),
    Known::new(
        "member-check",
        "",
        "A group that names a member who does not exist is refused with 400.",
        Sets(|settings| settings.unknown_members = Unknown::Refuse),
    ),
];

fn uniqueness(argument: Option<&str>) -> Option<Act> {
    let one_account = |settings: &mut Settings| settings.unique_addresses = true;
    match pair(argument?)? {
        ("email", None) => Some(Act::set(one_account)),
        ("global-email", only) => {
            let only = only.map(str::to_owned);
            Some(Act::wrap(move |inner| held_elsewhere(inner, only.clone())).and_set(one_account))
        }
        _ => None,
    }
}

/// The table of accounts is one for all organisations, and the lookup asks for those of one.
fn held_elsewhere(inner: Inner, only: Option<String>) -> Inner {
    inside(inner, move |server, request, now| {
        for address in addresses(request) {
            if only.as_ref().is_none_or(|only| same(only, &address, false)) {
                make_account(server, &address, AccountState::OtherOrganisation, now);
            }
        }
        server.handle(request, now)
    })
}

/// Names and addresses that a request gives a user.
fn addresses(request: &Request) -> Vec<String> {
    let written = if is_below(request, "/Users") { values(request) } else { Vec::new() };
    let texts = written.into_iter().filter_map(|(attribute, value)| {
        let text = value.as_str()?;
        (same(&attribute.name, "userName", false) || text.contains('@')).then(|| text.to_owned())
    });
    texts.collect()
}

/// Refused where the address has an account here: the server then knows by itself what to answer.
fn make_account(server: &mut dyn Service, address: &str, state: AccountState, now: OffsetDateTime) {
    let account = Account { address: address.to_owned(), name: address.to_owned(), state };
    let _ = server.control(&Action::CreateAccount(account), now);
}

/// The person signed up alone; the index of the lookup learns of them when the create meets them.
fn lookup_late(inner: Inner) -> Inner {
    inside(inner, |server, request, now| {
        let body = if creates_user(request) { request.json() } else { None };
        if let Some(name) = body.as_ref().and_then(|body| body.get("userName")?.as_str()) {
            make_account(server, name, AccountState::Active, now);
        }
        server.handle(request, now)
    })
}

/// A view without the deactivated serves single users, the table itself the lists.
fn item_hides_inactive(inner: Inner) -> Inner {
    inside(inner, |server, request, now| {
        let is_user = is_below(request, "/Users") && id_of(request).is_some();
        if is_user && read(server, &request.path, now).is_some_and(|user| is_inactive(&user)) {
            return refusal(404, None, "There is no such user.");
        }
        server.handle(request, now)
    })
}

/// The product has no deactivated users: who leaves is removed.
fn hard_delete_on_deactivate(inner: Inner) -> Inner {
    inside(inner, |server, request, now| {
        let is_change = matches!(request.method, Method::Put | Method::Patch) && is_below(request, "/Users");
        let was_in = is_change && read(server, &request.path, now).is_some_and(|user| !is_inactive(&user));
        let reply = server.handle(request, now);
        if was_in && read(server, &request.path, now).is_some_and(|user| is_inactive(&user)) {
            ask(server, Method::Delete, &request.path, None, now);
        }
        reply
    })
}

fn vanish(argument: Option<&str>, collection: &'static str) -> Option<Act> {
    let after: u32 = argument.unwrap_or("0").parse().ok()?;
    Some(Act::wrap(move |inner| vanishing(inner, collection, after)))
}

/// Somebody tidies up in the app.
fn vanishing(inner: Inner, collection: &'static str, after: u32) -> Inner {
    let mut answered: HashMap<String, u32> = HashMap::new();
    inside(inner, move |server, request, now| {
        let reply = server.handle(request, now);
        if !is_below(request, collection) {
            return reply;
        }
        let created = answer_of(reply.clone()).filter(|answer| answer.status == 201);
        let created = created.and_then(|answer| answer.json()?.get("id").and_then(Value::as_str).map(str::to_owned));
        let asked = u32::from(created.is_none());
        if let Some(id) = created.or_else(|| id_of(request).map(str::to_owned)) {
            let times = answered.entry(id.clone()).or_default();
            *times = times.saturating_add(asked);
            if *times >= after {
                ask(server, Method::Delete, &format!("{collection}/{id}"), None, now);
            }
        }
        reply
    })
}

fn seats(argument: Option<&str>) -> Option<Act> {
    let (seats, code) = pair(argument?)?;
    let seats: u32 = seats.parse().ok()?;
    let code = match code {
        Some(code) => Some(status(code)?),
        None => None,
    };
    Some(Act::set(move |settings| {
        settings.seats = Some(seats);
        settings.capacity.status = code.unwrap_or(settings.capacity.status);
    }))
}

//! What an administrator sees of the organisation.

use serde_json::{Map, Value, json};
use time::OffsetDateTime;

use crate::clock::from_millis;
use crate::scim::datetime;
use crate::server::door::route::Kind;
use crate::server::store::{is_active, member_ids};
use crate::server::tenant::Tenant;

/// More users, groups or mails than this are counted, not listed.
const SHOWN: usize = 1000;

/// Everything that SCIM does not tell, as JSON.
pub fn state(tenant: &Tenant, now: OffsetDateTime) -> Value {
    let organisation = &tenant.state.organisation;
    let used = tenant.state.store.all(Kind::User).active();
    let mails = organisation.outbox.all();
    let name = |group: &str| tenant.state.store.get(Kind::Group, group)?.get("displayName").cloned();
    let mapping = organisation.mapping.lines().filter_map(|(value, group)| Some((value.to_owned(), name(group)?)));
    let mapping: Map<String, Value> = mapping.collect();
    json!({
        "persona": tenant.settings().persona,
        "baseUrl": tenant.settings().base_url,
        "scim": scim(tenant, now),
        "plan": { "name": organisation.plan.name, "sso": organisation.plan.sso },
        "seats": {
            "total": organisation.seats,
            "used": used,
            "free": organisation.seats.map(|seats| (seats as usize).saturating_sub(used)),
        },
        "userCount": tenant.state.store.all(Kind::User).len(),
        "users": tenant.state.store.all(Kind::User).from(0).take(SHOWN).map(|one| user(tenant, one)).collect::<Vec<_>>(),
        "groupCount": tenant.state.store.all(Kind::Group).len(),
        "groups": tenant.state.store.all(Kind::Group).from(0).take(SHOWN).map(group).collect::<Vec<_>>(),
        "outsiders": organisation.outsiders().iter().map(|account| json!({
            "address": account.address, "name": account.name, "state": account.state.name(),
        })).collect::<Vec<_>>(),
        "mapping": mapping,
        "mailCount": mails.len(),
        "outbox": mails.iter().rev().take(SHOWN).rev().map(|mail| json!({
            "to": mail.to, "about": mail.about.word(), "at": datetime::format(mail.at),
        })).collect::<Vec<_>>(),
    })
}

/// Whether SCIM is on, what its token is worth, and why SCIM cannot be switched on where it cannot.
fn scim(tenant: &Tenant, now: OffsetDateTime) -> Value {
    let mut scim = json!({
        "on": tenant.tokens.configured(),
        "token": tenant.tokens.standing(now),
        "tokenExpires": tenant.tokens.expires().map(|at| datetime::format(from_millis(at))),
    });
    if let Some(obstacle) = tenant.state.organisation.plan.obstacle() {
        scim["why"] = obstacle.into();
    }
    scim
}

fn user(tenant: &Tenant, user: &Map<String, Value>) -> Value {
    let id = user.get("id").and_then(Value::as_str).unwrap_or_default();
    let person = tenant.state.organisation.person(id);
    let state = match person {
        _ if !is_active(user) => "deactivated",
        Some(person) if person.invited => "pending",
        _ => "active",
    };
    let groups = user.get("groups").and_then(Value::as_array).into_iter().flatten();
    let mut shown = json!({
        "id": id,
        "userName": user.get("userName"),
        "state": state,
        "role": person.and_then(|person| person.role.as_deref()).unwrap_or("user"),
        "groups": groups.filter_map(|group| group.get("display")).collect::<Vec<_>>(),
    });
    if let Some(pending) = person.and_then(|person| person.pending.as_ref()) {
        shown["awaitsVerification"] = pending.addresses().into();
    }
    if person.is_some_and(|person| person.solo.is_some()) {
        shown["hadOwnAccount"] = true.into();
    }
    shown
}

fn group(group: &Map<String, Value>) -> Value {
    json!({ "id": group.get("id"), "displayName": group.get("displayName"), "members": member_ids(group).len() })
}

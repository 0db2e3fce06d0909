//! What a target keeps of a user, where no schema of it can be read.
//!
//! RFC 7643 §2 and §4.1 leave it to a server which attributes it has, and
//! `/Schemas` says which. A plain product publishes none. There one user with
//! everything in it is created, read back and removed before the first scenario:
//! what is not shown is not asked about, and no IdP maps it.
//!
//! What every IdP needs ([`ESSENTIAL`]) is never given up. Nor is one that is
//! missing alone: a product that keeps few attributes lacks several, and one that
//! loses a value it should keep loses that one. What few products have
//! ([`RARE`]) is no company for another in that.

use serde_json::{Map, Value, json};

use crate::http::{Method, Request};
use crate::idp::Directory;
use crate::run::own::address::Resource;
use crate::run::player::{Disguise, Knowledge, neutral, new_body};
use crate::run::sending::wire::Wire;
use crate::scim::{is_assigned, name, urn};

/// What Okta and Entra match and read accounts by; a server that does not keep one of them breaks both.
const ESSENTIAL: [&str; 6] = ["schemas", "userName", "name", "emails", "active", "externalId"];

/// What many products that have the rest do without.
const RARE: [&str; 2] = ["addresses", "roles"];

/// Attributes and whole extensions that a user who was created with them does not show: `title`, a URN, or
/// `URN:costCenter`. Empty when nothing can be said: the create was refused, or what came back is no such user.
pub(in crate::run) async fn unkept(wire: &mut Wire, disguise: &Disguise) -> Vec<String> {
    let mut directory = Directory::built_in();
    disguise.directory(&mut directory, |_| false);
    let Some(body) =
        new_body(&directory, "alice", &Knowledge { user_attributes: everything(), ..Knowledge::default() })
    else {
        return Vec::new();
    };
    let request = neutral(Method::Post, "/Users").with_header("Content-Type", "application/scim+json").with_json(&body);
    let shown = create_and_read(wire, request).await;
    wire.clean_up().await;
    shown.map(|shown| missing(&body, &shown)).unwrap_or_default()
}

async fn create_and_read(wire: &mut Wire, create: Request) -> Option<Value> {
    wire.exchange(create).await.ok()?.ok().filter(|answer| answer.is_success())?;
    let made = wire.ownership.leftovers().next().map(Resource::path)?;
    let answer = wire.exchange(neutral(Method::Get, &made)).await.ok()?.ok()?;
    answer.json().filter(|_| answer.is_success()).cloned()
}

/// What was sent and is not shown.
fn missing(sent: &Value, shown: &Value) -> Vec<String> {
    let is_shown = |name: &str| name::get_in(shown, name).is_some_and(is_assigned);
    if !is_shown("userName") || !is_shown("emails") {
        return Vec::new();
    }
    let names = sent.as_object().into_iter().flat_map(Map::keys);
    let (extensions, own): (Vec<&String>, Vec<&String>) = names.partition(|name| name.starts_with("urn:"));
    let is_essential = |name: &str| ESSENTIAL.iter().any(|known| known.eq_ignore_ascii_case(name));
    let absent = own.into_iter().filter(|name| !is_essential(name) && !is_shown(name)).cloned();
    let (rare, usual): (Vec<String>, Vec<String>) = absent.partition(|name| RARE.contains(&name.as_str()));
    let mut missing = if usual.is_empty() { several(rare) } else { rare };
    missing.extend(several(usual));
    for urn in extensions {
        let Some(extension) = member(shown, urn).filter(|extension| is_assigned(extension)) else {
            missing.push(urn.clone());
            continue;
        };
        let parts = member(sent, urn).and_then(Value::as_object).into_iter().flat_map(Map::keys);
        let absent = parts.filter(|part| !member(extension, part).is_some_and(is_assigned));
        missing.extend(several(absent.map(|part| format!("{urn}:{part}")).collect()));
    }
    missing
}

/// More than one: a single value that is lost is a defect to be told.
fn several(missing: Vec<String>) -> Vec<String> {
    if missing.len() > 1 { missing } else { Vec::new() }
}

fn member<'a>(resource: &'a Value, name: &str) -> Option<&'a Value> {
    name::get(resource.as_object()?, name)
}

/// What scenarios and mappings write beside the usual user.
fn everything() -> Map<String, Value> {
    let everything = json!({
        "nickName": "Al",
        "title": "Account Executive",
        "userType": "Employee",
        "preferredLanguage": "en-US",
        "locale": "en-US",
        "timezone": "America/Los_Angeles",
        "phoneNumbers": [{"value": "+1 425 555 0101", "type": "work"}],
        "addresses": [{"streetAddress": "1 Pine Street", "locality": "Seattle", "country": "US", "type": "work"}],
        "roles": [{"value": "Admin"}],
        urn::ENTERPRISE_USER: {
            "employeeNumber": "701", "costCenter": "4130", "division": "Europe", "department": "Sales",
            "organization": "Lighthouses",
        },
    });
    match everything {
        Value::Object(everything) => everything,
        _ => Map::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(without: &[&str]) -> Value {
        let mut user = everything();
        user.insert("userName".to_owned(), json!("alice"));
        user.insert("externalId".to_owned(), json!("701"));
        user.insert("emails".to_owned(), json!([{"value": "alice@example.com"}]));
        user.retain(|name, _| !without.contains(&name.as_str()));
        Value::Object(user)
    }

    #[test]
    fn several_attributes_that_are_not_shown_are_not_there() {
        assert_eq!(missing(&user(&[]), &user(&["title", "roles", "locale"])), ["roles", "title", "locale"]);
        assert_eq!(missing(&user(&[]), &user(&["title", "roles"])), ["roles"]);
        assert_eq!(missing(&user(&[]), &user(&["addresses", "roles"])), ["addresses", "roles"]);
        assert_eq!(missing(&user(&[]), &user(&[urn::ENTERPRISE_USER])), [urn::ENTERPRISE_USER]);
    }

    #[test]
    fn one_that_is_lost_alone_and_what_every_idp_needs_are_asked_about() {
        for lost in [&["title"][..], &["externalId"], &["externalId", "roles"], &["userName", "title", "locale"]] {
            assert_eq!(missing(&user(&[]), &user(lost)), Vec::<String>::new(), "{lost:?}");
        }
        let mut shown = user(&[]);
        shown[urn::ENTERPRISE_USER].as_object_mut().unwrap().remove("department");
        assert_eq!(missing(&user(&[]), &shown), Vec::<String>::new());
    }

    #[test]
    fn empty_values_are_none() {
        let mut shown = user(&["addresses"]);
        shown["roles"] = json!([]);
        assert_eq!(missing(&user(&[]), &shown), ["addresses", "roles"]);
    }
}

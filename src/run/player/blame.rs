//! Which rule a refused request of an IdP breaks, by what stands in the request.
//!
//! A scenario names the rule it is about. When something else fails on the way
//! (a create is refused, the server crashes, an IdP's form of PATCH is not
//! understood), that is the cause and the scenario only its victim: the finding
//! goes to the cause's own rule, so one fault is one rule.

use serde_json::Value;

use super::refused_patch;
use crate::http::{Exchange, Method, Request, Response, Sender, percent};
use crate::run::own::address::{self, Resource, id_of};
use crate::scim::{Filter, ResourceSchema, name};

/// The rule that an answer breaks which holds what was not asked for.
pub(super) const NEVER_IGNORED: &str = "filter/never-ignored";
/// Rules about a create that meets somebody.
const ABOUT_CONFLICTS: &[&str] = &["create/duplicate", "life/conflict"];
/// Rules that have nothing to do with how something is changed.
const NOT_ABOUT_CHANGES: &[&str] =
    &["filter/", "http/", "list/", "page/", "get/", "create/", "delete/", "group/create"];
/// The rule about what is done later, which its status tells.
const ABOUT_LATER: &str = "async/accepted";
/// The rule about seats of those who are gone.
const FREED_SEAT: &str = "life/freed-seat";
const EXCLUDED_MEMBERS: &str = "attrs/excluded-members";

/// What went wrong before a scenario could ask its own question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cause {
    /// The rule that it breaks.
    pub(super) rule: &'static str,
    /// Which of the exchanges shows it.
    pub(super) exchange: usize,
}

/// What the IdP sent among these exchanges, with the positions; the last comes first.
fn of_idp(exchanges: &[Exchange]) -> impl Iterator<Item = (usize, &Exchange)> {
    exchanges.iter().enumerate().rev().filter(|(_, exchange)| exchange.sender == Sender::Idp)
}

/// The lookup of a group by the IdP that was to come without members and did not (ENTRA-R08).
pub(super) fn with_members(exchanges: &[Exchange]) -> Option<Cause> {
    let (exchange, last) = of_idp(exchanges).next()?;
    let excluded = last.request.parameter("excludedAttributes").is_some_and(|names| names == "members");
    let body = last.response()?.json()?;
    let listed = name::get_in(body, "Resources").and_then(Value::as_array)?;
    let shows = |group: &Value| name::get_in(group, "members").and_then(Value::as_array).is_some_and(|m| !m.is_empty());
    (excluded && matches!(listed.as_slice(), [only] if shows(only)))
        .then_some(Cause { rule: EXCLUDED_MEMBERS, exchange })
}

/// The last failed request of the IdP among these exchanges.
pub(super) fn failed(exchanges: &[Exchange]) -> Option<(usize, &Exchange, &Response)> {
    of_idp(exchanges).find_map(|(at, exchange)| {
        let answer = exchange.response().filter(|answer| answer.status >= 400)?;
        Some((at, exchange, answer))
    })
}

/// The cause behind the last failed request, when it is another one than the rule the step is about.
pub(super) fn cause(exchanges: &[Exchange], about: &str, family: &str) -> Option<Cause> {
    let (exchange, failed, answer) = failed(exchanges)?;
    if let Some(rule) = beside_the_point(exchanges, &failed.request, answer) {
        return Some(Cause { rule, exchange });
    }
    let is_about = |areas: &[&str]| areas.iter().any(|area| about.starts_with(area));
    let is_refused = is_refusal(answer);
    let rule = match (failed.request.method, address::of(&failed.request.path).0) {
        (Method::Patch, collection) if is_refused || answer.status == 500 => {
            let usual = if collection == "groups" { "group/patch-status" } else { "patch/status" };
            refused_patch::form_rule(failed, answer)
                .or_else(|| (is_refused && is_about(NOT_ABOUT_CHANGES)).then_some(usual))
        }
        (Method::Put, _) if is_refused && is_about(NOT_ABOUT_CHANGES) => Some("put/status-body"),
        (Method::Post, "users") if is_refused && !(is_about(ABOUT_CONFLICTS) || is_about(&["life/"])) => {
            Some(match family {
                "okta" => "okta/stored-minimum",
                _ => "create/status-201",
            })
        }
        (Method::Post, "groups") if (is_refused || is_withheld(answer)) && !is_about(&["life/"]) => {
            Some("group/create")
        }
        (Method::Get, collection) if is_refused => refused_lookup(collection, &failed.request),
        _ => None,
    };
    let crashed = answer.status >= 500 && answer.status != 501;
    let rule = rule.or_else(|| crashed.then_some("http/no-5xx"))?;
    Some(Cause { rule, exchange })
}

/// The rule about the lookup of an IdP that is refused.
fn refused_lookup(collection: &str, request: &Request) -> Option<&'static str> {
    let filter = percent::decode(request.parameter("filter")?).to_ascii_lowercase();
    let by = |attribute: &str| filter.starts_with(attribute) && !filter.contains(" and ");
    match collection {
        "users" if by("username") => Some("filter/eq-username"),
        "users" if by("externalid") => Some("filter/external-id"),
        "groups" if by("displayname") => Some("filter/groups"),
        _ => None,
    }
}

/// The rule that an answer with an unexpected status breaks, when that says nothing of what a step is about.
pub(super) fn status(
    exchanges: &[Exchange],
    about: &str,
    request: &Request,
    answer: &Response,
) -> Option<&'static str> {
    if about == ABOUT_LATER && answer.status == 202 {
        return None;
    }
    success(request, answer)
        .or_else(|| crowded(about, request, answer))
        .or_else(|| beside_the_point(exchanges, request, answer))
}

/// The rule about seats, where a story about something else ends for want of one: those of people who are gone were not
/// given back, or there are fewer than a run needs. Either way it is no matter of the create.
fn crowded(about: &str, request: &Request, answer: &Response) -> Option<&'static str> {
    const WORDS: [&str; 5] = ["seat", "license", "licence", "capacity", "quota"];
    let is_create = request.method == Method::Post && address::of(&request.path) == ("users", None);
    let is_about_seats = about.starts_with("life/") || about.starts_with("capacity/");
    let says = || String::from_utf8_lossy(&answer.body).to_lowercase();
    let is_refused = matches!(answer.status, 400 | 402 | 403 | 409 | 422 | 507);
    (is_create && is_refused && !is_about_seats && WORDS.iter().any(|word| says().contains(word))).then_some(FREED_SEAT)
}

/// The rule that a failure breaks which has nothing to do with what was asked.
fn beside_the_point(exchanges: &[Exchange], request: &Request, answer: &Response) -> Option<&'static str> {
    media_type(request, answer).or_else(|| unserved(request, answer)).or_else(|| lost(exchanges, request, answer))
}

/// The rule about a success that has another status than such a request gets (RFC 7644 §3.3 to §3.7).
fn success(request: &Request, answer: &Response) -> Option<&'static str> {
    let (collection, item) = address::of(&request.path);
    let (usual, rule): (&[u16], _) = match (request.method, collection) {
        // "No content" where nobody is found.
        (Method::Get, "users" | "groups") if item.is_none() && answer.status == 204 => (&[200], "list/empty"),
        (Method::Get, _) => (&[200], "get/status-200"),
        (Method::Post, _) if address::is_search(&request.path) => (&[200], "filter/search-post"),
        (Method::Post, "bulk") => (&[200], "bulk/response"),
        (Method::Post, "users") if item.is_none() => (&[201], "create/status-201"),
        (Method::Post, "groups") if item.is_none() => (&[201], "group/create"),
        (Method::Put, "users" | "groups") => (&[200], "put/status-body"),
        (Method::Patch, "users" | "groups") => (&[200, 204], "patch/status"),
        (Method::Delete, "users" | "groups") => (&[204], "delete/status-204"),
        _ => return None,
    };
    (answer.is_success() && !usual.contains(&answer.status)).then_some(rule)
}

/// The rule about SCIM's own media type, where the target will not speak it (RFC 9110 §15.5.7, §15.5.16).
fn media_type(request: &Request, answer: &Response) -> Option<&'static str> {
    let (field, rule) = match (answer.status, request.body.is_some()) {
        (415, true) => ("Content-Type", "http/request-media-type"),
        (406 | 415, _) => ("Accept", "http/accept-scim"),
        _ => return None,
    };
    // Plain JSON is a matter of the rules about it.
    request.headers.get(field).is_none_or(|named| named.contains("scim+json")).then_some(rule)
}

/// The rule about a method, where it is one that the target does not serve (RFC 7644 §3.2, RFC 9110 §15.5.6, §15.6.2).
fn unserved(request: &Request, answer: &Response) -> Option<&'static str> {
    if !matches!(answer.status, 405 | 501) {
        return None;
    }
    match (request.method, address::of(&request.path).0) {
        // Of users, that is a matter of the gates: a server may do without PATCH.
        (Method::Patch, "groups") => Some("spc/truthful-patch"),
        (Method::Put, "users" | "groups") => Some("put/status-body"),
        (Method::Delete, "users" | "groups") => Some("delete/status-204"),
        (Method::Post, "groups") if !address::is_search(&request.path) => Some("group/create"),
        _ => None,
    }
}

/// The rule that a resource breaks which was made and is not found, with nothing removed since.
fn lost(exchanges: &[Exchange], request: &Request, answer: &Response) -> Option<&'static str> {
    let resource = address::of(&request.path).1.filter(|_| answer.status == 404 && request.method == Method::Get)?;
    let mut is_made = false;
    let mut was_seen = false;
    let mut was_renumbered = false;
    for exchange in exchanges {
        let Some(answer) = exchange.response().filter(|answer| answer.is_success()) else { continue };
        let shown = answer.json().and_then(id_of);
        match (exchange.request.method, address::of(&exchange.request.path)) {
            // What goes with it is a question of its own.
            (Method::Delete, _) => return None,
            (Method::Post, (collection, None)) => {
                is_made |= shown.is_some_and(|id| Resource::new(collection, &id) == resource);
            }
            (_, (collection, Some(named))) if named == resource => {
                was_seen = true;
                was_renumbered |= shown.is_some_and(|id| Resource::new(collection, &id) != resource);
            }
            _ => {}
        }
    }
    match (is_made, was_seen, was_renumbered) {
        (true, false, _) => Some("create/read-your-write"),
        (true, true, true) => Some("res/id-stable"),
        _ => None,
    }
}

/// Whether a rule is itself about filters, so that an ignored one is its own finding.
pub(super) fn is_about_filters(rule: &str) -> bool {
    rule.starts_with("filter/") || rule == "spc/truthful-filter"
}

/// Whether a query was answered with resources that do not match its filter.
pub(super) fn ignores_filter(request: &Request, answer: &Response) -> bool {
    let is_projected = ["attributes", "excludedAttributes"].into_iter().any(|name| request.parameter(name).is_some());
    let filter = request.parameter("filter").and_then(|text| Filter::parse(&percent::decode(text)).ok());
    let (Some(filter), Method::Get, false) = (filter, request.method, is_projected) else { return false };
    let listed = answer.json().and_then(|body| name::get_in(body, "Resources")).and_then(Value::as_array);
    let mut resources = listed.into_iter().flatten().filter_map(|resource| Some((resource, resource.as_object()?)));
    resources.any(|(resource, members)| !filter.matches(members, ResourceSchema::of(resource)))
}

/// Whether a create that was to meet a conflict was refused as any other would be, going by what the error says.
pub(super) fn hides_conflict(exchanges: &[Exchange], about: &str) -> bool {
    const WORDS: [&str; 7] = ["already", "conflict", "duplicate", "exist", "in use", "taken", "unique"];
    let Some((_, failed, answer)) = failed(exchanges) else { return false };
    let says = String::from_utf8_lossy(&answer.body).to_lowercase();
    failed.request.method == Method::Post
        && is_refusal(answer)
        && ABOUT_CONFLICTS.iter().any(|area| about.starts_with(area))
        && !WORDS.iter().any(|word| says.contains(word))
}

/// Whether a target does not do such a thing at all.
const fn is_withheld(answer: &Response) -> bool {
    matches!(answer.status, 403 | 405 | 501)
}

const fn is_refusal(answer: &Response) -> bool {
    matches!(answer.status, 400 | 422)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use serde_json::json;

    use super::*;
    use crate::http::Headers;
    use crate::scim::urn;

    fn exchange(request: Request, status: u16, scim_type: &str) -> Exchange {
        let body = json!({ "scimType": scim_type }).to_string();
        let answer = Ok(Arc::new(Response::new(status, Headers::new(), body)));
        let (elapsed, at) = (Duration::ZERO, Duration::ZERO);
        Exchange { step: 0, sender: Sender::Idp, request, answer, elapsed, at }
    }

    fn refused(operations: &Value, status: u16, scim_type: &str) -> Option<&'static str> {
        let request = Request::new(Method::Patch, "/Users/1").with_json(&json!({ "Operations": operations }));
        cause(&[exchange(request, status, scim_type)], "put/replaces", "entra").map(|cause| cause.rule)
    }

    #[test]
    fn a_refused_create_is_no_matter_of_what_was_to_follow() {
        let create = || Request::new(Method::Post, "/Users");
        let found = |about, family| {
            let exchanges = [exchange(create(), 400, ""), exchange(Request::new(Method::Get, "/Users"), 200, "")];
            cause(&exchanges, about, family)
        };
        let expected = Cause { rule: "create/status-201", exchange: 0 };
        assert_eq!(found("entra/manager-forms", "entra"), Some(expected));
        assert_eq!(found("create/body", "okta").map(|cause| cause.rule), Some("okta/stored-minimum"));
        assert_eq!(found("create/duplicate-409", "entra"), None, "the refusal is what was asked for");
        assert_eq!(cause(&[exchange(create(), 409, "uniqueness")], "create/body", "okta"), None);
    }

    #[test]
    fn a_refused_lookup_is_a_matter_of_what_it_looks_for() {
        let found = |path: &str, filter: &str| {
            let look = Request::new(Method::Get, path).with_query(format!("filter={filter}"));
            cause(&[exchange(look, 400, "invalidFilter")], "create/duplicate-409", "entra").map(|cause| cause.rule)
        };
        assert_eq!(found("/Users", "externalId+eq+%22a%22"), Some("filter/external-id"));
        assert_eq!(found("/Users", "userName%20eq%20%22a%22"), Some("filter/eq-username"));
        assert_eq!(found("/Groups", "displayName+eq+%22a%22"), Some("filter/groups"));
        assert_eq!(found("/Groups", "id+eq+%22a%22+and+members+eq+%22b%22"), None);
    }

    #[test]
    fn a_group_that_comes_with_members_is_told_as_that() {
        let lookup = |query: &str, groups: Value| {
            let request = Request::new(Method::Get, "/Groups").with_query(query);
            let answer = Response::new(200, Headers::new(), json!({ "Resources": groups }).to_string());
            let (elapsed, at) = (Duration::ZERO, Duration::ZERO);
            with_members(&[Exchange {
                step: 0,
                sender: Sender::Idp,
                request,
                answer: Ok(Arc::new(answer)),
                elapsed,
                at,
            }])
        };
        let group = |members: Value| json!([{ "id": "1", "members": members }]);
        let without = "excludedAttributes=members&filter=displayName+eq+%22a%22";
        assert!(lookup(without, group(json!([{ "value": "2" }]))).is_some());
        assert!(lookup(without, group(json!([]))).is_none());
        assert!(lookup("filter=displayName+eq+%22a%22", group(json!([{ "value": "2" }]))).is_none());
    }

    #[test]
    fn a_list_with_what_was_not_asked_for_ignores_the_filter() {
        let answer = |names: &[&str]| {
            let resources = names.iter().map(|name| json!({"schemas": [urn::CORE_USER], "userName": name}));
            Response::new(200, Headers::new(), json!({"Resources": resources.collect::<Value>()}).to_string())
        };
        let ask = |query: &str| Request::new(Method::Get, "/Users").with_query(query);
        let alice = ask("filter=userName%20eq%20%22alice%40example.com%22");
        assert!(ignores_filter(&alice, &answer(&["alice@example.com", "bob@example.com"])));
        assert!(!ignores_filter(&alice, &answer(&["ALICE@example.com"])), "userName has no case");
        assert!(!ignores_filter(&alice, &answer(&[])));
        assert!(!ignores_filter(&ask("startIndex=1"), &answer(&["bob@example.com"])));
    }

    #[test]
    fn a_create_that_is_refused_for_its_attributes_tells_nothing_of_conflicts() {
        let refused = |reason: &str| [exchange(Request::new(Method::Post, "/Users"), 400, reason)];
        assert!(hides_conflict(&refused("invalidSyntax"), "create/duplicate-409"));
        assert!(!hides_conflict(&refused("uniqueness"), "create/duplicate-409"));
        assert!(!hides_conflict(&refused("invalidSyntax"), "create/body"));
    }

    #[test]
    fn a_success_with_another_status_is_a_matter_of_its_method() {
        let answer = |status| Response::new(status, Headers::new(), "{}");
        let rule = |method, path: &str, given| status(&[], "get/by-id", &Request::new(method, path), &answer(given));
        assert_eq!(rule(Method::Get, "/Users", 206), Some("get/status-200"));
        assert_eq!(rule(Method::Get, "/Users", 204), Some("list/empty"));
        assert_eq!(rule(Method::Patch, "/Groups/1", 202), Some("patch/status"));
        assert_eq!(rule(Method::Post, "/Users/.search", 201), Some("filter/search-post"));
        assert_eq!(rule(Method::Patch, "/Users/1", 204), None, "that is one of the two");
        assert_eq!(rule(Method::Get, "/Users", 400), None);
        assert_eq!(rule(Method::Get, "/Users", 415), Some("http/accept-scim"));
    }

    #[test]
    fn what_was_made_and_is_not_there_is_lost() {
        let answered = |request: Request, status, id: &str| {
            let answer = Ok(Arc::new(Response::new(status, Headers::new(), json!({"id": id}).to_string())));
            let (elapsed, at) = (Duration::ZERO, Duration::ZERO);
            Exchange { step: 0, sender: Sender::Scenario, request, answer, elapsed, at }
        };
        let look = Request::new(Method::Get, "/Users/1");
        let gone = Response::new(404, Headers::new(), "{}");
        let made = answered(Request::new(Method::Post, "/Users"), 201, "1");
        assert_eq!(lost(&[], &look, &gone), None, "nobody made it");
        assert_eq!(lost(std::slice::from_ref(&made), &look, &gone), Some("create/read-your-write"));
        let changed = answered(Request::new(Method::Put, "/Users/1"), 200, "2");
        assert_eq!(lost(&[made.clone(), changed], &look, &gone), Some("res/id-stable"));
        let removed = answered(Request::new(Method::Delete, "/Users/1"), 204, "");
        assert_eq!(lost(&[made, removed], &look, &gone), None);
    }

    #[test]
    fn a_change_that_is_refused_is_no_matter_of_what_was_looked_up() {
        let found = |method, about| {
            let request = Request::new(method, "/Users/1").with_json(&json!({"Operations": [{"op": "add"}]}));
            cause(&[exchange(request, 400, "")], about, "okta").map(|cause| cause.rule)
        };
        assert_eq!(found(Method::Put, "filter/eq-username"), Some("put/status-body"));
        assert_eq!(found(Method::Patch, "filter/groups"), Some("patch/status"));
        assert_eq!((found(Method::Put, "put/replaces"), found(Method::Patch, "patch/atomic")), (None, None));
    }

    #[test]
    fn a_refusal_that_names_the_capital_letter_is_about_it() {
        let answered = |op: &str, detail: &str| {
            let request = Request::new(Method::Patch, "/Users/1").with_json(&json!({"Operations": [{"op": op}]}));
            let mut refused = exchange(request, 400, "");
            refused.answer = Ok(Arc::new(Response::new(400, Headers::new(), json!({"detail": detail}).to_string())));
            cause(&[refused], "group/link", "entra").map(|cause| cause.rule)
        };
        assert_eq!(answered("Add", "Unsupported operation: Add"), Some("patch/op-case"));
        assert_eq!(answered("Add", "Address is not valid"), None);
        assert_eq!(answered("Add", "Add needs a value"), None);
        assert_eq!(answered("add", "cannot add"), None);
    }

    #[test]
    fn a_crash_is_its_own_cause() {
        let look = exchange(Request::new(Method::Get, "/Users"), 500, "");
        assert_eq!(cause(&[look], "create/body", "okta").map(|cause| cause.rule), Some("http/no-5xx"));
        let plain = json!([{"op": "replace", "path": "title", "value": "x"}]);
        assert_eq!(refused(&plain, 500, ""), Some("http/no-5xx"));
        assert_eq!(refused(&plain, 501, ""), None, "a server may do without PATCH");
    }

    #[test]
    fn one_special_form_among_plain_ones_is_the_cause() {
        let operations = json!([{"op": "Add", "path": "title", "value": "x"}, {"op": "Replace", "path": "active", "value": "False"}]);
        assert_eq!(refused(&operations, 400, "invalidValue"), Some("entra/boolean-strings"));
        assert_eq!(refused(&operations, 404, ""), None, "a missing user is no matter of form");
    }

    #[test]
    fn of_several_forms_only_the_one_that_the_error_names_is_blamed() {
        let operations = json!([
            {"op": "Replace", "path": "active", "value": "True"},
            {"op": "Add", "path": "emails[type eq \"work\"].value", "value": "a@example.com"},
        ]);
        assert_eq!(refused(&operations, 400, "noTarget"), Some("entra/add-creates-element"));
        assert_eq!(refused(&operations, 400, "invalidValue"), Some("entra/boolean-strings"));
        assert_eq!(refused(&operations, 400, ""), None);
    }

    #[test]
    fn a_form_that_everybody_must_understand_is_the_scenarios_own_business() {
        assert_eq!(refused(&json!([{"op": "replace", "path": "active", "value": false}]), 400, ""), None);
        assert_eq!(refused(&json!([{"op": "add", "path": "members", "value": [{"value": "1"}]}]), 400, ""), None);
    }
}

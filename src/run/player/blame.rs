//! Which rule a refused request of an IdP breaks, by what stands in the request.
//!
//! A scenario names the rule it is about. When something else fails on the way
//! (a create is refused, the server crashes, an IdP's form of PATCH is not
//! understood), that is the cause and the scenario only its victim: the finding
//! goes to the cause's own rule, so one fault is one rule.

use serde_json::Value;

use crate::http::{Exchange, Method, Request, Response, Sender, percent};
use crate::run::address;
use crate::scim::{Filter, ResourceSchema, name};

/// The rule that an answer breaks which holds what was not asked for.
pub(super) const NEVER_IGNORED: &str = "filter/never-ignored";
/// Rules about a create that meets somebody.
const ABOUT_CONFLICTS: &[&str] = &["create/duplicate", "life/conflict"];
const CREATES_ELEMENT: &str = "entra/add-creates-element";
const BOOLEANS: &str = "entra/boolean-strings";

/// What went wrong before a scenario could ask its own question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cause {
    /// The rule that it breaks.
    pub(super) rule: &'static str,
    /// Which of the exchanges shows it.
    pub(super) exchange: usize,
}

/// The last failed request of the IdP among these exchanges.
pub(super) fn failed(exchanges: &[Exchange]) -> Option<(usize, &Exchange, &Response)> {
    let mut of_idp = exchanges.iter().enumerate().rev().filter(|(_, exchange)| exchange.sender == Sender::Idp);
    of_idp.find_map(|(at, exchange)| {
        let answer = exchange.response().filter(|answer| answer.status >= 400)?;
        Some((at, exchange, answer))
    })
}

/// The cause behind the last failed request, when it is another one than the rule the step is about.
pub(super) fn cause(exchanges: &[Exchange], about: &str, family: &str) -> Option<Cause> {
    let (exchange, failed, answer) = failed(exchanges)?;
    let is_about = |areas: &[&str]| areas.iter().any(|area| about.starts_with(area));
    let is_refused = is_refusal(answer);
    let rule = match (failed.request.method, address::of(&failed.request.path).0) {
        (Method::Patch, _) if is_refused || answer.status == 500 => refused_form(failed, answer),
        (Method::Post, "users") if is_refused && !(is_about(ABOUT_CONFLICTS) || is_about(&["life/"])) => {
            Some(match family {
                "okta" => "okta/stored-minimum",
                _ => "create/status-201",
            })
        }
        (Method::Post, "groups") if is_refused && !is_about(&["life/"]) => Some("group/create"),
        _ => None,
    };
    let crashed = answer.status >= 500 && answer.status != 501;
    let rule = rule.or_else(|| crashed.then_some("http/no-5xx"))?;
    Some(Cause { rule, exchange })
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

const fn is_refusal(answer: &Response) -> bool {
    matches!(answer.status, 400 | 422)
}

/// The rule about the form of a refused PATCH, when its form tells one.
fn refused_form(last: &Exchange, answer: &Response) -> Option<&'static str> {
    let body = last.request.json()?;
    let operations = name::get_in(&body, "Operations")?.as_array()?;
    let mut forms: Vec<&str> = operations.iter().filter_map(form).collect();
    forms.sort_unstable();
    forms.dedup();
    let scim_type = answer.json().and_then(|body| name::get_in(body, "scimType")).and_then(Value::as_str);
    match (forms.as_slice(), scim_type) {
        (forms, Some("noTarget" | "invalidPath")) if forms.contains(&CREATES_ELEMENT) => Some(CREATES_ELEMENT),
        (forms, Some("invalidValue")) if forms.contains(&BOOLEANS) => Some(BOOLEANS),
        ([only], _) => rule(only),
        _ => None,
    }
}

fn rule(form: &str) -> Option<&'static str> {
    const RULES: [&str; 7] = [
        CREATES_ELEMENT,
        BOOLEANS,
        "entra/manager-forms",
        "entra/manager-list",
        "entra/no-path-dotted-keys",
        "entra/remove-members-value",
        "okta/patch-id-in-value",
    ];
    RULES.into_iter().find(|rule| *rule == form)
}

/// The rule whose form an operation has; `None` for a form that every server must understand.
fn form(operation: &Value) -> Option<&'static str> {
    let text = |member: &str| name::get_in(operation, member).and_then(Value::as_str).unwrap_or_default();
    let (op, path) = (text("op").to_ascii_lowercase(), text("path"));
    let value = name::get_in(operation, "value");
    match value {
        Some(Value::String(_)) if path.eq_ignore_ascii_case("active") => Some(BOOLEANS),
        Some(Value::Array(_)) if path.ends_with("manager") => Some("entra/manager-list"),
        Some(_) if path.ends_with(":manager") => Some("entra/manager-forms"),
        Some(_) if op == "remove" && path.eq_ignore_ascii_case("members") => Some("entra/remove-members-value"),
        Some(_) if op != "remove" && path.contains('[') => Some(CREATES_ELEMENT),
        Some(Value::Object(members)) if path.is_empty() && members.contains_key("id") => Some("okta/patch-id-in-value"),
        Some(Value::Object(members)) if path.is_empty() && members.keys().any(|key| key.contains(['.', ':'])) => {
            Some("entra/no-path-dotted-keys")
        }
        _ => None,
    }
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
        assert_eq!(refused(&operations, 400, "noTarget"), Some(CREATES_ELEMENT));
        assert_eq!(refused(&operations, 400, "invalidValue"), Some(BOOLEANS));
        assert_eq!(refused(&operations, 400, ""), None);
    }

    #[test]
    fn a_form_that_everybody_must_understand_is_the_scenarios_own_business() {
        assert_eq!(refused(&json!([{"op": "replace", "path": "active", "value": false}]), 400, ""), None);
        assert_eq!(refused(&json!([{"op": "add", "path": "members", "value": [{"value": "1"}]}]), 400, ""), None);
    }
}

//! Equality of resources as RFC 7643 means it, and where two differ.
//!
//! - Names have no case (§2.1). Absent, `null`, `[]` and an object without values are the same (§2.5).
//! - Members and elements have no order (§2.3.8, §2.4), but the whole `Operations` of a PATCH have.
//! - `primary: false` is the same as no `primary` (§2.4).
//! - dateTimes are instants, numbers values, URIs without the case of scheme and host.
//! - Texts follow `caseExact`; those of unknown attributes have no case (§2.2: the default).

use serde_json::{Map, Value};

use super::canonical::{Known, canonical, is_default};
use super::pairing::{Pairing, contained_apart, pair, repeated_types, selector};
use super::scalar::same_relative;
use super::{ResourceSchema, Type, is_assigned, name};

/// Differences that are listed; something else entirely does not need more.
const MAX_DIFFERENCES: usize = 100;

/// How much must be the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// What is expected must be there, attributes and elements alike; there may be more. What is
    /// expected to have no value (`null`, `[]`) must have none.
    Subset,
    /// Both have the same.
    Exact,
}

/// One place where two values differ.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// SCIM path: `emails[type eq "work"].value`; empty for the whole.
    pub path: String,
    /// What was expected; `None` for no value.
    pub expected: Option<Value>,
    /// What is there; `None` for no value.
    pub actual: Option<Value>,
}

/// Where `actual` differs from `expected`, at most 100 places.
///
/// The schema says how values compare; for a ListResponse it is the one of its resources.
pub fn differences(expected: &Value, actual: &Value, schema: &ResourceSchema, mode: Mode) -> Vec<Difference> {
    let mut walk = Walk { mode, found: Vec::new() };
    let known = Known::Resource(schema);
    match (expected, actual) {
        // `{}` asks for nothing here, while below it is a value that must not be there.
        (Value::Object(expected), Value::Object(actual)) => walk.members("", known, expected, actual),
        _ => walk.value("", known, Some(expected), Some(actual)),
    }
    walk.found
}

/// Whether `actual` has all that `expected` says.
pub(super) fn contains(known: Known<'_>, expected: &Value, actual: &Value) -> bool {
    let mut walk = Walk { mode: Mode::Subset, found: Vec::new() };
    walk.value("", known, Some(expected), Some(actual));
    walk.found.is_empty()
}

struct Walk {
    mode: Mode,
    found: Vec<Difference>,
}

impl Walk {
    fn value(&mut self, path: &str, known: Known<'_>, expected: Option<&Value>, actual: Option<&Value>) {
        if self.found.len() >= MAX_DIFFERENCES || same(known, expected, actual) {
            return;
        }
        match (expected, actual) {
            (Some(Value::Object(expected)), Some(Value::Object(actual)))
                if expected.values().any(is_assigned) || self.mode == Mode::Exact =>
            {
                self.members(path, known, expected, actual);
            }
            (Some(Value::Array(expected)), Some(Value::Array(actual))) if !expected.is_empty() => {
                self.elements(path, known, expected, actual);
            }
            _ => {
                let assigned = |value: Option<&Value>| value.filter(|value| is_assigned(value)).cloned();
                let (expected, actual) = (assigned(expected), assigned(actual));
                self.found.push(Difference { path: path.to_owned(), expected, actual });
            }
        }
    }

    fn members(&mut self, path: &str, known: Known<'_>, expected: &Map<String, Value>, actual: &Map<String, Value>) {
        for (key, value) in expected {
            self.value(
                &below(path, known, key),
                known.member(key),
                visible(key, Some(value)),
                visible(key, name::get(actual, key)),
            );
        }
        if self.mode == Mode::Subset {
            return;
        }
        for (key, value) in actual.iter().filter(|(key, _)| name::get(expected, key).is_none()) {
            self.value(&below(path, known, key), known.member(key), None, visible(key, Some(value)));
        }
    }

    fn elements(&mut self, path: &str, known: Known<'_>, expected: &[Value], actual: &[Value]) {
        if let (Known::Sequence, Mode::Exact) = (known, self.mode) {
            return self.sequence(path, expected, actual);
        }
        let types = repeated_types(known, expected, actual);
        let place = |element: &Value| format!("{path}{}", selector(known, element, &types));
        let Pairing { pairs, mut missing, mut surplus } = pair(known, expected, actual);
        for (expected, actual) in pairs {
            self.value(&place(expected), known.element(expected), Some(expected), Some(actual));
        }
        if self.mode == Mode::Subset {
            let is_in = |expected: &Value, actual: &Value| contains(known.element(expected), expected, actual);
            missing = contained_apart(missing, &mut surplus, is_in);
        }
        for element in missing {
            self.value(&place(element), known.element(element), Some(element), None);
        }
        if self.mode == Mode::Exact {
            for element in surplus {
                self.value(&place(element), known.element(element), None, Some(element));
            }
        }
    }

    fn sequence(&mut self, path: &str, expected: &[Value], actual: &[Value]) {
        for at in 0..expected.len().max(actual.len()) {
            self.value(&format!("{path}[{at}]"), Known::Nothing, expected.get(at), actual.get(at));
        }
    }
}

fn same(known: Known<'_>, expected: Option<&Value>, actual: Option<&Value>) -> bool {
    if expected == actual {
        return true;
    }
    if let (Some(Value::String(expected)), Some(Value::String(actual)), Some(attribute)) =
        (expected, actual, known.attribute())
        && attribute.kind == Type::Reference
        && same_relative(expected, actual)
    {
        return true;
    }
    expected.and_then(|value| canonical(value, known)) == actual.and_then(|value| canonical(value, known))
}

fn visible<'v>(key: &str, value: Option<&'v Value>) -> Option<&'v Value> {
    value.filter(|value| !is_default(key, value))
}

/// Members of an extension's container are joined to its URN with a colon.
fn below(path: &str, known: Known<'_>, key: &str) -> String {
    match known {
        _ if path.is_empty() => key.to_owned(),
        Known::Extension(_) | Known::Foreign => format!("{path}:{key}"),
        _ => format!("{path}.{key}"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::urn;
    use super::*;

    fn of_user(expected: &Value, actual: &Value, mode: Mode) -> Vec<Difference> {
        differences(expected, actual, ResourceSchema::user(), mode)
    }

    fn paths(expected: &Value, actual: &Value, mode: Mode) -> Vec<String> {
        of_user(expected, actual, mode).into_iter().map(|difference| difference.path).collect()
    }

    #[test]
    fn what_the_rfc_calls_equal_is_equal() {
        let one = json!({
            "schemas": [urn::CORE_USER, urn::ENTERPRISE_USER],
            "userName": "Müller@Example.com", "title": null, "phoneNumbers": [], "name": {"middleName": null},
            "emails": [{"type": "work", "value": "a@x", "primary": false}, {"value": "b@x", "type": "home"}],
            "meta": {"created": "2026-01-05T12:00:00Z"},
        });
        let other = json!({
            "USERNAME": "müller@example.COM",
            "Emails": [{"type": "HOME", "value": "B@x"}, {"value": "a@x", "type": "work"}],
            "META": {"created": "2026-01-05T13:00:00.000+01:00"},
            "schemas": [urn::ENTERPRISE_USER.to_uppercase(), urn::CORE_USER],
        });
        assert_eq!(of_user(&one, &other, Mode::Exact), []);
        assert_eq!(of_user(&other, &one, Mode::Subset), []);
    }

    #[test]
    fn elements_without_a_name_are_found_by_all_they_say() {
        let one = json!({"addresses": [{"locality": "Bonn", "region": null}, {"locality": "Ulm"}]});
        let other = json!({"addresses": [{"LOCALITY": "ulm"}, {"Locality": "BONN"}]});
        assert_eq!(of_user(&one, &other, Mode::Exact), []);
    }

    #[test]
    fn case_counts_where_the_attribute_is_case_exact() {
        assert_eq!(paths(&json!({"externalId": "aB"}), &json!({"externalId": "AB"}), Mode::Exact), ["externalId"]);
        assert_eq!(paths(&json!({"zz": "aB"}), &json!({"zz": "AB"}), Mode::Exact), Vec::<String>::new());
    }

    #[test]
    fn a_changed_value_is_named_by_its_element() {
        let one = json!({"emails": [{"type": "work", "value": "a@x"}, {"type": "home", "value": "h@x"}]});
        let other = json!({"emails": [{"type": "home", "value": "h@x"}, {"type": "work", "value": "b@x"}]});
        let expected = Difference {
            path: r#"emails[type eq "work"].value"#.to_owned(),
            expected: Some("a@x".into()),
            actual: Some("b@x".into()),
        };
        for mode in [Mode::Exact, Mode::Subset] {
            assert_eq!(of_user(&one, &other, mode), std::slice::from_ref(&expected));
        }
    }

    #[test]
    fn elements_of_one_type_are_named_by_value() {
        let one = json!({"emails": [{"type": "work", "value": "a@x"}, {"type": "work", "value": "b@x"}]});
        let other = json!({"emails": [{"type": "work", "value": "b@x", "primary": true}]});
        let expected = [r#"emails[value eq "b@x"].primary"#, r#"emails[value eq "a@x"]"#];
        assert_eq!(paths(&one, &other, Mode::Exact), expected);
    }

    #[test]
    fn a_subset_may_be_smaller_but_not_other() {
        let actual = json!({"id": "1", "active": true, "emails": [{"type": "work", "value": "a@x", "primary": true}, {"value": "b"}]});
        assert_eq!(of_user(&json!({}), &actual, Mode::Subset), []);
        assert_eq!(of_user(&json!({"emails": [{"value": "A@x"}]}), &actual, Mode::Subset), []);
        assert_eq!(of_user(&json!({"emails": [{"primary": true}]}), &actual, Mode::Subset), []);
        assert_eq!(paths(&json!({"emails": []}), &actual, Mode::Subset), ["emails"]);
        assert_eq!(paths(&json!({"emails": [{"value": "c"}]}), &actual, Mode::Subset), [r#"emails[value eq "c"]"#]);
        assert_eq!(paths(&json!({"active": "true"}), &actual, Mode::Subset), ["active"]);
        assert_eq!(paths(&json!({"id": "1"}), &actual, Mode::Exact), ["active", "emails"]);
    }

    #[test]
    fn extensions_are_joined_with_a_colon() {
        let one = json!({urn::ENTERPRISE_USER: {"manager": {"value": "1"}}, "urn:x:y": {"a": 1}});
        let other = json!({urn::ENTERPRISE_USER: {"manager": {"value": "2"}}, "urn:x:y": {"a": 2}});
        let expected = [format!("{}:manager.value", urn::ENTERPRISE_USER), "urn:x:y:a".to_owned()];
        assert_eq!(paths(&one, &other, Mode::Exact), expected);
    }

    #[test]
    fn resources_of_a_list_are_compared_as_what_they_are() {
        let list =
            |external: &str| json!({"totalResults": 1, "Resources": [{"userName": "a", "externalId": external}]});
        assert_eq!(paths(&list("X"), &list("x"), Mode::Exact), [r#"Resources[userName eq "a"].externalId"#]);
    }

    #[test]
    fn operations_are_ordered() {
        let body = |first: &str, second: &str| json!({"Operations": [{"op": first, "path": "title"}, {"op": second, "path": "title"}]});
        assert_eq!(
            paths(&body("remove", "add"), &body("add", "remove"), Mode::Exact),
            ["Operations[0].op", "Operations[1].op"]
        );
    }

    #[test]
    fn an_element_twice_is_not_the_element_once() {
        let (once, twice) =
            (json!({"members": [{"value": "1"}]}), json!({"members": [{"value": "1"}, {"value": "1"}]}));
        let found = differences(&once, &twice, ResourceSchema::group(), Mode::Exact);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].path.as_str(), &found[0].expected), (r#"members[value eq "1"]"#, &None));
    }

    #[test]
    fn relative_references_are_the_absolute_ones_they_end() {
        let one = json!({"meta": {"location": "Users/7"}});
        assert_eq!(of_user(&one, &json!({"meta": {"location": "https://x/v2/Users/7"}}), Mode::Exact), []);
        assert_eq!(paths(&one, &json!({"meta": {"location": "https://x/v2/Users/8"}}), Mode::Exact), ["meta.location"]);
    }

    #[test]
    fn large_groups_are_compared_without_trying_each_with_each() {
        let members =
            |from: usize| (from..from + 20_000).map(|id| json!({"value": id.to_string()})).collect::<Vec<_>>();
        let (one, other) = (json!({"members": members(0)}), json!({"members": members(10_000)}));
        assert_eq!(differences(&one, &other, ResourceSchema::group(), Mode::Exact).len(), MAX_DIFFERENCES);
        assert_eq!(differences(&one, &one, ResourceSchema::group(), Mode::Subset), []);
    }
}

//! Filters and paths to try laws on.

use proptest::prelude::*;
use scimulator::scim::{AttributePath, Filter, Operator, Path, urn};
use serde_json::Value;

fn name() -> impl Strategy<Value = String> {
    let known =
        prop::sample::select(vec!["userName", "title", "emails", "active", "externalId", "meta", "name", "$ref"]);
    let made_up = "[a-zA-Z][a-zA-Z0-9_-]{0,8}";
    prop_oneof![3 => known.prop_map(str::to_owned), 1 => made_up].prop_filter("no keyword", |name| {
        let is_operator = Operator::ALL.iter().any(|operator| operator.name().eq_ignore_ascii_case(name));
        let keywords = ["and", "or", "not", "pr", "true", "false", "null"];
        !is_operator && !keywords.iter().any(|keyword| keyword.eq_ignore_ascii_case(name))
    })
}

pub fn attribute() -> impl Strategy<Value = AttributePath> {
    let schema =
        prop::option::weighted(0.2, prop::sample::select(vec![urn::CORE_USER, urn::ENTERPRISE_USER, "urn:x:2.0:User"]));
    let sub = prop::option::weighted(0.3, prop::sample::select(vec!["value", "type", "givenName", "lastModified"]));
    (schema, name(), sub).prop_map(|(schema, name, sub)| AttributePath {
        schema: schema.map(str::to_owned),
        name,
        sub: sub.map(str::to_owned),
    })
}

fn literal() -> impl Strategy<Value = Value> {
    prop_oneof![
        4 => any::<String>().prop_map(Value::from),
        2 => "[a-zA-Z@. ]{0,8}".prop_map(Value::from),
        1 => any::<i32>().prop_map(Value::from),
        // Eighths print and read without loss.
        1 => any::<i32>().prop_map(|eighths| Value::from(f64::from(eighths) / 8.0)),
        1 => any::<bool>().prop_map(Value::from),
        1 => Just(Value::Null),
    ]
}

fn tree(leaf: impl Strategy<Value = Filter> + 'static) -> impl Strategy<Value = Filter> {
    leaf.prop_recursive(4, 24, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..4).prop_map(Filter::And),
            prop::collection::vec(inner.clone(), 2..4).prop_map(Filter::Or),
            inner.prop_map(|inner| Filter::Not(Box::new(inner))),
        ]
    })
}

fn test() -> impl Strategy<Value = Filter> {
    let compare = (attribute(), prop::sample::select(Operator::ALL.to_vec()), literal());
    prop_oneof![
        1 => attribute().prop_map(Filter::Present),
        3 => compare.prop_map(|(path, operator, value)| Filter::Compare { path, operator, value }),
    ]
}

fn element() -> impl Strategy<Value = Filter> {
    (attribute(), tree(test())).prop_map(|(path, filter)| Filter::Element { path, filter: Box::new(filter) })
}

pub fn filter() -> impl Strategy<Value = Filter> {
    tree(prop_oneof![4 => test(), 1 => element()])
}

pub fn path() -> impl Strategy<Value = Path> {
    let sub = prop::option::of(prop::sample::select(vec!["value", "type", "$ref"]).prop_map(str::to_owned));
    let selected = (attribute(), tree(test()), sub);
    prop_oneof![
        1 => attribute().prop_map(Path::from),
        1 => selected.prop_map(|(attribute, filter, sub)| Path { attribute, filter: Some(filter), sub }),
    ]
}

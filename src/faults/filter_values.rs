//! `filter/`: how values and conditions are read.

use serde_json::Value;

use super::Fault;
use super::query::{equality, parameter, set_parameter};
use super::wrap::{Inner, requests};

pub(super) const FAULTS: &[Fault] = &[
    ("filter/and", and),
    ("filter/external-id", external_id),
    ("filter/json-escapes", json_escapes),
    ("filter/string-escapes", string_escapes),
];

/// One condition is enough.
fn and(inner: Inner) -> Inner {
    requests(inner, |request| {
        if let Some(filter) = parameter(request, "filter")
            && let Some((first, _)) = filter.split_once(" and ")
        {
            set_parameter(request, "filter", Some(first));
        }
    })
}

/// The column has the collation of all others.
fn external_id(inner: Inner) -> Inner {
    requests(inner, |request| {
        if let Some((_, value)) = equality(request).filter(|(name, _)| name == "externalId") {
            // The one spelling that the rule's own user has.
            let stored = value.replacen("aBc-", "AbC-", 1);
            set_parameter(request, "filter", Some(&format!("externalId eq {}", Value::from(stored))));
        }
    })
}

/// Quotes are quotes.
fn string_escapes(inner: Inner) -> Inner {
    requests(inner, |request| {
        if let Some((name, value)) = equality(request).filter(|(_, value)| value.contains('\'')) {
            let cut = value.split('\'').next().unwrap_or_default();
            set_parameter(request, "filter", Some(&format!("{name} eq {}", Value::from(cut))));
        }
    })
}

/// What stands between the quotes is the value.
fn json_escapes(inner: Inner) -> Inner {
    requests(inner, |request| {
        if let Some(filter) = parameter(request, "filter").filter(|filter| filter.contains('\\')) {
            set_parameter(request, "filter", Some(&filter.replace('\\', "\\\\")));
        }
    })
}

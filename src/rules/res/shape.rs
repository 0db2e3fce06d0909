//! Values have the form their attribute has (RFC 7643 §2.3, §2.4). Unknown attributes are not judged.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde_json::Value;

use crate::rules::attributes::Spot;
use crate::rules::observed::{Observed, names_schema};
use crate::rules::sink::Sink;
use crate::scim::{Attribute, Type};

pub fn boolean_type(seen: &Observed<'_>, sink: &mut Sink<'_>) {
    for (spot, attribute) in known(seen).filter(|(_, attribute)| attribute.kind == Type::Boolean) {
        let wrong = |value: &&Value| !value.is_boolean() && !value.is_null();
        if let Some(value) = singles(spot, attribute).iter().find(wrong) {
            sink.value(&spot.path(), &["true", "false"], Some(value));
        }
    }
}

pub fn multivalued_array(seen: &Observed<'_>, sink: &mut Sink<'_>) {
    for (spot, attribute) in known(seen) {
        match (attribute.multi_valued, spot.value) {
            (_, Value::Null) | (true, Value::Array(_)) => {}
            // That one is res/schemas-present's.
            (true, _) if spot.name.eq_ignore_ascii_case("schemas") => {}
            (true, single) => sink.value(&spot.path(), &["an array, even for one value"], Some(single)),
            (false, Value::Array(_)) => sink.value(&spot.path(), &["one value, not an array"], Some(spot.value)),
            (false, _) => {}
        }
    }
}

pub fn type_matches_schema(seen: &Observed<'_>, sink: &mut Sink<'_>) {
    for (spot, attribute) in known(seen) {
        // id, booleans, and the moments of meta have rules of their own.
        let is_meta = spot.parent.is_some_and(|parent| parent.eq_ignore_ascii_case("meta"));
        let elsewhere = match attribute.kind {
            Type::Boolean => true,
            Type::DateTime => is_meta,
            _ => spot.parent.is_none() && ["id", "schemas"].iter().any(|name| spot.name.eq_ignore_ascii_case(name)),
        };
        let is_wrong = |value: &&Value| !value.is_null() && !value.is_array() && !fits(attribute.kind, value);
        if let Some(value) = singles(spot, attribute).iter().find(is_wrong).filter(|_| !elsewhere) {
            sink.value(&spot.path(), &[expected(attribute.kind)], Some(value));
        }
    }
}

/// What languages write where there is nothing, when it is made a text.
const PLACEHOLDERS: [&str; 9] = [
    "null",
    "undefined",
    "null null",
    "undefined undefined",
    "None None",
    "nil nil",
    "N/A N/A",
    "[object Object]",
    "[object Object] [object Object]",
];

/// The one of them that is nobody's name, so that it is none next to one either.
const NOBODY: &str = "undefined";

/// An unassigned value is absent or null (RFC 7643 §2.5).
pub fn no_placeholder(seen: &Observed<'_>, sink: &mut Sink<'_>) {
    for spot in seen.resources.iter().filter(|resource| resource.is_stored()).flat_map(|resource| &resource.spots) {
        let is_name = || ["formatted", "displayName"].iter().any(|name| spot.path().ends_with(name));
        let is_half = |text: &str| text.split_whitespace().any(|word| word == NOBODY) && is_name();
        if spot.value.as_str().is_some_and(|text| PLACEHOLDERS.contains(&text.trim()) || is_half(text)) {
            sink.value(&spot.path(), &["a value", "no such member"], Some(spot.value));
        }
    }
}

fn fits(kind: Type, value: &Value) -> bool {
    match kind {
        Type::Boolean => value.is_boolean(),
        Type::Integer => value.is_i64() || value.is_u64(),
        Type::Decimal => value.is_number(),
        Type::Complex => value.is_object(),
        Type::Binary => value.as_str().is_some_and(is_base64),
        Type::String | Type::DateTime | Type::Reference => value.is_string(),
    }
}

const fn expected(kind: Type) -> &'static str {
    match kind {
        Type::Boolean => "true or false",
        Type::Integer => "a whole number",
        Type::Decimal => "a number",
        Type::Complex => "an object",
        Type::Binary => "base64 in a string",
        Type::String | Type::DateTime | Type::Reference => "a string",
    }
}

/// base64 or base64url, with or without padding (RFC 7643 §2.3.6); line breaks are let pass.
fn is_base64(text: &str) -> bool {
    const CONFIG: GeneralPurposeConfig = GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true);
    const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, CONFIG);
    const URL_SAFE: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, CONFIG);
    let text: String = text.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    STANDARD.decode(&text).is_ok() || URL_SAFE.decode(&text).is_ok()
}

pub fn primary_once(seen: &Observed<'_>, sink: &mut Sink<'_>) {
    for spot in seen.resources.iter().flat_map(|resource| &resource.spots) {
        let Value::Array(list) = spot.value else { continue };
        let is_primary = |value: &&Value| value.get("primary").and_then(Value::as_bool) == Some(true);
        if spot.parent.is_none() && list.iter().filter(is_primary).count() > 1 {
            sink.value(&spot.path(), &["at most one value with primary true"], Some(spot.value));
        }
    }
}

pub fn no_duplicate_values(seen: &Observed<'_>, sink: &mut Sink<'_>) {
    for (spot, attribute) in known(seen).filter(|(spot, attribute)| attribute.multi_valued && spot.parent.is_none()) {
        let Value::Array(list) = spot.value else { continue };
        // The value of a reference is an id, and ids are case exact (RFC 7643 §3.1) whatever its schema says.
        let refers = attribute.sub_attributes.iter().any(|sub| sub.name == "$ref");
        let case_exact = refers || attribute.sub("value").is_some_and(Attribute::compares_exactly);
        let mut seen_pairs = std::collections::HashSet::new();
        let repeated = list.iter().find(|value| pair(value, case_exact).is_some_and(|pair| !seen_pairs.insert(pair)));
        if repeated.is_some() {
            sink.value(&spot.path(), &["every type and value once"], repeated);
        }
    }
}

/// What must not repeat: type and value; `None` for elements without a value.
fn pair(element: &Value, case_exact: bool) -> Option<(String, String)> {
    let text = |name: &str| element.get(name).and_then(Value::as_str);
    let value = text("value")?;
    let value = if case_exact { value.to_owned() } else { value.to_lowercase() };
    Some((text("type").unwrap_or_default().to_lowercase(), value))
}

pub fn extension_container(seen: &Observed<'_>, sink: &mut Sink<'_>) {
    for resource in seen.resources.iter().filter(|resource| resource.is_stored()) {
        let urns = resource.members.iter().filter(|(name, _)| starts_with_urn(name));
        for (urn, value) in urns {
            match value {
                Value::Object(_) if names_schema(resource.members, urn) || seen.is_projected => {}
                Value::Object(_) => sink.value("schemas", &[urn], resource.members.get("schemas")),
                Value::Null => {}
                other => sink.value(urn, &["attributes in an object under the URN of their schema"], Some(other)),
            }
        }
    }
}

fn starts_with_urn(name: &str) -> bool {
    name.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("urn:"))
}

/// Members of messages whose usual spelling IdPs look for.
const MESSAGE_NAMES: [&str; 5] = ["schemas", "totalResults", "itemsPerPage", "startIndex", "Resources"];

pub fn canonical_names(seen: &Observed<'_>, sink: &mut Sink<'_>) {
    for (spot, attribute) in known(seen) {
        if spot.name != attribute.name {
            sink.report(&attribute.name, &[&attribute.name], spot.name);
        }
    }
    let Some(list) = seen.list() else { return };
    for name in list.message.keys() {
        let usual = MESSAGE_NAMES.iter().find(|usual| usual.eq_ignore_ascii_case(name) && *usual != name);
        if let Some(usual) = usual {
            sink.report(usual, &[usual], name.as_str());
        }
    }
}

/// Attributes whose definition is known.
fn known<'b>(seen: &'b Observed<'_>) -> impl Iterator<Item = (&'b Spot<'b>, &'b Attribute)> {
    let spots = seen.resources.iter().flat_map(|resource| &resource.spots);
    spots.filter_map(|spot| Some((spot, spot.attribute?)))
}

/// The single values of an attribute: the elements of an array, where one is right.
fn singles<'a>(spot: &Spot<'a>, attribute: &Attribute) -> &'a [Value] {
    match spot.value {
        Value::Array(list) if attribute.multi_valued => list,
        single => std::slice::from_ref(single),
    }
}

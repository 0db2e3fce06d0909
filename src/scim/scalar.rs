//! One simple value as its attribute compares it.

use std::borrow::Cow;

use serde_json::{Number, Value};

use super::{Attribute, Type, datetime, text};

/// A simple value in the form in which equal ones are equal.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Scalar<'v> {
    Boolean(bool),
    /// Numbers by value: 1 and 1.0 are one.
    Number(String),
    /// Text, folded unless the attribute is case exact.
    Text(Cow<'v, str>),
    /// A dateTime as an instant.
    Instant(i128),
}

/// The comparable form; `None` for null, objects and arrays.
///
/// Without an attribute texts are compared without case (RFC 7643 §2.2: `caseExact` is
/// false unless said otherwise), and one that is an xsd:dateTime counts as an instant.
pub(super) fn scalar<'v>(value: &'v Value, attribute: Option<&Attribute>) -> Option<Scalar<'v>> {
    match value {
        Value::Bool(truth) => Some(Scalar::Boolean(*truth)),
        Value::Number(number) => Some(Scalar::Number(by_value(number))),
        Value::String(text) => Some(of_text(text, attribute)),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

fn of_text<'v>(text: &'v str, attribute: Option<&Attribute>) -> Scalar<'v> {
    let may_be_instant = attribute.is_none_or(|attribute| attribute.kind == Type::DateTime);
    // The digit spares every other text the attempt.
    if may_be_instant
        && text.as_bytes().first().is_some_and(u8::is_ascii_digit)
        && let Some(moment) = datetime::parse(text)
    {
        return Scalar::Instant(moment.unix_timestamp_nanos());
    }
    Scalar::Text(comparable(text, attribute))
}

/// The text as the attribute compares it.
pub(super) fn comparable<'v>(text: &'v str, attribute: Option<&Attribute>) -> Cow<'v, str> {
    match attribute {
        Some(attribute) if attribute.kind == Type::Reference => reference(text),
        Some(attribute) if attribute.compares_exactly() => text::normal(text),
        _ => text::fold(text),
    }
}

/// A URI: a URN without case (RFC 7643 §2.1 of schema URIs), of a URL scheme and host without
/// case and without a `/v2` segment (RFC 7644 §3.13), the rest as it stands.
fn reference(uri: &str) -> Cow<'_, str> {
    if uri.get(..4).is_some_and(|scheme| scheme.eq_ignore_ascii_case("urn:")) {
        return text::fold(uri);
    }
    let Some((scheme, rest)) = uri.split_once("://") else { return text::normal(uri) };
    let (host, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    let path = path.replacen("/v2/", "/", 1);
    Cow::Owned(format!("{}://{}{}", scheme.to_ascii_lowercase(), host.to_ascii_lowercase(), text::normal(&path)))
}

fn by_value(number: &Number) -> String {
    match (number.as_i64(), number.as_u64(), number.as_f64()) {
        (Some(whole), ..) => whole.to_string(),
        (None, Some(whole), _) => whole.to_string(),
        // Prints without exponent and without ".0", as whole numbers do.
        (None, None, Some(decimal)) => decimal.to_string(),
        (None, None, None) => number.to_string(),
    }
}

//! One simple value as its attribute compares it.

use std::borrow::Cow;

use serde_json::{Number, Value};

use super::{Attribute, Type, datetime, text};

/// A simple value in the form in which equal ones are equal.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Scalar<'v> {
    Boolean(bool),
    /// Numbers by value: 1 and 1.0 are one.
    Number(String),
    /// Text, folded unless the attribute is case exact.
    Text(Cow<'v, str>),
    /// A dateTime as an instant.
    Instant(i128),
}

impl Scalar<'_> {
    pub(super) fn into_owned(self) -> Scalar<'static> {
        match self {
            Self::Boolean(truth) => Scalar::Boolean(truth),
            Self::Number(number) => Scalar::Number(number),
            Self::Text(text) => Scalar::Text(text.into_owned().into()),
            Self::Instant(moment) => Scalar::Instant(moment),
        }
    }
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

/// A telephone number in the form in which equal ones are equal: a server may bring it into the form of RFC 3966
/// (RFC 7643 §4.1.2), of which the scheme and the visual separators do not count (RFC 3966 §4).
pub fn phone_number(text: &str) -> Cow<'_, str> {
    let number = text.get(..4).filter(|scheme| scheme.eq_ignore_ascii_case("tel:")).map_or(text, |_| &text[4..]);
    let is_separator = |letter: char| letter.is_whitespace() || "-.()".contains(letter);
    if !number.chars().any(|letter| letter.is_ascii_digit()) {
        return text::fold(text); // in words
    }
    Cow::Owned(text::fold(&number.chars().filter(|letter| !is_separator(*letter)).collect::<String>()).into_owned())
}

fn by_value(number: &Number) -> String {
    match (number.as_i64(), number.as_u64(), number.as_f64()) {
        (Some(whole), ..) => whole.to_string(),
        (None, Some(whole), _) => whole.to_string(),
        // Prints without exponent and ".0", as whole numbers do; adding zero takes the sign off -0.
        (None, None, Some(decimal)) => (decimal + 0.0).to_string(),
        (None, None, None) => number.to_string(),
    }
}

/// Whether one of two URIs is relative and the other ends as it does, from a segment on: without
/// the base URL at hand they count as the same (RFC 7643 §2.3.7). Its §8.3 writes them from where the resource is:
/// `../Users/1`.
pub(super) fn same_relative(one: &str, other: &str) -> bool {
    let ends_as = |absolute: &str, relative: &str| {
        let upwards = |segment: &str| matches!(segment, "" | "." | "..");
        let relative = relative.split_inclusive('/').skip_while(|part| upwards(part.trim_end_matches('/')));
        let relative = relative.collect::<String>();
        let before = absolute.strip_suffix(&relative);
        absolute.contains("://")
            && !relative.contains("://")
            && !relative.is_empty()
            && before.is_some_and(|before| before.ends_with('/'))
    };
    ends_as(one, other) || ends_as(other, one)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn same(one: &Value, other: &Value, kind: Option<Type>) -> bool {
        let attribute = kind.map(|kind| Attribute::new("x", kind));
        scalar(one, attribute.as_ref()) == scalar(other, attribute.as_ref())
    }

    #[test]
    fn numbers_are_equal_by_value() {
        assert!(same(&json!(1), &json!(1.0), None) && same(&json!(0), &json!(-0.0), None));
        assert!(same(&json!(1e3), &json!(1000), Some(Type::Decimal)));
        assert!(!same(&json!(18_446_744_073_709_551_615_u64), &json!(18_446_744_073_709_551_614_u64), None));
        assert!(!same(&json!(1), &json!("1"), None));
    }

    #[test]
    fn instants_count_where_the_schema_does_not_say_text() {
        let (one, other) = (json!("2026-01-05T12:00:00Z"), json!("2026-01-05T14:00:00.000+02:00"));
        assert!(same(&one, &other, Some(Type::DateTime)) && same(&one, &other, None));
        assert!(!same(&one, &other, Some(Type::String)));
    }

    #[test]
    fn of_a_telephone_number_the_digits_count() {
        let canonical = phone_number("tel:+1-425-555-0101;ext=7");
        assert!(
            phone_number("+1 (425) 555.0101;EXT=7") == canonical && phone_number("+1 425 555 0102;ext=7") != canonical
        );
        assert!(phone_number("ask me") != phone_number("askme") && phone_number("").is_empty());
    }

    #[test]
    fn of_a_url_scheme_host_and_version_do_not_count() {
        let kind = Some(Type::Reference);
        assert!(same(&json!("https://Example.com/v2/Users/aB"), &json!("HTTPS://example.com/Users/aB"), kind));
        assert!(!same(&json!("https://example.com/Users/aB"), &json!("https://example.com/Users/AB"), kind));
        assert!(same(&json!("urn:X:User"), &json!("urn:x:user"), kind));
        assert!(
            same_relative("https://example.com/v2/Users/7", "Users/7")
                && same_relative("../Users/7", "https://x/../Users/7")
                && same_relative("https://x/v2/Users/7", "../Users/7")
        );
        assert!(!same_relative("https://example.com/Users/17", "7") && !same_relative("Users/7", "Users/7/x"));
    }
}

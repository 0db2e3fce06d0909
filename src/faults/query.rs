//! Query strings, for faults that read or rewrite them.

use crate::http::Request;
use crate::http::percent::decode_query;

/// The decoded value of a parameter.
pub fn parameter(request: &Request, name: &str) -> Option<String> {
    request.parameter(name).map(decode_query)
}

/// Sets a parameter, or drops it.
pub fn set_parameter(request: &mut Request, name: &str, value: Option<&str>) {
    let query = request.query.take().unwrap_or_default();
    let others = query.split('&').filter(|pair| !pair.is_empty() && pair.split('=').next() != Some(name));
    let mut pairs: Vec<String> = others.map(str::to_owned).collect();
    pairs.extend(value.map(|value| format!("{name}={}", encode(value))));
    request.query = (!pairs.is_empty()).then(|| pairs.join("&"));
}

/// Attribute and value of a filter of the form `attribute eq "value"`.
pub fn equality(request: &Request) -> Option<(String, String)> {
    let filter = parameter(request, "filter")?;
    let mut parts = filter.splitn(3, ' ');
    let (attribute, operator, literal) = (parts.next()?, parts.next()?, parts.next()?);
    let value = serde_json::from_str::<String>(literal.trim()).ok()?;
    operator.eq_ignore_ascii_case("eq").then(|| (attribute.to_owned(), value))
}

/// Encodes everything but letters, digits and `-._~`.
pub fn encode(text: &str) -> String {
    use std::fmt::Write as _;
    text.bytes().fold(String::new(), |mut encoded, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
        encoded
    })
}

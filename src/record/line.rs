//! An exchange as one line of the transcript: JSON, in the words that `import` and `diagnose` read as a server's own log.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};
use time::format_description::well_known::Rfc3339;

use super::exchange::Passed;
use crate::http::{Base, Headers, MASK};

/// Header fields whose value is never written down.
const SECRET: [&str; 8] = [
    "authorization",
    "proxy-authorization",
    "cookie",
    "set-cookie",
    "x-api-key",
    "api-key",
    "x-auth-token",
    "x-access-token",
];

/// The line, without its end; personal data and secrets in bodies are still in it.
pub(super) fn line(passed: &Passed, base: &Base) -> String {
    let request = &passed.exchange.request;
    let mut line = Map::new();
    let mut put = |name: &str, value: Value| line.insert(name.to_owned(), value);
    put("n", json!(passed.number + 1));
    put("time", passed.begun.format(&Rfc3339).unwrap_or_default().into());
    put("durationMs", json!(u64::try_from(passed.exchange.elapsed.as_millis()).unwrap_or(u64::MAX)));
    put("method", request.method.as_str().into());
    put("url", format!("{base}{}", request.target()).into());
    put("status", passed.replied.status.into());
    if let Err(failure) = &passed.exchange.answer {
        put("failure", failure.to_string().into());
    }
    let own = passed.authorization.as_deref().map(|shown| ("authorization", shown));
    put("requestHeaders", fields(&request.headers, own));
    put_body(&mut put, "requestBody", request.body.as_deref().unwrap_or_default());
    put("responseHeaders", fields(&passed.replied.headers, None));
    put_body(&mut put, "responseBody", &passed.replied.body);
    Value::Object(line).to_string()
}

/// As it is where it is text, else in base64 under a name that says so.
fn put_body(put: &mut impl FnMut(&str, Value) -> Option<Value>, name: &str, body: &[u8]) {
    match std::str::from_utf8(body) {
        Ok("") => {}
        Ok(text) => {
            put(name, text.into());
        }
        Err(_) => {
            put(&format!("{name}Base64"), STANDARD.encode(body).into());
        }
    }
}

/// `shown` is a secret field with what may be seen of it. A name that stands several times has a list of values.
fn fields(headers: &Headers, shown: Option<(&str, &str)>) -> Value {
    let mut fields: Map<String, Value> = Map::new();
    let masked = |name: &str, value: &str| {
        if SECRET.contains(&name.to_ascii_lowercase().as_str()) { MASK.to_owned() } else { value.to_owned() }
    };
    let own = shown.map(|(name, value)| (name.to_owned(), value.to_owned()));
    for (name, value) in headers.iter().map(|(name, value)| (name.to_owned(), masked(name, value))).chain(own) {
        match fields.get_mut(&name) {
            Some(Value::Array(values)) => values.push(value.into()),
            Some(first) => *first = json!([first.take(), value]),
            None => {
                fields.insert(name, value.into());
            }
        }
    }
    Value::Object(fields)
}

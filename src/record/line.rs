//! An exchange as one line of the transcript: JSON, in the words that `import` and `diagnose` read as a server's own log.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};
use time::format_description::well_known::Rfc3339;

use super::exchange::Passed;
use crate::http::{Base, Headers, MASK, Method, Request, Response};

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
    put("base", base.as_str().into());
    put("path", request.target().into());
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

/// The request and the answer that a line of the transcript shows; `None` for one that is no line of ours.
pub(super) fn exchange(line: &str) -> Option<(Request, Response)> {
    let line: Map<String, Value> = serde_json::from_str(line).ok()?;
    let text = |name: &str| line.get(name).and_then(Value::as_str);
    let body = |name: &str| text(name).map(str::to_owned);
    let (path, query) = match text("path")?.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (text("path")?, None),
    };
    let mut request = Request::new(Method::parse(text("method")?)?, path);
    request.query = query.map(str::to_owned);
    request.headers = headers(line.get("requestHeaders")?);
    request.body = body("requestBody").map(Into::into);
    let status = u16::try_from(line.get("status")?.as_u64()?).ok()?;
    let answer = Response::new(status, headers(line.get("responseHeaders")?), body("responseBody").unwrap_or_default());
    Some((request, answer))
}

fn headers(fields: &Value) -> Headers {
    let mut headers = Headers::new();
    for (name, value) in fields.as_object().into_iter().flatten() {
        let values = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
        values.iter().filter_map(Value::as_str).for_each(|value| headers.push(name, value));
    }
    headers
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

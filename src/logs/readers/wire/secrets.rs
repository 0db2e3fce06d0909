//! Which kinds of secrets a capture holds, and which were masked before it came here. The values stay where they are:
//! redaction is not the readers' work.

use serde_json::Value;

use super::exchange::Exchange;
use super::target::parameters;
use crate::logs::warning::Warnings;

/// Header fields whose whole value is a key.
const KEYS: [&str; 5] = ["x-api-key", "api-key", "apikey", "x-auth-token", "x-access-token"];
/// Parameters of URLs that carry credentials.
const PARAMETERS: [&str; 7] = ["access_token", "token", "api_key", "apikey", "sig", "signature", "x-amz-signature"];
/// What loggers write in place of a secret, in lower case.
const MASKS: [&str; 7] = ["[redacted", "<redacted", "***", "[filtered", "[masked", "[hidden", "xxxxx"];

/// What was found in one file.
#[derive(Debug, Default)]
pub struct Secrets {
    found: Vec<&'static str>,
    masked: Vec<String>,
}

impl Secrets {
    /// Looks through a request and its answer; the bodies come as JSON where they are.
    pub fn look_at(&mut self, exchange: &Exchange, bodies: [Option<&Value>; 2]) {
        for (name, value) in exchange.request_headers.iter().chain(&exchange.response_headers) {
            if let Some(kind) = kind_of(name, value) {
                self.note(kind, name, value);
            }
        }
        if let Some((_, query)) = exchange.target.split_once('?') {
            for (name, value) in parameters(query) {
                if PARAMETERS.contains(&name.to_ascii_lowercase().as_str()) {
                    self.note("url-token", &name, &value);
                }
            }
        }
        let authority = exchange.target.split_once("://").and_then(|(_, rest)| rest.split('/').next());
        if let Some((user, _)) = authority.and_then(|authority| authority.rsplit_once('@')) {
            self.note("basic", "url", user);
        }
        for body in bodies.into_iter().flatten() {
            self.masked_in(body);
        }
    }

    /// Says what was found.
    pub fn report(self, warnings: &mut Warnings) {
        if !self.found.is_empty() {
            warnings.with("secrets-found", self.found.join(","));
        }
        if !self.masked.is_empty() {
            warnings.with("redacted-upstream", self.masked.join(","));
        }
    }

    fn note(&mut self, kind: &'static str, name: &str, value: &str) {
        if is_masked(value) {
            self.note_masked(name);
        } else if !is_placeholder(value) && !self.found.contains(&kind) {
            self.found.push(kind);
        }
    }

    fn note_masked(&mut self, name: &str) {
        let name = name.to_ascii_lowercase();
        if !self.masked.contains(&name) {
            self.masked.push(name);
        }
    }

    fn masked_in(&mut self, value: &Value) {
        match value {
            Value::Array(elements) => elements.iter().for_each(|element| self.masked_in(element)),
            Value::Object(members) => {
                for (name, value) in members {
                    match value {
                        Value::String(text) if text.len() < 64 && is_masked(text) => self.note_masked(name),
                        other => self.masked_in(other),
                    }
                }
            }
            _ => {}
        }
    }
}

/// What kind of secret a header field carries.
fn kind_of(name: &str, value: &str) -> Option<&'static str> {
    let is = |other: &str| name.eq_ignore_ascii_case(other);
    if is("authorization") || is("proxy-authorization") {
        let scheme = value.split_whitespace().next()?;
        return Some(match scheme.to_ascii_lowercase().as_str() {
            "bearer" => "bearer",
            "basic" => "basic",
            _ => "authorization",
        });
    }
    if is("cookie") || is("set-cookie") {
        return Some("cookie");
    }
    KEYS.iter().any(|key| is(key)).then_some("api-key")
}

pub(in crate::logs) fn is_masked(value: &str) -> bool {
    let value = value.to_ascii_lowercase();
    MASKS.iter().any(|mask| value.contains(mask)) || value.ends_with("redacted")
}

/// Whether something stands where the secret is filled in: `{{token}}`, `$TOKEN`, `${TOKEN}`, `%TOKEN%`, `<token>`.
pub(in crate::logs) fn is_placeholder(value: &str) -> bool {
    let last = value.split_whitespace().last().unwrap_or_default();
    last.is_empty()
        || last.contains("{{")
        || last.starts_with('$')
        || (last.len() > 2 && last.starts_with('%') && last.ends_with('%'))
        || (last.starts_with('<') && last.ends_with('>'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::logs::warning::Warning;

    fn said(fields: &[(&str, &str)], target: &str, body: &str) -> Vec<String> {
        let mut exchange = Exchange::new(1, "GET", target);
        exchange.request_headers = fields.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
        let body: Option<Value> = serde_json::from_str(body).ok();
        let (mut secrets, mut warnings) = (Secrets::default(), Warnings::new("a".into()));
        secrets.look_at(&exchange, [body.as_ref(), None]);
        secrets.report(&mut warnings);
        warnings.into_list().iter().map(Warning::to_string).collect()
    }

    #[test]
    fn secrets_are_told_from_what_stands_in_their_place() {
        assert_eq!(
            said(&[("authorization", "Bearer abc"), ("Cookie", "a=b")], "/", ""),
            ["secrets-found:bearer,cookie"]
        );
        assert_eq!(said(&[("Authorization", "Bearer {{token}}"), ("X-Api-Key", "$KEY")], "/", ""), [""; 0]);
        assert_eq!(said(&[], "https://a:b@c.example/?access_token=x", ""), ["secrets-found:url-token,basic"]);
        let masked = said(&[("Authorization", "Bearer [redacted]")], "/", r#"{"a":[{"password":"***"}]}"#);
        assert_eq!(masked, ["redacted-upstream:authorization,password"]);
    }
}

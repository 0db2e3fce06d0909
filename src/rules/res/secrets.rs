//! What no answer may show (RFC 7643 §4.1.1, §7). Findings describe the value and never repeat it.

use std::sync::LazyLock;

use regex_lite::Regex;
use serde_json::Value;

use crate::rules::observed::{Observed, Resource};
use crate::rules::sink::Sink;
use crate::scim::{Attribute, name};

/// bcrypt, Argon2, PBKDF2, scrypt, SHA-crypt and those of LDAP.
const HASHES: &str = r#"\$2[abxy]\$\d\d\$[./A-Za-z0-9]{53}|\$argon2(id|i|d)\$v=|\$pbkdf2(-sha\d+)?\$|pbkdf2_sha256\$\d+\$|\$scrypt\$|\$[56]\$[^"$]{1,40}\$[./A-Za-z0-9]{43}|\{(SSHA|SHA|SMD5|PBKDF2)\d*\}[A-Za-z0-9+/=]{20}"#;

pub fn password_never(seen: &Observed<'_>, sink: &mut Sink<'_>) {
    static HASH: LazyLock<Regex> = LazyLock::new(|| Regex::new(HASHES).expect("a test compiles it"));
    let mut is_found = false;
    for resource in seen.resources.iter().filter(|resource| resource.is_stored()) {
        let value = name::get(resource.members, "password");
        if let Some(value) = value.filter(|value| !value.is_null()) {
            sink.report("password", &["no such member"], described(value));
            is_found = true;
        }
    }
    // The form in which passwords are stored stands in no other value.
    if !is_found && seen.resources.iter().any(Resource::is_stored) {
        let text = String::from_utf8_lossy(&seen.answer.body);
        if let Some(hash) = HASH.find(&text) {
            sink.report("body", &["nothing of a password"], format!("a hash that begins `{}`", &hash.as_str()[..4]));
        }
    }
    // Any place at all, an error's detail included; a password as a member was reported above.
    let body = &seen.answer.body;
    let leaks = |password: &String| contains(body, password.as_bytes());
    if !is_found && !body.is_empty() && sink.memory.passwords.iter().any(leaks) {
        sink.report("body", &["nothing of a password"], "a password that was sent to the target");
    }
}

pub fn returned_never(seen: &Observed<'_>, sink: &mut Sink<'_>) {
    let never = |spot: &&crate::rules::Spot<'_>| spot.attribute.is_some_and(Attribute::is_hidden);
    for spot in seen.resources.iter().flat_map(|resource| &resource.spots).filter(never) {
        // That one is res/password-never's.
        if !spot.name.eq_ignore_ascii_case("password") && !spot.value.is_null() {
            sink.report(
                &spot.path(),
                &["no such member: its schema says never returned, or writeOnly"],
                described(spot.value),
            );
        }
    }
}

fn described(value: &Value) -> String {
    match value {
        Value::String(text) => format!("a string of {} characters", text.chars().count()),
        Value::Array(_) => "an array".to_owned(),
        Value::Object(_) => "an object".to_owned(),
        Value::Number(_) => "a number".to_owned(),
        Value::Bool(_) => "a boolean".to_owned(),
        Value::Null => "null".to_owned(),
    }
}

fn contains(body: &[u8], needle: &[u8]) -> bool {
    body.windows(needle.len()).any(|window| window == needle)
}

//! What no answer may show (RFC 7643 §4.1.1, §7). Findings describe the value and never repeat it.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use regex_lite::Regex;
use serde_json::Value;

use crate::rules::observed::{Observed, Resource};
use crate::rules::sink::Sink;
use crate::scim::Attribute;

/// bcrypt, Argon2, PBKDF2, scrypt, SHA-crypt and those of LDAP.
const HASHES: &str = r#"\$2[abxy]\$\d\d\$[./A-Za-z0-9]{53}|\$argon2(id|i|d)\$v=|\$pbkdf2(-sha\d+)?\$|pbkdf2_sha256\$\d+\$|\$scrypt\$|\$[56]\$[^"$]{1,40}\$[./A-Za-z0-9]{43}|\{(SSHA|SHA|SMD5|PBKDF2)\d*\}[A-Za-z0-9+/=]{20}"#;

/// How each of [`HASHES`] begins: hardly an answer has one, so that the pattern itself need not be tried on it.
const BEGINNINGS: [&str; 14] = [
    "$2a$",
    "$2b$",
    "$2x$",
    "$2y$",
    "$argon2",
    "$pbkdf2",
    "pbkdf2_sha256$",
    "$scrypt$",
    "$5$",
    "$6$",
    "{SSHA",
    "{SHA",
    "{SMD5",
    "{PBKDF2",
];

pub fn password_never(seen: &Observed<'_>, sink: &mut Sink<'_>) {
    let mut is_found = false;
    for resource in seen.resources.iter().filter(|resource| resource.is_stored()) {
        for (name, value) in resource.members.iter().filter(|(name, value)| is_password(name) && !value.is_null()) {
            sink.report(name, &["no such member"], described(value));
            is_found = true;
        }
    }
    // The form in which passwords are stored stands in no other value.
    let shows_stored = !is_found && seen.resources.iter().any(Resource::is_stored);
    if let Some(beginning) = shows_stored.then(|| hash_in(&seen.answer.body)).flatten() {
        sink.report("body", &["nothing of a password"], format!("a hash that begins `{beginning}`"));
    }
    // Any place at all, an error's detail included; a password as a member was reported above.
    let body = &seen.answer.body;
    let leaks = |password: &String| contains(body, password.as_bytes());
    if !is_found && !body.is_empty() && sink.memory.passwords.iter().any(leaks) {
        sink.report("body", &["nothing of a password"], "a password that was sent to the target");
    }
}

/// The attribute itself, or a name for the form in which it is stored; not `passwordChanged` and the like.
fn is_password(name: &str) -> bool {
    let letters = name.to_ascii_lowercase().replace(['_', '-'], "");
    let stored = ["hash", "salt", "digest"].iter().any(|form| letters.contains(form));
    letters == "password" || (stored && (letters.contains("password") || letters.contains("passwd")))
}

/// The first characters of a hash in a body.
fn hash_in(body: &[u8]) -> Option<String> {
    static BEGINNING: LazyLock<AhoCorasick> =
        LazyLock::new(|| AhoCorasick::new(BEGINNINGS).expect("a dozen words fit into an automaton"));
    static HASH: LazyLock<Regex> = LazyLock::new(|| Regex::new(HASHES).expect("a test compiles it"));
    if !BEGINNING.is_match(body) {
        return None;
    }
    let text = String::from_utf8_lossy(body);
    HASH.find(&text).map(|hash| hash.as_str()[..4].to_owned())
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
    !needle.is_empty() && memchr::memmem::find(body, needle).is_some()
}

#[cfg(test)]
mod tests {
    use super::hash_in;

    #[test]
    fn every_kind_of_hash_is_seen_and_nothing_else() {
        let (bcrypt, sha) = ("x".repeat(53), "y".repeat(43));
        let hashes = [
            format!("$2a$10${bcrypt}"),
            format!("$2b$10${bcrypt}"),
            format!("$2x$10${bcrypt}"),
            format!("$2y$10${bcrypt}"),
            "$argon2id$v=19$m=65536".to_owned(),
            "$argon2i$v=19".to_owned(),
            "$pbkdf2-sha256$29000$".to_owned(),
            "$pbkdf2$1000$".to_owned(),
            "pbkdf2_sha256$260000$salt".to_owned(),
            "$scrypt$ln=16".to_owned(),
            format!("$5$salt${sha}"),
            format!("$6$rounds=5000${sha}"),
            format!("{{SSHA}}{bcrypt}"),
            format!("{{SHA256}}{bcrypt}"),
            format!("{{SMD5}}{bcrypt}"),
            format!("{{PBKDF2}}{bcrypt}"),
        ];
        for hash in hashes {
            assert_eq!(hash_in(hash.as_bytes()).as_deref(), Some(&hash[..4]), "{hash}");
        }
        for other in ["{\"$ref\":\"https://example.com\"}", "costs $5 or $6$", "{SHA}", "$2a$", ""] {
            assert_eq!(hash_in(other.as_bytes()), None, "{other}");
        }
    }
}

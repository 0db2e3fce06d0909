//! Pseudonyms: one for each value, in every spelling, and nothing else changed.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::*;

fn pseudonyms(values: &[&str]) -> Pseudonyms {
    let mut vocabulary = Vocabulary::default();
    for value in values {
        vocabulary.add(Kind::Word, value);
    }
    Pseudonyms::new(Key::from_bytes(&[1; 32]), Mode::Consistent, vocabulary)
}

#[test]
fn one_value_has_one_pseudonym_in_every_spelling() {
    let pseudonyms = pseudonyms(&["Zoë O’Brien"]);
    let (name, address) = (pseudonyms.text("Zoë O’Brien"), pseudonyms.text("zoë.o'brien@acme.example.com"));
    assert_ne!(name, "Zoë O’Brien");
    for spell in [
        |text: &str| text.to_uppercase(),
        |text: &str| serde_json::to_string(text).expect("text"),
        |text: &str| {
            text.replace('ë', "\\u00eb")
                .replace('ü', "\\u00fc")
                .replace('ö', "\\u00f6")
                .replace('ï', "\\u00ef")
                .replace('ä', "\\u00e4")
                .replace('’', "\\\\u2019")
        },
        |text: &str| percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string(),
        |text: &str| text.replace('\'', "&#39;").replace(' ', "\n> "),
        |text: &str| text.replace('\'', r"'\''"),
        |text: &str| format!("a {text}, b"),
        |text: &str| STANDARD.encode(format!("{{\"userName\": \"{text}\"}}")),
    ] {
        assert_eq!(pseudonyms.text(&spell("Zoë O’Brien")), spell(&name));
        assert_eq!(pseudonyms.text(&spell("zoë.o'brien@acme.example.com")), spell(&address));
    }
}

#[test]
fn an_address_keeps_what_it_has_in_common_with_the_name_and_with_others() {
    let pseudonyms = pseudonyms(&["Zoë O’Brien"]);
    let name = pseudonyms.text("Zoë O’Brien");
    let address = pseudonyms.text("zoe.obrien+a@acme.example.com");
    let plain: String = name.to_lowercase().chars().map(super::super::letters::fold).filter(|c| *c != '\'').collect();
    assert!(address.starts_with(&plain.replace(' ', ".")), "{address} of {name}");
    let other = pseudonyms.text("Zoe.OBrien+a@eu.acme.example.com");
    assert_eq!(other.to_lowercase().replace("@eu.", "@"), address);
}

#[test]
fn numbers_of_two_people_stay_two_numbers() {
    // Of one digit there are so few that by some keys the last one is left with its own.
    for key in 0..100 {
        let pseudonyms = Pseudonyms::new(Key::from_bytes(&[key; 32]), Mode::Consistent, Vocabulary::default());
        let all: HashSet<String> =
            (0..10).map(|number| pseudonyms.text(&format!("amy-00{number}@a.example"))).collect();
        assert_eq!(all.len(), 10, "{all:?}");
    }
}

#[test]
fn formats_stay_formats() {
    let pseudonyms = pseudonyms(&[]);
    let id = pseudonyms.text("41D1A8F0-9C1E-4A6C-8D8F-5D3C0A9BE771");
    assert_eq!((id.len(), &id[14..15], &id[19..20]), (36, "4", "8"));
    assert!(id.bytes().all(|byte| byte == b'-' || byte.is_ascii_digit() || matches!(byte, b'A'..=b'F')), "{id}");
    assert_eq!(pseudonyms.text("41d1a8f09c1e4a6c8d8f5d3c0a9be771"), id.to_lowercase().replace('-', ""));
    assert!(pseudonyms.text("00u1k0ApIla0UMDYJ5d7").starts_with("00u"));
    assert!(pseudonyms.text("call +353 87 555 0142 now").starts_with("call +353 "));
    let (one, other) = (pseudonyms.text("203.0.113.7"), pseudonyms.text("203.0.113.8"));
    assert!(
        one.starts_with("198.1")
            && one.rsplit_once('.').map(|one| one.0) == other.rsplit_once('.').map(|other| other.0)
    );
    assert!(pseudonyms.text("from 2a00:1450:4001::1, x").starts_with("from 2001:db8:"));
    // Mail must never reach somebody: what may exist becomes a reserved domain.
    assert!(pseudonyms.text("a.b@acme.co.uk").ends_with(".example.com"));
    for kept in [
        "urn:ietf:params:scim:schemas:core:2.0:User",
        "Chrome/142.0.0.0",
        "2026-11-16T09:12:03.114Z",
        "10:41:05",
        "system@okta.com",
        "SystemForCrossDomainIdentityManagementServiceIncompatible",
        r#""status": 409"#,
    ] {
        assert_eq!(pseudonyms.text(kept), kept);
    }
}

#[test]
fn secrets_are_removed_whatever_is_kept() {
    let off = Pseudonyms::new(Key::from_bytes(&[1; 32]), Mode::Off, Vocabulary::default());
    for text in [
        "Authorization: Bearer s3cr3t-t0ken-value",
        r#"{"name": "Cookie", "value": "s3cr3t-t0ken-value"}"#,
        r#"{\"password\":\"s3cr3t-t0ken-value\"}"#,
        "curl -u 'zoe@a.example:s3cr3t-t0ken-value' https://a.example",
        "https://zoe:s3cr3t-t0ken-value@a.example/scim?x=1",
        "https://a.example/?sig=s3cr3t-t0ken-value&x=1",
        "eyJhbGciOiJub25lIn0.s3cr3t-t0ken-value.x",
        "SSWS s3cr3t-t0ken-value",
    ] {
        let redacted = off.text(text);
        assert!(!redacted.contains("s3cr3t") && redacted.contains("${SCIM_TOKEN_"), "{redacted}");
        assert_eq!(off.text(&redacted), redacted);
    }
    for kept in [
        "Bearer authentication failed",
        r#"WWW-Authenticate: Bearer realm="scim2""#,
        "Token is invalid or expired",
        "zoe@a.example",
        r#""password": null"#,
        "Authorization: Bearer {{token}}",
    ] {
        assert_eq!(off.text(kept), kept);
    }
}

#[test]
fn words_that_are_names_too_stay_where_they_are_words() {
    let pseudonyms = pseudonyms(&["Will Grace", "Active", "userName"]);
    for kept in ["it will be retried", r#"{"will": 1}"#, r#""userName": "#, r#"{"active": true}"#] {
        assert_eq!(pseudonyms.text(kept), kept);
    }
    assert!(!pseudonyms.text("user Will failed").contains("Will"));
}

#[test]
fn the_check_finds_what_is_left_in_every_spelling() {
    let pseudonyms = pseudonyms(&["Zoë O’Brien", "zoë.o'brien@acme.example.com"]);
    let originals = pseudonyms.originals();
    for left in [
        "ZOË O’BRIEN".to_lowercase().as_str(),
        "Zo\\u00eb O\\u2019Brien",
        "Zo%C3%AB+O%E2%80%99Brien",
        "=?utf-8?q?Zo=C3=AB=20O=E2=80=99Brien?=",
        "zoë.o%27brien%40acme.example.com",
        "user O’Brien left",
        &STANDARD.encode("x Zoë O’Brien y"),
    ] {
        assert!(originals.check(format!("\n{left}").as_bytes()).is_some_and(|leak| leak.line == 2), "{left}");
    }
    assert_eq!(originals.check(pseudonyms.text("Zoë O’Brien <zoë.o'brien@acme.example.com>").as_bytes()), None);
}

#[test]
fn more_people_than_are_kept_are_an_error() {
    let mut vocabulary = Vocabulary::default();
    let full = (0..1 << 13).position(|number| {
        vocabulary.add(Kind::Word, &format!("person{number}"));
        vocabulary.check().is_err()
    });
    assert!(full.is_some_and(|count| count > 1_000));
}

//! `import --verify`: what redaction would lose is found, kept and named.

use serde_json::{Value, json};

use crate::binary::{Binary, Said};
use crate::manifest::folder;
use crate::verdicts::verdict;

/// The log of an endpoint that answers the create of this person so.
fn log(user: &Value, status: u16, detail: &str) -> String {
    let list = json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"], "totalResults": 0,
        "startIndex": 1, "itemsPerPage": 0, "Resources": [] });
    let filter = format!("/scim/v2/Users?filter=userName eq \"{}\"", user["userName"].as_str().unwrap());
    let lookup =
        json!({ "time": "2026-11-16T09:12:04Z", "method": "GET", "path": filter, "status": 200, "response": list });
    let error = json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"], "detail": detail,
        "status": status.to_string() });
    let create = json!({ "time": "2026-11-16T09:12:05Z", "method": "POST", "path": "/scim/v2/Users", "status": status,
        "request": user, "response": error });
    format!("{lookup}\n{create}\n")
}

fn user(address: &str, shown: &str) -> Value {
    json!({ "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": address, "displayName": shown,
        "emails": [{ "value": address, "type": "work", "primary": true }], "active": true })
}

/// A log that is imported with these flags into `case`.
fn imported(log: &str, flags: &[&str]) -> (Binary, Said) {
    let binary = Binary::new().file("scim.jsonl", log);
    let said = binary.run(&[&["import", "scim.jsonl", "--out", "case"], flags].concat());
    (binary, said)
}

fn outcome(binary: &Binary, flags: &[&str]) -> String {
    verdict(binary, Some(&binary.folder().join("case/incident-1.yaml")), flags)
}

/// A Turkish endpoint: the ı of the name tells the cause, the I of the address is what it fails at.
fn turkish(address: &str) -> String {
    log(&user(address, "Sırt Yıld"), 500, "Internal Server Error")
}

#[test]
fn what_redaction_would_lose_is_kept_and_named() {
    let turkish = turkish("SIRTYILD@kappa.dev");
    let (plain, _) = imported(&turkish, &[]);
    assert_eq!(outcome(&plain, &[]), "not-reproduced", "the I of the address is another letter now");
    let (binary, said) = imported(&turkish, &["--verify"]);
    assert_eq!(said.code, 0, "{said:#?}");
    assert!(said.stdout.contains("reproduced with the customer's names, not-reproduced without"), "{said:#?}");
    assert!(said.stderr.contains("warning: in incident-1.yaml U+0049 (I) in userName, email is kept"), "{said:#?}");
    assert_eq!([outcome(&binary, &[]), outcome(&binary, &["--no-fault"])], ["reproduced", "not-reproduced"]);
    let text = std::fs::read_to_string(binary.folder().join("case/incident-1.yaml")).unwrap();
    assert!(text.contains("depends: [\"U+0049 (I) in userName, email\"]"), "{text}");
    assert!(!text.contains("SIRT") && !text.contains("kappa"), "one letter is kept and nothing else: {text}");
    let played = binary.run(&["reproduce", "case/incident-1.yaml"]).stdout;
    assert!(played.contains("depends on U+0049 (I) in userName, email"), "{played}");
}

#[test]
fn what_would_show_a_name_is_not_kept_but_the_flag_is_named() {
    let (binary, said) = imported(&turkish("IIII@kappa.dev"), &["--verify"]);
    assert_eq!(said.code, 1, "{said:#?}");
    let words = said.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("it depends on U+0049 (I) in userName, email; `--keep userName --keep email` keeps it"));
    let text = std::fs::read_to_string(binary.folder().join("case/incident-1.yaml")).unwrap();
    assert!(!text.contains("IIII"), "{text}");
    let (kept, said) = imported(&turkish("IIII@kappa.dev"), &["--verify", "--keep", "userName", "--keep", "email"]);
    assert_eq!((said.code, outcome(&kept, &[])), (0, "reproduced".to_owned()), "the flags keep it: {said:#?}");
}

#[test]
fn what_it_depends_on_is_named_where_redaction_loses_nothing() {
    let refused = log(&user("ann.lee@kappa.dev", "Ann-Marie\nO’Lee"), 400, "displayName: not allowed");
    let (binary, said) = imported(&refused, &["--verify"]);
    assert_eq!((said.code, &*said.stderr), (0, ""), "{said:#?}");
    let words = said.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("without; it depends on U+000A (line feed) in displayName written"), "{words}");
    assert_eq!(outcome(&binary, &[]), "reproduced");
}

#[test]
fn what_depends_on_no_name_says_so() {
    let sample = folder().join("okta-syslog-01-create-conflict.json").display().to_string();
    let said = Binary::new().run(&["import", &sample, "--out", "case", "--verify", "--report", "json"]);
    assert_eq!(said.code, 0, "{said:#?}");
    assert!(said.stderr.contains("verified: reproduced with the customer's names and without; it does not depend"));
    serde_json::from_str::<Value>(&said.stdout).unwrap();
}

#[test]
fn nothing_can_be_verified_that_is_not_redacted() {
    let (binary, said) = imported(&turkish("SIRTYILD@kappa.dev"), &["--verify", "--redact", "off"]);
    said.fails(2, &["`--verify` compares with what is redacted"]);
    assert!(!binary.folder().join("case").exists());
}

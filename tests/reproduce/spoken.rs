//! Whose requests they are, in which words it is told, and under which names a vendor's log has them.

use crate::binary::Binary;
use crate::manifest::folder;
use crate::verdicts::verdict;

fn sample(name: &str) -> String {
    folder().join(name).display().to_string()
}

/// A fault that answers whoever does not say what he is.
const NEEDS_A_NAME: [&str; 2] = ["--fault", "http/user-agent-optional"];

#[test]
fn requests_call_themselves_as_the_identity_provider_does() {
    let binary = Binary::new();
    let import = |name: &str, out: &str| {
        assert_eq!(binary.run(&["import", &sample(name), "--out", out]).code, 0, "{name}");
        binary.folder().join(out).join("incident-1.yaml")
    };
    let okta = import("okta-syslog-01-create-conflict.json", "okta");
    assert!(std::fs::read_to_string(&okta).unwrap().contains("user-agent: Okta SCIM Client 1.0.0"));
    assert_eq!(verdict(&binary, Some(&okta), &NEEDS_A_NAME), "not-reproduced", "it is let in");
    let entra = import("entra-graph-20-create-conflict-escrow.json", "entra");
    assert!(!std::fs::read_to_string(&entra).unwrap().contains("user-agent"));
    assert_eq!(verdict(&binary, Some(&entra), &NEEDS_A_NAME), "different-failure", "Entra does not say what it is");
    // An access log shows the field alone.
    let access = import("access-60-nginx-combined.log", "access");
    assert!(std::fs::read_to_string(&access).unwrap().contains("user-agent: Okta SCIM Client"));
}

#[test]
fn what_is_taken_for_granted_is_told_in_the_language_that_is_asked_for() {
    let binary = Binary::new();
    let log = sample("okta-syslog-01-create-conflict.json");
    assert_eq!(binary.run(&["import", &log, "--out", "case", "--lang", "es"]).code, 0);
    let text = std::fs::read_to_string(binary.folder().join("case/incident-1.yaml")).unwrap();
    assert!(text.contains("se envió una creación, así que la búsqueda no encontró a nadie"), "{text}");
    assert!(!text.contains("a create was sent"), "{text}");
    let said = binary.run(&["diagnose", &log, "--lang", "es"]).stdout;
    assert!(said.contains("lookup-empty: se envió una creación"), "{said}");
}

/// A log with names of its own.
const ODD: &str = r#"{"wann":"2026-11-16T09:12:05Z","ruf":{"art":"POST","wohin":"/scim/v2/Users","inhalt":{"userName":"ann.lee@kappa.dev"}},"folge":{"zahl":409,"inhalt":{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"status":"409","detail":"taken"}}}
"#;

#[test]
fn a_log_with_names_of_its_own_is_read_by_them() {
    let binary = Binary::new().file("odd.jsonl", ODD);
    binary.run(&["import", "odd.jsonl", "--out", "case"]).fails(2, &["nothing in these files"]);
    let map = [
        "--map",
        "method=ruf.art",
        "--map",
        "path=ruf.wohin",
        "--map",
        "status=folge.zahl",
        "--map",
        "time=wann",
        "--map",
        "request-body=ruf.inhalt",
        "--map",
        "response-body=folge.inhalt",
    ];
    let said = binary.run(&[&["import", "odd.jsonl", "--out", "case"], &map[..]].concat());
    assert!(said.code == 0 && said.stdout.contains("create.conflict"), "{said:#?}");
    let text = std::fs::read_to_string(binary.folder().join("case/incident-1.yaml")).unwrap();
    assert!(text.contains("detail: taken") && text.contains("status: 409"), "{text}");
    assert!(
        std::fs::read_to_string(binary.folder().join("case/bundle.json")).unwrap().contains("2026-11-16T09:12:05Z")
    );
    assert_eq!(verdict(&binary, Some(&binary.folder().join("case/incident-1.yaml")), &[]), "reproduced");
    let redacted = |out: &str, flags: &[&str]| {
        let more = r#"kappa.dev","places":[{"value":"Quirin Ost"}]"#;
        let odd = Binary::new().file("odd.jsonl", &ODD.replace("kappa.dev\"", more));
        let said = odd.run(&[&["redact", "odd.jsonl", "--out", out], flags].concat());
        assert_eq!(said.code, 0, "{said:#?}");
        std::fs::read_to_string(odd.folder().join(out).join("odd.jsonl")).unwrap()
    };
    assert!(redacted("plain", &[]).contains("Quirin Ost"), "nothing says that it is in a body");
    assert!(!redacted("mapped", &map).contains("Quirin Ost"), "it is a value in a body");
    let wrong = |map: &str| binary.run(&["diagnose", "odd.jsonl", "--map", map]);
    wrong("methode=ruf.art").fails(2, &["there is no part `methode`; there are method, path, query"]);
    wrong("method").fails(2, &["write a part and the name"]);
}

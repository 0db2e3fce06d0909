//! What stays and what goes of personal data, as the user wants it.

use serde_json::{Value, json};

use crate::binary::{Binary, Said};

/// Two people of one department, one of them refused.
fn log() -> String {
    let user = |name: &str, shown: &str, group: &str| {
        json!({ "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": name, "displayName": shown,
            "title": "Head of Lighthouses", "department": "R&D Tórshavn", "groups": [{ "value": "1", "display": group }],
            "emails": [{ "value": name, "primary": true }] })
    };
    let error = json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"], "status": "400",
        "detail": "title: Head of Lighthouses is not allowed since 2026-11-02" });
    let line = |time: &str, user: &Value, status: u16, response: &Value| json!({ "time": time, "method": "POST", "path": "/scim/v2/Users", "status": status, "request": user, "response": response });
    let (first, second) =
        (user("ann.lee@kappa.dev", "Ann Lee", "Keepers"), user("zoë-9@kappa.dev", "Zoë O'Brien 12", "Keepers"));
    [line("2026-11-16T09:12:05.871Z", &second, 400, &error), line("2026-11-17T10:00:00+01:00", &first, 400, &error)]
        .map(|line| format!("{line}\n"))
        .concat()
}

/// The log, redacted with these flags: its lines.
fn redacted(flags: &[&str]) -> Vec<Value> {
    let binary = Binary::new().file("scim.jsonl", &log());
    let said = binary.run(&[&["redact", "scim.jsonl", "--out", "out"], flags].concat());
    assert_eq!(said.code, 0, "{flags:?} {said:#?}");
    lines(&binary, "out/scim.jsonl")
}

fn lines(binary: &Binary, name: &str) -> Vec<Value> {
    let text = std::fs::read_to_string(binary.folder().join(name)).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn moment(line: &Value) -> time::OffsetDateTime {
    let text = line["time"].as_str().unwrap();
    time::OffsetDateTime::parse(text, &time::format_description::well_known::Rfc3339).unwrap()
}

#[test]
fn strict_leaves_nothing_of_departments_titles_and_groups_and_shifts_times() {
    let (before, after) = (log(), redacted(&["--redact", "strict"]));
    let before: Vec<Value> = before.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let text = format!("{after:?}");
    for name in ["title", "department"] {
        let value = after[0]["request"][name].as_str().unwrap();
        assert!(value.starts_with("dropped-"), "{text}");
        assert_eq!(value, after[1]["request"][name], "one value stays one value");
        let words = after[0]["response"]["detail"].as_str().unwrap();
        assert!(name != "title" || words.starts_with(&format!("title: {value} is not allowed since ")), "{text}");
    }
    assert!(after[0]["request"]["groups"][0]["display"].as_str().unwrap().starts_with("dropped-"), "{text}");
    let shift = moment(&before[0]) - moment(&after[0]);
    assert_eq!(shift, moment(&before[1]) - moment(&after[1]), "{text}");
    assert!(shift.whole_days() % 7 == 0 && shift.whole_days() >= 28 && shift.whole_seconds() % 86_400 == 0, "{shift}");
    assert_eq!(moment(&after[1]).offset(), moment(&before[1]).offset());
    let since = time::macros::date!(2026 - 11 - 02) - shift;
    assert!(text.contains(&format!("since {since}")), "dates in words are shifted too: {text}");
    let user_name = after[0]["request"]["userName"].as_str().unwrap();
    assert_eq!(user_name.chars().count(), "zoë-9@kabba.example.com".chars().count(), "names keep their shape: {text}");
}

#[test]
fn a_field_is_kept_and_nothing_else_of_whom_it_names() {
    let after = redacted(&["--keep", "name.displayName", "--keep", "groups"]);
    let user = &after[0]["request"];
    assert_eq!((&user["displayName"], &user["groups"][0]["display"]), (&json!("Zoë O'Brien 12"), &json!("Keepers")));
    assert_ne!(user["userName"], "zoë-9@kappa.dev");
    assert!(!format!("{after:?}").contains("Lighthouses"), "{after:?}");
    assert_eq!(user["emails"][0]["value"], user["userName"]);
}

#[test]
fn of_a_field_the_shape_alone_can_stay() {
    let after = redacted(&["--keep-shape-only", "displayName", "--keep-shape-only", "emails"]);
    assert_eq!(after[0]["request"]["displayName"], "Xxж X'Xxxxx 00");
    assert_eq!(after[1]["request"]["userName"], "xxx.xxx@xxxxx.xxx", "the same value under another name");
}

#[test]
fn times_can_be_shifted_alone() {
    let after = redacted(&["--shift-time"]);
    assert!(moment(&after[0]) < time::macros::datetime!(2026-11-01 0:00 UTC), "{after:?}");
    assert!(!after[0]["request"]["title"].as_str().unwrap().starts_with("dropped"), "{after:?}");
    let binary = Binary::new().file("scim.jsonl", &log());
    let said = binary.run(&["diagnose", "scim.jsonl", "--shift-time", "--report", "json"]);
    assert!(said.code == 0 && !said.stdout.contains("2026-11-16"), "{said:#?}");
}

#[test]
fn where_all_stays_nothing_is_said_of_single_fields() {
    let binary = Binary::new().file("scim.jsonl", &log());
    let with =
        |flags: &[&str]| binary.run(&[&["redact", "scim.jsonl", "--out", "out", "--redact", "off"], flags].concat());
    with(&["--keep-shape-only", "title"]).fails(2, &["`--redact off` keeps all"]);
    assert_eq!(with(&["--shift-time"]).code, 0);
    let after = lines(&binary, "out/scim.jsonl");
    assert_eq!(after[0]["request"]["displayName"], "Zoë O'Brien 12");
    assert!(moment(&after[0]) < time::macros::datetime!(2026-11-01 0:00 UTC), "{after:?}");
}

#[test]
fn a_case_that_grows_has_one_session() {
    let binary = Binary::new().file("1.jsonl", &log()).file("2.jsonl", &log().replace("Ann Lee", "Li Lee"));
    let redact = |file: &str, out: &str, session: &str| -> Said {
        binary.run(&["redact", file, "--out", out, "--session", session])
    };
    redact("1.jsonl", "none", "case.key").fails(2, &["no name for a session", "case.scimulator-session"]);
    let first = redact("1.jsonl", "a", "case.scimulator-session");
    assert!(first.code == 0 && first.stderr.contains("warning: who has `case.scimulator-session`"), "{first:#?}");
    assert!(!first.stderr.contains("gitignore"), "there is no repository: {first:#?}");
    assert_eq!(redact("2.jsonl", "b", "case.scimulator-session").code, 0);
    assert_eq!(redact("1.jsonl", "c", "other.scimulator-session").code, 0);
    let (a, b, c) = (lines(&binary, "a/1.jsonl"), lines(&binary, "b/2.jsonl"), lines(&binary, "c/1.jsonl"));
    assert_eq!(a[0], b[0], "who was there before is called the same");
    assert_ne!(a[0]["request"]["userName"], c[0]["request"]["userName"], "in another case nobody is");
    let path = binary.folder().join("case.scimulator-session");
    let text = std::fs::read_to_string(&path).unwrap().to_lowercase();
    assert!(!text.contains("lee") && !text.contains("kappa"), "{text}");
    #[cfg(unix)]
    {
        let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&path).unwrap().permissions());
        assert_eq!(mode & 0o777, 0o600);
    }
    std::fs::create_dir(binary.folder().join(".git")).unwrap();
    assert!(
        redact("1.jsonl", "d", "case.scimulator-session").stderr.contains("add `*.scimulator-session` to .gitignore")
    );
    std::fs::write(binary.folder().join(".gitignore"), "/target\n*.scimulator-session\n").unwrap();
    assert!(!redact("1.jsonl", "e", "case.scimulator-session").stderr.contains("gitignore"));
    std::fs::write(&path, "no session").unwrap();
    redact("1.jsonl", "f", "case.scimulator-session").fails(2, &["is no session"]);
}

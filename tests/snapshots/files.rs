//! The file: read back exactly, readable by insta, safe with hostile content.

use std::path::Path;

use proptest::prelude::*;
use scimulator::http::{Method, Request};
use scimulator::snapshot::{Body, Entry, Info, Normalised, Origin, Played, Reply, Snapshot, Store, StoreError};
use serde_json::{Value, json};

use super::story::{REFERENCE, Story};

fn info() -> Info {
    Info { scenario: "lifecycle/create".to_owned(), dialect: "okta".to_owned(), persona: "rfc".to_owned() }
}

fn snapshot(transcript: Normalised) -> Snapshot {
    Snapshot { info: info(), transcript }
}

#[track_caller]
fn round_trip(snapshot: &Snapshot) {
    let text = snapshot.to_string();
    let read = Snapshot::parse(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    assert_eq!(read, *snapshot, "{text}");
    assert_eq!(read.to_string(), text);
}

#[test]
fn a_whole_story_is_read_back_exactly() {
    round_trip(&snapshot(REFERENCE.story().normalised(&REFERENCE)));
}

#[test]
fn insta_reads_what_we_write() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("create@okta.snap");
    let snapshot = snapshot(REFERENCE.story().normalised(&REFERENCE));
    std::fs::write(&path, snapshot.to_string()).unwrap();
    let read = insta::Snapshot::from_file(&path).unwrap();
    let contents = read.contents().as_text().expect("a text snapshot").to_string();
    assert_eq!(contents.trim_end(), snapshot.transcript.to_string().trim_end());
    assert_eq!(read.metadata().expression(), Some("lifecycle/create"));
    let description = read.metadata().description();
    assert_eq!(description, Some("lifecycle/create as okta plays it, persona rfc"));
}

#[test]
fn a_file_checked_out_with_crlf_is_the_same_snapshot() {
    let snapshot = snapshot(REFERENCE.story().normalised(&REFERENCE));
    let text = snapshot.to_string().replace('\n', "\r\n");
    assert_eq!(Snapshot::parse(&text).unwrap(), snapshot);
}

#[test]
fn the_header_does_not_look_like_one_of_instas_own() {
    let text = snapshot(Normalised::default()).to_string();
    assert!(text.starts_with("---\ndescription: "), "{text}");
}

#[test]
fn hostile_bodies_are_escaped_and_read_back() {
    let bodies = [
        "---\ninfo:\n  scenario: x\n---\n",
        "\u{1b}[2J\u{202e}\0\r\n\n",
        "  < 200\n    {\"a\": 1}\nstep 1  x",
        "{\"a\": \"---\"}",
        "\u{feff}{}",
        "\"only a string\"",
        "\\u{41} back\\slash",
        "<html>\n  | x\n</html>\n",
    ];
    for body in bodies {
        let mut story = Story::new("http://sp.test");
        story.answer(Request::new(Method::Get, "/Users"), 200, "text/html\u{7}", body.to_owned());
        let snapshot = snapshot(story.normalised(&REFERENCE));
        round_trip(&snapshot);
        let text = snapshot.to_string();
        assert!(!text.contains(|letter: char| letter != '\n' && letter.is_control()), "{text:?}");
    }
}

#[test]
fn a_broken_file_says_where_and_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::new(Some(folder.path().to_owned()), true, &|_| None);
    let path = store.write_approved(&snapshot(Normalised::default())).unwrap();
    let broken = [
        ("no header", "the header between"),
        ("---\ninfo:\n  scenario: a\n---\n", "lacks `dialect`"),
        ("---\ninfo:\n  scenario: a\n  dialect: b\n  persona: c\n---\n<<<<<<< HEAD\n", "line 7: expected `headers`"),
        ("---\ninfo:\n  scenario: a\n  dialect: b\n  persona: c\n---\n  > GET /Users\n", "has no answer"),
    ];
    for (text, cause) in broken {
        std::fs::write(&path, text).unwrap();
        let error = store.own(&info()).unwrap_err();
        assert!(error.to_string().contains(cause), "{error}");
        assert!(error.to_string().contains("create@okta.snap"), "{error}");
        assert!(error.hint().contains("version control"), "{}", error.hint());
    }
}

#[test]
fn pending_becomes_approved_and_nothing_else_is_left() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::new(Some(folder.path().to_owned()), true, &|_| None);
    let seen = snapshot(REFERENCE.story().normalised(&REFERENCE));
    let path = store.write_pending(&seen).unwrap();
    assert!(path.ends_with(Path::new("runs/rfc/lifecycle/create@okta.snap.new")), "{}", path.display());
    assert!(store.approved(&info()).unwrap().is_none());
    let pending = store.pending().unwrap();
    assert_eq!(pending[0].name, "runs/rfc/lifecycle/create@okta");
    store.accept(&pending[0]).unwrap();
    assert_eq!(store.approved(&info()).unwrap(), Some((seen, Origin::Own)));
    assert_eq!(store.pending().unwrap(), []);
    assert_eq!(std::fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
}

#[test]
fn ci_writes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::new(Some(folder.path().to_owned()), false, &|_| None);
    let error = store.write_pending(&snapshot(Normalised::default())).unwrap_err();
    assert!(matches!(error, StoreError::ReadOnly(_)), "{error}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn the_users_own_snapshot_comes_before_the_built_in_one() {
    let built_in = "---\ndescription: x\ninfo:\n  scenario: lifecycle/create\n  dialect: okta\n  persona: rfc\n---\n";
    let find = move |path: &str| (path == "runs/rfc/lifecycle/create@okta.snap").then_some(built_in);
    let folder = tempfile::tempdir().unwrap();
    let store = Store::new(Some(folder.path().to_owned()), true, &find);
    assert_eq!(store.approved(&info()).unwrap().map(|(_, origin)| origin), Some(Origin::BuiltIn));
    store.write_approved(&snapshot(Normalised::default())).unwrap();
    assert_eq!(store.approved(&info()).unwrap().map(|(_, origin)| origin), Some(Origin::Own));
}

#[test]
fn a_name_never_leads_out_of_the_folder() {
    let store = Store::new(Some("/nowhere".into()), true, &|_| None);
    for scenario in ["../../etc/x", "/etc/x", "a//b", "a/./b", "C:\\x", "a\0b", ""] {
        let info = Info { scenario: scenario.to_owned(), ..info() };
        let error = store.write_pending(&Snapshot { info, transcript: Normalised::default() }).unwrap_err();
        assert!(matches!(error, StoreError::Name(_)), "{scenario}: {error}");
    }
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::vec((any::<String>(), inner), 0..6)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

fn any_body() -> impl Strategy<Value = Body> {
    let json = any_json().prop_filter("a document", |json| json.is_object() || json.is_array());
    prop_oneof![
        Just(Body::Empty),
        json.prop_map(Body::Json),
        any::<String>().prop_map(Body::Text),
        (any::<usize>(), any::<u64>()).prop_map(|(bytes, hash)| Body::Large { bytes, hash }),
    ]
}

proptest! {
    #[test]
    fn any_exchange_is_read_back_exactly(
        target in "/[ -~]{0,40}", value in any::<String>(), sent in any_body(), received in any_body(), label in any::<String>(),
    ) {
        let reply = Reply::Answer { status: 200, media: None, headers: vec![("Location".to_owned(), value)], body: received };
        let played = Played { raw: true, method: "GET".to_owned(), target, headers: Vec::new(), body: sent, reply };
        let entries = vec![Entry::Step(1, label.clone()), Entry::Exchange(Box::new(played)), Entry::Outcome(label)];
        round_trip(&snapshot(Normalised { headers: Vec::new(), entries }));
    }

    #[test]
    fn reading_any_text_never_panics(text in "(---\n|  > GET /\n|  < 200\n|    [{|(]|headers\n|step 1  |\\PC|\n){0,30}") {
        Snapshot::parse(&text).ok();
    }

    #[test]
    fn any_answer_can_be_normalised_and_written(body in any_json(), path in "/(Users|Groups|Me)?/?\\PC{0,20}") {
        let mut story = Story::new("http://sp.test/v2");
        story.play(Request::new(Method::Get, path), 200, &body);
        story.play(Request::new(Method::Post, "/Users").with_json(&json!({"Operations": [body]})), 201, &body);
        round_trip(&snapshot(story.normalised(&REFERENCE)));
    }
}

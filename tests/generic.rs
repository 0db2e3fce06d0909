//! Providers by configuration: each habit is a knob, each preset a data file.

mod support;

use scimulator::http::Answer;
use scimulator::idp::{Event, Outcome, OutcomeKind, Waiting};
use serde_json::{Value, json};
use support::{Stage, answer, empty, error, list, timeout};

fn stage(id: &str) -> Stage {
    Stage::new(id, &json!({}))
}

fn assign(key: &str) -> Event {
    Event::Assign(vec![key.to_owned()])
}

fn unassign(key: &str) -> Event {
    Event::Unassign(vec![key.to_owned()])
}

fn change(key: &str, changes: &Value) -> Event {
    Event::Change { person: key.to_owned(), changes: changes.as_object().cloned().unwrap_or_default() }
}

fn members(group: &str, add: &[&str], remove: &[&str]) -> Event {
    let keys = |keys: &[&str]| keys.iter().map(|key| (*key).to_owned()).collect();
    Event::ChangeMembers { group: group.to_owned(), add: keys(add), remove: keys(remove) }
}

fn created(id: &str) -> Answer {
    answer(201, &json!({ "id": id }))
}

fn nobody() -> Answer {
    list(&json!([]))
}

fn kind(outcomes: &[Outcome]) -> OutcomeKind {
    assert_eq!(outcomes.len(), 1, "{outcomes:?}");
    outcomes[0].kind
}

const OPERATIONS: &str = r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":["#;

#[test]
fn a_life_with_patch() {
    let mut stage = stage("generic");
    assert_eq!(kind(&stage.play(&assign("alice"), [nobody(), created("u-1")])), OutcomeKind::Provisioned);
    let changes = json!({ "email": "roe@example.com", "title": null, "city": "Oslo" });
    assert_eq!(kind(&stage.play(&change("alice", &changes), [empty(204)])), OutcomeKind::Updated);
    assert_eq!(kind(&stage.play(&unassign("alice"), [empty(204)])), OutcomeKind::Deactivated);
    assert_eq!(kind(&stage.play(&Event::Disable("alice".into()), [])), OutcomeKind::Skipped, "it is inactive already");
    assert_eq!(kind(&stage.play(&Event::HardDelete("alice".into()), [empty(204)])), OutcomeKind::Deleted);
    assert_eq!(stage.dialect.linked("alice"), Some("u-1"));
    assert_eq!(
        stage.sent(),
        [
            "GET /Users?filter=userName%20eq%20%22alice%40example.com%22".to_owned(),
            concat!(
                r#"POST /Users {"schemas":["urn:ietf:params:scim:schemas:core:2.0:User","#,
                r#""urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],"#,
                r#""externalId":"a1c0ffee-0000-4000-8000-000000000101","userName":"alice@example.com","#,
                r#""name":{"familyName":"Cooper","givenName":"Alice"},"displayName":"Alice Cooper","#,
                r#""title":"Account Executive","active":true,"#,
                r#""emails":[{"value":"alice@example.com","type":"work","primary":true}],"#,
                r#""phoneNumbers":[{"value":"+1 425 555 0101","type":"work"}],"#,
                r#""urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":"#,
                r#"{"employeeNumber":"701","department":"Sales"}}"#
            )
            .to_owned(),
            format!(
                r#"PATCH /Users/u-1 {OPERATIONS}{{"op":"remove","path":"title"}},{{"op":"replace","path":"emails","value":[{{"value":"roe@example.com","type":"work","primary":true}}]}}]}}"#
            ),
            format!(r#"PATCH /Users/u-1 {OPERATIONS}{{"op":"replace","path":"active","value":false}}]}}"#),
            "DELETE /Users/u-1".to_owned(),
        ]
    );
}

#[test]
fn who_comes_back_is_activated_under_the_same_id() {
    let mut stage = Stage::new("generic", &json!({ "update": "merge", "mapping": "calendly" }));
    stage.play(&assign("alice"), [nobody(), created("u-1")]);
    stage.play(&unassign("alice"), [empty(204)]);
    stage.sent();
    assert_eq!(kind(&stage.play(&assign("alice"), [empty(204)])), OutcomeKind::Updated);
    assert_eq!(
        stage.sent(),
        [format!(
            "PATCH /Users/u-1 {OPERATIONS}{}]}}",
            concat!(
                r#"{"op":"replace","value":{"userName":"alice@example.com","name":{"familyName":"Cooper","#,
                r#""givenName":"Alice"},"displayName":"Alice Cooper","active":true,"#,
                r#""emails":[{"value":"alice@example.com","type":"work","primary":true}],"#,
                r#""urn:ietf:params:scim:schemas:extension:Calendly:2.0:User":{"group":"Sales"}}}"#
            )
        )]
    );
}

#[test]
fn a_stranger_is_left_alone() {
    let mut stage = stage("generic");
    let found = list(&json!([{ "id": "9", "userName": "root@acme.test" }]));
    let outcomes = stage.play(&assign("alice"), [found]);
    assert_eq!(outcomes[0].code.as_deref(), Some("stranger"));
    assert_eq!(stage.sent().len(), 1);
}

#[test]
fn a_refusal_quotes_the_target() {
    let outcomes = stage("generic").play(&assign("alice"), [nobody(), error(403, "no seat is free")]);
    assert_eq!(outcomes[0].message, "creating alice@example.com failed: Forbidden: no seat is free");
}

#[test]
fn a_group_with_members_by_patch() {
    let mut stage = stage("generic");
    stage
        .play(&Event::Assign(vec!["alice".into(), "bob".into()]), [nobody(), created("u-1"), nobody(), created("u-2")]);
    stage.sent();
    stage.play(&Event::PushGroup("sales".into()), [nobody(), created("g-1"), empty(204)]);
    stage.play(&members("sales", &["dave"], &["alice"]), [empty(204)]);
    stage.play(&Event::RenameGroup { group: "sales".into(), to: "Sales EMEA".into() }, [empty(204)]);
    stage.play(&Event::DeleteGroup("sales".into()), [empty(204)]);
    let sent = stage.sent();
    assert_eq!(sent[0], "GET /Groups?filter=displayName%20eq%20%22Sales%20EU%22");
    assert!(!sent[1].contains("members"), "{}", sent[1]);
    assert_eq!(
        sent[2],
        format!(
            r#"PATCH /Groups/g-1 {OPERATIONS}{{"op":"add","path":"members","value":[{{"value":"u-1"}},{{"value":"u-2"}}]}}]}}"#
        )
    );
    assert_eq!(
        sent[3],
        format!(r#"PATCH /Groups/g-1 {OPERATIONS}{{"op":"remove","path":"members[value eq \"u-1\"]"}}]}}"#),
        "dave has no account"
    );
    assert_eq!(
        sent[4],
        format!(r#"PATCH /Groups/g-1 {OPERATIONS}{{"op":"replace","path":"displayName","value":"Sales EMEA"}}]}}"#)
    );
    assert_eq!(sent[5], "DELETE /Groups/g-1");
}

#[test]
fn onelogin_fills_a_template() {
    let mut stage = stage("onelogin");
    stage.play(&assign("alice"), [nobody(), created("u-1")]);
    let created = &stage.port.requests[1];
    assert_eq!(created.headers.get("user-agent"), Some(""));
    assert_eq!(
        support::line(created),
        concat!(
            r#"POST /Users? {"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"department":"Sales","#,
            r#""employeeNumber":"701"},"active":"true","#,
            r#""emails":[{"value":"alice@example.com","type":"work","primary":true}],"#,
            r#""phoneNumbers":[{"value":"+1 425 555 0101","type":"work"}],"#,
            r#""meta":{"resourceType":"User"},"name":{"familyName":"Cooper","givenName":"Alice","#,
            r#""formatted":"Alice Cooper"},"userName":"alice@example.com","displayName":"Alice Cooper","#,
            r#""title":"Account Executive","id":null,"#,
            r#""schemas":["urn:ietf:params:scim:schemas:core:2.0:User","#,
            r#""urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"]}"#
        )
    );
    stage.sent();
    assert_eq!(kind(&stage.play(&unassign("alice"), [empty(200)])), OutcomeKind::Deactivated);
    let sent = stage.sent();
    assert!(sent[0].starts_with("PUT /Users/u-1? ") && sent[0].contains(r#""active":"false""#), "{}", sent[0]);
    assert!(sent[0].contains(r#""id":"u-1""#), "{}", sent[0]);
}

#[test]
fn jumpcloud_tests_live_and_leaves_a_deactivated_user_where_delete_is_missing() {
    let mut stage = stage("jumpcloud");
    let answers = [created("u-1"), empty(200), created("g-1"), empty(200), empty(204), empty(501), empty(200)];
    assert_eq!(kind(&stage.play(&Event::TestConnection, answers)), OutcomeKind::Connected);
    let sent = stage.sent();
    let targets: Vec<&str> = sent.iter().map(|sent| sent.split(" {").next().unwrap_or_default()).collect();
    assert_eq!(
        targets,
        [
            "POST /Users",
            "PUT /Users/u-1",
            "POST /Groups",
            "PUT /Groups/g-1",
            "DELETE /Groups/g-1",
            "DELETE /Users/u-1",
            "PUT /Users/u-1"
        ]
    );
    assert!(sent[6].contains(r#""active":false"#), "{}", sent[6]);
    for made in [&sent[0], &sent[2]] {
        assert!(made.contains("connector-test-alice@example.com"), "named after a person of ours: {made}");
    }
}

#[test]
fn authentik_asks_once_what_the_target_can_do() {
    let config = answer(200, &json!({ "patch": { "supported": true }, "bulk": { "maxOperations": 1 } }));
    let mut stage = stage("authentik");
    let both = Event::Assign(vec!["alice".into(), "bob".into()]);
    stage.play(&both, [config, created("u-1"), created("u-2")]);
    assert_eq!(stage.sent()[0], "GET /ServiceProviderConfig");
    let found = list(&json!([{ "id": "g-1", "displayName": "Sales EU" }]));
    let shown = answer(200, &json!({ "id": "g-1", "members": [{ "value": "u-2" }, { "value": "u-9" }] }));
    let answers = [error(409, "taken"), found, empty(204), shown, empty(204), empty(204)];
    assert_eq!(kind(&stage.play(&Event::PushGroup("sales".into()), answers)), OutcomeKind::Linked);
    let sent = stage.sent();
    assert_eq!(sent[1], "GET /Groups?filter=displayName+eq+%22Sales+EU%22");
    assert!(sent[2].contains(r#"[{"op":"replace","value":{"externalId":"#), "{}", sent[2]);
    assert_eq!(
        sent[4],
        format!(r#"PATCH /Groups/g-1 {OPERATIONS}{{"op":"add","path":"members","value":[{{"value":"u-1"}}]}}]}}"#)
    );
    assert_eq!(
        sent[5],
        format!(r#"PATCH /Groups/g-1 {OPERATIONS}{{"op":"remove","path":"members","value":[{{"value":"u-9"}}]}}]}}"#),
        "one operation a request, as the target allows"
    );
}

#[test]
fn authentik_puts_everything_where_patch_is_not_offered_and_makes_again_what_is_gone() {
    let mut stage = stage("authentik");
    stage.play(&assign("alice"), [empty(404), created("u-1")]);
    stage.sent();
    stage.play(&Event::PushGroup("sales".into()), [created("g-1")]);
    assert!(stage.sent()[0].ends_with(r#""members":[{"value":"u-1"}]}"#));
    stage.play(&change("alice", &json!({ "title": "Lead" })), [empty(404), created("u-2")]);
    assert_eq!(stage.dialect.linked("alice"), Some("u-2"));
    assert_eq!(kind(&stage.play(&unassign("alice"), [empty(204)])), OutcomeKind::Deleted);
}

#[test]
fn keycloak_repeats_while_no_answer_comes() {
    let mut stage = stage("keycloak");
    stage.play(&assign("alice"), [timeout(), timeout(), created("u-1")]);
    let waits: Vec<(u64, Waiting)> = stage.port.waits.iter().map(|(wait, why)| (wait.as_secs(), *why)).collect();
    assert_eq!(waits, [(1, Waiting::BackOff), (2, Waiting::BackOff)]);
    let sent = stage.sent();
    assert!(
        sent[2].contains(r#""emails":[{"value":"alice@example.com"}]"#) && !sent[2].contains(r#""id""#),
        "{}",
        sent[2]
    );
    stage.play(&Event::PushGroup("sales".into()), [created("g-1")]);
    assert!(stage.sent()[0].ends_with(r#""members":[{"value":"u-1","$ref":"Users/u-1"}]}"#));
    stage.play(&change("alice", &json!({ "familyName": "Roe" })), [empty(200)]);
    assert!(stage.sent()[0].contains(r#""userName":"alice@example.com","id":"u-1","displayName""#));
}

#[test]
fn people_may_be_found_in_the_whole_list() {
    let mut stage = Stage::new("generic", &json!({ "look-up": "list" }));
    let all =
        list(&json!([{ "id": "9", "userName": "root@acme.test" }, { "id": "u-1", "userName": "ALICE@example.com" }]));
    assert_eq!(kind(&stage.play(&assign("alice"), [all, empty(200)])), OutcomeKind::Linked);
    assert_eq!(stage.dialect.linked("alice"), Some("u-1"));
}

#[test]
fn an_import_ends_with_the_list() {
    let mut stage = stage("generic");
    let page = |ids: &[&str]| {
        let users: Vec<Value> = ids.iter().map(|id| json!({ "id": id })).collect();
        answer(200, &json!({ "totalResults": 3, "Resources": users }))
    };
    let outcomes = stage.play(&Event::Import, [page(&["1", "2"]), page(&["3"]), nobody()]);
    assert_eq!(outcomes[0].message, "3 users and 0 groups imported");
    assert_eq!(stage.sent()[1], "GET /Users?startIndex=3&count=100");
}

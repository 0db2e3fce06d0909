//! Groups: created without members, members one by one, deleted when unassigned.

use scimulator::idp::{Event, OutcomeKind};
use serde_json::{Value, json};

use crate::stage::{assign, created, job, kinds, none, only, sent, with};
use crate::support::{Stage, answer, empty, error, list};

const SALES: &str = "GET /Groups?excludedAttributes=members&filter=displayName+eq+%22Sales+EU%22";
const READ: &str = "GET /Groups/g-1?excludedAttributes=members";
const MANAGER: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager";
const ID: &str = "b2c0ffee-0000-4000-8000-000000000201";

fn push() -> Event {
    Event::PushGroup("sales".into())
}

fn members(add: &[&str], remove: &[&str]) -> Event {
    let keys = |keys: &[&str]| keys.iter().map(|key| (*key).to_owned()).collect();
    Event::ChangeMembers { group: "sales".into(), add: keys(add), remove: keys(remove) }
}

fn patch(operation: &str) -> String {
    format!(
        r#"PATCH /Groups/g-1 {{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{operation}]}}"#
    )
}

fn shows_sales() -> scimulator::http::Answer {
    answer(200, &json!({ "id": "g-1", "displayName": "Sales EU", "externalId": ID }))
}

/// A job with alice (u-1), bob (u-2) and the group of both (g-1).
fn with_sales(id: &str, knobs: &Value) -> Stage {
    let all = with(&json!({ "probe-groups": false, "unmapped": [MANAGER] }), knobs);
    let mut stage = Stage::new(id, &all);
    let people = Event::Assign(vec!["alice".into(), "bob".into()]);
    stage.play(&people, [none(), none(), created("u-1"), none(), created("u-2")]);
    let patches = if all["members-per-patch"] == 20 { 1 } else { 2 };
    let members = std::iter::repeat_with(|| empty(204)).take(patches);
    let outcomes = stage.play(&push(), [none(), none(), created("g-1")].into_iter().chain(members));
    assert_eq!(only(&outcomes).0, OutcomeKind::Provisioned);
    stage
}

#[test]
fn a_group_is_created_without_members_and_then_gets_them_one_by_one() {
    let mut stage = with_sales("entra", &json!({}));
    let sent = sent(&mut stage);
    assert_eq!(
        sent[4..],
        [
            SALES.to_owned(),
            format!(
                r#"POST /Groups {{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"externalId":"{ID}","displayName":"Sales EU","meta":{{"resourceType":"Group"}}}}"#
            ),
            patch(r#"{"op":"Add","path":"members","value":[{"value":"u-1"}]}"#),
            patch(r#"{"op":"Add","path":"members","value":[{"value":"u-2"}]}"#),
        ]
    );
}

#[test]
fn members_without_an_account_come_when_they_have_one() {
    let mut stage = job(&json!({ "unmapped": [MANAGER] }));
    stage.play(&push(), [none(), none(), created("g-1")]);
    stage.sent();
    let outcomes = stage.play(&assign("bob"), [none(), none(), created("u-2"), shows_sales(), empty(204)]);
    assert_eq!(kinds(&outcomes), [OutcomeKind::Provisioned, OutcomeKind::Updated]);
    let add = patch(r#"{"op":"Add","path":"members","value":[{"value":"u-2"}]}"#);
    assert_eq!(sent(&mut stage)[2..], [READ.to_owned(), add]);
}

#[test]
fn who_leaves_is_removed_by_value_and_who_joins_is_added_first() {
    let mut stage = with_sales("entra", &json!({}));
    stage.play(&assign("carol"), [none(), none(), created("u-3")]);
    stage.sent();
    let outcomes = stage.play(&members(&["carol"], &["alice"]), [none(), shows_sales(), empty(204), empty(204)]);
    assert_eq!(only(&outcomes), (OutcomeKind::Updated, Some("sales"), None));
    assert_eq!(
        sent(&mut stage),
        [
            READ.to_owned(),
            patch(r#"{"op":"Add","path":"members","value":[{"value":"u-3"}]}"#),
            patch(r#"{"op":"Remove","path":"members","value":[{"value":"u-1"}]}"#),
        ]
    );
}

#[test]
fn under_the_flag_who_leaves_is_removed_by_filter() {
    let mut stage = with_sales("entra-scim2020", &json!({ "members-per-patch": 20 }));
    stage.sent();
    stage.play(&members(&[], &["alice", "bob"]), [none(), shows_sales(), empty(204)]);
    let both =
        r#"{"op":"remove","path":"members[value eq \"u-1\"]"},{"op":"remove","path":"members[value eq \"u-2\"]"}"#;
    assert_eq!(sent(&mut stage)[1], patch(both));
}

#[test]
fn several_members_travel_in_one_patch_and_older_documentation_adds_a_null() {
    let mut stage = with_sales("entra", &json!({ "members-per-patch": 20, "ref-null": true }));
    let both = r#"{"op":"Add","path":"members","value":[{"$ref":null,"value":"u-1"},{"$ref":null,"value":"u-2"}]}"#;
    assert_eq!(sent(&mut stage).pop(), Some(patch(both)));
}

#[test]
fn a_member_that_was_refused_is_added_on_the_next_attempt_and_no_other_again() {
    let mut stage = job(&json!({ "unmapped": [MANAGER] }));
    let people = Event::Assign(vec!["alice".into(), "bob".into()]);
    stage.play(&people, [none(), none(), created("u-1"), none(), created("u-2")]);
    stage.play(&push(), [none(), none(), created("g-1"), empty(204), error(500, "oops")]);
    stage.sent();
    let outcomes = stage.play(&Event::Cycle, [none(), shows_sales(), empty(204)]);
    assert_eq!(only(&outcomes), (OutcomeKind::Updated, Some("sales"), None));
    assert_eq!(sent(&mut stage)[1], patch(r#"{"op":"Add","path":"members","value":[{"value":"u-2"}]}"#));
}

#[test]
fn a_new_name_is_a_replace_with_a_path_and_under_the_flag_without() {
    let rename = Event::RenameGroup { group: "sales".into(), to: "Sales EMEA".into() };
    for (id, operation) in [
        ("entra", r#"{"op":"Replace","path":"displayName","value":"Sales EMEA"}"#),
        ("entra-scim2020", r#"{"op":"replace","value":{"displayName":"Sales EMEA"}}"#),
    ] {
        let mut stage = with_sales(id, &json!({}));
        stage.sent();
        let outcomes = stage.play(&rename, [none(), shows_sales(), empty(204)]);
        assert_eq!(only(&outcomes).0, OutcomeKind::Updated);
        assert_eq!(sent(&mut stage), [READ.to_owned(), patch(operation)]);
    }
}

#[test]
fn a_group_that_is_there_is_linked() {
    let mut stage = job(&json!({}));
    let found = list(&json!([{ "id": "g-1", "displayName": "sales eu" }]));
    let outcomes = stage.play(&push(), [none(), found, empty(204)]);
    assert_eq!(only(&outcomes), (OutcomeKind::Linked, Some("sales"), None));
    let both = format!(
        r#"{{"op":"Add","path":"externalId","value":"{ID}"}},{{"op":"Replace","path":"displayName","value":"Sales EU"}}"#
    );
    assert_eq!(sent(&mut stage), [SALES.to_owned(), patch(&both)]);
}

#[test]
fn members_in_the_answer_are_an_error() {
    let mut stage = job(&json!({}));
    let found = list(&json!([{ "id": "g-1", "displayName": "Sales EU", "members": [{ "value": "u-1" }] }]));
    let outcomes = stage.play(&push(), [none(), found]);
    let code = "SystemForCrossDomainIdentityManagementMultipleEntriesInResponse";
    assert_eq!(only(&outcomes), (OutcomeKind::Failed, Some("sales"), Some(code)));
}

#[test]
fn an_unassigned_group_is_deleted() {
    for event in [Event::DeleteGroup("sales".into()), Event::UnlinkGroup("sales".into())] {
        let mut stage = with_sales("entra", &json!({}));
        stage.sent();
        let outcomes = stage.play(&event, [none(), empty(204)]);
        assert_eq!(only(&outcomes), (OutcomeKind::Deleted, Some("sales"), None));
        assert_eq!(sent(&mut stage), ["DELETE /Groups/g-1"]);
        stage.play(&Event::Cycle, [none()]);
        assert!(sent(&mut stage).is_empty());
    }
}

#[test]
fn a_vanished_group_is_an_invalid_anchor() {
    let mut stage = with_sales("entra", &json!({}));
    stage.sent();
    let outcomes = stage.play(&Event::PushMembers("sales".into()), [none(), error(404, "no such group")]);
    assert_eq!(only(&outcomes), (OutcomeKind::Failed, Some("sales"), Some("InvalidAnchor")));
}

#[test]
fn with_groups_switched_off_nothing_is_sent_for_them() {
    let mut stage = crate::stage::calendly(&json!({}));
    let outcomes = stage.play(&push(), [none()]);
    assert_eq!(only(&outcomes), (OutcomeKind::Skipped, Some("sales"), Some("EntrySynchronizationSkipped")));
}

#[test]
fn on_demand_takes_five_members() {
    let mut stage = job(&json!({ "unmapped": [MANAGER] }));
    let people: Vec<String> = stage.directory.groups["everyone"].members.clone();
    let mut answers = vec![none()];
    for number in 0..people.len() {
        answers.extend([none(), created(&format!("u-{number}"))]);
    }
    stage.play(&Event::Assign(people), answers);
    stage.directory.apply(&Event::PushGroup("everyone".into())).unwrap();
    stage.sent();
    let writes = std::iter::repeat_with(|| empty(204)).take(5);
    stage.play(&Event::OnDemand("everyone".into()), [none(), none(), created("g-9")].into_iter().chain(writes));
    let adds = sent(&mut stage).iter().filter(|line| line.contains(r#""op":"Add""#)).count();
    assert_eq!(adds, 5);
}

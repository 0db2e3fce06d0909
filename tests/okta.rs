//! How Okta reacts to answers: what it sends next, what it waits for, and what its admin reads.

mod support;

use std::sync::Arc;
use std::time::Duration;

use scimulator::http::{Answer, Headers, Response};
use scimulator::idp::{Event, Outcome, OutcomeKind, Waiting};
use serde_json::{Map, Value, json};
use support::{Stage, answer, empty, error, line, list, timeout, with_header};

fn okta() -> Stage {
    Stage::new("okta", &json!({}))
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

fn retry(key: &str) -> Event {
    Event::Retry(key.to_owned())
}

fn created(id: &str) -> Answer {
    answer(201, &json!({ "id": id }))
}

fn user(id: &str, login: &str, active: bool) -> Value {
    json!({ "id": id, "userName": login, "active": active })
}

/// Alice is provisioned as `u-1`; what was sent for it is forgotten.
fn with_alice(mut stage: Stage) -> Stage {
    stage.play(&assign("alice"), [list(&json!([])), created("u-1")]);
    stage.sent();
    stage
}

/// Kind and text of the only outcome.
fn told(outcomes: &[Outcome]) -> (OutcomeKind, &str) {
    let [outcome] = outcomes else { panic!("one outcome: {outcomes:?}") };
    (outcome.kind, &outcome.message)
}

/// Methods and paths of what was sent since last asked.
fn steps(stage: &mut Stage) -> Vec<String> {
    let paths = stage.sent();
    paths.iter().map(|sent| sent.split(['?', '{']).next().unwrap_or_default().trim_end().to_owned()).collect()
}

#[test]
fn a_conflict_stops_and_quotes_the_target() {
    let mut stage = okta();
    let outcomes = stage.play(&assign("alice"), [list(&json!([])), error(409, "userName is taken")]);
    assert_eq!(
        told(&outcomes),
        (
            OutcomeKind::Failed,
            "Automatic provisioning of user alice@example.com to app scimulator failed: Error while creating user \
             alice@example.com: Conflict. Errors reported by remote server: userName is taken"
        )
    );
    assert_eq!(stage.dialect.linked("alice"), None);
}

#[test]
fn unassign_and_reassign_after_a_conflict_starts_over_with_the_lookup() {
    let mut stage = okta();
    stage.play(&assign("alice"), [list(&json!([])), error(409, "taken")]);
    stage.sent();
    let outcomes = stage.play(&unassign("alice"), []);
    assert_eq!(told(&outcomes).0, OutcomeKind::Skipped, "there is no id, so there is no request");
    let found = list(&json!([user("u-9", "Alice@Example.com", true)]));
    let read = answer(200, &user("u-9", "Alice@Example.com", true));
    let outcomes = stage.play(&assign("alice"), [found, read.clone(), read]);
    assert_eq!(told(&outcomes).0, OutcomeKind::Linked);
    assert_eq!(steps(&mut stage), ["GET /Users", "GET /Users/u-9", "PUT /Users/u-9"]);
    assert_eq!(stage.dialect.linked("alice"), Some("u-9"));
}

#[test]
fn retry_selected_repeats_what_failed_and_nothing_else() {
    let mut stage = okta();
    stage.play(&assign("alice"), [list(&json!([])), error(403, "no seat is free")]);
    stage.sent();
    let outcomes = stage.play(&retry("alice"), [list(&json!([])), created("u-1")]);
    assert_eq!(told(&outcomes).0, OutcomeKind::Provisioned);
    stage.sent();
    assert_eq!(told(&stage.play(&retry("alice"), [])).0, OutcomeKind::Skipped, "the task is done");
}

#[test]
fn a_failed_update_is_repeated_with_the_same_changes() {
    let mut stage = with_alice(okta());
    let text = "Error while trying to push profile update for alice@example.com: Internal Server Error.";
    let outcomes = stage.play(&change("alice", &json!({ "familyName": "Roe" })), [empty(500)]);
    assert_eq!(told(&outcomes), (OutcomeKind::Failed, text));
    stage.sent();
    let read = answer(200, &user("u-1", "alice@example.com", true));
    stage.play(&retry("alice"), [read.clone(), read]);
    assert_eq!(
        stage.sent()[1],
        r#"PUT /Users/u-1 {"id":"u-1","userName":"alice@example.com","active":true,"name":{"familyName":"Roe"}}"#
    );
}

#[test]
fn a_failed_deactivation_is_repeated_although_the_link_is_gone() {
    let mut stage = with_alice(okta());
    let outcomes = stage.play(&unassign("alice"), [error(501, "PATCH is not supported")]);
    assert_eq!(
        told(&outcomes).1,
        "Automatic deprovisioning of user alice@example.com from app scimulator failed: Error while deactivating user \
         alice@example.com: Not Implemented. Errors reported by remote server: PATCH is not supported"
    );
    assert_eq!(steps(&mut stage), ["PATCH /Users/u-1"], "no fallback to PUT");
    assert_eq!(told(&stage.play(&retry("alice"), [empty(204)])).0, OutcomeKind::Deactivated);
}

#[test]
fn numbers_written_as_text_end_it_without_a_word() {
    let mut stage = okta();
    let lookup = answer(200, &json!({ "totalResults": 0, "startIndex": "1", "itemsPerPage": 0, "Resources": [] }));
    let outcomes = stage.play(&assign("alice"), [lookup]);
    assert_eq!(outcomes[0].code.as_deref(), Some("application.provision.user.sync"));
    assert_eq!(steps(&mut stage), ["GET /Users"], "no POST follows");
}

#[test]
fn an_unknown_token_is_told_as_such() {
    let outcomes = okta().play(&assign("alice"), [error(401, "the token was revoked")]);
    let text = "Automatic provisioning of user alice@example.com to app scimulator failed: Error while verifying if user \
                alice@example.com exists: Unauthorized. Errors reported by remote server: the token was revoked";
    assert_eq!(told(&outcomes), (OutcomeKind::Failed, text));
}

#[test]
fn a_create_without_an_id_is_an_empty_user() {
    for made in [empty(201), answer(201, &json!({ "userName": "alice@example.com" }))] {
        let outcomes = okta().play(&assign("alice"), [list(&json!([])), made]);
        let text = "Automatic provisioning of user alice@example.com to app scimulator failed: Error while creating \
                    user Alice Cooper: Create new user returned empty user.";
        assert_eq!(told(&outcomes), (OutcomeKind::Failed, text));
    }
}

#[test]
fn nothing_is_written_to_a_stranger() {
    for found in [
        list(&json!([user("9", "root@acme.test", true)])),
        list(&json!([user("u-1", "alice@example.com", true), user("9", "root@acme.test", true)])),
    ] {
        let mut stage = okta();
        let outcomes = stage.play(&assign("alice"), [found]);
        assert_eq!(outcomes[0].code.as_deref(), Some("stranger"));
        assert!(outcomes[0].message.contains("`9` (root@acme.test)"), "{}", outcomes[0].message);
        assert_eq!(steps(&mut stage), ["GET /Users"]);
    }
}

#[test]
fn two_accounts_of_the_same_name_are_ambiguous() {
    let mut stage = okta();
    let found = list(&json!([user("1", "alice@example.com", true), user("2", "ALICE@example.com", true)]));
    let outcomes = stage.play(&assign("alice"), [found]);
    assert!(told(&outcomes).1.ends_with("more than one user matches."), "{}", outcomes[0].message);
    assert_eq!(steps(&mut stage), ["GET /Users"]);
}

#[test]
fn a_group_found_by_name_is_a_stranger_when_it_has_another() {
    let mut stage = Stage::new("okta", &json!({ "group-lookup": true }));
    let found = list(&json!([{ "id": "g-9", "displayName": "Admins" }]));
    let outcomes = stage.play(&Event::PushGroup("sales".into()), [found]);
    assert_eq!(outcomes[0].code.as_deref(), Some("stranger"));
    assert_eq!(steps(&mut stage), ["GET /Groups"]);
}

#[test]
fn an_account_that_vanished_is_not_made_again() {
    let mut stage = with_alice(okta());
    let outcomes = stage.play(&change("alice", &json!({ "givenName": "Al" })), [error(404, "no such user")]);
    let text = "Error while trying to push profile update for alice@example.com: Not Found. Errors reported by remote \
                server: no such user";
    assert_eq!(told(&outcomes), (OutcomeKind::Failed, text));
    assert_eq!(steps(&mut stage), ["GET /Users/u-1"]);
}

#[test]
fn changes_nobody_mapped_send_nothing() {
    let mut stage = with_alice(okta());
    assert_eq!(told(&stage.play(&change("alice", &json!({ "city": "Oslo" })), [])).0, OutcomeKind::Skipped);
    let mut full = with_alice(Stage::new("okta", &json!({ "mapping": "full", "clear-as": "null" })));
    let read =
        answer(200, &json!({ "id": "u-1", "title": "Lead", "Addresses": [{ "type": "work", "primary": true }] }));
    full.play(&change("alice", &json!({ "city": "Oslo", "title": null })), [read.clone(), read]);
    assert_eq!(
        full.sent()[1],
        r#"PUT /Users/u-1 {"id":"u-1","title":null,"Addresses":[{"type":"work","primary":true,"locality":"Oslo"}]}"#
    );
}

#[test]
fn a_login_may_be_excluded_from_updates() {
    let mut stage = with_alice(Stage::new("okta", &json!({ "exclude-username-updates": true })));
    let outcomes = stage.play(&change("alice", &json!({ "userName": "al@example.com" })), []);
    assert_eq!(told(&outcomes).0, OutcomeKind::Skipped);
}

#[test]
fn an_assignment_after_a_rename_looks_for_the_new_name() {
    // OKTA-Q18: the account still has the old one, so the create that follows collides.
    let mut stage = with_alice(okta());
    stage.play(&unassign("alice"), [empty(204)]);
    stage.play(&change("alice", &json!({ "userName": "roe@example.com" })), []);
    stage.sent();
    let outcomes = stage.play(&assign("alice"), [list(&json!([])), error(409, "the address is in use")]);
    assert_eq!(told(&outcomes).0, OutcomeKind::Failed);
    assert!(stage.sent()[0].contains("%22roe%40example.com%22"));
}

#[test]
fn a_person_enabled_again_is_looked_for_and_activated() {
    let mut stage = with_alice(okta());
    stage.play(&Event::Disable("alice".into()), [empty(204)]);
    stage.sent();
    let found = list(&json!([user("u-1", "alice@example.com", false)]));
    let read = answer(200, &user("u-1", "alice@example.com", true));
    let outcomes = stage.play(&Event::Enable("alice".into()), [found, empty(204), read.clone(), read]);
    assert_eq!(told(&outcomes).0, OutcomeKind::Linked);
    assert_eq!(steps(&mut stage), ["GET /Users", "PATCH /Users/u-1", "GET /Users/u-1", "PUT /Users/u-1"]);
}

#[test]
fn no_seat_for_a_reactivation_stops_before_the_profile() {
    let mut stage = okta();
    let found = list(&json!([user("u-1", "alice@example.com", false)]));
    let outcomes = stage.play(&assign("alice"), [found, error(403, "no seat is free")]);
    assert!(told(&outcomes).1.ends_with("Forbidden. Errors reported by remote server: no seat is free"));
    assert_eq!(steps(&mut stage), ["GET /Users", "PATCH /Users/u-1"]);
}

#[test]
fn no_answer_within_a_minute_is_a_task() {
    let outcomes = okta().play(&assign("alice"), [list(&json!([])), timeout()]);
    assert!(told(&outcomes).1.ends_with("Error while creating user alice@example.com: no answer within 60 s."));
}

#[test]
fn the_wait_after_429_is_what_the_target_says_then_doubles() {
    let mut stage = okta();
    let throttled = || with_header(429, "Retry-After", "7");
    stage.play(&assign("alice"), [throttled(), throttled(), list(&json!([])), created("u-1")]);
    let seconds = Duration::from_secs;
    assert_eq!(stage.port.waits, [(seconds(7), Waiting::RetryAfter), (seconds(14), Waiting::RetryAfter)]);
    assert_eq!(steps(&mut stage), ["GET /Users", "GET /Users", "GET /Users", "POST /Users"]);
}

#[test]
fn a_date_in_retry_after_counts_as_none() {
    let mut stage = okta();
    let date = with_header(429, "Retry-After", "Wed, 21 Oct 2026 07:28:00 GMT");
    stage.play(&assign("alice"), [date, with_header(429, "Retry-After", "1.5"), list(&json!([])), created("u-1")]);
    let seconds = Duration::from_secs;
    assert_eq!(stage.port.waits, [(seconds(300), Waiting::BackOff), (seconds(600), Waiting::BackOff)]);
}

#[test]
fn a_date_counts_where_a_knob_says_so() {
    let knobs = json!({ "retry429": { "default-s": 300, "factor": 2, "max": 10, "accept-http-date": true } });
    let mut stage = Stage::new("okta", &knobs);
    let fields = [("Date", "Wed, 21 Oct 2026 07:28:00 GMT"), ("Retry-After", "Wed, 21 Oct 2026 07:28:40 GMT")];
    let throttled = Ok(Arc::new(Response::new(429, Headers::from_iter(fields), "")));
    stage.play(&assign("alice"), [throttled, list(&json!([])), created("u-1")]);
    assert_eq!(stage.port.waits, [(Duration::from_secs(40), Waiting::RetryAfter)]);
}

#[test]
fn ten_attempts_are_the_most() {
    let mut stage = okta();
    let outcomes = stage.play(&assign("alice"), std::iter::repeat_with(|| empty(429)).take(10));
    assert!(told(&outcomes).1.ends_with("Error while verifying if user alice@example.com exists: Too Many Requests."));
    assert_eq!(stage.port.waits.len(), 9);
    assert_eq!(stage.sent().len(), 10);
}

#[test]
fn the_connection_test_wants_a_list_of_users_and_does_not_care_for_groups() {
    let test = |answers: Vec<Answer>| {
        let outcomes = okta().play(&Event::TestConnection, answers);
        (outcomes[0].kind, outcomes[0].message.clone())
    };
    assert_eq!(test(vec![list(&json!([])), empty(404)]).0, OutcomeKind::Connected);
    let no_list = answer(200, &json!({ "Resources": [] }));
    assert_eq!(test(vec![no_list]), (OutcomeKind::Failed, "No results for users returned".to_owned()));
    let unauthorized = "Error authenticating: Unauthorized. Errors reported by remote server: unknown token";
    assert_eq!(test(vec![error(401, "unknown token")]), (OutcomeKind::Failed, unauthorized.to_owned()));
}

#[test]
fn an_import_ends_with_the_last_page_even_when_pages_are_smaller_than_asked() {
    let mut stage = okta();
    let page = |total: u64, ids: &[&str]| {
        let users: Vec<Value> = ids.iter().map(|id| json!({ "id": id })).collect();
        answer(200, &json!({ "totalResults": total, "Resources": users }))
    };
    let answers = [page(3, &["1", "2"]), page(3, &["3"]), page(5, &[])];
    let outcomes = stage.play(&Event::Import, answers);
    assert_eq!(told(&outcomes), (OutcomeKind::Imported, "3 users and 0 groups imported"));
    assert_eq!(stage.sent()[1], "GET /Users?startIndex=3&count=100");
}

#[test]
fn an_import_without_an_end_is_bounded() {
    let mut stage = okta();
    let endless = answer(200, &json!({ "totalResults": 1_000_000, "Resources": [{ "id": "1" }] }));
    stage.play(&Event::Import, std::iter::repeat_n(endless, 400));
    assert_eq!(stage.sent().len(), 400, "200 pages of either type");
}

#[test]
fn only_members_who_are_assigned_and_provisioned_are_pushed() {
    let mut stage = with_alice(okta());
    let outcomes = stage.play(&Event::PushGroup("everyone".into()), [created("g-1"), empty(204), empty(204)]);
    assert_eq!(told(&outcomes).0, OutcomeKind::Provisioned);
    assert!(stage.sent()[2].ends_with(r#""value":[{"value":"u-1","display":"alice@example.com"}]}]}"#));
    let nobody =
        Event::ChangeMembers { group: "everyone".into(), add: vec!["bob".into()], remove: vec!["judy".into()] };
    assert_eq!(told(&stage.play(&nobody, [])).0, OutcomeKind::Skipped, "neither has an account");
}

#[test]
fn a_group_that_fails_waits_for_the_admin() {
    let mut stage = okta();
    let outcomes = stage.play(&Event::PushGroup("sales".into()), [error(409, "there is such a group")]);
    let text = "Unable to update Group Push mapping target App group Sales EU: Error while creating user group Sales \
                EU: Conflict. Errors reported by remote server: there is such a group";
    assert_eq!(told(&outcomes), (OutcomeKind::Failed, text));
    let outcomes = stage.play(&retry("sales"), [created("g-1"), empty(204), empty(204)]);
    assert_eq!(told(&outcomes).0, OutcomeKind::Provisioned);
}

#[test]
fn names_outside_ascii_and_apostrophes_go_out_whole() {
    let mut stage = Stage::new("okta", &json!({ "group-lookup": true }));
    let rename = Event::RenameGroup { group: "sales".into(), to: "Müller & O'Neil #1".into() };
    stage.play(&rename, []);
    stage.play(&Event::PushGroup("sales".into()), [list(&json!([])), created("g-1"), empty(204), empty(204)]);
    let sent = stage.sent();
    assert!(sent[0].contains("%22M%C3%BCller%20%26%20O%27Neil%20%231%22"), "{}", sent[0]);
    assert!(sent[1].contains(r#""displayName":"Müller & O'Neil #1""#), "{}", sent[1]);
}

#[test]
fn every_create_has_its_own_password() {
    let mut stage = okta();
    let answers = [list(&json!([])), created("u-1"), list(&json!([])), created("u-2")];
    stage.play(&Event::Assign(vec!["alice".into(), "bob".into()]), answers);
    let passwords: Vec<String> = stage
        .port
        .requests
        .iter()
        .filter_map(|request| {
            let body: Map<String, Value> = request.json()?.as_object()?.clone();
            Some(body.get("password")?.as_str()?.to_owned())
        })
        .collect();
    assert_eq!(passwords.iter().map(String::len).collect::<Vec<_>>(), [8, 8]);
    assert_ne!(passwords[0], passwords[1]);
}

#[test]
fn what_only_other_providers_do_sends_nothing() {
    let mut stage = with_alice(okta());
    for event in
        [Event::Cycle, Event::Restart { full: true }, Event::OnDemand("alice".into()), Event::Restore("alice".into())]
    {
        assert_eq!(told(&stage.play(&event, [])).0, OutcomeKind::Skipped, "{event:?}");
    }
    assert!(stage.port.requests.iter().map(line).next().is_none());
}

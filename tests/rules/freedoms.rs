//! A correct server may differ: no rule says a word about it.

use scimulator::finding::{Severity, Verdict};
use serde_json::{Value, json};

use crate::bench::{Play, active_rules, assert_silent, findings};

/// Plays all rules on a server with these settings.
fn silent(server: &Value) {
    assert_silent(&Play::with_server(server).run(active_rules()), &server.to_string());
}

#[test]
fn no_etags() {
    silent(&json!({ "etag": false }));
}

#[test]
fn no_patch() {
    silent(&json!({ "patch": false }));
}

#[test]
fn no_filters() {
    silent(&json!({ "filter": false }));
}

#[test]
fn no_sorting_and_no_search() {
    silent(&json!({ "sort": false, "search": false }));
}

#[test]
fn no_bulk() {
    silent(&json!({ "bulk": false }));
}

#[test]
fn no_groups() {
    silent(&json!({ "groups": false }));
}

#[test]
fn discovery_needs_credentials() {
    let server = json!({ "public-discovery": false });
    let (minded, others): (Vec<_>, Vec<_>) = Play::with_server(&server)
        .run(active_rules())
        .into_iter()
        .partition(|result| result.scenario == "auth/discovery-public");
    assert_silent(&others, &server.to_string());
    // The RFC recommends it and leaves it to the operator: told as a fact, whoever judges.
    let severities: Vec<_> = findings(&minded).map(|judged| judged.severity).collect();
    assert_eq!((minded[0].verdict.clone(), severities), (Verdict::Pass, vec![Severity::Info]));
}

#[test]
fn pages_can_be_walked_by_cursors() {
    silent(&json!({ "cursors": "offered" }));
}

#[test]
fn pages_come_by_cursors_unless_others_are_asked_for() {
    silent(&json!({ "cursors": "default" }));
    silent(&json!({ "cursors": "default", "max-results": 3, "page-size": 3 }));
}

#[test]
fn writes_are_done_later_where_that_is_preferred() {
    silent(&json!({ "async-requests": true }));
}

#[test]
fn there_are_roles_and_entitlements_as_types() {
    silent(&json!({ "okta-types": true }));
}

#[test]
fn patch_answers_204_for_users_and_200_for_groups() {
    silent(&json!({ "patch-users": 204, "patch-groups": 200 }));
}

#[test]
fn an_empty_list_has_no_resources() {
    silent(&json!({ "resources-when-empty": false }));
}

#[test]
fn the_media_type_names_its_charset() {
    silent(&json!({ "charset": true }));
}

#[test]
fn put_keeps_what_it_does_not_name() {
    silent(&json!({ "put-omitted": "keep" }));
}

#[test]
fn unknown_attributes_are_refused() {
    let server = json!({ "unknown-attributes": "refuse" });
    let (minded, others): (Vec<_>, Vec<_>) = Play::with_server(&server)
        .run(active_rules())
        .into_iter()
        .partition(|result| result.scenario == "entra/extra-group-schema");
    assert_silent(&others, &server.to_string());
    // By the RFC it may be refused, and Entra minds: said with Entra's name on it only.
    let breaks: Vec<_> = findings(&minded).map(|judged| judged.breaks.clone()).collect();
    assert_eq!(breaks, [["Entra"]]);
}

#[test]
fn unknown_members_are_listed() {
    silent(&json!({ "unknown-members": "accept" }));
}

#[test]
fn two_groups_may_have_the_same_name() {
    silent(&json!({ "unique-group-names": false }));
}

#[test]
fn a_filtered_replace_makes_what_it_does_not_find() {
    silent(&json!({ "replace-creates": true }));
}

#[test]
fn pages_hold_three_resources() {
    silent(&json!({ "max-results": 3, "page-size": 3 }));
}

#[test]
fn one_email_address_belongs_to_one_account() {
    silent(&json!({ "unique-addresses": true }));
}

#[test]
fn a_changed_address_waits_for_its_owner() {
    silent(&json!({ "verify-email": true }));
}

#[test]
fn people_are_invited_first() {
    silent(&json!({ "invitations": true }));
}

#[test]
fn no_free_seat_is_402_or_400() {
    for status in [400, 402, 413, 422] {
        silent(&json!({ "capacity": { "status": status, "detail": "No seat is free." } }));
    }
}

#[test]
fn requests_are_limited() {
    silent(&json!({ "rate-limit": { "requests": 5, "seconds": 1 } }));
}

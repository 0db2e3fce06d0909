//! Correct servers that offer less, or behave otherwise where the RFCs leave it to them.

use serde_json::{Value, json};

use crate::bench::assert_correct;

/// A server with other settings and nothing around it.
fn correct(settings: &Value) {
    assert_correct(settings, |server| server);
}

#[test]
fn as_it_is() {
    correct(&json!({}));
}

#[test]
fn no_etags_no_sorting_and_no_search() {
    correct(&json!({ "etag": false, "sort": false, "search": false }));
}

#[test]
fn no_patch() {
    correct(&json!({ "patch": false }));
}

#[test]
fn no_filters() {
    correct(&json!({ "filter": false }));
}

#[test]
fn no_groups() {
    correct(&json!({ "groups": false }));
}

#[test]
fn patch_answers_204_for_users_and_200_for_groups_and_discovery_needs_credentials() {
    correct(&json!({ "patch-users": 204, "patch-groups": 200, "public-discovery": false }));
}

#[test]
fn an_empty_list_has_no_resources_and_media_types_name_their_charset() {
    correct(&json!({ "resources-when-empty": false, "charset": true }));
}

#[test]
fn put_keeps_what_it_does_not_name() {
    correct(&json!({ "put-omitted": "keep" }));
}

#[test]
fn unknown_members_are_listed_and_two_groups_may_have_the_same_name() {
    correct(&json!({ "unknown-members": "accept", "unique-group-names": false }));
}

#[test]
fn a_filtered_replace_makes_what_it_does_not_find() {
    correct(&json!({ "replace-creates": true }));
}

#[test]
fn pages_hold_three_resources() {
    correct(&json!({ "max-results": 3, "page-size": 3 }));
}

#[test]
fn a_list_shows_two_resources_when_nobody_counts() {
    correct(&json!({ "max-results": 50, "page-size": 2 }));
}

#[test]
fn one_email_address_belongs_to_one_account() {
    correct(&json!({ "unique-addresses": true }));
}

#[test]
fn people_are_invited_and_a_changed_address_waits_for_its_owner() {
    correct(&json!({ "verify-email": true, "invitations": true }));
}

#[test]
fn roles_are_given_in_the_app() {
    correct(&json!({ "roles-in-app": true }));
}

#[test]
fn no_free_seat_is_422() {
    // No RFC names a status for it; 402 and 403 are among the products.
    correct(&json!({ "seats": 40, "capacity": { "status": 422, "detail": "No seat is free." } }));
}

#[test]
fn requests_are_limited() {
    correct(&json!({ "rate-limit": { "requests": 100, "seconds": 1 } }));
}

#[test]
fn with_few_seats() {
    assert_correct(&json!({ "seats": 12 }), |server| server);
}

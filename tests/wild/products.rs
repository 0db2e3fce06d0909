//! Correct servers as whole products are: many freedoms at once.

use scimulator::faults::wrap::{Inner, resources};
use serde_json::{Value, json};

use crate::answered::{discovery_403, few_scim_types, german_errors, only_eq};
use crate::bench::{assert_correct, assert_tolerated};
use crate::carried::{chunked, lower_case_headers, now_and_then_429};
use crate::shown::{no_groups_of_users, unassigned_shown};
use crate::written::{decimal_ids, offset_times, otherwise_written, relative_locations};

#[test]
fn one_that_does_as_little_as_it_may() {
    let least = json!({
        "patch": false, "filter": false, "sort": false, "etag": false, "search": false, "groups": false,
        "resources-when-empty": false, "public-discovery": false, "put-omitted": "keep",
    });
    assert_correct(&least, |server| few_scim_types(no_groups_of_users(server)));
}

#[test]
fn one_without_patch_and_filters_but_with_groups() {
    assert_correct(&json!({ "patch": false, "filter": false, "sort": false, "etag": false }), |server| server);
}

#[test]
fn one_like_a_german_company_would_write_it() {
    let settings = json!({
        "etag": false, "sort": false, "bulk": false, "patch-users": 204, "patch-groups": 204, "max-results": 50,
        "page-size": 50, "charset": true, "seats": 60, "capacity": { "status": 402, "detail": "Alle Plätze sind vergeben." },
    });
    assert_correct(&settings, |server| german_errors(lower_case_headers(offset_times(decimal_ids(server)))));
}

#[test]
fn one_like_a_directory_of_a_large_cloud() {
    let settings = json!({
        "sort": false, "etag": false, "max-results": 50, "page-size": 50, "patch-users": 200, "patch-groups": 204,
        "search": false, "unique-group-names": true, "unknown-members": "refuse",
    });
    assert_tolerated(&settings, |server| only_eq(discovery_403(lower_case_headers(server))));
}

#[test]
fn one_like_an_open_source_login_server() {
    let settings = json!({
        "etag": false, "unique-group-names": false, "unknown-members": "accept", "patch-users": 200,
        "patch-groups": 200, "replace-creates": true, "unique-addresses": true,
    });
    assert_tolerated(&settings, |server| unassigned_shown(otherwise_written(no_groups_of_users(server))));
}

#[test]
fn one_behind_a_busy_gateway() {
    let settings = json!({ "max-results": 3, "page-size": 3, "resources-when-empty": false });
    assert_correct(&settings, |server| chunked(now_and_then_429(lower_case_headers(server))));
}

#[test]
fn one_that_writes_everything_otherwise() {
    let settings = json!({
        "bulk": false, "patch-users": 204, "patch-groups": 200, "charset": true, "max-results": 5, "page-size": 5,
    });
    let around: fn(Inner) -> Inner =
        |server| otherwise_written(offset_times(relative_locations(decimal_ids(unassigned_shown(server)))));
    assert_correct(&settings, around);
}

#[test]
fn one_that_sells_seats_and_invites_people() {
    let settings = json!({
        "seats": 60, "invitations": true, "verify-email": true, "unique-addresses": true, "provisioned-only": true,
        "roles-in-app": true, "capacity": { "status": 403, "detail": "No seat is free." },
    });
    assert_correct(&settings, german_errors);
}

/// A house of mail: every mailbox has an alias that nobody wrote.
#[test]
fn one_that_gives_every_mailbox_an_alias() {
    let around: fn(Inner) -> Inner = |server| {
        resources(server, |_, user| {
            let Some(emails) = user.get_mut("emails").and_then(Value::as_array_mut).filter(|all| !all.is_empty())
            else {
                return;
            };
            let first = emails[0]["value"].as_str().unwrap_or_default().to_owned();
            let alias = format!("{}@alias.example.org", first.split('@').next().unwrap_or_default());
            if !emails.iter().any(|email| email["value"] == alias.as_str()) {
                emails.push(json!({ "value": alias }));
            }
        })
    };
    assert_tolerated(&json!({}), around);
}

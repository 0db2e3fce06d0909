//! Which accounts exist, are seen, are let in, are gone.

use scimulator::control::Action;
use serde_json::json;

use super::support::{Proof, Scim, group, member_of, replace, user, user_with};
use scimulator::http::Method;

pub const PROOFS: &[Proof] = &[
    Proof {
        behaviour: "uniqueness=email",
        play: |scim| {
            let email = json!([{ "value": "shared@example.com", "type": "work" }]);
            let first = scim.create(user_with("alice@example.com", "emails", email.clone())).status;
            format!("{first} {}", scim.create(user_with("bob@example.com", "emails", email)).status)
        },
        with: "201 409",
        without: "201 201",
    },
    Proof {
        behaviour: "uniqueness=global-email",
        play: |scim| {
            let before = scim.found("alice@example.com");
            let created = scim.create(user("alice@example.com"));
            let kind = member_of(&created, "scimType");
            format!("{before} {} {kind} {}", created.status, scim.found("alice@example.com"))
        },
        with: "0 409 \"uniqueness\" 0",
        without: "0 201 null 1",
    },
    Proof {
        behaviour: "uniqueness=global-email:Bob@example.com",
        play: |scim| {
            let alice = scim.user("alice@example.com");
            let renamed = scim.patch(&alice, replace("userName", json!("bob@example.com"))).status;
            let email = json!([{ "value": "bob@example.com", "type": "work" }]);
            format!("{renamed} {}", scim.create(user_with("b", "emails", email)).status)
        },
        with: "409 409",
        without: "200 201",
    },
    Proof {
        behaviour: "lookup-late",
        play: |scim| {
            let before = scim.found("alice@example.com");
            let created = scim.create(user("alice@example.com")).status;
            let found = member_of(&scim.lookup("alice@example.com"), "Resources")[0]["id"].clone();
            let linked = scim.put(&format!("/Users/{}", found.as_str().unwrap()), user("alice@example.com")).status;
            format!("{before} {created} {linked}")
        },
        with: "0 409 200",
        without: "0 201 200",
    },
    Proof {
        behaviour: "lookup-duplicates",
        play: |scim| {
            scim.user("alice@example.com");
            format!("{} {}", scim.found("alice@example.com"), scim.found("bob@example.com"))
        },
        with: "2 0",
        without: "1 0",
    },
    Proof { behaviour: "lookup-hides-inactive", play: look_at_inactive, with: "0 200 200", without: "1 200 200" },
    Proof { behaviour: "item-hides-inactive", play: look_at_inactive, with: "1 404 404", without: "1 200 200" },
    Proof {
        behaviour: "hard-delete-on-deactivate",
        play: |scim| {
            let (alice, bob) = (scim.user("alice@example.com"), scim.user("bob@example.com"));
            let patched = scim.patch(&alice, replace("active", json!(false))).status;
            let put = scim.put(&bob, user_with("bob@example.com", "active", json!(false))).status;
            let kept = scim.user("carol@example.com");
            let renamed = scim.patch(&kept, replace("title", json!("Singer"))).status;
            let after = [&alice, &bob, &kept].map(|path| scim.get(path).status);
            format!("{patched} {put} {renamed} {after:?}")
        },
        with: "200 200 200 [404, 404, 200]",
        without: "200 200 200 [200, 200, 200]",
    },
    Proof {
        behaviour: "users-vanish",
        play: |scim| {
            let alice = scim.user("alice@example.com");
            format!("{} {}", scim.get(&alice).status, scim.found("alice@example.com"))
        },
        with: "404 0",
        without: "200 1",
    },
    Proof {
        behaviour: "users-vanish=2",
        play: |scim| {
            let (alice, staff) = (scim.user("alice@example.com"), scim.group("Staff"));
            let answers = [0, 1, 2].map(|_| scim.get(&alice).status);
            format!("{answers:?} {}", scim.get(&staff).status)
        },
        with: "[200, 200, 404] 200",
        without: "[200, 200, 200] 200",
    },
    Proof {
        behaviour: "groups-vanish=1",
        play: |scim| {
            let (alice, staff) = (scim.user("alice@example.com"), scim.group("Staff"));
            let answers = [0, 1].map(|_| scim.get(&staff).status);
            format!("{answers:?} {}", scim.get(&alice).status)
        },
        with: "[200, 404] 200",
        without: "[200, 200] 200",
    },
    Proof {
        behaviour: "email-change=pending",
        play: |scim| {
            let alice = scim.user("alice@example.com");
            let put = scim.put(&alice, user_with("cooper@example.com", "title", json!("Singer")));
            format!("{} {} {}", put.status, member_of(&put, "userName"), scim.shown(&alice, "title"))
        },
        with: "200 \"alice@example.com\" \"Singer\"",
        without: "200 \"cooper@example.com\" \"Singer\"",
    },
    Proof { behaviour: "seats=1", play: two_people, with: "201 403", without: "201 201" },
    Proof { behaviour: "seats=1:402", play: two_people, with: "201 402", without: "201 201" },
    Proof {
        behaviour: "invitations",
        play: |scim| {
            scim.user("alice@example.com");
            let mails = scim.control(Action::Outbox { address: "alice@example.com".to_owned() }).mails.unwrap();
            let again = member_of(&scim.create(user("alice@example.com")), "detail").to_string();
            format!("{mails} {}", again.contains("whose invitation is not accepted yet"))
        },
        with: "1 true",
        without: "0 false",
    },
    Proof {
        behaviour: "member-check",
        play: |scim| {
            let alice = scim.user("alice@example.com");
            let known = scim.send(Method::Post, "/Groups", group("Staff", &[alice.rsplit('/').next().unwrap()])).status;
            format!("{known} {}", scim.send(Method::Post, "/Groups", group("Others", &["nobody"])).status)
        },
        with: "201 400",
        without: "201 201",
    },
];

/// What a lookup finds of somebody deactivated, then a read and the write that brings them back.
fn look_at_inactive(scim: &mut Scim) -> String {
    let alice = scim.user("alice@example.com");
    scim.patch(&alice, replace("active", json!(false)));
    let found = scim.found("alice@example.com");
    let read = scim.get(&alice).status;
    format!("{found} {read} {}", scim.put(&alice, user_with("alice@example.com", "active", json!(true))).status)
}

fn two_people(scim: &mut Scim) -> String {
    format!("{} {}", scim.create(user("alice@example.com")).status, scim.create(user("bob@example.com")).status)
}

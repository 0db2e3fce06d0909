//! Lists that cannot be read, bodies that are none, answers from elsewhere, methods that are not there.

use std::time::Duration;

use scimulator::http::Method;
use scimulator::server::Reply;
use serde_json::json;

use super::support::{Proof, Scim, member_of, raw, refused, replace, user};

pub const PROOFS: &[Proof] = &[
    Proof {
        behaviour: "list-numbers-as-strings",
        play: |scim| {
            scim.user("alice@example.com");
            ["totalResults", "startIndex", "itemsPerPage"].map(|name| scim.shown("/Users", name).to_string()).join(" ")
        },
        with: "\"1\" \"1\" \"1\"",
        without: "1 1 1",
    },
    Proof {
        behaviour: "list-without=schemas",
        play: |scim| format!("{} {}", scim.shown("/Users", "schemas").is_null(), scim.shown("/Users", "totalResults")),
        with: "true 0",
        without: "false 0",
    },
    Proof {
        behaviour: "list-without=Resources",
        play: |scim| {
            let alice = scim.user("alice@example.com");
            format!("{} {}", scim.shown("/Users", "Resources").is_null(), scim.get(&alice).status)
        },
        with: "true 200",
        without: "false 200",
    },
    Proof {
        behaviour: "list-null-resources",
        play: |scim| {
            let empty = scim.lookup("alice@example.com").json().unwrap().get("Resources").cloned();
            scim.user("alice@example.com");
            format!("{} {}", json!(empty), scim.found("alice@example.com"))
        },
        with: "null 1",
        without: "[] 1",
    },
    Proof {
        behaviour: "empty-201",
        play: |scim| {
            let created = scim.create(user("alice@example.com"));
            format!("{} {} {}", created.status, created.body.is_empty(), scim.found("alice@example.com"))
        },
        with: "201 true 1",
        without: "201 false 1",
    },
    Proof {
        behaviour: "gateway",
        play: |scim| raw(&scim.get("/Groups")),
        with: "502 text/plain; charset=UTF-8: error code: 502",
        without: "200 JSON",
    },
    Proof {
        behaviour: "gateway=503:POST/Users",
        play: |scim| {
            let created = scim.create(user("alice@example.com")).status;
            format!("{created} {} {}", scim.found("alice@example.com"), scim.get("/Groups").status)
        },
        with: "503 0 200",
        without: "201 1 200",
    },
    Proof {
        behaviour: "html-answers=GET/Users",
        play: |scim| format!("{} {}", raw(&scim.get("/Users")), raw(&scim.get("/Groups"))),
        with: "200 text/html; charset=utf-8: <!DOCTYPE html> 200 JSON",
        without: "200 JSON 200 JSON",
    },
    Proof {
        behaviour: "internal-error=/Users/",
        play: |scim| {
            let alice = scim.user("alice@example.com");
            format!("{} {}", refused(&scim.get(&alice)), scim.found("alice@example.com"))
        },
        with: "500 Internal Server Error 1",
        without: "200 1",
    },
    Proof {
        behaviour: "no-answer=POST/Users",
        play: |scim| {
            let create = scim.request(Method::Post, "/Users").with_header("Content-Type", "application/scim+json");
            let is_dropped = scim.reply(&create.with_json(&user("alice@example.com"))) == Reply::Drop;
            format!("{is_dropped} {} {}", scim.found("alice@example.com"), scim.get("/Groups").status)
        },
        with: "true 0 200",
        without: "false 1 200",
    },
    Proof {
        behaviour: "slow-answers=61:POST",
        play: |scim| {
            let create = scim.request(Method::Post, "/Users").with_header("Content-Type", "application/scim+json");
            let (time, answer) = match scim.reply(&create.with_json(&user("alice@example.com"))) {
                Reply::Answer(answer) => (Duration::ZERO, answer),
                Reply::Late(time, answer) => (time, answer),
                other => panic!("{other:?}"),
            };
            format!("{time:?} {} {}", answer.status, scim.found("alice@example.com"))
        },
        with: "61s 201 1",
        without: "0ns 201 1",
    },
    Proof {
        behaviour: "no-patch",
        play: |scim| {
            let alice = scim.user("alice@example.com");
            let announced = scim.shown("/ServiceProviderConfig", "patch")["supported"].clone();
            format!("{} {announced}", scim.patch(&alice, replace("title", json!("Singer"))).status)
        },
        with: "501 false",
        without: "200 true",
    },
    Proof {
        behaviour: "no-put",
        play: |scim| {
            let alice = scim.user("alice@example.com");
            let put = scim.put(&alice, user("alice@example.com")).status;
            format!("{put} {}", scim.patch(&alice, replace("title", json!("Singer"))).status)
        },
        with: "405 200",
        without: "200 200",
    },
    Proof {
        behaviour: "no-delete-route",
        play: |scim| {
            let alice = scim.user("alice@example.com");
            format!("{} {}", raw(&scim.delete(&alice)), scim.get(&alice).status)
        },
        with: "404 text/html; charset=utf-8: <!DOCTYPE html> 200",
        without: "204 nothing:  404",
    },
    Proof {
        behaviour: "strict-boolean-patch",
        play: |scim| {
            let alice = scim.user("alice@example.com");
            let texts = [
                replace("active", json!("False")),
                json!({ "op": "replace", "value": { "active": "true" } }),
                json!({ "op": "add", "path": "emails", "value": [{ "value": "a@example.com", "primary": "True" }] }),
                replace("active", json!(true)),
                replace("displayName", json!("True")),
            ];
            format!("{:?}", texts.map(|operation| scim.patch(&alice, operation).status))
        },
        with: "[400, 400, 400, 200, 200]",
        without: "[200, 200, 200, 200, 200]",
    },
    Proof {
        behaviour: "strict-op-case",
        play: |scim| {
            let alice = scim.user("alice@example.com");
            let ops = ["Replace", "replace"].map(|op| json!({ "op": op, "path": "title", "value": "Singer" }));
            format!("{:?}", ops.map(|operation| scim.patch(&alice, operation).status))
        },
        with: "[400, 200]",
        without: "[200, 200]",
    },
];

#[test]
fn which_requests_are_hit_can_be_said_by_method_and_place() {
    let hit = |which: &str, method, target: &str| {
        let behaviour = format!("gateway=502:{which}").parse().unwrap();
        let mut scim = Scim::of(&[behaviour]);
        scim.send(method, target, json!({})).status == 502
    };
    for (which, method, target, expected) in [
        ("POST", Method::Post, "/Groups", true),
        ("POST", Method::Put, "/Groups/1", false),
        ("/Users", Method::Post, "/Users", true),
        ("/Users", Method::Put, "/Users/1", true),
        ("/Users", Method::Post, "/UsersOfOld", false),
        ("/Users/", Method::Put, "/Users/1", true),
        ("/Users/", Method::Post, "/Users", false),
        ("PUT/Users/1", Method::Put, "/Users/1", true),
        ("PUT/Users/1", Method::Put, "/Users/12", false),
    ] {
        assert_eq!(hit(which, method, target), expected, "{which}: {method} {target}");
    }
}

/// An identity provider that cannot read the answer must find the user by looking again.
#[test]
fn who_is_created_without_an_answer_can_be_read_afterwards() {
    let mut scim = Scim::of(&["empty-201".parse().unwrap()]);
    scim.create(user("alice@example.com"));
    let found = member_of(&scim.lookup("alice@example.com"), "Resources");
    let id = found[0]["id"].as_str().unwrap();
    assert_eq!(scim.get(&format!("/Users/{id}")).status, 200);
}

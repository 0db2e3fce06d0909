//! Tokens, limits, base URLs, media types.

use scimulator::control::Action;
use scimulator::http::{Method, Request};
use serde_json::json;

use super::support::{Proof, Scim, raw, replace, user};

pub const PROOFS: &[Proof] = &[
    Proof {
        behaviour: "token-lives=2",
        play: |scim| {
            scim.answer(&Request::new(Method::Get, "/Users")); // without the token it does not count
            let first = [0, 1, 2, 3].map(|_| scim.get("/Users").status);
            scim.control(Action::NewToken);
            let second = [0, 1, 2].map(|_| scim.get("/Users").status);
            format!("{first:?} {second:?}")
        },
        with: "[200, 200, 401, 401] [200, 200, 401]",
        without: "[200, 200, 200, 200] [200, 200, 200]",
    },
    Proof {
        behaviour: "token-lives=0",
        play: |scim| scim.get("/Users").status.to_string(),
        with: "401",
        without: "200",
    },
    Proof {
        behaviour: "token-scope=read",
        play: |scim| {
            let (created, read) = (scim.create(user("alice@example.com")).status, scim.get("/Users").status);
            let stranger = scim.answer(&Request::new(Method::Post, "/Users")).status;
            format!("{created} {read} {stranger}")
        },
        with: "403 200 401",
        without: "201 200 401",
    },
    Proof {
        behaviour: "rate-limit=2/10",
        play: |scim| {
            let answers = [0, 1, 2].map(|_| scim.get("/Users"));
            let wait = answers[2].headers.get("retry-after").is_some();
            scim.wait(10);
            format!("{:?} {wait} {}", answers.map(|answer| answer.status), scim.get("/Users").status)
        },
        with: "[200, 200, 429] true 200",
        without: "[200, 200, 200] false 200",
    },
    Proof {
        behaviour: "rate-limit=1",
        play: |scim| {
            let first = [0, 1].map(|_| scim.get("/Users").status);
            scim.wait(59);
            let later = scim.get("/Users").status;
            scim.wait(1);
            format!("{first:?} {later} {}", scim.get("/Users").status)
        },
        with: "[200, 429] 429 200",
        without: "[200, 200] 200 200",
    },
    Proof {
        behaviour: "refuse-accept-scim-json",
        play: |scim| {
            let asking = |scim: &mut Scim, accept| {
                let request = scim.request(Method::Get, "/Users").with_header("Accept", accept);
                scim.answer(&request).status
            };
            format!("{} {}", asking(scim, "application/scim+json"), asking(scim, "application/json"))
        },
        with: "406 200",
        without: "200 200",
    },
    Proof {
        behaviour: "redirect-base-url",
        play: follow,
        with: "308 http://localhost:8080/scim/v2/Users?count=2 401",
        without: "200 nowhere 401",
    },
    Proof {
        behaviour: "redirect-base-url=https://api.vendor.example/scim/",
        play: follow,
        with: "308 https://api.vendor.example/scim/Users?count=2 401",
        without: "200 nowhere 401",
    },
    Proof {
        behaviour: "wrong-base-url",
        play: |scim| raw(&scim.get("/Users?count=1")),
        with: "404 text/html; charset=utf-8: <!DOCTYPE html>",
        without: "200 JSON",
    },
];

/// Asks as clients do: after a redirect to another host, once more without the token.
fn follow(scim: &mut Scim) -> String {
    let request = scim.request(Method::Get, "/Users?count=2");
    let first = scim.answer(&request);
    let place = first.headers.get("location").unwrap_or("nowhere").to_owned();
    let mut again = request.with_header("Host", "localhost:8080");
    again.headers.remove("Authorization");
    format!("{} {place} {}", first.status, scim.answer(&again).status)
}

/// `no-retry-after` is nothing without a limit.
#[test]
fn a_limit_may_not_say_when_to_come_back() {
    for (behaviours, has_time) in [(vec!["rate-limit=0"], true), (vec!["rate-limit=0", "no-retry-after"], false)] {
        let read: Vec<_> = behaviours.iter().map(|text| text.parse().unwrap()).collect();
        let answer = Scim::of(&read).get("/Users");
        assert_eq!((answer.status, answer.headers.get("retry-after").is_some()), (429, has_time), "{behaviours:?}");
    }
}

/// What a behaviour asks the server on its own account is no request of the client.
#[test]
fn the_first_behaviour_stands_nearest_to_the_server() {
    let read = ["item-hides-inactive", "token-lives=2"].map(|text| text.parse().unwrap());
    let mut scim = Scim::of(&read);
    let alice = scim.user("alice@example.com");
    assert_eq!(scim.patch(&alice, replace("title", json!("Singer"))).status, 200);
    assert_eq!(scim.get(&alice).status, 401);
}

//! Values that are refused, that break something, that are dropped.

use serde_json::{Value, json};

use super::support::{Proof, Scim, refused, replace, user, user_with};

const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

pub const PROOFS: &[Proof] = &[
    Proof {
        behaviour: "max-length=title:6",
        play: |scim| {
            let short = scim.create(user_with("alice@example.com", "title", json!("Sängér"))).status;
            let long = refused(&scim.create(user_with("bob@example.com", "title", json!("Drummer"))));
            format!("{short} {long}")
        },
        with: "201 400 title is longer than 6 characters.",
        without: "201 201",
    },
    Proof { behaviour: "max-length=department:3", play: departments, with: "[400, 400, 400, 400]", without: ALL_WELL },
    Proof {
        behaviour: "max-length=urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department:3",
        play: departments,
        with: "[400, 400, 400, 400]",
        without: ALL_WELL,
    },
    Proof {
        behaviour: "max-length=emails:20",
        play: |scim| {
            let alice = scim.user("alice@example.com");
            let email = json!([{ "type": "work", "value": "alice@company.example.com" }]);
            let put = scim.put(&alice, user_with("alice@example.com", "emails", email)).status;
            let filtered =
                json!({ "op": "add", "path": "emails[type eq \"home\"].value", "value": "a@home.example.com" });
            format!("{put} {}", scim.patch(&alice, filtered).status)
        },
        with: "400 200",
        without: "200 200",
    },
    Proof {
        behaviour: "reject-newline=title",
        play: |scim| {
            let broken = scim.create(user_with("alice@example.com", "title", json!("Head\nof Sales"))).status;
            let elsewhere = scim.create(user_with("bob@example.com", "displayName", json!("Bob\r\n"))).status;
            format!("{broken} {elsewhere}")
        },
        with: "400 201",
        without: "201 201",
    },
    Proof {
        behaviour: "reject-attribute=name.honorificPrefix",
        play: prefixes,
        with: "400 400 200",
        without: "201 200 200",
    },
    Proof {
        behaviour: "require-attribute=title",
        play: |scim| {
            let without = refused(&scim.create(user("alice@example.com")));
            format!("{without} {}", scim.create(user_with("bob@example.com", "title", json!("Drummer"))).status)
        },
        with: "400 title is required. 201",
        without: "201 201",
    },
    Proof {
        behaviour: "ignore-attribute=department",
        play: kept,
        with: "null null null",
        without: "\"Sales\" \"Tours\" \"Ads\"",
    },
    Proof {
        behaviour: "ignore-attribute=title",
        play: titles,
        with: "null null null \"A\"",
        without: "\"T1\" \"T2\" \"T3\" \"A\"",
    },
    Proof {
        behaviour: "reject-quoted-address",
        play: |scim| addresses(scim, ["\"quoted local\"@example.com", "quoted@example.com"]),
        with: "[400, 201]",
        without: "[201, 201]",
    },
    Proof {
        behaviour: "reject-domain=Example.org",
        play: |scim| addresses(scim, ["alice@EXAMPLE.org", "alice@sub.example.org"]),
        with: "[400, 201]",
        without: "[201, 201]",
    },
    Proof {
        behaviour: "locale-lowercase=tr",
        play: |scim| {
            let people = ["Ayşe.Yıldız@example.org", "IVAN@example.org", "ivan.two@example.org"];
            format!("{} {}", addresses(scim, people), scim.found("Ayşe.Yıldız@example.org"))
        },
        with: "[500, 500, 201] 0",
        without: "[201, 201, 201] 1",
    },
    Proof {
        behaviour: "ascii-only",
        play: |scim| {
            let zoe = scim.create(user_with("zoe@example.org", "displayName", json!("Zoë"))).status;
            format!("{zoe} {}", addresses(scim, ["plain@example.org"]))
        },
        with: "500 [201]",
        without: "201 [201]",
    },
];

const ALL_WELL: &str = "[201, 200, 200, 200]";

/// A department in each form in which identity providers write it.
fn departments(scim: &mut Scim) -> String {
    let mut new = user("bob@example.com");
    new["schemas"] = json!(["urn:ietf:params:scim:schemas:core:2.0:User", ENTERPRISE]);
    new[ENTERPRISE] = json!({ "department": "Sales" });
    let created = scim.create(new).status;
    let alice = scim.user("alice@example.com");
    let path = format!("{ENTERPRISE}:department");
    let operations = [
        replace(&path, json!("Sales")),
        json!({ "op": "replace", "value": { (path.as_str()): "Sales" } }),
        json!({ "op": "replace", "value": { ENTERPRISE: { "department": "Sales" } } }),
    ];
    let patched = operations.map(|operation| scim.patch(&alice, operation).status);
    format!("{:?}", [vec![created], patched.to_vec()].concat())
}

fn prefixes(scim: &mut Scim) -> String {
    let created = scim.create(user_with("bob@example.com", "name", json!({ "honorificPrefix": "Dr" }))).status;
    let alice = scim.user("alice@example.com");
    let prefix = scim.patch(&alice, replace("name.honorificPrefix", json!("Dr"))).status;
    format!("{created} {prefix} {}", scim.patch(&alice, replace("name.givenName", json!("Alice"))).status)
}

/// What is there after a department was created, replaced by PUT, and by PATCH.
fn kept(scim: &mut Scim) -> String {
    let with = |department: &str| {
        let mut user = user("alice@example.com");
        user["schemas"] = json!(["urn:ietf:params:scim:schemas:core:2.0:User", ENTERPRISE]);
        user[ENTERPRISE] = json!({ "department": department });
        user
    };
    let shown = |scim: &mut Scim, path: &str| scim.shown(path, ENTERPRISE)["department"].to_string();
    let created = scim.create(with("Sales"));
    let alice = format!("/Users/{}", created.json().unwrap()["id"].as_str().unwrap());
    let first = shown(scim, &alice);
    scim.put(&alice, with("Tours"));
    let second = shown(scim, &alice);
    scim.patch(&alice, replace(&format!("{ENTERPRISE}:department"), json!("Ads")));
    format!("{first} {second} {}", shown(scim, &alice))
}

fn titles(scim: &mut Scim) -> String {
    let alice = scim.user("alice@example.com");
    scim.put(&alice, user_with("alice@example.com", "title", json!("T1")));
    let mut seen: Vec<Value> = vec![scim.shown(&alice, "title")];
    let patch = scim.patch(&alice, replace("title", json!("T2")));
    assert!(patch.is_success(), "{}", refused(&patch));
    seen.push(scim.shown(&alice, "title"));
    scim.patch(&alice, json!({ "op": "replace", "value": { "title": "T3", "displayName": "A" } }));
    seen.extend(["title", "displayName"].map(|name| scim.shown(&alice, name)));
    seen.iter().map(Value::to_string).collect::<Vec<_>>().join(" ")
}

fn addresses<const N: usize>(scim: &mut Scim, people: [&str; N]) -> String {
    format!("{:?}", people.map(|name| scim.create(user(name)).status))
}

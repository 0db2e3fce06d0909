//! The admin API beside a served tenant.

use scimulator::clock::Clock;
use scimulator::server::{Served, Settings, serve};
use serde_json::{Value, json};

use super::support::{USER, client, object};

/// A served tenant and a client that bears the token of whatever it talks to.
struct Talk {
    served: Served,
    client: reqwest::Client,
}

impl Talk {
    fn start(changes: Value) -> Self {
        let settings = Settings::persona("calendly").unwrap().with(&object(changes)).unwrap();
        let served = serve(settings, ([127, 0, 0, 1], 0).into(), Clock::real(), |service| service).unwrap();
        Self { served, client: client() }
    }

    async fn admin(&self, action: &str, body: Value) -> (u16, Value) {
        let url = format!("{}/{action}", self.served.admin_url());
        let request = if body.is_null() { self.client.get(url) } else { self.client.post(url).body(body.to_string()) };
        Self::answer(request.bearer_auth(self.served.admin_token())).await
    }

    /// An action that must succeed.
    async fn act(&self, action: &str, body: Value) -> Value {
        let (status, answer) = self.admin(action, body).await;
        assert_eq!(status, 200, "{action}: {answer}");
        answer
    }

    async fn state(&self) -> Value {
        self.act("state", Value::Null).await
    }

    async fn create(&self, name: &str) -> (u16, Value) {
        let body = json!({ "schemas": [USER], "userName": name }).to_string();
        let request = self.client.post(format!("{}/Users", self.served.base_url())).body(body);
        Self::answer(request.bearer_auth(self.served.token()).header("Content-Type", "application/scim+json")).await
    }

    async fn answer(request: reqwest::RequestBuilder) -> (u16, Value) {
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        (status, serde_json::from_str(&response.text().await.unwrap()).unwrap_or_default())
    }
}

#[tokio::test]
async fn its_token_is_its_own() {
    let talk = Talk::start(json!({}));
    let state = format!("{}/state", talk.served.admin_url());
    for token in [talk.served.token(), String::new(), "x".into()] {
        assert_eq!(Talk::answer(talk.client.get(&state).bearer_auth(token)).await.0, 401);
    }
    let users = format!("{}/Users", talk.served.base_url());
    assert_eq!(Talk::answer(talk.client.get(&users).bearer_auth(talk.served.admin_token())).await.0, 401);
    assert_eq!(Talk::answer(talk.client.get(&users).bearer_auth(talk.served.token())).await.0, 200);
}

#[tokio::test]
async fn head_says_how_long_the_body_of_a_get_is_and_sends_none() {
    let talk = Talk::start(json!({}));
    let url = format!("{}/Users", talk.served.base_url());
    let request = |method| talk.client.request(method, &url).bearer_auth(talk.served.token());
    let get = request(reqwest::Method::GET).send().await.unwrap();
    let head = request(reqwest::Method::HEAD).send().await.unwrap();
    assert_eq!(head.headers().get("content-length"), get.headers().get("content-length"));
    assert_eq!((head.status(), head.text().await.unwrap().len()), (get.status(), 0));
}

#[tokio::test]
async fn both_mounts_see_one_tenant() {
    let talk = Talk::start(json!({ "seats": 1 }));
    let (status, user) = talk.create("alice@x").await;
    assert_eq!(status, 201);
    let state = talk.state().await;
    assert_eq!(state["seats"], json!({ "total": 1, "used": 1, "free": 0 }));
    assert_eq!((&state["users"][0]["id"], &state["users"][0]["state"]), (&user["id"], &json!("pending")));
    assert_eq!((&state["outbox"][0]["to"], &state["outbox"][0]["about"]), (&json!("alice@x"), &json!("invitation")));
    assert_eq!(talk.create("bob@x").await.0, 403);
    talk.act("set-seats", json!({ "seats": 2 })).await;
    assert_eq!(talk.create("bob@x").await.0, 201);
}

#[tokio::test]
async fn a_person_accepts_verifies_and_keeps_the_role() {
    let talk = Talk::start(json!({}));
    let (_, user) = talk.create("alice@x").await;
    talk.act("accept-invitation", json!({ "userName": "ALICE@x" })).await;
    talk.act("set-role", json!({ "userName": "alice@x", "role": "admin" })).await;
    let url = format!("{}/Users/{}", talk.served.base_url(), user["id"].as_str().unwrap());
    let put = json!({ "schemas": [USER], "userName": "new@x", "roles": [{ "value": "owner" }] }).to_string();
    let request = talk.client.put(url).bearer_auth(talk.served.token()).header("Content-Type", "application/scim+json");
    assert_eq!(Talk::answer(request.body(put)).await.0, 200);
    let waiting = talk.state().await["users"][0].clone();
    assert_eq!((&waiting["awaitsVerification"], &waiting["role"]), (&json!(["new@x"]), &json!("admin")));
    assert_eq!(
        talk.act("outbox", json!({ "address": "new@x" })).await,
        json!({ "about": ["verification"], "mails": 1 })
    );
    talk.act("verify-email", json!({ "id": user["id"] })).await;
    let verified = talk.state().await["users"][0].clone();
    assert_eq!((&verified["userName"], &verified["state"]), (&json!("new@x"), &json!("active")));
    let (status, refused) = talk.admin("verify-email", json!({ "id": user["id"] })).await;
    assert_eq!((status, refused["error"].is_string()), (409, true));
    assert_eq!(talk.admin("remove-in-app", json!({ "id": user["id"] })).await.0, 409);
}

#[tokio::test]
async fn the_token_is_shown_once_and_ends_as_chosen() {
    let talk = Talk::start(json!({}));
    let first = talk.served.token();
    assert!(!talk.state().await.to_string().contains(&first));
    talk.act("revoke-token", json!({})).await;
    assert_eq!((talk.state().await["scim"]["token"].clone(), talk.create("a@x").await.0), (json!("revoked"), 401));
    let new = talk.act("new-token", json!({ "days": 1 })).await["token"].clone();
    assert_eq!(new, talk.served.token());
    let state = talk.state().await;
    assert!(state["scim"]["tokenExpires"].is_string() && !state.to_string().contains(new.as_str().unwrap()));
    talk.act("delete-configuration", json!({})).await;
    assert_eq!(talk.state().await["scim"]["on"], false);
    talk.act("set-plan", json!({ "sso": false })).await;
    assert_eq!(talk.admin("set-up-again", json!({})).await.0, 409);
    assert!(talk.state().await["scim"]["why"].as_str().unwrap().contains("single sign-on"));
    talk.act("set-plan", json!({ "sso": true })).await;
    assert!(talk.act("set-up-again", json!({})).await["token"].is_string());
    assert_eq!(talk.create("a@x").await.0, 201);
}

#[tokio::test]
async fn accounts_mapping_and_weather_come_by_it_too() {
    let talk = Talk::start(json!({}));
    let made = talk.act("create-account", json!({ "address": "old@x", "name": "Old Hand" })).await;
    assert!(made["id"].is_string());
    assert_eq!(
        talk.act("create-account", json!({ "address": "far@x", "state": "other-organisation" })).await,
        json!({})
    );
    assert_eq!(talk.create("far@x").await.0, 409);
    let preview = talk.act("preview-groups", json!({ "table": { "S": "Sales" } })).await;
    assert_eq!(preview["new-groups"], json!(["Sales"]));
    talk.act("map-groups", json!({ "table": { "S": "Sales" } })).await;
    assert_eq!(talk.state().await["mapping"], json!({ "S": "Sales" }));
    talk.act("weather", json!({ "throttle": 2, "times": 1, "method": "POST" })).await;
    assert_eq!((talk.create("new@x").await.0, talk.create("new@x").await.0), (429, 201));
}

#[tokio::test]
async fn a_reset_is_a_fresh_start_with_the_first_token() {
    let talk = Talk::start(json!({}));
    let first = talk.served.token();
    talk.create("alice@x").await;
    talk.act("new-token", json!({})).await;
    talk.act("reset", json!({})).await;
    assert_eq!((talk.served.token(), talk.state().await["userCount"].clone()), (first, json!(0)));
}

#[tokio::test]
async fn what_it_does_not_know_it_says() {
    let talk = Talk::start(json!({}));
    for (action, body, status) in [
        ("no-such", json!({}), 404),
        ("set-seats", json!({}), 400),
        ("set-seats", json!({ "seats": "three" }), 400),
        ("set-seats", json!({ "seats": 3, "more": 1 }), 400),
        ("verify-email", json!({ "userName": "nobody@x" }), 400),
        ("set-role", json!({ "role": "admin" }), 400),
        ("weather", json!({ "times": 2 }), 400),
        ("weather", json!({ "drop": true, "status": 503 }), 400),
        ("state", json!({}), 405),
        ("reset", Value::Null, 405),
    ] {
        let (answered, text) = talk.admin(action, body.clone()).await;
        assert_eq!(answered, status, "{action} {body}");
        assert!(text["error"].as_str().is_some_and(|text| !text.is_empty()), "{action} {body}: {text}");
    }
}

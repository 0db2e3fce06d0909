//! The control plane of a target: a command or an HTTP call in the place of each action.

use std::collections::BTreeMap;

use scimulator::control::{Action, ControlError};
use scimulator::http::{Client, ClientSettings};
use scimulator::run::{Hook, Hooks, HttpHook};
use serde_json::json;
use wiremock::matchers::{body_json, header, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

fn hooks(name: &str, hook: Hook) -> Hooks {
    Hooks::new(BTreeMap::from([(name.to_owned(), hook)]), Client::new(ClientSettings::default()))
}

fn command(words: &[&str]) -> Hook {
    Hook { command: Some(words.iter().map(|word| (*word).to_owned()).collect()), http: None }
}

fn call(url: &str) -> Hook {
    let headers = BTreeMap::from([("X-Key".to_owned(), "k-${id}".to_owned())]);
    let http = HttpHook { method: None, url: url.to_owned(), headers, body: Some(json!({"user": "${id}"})) };
    Hook { http: Some(http), command: None }
}

#[tokio::test]
async fn a_command_gets_what_the_action_is_about_and_no_shell() {
    let hooks = hooks("verify-email", command(&["printf", "%s", "{\"id\":\"${id}\"}"]));
    let report = hooks.run(&Action::VerifyEmail { id: "7; rm -rf $HOME".to_owned() }).await.unwrap();
    assert_eq!(report.body, Some(json!({"id": "7; rm -rf $HOME"})));
}

#[tokio::test]
async fn a_command_that_fails_is_told_with_its_own_words() {
    let hooks = hooks("new-token", command(&["sh", "-c", "echo no database >&2; exit 3"]));
    let error = hooks.run(&Action::NewToken).await.unwrap_err().to_string();
    assert!(error.contains("`new-token`") && error.contains("no database"), "{error}");
}

#[tokio::test]
async fn a_command_that_does_not_exist_is_a_failure_of_the_hook() {
    let hooks = hooks("new-token", command(&["scimulator-no-such-program"]));
    assert!(matches!(hooks.run(&Action::NewToken).await, Err(ControlError::Hook { .. })));
}

#[tokio::test]
async fn a_command_that_talks_without_end_is_cut_off() {
    let hooks = hooks("new-token", command(&["sh", "-c", "yes | head -c 10000000; true"]));
    hooks.run(&Action::NewToken).await.unwrap();
}

#[tokio::test]
async fn an_http_call_carries_headers_and_body_and_its_answer_is_read() {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .and(path("/users/a%2Fb%3Fc/verify"))
        .and(header("X-Key", "k-a/b?c"))
        .and(body_json(json!({"user": "a/b?c"})))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({"token": "tok-new"})))
        .expect(1)
        .mount(&server)
        .await;
    let hooks = hooks("verify-email", call(&format!("{}/users/${{id}}/verify", server.uri())));
    let report = hooks.run(&Action::VerifyEmail { id: "a/b?c".to_owned() }).await.unwrap();
    assert_eq!(report.token.as_deref(), Some("tok-new"));
}

#[tokio::test]
async fn a_status_that_is_no_success_is_a_failure_of_the_hook() {
    let server = MockServer::start().await;
    Mock::given(method("POST")).respond_with(ResponseTemplate::new(500)).mount(&server).await;
    let hooks = hooks("verify-email", call(&format!("{}/x", server.uri())));
    let error = hooks.run(&Action::VerifyEmail { id: "7".to_owned() }).await.unwrap_err().to_string();
    assert!(error.contains("status 500"), "{error}");
}

#[tokio::test]
async fn the_service_provider_itself_may_refuse() {
    let hooks = hooks("remove-in-app", command(&["echo", "{\"refused\": \"SCIM is on\"}"]));
    let refused = hooks.run(&Action::RemoveInApp { id: "7".to_owned() }).await;
    assert_eq!(refused, Err(ControlError::Refused("SCIM is on".to_owned())));
}

#[tokio::test]
async fn an_action_without_a_hook_is_not_offered() {
    assert_eq!(Hooks::default().run(&Action::NewToken).await, Err(ControlError::NotOffered("new-token")));
}

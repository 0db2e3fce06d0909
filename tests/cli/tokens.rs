//! How a token gets in, and that it never comes out.

use wiremock::matchers::{header, method};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::binary::{Binary, Said};

const TOKEN: &str = "tok-5f0c1b7e9a";

/// An endpoint that lets in whoever has the token and has nothing else to say.
struct Door {
    _runtime: tokio::runtime::Runtime,
    server: MockServer,
}

impl Door {
    fn new() -> Self {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let server = runtime.block_on(async {
            let server = MockServer::start().await;
            let bearer = format!("Bearer {TOKEN}");
            let known = Mock::given(method("GET")).and(header("Authorization", bearer.as_str()));
            known.respond_with(ResponseTemplate::new(404)).with_priority(1).mount(&server).await;
            Mock::given(method("GET")).respond_with(ResponseTemplate::new(401)).with_priority(2).mount(&server).await;
            server
        });
        Self { _runtime: runtime, server }
    }

    fn url(&self) -> String {
        self.server.uri()
    }
}

/// The token got through: the endpoint said 404 and not 401.
#[track_caller]
fn got_in(said: &Said) {
    assert!(said.stdout.contains("there is no SCIM endpoint"), "{said:#?}");
    assert!(!said.stdout.contains(TOKEN) && !said.stderr.contains(TOKEN), "{said:#?}");
}

#[test]
fn by_file() {
    let door = Door::new();
    let binary = Binary::new().file("token", &format!("{TOKEN}\n"));
    got_in(&binary.run(&["run", "--target", &door.url(), "--token-file", "token"]));
}

#[test]
fn by_environment() {
    let door = Door::new();
    got_in(&Binary::new().with("SCIMULATOR_TOKEN", TOKEN).run(&["run", "--target", &door.url()]));
}

#[test]
fn by_standard_input() {
    let door = Door::new();
    got_in(&Binary::new().fed(&["run", "--target", &door.url(), "--token", "-"], TOKEN));
}

#[test]
fn by_the_file_of_the_project_but_only_for_its_own_target() {
    let door = Door::new();
    let own = format!("target: {}\ntoken-file: token\n", door.url());
    let binary = Binary::new().file("scimulator.yaml", &own).file("token", TOKEN);
    got_in(&binary.run(&["run"]));
    let other = format!("{}/other", door.url());
    let said = binary.run(&["run", "--target", &other]);
    assert!(said.stdout.contains("answers 401"), "{said:#?}");
}

#[test]
fn never_as_the_value_of_an_argument() {
    let said = Binary::new().run(&["run", "--target", "http://127.0.0.1:9", "--token", TOKEN]);
    said.fails(2, &["never stands on the command line", "--token-file"]);
    assert!(!said.stderr.contains(TOKEN), "{said:#?}");
    let said = Binary::new().run(&["run", "--target", "http://127.0.0.1:9", "--token-file", TOKEN]);
    said.fails(2, &["cannot be read"]);
    assert!(!said.stderr.contains(TOKEN), "{said:#?}");
}

#[test]
fn an_empty_file_is_told() {
    let binary = Binary::new().file("token", "\n");
    binary.run(&["run", "--target", "http://127.0.0.1:9", "--token-file", "token"]).fails(2, &["no token"]);
}

//! What is told of a target before the first scenario.

use serde_json::json;
use wiremock::matchers::{any, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::binary::Binary;

#[test]
fn what_no_document_says_is_probed_or_assumed() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let server = runtime.block_on(async {
        let server = MockServer::start().await;
        let user = json!({"id": "1", "userName": "somebody", "meta": {"version": "W/\"1\""}});
        let list = json!({"totalResults": 1, "Resources": [user]});
        let users = Mock::given(method("GET")).and(path("/Users"));
        users.respond_with(ResponseTemplate::new(200).set_body_json(list)).mount(&server).await;
        Mock::given(any()).respond_with(ResponseTemplate::new(404)).mount(&server).await;
        server
    });
    let target = server.uri();
    let said = Binary::new().run(&["run", "get/by-id", "--target", &target, "--rate", "50/s"]);
    for words in [
        "1 rule, as okta, entra",
        "at most 50/s",
        "patch yes (assumed)",
        "filter no (probed)",
        "etag yes (probed)",
        "sort no (assumed)",
        "groups no (probed)",
    ] {
        let unwrapped = said.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(unwrapped.contains(words), "`{words}` is missing: {said:#?}");
    }
}

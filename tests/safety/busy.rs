//! A target that says "later" is asked again as it wishes, and a limit is no defect.

use scimulator::http::{Headers, Response};
use scimulator::server::Reply;

use super::endpoint::{Endpoint, Turn};
use crate::binary::Binary;

fn later(status: u16, retry_after: &str) -> Reply {
    let headers = Headers::from_iter([("Retry-After", retry_after), ("Content-Type", "application/scim+json")]);
    let body = format!(
        "{{\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:Error\"],\"status\":\"{status}\",\"detail\":\"Later.\"}}"
    );
    Reply::Answer(Response::new(status, headers, body))
}

#[test]
fn limits_delay_a_run_and_do_not_fail_it() {
    // Every third request meets a limit, preflight and clean-up included.
    let endpoint = Endpoint::watched(
        &[],
        Box::new(|count, _| Turn::instead_if(count % 3 == 0, || later(if count % 2 == 0 { 429 } else { 503 }, "0"))),
    );
    let binary = Binary::new().with("SCIMULATOR_TOKEN", &endpoint.token());
    let said = binary.run(&["run", "lifecycle/create", "--target", endpoint.url()]);
    assert_eq!(said.code, 0, "{said:#?}");
    let journals = binary.folder().join("state/scimulator").read_dir().unwrap().count();
    assert_eq!(journals, 0, "the clean-up met limits too, and still removed everything");
}

#[test]
fn a_wait_beyond_the_users_patience_is_inconclusive_and_told() {
    let endpoint = Endpoint::watched(&[], Box::new(|count, _| Turn::instead_if(count > 3, || later(429, "3600"))));
    let binary = Binary::new().with("SCIMULATOR_TOKEN", &endpoint.token());
    let said = binary.run(&["run", "lifecycle/create", "--target", endpoint.url(), "--max-wait", "1"]);
    assert_eq!(said.code, 3, "{said:#?}");
    assert!(said.stdout.contains("asks to wait 3600s"), "{said:#?}");
}

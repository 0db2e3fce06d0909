//! Many operations in one request (RFC 7644 §3.7).

use serde_json::{Value, json};

use super::support::{GROUP, PATCH_OP, Scim, USER, refused};

const BULK_REQUEST: &str = "urn:ietf:params:scim:api:messages:2.0:BulkRequest";
const BULK_RESPONSE: &str = "urn:ietf:params:scim:api:messages:2.0:BulkResponse";

/// The results of a job that was taken.
fn results(scim: &mut Scim, operations: Value) -> Vec<Value> {
    let body = json!({ "schemas": [BULK_REQUEST], "Operations": operations });
    let answer = scim.post("/Bulk", body);
    assert_eq!(answer.status, 200);
    let body = answer.json().unwrap();
    assert_eq!(body["schemas"], json!([BULK_RESPONSE]));
    body["Operations"].as_array().unwrap().clone()
}

fn statuses(results: &[Value]) -> Vec<&str> {
    results.iter().map(|result| result["status"].as_str().unwrap()).collect()
}

fn user(bulk_id: &str, name: &str) -> Value {
    let data = json!({ "schemas": [USER], "userName": name });
    json!({ "method": "POST", "path": "/Users", "bulkId": bulk_id, "data": data })
}

fn group(bulk_id: &str, name: &str, member: &str) -> Value {
    let data = json!({ "schemas": [GROUP], "displayName": name, "members": [{ "value": member }] });
    json!({ "method": "POST", "path": "/Groups", "bulkId": bulk_id, "data": data })
}

#[test]
fn each_operation_has_a_result_that_says_what_and_where() {
    let mut scim = Scim::rfc();
    let path = scim.named("alice");
    let location = format!("http://127.0.0.1:8080/scim/v2{path}");
    let operations = json!([
        user("one", "bob"),
        { "method": "PUT", "path": path, "data": { "schemas": [USER], "userName": "alice", "title": "Buyer" } },
        { "method": "PATCH", "path": path, "data": {
            "schemas": [PATCH_OP], "Operations": [{ "op": "replace", "path": "title", "value": "Director" }],
        } },
        { "method": "DELETE", "path": path },
    ]);
    let results = results(&mut scim, operations);
    assert_eq!(statuses(&results), ["201", "200", "200", "204"]);
    assert_eq!((&results[0]["method"], &results[0]["bulkId"]), (&json!("POST"), &json!("one")));
    assert!(results[0]["location"].as_str().unwrap().starts_with("http://127.0.0.1:8080/scim/v2/Users/"));
    assert!(results[0]["version"].is_string());
    assert_eq!(results[1..].iter().map(|result| &result["location"]).collect::<Vec<_>>(), [&location; 3]);
    refused(&scim.get(&path), 404, None);
}

#[test]
fn an_operation_that_fails_carries_its_error_and_the_others_go_on() {
    let mut scim = Scim::rfc();
    scim.named("alice");
    let results = results(&mut scim, json!([user("one", "bob"), user("two", "alice"), user("three", "carol")]));
    assert_eq!(statuses(&results), ["201", "409", "201"]);
    assert_eq!(results[1]["response"]["status"], "409");
    assert_eq!(results[1].get("location"), None);
}

#[test]
fn the_job_ends_at_so_many_errors() {
    let mut scim = Scim::rfc();
    scim.named("alice");
    let operations = [user("one", "bob"), user("two", "alice"), user("three", "carol")];
    let body = json!({ "schemas": [BULK_REQUEST], "failOnErrors": 1, "Operations": operations });
    let answer = scim.post("/Bulk", body);
    assert_eq!(statuses(answer.json().unwrap()["Operations"].as_array().unwrap()), ["201", "409"]);
    assert_eq!(scim.shown("/Users")["totalResults"], 2);
}

#[test]
fn a_reference_becomes_the_id_wherever_its_resource_is_made() {
    for at in [0, 1] {
        let mut scim = Scim::rfc();
        let mut operations = vec![group("g", "Sales", "bulkId:u")];
        operations.insert(at, user("u", "alice"));
        let results = results(&mut scim, operations.into());
        assert_eq!(statuses(&results), ["201", "201"]);
        let user = scim.shown("/Users")["Resources"][0]["id"].clone();
        assert_eq!(scim.shown("/Groups")["Resources"][0]["members"][0]["value"], user);
    }
}

#[test]
fn references_in_a_circle_or_to_what_failed_are_409_and_to_nothing_400() {
    let mut scim = Scim::rfc();
    let operations = json!([group("a", "A", "bulkId:b"), group("b", "B", "bulkId:a"), group("c", "C", "bulkId:d")]);
    assert_eq!(statuses(&results(&mut scim, operations)), ["409", "409", "400"]);
    assert_eq!(scim.shown("/Groups")["totalResults"], 0);
}

#[test]
fn a_version_is_a_precondition() {
    let mut scim = Scim::rfc();
    let path = scim.named("alice");
    let data = json!({ "schemas": [USER], "userName": "alice" });
    let put = |version: &str| json!([{ "method": "PUT", "path": path, "version": version, "data": data }]);
    let current = scim.shown(&path)["meta"]["version"].clone();
    assert_eq!(statuses(&results(&mut scim, put("W/\"0\""))), ["412"]);
    assert_eq!(statuses(&results(&mut scim, put(current.as_str().unwrap()))), ["200"]);
}

#[test]
fn nonsense_is_an_error_of_its_operation() {
    let mut scim = Scim::rfc();
    let operations = json!([
        { "method": "GET", "path": "/Users" },
        { "method": "POST", "path": "/Nope", "bulkId": "a", "data": {} },
        { "method": "PUT", "path": "/Users", "data": {} },
        { "method": "POST", "path": "/Bulk", "bulkId": "b", "data": {} },
        { "method": "POST", "path": "/Users", "bulkId": "c" },
        { "method": "POST", "path": "/Users", "data": { "schemas": [USER], "userName": "alice" } },
        user("d", "bob"),
        user("d", "carol"),
        7,
    ]);
    let results = results(&mut scim, operations);
    assert_eq!(statuses(&results), ["400", "404", "405", "405", "400", "400", "201", "400", "400"]);
}

#[test]
fn what_is_no_bulk_request_or_too_much_is_refused_as_a_whole() {
    let mut scim = Scim::with(json!({ "bulk-operations": 2, "bulk-payload": 2000 }));
    refused(&scim.post("/Bulk", json!({ "schemas": [BULK_REQUEST] })), 400, Some("invalidSyntax"));
    refused(&scim.post("/Bulk", json!({ "Operations": [] })), 400, Some("invalidSyntax"));
    let many = json!({ "schemas": [BULK_REQUEST], "Operations": [user("a", "a"), user("b", "b"), user("c", "c")] });
    refused(&scim.post("/Bulk", many), 413, None);
    let large = json!({ "schemas": [BULK_REQUEST], "Operations": [user("a", &"a".repeat(2000))] });
    refused(&scim.post("/Bulk", large), 413, None);
    assert_eq!(scim.shown("/Users")["totalResults"], 0);
    let bulk = scim.shown("/ServiceProviderConfig")["bulk"].clone();
    assert_eq!(bulk, json!({ "supported": true, "maxOperations": 2, "maxPayloadSize": 2000 }));
}

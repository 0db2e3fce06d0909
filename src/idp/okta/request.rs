//! Okta's requests: headers, query and bodies as its documentation and dumps show them.

use serde_json::{Map, Value, json};

use crate::http::{Method, Request, percent};
use crate::idp::wire::{Hex, QueryEncoding, Space};
use crate::scim::urn::PATCH_OP;

const USER_AGENT: &str = "Okta SCIM Client 1.0.0";

/// `count` of every lookup (S-OKTA-20).
const LOOKUP_PAGE: u64 = 100;

/// The two collections Okta works with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Collection {
    /// `/Users`
    Users,
    /// `/Groups`
    Groups,
}

impl Collection {
    /// Its path below the base URL.
    pub const fn path(self) -> &'static str {
        match self {
            Self::Users => "/Users",
            Self::Groups => "/Groups",
        }
    }
}

/// A request with Okta's header fields, in the order of its published dumps (S-OKTA-STD). The client puts
/// `Authorization`, `Content-Length` and `Host` before `Connection`, where they stand in those dumps.
fn request(method: Method, path: String, body: Option<&Value>) -> Request {
    let request = Request::new(method, path)
        .with_header("Accept", "application/scim+json")
        .with_header("Accept-Charset", "utf-8");
    let request = match body {
        Some(body) => request.with_header("Content-Type", "application/scim+json; charset=utf-8").with_json(body),
        None => request,
    };
    request
        .with_header("User-Agent", USER_AGENT)
        .with_header("Connection", "Keep-Alive")
        .with_header("Accept-Encoding", "gzip,deflate")
}

/// `GET /Users?filter=…&startIndex=1&count=100`
pub(super) fn look_up(collection: Collection, filter: &str, space: Space) -> Request {
    // No letter among the hexadecimal digits of the documented samples: upper case is a guess (wire notes, §0.3).
    let encoding = QueryEncoding { space, hex: Hex::Upper, kept: "-_.*" };
    let count = LOOKUP_PAGE.to_string();
    let query = encoding.query(&[("filter", filter), ("startIndex", "1"), ("count", &count)]);
    request(Method::Get, collection.path().to_owned(), None).with_query(query)
}

/// `GET /Users?startIndex=…&count=…`
pub(super) fn page(collection: Collection, start: u64, count: u64) -> Request {
    request(Method::Get, collection.path().to_owned(), None).with_query(format!("startIndex={start}&count={count}"))
}

/// `GET /Users/ID`
pub(super) fn get(collection: Collection, id: &str) -> Request {
    request(Method::Get, resource(collection, id), None)
}

/// `POST /Users`
pub(super) fn create(collection: Collection, body: Map<String, Value>) -> Request {
    request(Method::Post, collection.path().to_owned(), Some(&Value::Object(body)))
}

/// `PUT /Users/ID`
pub(super) fn replace(collection: Collection, id: &str, body: Map<String, Value>) -> Request {
    request(Method::Put, resource(collection, id), Some(&Value::Object(body)))
}

/// `PATCH /Users/ID` with these operations.
pub(super) fn patch(collection: Collection, id: &str, operations: &[Value]) -> Request {
    let body = json!({ "schemas": [PATCH_OP], "Operations": operations });
    request(Method::Patch, resource(collection, id), Some(&body))
}

/// `PATCH /Users/ID` with one replace that has no path (OKTA-Q01).
pub(super) fn merge(collection: Collection, id: &str, value: impl Into<Value>) -> Request {
    let value: Value = value.into();
    patch(collection, id, &[json!({ "op": "replace", "value": value })])
}

/// `DELETE /Groups/ID`; users are never deleted (OKTA-Q07).
pub(super) fn delete_group(id: &str) -> Request {
    request(Method::Delete, resource(Collection::Groups, id), None)
}

fn resource(collection: Collection, id: &str) -> String {
    format!("{}/{}", collection.path(), percent::encode_segment(id))
}

//! Requests as the knobs say.

use serde_json::{Map, Value, json};

use super::provider::Generic;
use crate::http::{Method, Request, percent};
use crate::idp::wire::QueryEncoding;
use crate::scim::urn::PATCH_OP;

/// The path of users.
pub(super) const USERS: &str = "/Users";
/// The path of groups.
pub(super) const GROUPS: &str = "/Groups";

impl Generic {
    fn request(&self, method: Method, path: String, query: Option<String>, body: Option<&Value>) -> Request {
        let mut request = Request::new(method, path);
        request.query = query.or_else(|| self.knobs.bare_question_mark.then(String::new));
        for (name, value) in [("User-Agent", &self.knobs.user_agent), ("Accept", &self.knobs.accept)] {
            if let Some(value) = value {
                request = request.with_header(name, value);
            }
        }
        match body {
            Some(body) => request.with_header("Content-Type", &self.knobs.content_type).with_json(body),
            None => request,
        }
    }

    /// `GET` of a path with its query, as a data file writes it.
    pub(super) fn read(&self, target: &str) -> Request {
        match target.split_once('?') {
            Some((path, query)) => self.request(Method::Get, path.to_owned(), Some(query.to_owned()), None),
            None => self.request(Method::Get, target.to_owned(), None, None),
        }
    }

    /// `GET /Users?filter=…`
    pub(super) fn find(&self, collection: &str, filter: &str) -> Request {
        let encoding = QueryEncoding { space: self.knobs.encoding, hex: self.knobs.hex, kept: "-_.~" };
        self.request(Method::Get, collection.to_owned(), Some(encoding.query(&[("filter", filter)])), None)
    }

    /// `GET /Groups/ID`
    pub(super) fn get(&self, collection: &str, id: &str) -> Request {
        self.request(Method::Get, resource(collection, id), None, None)
    }

    /// `POST /Users`
    pub(super) fn post(&self, collection: &str, body: Map<String, Value>) -> Request {
        self.request(Method::Post, collection.to_owned(), None, Some(&Value::Object(body)))
    }

    /// `PUT /Users/ID`
    pub(super) fn put(&self, collection: &str, id: &str, body: Map<String, Value>) -> Request {
        self.request(Method::Put, resource(collection, id), None, Some(&Value::Object(body)))
    }

    /// `PATCH /Users/ID`
    pub(super) fn patch(&self, collection: &str, id: &str, operations: &[Value]) -> Request {
        let body = json!({ "schemas": [PATCH_OP], "Operations": operations });
        self.request(Method::Patch, resource(collection, id), None, Some(&body))
    }

    /// `DELETE /Users/ID`
    pub(super) fn delete(&self, collection: &str, id: &str) -> Request {
        self.request(Method::Delete, resource(collection, id), None, None)
    }
}

fn resource(collection: &str, id: &str) -> String {
    format!("{collection}/{}", percent::encode_segment(id))
}

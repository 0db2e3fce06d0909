//! Requests as Entra puts them on the wire.
//!
//! No `User-Agent` (ENTRA-Q08); the header `adscimversion`, by which servers
//! recognise it. Parameters in the order attributes, excludedAttributes, filter
//! (ENTRA-Q10), values form-encoded: a space is `+`, hexadecimal digits are
//! lower case. No paging parameters.

use serde_json::{Map, Value};

use super::settings::Settings;
use super::{GROUPS, USERS};
use crate::http::{Method, Request, percent};
use crate::idp::mapping::Target;
use crate::idp::wire::{Hex, QueryEncoding, Space, equals};

/// Media type of the answers Entra accepts.
const SCIM: &str = "application/scim+json";
/// … and of its bodies.
const SCIM_UTF_8: &str = "application/scim+json; charset=utf-8";
/// As .NET's form encoder writes values.
const FORM: QueryEncoding = QueryEncoding { space: Space::Plus, hex: Hex::Lower, kept: "-_.!*()" };

/// Makes requests as one job sends them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Requests<'s>(pub &'s Settings);

impl Requests<'_> {
    /// Looks a user or group up by one equality; groups come without their members (ENTRA-R08).
    pub(super) fn find(self, collection: &str, target: &Target, value: &str) -> Request {
        let filter = ("filter", &*equals(target, value));
        let query = match collection {
            GROUPS => FORM.query(&[("excludedAttributes", "members"), filter]),
            _ => FORM.query(&[filter]),
        };
        self.bare(Method::Get, collection).with_query(query)
    }

    /// Asks whether a user has this manager already (older documentation).
    pub(super) fn find_manager(self, id: &str, manager: &str) -> Request {
        let filter = format!("{} and {}", equals("id", id), equals("manager", manager));
        self.bare(Method::Get, USERS).with_query(FORM.query(&[("attributes", "id"), ("filter", &filter)]))
    }

    /// Reads a user.
    pub(super) fn user(self, id: &str) -> Request {
        self.bare(Method::Get, &resource(USERS, id))
    }

    /// Reads a group without its members.
    pub(super) fn group(self, id: &str) -> Request {
        self.bare(Method::Get, &resource(GROUPS, id)).with_query("excludedAttributes=members")
    }

    /// Creates a user or group.
    pub(super) fn create(self, collection: &str, body: Map<String, Value>) -> Request {
        self.with_body(Method::Post, collection, &Value::Object(body))
    }

    /// Changes a user or group.
    pub(super) fn patch(self, collection: &str, id: &str, body: &Value) -> Request {
        self.with_body(Method::Patch, &resource(collection, id), body)
    }

    /// Deletes a user or group.
    pub(super) fn delete(self, collection: &str, id: &str) -> Request {
        self.bare(Method::Delete, &resource(collection, id))
    }

    fn bare(self, method: Method, path: &str) -> Request {
        let mut request = Request::new(method, path).with_header("Accept", SCIM);
        if let Some(agent) = &self.0.user_agent {
            request = request.with_header("User-Agent", agent);
        }
        match &self.0.adscimversion {
            Some(version) => request.with_header("adscimversion", version),
            None => request,
        }
    }

    fn with_body(self, method: Method, path: &str, body: &Value) -> Request {
        self.bare(method, path).with_header("Content-Type", SCIM_UTF_8).with_json(body)
    }
}

fn resource(collection: &str, id: &str) -> String {
    format!("{collection}/{}", percent::encode_segment(id))
}

/// Members as Microsoft's library writes them: those named first, in that order, all others after.
pub(super) fn in_order(mut body: Map<String, Value>, order: &[String]) -> Map<String, Value> {
    let mut ordered = Map::new();
    for path in order {
        let name = path.split('.').next().unwrap_or_default();
        if let Some(value) = body.shift_remove(name) {
            ordered.insert(name.to_owned(), value);
        }
    }
    ordered.extend(body);
    for (name, value) in &mut ordered {
        let below = |path: &String| Some(path.strip_prefix(name.as_str())?.strip_prefix('.')?.to_owned());
        let subs: Vec<String> = order.iter().filter_map(below).collect();
        if let Value::Object(inner) = value {
            *inner = in_order(std::mem::take(inner), &subs);
        }
    }
    ordered
}

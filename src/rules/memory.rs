//! What earlier exchanges of the same transcript showed, for the rules that compare.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use serde_json::{Map, Value};
use time::OffsetDateTime;

use super::attributes::Declared;
use super::endpoint::{Endpoint, Kind};
use super::observed::names_schema;
use crate::http::{Exchange, Method, Request, Response};

/// Most entries of each kind; beyond that nothing more is remembered, and nothing is judged wrongly.
pub(super) const MAX: usize = 20_000;
/// Shorter passwords would be found by chance.
const MIN_PASSWORD: usize = 8;
const RESOURCE_TYPE: &str = "urn:ietf:params:scim:schemas:core:2.0:ResourceType";

/// What checks may know of earlier exchanges.
#[derive(Debug, Default)]
pub struct Memory {
    /// Which kind of resource an id was seen on.
    pub ids: HashMap<String, Kind>,
    /// When a resource was created, as first seen.
    pub created: HashMap<(Kind, String), OffsetDateTime>,
    /// Passwords that were sent.
    pub passwords: Vec<String>,
    /// `totalResults` by query, as long as nothing was written.
    pub totals: HashMap<String, u64>,
    /// The answer that showed a resource alone, and to which method, as long as nothing was written.
    pub shown: HashMap<(Kind, String), (Method, Arc<Response>)>,
    /// Extension schemas by resource type (`User`), once `/ResourceTypes` was read.
    pub extensions: HashMap<String, Vec<String>>,
    /// Ids of all schemas in lower case, once the whole list was read.
    pub schemas: Option<HashSet<String>>,
    /// The attributes that each schema declares, by its id; all in lower case.
    pub declared: HashMap<String, HashSet<String>>,
    /// `filter.maxResults`, once it was read.
    pub max_results: Option<u64>,
}

impl Memory {
    /// Takes in what an exchange shows before it is judged.
    pub fn learn(&mut self, exchange: &Exchange, declared: &mut Declared) {
        let request = &exchange.request;
        let endpoint = Endpoint::of(request);
        if request.method.writes() && !endpoint.is_search {
            self.totals.clear();
            self.shown.clear();
            self.learn_passwords(request);
        }
        let Some(answer) = exchange.response().filter(|answer| answer.is_success()) else { return };
        if let (Method::Delete, Some(id)) = (request.method, endpoint.item) {
            self.created.remove(&(endpoint.kind, id.to_owned()));
        }
        match endpoint.kind {
            Kind::Schema => documents(answer.json(), |document| {
                declared.learn(document);
                self.learn_schema(document);
            }),
            Kind::ResourceType => documents(answer.json(), |document| self.learn_resource_type(document)),
            _ => {}
        }
    }

    /// Remembers a value unless there are too many, and gives the one remembered before.
    pub(super) fn recall<K: std::hash::Hash + Eq, V: Copy>(map: &mut HashMap<K, V>, key: K, value: V) -> Option<V> {
        if let Some(known) = map.get(&key) {
            return Some(*known);
        }
        if map.len() < MAX {
            map.insert(key, value);
        }
        None
    }

    fn learn_schema(&mut self, document: &Map<String, Value>) {
        let Some(id) = document.get("id").and_then(Value::as_str) else { return };
        let attributes = document.get("attributes").and_then(Value::as_array).into_iter().flatten();
        let names = attributes.filter_map(|attribute| attribute.get("name")?.as_str()).map(str::to_ascii_lowercase);
        self.declared.insert(id.to_ascii_lowercase(), names.collect());
    }

    fn learn_passwords(&mut self, request: &Request) {
        let Some(body) = request.body.as_deref().filter(|body| mentions_password(body)) else { return };
        let Ok(body) = serde_json::from_slice::<Value>(body) else { return };
        let operations = body.get("Operations").and_then(Value::as_array).into_iter().flatten();
        let in_operations = operations.filter_map(|operation| {
            let value = operation.get("value").or_else(|| operation.get("data"))?; // of PATCH, of a bulk request
            let path = operation.get("path").and_then(Value::as_str).unwrap_or_default();
            if path.to_ascii_lowercase().ends_with("password") { Some(value) } else { value.get("password") }
        });
        for password in body.get("password").into_iter().chain(in_operations).filter_map(Value::as_str) {
            if password.len() >= MIN_PASSWORD
                && self.passwords.len() < MAX
                && !self.passwords.iter().any(|p| p == password)
            {
                self.passwords.push(password.to_owned());
            }
        }
    }

    fn learn_resource_type(&mut self, document: &Map<String, Value>) {
        let Some(name) = document.get("name").and_then(Value::as_str) else { return };
        if !names_schema(document, RESOURCE_TYPE) && document.get("endpoint").is_none() {
            return;
        }
        let listed = document.get("schemaExtensions").and_then(Value::as_array).into_iter().flatten();
        let urns = listed.filter_map(|extension| Some(extension.get("schema")?.as_str()?.to_owned())).collect();
        if self.extensions.len() < MAX {
            self.extensions.insert(name.to_owned(), urns);
        }
    }
}

fn mentions_password(body: &[u8]) -> bool {
    body.windows(8).any(|window| window.eq_ignore_ascii_case(b"password"))
}

/// The documents of a discovery answer: a list, or one.
fn documents(body: Option<&Value>, mut learn: impl FnMut(&Map<String, Value>)) {
    let Some(body) = body else { return };
    match body.get("Resources").or(Some(body)) {
        Some(Value::Array(list)) => list.iter().filter_map(Value::as_object).for_each(learn),
        Some(Value::Object(document)) => learn(document),
        _ => {}
    }
}

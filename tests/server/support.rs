//! A tenant to talk to, and the few shapes that every test sends.

use std::sync::Arc;

use scimulator::control::{Account, AccountState, Action, ControlError, Report};
use scimulator::http::{Exchange, Method, Request, Response, Sender, Transcript};
use scimulator::rules::judge;
use scimulator::server::{Reply, Service, Settings, Tenant};
use serde_json::{Map, Value, json};
use time::macros::datetime;
use time::{Duration, OffsetDateTime};

pub const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
pub const GROUP: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";
pub const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
pub const PATCH_OP: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
pub const ERROR: &str = "urn:ietf:params:scim:api:messages:2.0:Error";
pub const BASE: &str = "http://127.0.0.1:8080/scim/v2";

/// A tenant, asked directly and at a time of our own. In the end the passive rules judge everything that was said.
pub struct Scim {
    pub tenant: Tenant,
    pub now: OffsetDateTime,
    said: Transcript,
}

impl Drop for Scim {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.judge();
        }
    }
}

impl Scim {
    pub fn of(settings: Settings) -> Self {
        let now = datetime!(2026-01-05 09:00 UTC);
        let base = settings.base_url.clone();
        Self { tenant: Tenant::new(settings, now), now, said: Transcript { base, ..Transcript::default() } }
    }

    pub fn rfc() -> Self {
        Self::of(Settings::default())
    }

    /// The `rfc` persona with some settings changed.
    pub fn with(changes: Value) -> Self {
        Self::of(Settings::default().with(&object(changes)).unwrap())
    }

    /// … and users of the names a to e in it.
    pub fn of_five(changes: Value) -> Self {
        let mut scim = Self::with(changes);
        for name in ["a", "b", "c", "d", "e"] {
            scim.named(name);
        }
        scim
    }

    pub fn calendly() -> Self {
        Self::calendly_with(json!({}))
    }

    pub fn calendly_with(changes: Value) -> Self {
        Self::of(Settings::persona("calendly").unwrap().with(&object(changes)).unwrap())
    }

    /// Sends a request as it is, without adding anything.
    pub fn raw(&mut self, request: &Request) -> Response {
        match self.tenant.handle(request, self.now) {
            Reply::Answer(response) => {
                self.said.exchanges.push(Exchange {
                    step: 0,
                    sender: Sender::Scenario,
                    request: request.clone(),
                    answer: Ok(Arc::new(response.clone())),
                    elapsed: std::time::Duration::ZERO,
                    at: std::time::Duration::ZERO,
                });
                response
            }
            other => panic!("no answer: {other:?}"),
        }
    }

    /// No passive rule minds anything that was said since the last time.
    fn judge(&mut self) {
        let findings = judge(&self.said, "server", "plain");
        assert!(findings.is_empty(), "{findings:#?}");
        self.said.exchanges.clear();
    }

    pub fn request(&self, method: Method, target: &str, body: Option<&Value>) -> Request {
        let (path, query) = target.split_once('?').map_or((target, None), |(path, query)| (path, Some(query)));
        let mut request =
            Request::new(method, path).with_header("Authorization", format!("Bearer {}", self.tenant.token()));
        request.query = query.map(str::to_owned);
        match body {
            Some(body) => request.with_header("Content-Type", "application/scim+json").with_json(body),
            None => request,
        }
    }

    pub fn send(&mut self, method: Method, target: &str, body: Option<&Value>) -> Response {
        self.raw(&self.request(method, target, body))
    }

    pub fn get(&mut self, target: &str) -> Response {
        self.send(Method::Get, target, None)
    }

    pub fn post(&mut self, target: &str, body: Value) -> Response {
        self.send(Method::Post, target, Some(&body))
    }

    pub fn put(&mut self, target: &str, body: Value) -> Response {
        self.send(Method::Put, target, Some(&body))
    }

    /// A PATCH with these operations.
    pub fn patch(&mut self, target: &str, operations: Value) -> Response {
        let body = json!({ "schemas": [PATCH_OP], "Operations": operations });
        self.send(Method::Patch, target, Some(&body))
    }

    pub fn delete(&mut self, target: &str) -> Response {
        self.send(Method::Delete, target, None)
    }

    /// What a GET of a resource shows.
    pub fn shown(&mut self, target: &str) -> Value {
        body(&self.get(target), 200)
    }

    /// The resources that a filter finds.
    pub fn found(&mut self, collection: &str, filter: &str) -> Vec<Value> {
        let list = self.shown(&format!("{collection}?filter={}", encoded(filter)));
        let resources = list["Resources"].as_array().cloned().unwrap_or_default();
        assert_eq!(list["totalResults"], resources.len(), "{filter}");
        resources
    }

    /// The userNames (or displayNames) that a filter finds.
    pub fn names(&mut self, collection: &str, filter: &str) -> Vec<String> {
        self.found(collection, filter).iter().map(name_of).collect()
    }

    /// Creates a user; gives its path.
    pub fn user(&mut self, more: Value) -> String {
        let mut user = json!({ "schemas": [USER], "userName": "alice@example.com" });
        user.as_object_mut().unwrap().extend(object(more));
        let created = body(&self.post("/Users", user), 201);
        format!("/Users/{}", created["id"].as_str().unwrap())
    }

    pub fn named(&mut self, user_name: &str) -> String {
        self.user(json!({ "userName": user_name }))
    }

    /// Creates a group with these members; gives its path.
    pub fn group(&mut self, name: &str, members: &[&str]) -> String {
        let members: Vec<Value> = members.iter().map(|path| json!({ "value": id(path) })).collect();
        let group = json!({ "schemas": [GROUP], "displayName": name, "members": members });
        let created = body(&self.post("/Groups", group), 201);
        format!("/Groups/{}", created["id"].as_str().unwrap())
    }

    pub fn wait(&mut self, seconds: i64) {
        self.now += Duration::seconds(seconds);
    }

    pub fn control(&mut self, action: Action) -> Result<Report, ControlError> {
        // What happens outside SCIM no rule can know of: the same question may have another answer now.
        self.judge();
        self.tenant.control(&action, self.now)
    }

    pub fn account(&mut self, address: &str, state: AccountState) -> Option<String> {
        let account = Account { address: address.into(), name: "Somebody Else".into(), state };
        let body = self.control(Action::CreateAccount(account)).unwrap().body?;
        Some(format!("/Users/{}", body["id"].as_str()?))
    }

    pub fn mails(&mut self, address: &str) -> u64 {
        self.control(Action::Outbox { address: address.into() }).unwrap().mails.unwrap()
    }
}

pub fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(object) => object,
        other => panic!("not an object: {other}"),
    }
}

/// The body of an answer that must have this status.
pub fn body(response: &Response, status: u16) -> Value {
    let text = String::from_utf8_lossy(&response.body);
    assert_eq!(response.status, status, "{text}");
    response.json().cloned().unwrap_or_default()
}

/// Checks a SCIM error; gives its detail.
pub fn refused(response: &Response, status: u16, scim_type: Option<&str>) -> String {
    let body = body(response, status);
    assert_eq!(body["schemas"], json!([ERROR]));
    assert_eq!(body["status"], status.to_string());
    assert_eq!(body.get("scimType").and_then(Value::as_str), scim_type, "{body}");
    let detail = body["detail"].as_str().unwrap_or_default();
    assert!(!detail.is_empty(), "{body}");
    detail.to_owned()
}

/// The last segment of a path.
pub fn id(path: &str) -> &str {
    path.rsplit('/').next().unwrap()
}

/// The names of all in a list.
pub fn names(list: &Value) -> Vec<String> {
    list["Resources"].as_array().into_iter().flatten().map(name_of).collect()
}

pub fn name_of(resource: &Value) -> String {
    let name = resource.get("userName").or_else(|| resource.get("displayName"));
    name.and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// A query value, every special byte escaped.
pub fn encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

/// The ids of a group's members, in order.
pub fn members(group: &Value) -> Vec<String> {
    let members = group["members"].as_array().cloned().unwrap_or_default();
    members.iter().map(|member| member["value"].as_str().unwrap().to_owned()).collect()
}

/// A resource without what every change touches.
pub fn lasting(mut resource: Value) -> Value {
    let meta = resource["meta"].as_object_mut().unwrap();
    meta.shift_remove("lastModified");
    meta.shift_remove("version");
    resource
}

/// A plain HTTP client that gives up in the end.
pub fn client() -> reqwest::Client {
    // Somebody else may have chosen the same provider already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().timeout(std::time::Duration::from_secs(20)).build().unwrap()
}

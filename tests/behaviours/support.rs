//! A tenant with behaviours to talk to, and answers as one line of text.

use scimulator::behaviours::Behaviour;
use scimulator::control::{Action, Report};
use scimulator::faults::query::encode;
use scimulator::http::{Method, Request, Response};
use scimulator::server::{Reply, Service, Settings, Tenant};
use serde_json::{Value, json};
use time::macros::datetime;
use time::{Duration, OffsetDateTime};

/// What is asked, and what is seen with the behaviour and without it.
pub struct Proof {
    pub behaviour: &'static str,
    pub play: fn(&mut Scim) -> String,
    pub with: &'static str,
    pub without: &'static str,
}

/// A tenant, asked directly and at a time of our own.
pub struct Scim {
    service: Box<dyn Service>,
    now: OffsetDateTime,
}

impl Scim {
    /// A tenant of the `rfc` persona that takes any member of a group, behaving so.
    pub fn of(behaviours: &[Behaviour]) -> Self {
        let now = datetime!(2026-01-05 09:00 UTC);
        let changes = json!({ "unknown-members": "accept" });
        let mut settings = Settings::default().with(changes.as_object().unwrap()).unwrap();
        for behaviour in behaviours {
            behaviour.set(&mut settings);
        }
        let tenant: Box<dyn Service> = Box::new(Tenant::new(settings, now));
        let service = behaviours.iter().fold(tenant, |service, behaviour| behaviour.wrap(service));
        Self { service, now }
    }

    /// A request with the token.
    pub fn request(&self, method: Method, target: &str) -> Request {
        let (path, query) = target.split_once('?').map_or((target, None), |(path, query)| (path, Some(query)));
        let token = format!("Bearer {}", self.service.token());
        Request { query: query.map(str::to_owned), ..Request::new(method, path).with_header("Authorization", token) }
    }

    pub fn reply(&mut self, request: &Request) -> Reply {
        self.service.handle(request, self.now)
    }

    pub fn answer(&mut self, request: &Request) -> Response {
        match self.reply(request) {
            Reply::Answer(response) => response,
            other => panic!("no answer: {other:?}"),
        }
    }

    pub fn send(&mut self, method: Method, target: &str, body: Value) -> Response {
        let request = self.request(method, target).with_header("Content-Type", "application/scim+json");
        self.answer(&request.with_json(&body))
    }

    pub fn get(&mut self, target: &str) -> Response {
        self.answer(&self.request(Method::Get, target))
    }

    pub fn delete(&mut self, target: &str) -> Response {
        self.answer(&self.request(Method::Delete, target))
    }

    pub fn put(&mut self, target: &str, body: Value) -> Response {
        self.send(Method::Put, target, body)
    }

    /// A PATCH of one operation.
    pub fn patch(&mut self, target: &str, operation: Value) -> Response {
        let body = json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [operation] });
        self.send(Method::Patch, target, body)
    }

    pub fn create(&mut self, user: Value) -> Response {
        self.send(Method::Post, "/Users", user)
    }

    /// Creates a user, which must go well; gives the path.
    pub fn user(&mut self, name: &str) -> String {
        path("/Users", &self.create(user(name)))
    }

    /// Creates a group with these members, which must go well; gives the path.
    pub fn group(&mut self, name: &str) -> String {
        path("/Groups", &self.send(Method::Post, "/Groups", group(name, &[])))
    }

    /// The answer to a lookup of a user by name.
    pub fn lookup(&mut self, name: &str) -> Response {
        self.get(&format!("/Users?filter={}", encode(&format!("userName eq {}", Value::from(name)))))
    }

    /// How many users a lookup finds.
    pub fn found(&mut self, name: &str) -> usize {
        self.lookup(name).json().unwrap()["Resources"].as_array().map_or(0, Vec::len)
    }

    /// One member of what a GET shows.
    pub fn shown(&mut self, target: &str, member: &str) -> Value {
        member_of(&self.get(target), member)
    }

    pub fn control(&mut self, action: Action) -> Report {
        self.service.control(&action, self.now).unwrap()
    }

    pub fn wait(&mut self, seconds: i64) {
        self.now += Duration::seconds(seconds);
    }
}

fn path(collection: &str, created: &Response) -> String {
    assert_eq!(created.status, 201, "{}", String::from_utf8_lossy(&created.body));
    format!("{collection}/{}", created.json().unwrap()["id"].as_str().unwrap())
}

pub fn user(name: &str) -> Value {
    json!({ "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": name })
}

/// A user with one attribute more.
pub fn user_with(name: &str, attribute: &str, value: Value) -> Value {
    let mut user = user(name);
    user[attribute] = value;
    user
}

pub fn group(name: &str, members: &[&str]) -> Value {
    let members: Vec<Value> = members.iter().map(|id| json!({ "value": id })).collect();
    json!({ "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "displayName": name, "members": members })
}

pub fn replace(path: &str, value: Value) -> Value {
    json!({ "op": "replace", "path": path, "value": value })
}

/// A member of the body; null where there is none.
pub fn member_of(response: &Response, member: &str) -> Value {
    response.json().and_then(|body| body.get(member).cloned()).unwrap_or_default()
}

/// Status, and what a SCIM error says.
pub fn refused(response: &Response) -> String {
    let detail = member_of(response, "detail");
    match detail.as_str() {
        Some(detail) => format!("{} {detail}", response.status),
        None => response.status.to_string(),
    }
}

/// Status, media type, and how the body begins when it is no JSON.
pub fn raw(response: &Response) -> String {
    let kind = response.headers.get("content-type").unwrap_or("nothing");
    if response.json().is_some() {
        return format!("{} JSON", response.status);
    }
    let start: String = String::from_utf8_lossy(&response.body).chars().take(15).collect();
    format!("{} {kind}: {start}", response.status)
}

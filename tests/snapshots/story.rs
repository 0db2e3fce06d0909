//! One run against one server, as a transcript: what the tests bend in one place each.

use std::sync::Arc;
use std::time::Duration;

use scimulator::http::{Exchange, Headers, Mark, MarkKind, Method, Request, Response, Sender, Transcript};
use scimulator::snapshot::{Names, Normalised, normalise};
use serde_json::{Value, json};

const ERROR: &str = "urn:ietf:params:scim:api:messages:2.0:Error";
const LIST: &str = "urn:ietf:params:scim:api:messages:2.0:ListResponse";
const PATCH: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";

/// What differs between two runs against servers that behave alike.
#[derive(Clone)]
pub struct Run {
    pub base: &'static str,
    pub mark: &'static str,
    pub alice: &'static str,
    pub sales: &'static str,
    pub stranger: &'static str,
    pub password: &'static str,
    pub time: &'static str,
    pub etag: &'static str,
    pub probe: &'static str,
}

pub const REFERENCE: Run = Run {
    base: "http://127.0.0.1:40001/scim/v2",
    mark: "scimulator-7f3a-",
    alice: "6f1d9f0e-5c1e-4a53-9a0f-0f4b7c1f7a11",
    sales: "0a4b7c1f-1d9f-4e5c-9a0f-7a116f1d9f0e",
    stranger: "9a0f7a11-1d9f-4e5c-8b1e-0a4b7c1f6f1d",
    password: "q7Zr2LxP",
    time: "2026-01-05T10:00:00Z",
    etag: "W/\"1\"",
    probe: "11111111-2222-4333-8444-555555555555",
};

/// A product with short decimal ids (a user and a group with the same one), another clock and other tags.
pub const PRODUCT: Run = Run {
    base: "https://sp.test/tenants/7/scim",
    mark: "scimulator-c0de-",
    alice: "12",
    sales: "12",
    stranger: "123",
    password: "Tt4Ms9Ya",
    time: "2026-03-01T08:30:00.123+00:00",
    etag: "\"a81\"",
    probe: "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee",
};

impl Run {
    pub fn names(&self) -> Names {
        Names {
            mark: self.mark.to_owned(),
            resources: [(format!("/Users/{}", self.alice), "alice".to_owned())].into(),
            secrets: vec!["very-secret-token".to_owned()],
        }
    }

    pub fn user_name(&self) -> String {
        format!("{}alice@example.com", self.mark)
    }

    fn location(&self) -> String {
        format!("{}/Users/{}", self.base, self.alice)
    }

    pub fn user(&self, active: bool) -> Value {
        json!({
            "schemas": [USER], "id": self.alice, "externalId": "00u1abcdEFGHijklMN5d7",
            "userName": self.user_name(), "name": {"givenName": "Alice", "familyName": "Cooper"},
            "displayName": "Alice Cooper", "active": active,
            "emails": [{"value": self.user_name(), "type": "work", "primary": true}],
            "meta": {"resourceType": "User", "created": self.time, "lastModified": self.time,
                     "version": self.etag, "location": self.location()}
        })
    }

    fn group(&self) -> Value {
        let reference = self.location();
        json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "id": self.sales,
            "displayName": format!("{}Sales", self.mark),
            "members": [{"value": self.alice, "$ref": reference, "type": "User"}],
            "meta": {"resourceType": "Group", "location": format!("{}/Groups/{}", self.base, self.sales)}
        })
    }

    fn stranger(&self) -> Value {
        json!({"schemas": [USER], "id": self.stranger, "userName": "root@sp.test", "displayName": "Root", "active": true,
               "meta": {"resourceType": "User", "created": self.time}})
    }

    fn created(&self) -> Value {
        json!({
            "schemas": [USER], "userName": self.user_name(),
            "name": {"givenName": "Alice", "familyName": "Cooper"},
            "emails": [{"primary": true, "value": self.user_name(), "type": "work"}],
            "displayName": "Alice Cooper", "externalId": "00u1abcdEFGHijklMN5d7", "groups": [],
            "password": self.password, "active": true
        })
    }

    /// An address is assigned, changed and taken away, a group is pushed, and three requests are refused.
    pub fn story(&self) -> Story {
        let mut story = Story::new(self.base);
        let filter = format!("filter=userName%20eq%20%22{}alice%40example.com%22&startIndex=1&count=100", self.mark);
        let lookup = || Request::new(Method::Get, "/Users").with_query(filter.as_str());
        let user = format!("/Users/{}", self.alice);
        story.step("assign alice");
        story.play(lookup(), 200, &list(&[]));
        story.play(Request::new(Method::Post, "/Users").with_json(&self.created()), 201, &self.user(true));
        story.header("Location", &self.location());
        story.header("ETag", self.etag);
        story.outcome("provisioned alice");
        story.step("change alice");
        story.play(Request::new(Method::Get, user.as_str()), 200, &self.user(true));
        story.play(Request::new(Method::Put, user.as_str()).with_json(&self.user(true)), 200, &self.user(true));
        story.outcome("updated alice");
        story.step("unassign alice");
        let off = json!({"schemas": [PATCH], "Operations": [{"op": "replace", "value": {"active": false}}]});
        story.play(Request::new(Method::Patch, user.as_str()).with_json(&off), 200, &self.user(false));
        story.outcome("deactivated alice");
        story.step("assign alice");
        story.play(lookup(), 200, &list(&[self.user(false)]));
        story.step("push group sales");
        let group = json!({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"],
                           "displayName": format!("{}Sales", self.mark), "members": [{"value": self.alice}]});
        story.play(Request::new(Method::Post, "/Groups").with_json(&group), 201, &self.group());
        let leave = format!("members[value eq \"{}\"]", self.alice);
        let leave = json!({"schemas": [PATCH], "Operations": [{"op": "remove", "path": leave}]});
        let sales = format!("/Groups/{}", self.sales);
        story.play_bare(Request::new(Method::Patch, sales.as_str()).with_json(&leave), 204);
        story.play(Request::new(Method::Get, sales.as_str()), 200, &self.group());
        story.step("import");
        let everyone = Request::new(Method::Get, "/Users").with_query("startIndex=1&count=100");
        story.play(everyone, 200, &list(&[self.stranger(), self.user(false)]));
        story.refusals(self);
        story
    }
}

pub fn list(resources: &[Value]) -> Value {
    json!({"schemas": [LIST], "totalResults": resources.len(), "startIndex": 1, "itemsPerPage": resources.len(),
           "Resources": resources})
}

pub fn problem(status: u16, detail: &str) -> Value {
    json!({"schemas": [ERROR], "status": status.to_string(), "detail": detail})
}

/// A transcript in the making.
pub struct Story {
    pub transcript: Transcript,
    step: usize,
}

impl Story {
    pub fn new(base: &str) -> Self {
        Self { transcript: Transcript { base: base.to_owned(), ..Transcript::default() }, step: 0 }
    }

    pub fn step(&mut self, label: &str) {
        self.mark(MarkKind::Step(self.step, label.to_owned()));
        self.step += 1;
    }

    pub fn outcome(&mut self, text: &str) {
        self.mark(MarkKind::Outcome(text.to_owned()));
    }

    pub fn mark(&mut self, kind: MarkKind) {
        self.transcript.marks.push(Mark { after: self.transcript.exchanges.len(), at: Duration::ZERO, kind });
    }

    pub fn play(&mut self, request: Request, status: u16, body: &Value) {
        self.answer(request, status, "application/scim+json", body.to_string());
    }

    pub fn play_bare(&mut self, request: Request, status: u16) {
        self.answer(request, status, "", String::new());
    }

    pub fn answer(&mut self, request: Request, status: u16, media: &str, body: String) {
        let mut headers = Headers::new();
        headers.push("Date", "Mon, 05 Jan 2026 10:00:00 GMT");
        if !media.is_empty() {
            headers.push("Content-Type", media);
        }
        let request = request.with_header("Accept", "application/scim+json");
        self.transcript.exchanges.push(Exchange {
            step: self.step.saturating_sub(1),
            sender: Sender::Idp,
            request,
            answer: Ok(Arc::new(Response::new(status, headers, body))),
            elapsed: Duration::from_millis(3),
            at: Duration::ZERO,
        });
    }

    pub fn header(&mut self, name: &str, value: &str) {
        self.bend_last(|response| response.headers.push(name, value));
    }

    fn bend_last(&mut self, bend: impl Fn(&mut Response)) {
        let last = self.transcript.exchanges.len() - 1;
        self.bend(last, bend);
    }

    pub fn bend(&mut self, at: usize, bend: impl Fn(&mut Response)) {
        let exchange = &mut self.transcript.exchanges[at];
        let old = exchange.response().expect("the story has answers");
        let mut response = Response::new(old.status, old.headers.clone(), old.body.clone());
        bend(&mut response);
        exchange.answer = Ok(Arc::new(Response::new(response.status, response.headers, response.body)));
    }

    /// One exchange more, before the one that stands at `at`.
    pub fn insert(&mut self, at: usize, exchange: Exchange) {
        self.transcript.exchanges.insert(at, exchange);
        for mark in self.transcript.marks.iter_mut().filter(|mark| mark.after > at) {
            mark.after += 1;
        }
    }

    /// Bends every answer.
    pub fn each(&mut self, bend: impl Fn(&mut Response)) {
        (0..self.transcript.exchanges.len()).for_each(|at| self.bend(at, &bend));
    }

    /// Bends every JSON body.
    pub fn bodies(&mut self, bend: impl Fn(&mut Value)) {
        self.each(|response| {
            if let Some(mut body) = response.json().cloned() {
                bend(&mut body);
                response.body = body.to_string().into();
            }
        });
    }

    /// Where the first answer to such a request stands.
    pub fn find(&self, method: Method, path: &str, status: u16) -> usize {
        let matches = |exchange: &Exchange| {
            let answered = exchange.response().is_some_and(|response| response.status == status);
            exchange.request.method == method && exchange.request.path.starts_with(path) && answered
        };
        self.transcript.exchanges.iter().position(matches).expect("the story has such an exchange")
    }

    pub fn normalised(&self, run: &Run) -> Normalised {
        normalise(&self.transcript, &run.names())
    }

    fn refusals(&mut self, run: &Run) {
        self.step("assign bob");
        let body = json!({"schemas": [USER], "userName": format!("{}bob@example.com", run.mark), "active": true});
        let create = || Request::new(Method::Post, "/Users").with_json(&body);
        self.play(create(), 403, &problem(403, "All seats are taken; free one or buy more."));
        self.outcome("failed bob: no seats");
        self.play(create(), 409, &problem(409, "userName is taken"));
        self.outcome("failed bob: conflict");
        self.step("test connection");
        let probe = format!("filter=userName+eq+%22{}%22", run.probe);
        self.play(Request::new(Method::Get, "/Users").with_query(probe), 200, &list(&[]));
        self.play(Request::new(Method::Get, format!("/Users/{}", run.probe)), 404, &problem(404, "no such user"));
    }
}

/// Applies a change to every object in a body, the outermost last.
pub fn every_object(value: &mut Value, bend: &dyn Fn(&mut serde_json::Map<String, Value>)) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| every_object(item, bend)),
        Value::Object(members) => {
            members.values_mut().for_each(|item| every_object(item, bend));
            bend(members);
        }
        _ => {}
    }
}

/// Applies a change to every user in a body.
pub fn every_user(value: &mut Value, bend: &dyn Fn(&mut serde_json::Map<String, Value>)) {
    every_object(value, &|members| {
        if members.contains_key("userName") {
            bend(members);
        }
    });
}

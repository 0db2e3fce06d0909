//! An endpoint of its own for each test: the reference server in this process, with people who were there before, and
//! somebody who watches every request.

use std::sync::{Arc, Mutex};

use scimulator::clock::Clock;
use scimulator::control::{Action, ControlError, Report};
use scimulator::faults;
use scimulator::http::{Base, Client, ClientSettings, Credential, Method, Request, Secret};
use scimulator::server::{Host, Mounted, Reply, Service, Settings, Tenant};
use serde_json::{Value, json};
use time::OffsetDateTime;

/// What a watcher does with a request; the number counts requests from 0.
type Watcher = Box<dyn FnMut(usize, &Request) -> Turn + Send>;

/// Who answers.
pub enum Turn {
    /// The server.
    Server,
    /// The watcher, and the server never sees the request.
    Instead(Reply),
    /// The watcher, after the server did what it was asked.
    Afterwards(Reply),
}

impl Turn {
    /// The watcher where something holds, else the server.
    pub fn instead_if(holds: bool, reply: impl FnOnce() -> Reply) -> Self {
        if holds { Self::Instead(reply()) } else { Self::Server }
    }
}

/// The endpoint.
pub struct Endpoint {
    runtime: tokio::runtime::Runtime,
    mounted: Mounted,
    _host: Host,
    seen: Arc<Mutex<Vec<Request>>>,
}

struct Watched {
    inner: Box<dyn Service>,
    watcher: Watcher,
    seen: Arc<Mutex<Vec<Request>>>,
}

impl Service for Watched {
    fn handle(&mut self, request: &Request, now: OffsetDateTime) -> Reply {
        let count = {
            let mut seen = self.seen.lock().unwrap();
            seen.push(request.clone());
            seen.len() - 1
        };
        match (self.watcher)(count, request) {
            Turn::Server => self.inner.handle(request, now),
            Turn::Instead(reply) => reply,
            Turn::Afterwards(reply) => {
                self.inner.handle(request, now);
                reply
            }
        }
    }

    fn control(&mut self, action: &Action, now: OffsetDateTime) -> Result<Report, ControlError> {
        self.inner.control(action, now)
    }

    fn token(&self) -> String {
        self.inner.token()
    }
}

impl Endpoint {
    /// A correct server.
    pub fn new() -> Self {
        Self::watched(&[], Box::new(|_, _| Turn::Server))
    }

    /// A server with these faults.
    pub fn broken(faults: &[&str]) -> Self {
        Self::watched(faults, Box::new(|_, _| Turn::Server))
    }

    /// A server with these faults, watched.
    pub fn watched(faults: &[&str], watcher: Watcher) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let host = runtime.block_on(async { Host::start(([127, 0, 0, 1], 0).into()).unwrap() });
        let clock = Clock::real();
        let settings = Settings { base_url: host.base_url(""), seed: 11, ..Settings::default() };
        let mut tenant = Tenant::new(settings, clock.now());
        for body in [
            json!({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "boss@example.com",
                "displayName": "The Boss", "active": true}),
            json!({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "alice@example.com",
                "displayName": "Another Alice", "active": true}),
        ] {
            assert_eq!(ask(&mut tenant, Method::Post, "/Users", Some(&body), clock.now()).0, 201);
        }
        let group = json!({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "displayName": "Sales EU"});
        assert_eq!(ask(&mut tenant, Method::Post, "/Groups", Some(&group), clock.now()).0, 201);
        let service = faults
            .iter()
            .fold(Box::new(tenant) as Box<dyn Service>, |service, fault| faults::wrap(fault, service).unwrap());
        let seen = Arc::new(Mutex::new(Vec::new()));
        let service = Watched { inner: service, watcher, seen: Arc::clone(&seen) };
        let mounted = host.mount("", Box::new(service), clock);
        Self { runtime, mounted, _host: host, seen }
    }

    pub fn url(&self) -> &str {
        self.mounted.base_url()
    }

    pub fn token(&self) -> String {
        self.mounted.token()
    }

    /// Requests so far.
    pub fn seen(&self) -> Vec<Request> {
        self.seen.lock().unwrap().clone()
    }

    /// Everybody and every group the server has now, versions included: where nothing happened nothing differs.
    pub fn content(&self) -> Value {
        let base = Base::parse(self.url()).unwrap();
        let credential = Credential::Bearer(Secret::new(&self.token()));
        let client = Client::new(ClientSettings::default());
        let list = |path: &str| {
            let request = Request::new(Method::Get, path);
            let answer = self.runtime.block_on(client.send(&base, &credential, &request)).0.unwrap();
            answer.json().unwrap()["Resources"].clone()
        };
        json!({"users": list("/Users"), "groups": list("/Groups")})
    }
}

fn ask(
    service: &mut dyn Service,
    method: Method,
    path: &str,
    body: Option<&Value>,
    now: OffsetDateTime,
) -> (u16, Value) {
    let mut request = Request::new(method, path).with_header("Authorization", format!("Bearer {}", service.token()));
    if let Some(body) = body {
        request = request.with_header("Content-Type", "application/scim+json").with_json(body);
    }
    match service.handle(&request, now) {
        Reply::Answer(response) => (response.status, response.json().cloned().unwrap_or_default()),
        other => panic!("{other:?}"),
    }
}

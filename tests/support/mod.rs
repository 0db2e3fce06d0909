//! A port that answers from a list and keeps what it was asked: dialect tests without a server.

#![allow(dead_code, reason = "each test file uses its own part")]
#![allow(clippy::unnecessary_wraps, reason = "what these make is an `Answer`, whether one came or not")]

pub mod run;
pub mod wire;

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use scimulator::http::{Answer, Headers, Request, Response, TransportFailure};
use scimulator::idp::{Dialect, Directory, Event, Halt, Outcome, Port, Waiting};
use serde_json::{Map, Value, json};

/// Answers from a list.
#[derive(Default)]
pub struct ScriptedPort {
    answers: VecDeque<Answer>,
    /// What was sent.
    pub requests: Vec<Request>,
    /// How long the dialect waited, and why.
    pub waits: Vec<(Duration, Waiting)>,
    now: Duration,
    first_draw: Option<u64>,
    drawn: u64,
}

impl ScriptedPort {
    pub fn new(answers: impl IntoIterator<Item = Answer>) -> Self {
        Self { answers: answers.into_iter().collect(), ..Self::default() }
    }

    /// Adds answers to the end of the list.
    pub fn then(&mut self, answers: impl IntoIterator<Item = Answer>) {
        self.answers.extend(answers);
    }

    /// The number that is drawn next; after it the sequence goes on.
    pub fn draw_first(&mut self, number: Option<u64>) {
        self.first_draw = number;
    }

    /// Takes out what was sent so far, each as `METHOD target` with its body when it has one.
    pub fn sent(&mut self) -> Vec<String> {
        assert!(self.answers.is_empty(), "answers nobody asked for: {:?}", self.answers);
        std::mem::take(&mut self.requests).iter().map(line).collect()
    }
}

/// `METHOD target body`.
pub fn line(request: &Request) -> String {
    let body = request.body.as_deref().map(String::from_utf8_lossy).unwrap_or_default();
    format!("{} {} {body}", request.method, request.target()).trim_end().to_owned()
}

impl Port for ScriptedPort {
    async fn send(&mut self, request: Request) -> Result<Answer, Halt> {
        let answer = self.answers.pop_front().unwrap_or_else(|| panic!("no answer left for {}", line(&request)));
        self.requests.push(request);
        Ok(answer)
    }

    async fn wait(&mut self, duration: Duration, why: Waiting) -> Result<(), Halt> {
        self.now += duration;
        self.waits.push((duration, why));
        Ok(())
    }

    fn now(&self) -> Duration {
        self.now
    }

    fn random(&mut self) -> u64 {
        self.drawn += 1;
        self.first_draw.take().unwrap_or_else(|| self.drawn.wrapping_mul(0x9E37_79B9_7F4A_7C15))
    }
}

/// A JSON answer.
pub fn answer(status: u16, body: &Value) -> Answer {
    let headers = Headers::from_iter([("Content-Type", "application/scim+json")]);
    Ok(Arc::new(Response::new(status, headers, body.to_string())))
}

/// An answer without a body.
pub fn empty(status: u16) -> Answer {
    Ok(Arc::new(Response::new(status, Headers::new(), "")))
}

/// An answer without a body and with one header field.
pub fn with_header(status: u16, name: &str, value: &str) -> Answer {
    Ok(Arc::new(Response::new(status, Headers::from_iter([(name, value)]), "")))
}

/// No answer within a minute.
pub fn timeout() -> Answer {
    Err(TransportFailure::Timeout(Duration::from_secs(60)))
}

/// A list of these resources.
pub fn list(resources: &Value) -> Answer {
    let count = resources.as_array().map_or(0, Vec::len);
    answer(
        200,
        &json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
            "totalResults": count, "startIndex": 1, "itemsPerPage": count, "Resources": resources }),
    )
}

/// An error with this detail.
pub fn error(status: u16, detail: &str) -> Answer {
    answer(
        status,
        &json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"], "status": status.to_string(), "detail": detail }),
    )
}

/// A dialect with a directory and a port.
pub struct Stage {
    pub dialect: Dialect,
    pub directory: Directory,
    pub port: ScriptedPort,
}

impl Stage {
    /// A dialect with knobs.
    pub fn new(id: &str, knobs: &Value) -> Self {
        let knobs: Map<String, Value> = knobs.as_object().cloned().unwrap_or_default();
        let dialect = Dialect::new(id, &knobs).unwrap_or_else(|error| panic!("{id}: {error}"));
        Self { dialect, directory: Directory::built_in(), port: ScriptedPort::default() }
    }

    /// Plays one event against these answers.
    pub fn play(&mut self, event: &Event, answers: impl IntoIterator<Item = Answer>) -> Vec<Outcome> {
        self.port.then(answers);
        self.directory.apply(event).expect("known keys");
        block_on(self.dialect.play(event, &self.directory, &mut self.port)).expect("nothing halts the scripted port")
    }

    /// What was sent since last asked.
    pub fn sent(&mut self) -> Vec<String> {
        self.port.sent()
    }
}

/// Runs a future that never really waits.
pub fn block_on<F: Future>(future: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread().build().expect("a runtime").block_on(future)
}

//! What a tool is to send, in order, and what the answers must be like.

use std::time::Duration;

use serde_json::Value;

use super::text::Text;
use crate::http::{Answer, Request};
use crate::scenario::{CredentialChoice, StatusPattern};

/// The dialect of scenarios that are no identity provider's.
const PLAIN: &str = "plain";

/// A scenario as it was played.
#[derive(Clone, Debug)]
pub struct Script {
    /// Id of the scenario.
    pub id: String,
    /// What happens, in one line.
    pub title: String,
    /// Whose requests they are; `plain` for raw ones.
    pub dialect: String,
    /// Requests in order.
    pub calls: Vec<Call>,
    /// What removes again what they create.
    pub clean_up: Vec<Call>,
}

impl Script {
    /// `lifecycle/create as okta`; the id alone where no identity provider plays.
    pub(super) fn name(&self) -> String {
        if self.dialect == PLAIN { self.id.clone() } else { format!("{} as {}", self.id, self.dialect) }
    }

    /// `lifecycle/create as okta: A new employee gets an account`.
    pub(super) fn headline(&self) -> String {
        format!("{}: {}", self.name(), self.title)
    }

    /// Everything that is sent, clean-up included.
    pub(super) fn all(&self) -> impl Iterator<Item = &Call> {
        self.calls.iter().chain(&self.clean_up)
    }

    /// What belongs to the story: not what only looks whether it went well.
    pub(super) fn story(&self) -> impl Iterator<Item = &Call> {
        self.calls.iter().filter(|call| !call.is_look)
    }
}

/// One request.
#[derive(Clone, Debug)]
pub struct Call {
    /// Position of its step in the scenario, from 0.
    pub step: usize,
    /// The step in a few words.
    pub label: String,
    /// What must happen before it, and what there is to know about it.
    pub notes: Vec<String>,
    /// How long must be waited before it.
    pub pause: Option<Duration>,
    /// As it was sent.
    pub request: Request,
    /// Which credential goes with it.
    pub credential: CredentialChoice,
    /// Path and query, with variables.
    pub target: Text,
    /// Header fields, with variables.
    pub headers: Vec<(String, Text)>,
    /// The body, with variables.
    pub body: Option<Text>,
    /// What was answered.
    pub answer: Answer,
    /// Virtual time since the scenario began.
    pub at: Duration,
    /// Accepted statuses; any when there is none.
    pub statuses: Vec<StatusPattern>,
    /// What else must hold.
    pub checks: Vec<Check>,
    /// What later requests need of the answer.
    pub captures: Vec<Capture>,
    /// The harness only looks whether the rest went well.
    pub is_look: bool,
}

impl Call {
    /// Whether it stands under the same heading.
    pub(super) fn is_of_step(&self, other: &Self) -> bool {
        self.step == other.step && self.label == other.label
    }

    /// The step, and what there is to know about the request.
    pub(super) fn remark(&self) -> String {
        [std::slice::from_ref(&self.label), &self.notes].concat().join("; ")
    }

    /// The statuses as alternatives, a class as its digit and two times `any`; `None` when each is right.
    pub(super) fn alternatives(&self, any: &str) -> Option<Vec<String>> {
        let written = |pattern: &StatusPattern| match pattern {
            StatusPattern::Code(code) => code.to_string(),
            StatusPattern::Class(class) => format!("{class}{any}{any}"),
        };
        (!self.statuses.is_empty()).then(|| self.statuses.iter().map(written).collect())
    }
}

/// What must hold of the body of an answer. A path is written so that jq, JSONPath and JavaScript read it alike.
#[derive(Clone, Debug, PartialEq)]
pub enum Check {
    /// There is a value.
    Present(String),
    /// It is this one: text, number or boolean.
    Equals(String, Value),
}

/// A value of an answer, kept under a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Capture {
    /// `alice_id`.
    pub name: String,
    /// Where it stands.
    pub place: Place,
    /// What becomes of it before it is used.
    pub form: Form,
}

/// Where in an answer a value stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// In the body at this path.
    Body(String),
    /// In the header field of this name, in small letters.
    Header(String),
}

/// What becomes of a value before it is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Form {
    /// Nothing.
    Plain,
    /// It is the last segment of the URL that stands there.
    EndOfUrl,
    /// It is escaped for a text in JSON.
    InJson,
    /// It is percent-encoded for a query.
    InQuery,
    /// The mark of a weak tag, `W/`, is taken off.
    Strong,
}

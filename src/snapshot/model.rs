//! A transcript with names in place of volatile values: what a snapshot holds and what is compared.
//!
//! [`normalise`](super::normalise) makes it from a transcript, `parse` from an approved text.

use serde_json::Value;

/// A transcript as the snapshot shows it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Normalised {
    /// Request headers the exchanges have in common, shown once.
    pub headers: Vec<(String, String)>,
    /// Steps, exchanges, waits and outcomes in order.
    pub entries: Vec<Entry>,
}

/// One entry of a snapshot.
#[derive(Clone, Debug, PartialEq)]
pub enum Entry {
    /// A step of the scenario begins: its number, from 1, and its label.
    Step(usize, String),
    /// A request with its answer.
    Exchange(Box<Played>),
    /// The IdP waited: how long, and why.
    Wait(String),
    /// What the IdP recorded.
    Outcome(String),
}

/// A request with its answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Played {
    /// Sent by a raw step of the scenario (`>>` in the text), not by the IdP (`>`).
    pub raw: bool,
    /// The method as on the wire.
    pub method: String,
    /// Path and query below the base URL, encoded as sent.
    pub target: String,
    /// Headers that differ from the common ones; `(none)` where a common one was not sent.
    pub headers: Vec<(String, String)>,
    /// The body, members in the order in which they were sent.
    pub body: Body,
    /// What came back.
    pub reply: Reply,
}

impl Played {
    /// The request line as snapshots and reports show it: `GET /Users/<alice.id>`.
    pub fn request(&self) -> String {
        format!("{} {}", self.method, self.target)
    }

    /// The path without the query.
    pub fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }

    /// The status, when an answer came.
    pub fn status(&self) -> Option<u16> {
        match &self.reply {
            Reply::Answer { status, .. } => Some(*status),
            Reply::None(_) => None,
        }
    }

    /// The answer's body as JSON, when it is.
    pub fn answer_json(&self) -> Option<&Value> {
        match &self.reply {
            Reply::Answer { body: Body::Json(value), .. } => Some(value),
            _ => None,
        }
    }

    /// A header of the answer that snapshots keep.
    pub fn answer_header(&self, name: &str) -> Option<&str> {
        let Reply::Answer { headers, .. } = &self.reply else { return None };
        headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}

/// A body.
#[derive(Clone, Debug, PartialEq)]
pub enum Body {
    /// There is none.
    Empty,
    /// JSON objects and arrays.
    Json(Value),
    /// Anything else.
    Text(String),
    /// Too long to review: its length in bytes and a hash (FNV-1a), both of the normalised text.
    Large {
        /// Bytes.
        bytes: usize,
        /// FNV-1a, 64 bits.
        hash: u64,
    },
}

/// What came back.
#[derive(Clone, Debug, PartialEq)]
pub enum Reply {
    /// An answer.
    Answer {
        /// Status code.
        status: u16,
        /// Media type, lower case, without parameters.
        media: Option<String>,
        /// `Location`, `ETag`, `Retry-After`, `WWW-Authenticate`, `Allow`, as far as sent.
        headers: Vec<(String, String)>,
        /// The body, members in canonical order.
        body: Body,
    },
    /// No answer: why, in one word (`timeout`).
    None(String),
}

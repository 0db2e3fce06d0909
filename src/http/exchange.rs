//! Exchanges and transcripts: everything that is ever judged.
//!
//! A live run, the recording proxy and a log import all produce a [`Transcript`];
//! judging one needs nothing else, so judging a stored one gives the same verdict.

use std::sync::Arc;
use std::time::Duration;

use super::{Request, Response};

/// Why no answer came back. Facts only; words and next steps are made in `report/`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TransportFailure {
    /// The name of the host does not resolve.
    #[error("the host name does not resolve: {0}")]
    Dns(String),
    /// Nothing listens there, or the connection was refused or reset while connecting.
    #[error("cannot connect: {0}")]
    Connect(String),
    /// The TLS handshake failed (certificate, version, name).
    #[error("TLS failed: {0}")]
    Tls(String),
    /// No complete answer within the limit.
    #[error("no answer within {} s", .0.as_secs())]
    Timeout(Duration),
    /// The connection closed before the answer was complete, or lengths disagree.
    #[error("the answer broke off: {0}")]
    Truncated(String),
    /// The body is larger than the cap (bytes).
    #[error("the answer is larger than {0} bytes")]
    TooLarge(u64),
    /// What came back is not HTTP, or its header section is over the limits.
    #[error("the answer is not valid HTTP: {0}")]
    Protocol(String),
    /// The request could not be built; a scenario asked for something HTTP cannot carry.
    #[error("the request cannot be sent: {0}")]
    Unsendable(String),
}

/// On whose behalf a request was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Sender {
    /// The identity provider, through its dialect: part of the snapshot.
    Idp,
    /// A raw step of the scenario: part of the snapshot.
    Scenario,
    /// The harness itself: preparation, reads before and after, checks. Judged by passive rules, not in the snapshot.
    Harness,
    /// Removing what the run created. Not judged.
    CleanUp,
}

/// An answer, or why there is none.
pub type Answer = Result<Arc<Response>, TransportFailure>;

/// One request with its answer as received and its timing.
#[derive(Clone, Debug)]
pub struct Exchange {
    /// Position of the step in the scenario that caused it, from 0.
    pub step: usize,
    /// Who wanted it.
    pub sender: Sender,
    /// What was sent.
    pub request: Request,
    /// What came back.
    pub answer: Answer,
    /// Real time from sending to the last byte.
    pub elapsed: Duration,
    /// Virtual time since the scenario began, when it was sent.
    pub at: Duration,
}

impl Exchange {
    /// The answer, when one came.
    pub fn response(&self) -> Option<&Response> {
        self.answer.as_ref().ok().map(Arc::as_ref)
    }
}

/// Something worth seeing between two exchanges.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// How many exchanges stand before it.
    pub after: usize,
    /// Virtual time since the scenario began.
    pub at: Duration,
    /// What happened.
    pub kind: MarkKind,
}

/// Kinds of marks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MarkKind {
    /// A step began: its position from 0, and the step in a few words (`assign alice`).
    Step(usize, String),
    /// The IdP waited this long, and why (`incremental cycle`, `Retry-After`).
    Wait(Duration, String),
    /// What the IdP recorded, as one line (`provisioned alice`).
    Outcome(String),
}

/// The ordered exchanges and marks of one scenario under one dialect.
#[derive(Clone, Debug, Default)]
pub struct Transcript {
    /// Base URL of the endpoint, without a trailing slash.
    pub base: String,
    /// Exchanges in the order in which they were sent.
    pub exchanges: Vec<Exchange>,
    /// Marks in order.
    pub marks: Vec<Mark>,
}

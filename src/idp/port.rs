//! What a dialect is given: a way to send, to wait and to draw random numbers.
//!
//! The engine implements it; dialects never see a socket, a clock or the server.

use std::future::Future;
use std::time::Duration;

use crate::http::{Answer, Request};

/// Why the engine ends a dialect's work early. Passed up with `?`, never handled by a dialect.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Halt {
    /// The write would have changed a resource that this run did not create.
    #[error("the request would change a resource that this run did not create: {0}")]
    Stranger(String),
    /// The request would have created something that nobody could tell from the target's own data.
    #[error("the request would create `{0}`, whose name lacks this run's mark")]
    Unmarked(String),
    /// A wait is longer than the user allows in real time.
    #[error("the target asks to wait {0:?}")]
    WaitTooLong(Duration),
    /// The run was interrupted.
    #[error("interrupted")]
    Interrupted,
    /// The bound on exchanges of one scenario is reached.
    #[error("more than {0} requests in one scenario")]
    TooManyRequests(usize),
    /// The target left too many requests without an answer; nothing more is sent.
    #[error("the target stopped answering such requests")]
    Silent,
    /// Own data could not be recorded before sending (journal).
    #[error("{0}")]
    Journal(String),
}

/// Why a dialect waits: decides whether the wait may be virtual at a real target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Waiting {
    /// The IdP's own schedule (cycle, escrow): always virtual unless real time is asked for.
    Schedule(&'static str),
    /// The target asked for it (Retry-After): real at a target.
    RetryAfter,
    /// The IdP's back-off when the target named no time: virtual.
    BackOff,
}

/// The engine's side of a dialect.
pub trait Port: Send {
    /// Sends one request and gives the answer, or why none came.
    fn send(&mut self, request: Request) -> impl Future<Output = Result<Answer, Halt>> + Send;

    /// Lets time pass.
    fn wait(&mut self, duration: Duration, why: Waiting) -> impl Future<Output = Result<(), Halt>> + Send;

    /// Virtual time since the scenario began.
    fn now(&self) -> Duration;

    /// The next number of the run's seeded sequence (probe ids, passwords).
    fn random(&mut self) -> u64;
}

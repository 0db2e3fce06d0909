//! One pass over objects: the port it talks through, and how its flows stop early.

use std::sync::Arc;

use super::patch::Style;
use super::reaction::{self, Course, Trouble};
use crate::http::{Answer, Request, Response};
use crate::idp::{Directory, Halt, Outcome, OutcomeKind, Port};

/// What every flow of one cycle, or of one on-demand run, is given.
#[derive(Debug)]
pub(super) struct Pass<'a, P> {
    /// The directory as it stands.
    pub directory: &'a Directory,
    /// The way to the target.
    pub port: &'a mut P,
    /// Which PATCH dialect is spoken.
    pub style: Style,
    /// Started by hand for one object: nothing is disabled that the directory disabled or deleted, nothing restored.
    pub on_demand: bool,
    /// The object did not change since its last PATCH: it is read to see whether that took effect.
    pub confirming: bool,
}

impl<P: Port> Pass<'_, P> {
    /// Sends a request and gives whatever comes back.
    pub(super) async fn exchange(&mut self, request: Request) -> Result<Answer, Stop> {
        Ok(self.port.send(request).await?)
    }

    /// Sends a request that must succeed.
    pub(super) async fn send(&mut self, request: Request) -> Result<Arc<Response>, Stop> {
        Ok(reaction::accept(self.exchange(request).await?)?)
    }
}

/// Why the flow of one object ends before its end.
#[derive(Debug)]
pub(super) enum Stop {
    /// The engine ends the dialect's work.
    Halt(Halt),
    /// The target's answer does.
    Trouble(Trouble),
}

impl From<Halt> for Stop {
    fn from(halt: Halt) -> Self {
        Self::Halt(halt)
    }
}

impl From<Trouble> for Stop {
    fn from(trouble: Trouble) -> Self {
        Self::Trouble(trouble)
    }
}

impl Stop {
    /// Only an administrator can help.
    pub(super) fn needs_admin(code: &'static str, reason: impl Into<String>) -> Self {
        Self::Trouble(Trouble { code, reason: reason.into(), course: Course::Administrator })
    }
}

/// What became of an object whose flow reached its end.
#[derive(Debug)]
pub(super) struct Done {
    kind: OutcomeKind,
    message: String,
    code: Option<&'static str>,
}

impl Done {
    /// Something was written.
    pub(super) fn new(kind: OutcomeKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), code: None }
    }

    /// Nothing had to be written, for this reason.
    pub(super) fn skipped(reason: impl Into<String>) -> Self {
        Self { kind: OutcomeKind::Skipped, message: reason.into(), code: Some(reaction::SKIPPED) }
    }

    /// Nothing could be decided, for this reason.
    pub(super) fn skipped_as(code: &'static str, reason: impl Into<String>) -> Self {
        Self { code: Some(code), ..Self::skipped(reason) }
    }

    /// Whether nothing was written.
    pub(super) fn is_skipped(&self) -> bool {
        self.kind == OutcomeKind::Skipped
    }

    /// The outcome of this person or group.
    pub(super) fn outcome(self, key: &str) -> Outcome {
        Outcome {
            kind: self.kind,
            subject: Some(key.to_owned()),
            message: self.message,
            code: self.code.map(str::to_owned),
        }
    }
}

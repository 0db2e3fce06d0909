//! The player: plays the steps of one scenario under one dialect.
//!
//! It gets a wire, a directory and a dialect from the engine and gives back
//! what was seen ([`Played`]); the judge makes a verdict of it.

mod admin;
mod attributes;
mod beyond;
mod blame;
mod check;
mod compare;
mod event;
pub(super) mod expect;
mod foreign;
mod lag;
mod lean;
mod load;
mod loss;
mod play;
mod raw;
mod refused_patch;
mod resource;
mod seats;
mod setup;
mod tick;
mod unoffered;
pub(super) mod values;
mod walk;

pub(super) use resource::{OPTIONAL, filtered, neutral, new_body, quoted};
pub(super) use setup::{Disguise, USUAL_DOMAIN};
pub(super) use {attributes::declares, lag::is_about_lateness, lean::leaner_body, play::Proof, unoffered::Unoffered};

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use crate::control::Action;
use crate::finding::Finding;
use crate::http::Transcript;
use crate::idp::{Dialect, Directory, Halt, Outcome};
use crate::run::event::Compared;
use crate::run::sending::wire::Wire;
use crate::scenario::{Scenario, variables::Unknown};
use values::Values;

/// What is known of a target beforehand, by its user or by what it says of itself; nothing for the embedded server.
#[derive(Clone, Debug, Default)]
pub struct Knowledge {
    /// Total seats.
    pub seats: Option<u32>,
    /// Seats in use before the run.
    pub seats_used: Option<u32>,
    /// Attribute values that every created user needs.
    pub user_attributes: serde_json::Map<String, Value>,
    /// Attributes that the target says it does not have: no user of the harness's own has them.
    pub unmapped: Vec<&'static str>,
    /// Values that attributes take, by path.
    pub attribute_values: serde_json::Map<String, Value>,
}

/// Why a scenario ended before its last step.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum End {
    /// A prerequisite failed.
    Inconclusive(String),
    /// A gate turned out to be closed.
    Skipped(String),
    /// The target cannot be tested.
    Infrastructure(String),
    /// Ctrl-C.
    Interrupted,
    /// The scenario itself is wrong: nothing to do with the target.
    Broken(String),
    /// A finding makes the rest pointless.
    Failed,
}

impl From<Unknown> for End {
    fn from(unknown: Unknown) -> Self {
        // A value is missing because an earlier answer lacked it, as a rule.
        Self::Inconclusive(unknown.to_string())
    }
}

impl From<Halt> for End {
    fn from(halt: Halt) -> Self {
        match halt {
            Halt::Interrupted => Self::Interrupted,
            Halt::Stranger(_) | Halt::Unmarked(_) | Halt::TooManyRequests(_) => Self::Broken(halt.to_string()),
            Halt::WaitTooLong(_) => Self::Inconclusive(halt.to_string()),
            Halt::Silent | Halt::Journal(_) => Self::Infrastructure(halt.to_string()),
        }
    }
}

/// What was seen.
#[derive(Debug)]
pub(super) struct Played {
    pub(super) transcript: Transcript,
    pub(super) findings: Vec<Finding>,
    pub(super) compared: Vec<Compared>,
    pub(super) outcomes: Vec<(usize, Outcome)>,
    pub(super) end: Option<End>,
    pub(super) values: Values,
    pub(super) leftovers: Vec<String>,
    pub(super) virtual_elapsed: Duration,
    /// The scenario makes trouble on purpose: a failure of the transport is part of it.
    pub(super) makes_weather: bool,
}

/// Plays one scenario under one dialect.
pub(super) struct Player {
    pub(super) scenario: Arc<Scenario>,
    /// `okta`, `entra-scim2020`, …; `plain` for raw scenarios.
    pub(super) dialect_id: String,
    /// Its severity column: `okta`, `entra`, `rfc`.
    pub(super) family: &'static str,
    pub(super) dialect: Option<Dialect>,
    pub(super) directory: Directory,
    pub(super) wire: Wire,
    pub(super) disguise: Disguise,
    pub(super) knowledge: Arc<Knowledge>,
    /// What the target says it does not have.
    pub(super) unoffered: Unoffered,
    /// Steps left out, by index: the target does not offer what their gates name.
    pub(super) gated: Vec<usize>,
    pub(super) values: Values,
    pub(super) findings: Vec<Finding>,
    pub(super) compared: Vec<Compared>,
    pub(super) outcomes: Vec<(usize, Outcome)>,
    /// This target refused the usual user and took a leaner one.
    pub(super) is_lean: bool,
    /// What gives the IdP its access back, once a step took it away.
    pub(super) restore: Option<Action>,
    /// Steps that might have been left undecided, by whether they were.
    pub(super) proof: Proof,
}

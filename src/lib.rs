//! scimulator plays the identity provider: it replays what Okta and Microsoft
//! Entra ID really send to a SCIM 2.0 endpoint and judges every answer.
//!
//! The map, from the bottom up; a module uses only those above it in this list:
//!
//! | module | what lives there |
//! | --- | --- |
//! | [`context`], [`exit`] | what the process finds around it, and what it ends with |
//! | [`scim`] | SCIM as values: schemas, filters, PATCH, comparison (pure) |
//! | [`http`] | messages, exchanges, transcripts; the client |
//! | [`clock`] | real or virtual time for the server |
//! | [`control`], [`finding`] | two shared vocabularies: what happens outside SCIM, what was found |
//! | [`idp`] | dialects: Okta, Entra, generic (pure) |
//! | [`server`] | the reference server; [`faults`] break it on purpose, [`behaviours`] make it like a customer's |
//! | [`scenario`] | scenario files: model, reading, expectations, catalogue |
//! | [`rules`] | passive checks and the rules' own data |
//! | [`snapshot`] | approved transcripts and the semantic diff |
//! | [`run`] | plan, engine, judge |
//! | [`logs`] | customers' logs: what they show, what is likely wrong, without personal data |
//! | [`report`] | terminal, JUnit, JSON: folds over the run's events |
//! | [`cli`] | arguments and subcommands |

pub mod behaviours;
pub mod cli;
pub mod clock;
pub mod context;
pub mod control;
pub mod exit;
pub mod faults;
pub mod finding;
pub mod http;
pub mod idp;
pub mod logs;
pub mod report;
pub mod rules;
pub mod run;
pub mod scenario;
pub mod scim;
pub mod server;
pub mod snapshot;
pub mod yaml;

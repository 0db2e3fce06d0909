//! Where a run plays: tenants of the embedded server, or the user's endpoint.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use time::macros::datetime;

use super::own::journal::Journal;
use super::plan::jobs::Job;
use super::player::{Disguise, neutral};
use super::sending::site::{Endpoint, Keyring, Site};
use super::target::capabilities::{Capabilities, Discovery};
use super::target::hooks::Hooks;
use crate::behaviours::Behaviour;
use crate::clock::Clock;
use crate::faults;
use crate::http::{Base, Client, Credential, Method, Secret};
use crate::server::{self, Host, Neighbours, Reply, Service, Settings, Tenant};

/// When the embedded server's clock starts: any fixed moment will do.
const EPOCH: time::OffsetDateTime = datetime!(2026-01-05 10:00:00 UTC);

/// Where a run plays.
pub(super) enum Venue {
    /// Tenants of the embedded server, broken by these faults, in the manner of these behaviours.
    Embedded {
        /// The listener.
        host: Host,
        /// Rule ids of the faults.
        faults: Vec<String>,
        /// Behaviours, the first nearest to the server.
        behaviours: Vec<Behaviour>,
    },
    /// The user's endpoint.
    Target(Box<Target>),
}

/// The user's endpoint.
pub(super) struct Target {
    pub(super) endpoint: Endpoint,
    pub(super) keyring: Keyring,
    /// A credential of a second tenant.
    pub(super) other_tenant: Option<Credential>,
    /// Control plane.
    pub(super) hooks: Arc<Hooks>,
    /// What is created is recorded here first.
    pub(super) journal: Arc<Journal>,
    /// Mail domain that the target accepts.
    pub(super) mail_domain: Option<String>,
    /// What it offers.
    pub(super) capabilities: Capabilities,
    /// Mark of the run; each job adds its number.
    pub(super) mark: String,
    /// How long an answer took before the first scenario.
    pub(super) latency: Duration,
}

/// What one job needs of its venue.
pub(super) struct Stage {
    pub(super) site: Site,
    pub(super) disguise: Disguise,
    pub(super) journal: Option<Arc<Journal>>,
}

impl Venue {
    pub(super) const fn is_target(&self) -> bool {
        matches!(self, Self::Target(_))
    }

    /// What a job may ask for here.
    pub(super) fn capabilities(&self, job: &Job) -> Cow<'_, Capabilities> {
        match self {
            Self::Target(target) => Cow::Borrowed(&target.capabilities),
            Self::Embedded { behaviours, .. } => {
                // Asked in the process itself, and only where a gate is about it.
                let ask = |words: &[&str], path| {
                    let is_asked = job.scenario.gates().any(|need| words.iter().any(|word| need.contains(word)));
                    if is_asked { document(settings(job, behaviours).ok()?, path) } else { None }
                };
                Cow::Owned(Capabilities::embedded(Discovery {
                    provider: ask(&["spc."], "/ServiceProviderConfig"),
                    resource_types: ask(&["rt.", "groups", "schema."], "/ResourceTypes"),
                    schemas: ask(&["schema.immutable", "schema.read_only", "schema.returned_request"], "/Schemas"),
                    has_version: true,
                    ..Discovery::default()
                }))
            }
        }
    }

    /// A tenant of the job's own, or a corner of the target.
    pub(super) fn stage(&self, client: &Client, index: usize, job: &Job, seed: u64) -> Result<Stage, String> {
        match self {
            Self::Embedded { host, faults, behaviours } => {
                let changes = Changes { faults, behaviours };
                let site = embedded(host, changes, client, index, job, seed)?;
                Ok(Stage { site, disguise: Disguise::default(), journal: None })
            }
            Self::Target(target) => {
                let hooks = Arc::clone(&target.hooks);
                let (endpoint, keyring) = (target.endpoint.clone(), target.keyring.clone());
                let site = Site::target(endpoint, keyring, target.other_tenant.clone(), hooks);
                let mark = format!("{}{index:03}-", target.mark);
                let disguise = Disguise { mark, domain: target.mail_domain.clone() };
                Ok(Stage { site, disguise, journal: Some(Arc::clone(&target.journal)) })
            }
        }
    }
}

/// How the embedded server differs from a correct one.
#[derive(Clone, Copy)]
struct Changes<'a> {
    faults: &'a [String],
    behaviours: &'a [Behaviour],
}

/// A clean tenant on the embedded server, wrapped by faults and behaviours; where the job needs a second one, it is
/// behind the same base URL with a token of its own.
fn embedded(
    host: &Host,
    changes: Changes<'_>,
    client: &Client,
    index: usize,
    job: &Job,
    seed: u64,
) -> Result<Site, String> {
    let name = format!("t{index}");
    let mut settings = settings(job, changes.behaviours)?;
    settings.base_url = host.base_url(&name);
    let clock = Clock::virtual_from(EPOCH);
    let tenant = |seed| Tenant::new(Settings { seed, ..settings.clone() }, clock.now());
    let other = job.scenario.needs.iter().any(|need| need == "other-tenant").then(|| tenant(!seed));
    let other_token = other.as_ref().map(|other| Secret::new(&other.token()));
    let mut service: Box<dyn Service> = match other {
        Some(other) => Box::new(Neighbours::new(tenant(seed), other)),
        None => Box::new(tenant(seed)),
    };
    for fault in changes.faults {
        service = faults::wrap(fault, service).map_err(|error| error.to_string())?;
    }
    service = changes.behaviours.iter().fold(service, |service, behaviour| behaviour.wrap(service));
    let mounted = host.mount(&name, service, clock);
    let base = Base::parse(mounted.base_url()).map_err(|error| error.to_string())?;
    let other = other_token.map(Credential::Bearer);
    Ok(Site::embedded(Endpoint::new(client.clone(), Arc::new(base)), mounted, other))
}

/// The settings a scenario asks for, changed by the behaviours.
fn settings(job: &Job, behaviours: &[Behaviour]) -> Result<Settings, String> {
    let given = &job.scenario.given;
    let persona = given.persona.as_deref().unwrap_or("rfc");
    let mut settings = Settings::persona(persona).ok_or_else(|| format!("there is no persona `{persona}`"))?;
    job.scenario.needs.iter().for_each(|need| server::offer(&mut settings, need));
    let mut changes = given.server.clone();
    if let Some(seats) = given.seats {
        changes.insert("seats".to_owned(), seats.into());
    }
    let mut settings = settings.with(&changes)?;
    for behaviour in behaviours {
        behaviour.set(&mut settings);
    }
    Ok(settings)
}

/// What a tenant of these settings says of itself.
fn document(settings: Settings, path: &str) -> Option<serde_json::Value> {
    let mut tenant = Tenant::new(settings, EPOCH);
    let token = format!("Bearer {}", tenant.token());
    let request = neutral(Method::Get, path).with_header("Authorization", token);
    match tenant.handle(&request, EPOCH) {
        Reply::Answer(response) => response.json().cloned(),
        _ => None,
    }
}

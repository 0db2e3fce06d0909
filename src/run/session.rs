//! A session: one run from its settings to its exit code.
//!
//! Gets settings that are already decided (flags over environment over file),
//! reads no environment itself, and tells everything through [`RunEvent`]s.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::engine::Engine;
use super::event::{Purpose, RunEvent, RunFooter, RunHeader, ScenarioResult, SnapshotState};
use super::lanes::Lane;
use super::own::journal::{Journal, JournalError};
use super::plan::forecast::forecast;
use super::plan::jobs::{Job, PLAIN};
use super::player::{Disguise, Knowledge, OPTIONAL};
use super::queue::play;
use super::sending::bodies;
use super::sending::shared::{Pace, Shared};
use super::sending::site::{Endpoint, Keyring, Site};
use super::sending::wire::Wire;
use super::tally::Tally;
use super::target::hooks::{Hook, Hooks};
use super::target::kept;
use super::target::preflight::{Preflight, Untestable, preflight};
use super::venue::{Target, Venue};
use super::verdict::judge::Standard;
use super::verdict::snapshots::{Baseline, SnapshotSettings};
use crate::behaviours::Behaviour;
use crate::finding::Verdict;
use crate::http::{Base, Client, Credential, Secret, Transcript};
use crate::idp::Directory;
use crate::server::Host;
use crate::snapshot::{Normalised, StoreError};

/// How many jobs are played at once when nothing is said: the embedded server has a tenant for each.
const JOBS_EMBEDDED: usize = 8;
/// … and at a target, whose database may not like more.
const JOBS_AT_TARGET: usize = 4;
/// So many people the largest scenarios provision.
const SEATS_FOR_A_JOB: usize = 10;

/// The user's endpoint, as decided.
pub struct TargetSettings {
    /// Base URL.
    pub base: Base,
    /// Token.
    pub token: Option<Secret>,
    /// Token of a second tenant.
    pub other_tenant: Option<Secret>,
    /// Control plane.
    pub hooks: BTreeMap<String, Hook>,
    /// Declared capabilities.
    pub capabilities: Vec<String>,
    /// Mail domain.
    pub mail_domain: Option<String>,
    /// What the user alone knows.
    pub knowledge: Knowledge,
    /// What the names of this run's users and groups are made of. Another number in every run: one with the seed of an
    /// earlier one must not meet what that left behind, where deleted users are kept or nothing is deleted.
    pub name_seed: u64,
    /// Folder for the journal.
    pub state_folder: PathBuf,
}

/// A run, ready to start.
pub struct Session {
    /// The plan.
    pub jobs: Vec<Job>,
    /// Endpoint, or the embedded server.
    pub target: Option<TargetSettings>,
    /// Faults of the embedded server.
    pub faults: Vec<String>,
    /// Behaviours of the embedded server.
    pub behaviours: Vec<Behaviour>,
    /// Dialects chosen, for the header.
    pub dialects: Vec<String>,
    /// What counts.
    pub standard: Standard,
    /// Approved snapshots and what to do with new ones.
    pub snapshots: SnapshotSettings,
    /// The client.
    pub client: Client,
    /// Jobs at once.
    pub width: Option<usize>,
    /// Limits and pace.
    pub pace: Pace,
    /// Seed.
    pub seed: u64,
    /// The command line that repeats the run.
    pub repeat: String,
}

/// Why a run could not start, or not end as it should.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The embedded server cannot listen.
    #[error("the embedded server cannot listen on loopback")]
    Listen(#[source] std::io::Error),
    /// The journal cannot be written: nothing is sent.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// A snapshot cannot be read or written.
    #[error(transparent)]
    Snapshot(#[from] StoreError),
    /// A scenario that was to be shown cannot be played.
    #[error("it cannot be played: {0}")]
    NotPlayed(String),
}

impl Session {
    /// Plays the plan. `shared` may end it early; what was created is removed all the same.
    ///
    /// # Errors
    /// When nothing could be played at all, or a snapshot could not be kept.
    pub async fn run(self, shared: Arc<Shared>, emit: &mut dyn FnMut(RunEvent)) -> Result<RunFooter, RunError> {
        let began = Instant::now();
        let (mut header, width, rate) = (self.header(), self.width(), self.pace.rate.rate());
        let mark = header.mark.clone();
        let mut tally = Tally::default();
        let (engine, jobs) = match self.open(&shared).await? {
            Opened::Ready(engine, jobs) => (engine, jobs),
            Opened::Untestable(result) => {
                emit(RunEvent::Started(Box::new(header)));
                tally.add(&result);
                emit(RunEvent::ScenarioFinished(result));
                return Ok(end(tally, began, &shared, emit));
            }
        };
        // Without filters a query shows the users of all scenarios under way: one by one, two runs see the same.
        let width = match &engine.venue {
            Venue::Target(target) if target.capabilities.declares_unsupported("filter") => 1,
            _ => width,
        };
        if let Venue::Target(target) = &engine.venue {
            header.capabilities = target.capabilities.table();
            header.forecast = Some(forecast(&jobs, &target.capabilities, rate, target.latency, width));
        }
        emit(RunEvent::Started(Box::new(header)));
        let note = play(Arc::clone(&engine), jobs, width, &mut |event| {
            if let RunEvent::ScenarioFinished(result) = &event {
                tally.add(result);
            }
            emit(event);
        })
        .await;
        if !shared.is_interrupted() {
            engine.standard.deviations.notes().into_iter().for_each(|note| tally.note(note));
        }
        let notes = [note, shared.measurement(), shared.advice_on_pace(began.elapsed())];
        notes.into_iter().flatten().for_each(|note| tally.note(note));
        if shared.kept() > 0 {
            let (kept, mark) = (shared.kept(), mark);
            tally.note(format!(
                "the target answers a delete and keeps the user: {kept} of this run, named `{mark}…`, are still there"
            ));
        }
        if let Venue::Target(target) = &engine.venue {
            let left = target.journal.finish()?;
            if !left.is_empty() {
                tally.note(format!("the journal is `{}`", target.journal.path().display()));
            }
        }
        let footer = end(tally, began, &shared, emit);
        let unwritten = engine.snapshot_error.lock().unwrap_or_else(PoisonError::into_inner).take();
        unwritten.map_or(Ok(footer), |error| Err(error.into()))
    }

    /// Plays the only job and gives what was seen, as snapshots show it.
    ///
    /// # Errors
    /// When it could not be played.
    pub async fn transcript(self, shared: Arc<Shared>) -> Result<Normalised, RunError> {
        let (engine, jobs) = match self.open(&shared).await? {
            Opened::Ready(engine, jobs) => (engine, jobs),
            Opened::Untestable(result) => return Err(not_played(&result.verdict)),
        };
        let job = jobs.first().ok_or_else(|| RunError::NotPlayed("there is nothing to play".to_owned()))?;
        let performance = engine.perform(0, job, Lane::alone()).await.map_err(|verdict| not_played(&verdict))?;
        Ok(performance.normalised())
    }

    async fn open(self, shared: &Arc<Shared>) -> Result<Opened, RunError> {
        let (purpose, mark) = (self.purpose(), self.mark());
        let baseline = Baseline::open(self.snapshots, purpose, &self.jobs)?;
        let mut knowledge = self.target.as_ref().map(|target| target.knowledge.clone()).unwrap_or_default();
        let venue = match self.target {
            None => {
                let host = Host::start(([127, 0, 0, 1], 0).into()).map_err(RunError::Listen)?;
                Venue::Embedded { host, faults: self.faults, behaviours: self.behaviours }
            }
            Some(target) => match open_target(target, &self.client, &self.pace, shared, mark).await? {
                Ok(target) => {
                    let declared = target.capabilities.attributes();
                    bodies::fill(&mut knowledge.user_attributes, declared.made_up());
                    knowledge.unmapped.extend(OPTIONAL.iter().filter(|path| declared.lacks("users", path)));
                    Venue::Target(Box::new(target))
                }
                Err(result) => return Ok(Opened::Untestable(result)),
            },
        };
        let engine = Engine {
            venue,
            client: self.client,
            standard: self.standard,
            knowledge: Arc::new(knowledge),
            baseline,
            pace: self.pace,
            shared: Arc::clone(shared),
            directory: Directory::built_in(),
            seed: self.seed,
            snapshot_error: Mutex::new(None),
        };
        Ok(Opened::Ready(Arc::new(engine), self.jobs))
    }

    /// What approved transcripts are for in this run.
    fn purpose(&self) -> Purpose {
        let is_changed = !(self.faults.is_empty() && self.behaviours.is_empty());
        Purpose::of(&self.snapshots, self.target.is_some(), is_changed)
    }

    /// What everything that the run creates begins with.
    fn mark(&self) -> String {
        run_mark(self.target.as_ref().map_or(self.seed, |target| target.name_seed))
    }

    fn header(&self) -> RunHeader {
        RunHeader {
            version: env!("CARGO_PKG_VERSION"),
            target: self.target.as_ref().map(|target| target.base.to_string()),
            has_token: self.target.as_ref().is_none_or(|target| target.token.is_some()),
            dialects: self.dialects.clone(),
            planned: self.jobs.len(),
            rules: self.jobs.iter().filter(|job| job.scenario.is_rule).count(),
            baseline: self.purpose(),
            capabilities: Vec::new(),
            forecast: None,
            seed: self.seed,
            mark: self.mark(),
            faults: self.faults.clone(),
            behaviours: self.behaviours.iter().map(ToString::to_string).collect(),
            repeat: self.repeat.clone(),
        }
    }

    fn width(&self) -> usize {
        let usual = match &self.target {
            None => JOBS_EMBEDDED,
            Some(target) => {
                // Scenarios that run at the same time must not run out of seats together.
                let by_seats = target.knowledge.seats.map_or(JOBS_AT_TARGET, |seats| seats as usize / SEATS_FOR_A_JOB);
                by_seats.clamp(1, JOBS_AT_TARGET)
            }
        };
        self.width.unwrap_or(usual)
    }
}

enum Opened {
    Ready(Arc<Engine>, Vec<Job>),
    Untestable(Box<ScenarioResult>),
}

fn not_played(verdict: &Verdict) -> RunError {
    RunError::NotPlayed(match verdict {
        Verdict::Skipped(reason) | Verdict::Inconclusive(reason) | Verdict::Infrastructure(reason) => reason.clone(),
        Verdict::Pass | Verdict::Fail => "it ended early".to_owned(),
    })
}

fn end(tally: Tally, began: Instant, shared: &Shared, emit: &mut dyn FnMut(RunEvent)) -> RunFooter {
    let footer = tally.footer(began.elapsed(), shared.is_interrupted(), shared.requests());
    emit(RunEvent::Finished(Box::new(footer.clone())));
    footer
}

/// `scimulator-k3f9a1-`: everything a run creates at a target carries it.
fn run_mark(seed: u64) -> String {
    const DIGITS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
    let digit = |place: u64| usize::try_from((seed >> (place * 5)) % 32).unwrap_or_default();
    let letters: String = (0..6).map(|place| char::from(DIGITS[digit(place)])).collect();
    format!("scimulator-{letters}-")
}

/// The target once it has been looked at, or the result that says why it cannot be tested.
async fn open_target(
    settings: TargetSettings,
    client: &Client,
    pace: &Pace,
    shared: &Arc<Shared>,
    mark: String,
) -> Result<Result<Target, Box<ScenarioResult>>, RunError> {
    let began = Instant::now();
    let base = Arc::new(settings.base);
    let credential = settings.token.map_or(Credential::None, Credential::Bearer);
    let hooks = Hooks::new(settings.hooks, client.clone());
    let mut declared: BTreeSet<String> = settings.capabilities.into_iter().collect();
    declared.extend(hooks.names().map(str::to_owned));
    declared.extend(settings.knowledge.seats.map(|_| "seats".to_owned()));
    declared.extend(settings.other_tenant.as_ref().map(|_| "other-tenant".to_owned()));
    let endpoint = Endpoint::new(client.clone(), Arc::clone(&base));
    let remote = !base.is_loopback();
    let Preflight { found, transcript } = preflight(&endpoint, &credential, declared, remote, pace, shared).await;
    let mut capabilities = match found {
        Ok(capabilities) => capabilities,
        Err(problem) => {
            let unreached = ScenarioResult { transcript: Arc::new(transcript), ..unreached(&problem, began.elapsed()) };
            return Ok(Err(Box::new(unreached)));
        }
    };
    let journal = Arc::new(Journal::open(&settings.state_folder, &mark, &base)?);
    let latency = latency(&transcript);
    let (keyring, hooks) = (Keyring::new(credential), Arc::new(hooks));
    // Nobody is created where answers do not come whole: nothing would be learned of it, and it could not be removed.
    if capabilities.has_no_schemas() && transcript.exchanges.iter().all(|exchange| exchange.answer.is_ok()) {
        let site = Site::target(endpoint.clone(), keyring.clone(), None, Arc::clone(&hooks));
        let disguise = Disguise { mark: format!("{mark}trial-"), domain: settings.mail_domain.clone() };
        let random = fastrand::Rng::with_seed(0); // nothing is made up in the trial
        let (pace, shared, journal) = (pace.clone(), Arc::clone(shared), Some(Arc::clone(&journal)));
        let mut wire = Wire::new(site, &disguise.mark, random, pace, shared, journal);
        wire.needed.clone_from(&settings.knowledge.user_attributes);
        capabilities.learn_unkept(kept::unkept(&mut wire, &disguise).await);
    }
    Ok(Ok(Target {
        endpoint,
        keyring,
        other_tenant: settings.other_tenant.map(Credential::Bearer),
        hooks,
        journal,
        mail_domain: settings.mail_domain,
        capabilities,
        mark,
        latency,
    }))
}

/// How long an answer took so far, on average.
fn latency(transcript: &Transcript) -> Duration {
    let times: Vec<Duration> = transcript.exchanges.iter().map(|exchange| exchange.elapsed).collect();
    times.iter().sum::<Duration>() / u32::try_from(times.len().max(1)).unwrap_or(u32::MAX)
}

/// In the place of every scenario: the target cannot be tested.
fn unreached(problem: &Untestable, elapsed: Duration) -> ScenarioResult {
    let verdict = match problem {
        Untestable::Interrupted => Verdict::Inconclusive(problem.to_string()),
        _ => Verdict::Infrastructure(problem.to_string()),
    };
    ScenarioResult {
        scenario: "preflight".to_owned(),
        title: "the endpoint can be reached, lets us in and speaks SCIM".to_owned(),
        file: String::new(),
        dialect: PLAIN.to_owned(),
        verdict,
        findings: Vec::new(),
        snapshot: SnapshotState::NotCompared,
        differences: Vec::new(),
        steps: Vec::new(),
        outcomes: Vec::new(),
        compared: Vec::new(),
        transcript: Arc::default(),
        elapsed,
        virtual_elapsed: Duration::ZERO,
        leftovers: Vec::new(),
    }
}

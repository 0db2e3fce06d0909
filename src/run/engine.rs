//! The engine: plays one job of the plan and concludes what became of it. `queue` says which comes when.

use std::hash::Hasher as _;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde_json::{Map, Value};

use super::event::{ScenarioResult, SnapshotState, StepLine};
use super::lanes::Lane;
use super::plan::jobs::{Job, PLAIN};
use super::player::values::Values;
use super::player::{Disguise, Knowledge, Played, Player, Proof, USUAL_DOMAIN, Unoffered};
use super::sending::shared::{Pace, Shared};
use super::sending::wire::Wire;
use super::target::capabilities::{Capabilities, Gate};
use super::venue::Venue;
use super::verdict::judge::{self, Standard};
use super::verdict::snapshots::{Baseline, Comparison, normalised};
use crate::finding::Verdict;
use crate::http::{Base, Client, Credential, Transcript};
use crate::idp::{Dialect, Directory};
use crate::scenario::Scenario;
use crate::snapshot::{Normalised, StoreError};

/// Everything the jobs of a run share.
pub(super) struct Engine {
    /// Where it plays.
    pub(super) venue: Venue,
    /// One client for all connections.
    pub(super) client: Client,
    /// What counts.
    pub(super) standard: Standard,
    /// What the user alone knows.
    pub(super) knowledge: Arc<Knowledge>,
    /// Approved transcripts.
    pub(super) baseline: Baseline,
    /// Limits and pace.
    pub(super) pace: Pace,
    /// Interruption and counts.
    pub(super) shared: Arc<Shared>,
    /// The IdP's records before anything happens.
    pub(super) directory: Directory,
    /// The run's seed.
    pub(super) seed: u64,
    /// A snapshot that could not be written; the first one is told in the end.
    pub(super) snapshot_error: Mutex<Option<StoreError>>,
}

/// What was played, and where.
pub(super) struct Performance {
    pub(super) played: Played,
    disguise: Disguise,
    base: Base,
    credential: Credential,
}

impl Performance {
    /// What was seen, as snapshots show it.
    pub(super) fn normalised(&self) -> Normalised {
        normalised(&self.played, &self.disguise, &self.credential)
    }
}

impl Engine {
    /// Plays a job in its lane and judges it; `index` numbers what it creates.
    pub(super) async fn play_job(&self, index: usize, job: &Job, lane: Lane) -> ScenarioResult {
        let began = Instant::now();
        match self.perform(index, job, lane).await {
            Ok(performance) => self.conclude(job, performance, began),
            Err(verdict) => unplayed(job, began.elapsed(), verdict),
        }
    }

    /// Plays a job, unless a gate is closed.
    pub(super) async fn perform(&self, index: usize, job: &Job, lane: Lane) -> Result<Performance, Verdict> {
        let capabilities = self.venue.capabilities(job);
        if let Some(reason) = capabilities.lack(&job.scenario.needs) {
            return Err(Verdict::Skipped(reason));
        }
        let mut player = self.player(index, job, &capabilities).map_err(Verdict::Inconclusive)?;
        player.wire.lane = lane;
        let (disguise, base) = (player.disguise.clone(), player.wire.site.base().clone());
        let credential = player.wire.site.credential();
        Ok(Performance { played: player.play().await, disguise, base, credential })
    }

    /// Rules, snapshot, verdict. One fault, one failure: where a rule is broken the snapshot adds nothing.
    fn conclude(&self, job: &Job, performance: Performance, began: Instant) -> ScenarioResult {
        let played = &performance.played;
        let judgement = judge::judge(&self.standard, &job.scenario, &job.dialect, played, &performance.base);
        // Against what its owner approved every change counts, whatever the RFCs say of what was there before.
        let is_sound = if self.baseline.is_own() { !judgement.is_broken() } else { judgement.is_as_it_should_be() };
        let comparable = played.end.is_none() && is_sound && self.standard.only.is_none();
        let comparison = if comparable { self.compare(job, &performance) } else { None };
        let nothing = Comparison { state: SnapshotState::NotCompared, differences: Vec::new() };
        let Comparison { state, differences } = comparison.unwrap_or(nothing);
        let verdict = judge::verdict(played, &judgement, state, &differences);
        let Played { outcomes, compared, transcript, virtual_elapsed, leftovers, .. } = performance.played;
        ScenarioResult {
            findings: judgement.findings,
            snapshot: state,
            differences,
            outcomes,
            compared,
            transcript: Arc::new(transcript),
            virtual_elapsed,
            leftovers,
            ..unplayed(job, began.elapsed(), verdict)
        }
    }

    fn compare(&self, job: &Job, performance: &Performance) -> Option<Comparison> {
        let compared = self.baseline.compare(job, || performance.normalised());
        compared
            .map_err(|error| {
                let mut first = self.snapshot_error.lock().unwrap_or_else(PoisonError::into_inner);
                first.get_or_insert(error);
            })
            .ok()
    }

    fn player(&self, index: usize, job: &Job, capabilities: &Capabilities) -> Result<Player, String> {
        let seed = job_seed(self.seed, job);
        let stage = self.venue.stage(&self.client, index, job, seed)?;
        let mut directory = self.directory.clone();
        let usual = stage.disguise.domain.as_ref().map(|_| USUAL_DOMAIN);
        job.scenario.join(&mut directory, usual);
        let unoffered = Unoffered::of(capabilities);
        stage.disguise.directory(&mut directory, |name| unoffered.is_unique(name));
        let dialect = match job.dialect.as_str() {
            PLAIN => None,
            id => {
                let knobs = knobs_for(job, capabilities);
                let mut dialect = Dialect::new(id, &knobs).map_err(|error| error.to_string())?;
                dialect.leave_unchanged(&|path| unoffered.is_unmapped(path));
                Some(dialect)
            }
        };
        let random = fastrand::Rng::with_seed(seed);
        let shared = Arc::clone(&self.shared);
        let mut wire = Wire::new(stage.site, &stage.disguise.mark, random, self.pace.clone(), shared, stage.journal);
        wire.needed.clone_from(&self.knowledge.user_attributes);
        Ok(Player {
            scenario: Arc::clone(&job.scenario),
            dialect_id: job.dialect.clone(),
            family: Dialect::parent(&job.dialect),
            dialect,
            directory,
            wire,
            disguise: stage.disguise,
            knowledge: Arc::clone(&self.knowledge),
            unoffered,
            gated: gated_steps(&job.scenario, capabilities),
            values: Values::default(),
            findings: Vec::new(),
            compared: Vec::new(),
            outcomes: Vec::new(),
            is_lean: false,
            restore: None,
            proof: Proof::default(),
        })
    }
}

/// The knobs of a job. At a target without groups an administrator of Entra switches their mapping off: it would look
/// for them in each cycle, and stop when they are refused.
fn knobs_for(job: &Job, capabilities: &Capabilities) -> Map<String, Value> {
    let mut knobs = job.knobs();
    if Dialect::parent(&job.dialect) == "entra" && matches!(capabilities.gate("groups"), Gate::Closed(_)) {
        knobs.entry("provision-groups").or_insert(Value::Bool(false));
    }
    knobs
}

/// The steps whose gates are closed, by index.
fn gated_steps(scenario: &Scenario, capabilities: &Capabilities) -> Vec<usize> {
    let steps = scenario.steps.iter().enumerate();
    steps.filter(|(_, step)| capabilities.lack(&step.gate).is_some()).map(|(index, _)| index).collect()
}

/// A seed of the job's own, whatever else is played in the same run.
fn job_seed(seed: u64, job: &Job) -> u64 {
    let mut hasher = fnv::FnvHasher::default();
    for part in [job.scenario.id.as_bytes(), b"@", job.dialect.as_bytes(), &seed.to_le_bytes()] {
        hasher.write(part);
    }
    hasher.finish()
}

/// A result of which nothing is known but the verdict.
fn unplayed(job: &Job, elapsed: Duration, verdict: Verdict) -> ScenarioResult {
    let scenario = &job.scenario;
    let steps = scenario.steps.iter().map(|step| StepLine { line: step.line, label: step.label.clone() });
    ScenarioResult {
        scenario: scenario.id.clone(),
        title: scenario.title.clone(),
        file: scenario.file.clone(),
        dialect: job.dialect.clone(),
        verdict,
        findings: Vec::new(),
        snapshot: SnapshotState::NotCompared,
        differences: Vec::new(),
        steps: steps.collect(),
        outcomes: Vec::new(),
        compared: Vec::new(),
        transcript: Arc::new(Transcript::default()),
        elapsed,
        virtual_elapsed: Duration::ZERO,
        leftovers: Vec::new(),
    }
}

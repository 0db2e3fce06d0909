//! The run's side of snapshots: which baseline a job is compared with, and what may be written.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::http::Credential;
use crate::run::event::{Purpose, SnapshotDifference, SnapshotState};
use crate::run::plan::jobs::Job;
use crate::run::player::{Disguise, Played};
use crate::snapshot::{self, Info, Mode, Names, Normalised, Snapshot, Store, StoreError};

/// Approved transcripts in the binary: `runs/rfc/lifecycle/create@okta.snap` → text.
static BUILT_IN: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/snapshots.rs"));

/// The approved transcript in the binary, by its path below the snapshot folder.
fn built_in(path: &str) -> Option<&'static str> {
    let name = path.strip_prefix("runs/")?.strip_suffix(".snap")?;
    let at = BUILT_IN.binary_search_by(|(known, _)| (*known).cmp(name)).ok()?;
    Some(BUILT_IN[at].1)
}

/// What a target's own baseline is filed under, in the place of a persona.
pub const OWN: &str = "own";

impl Purpose {
    /// That of a run; `is_broken` where faults or behaviours are switched on.
    pub(in crate::run) fn of(settings: &SnapshotSettings, is_target: bool, is_broken: bool) -> Self {
        let own = settings.folder.as_ref().is_some_and(|folder| folder.join("runs").join(OWN).is_dir());
        match (is_target, is_broken) {
            (_, true) => Self::Nothing,
            (true, _) if own || settings.update => Self::Own,
            (true, _) => Self::Contract,
            (false, _) => Self::Reference,
        }
    }
}

/// What to do with answers that are new or changed.
#[derive(Clone, Debug, Default)]
pub struct SnapshotSettings {
    /// The user's snapshot folder; `None` to write nothing.
    pub folder: Option<PathBuf>,
    /// Approve at once.
    pub update: bool,
    /// Write pending files beside approved ones (never in CI).
    pub write_pending: bool,
}

/// Approved transcripts and what to do with new ones.
pub(in crate::run) struct Baseline {
    store: Store<'static>,
    purpose: Purpose,
    settings: SnapshotSettings,
    /// What the folder holds for the jobs of this run, read before anything is sent.
    own: BTreeMap<Info, Snapshot>,
}

/// How a job's transcript compares.
pub(in crate::run) struct Comparison {
    pub(in crate::run) state: SnapshotState,
    pub(in crate::run) differences: Vec<SnapshotDifference>,
}

impl Comparison {
    const fn without_differences(state: SnapshotState) -> Self {
        Self { state, differences: Vec::new() }
    }
}

impl Baseline {
    /// The baseline of the embedded server or, at a target, of its owner if there is one.
    ///
    /// A snapshot file that cannot be read is told here, before the run.
    pub(in crate::run) fn open(settings: SnapshotSettings, purpose: Purpose, jobs: &[Job]) -> Result<Self, StoreError> {
        let writes = settings.update || settings.write_pending;
        let store = Store::new(settings.folder.clone(), writes, &built_in);
        let mut baseline = Self { store, purpose, settings, own: BTreeMap::new() };
        if matches!(purpose, Purpose::Own | Purpose::Reference) {
            for job in jobs.iter().filter(|job| !job.scenario.is_rule) {
                let info = baseline.info(job);
                if let Some(snapshot) = baseline.store.own(&info)? {
                    baseline.own.insert(info, snapshot);
                }
            }
        }
        Ok(baseline)
    }

    /// Whether the target's owner approved it.
    pub(in crate::run) fn is_own(&self) -> bool {
        self.purpose == Purpose::Own
    }

    /// What a job's snapshot is filed under.
    fn info(&self, job: &Job) -> Info {
        let persona = match self.purpose {
            Purpose::Own => OWN,
            _ => job.scenario.given.persona.as_deref().unwrap_or("rfc"),
        };
        Info { scenario: job.scenario.id.clone(), dialect: job.dialect.clone(), persona: persona.to_owned() }
    }

    /// Compares what was played with what was approved, and keeps what is new where that is allowed.
    ///
    /// Rule files have no snapshot: what their steps ask is all that is binding. What was `seen` is only made of the
    /// transcript where it is compared.
    pub(in crate::run) fn compare(
        &self,
        job: &Job,
        seen: impl FnOnce() -> Normalised,
    ) -> Result<Comparison, StoreError> {
        let nothing = Comparison::without_differences(SnapshotState::NotCompared);
        if self.purpose == Purpose::Nothing || job.scenario.is_rule {
            return Ok(nothing);
        }
        let (info, seen) = (self.info(job), seen());
        let built_in = match self.own.get(&info) {
            None if self.purpose != Purpose::Own => self.store.built_in(&info)?,
            _ => None,
        };
        let Some(approved) = self.own.get(&info).or(built_in.as_ref()) else {
            // Without a folder there is nobody to approve a transcript that is new.
            if self.purpose == Purpose::Contract || self.settings.folder.is_none() {
                return Ok(nothing);
            }
            return Ok(Comparison::without_differences(self.keep(info, seen, SnapshotState::New)?));
        };
        let mode = if self.purpose == Purpose::Contract { Mode::Contract } else { Mode::Own };
        let differences = snapshot::compare(&approved.transcript, &seen, mode);
        let same = differences.iter().all(|difference| difference.allowed);
        let state = match (same, self.purpose) {
            (true, Purpose::Contract) => SnapshotState::Same,
            (true, _) => {
                self.store.forget_pending(&info)?;
                SnapshotState::Same
            }
            (false, Purpose::Contract) => SnapshotState::Different,
            (false, _) => self.keep(info, seen, SnapshotState::Different)?,
        };
        Ok(Comparison { state, differences })
    }

    /// Approves, or leaves as pending, where that is allowed; else only says so.
    fn keep(&self, info: Info, seen: Normalised, state: SnapshotState) -> Result<SnapshotState, StoreError> {
        if self.settings.folder.is_none() {
            return Ok(state);
        }
        let snapshot = Snapshot { info, transcript: seen };
        if self.settings.update {
            self.store.write_approved(&snapshot)?;
            return Ok(SnapshotState::Updated);
        }
        if self.settings.write_pending {
            self.store.write_pending(&snapshot)?;
        }
        Ok(state)
    }
}

/// What was played, as snapshots show it.
pub(in crate::run) fn normalised(played: &Played, disguise: &Disguise, credential: &Credential) -> Normalised {
    let secrets = match credential {
        Credential::Bearer(secret) | Credential::Header(secret) => vec![secret.reveal().to_owned()],
        Credential::None => Vec::new(),
    };
    let names = Names { mark: disguise.mark.clone(), resources: played.values.owners().clone(), secrets };
    let seen = snapshot::normalise(&played.transcript, &names);
    match &disguise.domain {
        None => seen,
        // The target's mail domain stands for the directory's own, in bodies and in queries.
        Some(_) => disguise.lift_domain(&seen.to_string()).parse().unwrap_or(seen),
    }
}

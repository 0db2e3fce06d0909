//! Runs on the embedded server, for tests that look at their results.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use scimulator::http::{Client, ClientSettings, RateLimit, Redactor};
use scimulator::rules::Profile;
use scimulator::run::{Pace, RunEvent, ScenarioResult, Session, Shared, SnapshotSettings, Standard, glob, plan};
use scimulator::scenario::{Catalogue, Listed, Scenario};

/// What is played, and how.
#[derive(Clone, Debug, Default)]
pub struct Play {
    /// Globs of scenarios.
    pub select: Vec<String>,
    /// Dialects.
    pub dialects: Vec<String>,
    /// Faults of the embedded server.
    pub faults: Vec<String>,
    /// Snapshots: compared with those in the binary, unless a folder is named.
    pub folder: Option<PathBuf>,
    /// New and changed snapshots are approved, into the folder.
    pub update: bool,
    /// What is different from the file.
    pub change: Option<fn(&mut Scenario)>,
}

/// Plays scenarios, rules left out, and gives their results in the order of the plan.
pub fn play(play: Play) -> Vec<ScenarioResult> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    let catalogue = Catalogue::built_in();
    let is_chosen = |listed: &&Listed| !listed.is_rule && play.select.iter().any(|name| glob(name, &listed.id));
    let chosen: Vec<&Listed> = catalogue.all().filter(is_chosen).collect();
    let mut jobs = plan(&chosen, &catalogue, &play.dialects, false).unwrap_or_else(|error| panic!("{error}"));
    if let Some(change) = play.change {
        for job in &mut jobs {
            change(Arc::make_mut(&mut job.scenario));
        }
    }
    let redactor = Redactor::new();
    let session = Session {
        jobs,
        target: None,
        faults: play.faults,
        behaviours: Vec::new(),
        dialects: play.dialects,
        standard: Standard::new(catalogue.clone(), vec![Profile::Okta, Profile::Entra], redactor.clone()),
        snapshots: SnapshotSettings { folder: play.folder, update: play.update, write_pending: false },
        client: Client::new(ClientSettings::default()),
        width: None,
        pace: Pace { max_wait: Duration::ZERO, real_time: false, rate: RateLimit::unlimited(), redactor },
        seed: 1,
        repeat: String::new(),
    };
    let mut results = Vec::new();
    let footer = runtime.block_on(session.run(Arc::new(Shared::default()), &mut |event| {
        if let RunEvent::ScenarioFinished(result) = event {
            results.push(*result);
        }
    }));
    footer.unwrap_or_else(|error| panic!("{error}"));
    results
}

//! Runs of scenarios that a test writes itself, on the embedded server.

use std::sync::Arc;
use std::time::Duration;

use scimulator::behaviours::Behaviour;
use scimulator::finding::Verdict;
use scimulator::http::{Client, ClientSettings, RateLimit, Redactor};
use scimulator::rules::Profile;
use scimulator::run::{
    Job, Pace, RunEvent, RunFooter, ScenarioResult, Session, Shared, SnapshotSettings, Standard, plan, select,
};
use scimulator::scenario::Catalogue;

/// A run in the making.
pub struct Stage {
    _folder: tempfile::TempDir,
    catalogue: Catalogue,
    select: Vec<String>,
    pub dialects: Vec<String>,
    pub faults: Vec<String>,
    pub behaviours: Vec<Behaviour>,
    pub seed: u64,
    pub snapshots: SnapshotSettings,
}

/// What a run gave.
pub struct Ran {
    pub results: Vec<ScenarioResult>,
    pub footer: RunFooter,
}

impl Stage {
    /// Scenarios with these ids and texts.
    pub fn of(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for (id, text) in files {
            let path = folder.path().join("scenarios").join(format!("{id}.yaml"));
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        let mut catalogue = Catalogue::built_in();
        if !files.is_empty() {
            catalogue.add_folder(&folder.path().join("scenarios")).unwrap();
        }
        Self {
            _folder: folder,
            catalogue,
            select: files.iter().map(|(id, _)| (*id).to_owned()).collect(),
            dialects: vec!["okta".to_owned()],
            faults: Vec::new(),
            behaviours: Vec::new(),
            seed: 7,
            snapshots: SnapshotSettings::default(),
        }
    }

    /// What the binary brings, by id.
    pub fn built_in(select: &[&str], dialects: &[&str]) -> Self {
        let names = |list: &[&str]| list.iter().map(|name| (*name).to_owned()).collect();
        Self { select: names(select), dialects: names(dialects), ..Self::of(&[]) }
    }

    /// The plan.
    pub fn jobs(&self) -> Vec<Job> {
        let chosen = select(&self.catalogue, &self.select).unwrap();
        plan(&chosen, &self.catalogue, &self.dialects, false).unwrap()
    }

    /// Plays it.
    pub fn play(&self) -> Ran {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        let redactor = Redactor::new();
        let profiles = vec![Profile::Okta, Profile::Entra];
        let session = Session {
            jobs: self.jobs(),
            target: None,
            faults: self.faults.clone(),
            behaviours: self.behaviours.clone(),
            dialects: self.dialects.clone(),
            standard: Standard::new(self.catalogue.clone(), profiles, redactor.clone()),
            snapshots: self.snapshots.clone(),
            client: Client::new(ClientSettings { timeout: Duration::from_secs(20), ..ClientSettings::default() }),
            width: None,
            pace: Pace { max_wait: Duration::from_secs(5), real_time: false, rate: RateLimit::unlimited(), redactor },
            seed: self.seed,
            repeat: String::new(),
        };
        let mut results = Vec::new();
        let footer = runtime.block_on(session.run(Arc::new(Shared::default()), &mut |event| {
            if let RunEvent::ScenarioFinished(result) = event {
                results.push(*result);
            }
        }));
        Ran { results, footer: footer.unwrap() }
    }
}

impl Ran {
    /// The only result.
    pub fn only(&self) -> &ScenarioResult {
        let [only] = &self.results[..] else { panic!("{} results", self.results.len()) };
        only
    }

    /// The verdict of the only result.
    pub fn verdict(&self) -> &Verdict {
        &self.only().verdict
    }

    /// Rules that were found broken, in order, each once.
    pub fn broken(&self) -> Vec<&str> {
        let mut rules: Vec<&str> = Vec::new();
        for judged in self.results.iter().flat_map(|result| &result.findings) {
            if !rules.contains(&judged.finding.rule.as_str()) {
                rules.push(&judged.finding.rule);
            }
        }
        rules
    }
}

/// The requests of a result, as `METHOD target` with their bodies. The port is the system's choice, so it is left out.
pub fn sent(result: &ScenarioResult) -> Vec<String> {
    let requests = result.transcript.exchanges.iter().map(|exchange| &exchange.request);
    requests
        .map(|request| {
            let body = request.body.as_deref().map(String::from_utf8_lossy).unwrap_or_default();
            format!("{} {} {body}", request.method, request.target()).replace(&result.transcript.base, "<base>")
        })
        .collect()
}

//! Plays rules and scenarios against the embedded server, broken or free in its ways.

use std::collections::BTreeSet;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use scimulator::finding::Verdict;
use scimulator::http::{Client, ClientSettings, RateLimit, Redactor};
use scimulator::rules::Profile;
use scimulator::run::{
    Job, JudgedFinding, Pace, RunEvent, ScenarioResult, Session, Shared, SnapshotSettings, Standard, plan,
};
use scimulator::scenario::{Catalogue, Listed};
use serde_json::{Map, Value};

/// Jobs at once: more than there are cores, for they wait for the network most of the time.
const WIDTH: usize = 16;

/// What is played, and on which server.
#[derive(Clone, Debug, Default)]
pub struct Play {
    /// Rule id of the fault.
    pub fault: Option<&'static str>,
    /// Settings of the server that differ from its persona.
    pub server: Map<String, Value>,
}

/// Every rule with steps.
pub fn active_rules() -> &'static [Job] {
    static RULES: LazyLock<Vec<Job>> = LazyLock::new(|| jobs(|listed| listed.is_rule && !listed.is_passive));
    &RULES
}

/// … and those among them that put a load on the server.
pub fn active_rules_with_load() -> Vec<Job> {
    active_rules().iter().cloned().map(Job::with_load).collect()
}

/// Every scenario, under Okta and Entra where there are events.
pub fn scenarios() -> &'static [Job] {
    static SCENARIOS: LazyLock<Vec<Job>> = LazyLock::new(|| jobs(|listed| !listed.is_rule));
    &SCENARIOS
}

fn jobs(is_chosen: impl Fn(&Listed) -> bool) -> Vec<Job> {
    let catalogue = Catalogue::built_in();
    let chosen: Vec<&Listed> = catalogue.all().filter(|listed| is_chosen(listed)).collect();
    plan(&chosen, &catalogue, &["okta", "entra"].map(str::to_owned), false).unwrap()
}

impl Play {
    /// On a broken server.
    pub fn with_fault(fault: &'static str) -> Self {
        Self { fault: Some(fault), ..Self::default() }
    }

    /// On a server with other settings.
    pub fn with_server(server: &Value) -> Self {
        Self { server: server.as_object().cloned().unwrap(), ..Self::default() }
    }

    /// Plays jobs.
    pub fn run(&self, jobs: &[Job]) -> Vec<ScenarioResult> {
        let with_settings = |job: &Job| {
            let mut scenario = (*job.scenario).clone();
            scenario.given.server.extend(self.server.clone());
            Job { scenario: Arc::new(scenario), dialect: job.dialect.clone() }
        };
        let jobs = jobs.iter().map(with_settings).collect();
        let redactor = Redactor::new();
        let session = Session {
            jobs,
            target: None,
            faults: self.fault.iter().map(|fault| (*fault).to_owned()).collect(),
            behaviours: Vec::new(),
            dialects: Vec::new(),
            standard: Standard::new(Catalogue::built_in(), Profile::ALL.to_vec(), redactor.clone()),
            snapshots: SnapshotSettings::default(),
            client: Client::new(ClientSettings::default()),
            width: Some(WIDTH),
            pace: Pace { max_wait: Duration::from_secs(30), real_time: false, rate: RateLimit::unlimited(), redactor },
            seed: 7,
            repeat: String::new(),
        };
        let mut results = Vec::new();
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        let mut keep = |event| {
            if let RunEvent::ScenarioFinished(result) = event {
                results.push(*result);
            }
        };
        runtime.block_on(session.run(Arc::new(Shared::default()), &mut keep)).unwrap();
        results
    }
}

/// Everything found, whatever its severity.
pub fn findings(results: &[ScenarioResult]) -> impl Iterator<Item = &JudgedFinding> {
    results.iter().flat_map(|result| &result.findings)
}

/// The rules that are broken.
pub fn broken(results: &[ScenarioResult]) -> BTreeSet<&str> {
    findings(results).map(|judged| judged.finding.rule.as_str()).collect()
}

/// Fails and shows them when anything was found, or could not be decided.
pub fn assert_silent(results: &[ScenarioResult], server: &str) {
    let mut said = Vec::new();
    for result in results {
        let place = format!("{}@{}", result.scenario, result.dialect);
        if !matches!(result.verdict, Verdict::Pass | Verdict::Skipped(_)) {
            said.push(format!("{place}: {:?}", result.verdict));
        }
        for judged in &result.findings {
            let finding = &judged.finding;
            said.push(format!(
                "{place}:{} {} {}: expected {}, got {}",
                judged.line,
                finding.rule,
                finding.subject,
                finding.expected.join(" or "),
                finding.actual
            ));
        }
    }
    assert!(said.is_empty(), "on {server}:\n{}", said.join("\n"));
}

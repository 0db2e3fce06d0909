//! Serves a server of one's own and runs everything against it, as `run --target --strict` does.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use scimulator::clock::Clock;
use scimulator::faults::wrap::Inner;
use scimulator::finding::{Severity, Verdict};
use scimulator::http::{Base, Client, ClientSettings, RateLimit, Redactor, Secret};
use scimulator::rules::Profile;
use scimulator::run::{
    Job, Knowledge, Pace, RunEvent, ScenarioResult, Session, Shared, SnapshotSettings, Standard, TargetSettings, plan,
    select,
};
use scimulator::scenario::{Catalogue, Listed};
use scimulator::server::{Host, Neighbours, Service, Settings, Tenant};
use serde_json::Value;

/// A silent server is given up after this long, as `--timeout` says.
const TIMEOUT: Duration = Duration::from_secs(5);

/// Who must find a defect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Breaks {
    /// Okta or Entra stumbles: a plain run finds it.
    AnIdp,
    /// The RFCs forbid it, and neither IdP minds: a run with `--strict` finds it.
    TheRfcs,
}

/// A server with one defect.
#[derive(Clone, Copy)]
pub struct Defect {
    /// What is wrong, in a few words joined by hyphens.
    pub name: &'static str,
    /// Who minds.
    pub breaks: Breaks,
    /// Puts the defect around a correct server.
    pub around: fn(Inner) -> Inner,
}

/// A defect that stops Okta or Entra.
pub const fn breaks_an_idp(name: &'static str, around: fn(Inner) -> Inner) -> Defect {
    Defect { name, breaks: Breaks::AnIdp, around }
}

/// A defect by the letter of the RFCs.
pub const fn breaks_the_rfcs(name: &'static str, around: fn(Inner) -> Inner) -> Defect {
    Defect { name, breaks: Breaks::TheRfcs, around }
}

/// What a run found.
pub struct Found {
    /// Rules that an IdP needs.
    pub by_default: BTreeSet<String>,
    /// Rules that only the RFCs ask for.
    pub strictly: BTreeSet<String>,
    /// Where the run could not say anything, and why.
    pub undecided: Vec<String>,
    /// Everything, in words.
    pub told: String,
}

/// Runs everything against a server with these settings, `around` put around it.
pub fn run(settings: &Value, around: impl FnOnce(Inner) -> Inner) -> Found {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let results = runtime.block_on(results(settings, around));
    let mut found =
        Found { by_default: BTreeSet::new(), strictly: BTreeSet::new(), undecided: Vec::new(), told: String::new() };
    for result in &results {
        let place = format!("{}@{}", result.scenario, result.dialect);
        if let Verdict::Inconclusive(why) | Verdict::Infrastructure(why) = &result.verdict {
            found.undecided.push(format!("{place}: {why}"));
        }
        for judged in &result.findings {
            let finding = &judged.finding;
            let expected = finding.expected.join(" or ");
            let _ = writeln!(
                found.told,
                "{place}:{} {:?} {} {}: expected {expected}, got {}",
                judged.line, judged.severity, finding.rule, finding.subject, finding.actual
            );
            if judged.severity == Severity::Error {
                let rules = if judged.breaks.is_empty() { &mut found.strictly } else { &mut found.by_default };
                rules.insert(finding.rule.clone());
            }
        }
    }
    found
}

async fn results(settings: &Value, around: impl FnOnce(Inner) -> Inner) -> Vec<ScenarioResult> {
    let host = Host::start(([127, 0, 0, 1], 0).into()).unwrap();
    let mut settings = Settings::default().with(settings.as_object().unwrap()).unwrap();
    settings.base_url = host.base_url("");
    let clock = Clock::real();
    let other = Tenant::new(Settings { seed: settings.seed + 1, ..settings.clone() }, clock.now());
    let (own, other_token) = (Tenant::new(settings.clone(), clock.now()), other.token());
    let scim = host.mount("", around(Box::new(Neighbours::new(own, other))), clock);
    let (redactor, state) = (Redactor::new(), tempfile::tempdir().unwrap());
    let catalogue = Catalogue::built_in();
    let everything: Vec<&Listed> = select(&catalogue, &words("WILD_RULES")).unwrap();
    let dialects = ["okta", "entra"].map(str::to_owned);
    let jobs: Vec<Job> = plan(&everything, &catalogue, &dialects, false).unwrap();
    let session = Session {
        jobs,
        target: Some(TargetSettings {
            base: Base::parse(scim.base_url()).unwrap(),
            token: Some(Secret::new(&scim.token())),
            other_tenant: Some(Secret::new(&other_token)),
            hooks: BTreeMap::new(),
            capabilities: Vec::new(),
            mail_domain: None,
            knowledge: Knowledge { seats: settings.seats, ..Knowledge::default() },
            name_seed: 7,
            state_folder: state.path().to_owned(),
        }),
        faults: Vec::new(),
        behaviours: Vec::new(),
        dialects: dialects.to_vec(),
        standard: Standard::new(catalogue, Profile::ALL.to_vec(), redactor.clone()),
        snapshots: SnapshotSettings::default(),
        client: Client::new(ClientSettings { timeout: TIMEOUT, ..ClientSettings::default() }),
        width: None,
        pace: Pace { max_wait: Duration::from_secs(5), real_time: false, rate: RateLimit::unlimited(), redactor },
        seed: 7,
        repeat: String::new(),
    };
    let mut results = Vec::new();
    let mut keep = |event| {
        if let RunEvent::ScenarioFinished(result) = event {
            results.push(*result);
        }
    };
    session.run(Arc::new(Shared::default()), &mut keep).await.unwrap();
    host.stop().await;
    results
}

/// The words of a variable, separated by commas: what one plays while one writes it.
fn words(variable: &str) -> Vec<String> {
    let text = std::env::var(variable).unwrap_or_default();
    text.split(',').filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// Every defect of an area is found, by those who must find it; what found it is a reviewed table in `snapshots/tests/wild/`.
#[allow(clippy::print_stdout, reason = "what WILD asks for is shown to the person who asks")]
pub fn assert_found(area: &str, settings: &Value, defects: &[Defect]) {
    let (mut table, mut slipped) = (String::new(), Vec::new());
    let (chosen, is_part) = (words("WILD"), !(words("WILD").is_empty() && words("WILD_RULES").is_empty()));
    for defect in
        defects.iter().filter(|defect| chosen.is_empty() || chosen.iter().any(|part| defect.name.contains(part)))
    {
        let mut found = run(settings, defect.around);
        if !is_found(defect, &found) {
            found = run(settings, defect.around); // a defect that shows only beside others may hide once
        }
        if is_part {
            println!("{}:\n{}{}", defect.name, found.told, found.undecided.join("\n"));
        }
        if !is_found(defect, &found) {
            slipped.push(format!("{} ({:?})\n{}", defect.name, defect.breaks, found.told));
        }
        let _ = writeln!(table, "{}", defect.name);
        for (how, rules) in [("", &found.by_default), ("strictly ", &found.strictly)] {
            for rule in rules {
                let _ = writeln!(table, "  {how}{rule}");
            }
        }
    }
    println!("{table}"); // shown when something slipped through
    assert!(slipped.is_empty(), "{} slipped through:\n{}", slipped.len(), slipped.join("\n"));
    if !is_part {
        compare(area, &table);
    }
}

/// Whether those who must find a defect did.
fn is_found(defect: &Defect, found: &Found) -> bool {
    match defect.breaks {
        Breaks::AnIdp => !found.by_default.is_empty(),
        Breaks::TheRfcs => !found.by_default.is_empty() || !found.strictly.is_empty(),
    }
}

/// Each defect is still found by a rule that found it when the table was approved. What else it trips depends on which
/// scenarios happen to run side by side, so more is not asked. `UPDATE_GENERATED=1` writes the table anew.
fn compare(area: &str, table: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("snapshots/tests/wild").join(format!("{area}.txt"));
    if std::env::var_os("UPDATE_GENERATED").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        return std::fs::write(path, table).unwrap();
    }
    let approved = std::fs::read_to_string(&path).unwrap_or_default();
    let (approved, now) = (finders(&approved), finders(table));
    assert_eq!(approved.keys().collect::<Vec<_>>(), now.keys().collect::<Vec<_>>(), "{}", path.display());
    let strange: Vec<_> = now.iter().filter(|(defect, rules)| approved[*defect].is_disjoint(rules)).collect();
    assert!(strange.is_empty(), "found, but by other rules than before: {strange:?}");
}

/// The rules that found each defect, as a table has them.
fn finders(table: &str) -> BTreeMap<&str, BTreeSet<&str>> {
    let mut finders: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let mut defect = "";
    for line in table.lines() {
        match line.strip_prefix("  ") {
            Some(rule) => {
                finders.entry(defect).or_default().insert(rule.trim_start_matches("strictly "));
            }
            None => defect = line,
        }
    }
    finders
}

/// A correct server: nothing is said that would fail a run, however strict, and nothing stays undecided.
pub fn assert_correct(settings: &Value, around: fn(Inner) -> Inner) {
    let found = run(settings, around);
    let is_silent = found.by_default.is_empty() && found.strictly.is_empty() && found.undecided.is_empty();
    assert!(is_silent, "{settings}\n{}{}", found.told, found.undecided.join("\n"));
}

/// A correct server that refuses so much that some rules can say nothing: nothing else is said that would fail a run.
pub fn assert_tolerated(settings: &Value, around: fn(Inner) -> Inner) {
    let found = run(settings, around);
    let is_silent = found.by_default.is_empty() && found.strictly.is_empty();
    assert!(is_silent, "{settings}\n{}", found.told);
    let reasons = ["none proves anything", "answered 400", "was assumed", "/Schemas answered 404"];
    let is_other = |why: &&String| !reasons.iter().any(|reason| why.contains(reason));
    let others: Vec<&String> = found.undecided.iter().filter(is_other).collect();
    assert!(others.is_empty(), "{settings}\n{others:#?}");
}

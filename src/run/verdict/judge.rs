//! The judge: from what was played to findings and a verdict.
//!
//! Live runs and stored transcripts come here alike. Severity is that of the
//! rule file, for the chosen IdPs; then `scimulator.yaml`, then flags.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::finding::{Finding, Severity, Source, Verdict};
use crate::http::{Base, Exchange, Redactor, Response, Sender, TransportFailure, curl_line};
use crate::idp::{Dialect, could_send};
use crate::rules::{self, Profile, RuleMeta};
use crate::run::event::{Accepted, JudgedFinding, SnapshotDifference, SnapshotState};
use crate::run::plan::select::glob;
use crate::run::player::{End, Played};
use crate::run::verdict::cause::ScenarioCauses;
use crate::run::verdict::deviation::Deviations;
use crate::scenario::{Catalogue, Scenario};

/// So much of a rule's reason stands with a finding: what the IdP does, and what becomes of it.
const WHY_SENTENCES: usize = 2;

/// What decides how much a deviation matters in this run.
pub struct Standard {
    /// All rules.
    pub catalogue: Catalogue,
    /// Severity columns that count.
    pub profiles: Vec<Profile>,
    /// Severities set by the user, by glob; later ones win.
    pub overrides: Vec<(String, Severity)>,
    /// What the user accepts for now.
    pub deviations: Deviations,
    /// Rules that are judged; `None` for all.
    pub only: Option<Vec<String>>,
    /// Masks what curl lines must not show.
    pub redactor: Redactor,
    metas: Mutex<BTreeMap<String, Option<Arc<RuleMeta>>>>,
}

impl Standard {
    /// A standard for these severity columns, all rules judged.
    pub fn new(catalogue: Catalogue, profiles: Vec<Profile>, redactor: Redactor) -> Self {
        Self {
            catalogue,
            profiles,
            overrides: Vec::new(),
            deviations: Deviations::default(),
            only: None,
            redactor,
            metas: Mutex::new(BTreeMap::new()),
        }
    }

    /// The rule file's own data, read when first asked for.
    fn meta(&self, rule: &str) -> Option<Arc<RuleMeta>> {
        let mut metas = self.metas.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = metas.get(rule) {
            return known.clone();
        }
        let listed = self.catalogue.get(rule).filter(|listed| listed.is_rule);
        let meta = listed.and_then(|listed| RuleMeta::read(&listed.file, listed.text()).ok()).map(Arc::new);
        metas.insert(rule.to_owned(), meta.clone());
        meta
    }

    /// How much a deviation from a rule matters. What a scenario itself asks for is an error.
    ///
    /// `family` is the IdP under whose requests a step failed: what only Entra sends breaks no Okta.
    pub fn severity(&self, rule: &str, family: Option<Profile>) -> Severity {
        match self.overrides.iter().rev().find(|(pattern, _)| glob(pattern, rule)) {
            // What is allowed is no louder than before.
            Some((_, Severity::Info)) => self.usual_severity(rule, family).min(Severity::Info),
            Some((_, severity)) => *severity,
            None => self.usual_severity(rule, family),
        }
    }

    /// Whether a deviation is an error to everybody who judges: then what follows from it hides nothing from anybody.
    fn is_error_throughout(&self, rule: &str, family: Option<Profile>) -> bool {
        let is_error = |meta: &RuleMeta| self.profiles.iter().all(|one| meta.severity_for(*one) == Severity::Error);
        self.severity(rule, family) == Severity::Error && self.meta(rule).is_some_and(|meta| is_error(&meta))
    }

    /// Whether nothing but `--strict` is missing for a deviation to fail the run.
    fn is_error_if_strict(&self, rule: &str, severity: Severity) -> bool {
        severity < Severity::Error
            && !self.profiles.contains(&Profile::Rfc)
            && !self.overrides.iter().any(|(pattern, _)| glob(pattern, rule))
            && self.meta(rule).is_some_and(|meta| meta.severity_for(Profile::Rfc) == Severity::Error)
    }

    fn usual_severity(&self, rule: &str, family: Option<Profile>) -> Severity {
        let Some(meta) = self.meta(rule) else { return Severity::Error };
        let severity = |profile: &Profile| match (family, *profile) {
            (None, _) | (_, Profile::Rfc) => meta.severity_for(*profile),
            (Some(family), profile) if family == profile => meta.severity_for(profile),
            // What no IdP sends is for the RFCs to judge, and told to others without weight.
            (Some(Profile::Rfc), profile) => meta.severity_for(profile).min(Severity::Info),
            (Some(_), _) => Severity::Off,
        };
        self.profiles.iter().map(severity).max().unwrap_or(Severity::Off)
    }

    /// The entry of `deviations` that covers a finding.
    fn covering(&self, finding: &Finding, played: &Played) -> Option<usize> {
        let exchange = finding.place.exchange.and_then(|index| played.transcript.exchanges.get(index));
        self.deviations.covering(&finding.rule, &finding.place, exchange.map(|exchange| &exchange.request))
    }

    /// What an entry of `deviations` makes of a finding that would count.
    fn accepted(&self, covering: Option<usize>, severity: Severity) -> Option<Accepted> {
        let entry = self.deviations.used(covering.filter(|_| severity > Severity::Off)?);
        let until = entry.until.map(|last_day| last_day.to_string());
        Some(Accepted { reason: entry.reason.clone(), until, severity })
    }

    /// The finding with everything a report wants to say about it.
    fn judged(
        &self,
        (finding, covering): (Finding, Option<usize>),
        scenario: &Scenario,
        played: &Played,
        base: &Base,
    ) -> JudgedFinding {
        let meta = self.meta(&finding.rule);
        let meta = meta.as_deref();
        let step = finding.place.step.and_then(|step| scenario.steps.get(step));
        let exchange = finding.place.exchange.and_then(|index| played.transcript.exchanges.get(index));
        let family = played_as(&finding, exchange);
        let breaks = meta.into_iter().flat_map(RuleMeta::breaks);
        let breaks = breaks.filter(|idp| family.is_none_or(|family| family.name().eq_ignore_ascii_case(idp)));
        let severity = self.severity(&finding.rule, family);
        let accepted = self.accepted(covering, severity);
        JudgedFinding {
            severity: if accepted.is_some() { Severity::Info } else { severity },
            strict: accepted.is_none() && self.is_error_if_strict(&finding.rule, severity),
            accepted,
            breaks: breaks.map(str::to_owned).collect(),
            title: meta.map_or_else(|| scenario.title.clone(), |meta| meta.title.clone()),
            why: meta.map(why_line).unwrap_or_default(),
            line: step.map_or(1, |step| step.line),
            curl: exchange.map(|exchange| curl_line(base, &exchange.request, &self.redactor)),
            finding,
        }
    }

    fn judges(&self, rule: &str) -> bool {
        self.only.as_ref().is_none_or(|only| only.iter().any(|chosen| chosen == rule))
    }
}

/// The IdP whose own requests showed it; `None` for requests that any of them may send, the RFC for those that none does.
fn played_as(finding: &Finding, exchange: Option<&Exchange>) -> Option<Profile> {
    if finding.source == Source::Passive && exchange.is_none_or(|exchange| exchange.sender != Sender::Idp) {
        return exchange.filter(|exchange| !could_send(&exchange.request)).map(|_| Profile::Rfc);
    }
    match Dialect::parent(&finding.place.dialect) {
        "okta" => Some(Profile::Okta),
        "entra" => Some(Profile::Entra),
        _ => None,
    }
}

fn family_of(finding: &Finding, played: &Played) -> Option<Profile> {
    played_as(finding, finding.place.exchange.and_then(|index| played.transcript.exchanges.get(index)))
}

/// `RFC 7644 §3.5.2: if one operation fails, …`: the first source, and what it leads to.
fn why_line(meta: &RuleMeta) -> String {
    let sentences: String = meta.why.split_inclusive(". ").take(WHY_SENTENCES).collect();
    let sentences = sentences.trim();
    match meta.sources.first() {
        Some(source) => {
            match source.strip_prefix("RFC").filter(|number| number.starts_with(|c: char| c.is_ascii_digit())) {
                Some(number) => format!("RFC {number}: {sentences}"),
                None => format!("{source}: {sentences}"),
            }
        }
        None => sentences.to_owned(),
    }
}

/// Everything found in what was played.
pub(in crate::run) struct Judgement {
    /// By its own steps and by the passive rules, worst first.
    pub findings: Vec<JudgedFinding>,
    /// Something that its own steps found is told by a passive rule alone, as it follows from that.
    is_explained: bool,
}

/// Everything found in what was played: by its own steps and by the passive rules.
pub(in crate::run) fn judge(
    standard: &Standard,
    scenario: &Scenario,
    dialect: &str,
    played: &Played,
    base: &Base,
) -> Judgement {
    let mut passive = rules::judge(&played.transcript, &scenario.id, dialect);
    // Limits and outages that the scenario brings about are not the target's own.
    passive.retain(|finding| !(played.makes_weather && is_trouble(finding, played)));
    // Ctrl-C breaks off what is under way.
    passive.retain(|finding| played.end != Some(End::Interrupted) || !is_unanswered(finding, played));
    // What came after the target stopped answering says nothing about it.
    let end = failed_exchange(played).map_or(usize::MAX, |(at, _)| at);
    let seen_before = |(finding, _): &(Finding, _)| {
        let is_about_the_end = finding.source == Source::Passive && finding.place.exchange == Some(end);
        is_about_the_end || finding.place.exchange.is_none_or(|at| at < end)
    };
    // What is made of an answer that nobody can read, or of a value of the wrong shape, follows from that.
    let told = passive.iter().filter(|finding| standard.judges(&finding.rule));
    let told = told.filter(|finding| standard.is_error_throughout(&finding.rule, family_of(finding, played)));
    let causes = ScenarioCauses::among(told, played);
    let active: Vec<Finding> = played.findings.iter().filter(|finding| !causes.explain(finding)).cloned().collect();
    let is_explained = active.len() < played.findings.len();
    let all = active.into_iter().chain(passive).filter(|finding| standard.judges(&finding.rule));
    let mut findings: Vec<JudgedFinding> = merged(all.map(|finding| {
        let covering = standard.covering(&finding, played);
        (finding, covering)
    }))
    .into_iter()
    .filter(seen_before)
    .map(|finding| standard.judged(finding, scenario, played, base))
    .filter(|judged| judged.severity > Severity::Off)
    .collect();
    findings.sort_by_key(|judged| std::cmp::Reverse(judged.severity));
    Judgement { findings, is_explained }
}

/// One finding for each rule, subject, value and deviation: active and passive checks may see the same.
fn merged(findings: impl Iterator<Item = (Finding, Option<usize>)>) -> Vec<(Finding, Option<usize>)> {
    let mut kept: Vec<(Finding, Option<usize>)> = Vec::new();
    for (finding, covering) in findings {
        let same = kept.iter_mut().find(|(known, by)| {
            *by == covering
                && known.rule == finding.rule
                && known.subject == finding.subject
                && known.actual == finding.actual
        });
        match same {
            Some((known, _)) => known.count += finding.count,
            None => kept.push((finding, covering)),
        }
    }
    kept
}

/// The first exchange that says the target cannot be tested, and why. Trouble the scenario makes is none.
fn failed_exchange(played: &Played) -> Option<(usize, String)> {
    if played.makes_weather {
        return None;
    }
    let all = &played.transcript.exchanges;
    // A gateway that says when to come back, and was asked again: weather.
    let was_asked_again = |at: usize, answer: &Response| {
        let is_same = |next: &Exchange| next.request == all[at].request;
        answer.headers.get("retry-after").is_some() && all.get(at + 1).is_some_and(is_same)
    };
    let mut exchanges = all.iter().enumerate().filter(|(_, exchange)| exchange.sender != Sender::CleanUp);
    exchanges.find_map(|(at, exchange)| match &exchange.answer {
        Ok(answer) if was_asked_again(at, answer) => None,
        Err(TransportFailure::Unsendable(_)) => None,
        Err(failure) => Some((at, failure.to_string())),
        Ok(_) => rules::infrastructure(exchange).map(|cause| (at, cause)),
    })
}

/// Whether a finding is about an answer that says "not now", or about none at all.
fn is_trouble(finding: &Finding, played: &Played) -> bool {
    let exchange = finding.place.exchange.and_then(|at| played.transcript.exchanges.get(at));
    let status = exchange.and_then(Exchange::response).map(|response| response.status);
    status.is_some_and(|status| status == 429 || status >= 500) || is_unanswered(finding, played)
}

/// Whether a finding is about a request that got no whole answer.
fn is_unanswered(finding: &Finding, played: &Played) -> bool {
    let exchange = finding.place.exchange.and_then(|at| played.transcript.exchanges.get(at));
    exchange.is_some_and(|exchange| exchange.answer.is_err())
}

impl Judgement {
    /// Whether what was answered is what its rules ask for: an accepted error is one all the same, and so is one that
    /// counts with `--strict` only.
    pub(in crate::run) fn is_as_it_should_be(&self) -> bool {
        let usual =
            |judged: &JudgedFinding| judged.accepted.as_ref().map_or(judged.severity, |accepted| accepted.severity);
        self.findings.iter().all(|judged| usual(judged) < Severity::Error && !judged.strict)
    }

    /// Whether something that the scenario asks for itself did not hold. What a passive rule saw in passing is its
    /// own matter, unless it is the cause.
    pub(in crate::run) fn is_broken(&self) -> bool {
        let mut errors = self.findings.iter().filter(|judged| judged.severity == Severity::Error);
        errors.any(|judged| self.is_explained || !judged.finding.is_in_passing())
    }
}

/// What is said in the end. Interruption and outage come first: what was seen then is only a part.
pub(in crate::run) fn verdict(
    played: &Played,
    judgement: &Judgement,
    snapshot: SnapshotState,
    differences: &[SnapshotDifference],
) -> Verdict {
    if let Some(End::Infrastructure(reason)) = &played.end {
        return Verdict::Infrastructure(reason.clone());
    }
    let findings = &judgement.findings;
    let broken = judgement.is_broken();
    if played.end == Some(End::Interrupted) {
        return if broken { Verdict::Fail } else { Verdict::Inconclusive("interrupted".to_owned()) };
    }
    if let Some((at, cause)) = failed_exchange(played) {
        // The target answers everything else: that it does not answer this is a finding.
        let is_told = findings
            .iter()
            .any(|judged| judged.severity == Severity::Error && judged.finding.place.exchange == Some(at));
        return if is_told { Verdict::Fail } else { Verdict::Infrastructure(cause) };
    }
    let differs = snapshot == SnapshotState::Different && differences.iter().any(|difference| !difference.allowed);
    match &played.end {
        _ if broken || differs => Verdict::Fail,
        Some(End::Skipped(reason)) => Verdict::Skipped(reason.clone()),
        Some(End::Inconclusive(reason) | End::Broken(reason)) => Verdict::Inconclusive(reason.clone()),
        Some(End::Failed) => {
            let rule = played.findings.last().map_or("a rule", |finding| finding.rule.as_str());
            let is_accepted = findings.iter().any(|judged| judged.finding.rule == rule && judged.accepted.is_some());
            let why = if is_accepted { "is accepted" } else { "is no error here" };
            Verdict::Inconclusive(format!("ended by a deviation from {rule}, which {why}"))
        }
        Some(End::Interrupted | End::Infrastructure(_)) | None => Verdict::Pass,
    }
}

//! Where observations end in a failure: the incidents.

use std::collections::BTreeMap;

use caseless::default_case_fold_str;
use time::{Duration, OffsetDateTime};

use super::silent::silent;
use super::symptom::symptom;
use super::{Incident, Symptom};
use crate::logs::format::Format;
use crate::logs::observation::{Idp, Intent, Observation, Outcome, Precision};

/// So many people with the same failure are one incident of everybody, not many of each …
const MANY: usize = 3;
/// … when they are no further apart than this.
const TOGETHER: Duration = Duration::hours(1);
/// What else went over the wire so shortly before and after a request without a name belongs to it.
const NEAR: Duration = Duration::seconds(5);

/// The incidents in the observations of each subject, and in those that name nobody.
pub(super) fn incidents(subjects: Vec<Vec<Observation>>, nameless: Vec<Observation>) -> Vec<Incident> {
    let mut found = Vec::new();
    let mut quiet = Vec::new();
    for mut observations in subjects {
        sort(&mut observations);
        let own = of_subject(observations, &mut quiet);
        found.extend(own);
    }
    let nameless = join_the_only_one(nameless, &mut found);
    found.extend(of_nameless(nameless, &mut quiet));
    let mut found = of_everybody(found, &quiet);
    if found.is_empty() {
        found.extend(without_failure(quiet));
    }
    found.sort_by_key(|incident| {
        let at = incident.failing.first().and_then(|index| incident.observations[*index].time).map(|time| time.instant);
        (incident.subject != "*", at)
    });
    found
}

/// By time. Within one minute of times that know no seconds, and without times, the order of the source stays.
fn sort(observations: &mut Vec<Observation>) {
    let key = |observation: &Observation| -> Option<OffsetDateTime> {
        let time = observation.time?;
        let instant = time.instant;
        Some(if time.precision == Precision::Minute { instant.replace_second(0).unwrap_or(instant) } else { instant })
    };
    // Newest first is how a portal exports: records of one instant then stand in the wrong order too.
    let times: Vec<OffsetDateTime> = observations.iter().filter_map(key).collect();
    if times.windows(2).all(|pair| pair[0] >= pair[1]) && times.first() != times.last() {
        observations.reverse();
    }
    // What has no time stays behind what stood before it.
    let mut last = None;
    let mut placed: Vec<(Option<OffsetDateTime>, Observation)> = std::mem::take(observations)
        .into_iter()
        .map(|observation| {
            last = key(&observation).or(last);
            (last, observation)
        })
        .collect();
    placed.sort_by_key(|(time, _)| *time);
    observations.extend(placed.into_iter().map(|(_, observation)| observation));
}

/// One incident for each kind of failure of a subject; what is left when nothing failed goes to `quiet`.
fn of_subject(observations: Vec<Observation>, quiet: &mut Vec<Observation>) -> Vec<Incident> {
    let mut kinds: Vec<(Symptom, Vec<usize>)> = Vec::new();
    for (index, observation) in observations.iter().enumerate() {
        if is_echo(observation, &observations)
            || is_gone_as_wanted(observation, &observations[..index])
            || is_followed(observation, &observations[index + 1..])
        {
            continue;
        }
        let Some(symptom) = symptom(observation) else { continue };
        match kinds.iter_mut().find(|(known, _)| *known == symptom) {
            Some((_, failing)) => failing.push(index),
            None => kinds.push((symptom, vec![index])),
        }
    }
    if kinds.is_empty() {
        kinds.extend(silent(&observations));
    }
    if kinds.is_empty() {
        quiet.extend(observations);
        return Vec::new();
    }
    let incident = |(symptom, failing): (Symptom, Vec<usize>)| Incident {
        subject: label(&symptom, &observations, &failing),
        observations: observations.clone(),
        failing,
        symptom,
    };
    kinds.into_iter().map(incident).collect()
}

/// A read that finds nobody after the client itself deleted them, and made nobody new since: a look whether they are gone.
fn is_gone_as_wanted(observation: &Observation, before: &[Observation]) -> bool {
    use Intent::{Create, Delete, GroupCreate, GroupDelete, GroupRead, Read};
    let is_write = |other: &&Observation| {
        other.outcome == Outcome::Success && matches!(other.intent, Create | Delete | GroupCreate | GroupDelete)
    };
    let last = before.iter().rev().find(is_write);
    matches!(observation.intent, Read | GroupRead)
        && observation.status() == Some(404)
        && last.is_some_and(|last| matches!(last.intent, Delete | GroupDelete))
}

/// A write that was sent elsewhere, and whose client went there.
fn is_followed(observation: &Observation, after: &[Observation]) -> bool {
    let is_it = |next: &&Observation| next.intent == observation.intent && is_near(observation, next);
    matches!(observation.status(), Some(301..=308))
        && after.first().is_some_and(|next| is_it(&next) && next.outcome == Outcome::Success)
}

/// The result of a job as a whole repeats the failure of its part.
fn is_echo(observation: &Observation, all: &[Observation]) -> bool {
    let is_part = |other: &Observation| {
        other.intent != Intent::Sync
            && other.outcome == Outcome::Failure
            && (other.job.is_some() && other.job == observation.job || is_near(other, observation))
    };
    // The step of a record that failed, beside the record that says how.
    let is_of_record = |other: &Observation| {
        other.message.is_some()
            && other.outcome == Outcome::Failure
            && (&other.place.file, other.place.record) == (&observation.place.file, observation.place.record)
    };
    if observation.intent == Intent::Lookup && observation.message.is_none() && all.iter().any(is_of_record) {
        return true;
    }
    observation.intent == Intent::Sync && (observation.message.is_none() || all.iter().any(is_part))
}

/// A failure without a name in it belongs to the one person of its file with the same failure; a log that cuts bodies
/// loses the name of some. Gives those that belong to nobody.
fn join_the_only_one(nameless: Vec<Observation>, found: &mut [Incident]) -> Vec<Observation> {
    let mut left = Vec::new();
    for observation in nameless {
        let symptom = symptom(&observation).filter(|symptom| !symptom.is_of_everybody());
        let is_same = |incident: &&mut Incident| {
            Some(&incident.symptom) == symptom.as_ref()
                && incident.observations.iter().any(|seen| seen.place.file == observation.place.file)
        };
        let mut same: Vec<&mut Incident> = found.iter_mut().filter(is_same).collect();
        match same.as_mut_slice() {
            [incident] if observation.http.is_some() => {
                incident.observations.push(observation);
                sort(&mut incident.observations);
                incident.failing = failing(&incident.observations, incident.symptom.as_seen());
            }
            _ => left.push(observation),
        }
    }
    left
}

/// Failing requests without a name in them, with what else stands beside them.
fn of_nameless(mut nameless: Vec<Observation>, quiet: &mut Vec<Observation>) -> Vec<Incident> {
    sort(&mut nameless);
    let after_redirect = |index: usize| -> bool {
        index > 0
            && matches!(nameless[index - 1].status(), Some(301..=308))
            && nameless[index - 1].place.file == nameless[index].place.file
    };
    let kind = |(index, observation): (usize, &Observation)| {
        let symptom = symptom(observation)?;
        let is_dropped = symptom.as_str() == "auth.token-expired" && after_redirect(index);
        Some(if is_dropped { Symptom::new("auth.header-dropped-on-redirect") } else { symptom })
    };
    let kinds: Vec<Option<Symptom>> = nameless.iter().enumerate().map(kind).collect();
    let mut by_kind: BTreeMap<Symptom, Vec<Observation>> = BTreeMap::new();
    let is_dropped =
        |kind: &Option<Symptom>| kind.as_ref().is_some_and(|kind| kind.as_str() == "auth.header-dropped-on-redirect");
    let redirects: Vec<Option<Observation>> =
        kinds.iter().enumerate().map(|(index, kind)| is_dropped(kind).then(|| nameless[index - 1].clone())).collect();
    for ((observation, kind), redirect) in nameless.into_iter().zip(kinds).zip(redirects) {
        match kind {
            Some(kind) if redirect.is_some() => {
                quiet.retain(|seen| Some(seen) != redirect.as_ref());
                by_kind.entry(kind).or_default().extend(redirect.into_iter().chain([observation]));
            }
            Some(kind) => by_kind.entry(kind).or_default().push(observation),
            None => quiet.push(observation),
        }
    }
    let incident = |(symptom, mut observations): (Symptom, Vec<Observation>)| {
        let beside = |other: &Observation| {
            observations
                .iter()
                .any(|one| one.place.file == other.place.file && one.http.is_some() && is_near(one, other))
        };
        let (beside, rest): (Vec<_>, Vec<_>) = std::mem::take(quiet).into_iter().partition(beside);
        *quiet = rest;
        observations.extend(beside);
        sort(&mut observations);
        let failing = failing(&observations, symptom.as_seen());
        Incident { subject: "*".to_owned(), observations, failing, symptom }
    };
    by_kind.into_iter().map(incident).collect()
}

/// Joins the same failure of many people into one, and failures of the connection always.
fn of_everybody(found: Vec<Incident>, quiet: &[Observation]) -> Vec<Incident> {
    let mut by_kind: BTreeMap<Symptom, Vec<Incident>> = BTreeMap::new();
    for incident in found {
        by_kind.entry(incident.symptom.clone()).or_default().push(incident);
    }
    let mut joined = Vec::new();
    for (symptom, incidents) in by_kind {
        if incidents.len() < 2 || !(symptom.is_of_everybody() || is_one_outage(&incidents)) {
            joined.extend(incidents);
            continue;
        }
        let mut observations: Vec<Observation> =
            incidents.into_iter().flat_map(|incident| incident.observations).collect();
        observations.extend(quiet.iter().filter(|observation| observation.intent == Intent::RotateToken).cloned());
        sort(&mut observations);
        observations.dedup();
        let failing = failing(&observations, symptom.as_seen());
        joined.push(Incident { subject: "*".to_owned(), observations, failing, symptom });
    }
    joined
}

/// Requests that nobody saw answered, and a test suite, are there to be played: no failure, but something to reproduce.
fn without_failure(mut quiet: Vec<Observation>) -> Option<Incident> {
    sort(&mut quiet);
    if quiet.iter().all(|seen| seen.time.is_none()) {
        quiet.sort_by(|one, other| (&one.place.file, one.place.record).cmp(&(&other.place.file, other.place.record)));
    }
    let is_suite = quiet.iter().any(|seen| seen.place.format == Format::Runscope);
    let is_unanswered = quiet.iter().all(is_request_alone);
    if quiet.is_empty() || !(is_suite || is_unanswered) {
        return None;
    }
    let symptom = Symptom::new(if is_suite { "none (test suite)" } else { "unknown" });
    let subject = if is_suite { "*".to_owned() } else { label(&symptom, &quiet, &[]) };
    Some(Incident { subject, failing: Vec::new(), observations: quiet, symptom })
}

/// A request that was seen, without its answer.
fn is_request_alone(seen: &Observation) -> bool {
    seen.http.as_ref().is_some_and(|http| http.method.is_some()) && seen.status().is_none()
}

/// At least three people, within an hour or one job.
fn is_one_outage(incidents: &[Incident]) -> bool {
    let firsts: Vec<&Observation> = incidents.iter().filter_map(Incident::first_failure).collect();
    let times: Vec<OffsetDateTime> = firsts.iter().filter_map(|first| Some(first.time?.instant)).collect();
    let is_together =
        times.iter().max().zip(times.iter().min()).is_some_and(|(last, first)| *last - *first <= TOGETHER);
    let is_one_job = firsts.first().is_some_and(|first| {
        first.job.is_some() && first.idp == Idp::Okta && firsts.iter().all(|other| other.job == first.job)
    });
    incidents.len() >= MANY && (is_one_job || (times.len() == firsts.len() && is_together))
}

fn failing(observations: &[Observation], seen: &str) -> Vec<usize> {
    let is_one = |index: &usize| symptom(&observations[*index]).is_some_and(|symptom| symptom.as_str() == seen);
    (0..observations.len()).filter(is_one).collect()
}

fn is_near(one: &Observation, other: &Observation) -> bool {
    one.time.zip(other.time).is_some_and(|(one, other)| (one.instant - other.instant).abs() <= NEAR)
}

/// The name that an answer shows.
fn shown_name(observation: &Observation) -> Option<String> {
    let body = observation.http.as_ref()?.response_body.as_ref()?;
    let resource: serde_json::Value = serde_json::from_str(&body.value.text).ok()?;
    Some(resource.get("userName")?.as_str()?.to_owned())
}

/// How people call the subject. What the endpoint never took over is still there under its old name.
fn label(symptom: &Symptom, observations: &[Observation], failing: &[usize]) -> String {
    if symptom.as_str() == "update.not-applied" {
        let directory = observations.iter().filter(|observation| observation.intent == Intent::DirectoryChange);
        let renamed = directory.flat_map(|observation| &observation.changes);
        let mut old = renamed.filter(|change| matches!(change.path.as_str(), "login" | "email" | "userName"));
        if let Some(old) = old.find_map(|change| change.old.clone()) {
            return old;
        }
    }
    let failing = failing.iter().map(|index| &observations[*index]);
    if symptom.as_str() == "update.not-applied"
        && let Some(kept) = failing.clone().find_map(shown_name)
    {
        return kept;
    }
    let all: Vec<_> = failing.chain(observations).map(|observation| &observation.subject).collect();
    let first = |name: fn(&crate::logs::observation::Subject) -> &Option<String>| {
        all.iter().find_map(|subject| name(subject).clone().filter(|name| !name.is_empty()))
    };
    let user_name = first(|subject| &subject.user_name);
    // An address as its owner writes it, where only the case of letters differs.
    let address = first(|subject| &subject.email);
    let as_written = address.filter(|address| {
        user_name.as_deref().is_some_and(|name| default_case_fold_str(name) == default_case_fold_str(address))
    });
    as_written
        .or(user_name)
        .or_else(|| first(|subject| &subject.email))
        .or_else(|| first(|subject| &subject.display_name))
        .or_else(|| first(|subject| &subject.scim_id))
        .or_else(|| first(|subject| &subject.idp_id))
        .unwrap_or_else(|| "*".to_owned())
}

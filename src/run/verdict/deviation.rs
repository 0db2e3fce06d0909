//! Deviations that the user accepts for a while: which findings each covers, and which cover nothing any more.
//!
//! An accepted finding is shown with its reason and does not fail the run. Only
//! what an entry names is accepted: a rule, and where it says so a scenario, a
//! dialect or an endpoint.

use std::sync::atomic::{AtomicBool, Ordering};

use time::Date;

use crate::finding::Place;
use crate::http::{Method, Request};
use crate::run::plan::select::glob;

/// One entry of `deviations:`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Deviation {
    /// Rules, by glob.
    pub rule: String,
    /// Why it is accepted.
    pub reason: String,
    /// Where it is accepted: a glob over `SCENARIO@DIALECT`; everywhere when absent.
    pub scenario: Option<String>,
    /// For which requests; for all when absent.
    pub endpoint: Option<EndpointScope>,
    /// The last day on which it counts (UTC); for ever when absent.
    pub until: Option<Date>,
}

/// `PATCH /Groups`, or `/Groups` for every method; what lies below the path is part of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndpointScope {
    method: Option<Method>,
    path: String,
}

impl EndpointScope {
    /// Reads it; `None` for what is none.
    pub fn parse(text: &str) -> Option<Self> {
        let (method, path) = match text.split_once(' ') {
            Some((method, path)) => (Some(Method::ALL.into_iter().find(|known| known.as_str() == method)?), path),
            None => (None, text),
        };
        let path = path.trim().trim_end_matches('/');
        (path.len() > 1 && path.starts_with('/')).then(|| Self { method, path: path.to_owned() })
    }

    fn covers(&self, request: &Request) -> bool {
        let below = request.path.strip_prefix(&self.path);
        self.method.is_none_or(|method| method == request.method)
            && below.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }
}

impl Deviation {
    fn covers(&self, rule: &str, place: &Place, request: Option<&Request>) -> bool {
        let is_there = |scope: &String| {
            glob(scope, &place.scenario) || glob(scope, &format!("{}@{}", place.scenario, place.dialect))
        };
        glob(&self.rule, rule)
            && self.scenario.as_ref().is_none_or(is_there)
            && self.endpoint.as_ref().is_none_or(|scope| request.is_some_and(|request| scope.covers(request)))
    }
}

/// The entries of a run.
#[derive(Debug, Default)]
pub struct Deviations {
    valid: Vec<(Deviation, AtomicBool)>,
    expired: Vec<Deviation>,
    /// Everything is played, so that an entry which covers nothing is of no use.
    is_whole_run: bool,
}

impl Deviations {
    /// Those that count on this day; expired ones are only told.
    pub fn new(entries: Vec<Deviation>, today: Date, is_whole_run: bool) -> Self {
        let (valid, expired): (Vec<_>, Vec<_>) =
            entries.into_iter().partition(|entry| entry.until.is_none_or(|last_day| today <= last_day));
        let valid = valid.into_iter().map(|entry| (entry, AtomicBool::new(false))).collect();
        Self { valid, expired, is_whole_run }
    }

    /// The first entry that covers a finding, by its position.
    pub(in crate::run) fn covering(&self, rule: &str, place: &Place, request: Option<&Request>) -> Option<usize> {
        self.valid.iter().position(|(entry, _)| entry.covers(rule, place, request))
    }

    /// The entry at this position, which has been of use from now on.
    pub(in crate::run) fn used(&self, at: usize) -> &Deviation {
        let (entry, was_used) = &self.valid[at];
        was_used.store(true, Ordering::Relaxed);
        entry
    }

    /// What the user should mend in the list.
    pub fn notes(&self) -> Vec<String> {
        let expired = self.expired.iter().filter_map(|entry| {
            let last_day = entry.until?;
            Some(format!("the deviation for `{}` counted until {last_day} and is as if it were not there", entry.rule))
        });
        let unused = self.valid.iter().filter(|(_, was_used)| self.is_whole_run && !was_used.load(Ordering::Relaxed));
        let unused = unused.map(|(entry, _)| {
            format!(
                "the deviation for `{}` covers nothing that was found; take it out if the defect is mended",
                entry.rule
            )
        });
        expired.chain(unused).collect()
    }
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;

    fn of(rule: &str) -> Deviation {
        Deviation { rule: rule.to_owned(), reason: "known".to_owned(), ..Deviation::default() }
    }

    fn place(scenario: &str, dialect: &str) -> Place {
        Place { scenario: scenario.to_owned(), dialect: dialect.to_owned(), ..Place::default() }
    }

    #[test]
    fn an_entry_covers_its_rules_in_its_scenarios_only() {
        let entry = Deviation { scenario: Some("lifecycle/*@entra".to_owned()), ..of("etag/*") };
        let covers = |rule, scenario, dialect| entry.covers(rule, &place(scenario, dialect), None);
        assert!(covers("etag/weak", "lifecycle/create", "entra"));
        assert!(!covers("etag/weak", "lifecycle/create", "okta"));
        assert!(!covers("patch/atomic", "lifecycle/create", "entra"));
        let everywhere = Deviation { scenario: Some("lifecycle/create".to_owned()), ..of("*") };
        assert!(everywhere.covers("etag/weak", &place("lifecycle/create", "okta"), None), "every dialect");
    }

    #[test]
    fn an_endpoint_has_what_lies_below_it() {
        let scope = |text: &str| EndpointScope::parse(text).unwrap();
        let request = |method, path: &str| Request::new(method, path);
        assert!(scope("PATCH /Groups").covers(&request(Method::Patch, "/Groups/7")));
        assert!(!scope("PATCH /Groups").covers(&request(Method::Put, "/Groups/7")));
        assert!(scope("/Groups/").covers(&request(Method::Post, "/Groups")));
        assert!(!scope("/Groups").covers(&request(Method::Get, "/GroupsOfMine")));
        assert!(["Groups", "/", "FETCH /Users", ""].iter().all(|text| EndpointScope::parse(text).is_none()));
        let entry = Deviation { endpoint: Some(scope("/Groups")), ..of("*") };
        assert!(!entry.covers("patch/atomic", &place("x/y", "plain"), None), "a finding of no request");
    }

    #[test]
    fn the_last_day_still_counts_and_the_next_one_tells_so() {
        let entry = Deviation { until: Some(date!(2026 - 03 - 31)), ..of("etag/*") };
        let on = |today| Deviations::new(vec![entry.clone()], today, false);
        let covers = |deviations: &Deviations| deviations.covering("etag/weak", &Place::default(), None).is_some();
        let last = on(date!(2026 - 03 - 31));
        assert!(covers(&last) && last.notes().is_empty());
        let over = on(date!(2026 - 04 - 01));
        assert!(!covers(&over));
        assert!(over.notes()[0].contains("`etag/*` counted until 2026-03-31"), "{:?}", over.notes());
    }

    #[test]
    fn only_a_whole_run_knows_that_an_entry_is_of_no_use() {
        let entries = || vec![of("etag/*"), of("patch/*")];
        let whole = Deviations::new(entries(), date!(2026 - 01 - 01), true);
        let at = whole.covering("patch/atomic", &Place::default(), None).unwrap();
        assert_eq!(whole.used(at).rule, "patch/*");
        let notes = whole.notes();
        assert!(notes.len() == 1 && notes[0].contains("`etag/*` covers nothing"), "{notes:?}");
        assert!(Deviations::new(entries(), date!(2026 - 01 - 01), false).notes().is_empty());
    }
}

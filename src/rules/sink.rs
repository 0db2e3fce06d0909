//! Where checks put what they find: facts, once for each kind of place.

use std::collections::HashMap;

use serde_json::Value;

use super::memory::Memory;
use crate::finding::{Finding, Place, Source};
use crate::http::Method;

/// Most findings of one transcript; a target that breaks more is broken enough.
const MAX_FINDINGS: usize = 500;
/// Most characters of a value that are shown.
const MAX_SHOWN: usize = 200;

/// What makes two findings the same: rule, endpoint, method, subject and what was expected.
type Key = (&'static str, String, Method, String, Vec<String>);

/// The findings of one transcript.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) findings: Vec<Finding>,
    seen: HashMap<Key, usize>,
}

/// Takes the findings of one check about one exchange.
#[derive(Debug)]
pub struct Sink<'a> {
    pub(super) rule: &'static str,
    pub(super) place: &'a Place,
    pub(super) endpoint: &'a str,
    pub(super) method: Method,
    pub(super) found: &'a mut Found,
    /// What earlier exchanges showed.
    pub memory: &'a mut Memory,
}

impl Sink<'_> {
    /// A deviation in words.
    pub fn report(&mut self, subject: &str, expected: &[&str], actual: impl Into<String>) {
        self.add(subject, expected, clip(&actual.into()), None);
    }

    /// A deviation of a value; `None` is one that is missing.
    pub fn value(&mut self, subject: &str, expected: &[&str], actual: Option<&Value>) {
        let shown = actual.map_or_else(|| "absent".to_owned(), |value| clip(&value.to_string()));
        self.add(subject, expected, shown, actual.cloned());
    }

    fn add(&mut self, subject: &str, expected: &[&str], actual: String, evidence: Option<Value>) {
        let expected: Vec<String> = expected.iter().map(|text| (*text).to_owned()).collect();
        let key = (self.rule, self.endpoint.to_owned(), self.method, subject.to_owned(), expected.clone());
        if let Some(at) = self.found.seen.get(&key) {
            self.found.findings[*at].count += 1;
            return;
        }
        if self.found.findings.len() >= MAX_FINDINGS {
            return;
        }
        self.found.seen.insert(key, self.found.findings.len());
        self.found.findings.push(Finding {
            rule: self.rule.to_owned(),
            source: Source::Passive,
            place: self.place.clone(),
            subject: subject.to_owned(),
            expected,
            actual,
            evidence,
            count: 1,
        });
    }
}

/// A text cut to a length that a report can show.
pub fn clip(text: &str) -> String {
    match text.char_indices().nth(MAX_SHOWN) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

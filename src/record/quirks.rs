//! Whose requests pass, and which of its habits show. What a quirk looks like is data: `fixtures/record/quirks.yaml`.

use std::fmt::Write as _;
use std::sync::LazyLock;

use regex_lite::Regex;
use serde::Deserialize;
use serde::de::{Deserializer, Error as _};

use super::exchange::Passed;
use crate::yaml;

static DATA: LazyLock<Data> = LazyLock::new(|| {
    let text = include_str!("../../fixtures/record/quirks.yaml");
    yaml::read("fixtures/record/quirks.yaml", text).expect("the file in the binary is read by the tests")
});

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Data {
    quirks: Vec<Quirk>,
    dialects: Vec<Signs>,
}

/// A habit of an IdP that other clients do not have, or that servers stumble over.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Quirk {
    /// Its id: that of `docs/idps.md`, or a name in lower case.
    pub id: String,
    /// What is seen, in a few words.
    pub title: String,
    #[serde(default, deserialize_with = "pattern")]
    line: Option<Regex>,
    #[serde(default, deserialize_with = "pattern")]
    field: Option<Regex>,
    no_field: Option<String>,
    #[serde(default, deserialize_with = "pattern")]
    body: Option<Regex>,
}

/// By what a dialect is known.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Signs {
    id: String,
    #[serde(default)]
    any: Vec<String>,
    #[serde(default)]
    all: Vec<String>,
    #[serde(default)]
    none: Vec<String>,
}

fn pattern<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Regex>, D::Error> {
    let text = String::deserialize(deserializer)?;
    Regex::new(&text).map(Some).map_err(D::Error::custom)
}

/// A request in the forms that patterns look at.
struct Forms {
    line: String,
    fields: String,
    body: String,
}

impl Forms {
    fn of(passed: &Passed) -> Self {
        let request = &passed.exchange.request;
        let mut fields = String::new();
        let own = passed.authorization.as_deref().map(|shown| ("authorization", shown));
        for (name, value) in request.headers.iter().chain(own) {
            let _ = writeln!(fields, "{}: {value}", name.to_ascii_lowercase()); // writing to a String cannot fail
        }
        let body = request.json().map(|body| body.to_string()).unwrap_or_default();
        Self { line: format!("{} {}", request.method, request.target()), fields, body }
    }

    fn show(&self, quirk: &Quirk) -> bool {
        let matches =
            |pattern: &Option<Regex>, text: &str| pattern.as_ref().is_none_or(|pattern| pattern.is_match(text));
        let has = |name: &str| self.fields.lines().any(|line| line.split(':').next() == Some(name));
        matches(&quirk.line, &self.line)
            && matches(&quirk.field, &self.fields)
            && matches(&quirk.body, &self.body)
            && !quirk.no_field.as_deref().is_some_and(has)
    }
}

/// What was seen so far.
#[derive(Debug)]
pub(super) struct Habits {
    /// By position in the data, how many requests showed it.
    counts: Vec<u64>,
}

impl Default for Habits {
    fn default() -> Self {
        Self { counts: vec![0; DATA.quirks.len()] }
    }
}

impl Habits {
    /// Looks at one request.
    pub(super) fn look(&mut self, passed: &Passed) {
        let forms = Forms::of(passed);
        for (quirk, count) in DATA.quirks.iter().zip(&mut self.counts) {
            *count += u64::from(forms.show(quirk));
        }
    }

    /// Whose requests they are; `None` when nothing shows it.
    pub(super) fn dialect(&self) -> Option<&'static str> {
        let seen = |id: &String| self.seen().any(|(quirk, _)| quirk.id == *id);
        let is =
            |signs: &&Signs| signs.any.iter().any(seen) && signs.all.iter().all(seen) && !signs.none.iter().any(seen);
        DATA.dialects.iter().find(is).map(|signs| signs.id.as_str())
    }

    /// The quirks that were seen, and in how many requests.
    pub(super) fn seen(&self) -> impl Iterator<Item = (&'static Quirk, u64)> {
        DATA.quirks.iter().zip(self.counts.iter().copied()).filter(|(_, count)| *count > 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signs_of_dialects_are_quirks_that_there_are() {
        let known = |id: &String| DATA.quirks.iter().any(|quirk| quirk.id == *id);
        for signs in &DATA.dialects {
            let mut all = signs.any.iter().chain(&signs.all).chain(&signs.none);
            assert!(
                all.all(known) && crate::idp::Dialect::new(&signs.id, &serde_json::Map::new()).is_ok(),
                "{signs:?}"
            );
        }
        let mut ids: Vec<&String> = DATA.quirks.iter().map(|quirk| &quirk.id).collect();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), DATA.quirks.len(), "each quirk once");
    }
}

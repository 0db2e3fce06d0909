//! What was odd about a file: counted, with the places of the first ones.

use std::fmt;
use std::sync::Arc;

/// So many places are kept of each kind.
const PLACES: usize = 5;

/// One kind of oddity in one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// The file as the user named it.
    pub file: Arc<str>,
    /// The kind, such as `duplicate-records`.
    pub name: &'static str,
    /// What exactly, such as `outcome.reason=25185`; the count when empty and counted.
    pub detail: Option<String>,
    /// How often it was seen.
    pub count: u64,
    /// Where: numbers of records or lines, from 1, of the first few.
    pub places: Vec<u64>,
}

impl fmt::Display for Warning {
    /// `name`, `name:detail` or `name:count`, the form that reports and tests compare.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.detail, self.places.is_empty()) {
            (Some(detail), _) => write!(f, "{}:{detail}", self.name),
            (None, false) => write!(f, "{}:{}", self.name, self.count),
            (None, true) => f.write_str(self.name),
        }
    }
}

/// The warnings of one file, in the order in which their kinds were first seen.
#[derive(Clone, Debug)]
pub struct Warnings {
    file: Arc<str>,
    list: Vec<Warning>,
}

impl Warnings {
    /// None yet.
    pub const fn new(file: Arc<str>) -> Self {
        Self { file, list: Vec::new() }
    }

    /// Something that holds for the file as a whole, such as `bom`: said once.
    pub fn once(&mut self, name: &'static str) {
        self.entry(name, None).count = 1;
    }

    /// Something with a word to it, such as `secrets-found:bearer`: said once for each word.
    pub fn with(&mut self, name: &'static str, detail: impl Into<String>) {
        self.entry(name, Some(detail.into())).count += 1;
    }

    /// Something that is counted, seen at this record or line (from 1).
    pub fn at(&mut self, name: &'static str, place: u64) {
        let warning = self.entry(name, None);
        warning.count += 1;
        if warning.places.len() < PLACES {
            warning.places.push(place);
        }
    }

    /// Takes a kind back.
    pub fn forget(&mut self, name: &str) {
        self.list.retain(|warning| warning.name != name);
    }

    /// All of them.
    pub fn into_list(self) -> Vec<Warning> {
        self.list
    }

    fn entry(&mut self, name: &'static str, detail: Option<String>) -> &mut Warning {
        let known = self.list.iter().position(|warning| warning.name == name && warning.detail == detail);
        let index = known.unwrap_or_else(|| {
            self.list.push(Warning { file: Arc::clone(&self.file), name, detail, count: 0, places: Vec::new() });
            self.list.len() - 1
        });
        &mut self.list[index]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_warning_reads_as_reports_show_it() {
        let mut warnings = Warnings::new("a.csv".into());
        warnings.once("bom");
        warnings.once("bom");
        warnings.at("duplicate-records", 4);
        warnings.at("duplicate-records", 9);
        warnings.with("oversized-field", "outcome.reason=25185");
        let said: Vec<String> = warnings.into_list().iter().map(Warning::to_string).collect();
        assert_eq!(said, ["bom", "duplicate-records:2", "oversized-field:outcome.reason=25185"]);
    }
}

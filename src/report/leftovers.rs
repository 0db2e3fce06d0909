//! What a run could not remove, told by collection and reason: a target that cannot delete leaves hundreds.

use std::collections::BTreeMap;

use super::safe::Safe;
use super::words;
use crate::http::{Exchange, Method, Sender};
use crate::run::ScenarioResult;

/// What is left of a whole run. Learnt when a scenario ends: of a quiet one no exchanges are kept.
#[derive(Debug, Default)]
pub struct Leftovers {
    left: Vec<(String, Why)>,
}

/// Why something is left.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// DELETE was answered, and it is there all the same.
    Status(u16),
    /// DELETE was not answered: how it failed.
    Unanswered(String),
    /// The run ended before.
    NotAsked,
    /// What became of its create is not known, and a query by its name does not tell.
    Unclear,
    /// … and it had no name that could be looked for.
    NoName,
}

impl Leftovers {
    /// Takes in what one scenario left.
    pub fn add(&mut self, result: &ScenarioResult) {
        self.left.extend(result.leftovers.iter().map(|left| (left.clone(), why(result, left))));
    }

    /// Whether `scimulator clean` may do better: not where DELETE is refused, nor where there is nothing to look for.
    pub fn can_be_cleaned(&self) -> bool {
        self.left.iter().any(|(_, why)| match why {
            Why::Status(status) => !is_incapable(*status),
            Why::Unanswered(_) | Why::NotAsked | Why::Unclear => true,
            Why::NoName => false,
        })
    }

    /// A line for each collection and reason.
    pub fn lines(&self, safe: &Safe) -> Vec<String> {
        let mut by_reason: BTreeMap<(String, &Why), Vec<String>> = BTreeMap::new();
        for (left, why) in &self.left {
            // Masked before it is taken apart: half a secret would not be recognised.
            let left = safe.masked(left);
            let (collection, what) = match why {
                Why::Unclear | Why::NoName => left.split_once(' ').unwrap_or((&left, "")),
                Why::Status(_) | Why::Unanswered(_) | Why::NotAsked => {
                    (left.rsplit_once('/').map_or("", |(collection, _)| collection), left.as_str())
                }
            };
            by_reason.entry((collection.to_owned(), why)).or_default().push(what.to_owned());
        }
        by_reason.iter().map(|((collection, why), what)| words::left_over(collection, why, what)).collect()
    }
}

/// Whether an answer to DELETE means that the target has no such thing: it has no route, no method, no code for it.
const fn is_incapable(status: u16) -> bool {
    matches!(status, 404 | 405 | 501)
}

/// What stands behind a blank is the name in a create of which nobody knows what became.
fn why(result: &ScenarioResult, path: &str) -> Why {
    if let Some((_, name)) = path.split_once(' ') {
        return if name == "without a name" { Why::NoName } else { Why::Unclear };
    }
    let is_delete = |exchange: &&Exchange| {
        let request = &exchange.request;
        exchange.sender == Sender::CleanUp && request.method == Method::Delete && request.path == path
    };
    match result.transcript.exchanges.iter().rev().find(is_delete).map(|exchange| &exchange.answer) {
        Some(Ok(response)) => Why::Status(response.status),
        Some(Err(failure)) => Why::Unanswered(failure.to_string()),
        None => Why::NotAsked,
    }
}

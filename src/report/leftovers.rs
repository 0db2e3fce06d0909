//! What a run could not remove, told by collection and reason: a target that cannot delete leaves hundreds.

use std::collections::BTreeMap;

use super::words;
use crate::http::{Exchange, Method, Sender};
use crate::run::ScenarioResult;

/// What is left of a whole run. Learnt when a scenario ends: of a quiet one no exchanges are kept.
#[derive(Debug, Default)]
pub struct Leftovers {
    /// Why, by collection; of each what is left.
    left: BTreeMap<(String, Why), Vec<String>>,
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
        for left in &result.leftovers {
            let (collection, what, why) = match left.split_once(' ') {
                // What stands behind a blank is the name in a create of which nobody knows what became.
                Some((collection, "without a name")) => (collection, "", Why::NoName),
                Some((collection, name)) => (collection, name, Why::Unclear),
                None => {
                    let collection = left.rsplit_once('/').map_or("", |(collection, _)| collection);
                    (collection, left.as_str(), why(result, left))
                }
            };
            self.left.entry((collection.to_owned(), why)).or_default().push(what.to_owned());
        }
    }

    /// Whether `scimulator clean` may do better: not where DELETE is refused, nor where there is nothing to look for.
    pub fn can_be_cleaned(&self) -> bool {
        self.left.keys().any(|(_, why)| match why {
            Why::Status(status) => !is_incapable(*status),
            Why::Unanswered(_) | Why::NotAsked | Why::Unclear => true,
            Why::NoName => false,
        })
    }

    /// A line for each collection and reason.
    pub fn lines(&self) -> Vec<String> {
        self.left.iter().map(|((collection, why), what)| words::left_over(collection, why, what)).collect()
    }
}

/// Whether an answer to DELETE means that the target has no such thing: it has no route, no method, no code for it.
const fn is_incapable(status: u16) -> bool {
    matches!(status, 404 | 405 | 501)
}

fn why(result: &ScenarioResult, path: &str) -> Why {
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

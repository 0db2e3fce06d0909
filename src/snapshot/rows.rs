//! The exchanges of a snapshot in the form in which two of them are compared.
//!
//! A request that was answered "later, please" and then repeated is one row:
//! how often that happens is weather, no difference.

use super::model::{Entry, Normalised, Played};

/// One request of a snapshot, with the answer that was not weather.
pub(super) struct Row<'s> {
    /// Position among the exchanges of the snapshot.
    pub(super) index: usize,
    /// The exchange.
    pub(super) played: &'s Played,
    /// How often the same request was answered 429 or 503 before.
    pub(super) retries: usize,
    /// What the IdP recorded before the next request.
    pub(super) outcomes: Vec<&'s str>,
}

/// The rows, and what was recorded before the first of them.
pub(super) struct Rows<'s> {
    pub(super) before: Vec<&'s str>,
    pub(super) rows: Vec<Row<'s>>,
}

impl<'s> Rows<'s> {
    pub(super) fn of(snapshot: &'s Normalised) -> Self {
        let mut found = Self { before: Vec::new(), rows: Vec::new() };
        let exchanges = snapshot.entries.iter().filter(|entry| matches!(entry, Entry::Exchange(_)));
        let mut index = exchanges.count();
        // From the end, so that the answer that counts is met before the weather that led to it.
        let mut outcomes = Vec::new();
        for entry in snapshot.entries.iter().rev() {
            match entry {
                Entry::Outcome(text) => outcomes.insert(0, text.as_str()),
                Entry::Exchange(played) => {
                    index -= 1;
                    found.push_front(index, played, std::mem::take(&mut outcomes));
                }
                Entry::Step(..) | Entry::Wait(_) => {}
            }
        }
        found.rows.reverse();
        found.before = outcomes;
        found
    }

    fn push_front(&mut self, index: usize, played: &'s Played, outcomes: Vec<&'s str>) {
        if let Some(next) = self.rows.last_mut().filter(|next| outcomes.is_empty() && is_repeated(played, next.played))
        {
            next.retries += 1;
            return;
        }
        self.rows.push(Row { index, played, retries: 0, outcomes });
    }
}

fn is_repeated(first: &Played, again: &Played) -> bool {
    is_weather(first) && first.method == again.method && first.target == again.target && first.body == again.body
}

/// Told to come again: 429, or 503 with a time (RFC 9110 §10.2.3).
pub(super) fn is_weather(played: &Played) -> bool {
    match played.status() {
        Some(429) => true,
        Some(503) => played.answer_header("Retry-After").is_some(),
        _ => false,
    }
}

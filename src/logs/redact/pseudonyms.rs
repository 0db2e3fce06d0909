//! The one that redacts: it knows the values of a case, and holds the key.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard};
use std::thread;

use serde::de::IgnoredAny;
use time::Duration;

use super::assigned::{Assigned, Candidates, letters};
use super::dates::{dates, earlier};
use super::detect::{Span, detect};
use super::formats::{Kind, Replaced, address, characters_of, fated, replace};
use super::hash::Seed;
use super::index::Index;
use super::key::Key;
use super::leak::Originals;
use super::packed::{packed_like, unpacked};
use super::remembered::Remembered;
use super::rule::{Counts, Rule};
use super::secrets::{SHORTEST, placeholder, secrets};
use super::session::Session;
use super::spelling::{Spelled, folded};
use super::stream::threads;
use super::vocabulary::Vocabulary;
use super::wrapped::{Wrapped, wrapped, wrapped_like};
use crate::logs::observation::{Body, Change, Http, Known, Message, Observation, Subject};

/// How much is replaced.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// Personal data, the same value always by the same pseudonym; and secrets.
    #[default]
    Consistent,
    /// Only secrets.
    Off,
}

/// Base64 within base64 is looked into so often.
const MAX_DEPTH: usize = 3;
/// So many ids that are known by their form are looked for in what is written; every event may have a few of its own.
const CHECKED: usize = 100_000;

/// Replaces personal data; one for all files of a case, from several threads.
#[derive(Debug)]
pub struct Pseudonyms {
    key: Key,
    mode: Mode,
    values: Index,
    /// Values that were learned last and stand in `values` not yet.
    newest: Index,
    /// How much was known when `values` was made.
    indexed: usize,
    /// Words of the originals: no pseudonym is one of them.
    known: HashSet<String, Seed>,
    assigned: RwLock<Assigned>,
    /// Of texts that come one by one.
    remembered: Mutex<Remembered>,
    found: Mutex<HashSet<(Kind, String), Seed>>,
    vocabulary: Vocabulary,
    /// Days by which times are shifted back; 0 for not at all.
    days: u16,
    /// What was given away in earlier calls of a case that grows.
    session: Option<Session>,
}

impl Pseudonyms {
    /// Pseudonyms for the values of a case.
    pub fn new(key: Key, mode: Mode, vocabulary: Vocabulary) -> Self {
        let mut pseudonyms = Self {
            days: vocabulary.wishes().days(&key),
            session: None,
            key,
            mode,
            values: Index::default(),
            newest: Index::default(),
            indexed: 0,
            known: HashSet::default(),
            assigned: RwLock::default(),
            remembered: Mutex::default(),
            found: Mutex::default(),
            vocabulary,
        };
        pseudonyms.look_for_all();
        pseudonyms
    }

    /// Pseudonyms under the key of a session: who got one before gets the same again.
    pub fn resuming(session: &Session, mode: Mode, vocabulary: Vocabulary) -> Self {
        Self { session: Some(session.clone()), ..Self::new(session.key().clone(), mode, vocabulary) }
    }

    /// The session with what was given away since; empty without one.
    pub fn session(&self) -> String {
        self.session.as_ref().map(|session| session.text(self.assigned().given())).unwrap_or_default()
    }

    /// Learns more values while the case goes on. Who has a pseudonym keeps it.
    ///
    /// All values are looked for together again when there are twice as many as the last time; until then the newest
    /// ones are looked for besides, and those in between where they stand in what is learned.
    ///
    /// # Errors
    /// When `more` fails.
    pub fn learn(&mut self, more: impl FnOnce(&mut Vocabulary) -> std::io::Result<()>) -> std::io::Result<()> {
        let mut newest = Vocabulary::default();
        more(&mut newest)?;
        let patterns = newest.patterns(self.mode);
        self.known.extend(newest.words());
        self.vocabulary.merge(newest);
        if self.vocabulary.len() > self.indexed * 2 {
            self.look_for_all();
        } else {
            self.newest = Index::new(patterns);
        }
        Ok(())
    }

    /// Looks for everything that was learned.
    pub fn look_for_all(&mut self) {
        let (vocabulary, mode) = (&self.vocabulary, self.mode);
        (self.values, self.known) = thread::scope(|scope| {
            let words = scope.spawn(|| vocabulary.words());
            let values = Index::new(vocabulary.patterns(mode));
            (values, words.join().expect("nothing panics there"))
        });
        self.newest = Index::default();
        self.indexed = self.vocabulary.len();
    }

    /// A text without personal data and secrets.
    pub fn text(&self, text: &str) -> String {
        self.text_with(text, &mut locked(&self.remembered))
    }

    /// The same, with what the thread remembers that asks.
    pub(super) fn text_with(&self, text: &str, remembered: &mut Remembered) -> String {
        let (mut out, mut done) = (String::new(), 0);
        for Wrapped { range, text: inner } in wrapped(text) {
            let new = self.at_depth(&inner, 1, remembered);
            if new != inner {
                out.push_str(&self.at_depth(&text[done..range.start], 0, remembered));
                out.push_str(&wrapped_like(&text[range.clone()], &new));
                done = range.end;
            }
        }
        if done == 0 {
            return self.at_depth(text, 0, remembered);
        }
        out.push_str(&self.at_depth(&text[done..], 0, remembered));
        out
    }

    /// A text that was redacted when less was known, without what is known now.
    pub fn again(&self, text: &str) -> String {
        let spelled = Spelled::new(text);
        let mut spans = Vec::new();
        self.known_values(&spelled, 0..spelled.text.len(), &mut spans);
        self.rewritten(&spelled, &spans, 0, &mut locked(&self.remembered))
    }

    /// Takes the personal data and secrets out of an observation.
    pub fn observation(&self, observation: &mut Observation) {
        let Observation { place, time, app, app_template, job, kind, subject, http, changes, message, .. } =
            observation;
        if let Some(time) = time {
            time.instant -= Duration::days(self.days.into());
        }
        place.file = self.text(&place.file).into();
        [&mut place.native_id, app, app_template, job].into_iter().flatten().for_each(|text| self.change(text));
        self.change(kind);
        let Subject { user_name, email, display_name, idp_id, scim_id, external_id, .. } = subject;
        for value in [user_name, email, display_name, idp_id, scim_id, external_id].into_iter().flatten() {
            *value = self.value(value);
        }
        if let Some(http) = http {
            self.http(http);
        }
        for Change { path, old, new } in changes {
            self.change(path);
            [old, new].into_iter().flatten().for_each(|value| *value = self.value(value));
        }
        if let Some(Message { raw, detail, code, body, .. }) = message {
            self.change(raw);
            [detail, code, body].into_iter().flatten().for_each(|text| self.change(text));
        }
    }

    /// A whole value; one that is too short to be looked for in a text is replaced as well.
    pub fn value(&self, value: &str) -> String {
        // In quotes, as it stands in JSON: a short value counts only there.
        let quoted = self.text(&format!("\"{value}\""));
        quoted.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(&quoted).to_owned()
    }

    /// What was replaced so far, for the check of what is written.
    pub fn originals(&self) -> Originals {
        let is_changed = |kind: Kind, value: &str| {
            if matches!(kind, Kind::Id | Kind::OktaId | Kind::Hex | Kind::Secret) {
                return true;
            }
            let original = characters_of(value);
            self.become_of(kind, value, &original).characters != original
        };
        // Of what was to stay, nothing is a leak.
        let kept = self.vocabulary.kept();
        let is_kept = |value: &str| !kept.is_empty() && kept.contains(&folded(value));
        let is_to_go =
            |kind: Kind, value: &str| kind == Kind::Secret || self.mode == Mode::Consistent && !is_kept(value);
        let is_checked = |kind: Kind, value: &str| kind != Kind::Secret || value.len() >= SHORTEST;
        let found = locked(&self.found);
        let by_form = found.iter().filter(|(kind, value)| is_checked(*kind, value));
        let by_form = by_form.map(|(kind, value)| (*kind, Counts::By(Rule::Whole), value.as_str()));
        let values: Vec<_> = self.vocabulary.originals().chain(by_form).collect();
        Originals::new(&values, |kind, value| is_to_go(kind, value) && is_changed(kind, value), threads())
    }

    fn assigned(&self) -> RwLockReadGuard<'_, Assigned> {
        self.assigned.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) const fn key(&self) -> &Key {
        &self.key
    }

    /// Writes the letters and digits that stand for folded ones; those of two texts differ, as far as there are enough.
    pub(super) fn assign(&self, kind: char, text: &str, out: &mut String) {
        if Assigned::is_free(kind, text) {
            return letters(&self.key, kind, text, 0, out);
        }
        if let Some(known) = self.assigned().get(kind, text) {
            return out.push_str(known);
        }
        let candidates = Candidates::new(&self.key, kind, text);
        let mut assigned = self.assigned.write().unwrap_or_else(PoisonError::into_inner);
        // Another thread may have been faster.
        match assigned.get(kind, text) {
            Some(known) => out.push_str(known),
            None => out.push_str(assigned.give(&candidates, self.session.as_ref(), |word| self.known.contains(word))),
        }
    }

    fn http(&self, http: &mut Http) {
        let Http { base, path, query, request_headers, request_body, response_headers, response_body, .. } = http;
        [base, query].into_iter().flatten().for_each(|text| self.change(text));
        if let Some(Known { value, .. }) = path {
            self.change(value);
        }
        for (name, value) in request_headers.iter_mut().chain(response_headers) {
            // A field is a secret by its name.
            let field = self.text(&format!("{name}: {value}"));
            let new = field.get(name.len() + 2..).unwrap_or_default();
            // It is a whole value too.
            *value = if new == value { self.value(value) } else { new.to_owned() };
        }
        for Known { value: Body { text, is_cut }, .. } in [request_body, response_body].into_iter().flatten() {
            // Not every log says that it cut a body.
            let is_open = || text.starts_with(['{', '[']) && serde_json::from_str::<IgnoredAny>(text).is_err();
            if self.mode == Mode::Consistent && (*is_cut || is_open()) {
                drop_open_end(text);
            }
            self.change(text);
        }
    }

    fn change(&self, text: &mut String) {
        *text = self.text(text);
    }

    fn at_depth(&self, text: &str, depth: usize, remembered: &mut Remembered) -> String {
        let spelled = Spelled::new(text);
        let spans = self.spans(&spelled, depth);
        self.rewritten(&spelled, &spans, depth, remembered)
    }

    fn rewritten(&self, spelled: &Spelled<'_>, spans: &[Span], depth: usize, remembered: &mut Remembered) -> String {
        let text = spelled.source;
        let (mut out, mut done, mut places) =
            (String::with_capacity(text.len() + text.len() / 16), 0, spelled.places());
        for span in spans {
            let place = places.of(span.range.clone());
            out.push_str(&text[done..place.start]);
            done = place.end;
            match span.kind {
                Kind::Secret => out.push_str(&self.secret(spelled.said(span.range.clone()))),
                Kind::Packed => {
                    self.packed(&text[place], &spelled.said(span.range.clone()), depth, remembered, &mut out);
                }
                kind => {
                    let source = &text[place];
                    if let Some(known) = remembered.get(kind, source) {
                        out.push_str(known);
                        continue;
                    }
                    let start = out.len();
                    self.replace(kind, spelled, span.range.clone(), &mut out);
                    remembered.insert(kind, source, &out[start..]);
                }
            }
        }
        out.push_str(&text[done..]);
        out
    }

    /// What is replaced, in order: what is known by its form, and known values in between.
    fn spans(&self, spelled: &Spelled<'_>, depth: usize) -> Vec<Span> {
        let mut spans = secrets(spelled);
        if self.mode != Mode::Off {
            detect(spelled, depth < MAX_DEPTH, &mut spans);
        }
        if self.days > 0 {
            dates(spelled, &mut spans);
        }
        keep_first(&mut spans);
        let (mut known, mut start) = (Vec::new(), 0);
        for span in &spans {
            self.known_values(spelled, start..span.range.start, &mut known);
            start = span.range.end;
        }
        self.known_values(spelled, start..spelled.text.len(), &mut known);
        spans.extend(known);
        spans.sort_by_key(|span| span.range.start);
        spans
    }

    fn known_values(&self, spelled: &Spelled<'_>, within: Range<usize>, found: &mut Vec<Span>) {
        let before = found.len();
        self.values.find(spelled, within.clone(), |span| found.push(span));
        let known_before = found.len();
        self.newest.find(spelled, within, |span| found.push(span));
        if found.len() > known_before {
            let mut own = found.split_off(before);
            keep_first(&mut own);
            found.extend(own);
        }
    }

    fn secret(&self, secret: String) -> String {
        let new = placeholder(&secret, &self.key);
        locked(&self.found).insert((Kind::Secret, secret));
        new
    }

    /// Writes text in base64 with what is within replaced.
    fn packed(&self, source: &str, said: &str, depth: usize, remembered: &mut Remembered, out: &mut String) {
        let inner = unpacked(said);
        let replaced = inner.as_ref().map(|inner| self.at_depth(inner, depth + 1, remembered));
        match replaced.filter(|replaced| inner.as_ref() != Some(replaced)) {
            Some(replaced) => out.push_str(&packed_like(said, &replaced)),
            None => out.push_str(source),
        }
    }

    /// Writes what a value becomes, spelled as the value is.
    fn replace(&self, kind: Kind, spelled: &Spelled<'_>, range: Range<usize>, out: &mut String) {
        let said = spelled.said(range.clone());
        match kind {
            Kind::Address => return out.push_str(&address(&said, self).unwrap_or(said)),
            Kind::Date => return out.push_str(&earlier(&said, self.days)),
            _ => {}
        }
        let original = characters_of(&said);
        let new = self.become_of(kind, &said, &original);
        spelled.respell(range, &new.characters, out);
        out.push_str(&new.tail);
        // Names are in the vocabulary.
        if new.characters != original && kind != Kind::Word {
            let mut found = locked(&self.found);
            if found.len() < CHECKED || !matches!(kind, Kind::Hex | Kind::Id | Kind::OktaId) {
                found.insert((kind, said));
            }
        }
    }

    /// What a value becomes: as the user wants it, else a pseudonym.
    fn become_of(&self, kind: Kind, value: &str, original: &[char]) -> Replaced {
        match self.vocabulary.fate(value) {
            Some(fate) => fated(fate, original, self),
            None => replace(kind, original, self),
        }
    }
}

/// Where two overlap, a secret or the one that begins first counts, and of two that begin together the longer one.
fn keep_first(spans: &mut Vec<Span>) {
    spans.sort_by_key(|span| (span.range.start, span.kind != Kind::Secret, usize::MAX - span.range.end));
    let mut end = 0;
    spans.retain(|span| {
        let is_free = span.range.start >= end;
        if is_free {
            end = span.range.end;
        }
        is_free
    });
}

/// Takes away the last text of a body that a log cut: of half a name nobody can tell whose it is.
fn drop_open_end(text: &mut String) {
    let (mut open, mut is_escaped) = (None, false);
    for (at, letter) in text.char_indices() {
        if letter == '"' && !is_escaped {
            open = if open.is_some() { None } else { Some(at + 1) };
        }
        is_escaped = letter == '\\' && !is_escaped;
    }
    if let Some(at) = open {
        text.truncate(at);
    }
}

/// Nothing that holds a lock panics; if it did, what is behind it would still be whole.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;

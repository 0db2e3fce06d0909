//! The one that redacts: it knows the values of a case, and holds the key.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::ops::Range;

use aho_corasick::{AhoCorasick, Input, MatchKind};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::detect::{Span, detect};
use super::formats::{Kind, address, replace};
use super::key::Key;
use super::leak::Originals;
use super::letters::{another, another_first};
use super::secrets::{SHORTEST, placeholder, secrets};
use super::spelling::Spelled;
use super::vocabulary::{Rule, Vocabulary};
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
/// So many pseudonyms are tried that nobody else has.
const ROUNDS: u32 = 16;
/// So many numbers are tried one after another.
const MAX_TRIED: usize = 1_000;

/// Replaces personal data; one for all files of a case.
#[derive(Debug)]
pub struct Pseudonyms {
    key: Key,
    mode: Mode,
    values: Option<Search>,
    /// Values that were learned last and stand in `values` not yet.
    newest: Option<Search>,
    /// How much was known when `values` was made.
    searched: usize,
    /// Words of the originals: no pseudonym is one of them.
    known: HashSet<String>,
    assigned: RefCell<Assigned>,
    found: RefCell<HashSet<(Kind, String)>>,
    vocabulary: Vocabulary,
}

/// Values that are looked for together.
#[derive(Debug)]
struct Search {
    find: AhoCorasick,
    kinds: Vec<(Kind, Rule)>,
}

impl Search {
    fn of(patterns: Vec<(String, Kind, Rule)>) -> std::io::Result<Option<Self>> {
        if patterns.is_empty() {
            return Ok(None);
        }
        let builder = AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).clone();
        let find = builder.build(patterns.iter().map(|pattern| &pattern.0)).map_err(std::io::Error::other)?;
        let kinds = patterns.into_iter().map(|(_, kind, rule)| (kind, rule)).collect();
        Ok(Some(Self { find, kinds }))
    }

    fn first(&self, text: &str, within: Range<usize>) -> Option<(Range<usize>, Kind, Rule)> {
        let found = self.find.find(Input::new(text).range(within))?;
        let (kind, rule) = self.kinds[found.pattern().as_usize()];
        Some((found.range(), kind, rule))
    }
}

/// Whose pseudonym is whose, in memory only.
#[derive(Debug, Default)]
struct Assigned {
    pseudonyms: HashMap<String, Vec<char>>,
    taken: HashSet<String>,
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

impl Pseudonyms {
    /// Pseudonyms for the values of a case.
    ///
    /// # Errors
    /// When there are more values than can be searched for at once.
    pub fn new(key: Key, mode: Mode, vocabulary: Vocabulary) -> std::io::Result<Self> {
        let mut pseudonyms = Self {
            key,
            mode,
            values: None,
            newest: None,
            searched: 0,
            known: HashSet::new(),
            assigned: RefCell::default(),
            found: RefCell::default(),
            vocabulary,
        };
        pseudonyms.look_for_all()?;
        Ok(pseudonyms)
    }

    /// Learns more values while the case goes on. Who has a pseudonym keeps it.
    ///
    /// All values are searched for together again when there are twice as many as the last time; until then the newest
    /// ones are searched for besides, and those in between where they stand in what is learned.
    ///
    /// # Errors
    /// When `more` fails, or there are more values than can be searched for at once.
    pub fn learn(&mut self, more: impl FnOnce(&mut Vocabulary) -> std::io::Result<()>) -> std::io::Result<()> {
        let mut newest = Vocabulary::default();
        more(&mut newest)?;
        let patterns = newest.patterns(self.mode);
        self.known.extend(newest.words());
        self.vocabulary.merge(newest);
        if self.vocabulary.len() > self.searched * 2 {
            return self.look_for_all();
        }
        self.newest = Search::of(patterns)?;
        Ok(())
    }

    /// Searches for everything that was learned.
    ///
    /// # Errors
    /// When there are more values than can be searched for at once.
    pub fn look_for_all(&mut self) -> std::io::Result<()> {
        self.values = Search::of(self.vocabulary.patterns(self.mode))?;
        self.newest = None;
        self.known = self.vocabulary.words();
        self.searched = self.vocabulary.len();
        Ok(())
    }

    /// A text without personal data and secrets.
    pub fn text(&self, text: &str) -> String {
        self.at_depth(text, 0)
    }

    /// A text that was redacted when less was known, without what is known now.
    pub fn again(&self, text: &str) -> String {
        let (spelled, mut spans) = (Spelled::new(text), Vec::new());
        self.known_values(&spelled, 0..spelled.text.len(), &mut spans);
        self.rewritten(&spelled, &spans, 0)
    }

    /// Takes the personal data and secrets out of an observation.
    pub fn observation(&self, observation: &mut Observation) {
        let Observation { place, app, job, kind, subject, http, changes, message, .. } = observation;
        place.file = self.text(&place.file).into();
        [&mut place.native_id, app, job].into_iter().flatten().for_each(|text| self.change(text));
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
    ///
    /// # Errors
    /// When there are more values than can be searched for at once.
    pub fn originals(&self) -> std::io::Result<Originals> {
        let is_changed = |kind: Kind, value: &str| {
            let original: Vec<char> = value.chars().collect();
            replace(kind, &original, self).characters != original
        };
        let values = self.vocabulary.originals().filter(|(kind, _, value)| is_changed(*kind, value));
        let mut all: BTreeSet<(Kind, Rule, String)> =
            values.map(|(kind, rule, value)| (kind, rule, value.to_owned())).collect();
        // Of what was to stay, nothing is a leak.
        all.retain(|(kind, _, _)| self.mode == Mode::Consistent || *kind == Kind::Secret);
        let found = self.found.borrow();
        all.extend(
            found
                .iter()
                .filter(|(kind, value)| *kind != Kind::Word && (*kind != Kind::Secret || value.len() >= SHORTEST))
                .map(|(kind, value)| (*kind, Rule::Whole, value.clone())),
        );
        Originals::new(&all)
    }

    pub(super) const fn key(&self) -> &Key {
        &self.key
    }

    /// The letters and digits that stand for folded ones; those of two texts differ, as far as there are enough.
    pub(super) fn assign(&self, kind: char, text: &str) -> Vec<char> {
        let entry = format!("{kind}{text}");
        let mut assigned = self.assigned.borrow_mut();
        if let Some(known) = assigned.pseudonyms.get(&entry) {
            return known.clone();
        }
        let candidate = |round| -> Vec<char> {
            let mut numbers = self.key.numbers(kind, text, round);
            let other = |(index, character): (usize, char)| match kind {
                'h' => char::from_digit(u32::try_from(numbers.below(16)).unwrap_or_default(), 16).unwrap_or('0'),
                'n' if index == 0 => another_first(character, &mut numbers),
                _ => another(character, &mut numbers),
            };
            text.chars().enumerate().map(other).collect()
        };
        let word = |candidate: &[char]| candidate.iter().collect::<String>();
        let is_untaken = |word: &str| !assigned.taken.contains(&format!("{kind}{word}"));
        let is_free = |candidate: &Vec<char>| {
            let word = word(candidate);
            word != text && !self.known.contains(&word) && is_untaken(&word)
        };
        let new = (0..ROUNDS).map(candidate).find(is_free);
        // Of numbers of one digit there are so few that the last one is not found by chance.
        let last = || {
            let smallest = 10_u64.checked_pow(u32::try_from(text.len()).ok()?.checked_sub(1)?)?;
            let all = (smallest..smallest.saturating_mul(10)).take(MAX_TRIED).map(|number| number.to_string());
            all.filter(|_| kind == 'n').find(|number| is_untaken(number)).map(|number| number.chars().collect())
        };
        let new = new.or_else(last).unwrap_or_else(|| candidate(ROUNDS));
        assigned.taken.insert(format!("{kind}{}", new.iter().collect::<String>()));
        assigned.pseudonyms.insert(entry, new.clone());
        new
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
            field.get(name.len() + 2..).unwrap_or_default().clone_into(value);
        }
        for Known { value: Body { text, is_cut }, .. } in [request_body, response_body].into_iter().flatten() {
            if *is_cut && self.mode == Mode::Consistent {
                drop_open_end(text);
            }
            self.change(text);
        }
    }

    fn change(&self, text: &mut String) {
        *text = self.text(text);
    }

    fn at_depth(&self, text: &str, depth: usize) -> String {
        let spelled = Spelled::new(text);
        let spans = self.spans(&spelled, depth);
        self.rewritten(&spelled, &spans, depth)
    }

    fn rewritten(&self, spelled: &Spelled<'_>, spans: &[Span], depth: usize) -> String {
        let text = spelled.source;
        let (mut out, mut done) = (String::with_capacity(text.len() + 64), 0);
        for span in spans {
            let place = spelled.place(span.range.clone());
            out.push_str(&text[done..place.start]);
            self.write(spelled, span, depth, &mut out);
            done = place.end;
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
        // Where two overlap, a secret or the one that begins first counts.
        spans.sort_by_key(|span| (span.range.start, span.kind != Kind::Secret, usize::MAX - span.range.end));
        let mut end = 0;
        spans.retain(|span| {
            let is_free = span.range.start >= end;
            if is_free {
                end = span.range.end;
            }
            is_free
        });
        let ends = std::iter::once(0).chain(spans.iter().map(|span| span.range.end));
        let starts = spans.iter().map(|span| span.range.start).chain([spelled.text.len()]);
        let mut known = Vec::new();
        for (start, end) in ends.zip(starts) {
            self.known_values(spelled, start..end, &mut known);
        }
        spans.extend(known);
        spans.sort_by_key(|span| span.range.start);
        spans
    }

    fn known_values(&self, spelled: &Spelled<'_>, within: Range<usize>, spans: &mut Vec<Span>) {
        let searches = || [&self.values, &self.newest].into_iter().flatten();
        let text = spelled.text.as_str();
        let mut from = within.start;
        let first = |from: usize| {
            let found = searches().filter_map(|search| search.first(text, from..within.end));
            found.min_by_key(|(range, ..)| (range.start, usize::MAX - range.end))
        };
        while let Some((range, kind, rule)) = first(from) {
            if rule.holds(spelled, range.clone()) {
                from = range.end;
                spans.push(Span { range, kind });
            } else {
                from = range.start + text[range.start..].chars().next().map_or(1, char::len_utf8);
            }
        }
    }

    fn write(&self, spelled: &Spelled<'_>, span: &Span, depth: usize, out: &mut String) {
        let range = span.range.clone();
        let said = || spelled.said(range.clone());
        match span.kind {
            Kind::Secret => {
                let secret = said();
                out.push_str(&placeholder(&secret, &self.key));
                self.found.borrow_mut().insert((Kind::Secret, secret));
            }
            Kind::Packed => {
                let packed = said();
                let inner = STANDARD.decode(&packed).ok().and_then(|bytes| String::from_utf8(bytes).ok());
                let replaced = inner.as_ref().map(|inner| self.at_depth(inner, depth + 1));
                match replaced.filter(|replaced| inner.as_ref() != Some(replaced)) {
                    Some(replaced) => out.push_str(&STANDARD.encode(replaced)),
                    None => out.push_str(&spelled.source[spelled.place(range)]),
                }
            }
            Kind::Address => {
                let original = said();
                match address(&original, self) {
                    Some(new) => out.push_str(&new),
                    None => out.push_str(&original),
                }
            }
            kind => {
                let original: Vec<char> = spelled.characters(range.clone()).collect();
                let new = replace(kind, &original, self);
                if new.characters != original {
                    self.found.borrow_mut().insert((kind, original.iter().collect()));
                }
                spelled.respell(range, &new.characters, out);
                out.push_str(new.tail);
            }
        }
    }
}

#[cfg(test)]
mod tests;

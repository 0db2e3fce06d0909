//! What stands for a person, a firm or a machine in the logs of a case: every value that is one by its place.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::hash::{BuildHasher as _, Hash};
use std::io;
use std::net::{IpAddr, SocketAddr};

use serde_json::Value;

use super::detect::{is_long_hex, is_mixed_id, is_okta_id};
use super::fields::{IDS, PLAIN, is_number_of, kind_of};
use super::formats::{Kind, is_address, is_guid};
use super::hash::Seed;
use super::kept;
use super::letters::transliterated;
use super::people;
use super::pseudonyms::Mode;
use super::rule::{Counts, Rule, SHORTEST};
use super::secrets::{SHORTEST as SHORTEST_SECRET, secrets};
use super::spelling::{Spelled, folded};
use super::wishes::{Fate, Wishes, name_of};
use crate::logs::observation::{Observation, Subject};

mod assigned;
mod bodies;
mod places;
mod within;

/// Longer texts are no values.
const MAX_VALUE: usize = 512;

/// A number of an employee has at least so many digits.
const SHORTEST_NUMBER: usize = 5;

/// So many names, addresses and ids are kept; a log about 250,000 people has as many.
const MOST_VALUES: usize = if cfg!(test) { 1 << 12 } else { 1 << 20 };
/// So many values are known again when they come again.
const REMEMBERED: usize = 1 << 19;

/// The values of a case.
#[derive(Clone, Debug, Default)]
pub struct Vocabulary {
    /// By how they are compared: what they are, and one way in which they were written.
    values: HashMap<String, (Kind, String), Seed>,
    /// Words of names.
    words: HashMap<String, String, Seed>,
    /// Labels of host names: firms are called so elsewhere too.
    labels: BTreeSet<String>,
    secrets: BTreeSet<String>,
    /// What the user wants of single fields, and their values, as they are compared.
    wishes: Wishes,
    fates: HashMap<String, Fate>,
    /// Hashes of what was taken in already: most values of a log come again and again.
    seen: HashSet<u64, Seed>,
    hasher: Seed,
    /// There were more values than are kept.
    is_full: bool,
}

impl Vocabulary {
    /// One that looks for the fields of which the user wants something.
    pub fn with(wishes: Wishes) -> Self {
        Self { wishes, ..Self::default() }
    }

    /// What the user wants.
    pub(super) const fn wishes(&self) -> &Wishes {
        &self.wishes
    }

    /// What becomes of a value of which the user wants something.
    pub(super) fn fate(&self, value: &str) -> Option<Fate> {
        if self.fates.is_empty() { None } else { self.fates.get(&folded(value)).copied() }
    }

    /// Everything that can be read in values that stay: nothing of it is a leak.
    pub(super) fn kept(&self) -> HashSet<String> {
        let mut kept = HashSet::new();
        for value in self.fates.iter().filter(|(_, fate)| **fate == Fate::Kept).map(|(value, _)| value) {
            kept.extend(words(value).map(str::to_owned));
            kept.extend(value.split('@').map(str::to_owned));
            kept.extend(value.rsplit('@').flat_map(|part| part.split('.')).map(str::to_owned));
            kept.insert(value.clone());
        }
        kept
    }

    /// Notes a value of a field of which the user wants something.
    fn wished(&mut self, field: &str, value: &str) {
        if self.wishes.is_usual() {
            return;
        }
        let compared = folded(value.trim());
        let fate = self.wishes.fate(field).filter(|_| !compared.is_empty() && value.len() <= MAX_VALUE);
        let Some(fate) = fate else { return };
        if fate != Fate::Kept {
            self.add(Kind::Word, value);
        }
        let known = self.fates.entry(compared).or_insert(fate);
        *known = (*known).max(fate);
    }

    /// Takes in what an observation holds.
    pub fn observation(&mut self, observation: &Observation) {
        let Observation { place, app, app_template, job, subject, http, changes, .. } = observation;
        let Subject { is_group, user_name, email, display_name, idp_id, scim_id, external_id } = subject;
        for name in [user_name, email, display_name, app].into_iter().flatten() {
            self.add(Kind::Word, name);
        }
        let shown = if *is_group { "groups" } else { "displayName" };
        for (field, value) in
            [("userName", user_name), ("email", email), (shown, display_name), ("externalId", external_id)]
        {
            if let Some(value) = value {
                self.wished(field, value);
            }
        }
        for id in [idp_id, scim_id, external_id, job, &place.native_id].into_iter().flatten() {
            self.add(Kind::Id, id);
        }
        // Okta names an application of the firm's own `FIRM_APPLICATION_1`.
        let firm = app_template.as_deref().and_then(|name| name.split_once('_'));
        if let Some((firm, _)) = firm.filter(|(firm, _)| firm.len() > SHORTEST) {
            self.labels.insert(folded(firm));
        }
        for change in changes {
            let name = name_of(&change.path);
            let field = if name == "value" {
                name_of(change.path.split(['[', '.']).next().unwrap_or_default())
            } else {
                name.clone()
            };
            [&change.old, &change.new].into_iter().flatten().for_each(|value| self.wished(&field, value));
            if !PLAIN.contains(&name.as_str()) {
                let kind = if IDS.contains(&name.as_str()) { Kind::Id } else { Kind::Word };
                [&change.old, &change.new].into_iter().flatten().for_each(|value| self.add(kind, value));
            }
        }
        if let Some(http) = http {
            self.http(http);
        }
    }

    /// Takes in what a piece of a file holds, as [`Vocabulary::text`] does.
    pub(super) fn bytes(&mut self, piece: &[u8]) {
        match std::str::from_utf8(piece) {
            Ok(text) => self.text(text),
            Err(_) => self.text(&String::from_utf8_lossy(piece)),
        }
    }

    /// Takes in the attributes that a text holds as JSON, and what filters look for.
    pub fn text(&mut self, text: &str) {
        let spelled = Spelled::new(text);
        self.secrets_in(&spelled);
        let text = spelled.text.as_str();
        let bytes = text.as_bytes();
        let skip = |at: usize, byte: u8| at + bytes[at..].iter().take_while(|other| **other == byte).count();
        let mut at = 0;
        while let Some(length) = memchr::memchr(b'"', &bytes[at..]) {
            let quote = at + length;
            at = skip(quote, b'"');
            if places::is_behind_operator(&bytes[..quote])
                && let Some(end) = spelled.closing_quote(quote)
            {
                self.add(Kind::Word, &spelled.said(quote + 1..end));
            }
            let colon = skip(at, b' ');
            // Ruby writes `"name"=>"value"`.
            let sign = if bytes[colon..].starts_with(b"=>") { 2 } else { 1 };
            if sign == 1 && bytes.get(colon) != Some(&b':') {
                continue;
            }
            let value = skip(colon + sign, b' ');
            let quotes = skip(value, b'"');
            let name = || &text[memchr::memrchr(b'"', &bytes[..quote]).map_or(0, |start| start + 1)..quote];
            if quotes > value {
                self.named(&spelled, name(), quotes - 1);
            } else if bytes.get(value).is_some_and(u8::is_ascii_digit) && is_number_of(name()) {
                self.number(&text[value..]);
            }
        }
        self.assigned(&spelled);
        self.places(&spelled);
        self.correspondents(&spelled);
        self.numbers(&spelled);
        self.packed(spelled.source);
        for name in people::names(spelled.source) {
            self.add(Kind::Word, name);
        }
    }

    /// Takes in what another one holds.
    pub(super) fn join(&mut self, other: Self) {
        let Self { values, words, labels, secrets, fates, is_full, .. } = other;
        self.is_full |= is_full;
        for (value, fate) in fates {
            let known = self.fates.entry(value).or_insert(fate);
            *known = (*known).max(fate);
        }
        for (value, known) in values {
            self.values.entry(value).or_insert(known);
        }
        for (word, known) in words {
            self.words.entry(word).or_insert(known);
        }
        self.labels.extend(labels);
        self.secrets.extend(secrets);
        self.is_full |= self.values.len() > MOST_VALUES;
    }

    /// Takes in a cell of a table.
    pub fn cell(&mut self, column: &str, value: &str) {
        let last = column.rsplit('.').next().unwrap_or(column);
        self.wished(last, value);
        if let Some(kind) = kind_of(last) {
            self.add(kind, value);
        }
        if column == "identity" {
            for line in value.lines() {
                let (name, value) = line.split_once(": ").unwrap_or((line, ""));
                self.add(if name.ends_with("ID") { Kind::Id } else { Kind::Word }, value);
            }
        }
    }

    /// What is looked for in a text: as it is compared.
    pub(super) fn patterns(&self, mode: Mode) -> Vec<(String, Kind, Rule)> {
        let mut patterns: Vec<_> =
            self.secrets.iter().map(|secret| (folded(secret), Kind::Secret, Rule::Whole)).collect();
        if mode == Mode::Off {
            return patterns;
        }
        for (value, (kind, _)) in self.values.iter().filter(|(value, _)| !self.labels.contains(*value)) {
            let rule = Rule::of(value, *kind);
            patterns.push((value.clone(), *kind, rule));
            if value.contains(' ') {
                patterns.push((value.replace(' ', "+"), *kind, rule)); // as in a query
            }
        }
        patterns.extend(self.labels.iter().map(|label| (label.clone(), Kind::Word, Rule::Whole)));
        let words = self.words.keys().filter(|word| !self.labels.contains(*word) && !self.values.contains_key(*word));
        patterns.extend(words.map(|word| (word.clone(), Kind::Word, Rule::WordOfName)));
        patterns
    }

    /// The values as they were written, and by what it is told where they count.
    pub(super) fn originals(&self) -> impl Iterator<Item = (Kind, Counts<'_>, &str)> {
        let values = self.values.iter().map(|(value, (kind, written))| (*kind, Counts::As(value), written.as_str()));
        let labels = self.labels.iter().map(|label| (Kind::Host, Counts::By(Rule::Whole), label.as_str()));
        let words = self.words.values().map(|word| (Kind::Word, Counts::By(Rule::WordOfName), word.as_str()));
        values.chain(labels).chain(words)
    }

    /// Takes in another one.
    pub(super) fn merge(&mut self, other: Self) {
        let Self { values, words, labels, secrets, fates, .. } = other;
        self.fates.extend(fates);
        self.values.extend(values);
        self.words.extend(words);
        self.labels.extend(labels);
        self.secrets.extend(secrets);
    }

    /// Whether all is known.
    ///
    /// # Errors
    /// When there were more values than are kept: what is not known cannot be replaced.
    pub fn check(&self) -> io::Result<()> {
        let more =
            || format!("the logs name more than {MOST_VALUES} people, addresses and ids; take fewer files at once");
        if self.is_full { Err(io::Error::other(more())) } else { Ok(()) }
    }

    /// How much is known; it only grows.
    pub(super) fn len(&self) -> usize {
        self.values.len() + self.words.len() + self.labels.len() + self.secrets.len()
    }

    /// The words of all values but ids: no pseudonym may be one of them.
    pub(super) fn words(&self) -> HashSet<String, Seed> {
        let of_value = |value: &String| -> Vec<String> { words(value).map(|word| word.replace('\'', "")).collect() };
        let names = self.values.iter().filter(|(_, (kind, _))| *kind != Kind::Id);
        names.flat_map(|(value, _)| of_value(value)).collect()
    }

    /// Takes in a value.
    pub fn add(&mut self, kind: Kind, value: &str) {
        if self.is_new((kind, value)) {
            self.add_new(kind, value);
        }
    }

    /// Whether this was not taken in before.
    fn is_new(&mut self, value: impl Hash) -> bool {
        if self.seen.len() >= REMEMBERED {
            self.seen.clear();
        }
        self.seen.insert(self.hasher.hash_one(value))
    }

    fn add_new(&mut self, kind: Kind, value: &str) {
        if self.values.len() >= MOST_VALUES {
            self.is_full = true;
            return;
        }
        let value = value.trim();
        let compared = folded(value);
        let is_time = value.len() >= 10 && value.as_bytes()[4] == b'-' && value.as_bytes()[7] == b'-';
        if compared.is_empty() || value.len() > MAX_VALUE || is_time || kept::is_value(&compared) {
            return;
        }
        if compared.parse::<IpAddr>().is_ok() || compared.parse::<SocketAddr>().is_ok() {
            return; // known by its form
        }
        if value.starts_with(['{', '['])
            && let Ok(value) = serde_json::from_str::<Value>(value)
        {
            self.json("value", "", &value);
            return;
        }
        if compared.contains('@') && compared.contains(' ') && !compared.starts_with('"') {
            value.split_whitespace().for_each(|part| self.add(kind, part.trim_matches(['<', '>', '(', ')', ',', ';'])));
            return;
        }
        if kind == Kind::Host && compared.contains([':', '/']) {
            return match compared.split_once(':') {
                Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => self.add(kind, host),
                _ => {}
            };
        }
        let is_number = compared.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        let kind = match kind {
            Kind::Host if is_number => return, // an address, known by its form
            Kind::Word | Kind::Id if is_address(&compared) => Kind::Email,
            Kind::Id if !compared.bytes().any(|byte| byte.is_ascii_digit()) => return,
            Kind::Id if compared.chars().count() < 6 || compared.contains([' ', '/']) => return,
            Kind::Word | Kind::Id if compared.split('.').any(is_guid) => return, // known by its form
            Kind::Id if is_okta_id(&compared) || is_long_hex(&compared) || is_mixed_id(&compared) => return,
            kind => kind,
        };
        match (kind, compared.rsplit_once('@')) {
            (Kind::Email, Some((_, domain))) => {
                self.add(Kind::Host, domain);
                let local = value.rsplit_once('@').map_or("", |(local, _)| local);
                if let Some(local) = kept::own_local(local) {
                    self.add(Kind::Word, local);
                }
            }
            (Kind::Host, _) => self
                .labels
                .extend(kept::own_labels(&compared).filter(|label| label.len() > SHORTEST).map(str::to_owned)),
            _ => {}
        }
        if kind == Kind::Word {
            for word in words(value)
                .filter(|word| word.chars().count() >= SHORTEST && word.starts_with(|c: char| !c.is_lowercase()))
            {
                let compared = folded(word);
                if !kept::is_word(&compared) && !kept::is_value(&compared) {
                    if let Some(other) = transliterated(word) {
                        self.words.entry(folded(&other)).or_insert(other);
                    }
                    self.words.entry(compared).or_insert_with(|| word.to_owned());
                }
            }
        }
        self.values.entry(compared).or_insert_with(|| (kind, value.to_owned()));
    }

    /// A host that a text begins with: as a whole, for its labels are words that may stand for other things.
    fn host(&mut self, text: &str) {
        let is_of_host = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-');
        let host = &text[..text.bytes().take(MAX_VALUE).take_while(|byte| is_of_host(byte)).count()];
        let is_name = host.contains('.') && host.bytes().any(|byte| byte.is_ascii_alphabetic());
        if is_name && self.is_new(("host", host)) && self.values.len() < MOST_VALUES {
            self.values.entry(folded(host)).or_insert_with(|| (Kind::Host, host.to_owned()));
        }
    }

    /// The number that a text begins with, of an employee or an account; a short one stands for other things too.
    fn number(&mut self, text: &str) {
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        if (SHORTEST_NUMBER..=20).contains(&digits) {
            self.add(Kind::Word, &text[..digits]);
        }
    }

    /// Credentials: one that somebody pasted into a sentence is one there too.
    fn secrets_in(&mut self, spelled: &Spelled<'_>) {
        let found = secrets(spelled).into_iter().map(|span| spelled.said(span.range));
        self.secrets.extend(found.filter(|secret| secret.len() >= SHORTEST_SECRET));
    }

    fn named(&mut self, spelled: &Spelled<'_>, name: &str, opening: usize) {
        let (kind, is_wished) =
            (kind_of(name.rsplit([':', '.']).next().unwrap_or(name)), self.wishes.fate(name).is_some());
        if kind.is_none() && !is_wished {
            return;
        }
        // In a text that was cut there are only other quotes.
        let other = || memchr::memchr(b'"', &spelled.text.as_bytes()[opening + 1..]).map(|length| opening + 1 + length);
        let end = spelled.closing_quote(opening).or_else(other);
        let Some(end) = end.filter(|end| (1..=MAX_VALUE).contains(&(end - opening - 1))) else { return };
        let value = opening + 1..end;
        if is_wished {
            self.wished(name, &spelled.said(value.clone()));
        }
        if let Some(kind) = kind
            && self.is_new((kind, &spelled.source[spelled.place(value.clone())]))
        {
            self.add_new(kind, &spelled.said(value));
        }
    }
}

fn words(value: &str) -> impl Iterator<Item = &str> {
    let is_of_word =
        |character: char| character.is_alphabetic() || matches!(character, '\'' | '\u{2019}' | '\u{300}'..='\u{36F}');
    value
        .split(move |character| !is_of_word(character))
        .map(|word| word.trim_matches(['\'', '\u{2019}']))
        .filter(|word| !word.is_empty())
}

//! The one that redacts: it knows the values of a case, and holds the key.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::detect::{Span, detect};
use super::formats::{Kind, Replaced, address, replace};
use super::index::Index;
use super::key::Key;
use super::leak::Originals;
use super::letters::another;
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

/// Letters and digits from which on nobody else gets the same pseudonym by chance.
const LONG: usize = 16;
/// So many values are remembered with what they become, so that it is not found out again each time.
const REMEMBERED: usize = 1 << 16;
/// So many ids that are known by their form are looked for in what is written; every event may have a few of its own.
const CHECKED: usize = 100_000;

/// Replaces personal data; one for all files of a case, from several threads.
#[derive(Debug)]
pub struct Pseudonyms {
    key: Key,
    mode: Mode,
    values: Index,
    /// Words of the originals: no pseudonym is one of them.
    known: HashSet<String>,
    assigned: Mutex<Assigned>,
    remembered: Mutex<HashMap<String, Arc<Replaced>>>,
    found: Mutex<HashSet<(Kind, String)>>,
    vocabulary: Vocabulary,
}

/// Whose pseudonym is whose, in memory only.
#[derive(Debug, Default)]
struct Assigned {
    pseudonyms: HashMap<String, Vec<char>>,
    taken: HashSet<String>,
}

impl Pseudonyms {
    /// Pseudonyms for the values of a case.
    pub fn new(key: Key, mode: Mode, vocabulary: Vocabulary) -> Self {
        Self {
            key,
            mode,
            values: Index::new(vocabulary.patterns(mode)),
            known: vocabulary.words(),
            assigned: Mutex::default(),
            remembered: Mutex::default(),
            found: Mutex::default(),
            vocabulary,
        }
    }

    /// A text without personal data and secrets.
    pub fn text(&self, text: &str) -> String {
        self.at_depth(text, 0)
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
    pub fn originals(&self) -> Originals {
        let is_changed = |kind: Kind, value: &str| {
            let is_id = matches!(kind, Kind::Id | Kind::OktaId | Kind::Hex | Kind::Secret);
            let original = || value.chars().collect::<Vec<char>>();
            is_id || replace(kind, &original(), self).characters != original()
        };
        let mut originals = Originals::default();
        for (kind, rule, value) in self.vocabulary.originals().filter(|(kind, _, value)| is_changed(*kind, value)) {
            originals.add(kind, rule, value);
        }
        for (kind, value) in locked(&self.found).iter() {
            if *kind != Kind::Word && (*kind != Kind::Secret || value.len() >= SHORTEST) {
                originals.add(*kind, Rule::Whole, value);
            }
        }
        originals
    }

    pub(super) const fn key(&self) -> &Key {
        &self.key
    }

    /// The letters and digits that stand for folded ones; those of two texts differ, as far as there are enough.
    pub(super) fn assign(&self, kind: char, text: &str) -> Vec<char> {
        let candidate = |round| -> Vec<char> {
            let mut numbers = self.key.numbers(kind, text, round);
            text.chars()
                .map(|character| if kind == 'h' { numbers.digit() } else { another(character, &mut numbers) })
                .collect()
        };
        if text.len() >= LONG && matches!(kind, 'h' | 'i') {
            return candidate(0);
        }
        let entry = format!("{kind}{text}");
        let mut assigned = locked(&self.assigned);
        if let Some(known) = assigned.pseudonyms.get(&entry) {
            return known.clone();
        }
        let is_free = |candidate: &Vec<char>| {
            let word: String = candidate.iter().collect();
            word != text && !self.known.contains(&word) && !assigned.taken.contains(&format!("{kind}{word}"))
        };
        let new = (0..ROUNDS).map(candidate).find(is_free).unwrap_or_else(|| candidate(ROUNDS));
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
        for Known { value: Body { text, .. }, .. } in [request_body, response_body].into_iter().flatten() {
            self.change(text);
        }
    }

    fn change(&self, text: &mut String) {
        *text = self.text(text);
    }

    fn at_depth(&self, text: &str, depth: usize) -> String {
        let spelled = Spelled::new(text);
        let mut out = String::with_capacity(text.len() + 64);
        let mut done = 0;
        for span in self.spans(&spelled, depth) {
            let place = spelled.place(span.range.clone());
            out.push_str(&text[done..place.start]);
            self.write(&spelled, &span, depth, &mut out);
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
            self.values.find(spelled, start..end, |span| known.push(span));
        }
        spans.extend(known);
        spans.sort_by_key(|span| span.range.start);
        spans
    }

    fn write(&self, spelled: &Spelled<'_>, span: &Span, depth: usize, out: &mut String) {
        let range = span.range.clone();
        let said = || spelled.said(range.clone());
        match span.kind {
            Kind::Secret => {
                let secret = said();
                out.push_str(&placeholder(&secret, &self.key));
                locked(&self.found).insert((Kind::Secret, secret));
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
                let new = self.replaced(kind, said());
                spelled.respell(range, &new.characters, out);
                out.push_str(new.tail);
            }
        }
    }

    /// What a value becomes.
    fn replaced(&self, kind: Kind, mut value: String) -> Arc<Replaced> {
        value.push(kind.letter());
        if let Some(known) = locked(&self.remembered).get(&value) {
            return Arc::clone(known);
        }
        let original: Vec<char> = value.chars().take(value.chars().count() - 1).collect();
        let new = Arc::new(replace(kind, &original, self));
        if new.characters != original {
            let mut found = locked(&self.found);
            if found.len() < CHECKED || !matches!(kind, Kind::Hex | Kind::Id | Kind::OktaId) {
                found.insert((kind, original.iter().collect()));
            }
        }
        let mut remembered = locked(&self.remembered);
        if remembered.len() >= REMEMBERED {
            remembered.clear();
        }
        remembered.insert(value, Arc::clone(&new));
        new
    }
}

/// Nothing that holds a lock panics; if it did, what is behind it would still be whole.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pseudonyms(values: &[&str]) -> Pseudonyms {
        let mut vocabulary = Vocabulary::default();
        for value in values {
            vocabulary.add(Kind::Word, value);
        }
        Pseudonyms::new(Key::from_bytes(&[1; 32]), Mode::Consistent, vocabulary)
    }

    #[test]
    fn one_value_has_one_pseudonym_in_every_spelling() {
        let pseudonyms = pseudonyms(&["Zoë O’Brien"]);
        let (name, address) = (pseudonyms.text("Zoë O’Brien"), pseudonyms.text("zoë.o'brien@acme.example.com"));
        assert_ne!(name, "Zoë O’Brien");
        for spell in [
            |text: &str| text.to_uppercase(),
            |text: &str| serde_json::to_string(text).expect("text"),
            |text: &str| {
                text.replace('ë', "\\u00eb")
                    .replace('ü', "\\u00fc")
                    .replace('ö', "\\u00f6")
                    .replace('ï', "\\u00ef")
                    .replace('ä', "\\u00e4")
                    .replace('’', "\\\\u2019")
            },
            |text: &str| percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string(),
            |text: &str| text.replace('\'', "&#39;").replace(' ', "\n> "),
            |text: &str| text.replace('\'', r"'\''"),
            |text: &str| format!("a {text}, b"),
            |text: &str| STANDARD.encode(format!("{{\"userName\": \"{text}\"}}")),
        ] {
            assert_eq!(pseudonyms.text(&spell("Zoë O’Brien")), spell(&name));
            assert_eq!(pseudonyms.text(&spell("zoë.o'brien@acme.example.com")), spell(&address));
        }
    }

    #[test]
    fn an_address_keeps_what_it_has_in_common_with_the_name_and_with_others() {
        let pseudonyms = pseudonyms(&["Zoë O’Brien"]);
        let name = pseudonyms.text("Zoë O’Brien");
        let address = pseudonyms.text("zoe.obrien+a@acme.example.com");
        let plain: String =
            name.to_lowercase().chars().map(super::super::letters::fold).filter(|c| *c != '\'').collect();
        assert!(address.starts_with(&plain.replace(' ', ".")), "{address} of {name}");
        let other = pseudonyms.text("Zoe.OBrien+a@eu.acme.example.com");
        assert_eq!(other.to_lowercase().replace("@eu.", "@"), address);
    }

    #[test]
    fn formats_stay_formats() {
        let pseudonyms = pseudonyms(&[]);
        let id = pseudonyms.text("41D1A8F0-9C1E-4A6C-8D8F-5D3C0A9BE771");
        assert_eq!((id.len(), &id[14..15], &id[19..20]), (36, "4", "8"));
        assert!(id.bytes().all(|byte| byte == b'-' || byte.is_ascii_digit() || matches!(byte, b'A'..=b'F')), "{id}");
        assert_eq!(pseudonyms.text("41d1a8f09c1e4a6c8d8f5d3c0a9be771"), id.to_lowercase().replace('-', ""));
        assert!(pseudonyms.text("00u1k0ApIla0UMDYJ5d7").starts_with("00u"));
        assert!(pseudonyms.text("call +353 87 555 0142 now").starts_with("call +353 "));
        let (one, other) = (pseudonyms.text("203.0.113.7"), pseudonyms.text("203.0.113.8"));
        assert!(
            one.starts_with("198.1")
                && one.rsplit_once('.').map(|one| one.0) == other.rsplit_once('.').map(|other| other.0)
        );
        assert!(pseudonyms.text("from 2a00:1450:4001::1, x").starts_with("from 2001:db8:"));
        // Mail must never reach somebody: what may exist becomes a reserved domain.
        assert!(pseudonyms.text("a.b@acme.co.uk").ends_with(".example.com"));
        for kept in [
            "urn:ietf:params:scim:schemas:core:2.0:User",
            "Chrome/142.0.0.0",
            "2026-11-16T09:12:03.114Z",
            "10:41:05",
            "system@okta.com",
            "SystemForCrossDomainIdentityManagementServiceIncompatible",
            r#""status": 409"#,
        ] {
            assert_eq!(pseudonyms.text(kept), kept);
        }
    }

    #[test]
    fn secrets_are_removed_whatever_is_kept() {
        let off = Pseudonyms::new(Key::from_bytes(&[1; 32]), Mode::Off, Vocabulary::default());
        for text in [
            "Authorization: Bearer s3cr3t-t0ken-value",
            r#"{"name": "Cookie", "value": "s3cr3t-t0ken-value"}"#,
            r#"{\"password\":\"s3cr3t-t0ken-value\"}"#,
            "curl -u 'zoe@a.example:s3cr3t-t0ken-value' https://a.example",
            "https://zoe:s3cr3t-t0ken-value@a.example/scim?x=1",
            "https://a.example/?sig=s3cr3t-t0ken-value&x=1",
            "eyJhbGciOiJub25lIn0.s3cr3t-t0ken-value.x",
            "SSWS s3cr3t-t0ken-value",
        ] {
            let redacted = off.text(text);
            assert!(!redacted.contains("s3cr3t") && redacted.contains("${SCIM_TOKEN_"), "{redacted}");
            assert_eq!(off.text(&redacted), redacted);
        }
        for kept in [
            "Bearer authentication failed",
            r#"WWW-Authenticate: Bearer realm="scim2""#,
            "Token is invalid or expired",
            "zoe@a.example",
            r#""password": null"#,
            "Authorization: Bearer {{token}}",
        ] {
            assert_eq!(off.text(kept), kept);
        }
    }

    #[test]
    fn words_that_are_names_too_stay_where_they_are_words() {
        let pseudonyms = pseudonyms(&["Will Grace", "Active", "userName"]);
        for kept in ["it will be retried", r#"{"will": 1}"#, r#""userName": "#, r#"{"active": true}"#] {
            assert_eq!(pseudonyms.text(kept), kept);
        }
        assert!(!pseudonyms.text("user Will failed").contains("Will"));
    }

    #[test]
    fn the_check_finds_what_is_left_in_every_spelling() {
        let pseudonyms = pseudonyms(&["Zoë O’Brien", "zoë.o'brien@acme.example.com"]);
        let originals = pseudonyms.originals();
        for left in [
            "ZOË O’BRIEN".to_lowercase().as_str(),
            "Zo\\u00eb O\\u2019Brien",
            "Zo%C3%AB+O%E2%80%99Brien",
            "=?utf-8?q?Zo=C3=AB=20O=E2=80=99Brien?=",
            "zoë.o%27brien%40acme.example.com",
            "user O’Brien left",
            &STANDARD.encode("x Zoë O’Brien y"),
        ] {
            assert!(originals.check(format!("\n{left}").as_bytes()).is_some_and(|leak| leak.line == 2), "{left}");
        }
        assert_eq!(originals.check(pseudonyms.text("Zoë O’Brien <zoë.o'brien@acme.example.com>").as_bytes()), None);
    }
}

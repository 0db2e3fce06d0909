//! Names for volatile values, bound across one transcript: `<alice.id>`, `<etag:2>`, `<guid:1>`.
//!
//! `normalise` learns whose an id is, the walks over bodies and paths ask for names.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};

use super::guid;
use crate::http::percent;

/// What the caller knows about values of a run.
#[derive(Clone, Debug, Default)]
pub struct Names {
    /// The run's mark, stripped from every string: `scimulator-RUN-`.
    pub mark: String,
    /// Whose a resource is, by its path below the base URL: `/Users/7` → `alice`, which makes `7` there `<alice.id>`.
    /// By path, because a user and a group may have the same id.
    pub resources: BTreeMap<String, String>,
    /// Tokens and passwords in use; shown as `<token>` wherever a target echoes them.
    pub secrets: Vec<String>,
}

/// What kind of resource an id belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    User,
    Group,
    Other,
}

impl Kind {
    /// By the first segment of a path: `Users`, `Groups`.
    pub(super) fn of_endpoint(segment: &str) -> Self {
        match segment.to_ascii_lowercase().as_str() {
            "users" | "me" => Self::User,
            "groups" => Self::Group,
            _ => Self::Other,
        }
    }

    /// By the name of a resource type: `meta.resourceType`, or `type` of a member.
    pub(super) fn of_type(word: &str) -> Self {
        match word.to_ascii_lowercase().as_str() {
            "user" => Self::User,
            "group" => Self::Group,
            _ => Self::Other,
        }
    }

    /// What an id of this kind may turn out to be, the likeliest first.
    const fn readings(self) -> &'static [Self] {
        match self {
            Self::User => &[Self::User, Self::Other],
            Self::Group => &[Self::Group, Self::Other],
            Self::Other => &[Self::User, Self::Group, Self::Other],
        }
    }

    const fn word(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Group => "group",
            Self::Other => "id",
        }
    }
}

/// On which side of an exchange a value stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Sent,
    Received,
}

/// An id is one only together with what it is of.
type Id = (Kind, String);

/// Names given so far.
pub(super) struct Bindings<'a> {
    names: &'a Names,
    base: &'a str,
    people: HashMap<Id, &'a str>,
    own: HashSet<Id>,
    ids: HashMap<Id, String>,
    guids: HashMap<String, String>,
    etags: HashMap<String, String>,
    counts: HashMap<String, usize>,
    times: HashSet<String>,
}

impl<'a> Bindings<'a> {
    pub(super) fn new(names: &'a Names, base: &'a str) -> Self {
        let people = names.resources.iter().filter_map(|(path, who)| Some((addressed(path)?, who.as_str())));
        Self {
            names,
            people: people.collect(),
            base: base.trim_end_matches('/'),
            own: HashSet::new(),
            ids: HashMap::new(),
            guids: HashMap::new(),
            etags: HashMap::new(),
            counts: HashMap::new(),
            times: HashSet::new(),
        }
    }

    /// Base URL of the endpoint, without a trailing slash.
    pub(super) const fn base(&self) -> &'a str {
        self.base
    }

    /// Notes that an id belongs to a resource the run made or looked up. It is numbered only when it is shown.
    pub(super) fn learn(&mut self, kind: Kind, id: &str) {
        if !id.is_empty() {
            self.own.insert((kind, id.to_owned()));
        }
    }

    /// How many own resources are known.
    pub(super) fn own_count(&self) -> usize {
        self.own.len()
    }

    /// Whether the id belongs to a resource the run made, looked up or was told of.
    pub(super) fn is_own(&self, kind: Kind, id: &str) -> bool {
        reading(kind, id, |key| self.own.contains(key) || self.people.contains_key(key)).is_some()
    }

    /// The name of an id; one nobody has seen is numbered as `other`.
    pub(super) fn id(&mut self, kind: Kind, id: &str, other: &str) -> String {
        self.known(kind, id).unwrap_or_else(|| {
            let name = self.numbered(other);
            self.ids.insert((kind, id.to_owned()), name.clone());
            name
        })
    }

    /// The name of an id that is own or has been shown before.
    pub(super) fn known(&mut self, kind: Kind, id: &str) -> Option<String> {
        let key = reading(kind, id, |key| {
            self.ids.contains_key(key) || self.people.contains_key(key) || self.own.contains(key)
        })?;
        if let Some(name) = self.ids.get(&key) {
            return Some(name.clone());
        }
        let name = match self.people.get(&key).copied() {
            Some(who) => self.person(who),
            None => self.numbered(key.0.word()),
        };
        self.ids.insert(key, name.clone());
        Some(name)
    }

    /// Someone deleted and created again has a second id: `<alice.id:2>`.
    fn person(&mut self, who: &str) -> String {
        let count = self.counts.entry(format!("{who}.id")).or_default();
        *count += 1;
        if *count == 1 { format!("<{who}.id>") } else { format!("<{who}.id:{count}>") }
    }

    fn numbered(&mut self, word: &str) -> String {
        let count = self.counts.entry(word.to_owned()).or_default();
        *count += 1;
        format!("<{word}:{count}>")
    }

    /// An entity tag, numbered by distinct value.
    pub(super) fn etag(&mut self, tag: &str) -> String {
        if let Some(name) = self.etags.get(tag) {
            return name.clone();
        }
        let name = self.numbered("etag");
        self.etags.insert(tag.to_owned(), name.clone());
        name
    }

    /// A text without what differs from run to run: secrets, mark, base URL, GUIDs, times the target made up.
    pub(super) fn clean(&mut self, text: &str, side: Side) -> String {
        if guid::is_date_time(text) {
            return self.time(text, side);
        }
        let mut text = Cow::Borrowed(text);
        for secret in self.names.secrets.iter().filter(|secret| secret.len() >= 8) {
            replace_all(&mut text, secret, "<token>");
        }
        strip_mark(&mut text, &self.names.mark);
        replace_all(&mut text, self.base, "<base>");
        guid::replace(&text, |found| self.guid(found, side))
    }

    /// A time the client sent stays; one that only the target knows is volatile, also when it is echoed.
    fn time(&mut self, text: &str, side: Side) -> String {
        let first_seen = !self.times.contains(text);
        match side {
            Side::Sent if first_seen => {
                self.times.insert(format!("sent {text}"));
                text.to_owned()
            }
            Side::Received if self.times.contains(&format!("sent {text}")) => text.to_owned(),
            Side::Sent | Side::Received => {
                self.times.insert(text.to_owned());
                "<time>".to_owned()
            }
        }
    }

    /// GUIDs the client made up are told apart; those of the target need not come again, so they are not numbered.
    fn guid(&mut self, found: &str, side: Side) -> String {
        if let Some(name) = self.known(Kind::Other, found) {
            return name;
        }
        if let Some(name) = self.guids.get(found) {
            return name.clone();
        }
        let name = match side {
            Side::Sent => self.numbered("guid"),
            Side::Received => "<guid>".to_owned(),
        };
        self.guids.insert(found.to_owned(), name.clone());
        name
    }

    /// Own ids standing as whole words in a human text, such as an error's `detail`.
    pub(super) fn prose(&mut self, text: &str) -> String {
        let cleaned = self.clean(text, Side::Received);
        let mut out = String::with_capacity(cleaned.len());
        for word in cleaned.split_inclusive(|letter: char| !is_word(letter)) {
            let bare = word.trim_end_matches(|letter: char| !is_word(letter));
            match self.known(Kind::Other, bare).filter(|_| bare.len() > 1) {
                Some(name) => out.extend([name.as_str(), &word[bare.len()..]]),
                None => out.push_str(word),
            }
        }
        out
    }
}

/// What a path below the base URL addresses: `/Users/7` is the user `7`.
fn addressed(path: &str) -> Option<Id> {
    let (endpoint, id) = path.trim_start_matches('/').split_once('/')?;
    let id = id.split('/').next().filter(|id| !id.is_empty())?;
    Some((Kind::of_endpoint(endpoint), percent::decode(id)))
}

/// The first of what an id may be that holds.
fn reading(kind: Kind, id: &str, holds: impl Fn(&Id) -> bool) -> Option<Id> {
    kind.readings().iter().map(|kind| (*kind, id.to_owned())).find(holds)
}

fn is_word(letter: char) -> bool {
    letter.is_alphanumeric() || matches!(letter, '-' | '_')
}

fn replace_all(text: &mut Cow<'_, str>, from: &str, to: &str) {
    if !from.is_empty() && text.contains(from) {
        *text = Cow::Owned(text.replace(from, to));
    }
}

/// Without case: a server may fold the case of a login.
fn strip_mark(text: &mut Cow<'_, str>, mark: &str) {
    let (low, mark) = (text.to_ascii_lowercase(), mark.to_ascii_lowercase());
    if mark.is_empty() || !low.contains(&mark) {
        return;
    }
    let mut stripped = String::with_capacity(text.len());
    let mut rest = 0;
    for (at, _) in low.match_indices(&mark) {
        stripped.push_str(&text[rest..at]);
        rest = at + mark.len();
    }
    stripped.push_str(&text[rest..]);
    *text = Cow::Owned(stripped);
}

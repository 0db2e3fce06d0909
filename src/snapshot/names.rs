//! Names for volatile values, bound across one transcript: `<alice.id>`, `<etag:2>`, `<guid:1>`.
//!
//! `normalise` learns whose an id is, the walks over bodies and paths ask for names.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};

use super::guid;

/// What the caller knows about values of a run.
#[derive(Clone, Debug, Default)]
pub struct Names {
    /// The run's mark, stripped from every string: `scimulator-RUN-`.
    pub mark: String,
    /// Who an id belongs to: `7f3a… → alice`, which makes it `<alice.id>`.
    pub ids: BTreeMap<String, String>,
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

/// Names given so far.
pub(super) struct Bindings<'a> {
    names: &'a Names,
    base: &'a str,
    own: HashMap<String, Kind>,
    ids: HashMap<String, String>,
    guids: HashMap<String, String>,
    etags: HashMap<String, String>,
    counts: HashMap<String, usize>,
    times: HashSet<String>,
}

impl<'a> Bindings<'a> {
    pub(super) fn new(names: &'a Names, base: &'a str) -> Self {
        Self {
            names,
            base: base.trim_end_matches('/'),
            own: HashMap::new(),
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
    pub(super) fn learn(&mut self, id: &str, kind: Kind) {
        if !id.is_empty() {
            self.own.entry(id.to_owned()).or_insert(kind);
        }
    }

    /// How many own resources are known.
    pub(super) fn own_count(&self) -> usize {
        self.own.len()
    }

    /// Whether the id belongs to a resource the run made, looked up or was told of.
    pub(super) fn is_own(&self, id: &str) -> bool {
        self.own.contains_key(id) || self.names.ids.contains_key(id)
    }

    /// The name of an id; one nobody has seen is numbered as `other`.
    pub(super) fn id(&mut self, id: &str, other: &str) -> String {
        if let Some(name) = self.ids.get(id) {
            return name.clone();
        }
        let name = match (self.names.ids.get(id), self.own.get(id).copied()) {
            (Some(who), _) => self.person(who),
            (None, Some(kind)) => self.numbered(kind.word()),
            (None, None) => self.numbered(other),
        };
        self.ids.insert(id.to_owned(), name.clone());
        name
    }

    /// The name of an id that is own or has been shown before.
    pub(super) fn known(&mut self, id: &str) -> Option<String> {
        (self.is_own(id) || self.ids.contains_key(id)).then(|| self.id(id, "id"))
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
        replace_all(&mut text, &self.names.mark, "");
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
        if let Some(name) = self.known(found) {
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
            match self.known(bare).filter(|_| bare.len() > 1) {
                Some(name) => out.extend([name.as_str(), &word[bare.len()..]]),
                None => out.push_str(word),
            }
        }
        out
    }
}

fn is_word(letter: char) -> bool {
    letter.is_alphanumeric() || matches!(letter, '-' | '_')
}

fn replace_all(text: &mut Cow<'_, str>, from: &str, to: &str) {
    if !from.is_empty() && text.contains(from) {
        *text = Cow::Owned(text.replace(from, to));
    }
}

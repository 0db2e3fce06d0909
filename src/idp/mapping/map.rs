//! A mapping as dialects use it: entries in order, with their values for one person or group.

use serde_json::{Map, Value};

use super::{Record, Source, Target, assemble};
use crate::idp::links::Links;

/// The mappings of one customer: one for users, one for groups.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Mapping {
    /// What people see in the admin's console, for `docs/idps.md`.
    pub title: String,
    /// Knobs that this customer's configuration changes besides the mapping.
    pub knobs: Map<String, Value>,
    /// How a person becomes a User.
    pub user: AttributeMap,
    /// How a group becomes a Group; members are each dialect's own business.
    pub group: AttributeMap,
}

/// The ordered entries for one resource type.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AttributeMap {
    /// Entries in the order in which their members go out.
    pub entries: Vec<Entry>,
    /// The URN of every extension in a body is added to its `schemas` (Okta; Entra does not, ENTRA-Q07).
    pub list_extensions: bool,
}

/// One line of a mapping.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Where the value goes.
    pub target: Target,
    /// Where it comes from.
    pub source: Source,
    /// In which requests.
    pub when: When,
    /// Precedence as a matching attribute, the lowest first; `None` when not used to find accounts.
    pub matching: Option<u8>,
}

/// In which requests an entry takes part.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum When {
    /// In all.
    #[default]
    Always,
    /// Where a whole resource is sent (POST, PUT), never as a change of its own.
    Whole,
    /// When the account is created.
    Create,
    /// Where an account is replaced whole.
    Replace,
}

/// An entry with its value for one person or group.
#[derive(Clone, Debug, PartialEq)]
pub struct Pair<'m> {
    /// The line of the mapping.
    pub entry: &'m Entry,
    /// The value; `null` when the directory has none.
    pub value: Value,
}

impl AttributeMap {
    /// Every entry with its value, in order; `null` where the directory has none.
    pub fn pairs<R: Record>(&self, record: &R, links: &Links) -> Vec<Pair<'_>> {
        self.entries.iter().map(|entry| Pair { entry, value: entry.source.value(record, links) }).collect()
    }

    /// Those for changes of single attributes (PATCH): without constants of whole resources.
    pub fn changes<R: Record>(&self, record: &R, links: &Links) -> Vec<Pair<'_>> {
        let mut pairs = self.pairs(record, links);
        pairs.retain(|pair| pair.entry.when == When::Always);
        pairs
    }

    /// The body of a create: values the directory does not have are left out.
    pub fn create_body<R: Record>(&self, record: &R, links: &Links) -> Map<String, Value> {
        let mut body = Map::new();
        let mut pairs = self.pairs(record, links);
        pairs.retain(|pair| pair.entry.when != When::Replace);
        self.write(&mut body, &pairs);
        body
    }

    /// The body of a replace that is made from the directory alone.
    pub fn replace_body<R: Record>(&self, record: &R, links: &Links) -> Map<String, Value> {
        let mut pairs = self.pairs(record, links);
        pairs.retain(|pair| pair.entry.when != When::Create);
        let mut body = Map::new();
        self.write(&mut body, &pairs);
        body
    }

    /// Writes pairs into a body that may already hold values; `null` values are skipped, constants never overwrite.
    pub fn write(&self, body: &mut Map<String, Value>, pairs: &[Pair<'_>]) {
        assemble::write(body, pairs);
        if self.list_extensions {
            assemble::list_extensions(body);
        }
    }

    /// The matching attributes by precedence.
    pub fn matching(&self) -> Vec<&Entry> {
        let mut entries: Vec<&Entry> = self.entries.iter().filter(|entry| entry.matching.is_some()).collect();
        entries.sort_by_key(|entry| entry.matching);
        entries
    }
}

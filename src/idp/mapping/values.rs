//! The values of a mapping for one person or group.

use serde_json::{Map, Value};

use super::{AttributeMap, Entry, Pair, Record, When, assemble};
use crate::idp::links::Links;

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

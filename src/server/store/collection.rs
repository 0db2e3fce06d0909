//! All resources of one type: by id, by position, by indexed value.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::content::is_active;
use super::index::{Index, Key};
use crate::server::door::route::Kind;

/// Resources in the order in which they were made. A position costs nothing to find, wherever it is.
#[derive(Debug)]
pub struct Collection {
    kind: Kind,
    /// Every resource that ever was; those removed leave a hole.
    slots: Vec<Option<Box<Map<String, Value>>>>,
    /// The slots in use, ascending.
    order: Vec<u32>,
    by_id: HashMap<String, u32>,
    index: Index,
    /// How many are not deactivated.
    active: usize,
}

impl Collection {
    /// An empty one.
    pub fn new(kind: Kind) -> Self {
        Self { kind, slots: Vec::new(), order: Vec::new(), by_id: HashMap::new(), index: Index::default(), active: 0 }
    }

    /// A resource by its id, every letter exact.
    pub fn get(&self, id: &str) -> Option<&Map<String, Value>> {
        self.slot(*self.by_id.get(id)?)
    }

    /// How many there are.
    pub const fn len(&self) -> usize {
        self.order.len()
    }

    /// How many are not deactivated.
    pub const fn active(&self) -> usize {
        self.active
    }

    /// The resources from a position on, in order.
    pub fn from(&self, position: usize) -> impl Iterator<Item = &Map<String, Value>> {
        self.order.get(position..).unwrap_or_default().iter().filter_map(|slot| self.slot(*slot))
    }

    /// The resources that have this value under a key, in order.
    pub fn with(&self, key: Key, value: &str) -> impl Iterator<Item = &Map<String, Value>> {
        self.index.get(key, value).iter().filter_map(|slot| self.slot(*slot))
    }

    fn slot(&self, slot: u32) -> Option<&Map<String, Value>> {
        self.slots.get(slot as usize)?.as_deref()
    }

    pub(super) fn insert(&mut self, id: &str, resource: Map<String, Value>) {
        let slot = u32::try_from(self.slots.len()).expect("memory ends before four thousand million resources");
        self.index.add(self.kind, &resource, slot);
        self.active += usize::from(is_active(&resource));
        self.slots.push(Some(Box::new(resource)));
        self.order.push(slot);
        self.by_id.insert(id.to_owned(), slot);
    }

    pub(super) fn replace(&mut self, id: &str, resource: Map<String, Value>) {
        let Some(&slot) = self.by_id.get(id) else { return };
        let Some(place) = self.slots.get_mut(slot as usize) else { return };
        self.active += usize::from(is_active(&resource));
        self.index.add(self.kind, &resource, slot);
        if let Some(old) = place.replace(Box::new(resource)) {
            self.active -= usize::from(is_active(&old));
            let kept = place.as_deref();
            self.index.drop_except(self.kind, &old, kept, slot);
        }
    }

    pub(super) fn remove(&mut self, id: &str) -> Option<Map<String, Value>> {
        let slot = self.by_id.remove(id)?;
        let resource = *self.slots.get_mut(slot as usize)?.take()?;
        if let Ok(at) = self.order.binary_search(&slot) {
            self.order.remove(at);
        }
        self.index.drop_except(self.kind, &resource, None, slot);
        self.active -= usize::from(is_active(&resource));
        Some(resource)
    }
}

//! The IdP's memory of which resource at the target belongs to whom.

use std::collections::BTreeMap;

/// SCIM ids by the key of a person or group.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Links(BTreeMap<String, Link>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Link {
    id: String,
    live: bool,
}

impl Links {
    /// The target's resource `id` belongs to `key` from now on.
    pub fn link(&mut self, key: &str, id: &str) {
        self.0.insert(key.to_owned(), Link { id: id.to_owned(), live: true });
    }

    /// The IdP no longer acts on this link; which resource it was stays known.
    pub fn unlink(&mut self, key: &str) {
        if let Some(link) = self.0.get_mut(key) {
            link.live = false;
        }
    }

    /// Forgets every link, as a full restart does.
    pub fn unlink_all(&mut self) {
        self.0.values_mut().for_each(|link| link.live = false);
    }

    /// The id the IdP acts on.
    pub fn id(&self, key: &str) -> Option<&str> {
        self.0.get(key).filter(|link| link.live).map(|link| link.id.as_str())
    }

    /// The id the IdP acts on, or acted on last.
    pub fn last_id(&self, key: &str) -> Option<&str> {
        self.0.get(key).map(|link| link.id.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unlinked_resource_is_remembered_but_not_used() {
        let mut links = Links::default();
        links.link("alice", "u-1");
        links.unlink("alice");
        assert_eq!((links.id("alice"), links.last_id("alice")), (None, Some("u-1")));
        links.link("alice", "u-2");
        assert_eq!(links.id("alice"), Some("u-2"));
    }
}

//! People and groups as values.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// A person in the directory.
#[derive(Clone, Debug, Default, PartialEq)]
#[allow(clippy::struct_excessive_bools, reason = "facts about an account that do not exclude each other")]
pub struct Person {
    /// Neutral attributes: `id`, `userName`, `email`, `givenName`, `familyName`, `displayName`, `title`,
    /// `department`, `phone`, `employeeNumber`, `locale`, `manager` (a person's key), `group`, …
    pub attributes: Map<String, Value>,
    /// Assigned to the app.
    pub assigned: bool,
    /// Account disabled.
    pub disabled: bool,
    /// Account suspended (Okta).
    pub suspended: bool,
    /// In the recycle bin.
    pub soft_deleted: bool,
    /// Purged.
    pub purged: bool,
}

impl Person {
    /// A text attribute; `None` when absent, empty or not text.
    pub fn text(&self, attribute: &str) -> Option<&str> {
        self.attributes.get(attribute)?.as_str().filter(|text| !text.is_empty())
    }

    /// Whether the person should have an active account in the app.
    pub const fn in_scope(&self) -> bool {
        self.assigned && !self.disabled && !self.soft_deleted && !self.purged
    }
}

/// A group in the directory.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Group {
    /// The directory's own id.
    pub id: String,
    /// Its name.
    pub display_name: String,
    /// Keys of its members, in order of joining.
    pub members: Vec<String>,
    /// Pushed to (Okta) or assigned to (Entra) the app.
    pub pushed: bool,
}

/// All records, by key (`alice`, `sales`).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Directory {
    /// People by key.
    pub people: BTreeMap<String, Person>,
    /// Groups by key.
    pub groups: BTreeMap<String, Group>,
}

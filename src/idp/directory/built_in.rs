//! The directory that is always there: `fixtures/directory/`.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::{Directory, Group, Person};
use crate::yaml::{self, DataError};

const PEOPLE: (&str, &str) =
    ("fixtures/directory/people.yaml", include_str!("../../../fixtures/directory/people.yaml"));
const GROUPS: (&str, &str) =
    ("fixtures/directory/groups.yaml", include_str!("../../../fixtures/directory/groups.yaml"));

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct GroupFile {
    id: String,
    display_name: String,
    #[serde(default)]
    members: Vec<String>,
}

impl Directory {
    /// Ten people and four groups, nobody assigned. Read once for the process, copied for each scenario × dialect.
    pub fn built_in() -> Self {
        static BUILT_IN: OnceLock<Directory> = OnceLock::new();
        BUILT_IN.get_or_init(|| Self::read(PEOPLE, GROUPS).expect("a test reads the built-in files")).clone()
    }

    /// Reads people and groups, each given as file name and text.
    pub fn read(people: (&str, &str), groups: (&str, &str)) -> Result<Self, DataError> {
        let people: BTreeMap<String, Map<String, Value>> = yaml::read(people.0, people.1)?;
        let groups: BTreeMap<String, GroupFile> = yaml::read(groups.0, groups.1)?;
        Ok(Self {
            people: people
                .into_iter()
                .map(|(key, attributes)| (key, Person { attributes, ..Person::default() }))
                .collect(),
            groups: groups.into_iter().map(|(key, group)| (key, group.into())).collect(),
        })
    }
}

impl From<GroupFile> for Group {
    fn from(file: GroupFile) -> Self {
        Self { id: file.id, display_name: file.display_name, members: file.members, pushed: false }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_person_has_every_attribute_and_nobody_shares_an_identity() {
        let directory = Directory::read(PEOPLE, GROUPS).expect("readable");
        let names: Vec<&String> = directory.people["alice"].attributes.keys().collect();
        for (key, person) in &directory.people {
            assert_eq!(person.attributes.keys().collect::<Vec<_>>(), names, "{key}");
            assert_eq!(person.text("id").map(str::len), Some(20), "{key}: an Okta id has 20 characters");
        }
        for identity in ["id", "objectId", "userName", "email", "mailNickname", "employeeNumber"] {
            let mut values: Vec<_> = directory.people.values().map(|person| person.text(identity)).collect();
            values.sort_unstable();
            values.dedup();
            assert_eq!(values.len(), directory.people.len(), "{identity}");
        }
    }

    #[test]
    fn members_and_managers_are_people() {
        let directory = Directory::built_in();
        let managers = directory.people.values().filter_map(|person| person.text("manager"));
        let members = directory.groups.values().flat_map(|group| &group.members).map(String::as_str);
        for key in managers.chain(members) {
            assert!(directory.people.contains_key(key), "{key}");
        }
    }
}

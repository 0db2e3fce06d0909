//! A dialect's data: `fixtures/idps/`, read once, merged with what a customer or a scenario changes.
//!
//! Later layers win: the file it is based on, its own file, the customer's
//! mapping, the knobs given.

use std::sync::{Arc, OnceLock};

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::mapping::{Mapping, MappingFile};
use crate::yaml::{self, did_you_mean, nearest};

/// One embedded file and what was read from it.
struct Embedded<T> {
    name: &'static str,
    text: &'static str,
    read: OnceLock<Arc<T>>,
}

macro_rules! embedded {
    ($folder:literal, $($name:literal),+ $(,)?) => {
        [$(Embedded {
            name: $name,
            text: include_str!(concat!("../../fixtures/idps/", $folder, $name, ".yaml")),
            read: OnceLock::new(),
        }),+]
    };
}

/// Every dialect, in the order in which people see them.
static DIALECTS: [Embedded<DialectFile>; 11] = embedded!(
    "",
    "okta",
    "okta-aiw",
    "entra",
    "entra-scim2020",
    "generic",
    "onelogin",
    "jumpcloud",
    "pingfederate",
    "rippling",
    "authentik",
    "keycloak",
);

static MAPPINGS: [Embedded<Mapping>; 9] = embedded!(
    "mappings/",
    "okta-default",
    "okta-full",
    "okta-calendly",
    "entra-default",
    "entra-calendly",
    "generic-default",
    "generic-calendly",
    "generic-onelogin",
    "generic-keycloak",
);

/// A dialect's file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct DialectFile {
    /// Whose column of severities counts.
    family: String,
    /// The product and the way it is set up.
    title: String,
    /// What is special about it, for people.
    #[serde(default)]
    summary: String,
    /// Where it is known from, as docs/idps.md lists the sources.
    #[serde(default)]
    sources: Vec<String>,
    /// The dialect whose knobs and mapping it takes over.
    based_on: Option<String>,
    /// Name of the mapping.
    mapping: Option<String>,
    #[serde(default)]
    knobs: Map<String, Value>,
}

/// A dialect cannot be set up as asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DialectError {
    /// There is no such dialect.
    #[error("there is no dialect `{id}`")]
    UnknownDialect {
        /// What was asked for.
        id: String,
        /// The dialect that is closest to it.
        nearest: Option<String>,
    },
    /// It has no such knob.
    #[error("the dialect `{dialect}` has no knob `{knob}`")]
    UnknownKnob {
        /// The dialect.
        dialect: String,
        /// What was asked for.
        knob: String,
        /// The knob that is closest to it.
        nearest: Option<String>,
    },
    /// A knob cannot have this value.
    #[error("the knob `{knob}` of the dialect `{dialect}`: {message}")]
    BadKnob {
        /// The dialect.
        dialect: String,
        /// The knob.
        knob: String,
        /// What is wrong, with the accepted values.
        message: String,
    },
    /// There is no such mapping for this family.
    #[error("the dialect `{dialect}` has no mapping `{mapping}`")]
    UnknownMapping {
        /// The dialect.
        dialect: String,
        /// What was asked for.
        mapping: String,
        /// The mapping that is closest to it.
        nearest: Option<String>,
    },
}

impl DialectError {
    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::UnknownDialect { nearest, .. }
            | Self::UnknownKnob { nearest, .. }
            | Self::UnknownMapping { nearest, .. } => nearest.as_deref().map(did_you_mean),
            Self::BadKnob { .. } => None,
        }
    }
}

/// What a dialect is made from: all layers merged.
#[derive(Clone, Debug)]
pub struct DialectData {
    /// The dialect.
    pub id: &'static str,
    /// Its family: `okta`, `entra` or `generic`.
    pub family: &'static str,
    /// The mapping in force.
    pub mapping: Arc<Mapping>,
    /// Knobs of the files and of the mapping.
    base: Map<String, Value>,
    /// Knobs asked for.
    given: Map<String, Value>,
}

impl DialectData {
    /// The data of a dialect with the knobs asked for. The knob `mapping` is a name or a whole mapping.
    pub fn load(id: &str, knobs: &Map<String, Value>) -> Result<Self, DialectError> {
        let (id, family) = known(id)?;
        let mut given = knobs.clone();
        let (mut base, default_mapping) = layers(id);
        let mapping = match given.shift_remove("mapping") {
            None => named_mapping(id, family, default_mapping)?,
            Some(Value::String(name)) => named_mapping(id, family, &name)?,
            Some(inline) => Arc::new(inline_mapping(id, inline)?),
        };
        base.extend(mapping.knobs.clone());
        Ok(Self { id, family, mapping, base, given })
    }

    /// The knobs as the dialect's own type, which must refuse unknown fields.
    pub fn knobs<K: DeserializeOwned>(&self) -> Result<K, DialectError> {
        let with = |more: Map<String, Value>| {
            let mut all = self.base.clone();
            all.extend(more);
            serde_json::from_value::<K>(Value::Object(all))
        };
        with(self.given.clone()).map_err(|error| {
            // One at a time, because the reader does not say which of them it did not like.
            let culprit = self.given.iter().find_map(|(name, value)| {
                let alone = Map::from_iter([(name.clone(), value.clone())]);
                with(alone).err().map(|error| (name.clone(), error.to_string()))
            });
            let (knob, message) = culprit.unwrap_or_else(|| (String::new(), error.to_string()));
            self.knob_error(knob, message)
        })
    }

    fn knob_error(&self, knob: String, message: String) -> DialectError {
        let dialect = self.id.to_owned();
        if message.starts_with(&format!("unknown field `{knob}`")) {
            let nearest = nearest(&knob, self.base.keys().map(String::as_str)).map(str::to_owned);
            return DialectError::UnknownKnob { dialect, knob, nearest };
        }
        DialectError::BadKnob { dialect, knob, message }
    }
}

/// What docs and `--help` say about a dialect: its title, what is special about it, and where it is known from.
pub(super) fn about(id: &str) -> Option<(&'static str, &'static str, &'static [String])> {
    let file = dialect_file(id)?;
    Some((&file.title, &file.summary, &file.sources))
}

/// Every dialect, variants and presets included.
pub(super) fn ids() -> impl Iterator<Item = &'static str> {
    DIALECTS.iter().map(|file| file.name)
}

/// The family of a dialect.
pub(super) fn family(id: &str) -> Option<&'static str> {
    dialect_file(id).map(|file| file.family.as_str())
}

fn dialect_file(id: &str) -> Option<&'static DialectFile> {
    DIALECTS.iter().find(|file| file.name == id).map(Embedded::read)
}

fn known(id: &str) -> Result<(&'static str, &'static str), DialectError> {
    let known = ids().find(|known| *known == id).and_then(|id| Some((id, family(id)?)));
    known.ok_or_else(|| DialectError::UnknownDialect {
        id: id.to_owned(),
        nearest: nearest(id, ids()).map(str::to_owned),
    })
}

/// Knobs and mapping name of a dialect's file over those of the file it is based on.
fn layers(id: &str) -> (Map<String, Value>, &'static str) {
    let file = dialect_file(id).expect("a test follows every `based-on`");
    let (mut knobs, mapping) = file.based_on.as_deref().map_or((Map::new(), "default"), layers);
    knobs.extend(file.knobs.clone());
    (knobs, file.mapping.as_deref().unwrap_or(mapping))
}

fn named_mapping(id: &str, family: &str, name: &str) -> Result<Arc<Mapping>, DialectError> {
    let prefix = format!("{family}-");
    let names = || MAPPINGS.iter().filter_map(|file| file.name.strip_prefix(&prefix));
    let found = MAPPINGS.iter().find(|file| file.name.strip_prefix(&prefix) == Some(name));
    found.map(|file| file.read.get_or_init(|| Arc::new(read_mapping(file))).clone()).ok_or_else(|| {
        DialectError::UnknownMapping {
            dialect: id.to_owned(),
            mapping: name.to_owned(),
            nearest: nearest(name, names()).map(str::to_owned),
        }
    })
}

fn inline_mapping(id: &str, inline: Value) -> Result<Mapping, DialectError> {
    let bad = |message: String| DialectError::BadKnob { dialect: id.to_owned(), knob: "mapping".to_owned(), message };
    let file: MappingFile = serde_json::from_value(inline).map_err(|error| bad(error.to_string()))?;
    file.try_into().map_err(|error: super::mapping::MappingError| bad(error.to_string()))
}

fn read_mapping(file: &Embedded<Mapping>) -> Mapping {
    let path = format!("fixtures/idps/mappings/{}.yaml", file.name);
    let read: MappingFile = yaml::read(&path, file.text).expect("a test reads every mapping");
    read.try_into().expect("a test reads every mapping")
}

impl Embedded<DialectFile> {
    fn read(&'static self) -> &'static DialectFile {
        self.read.get_or_init(|| {
            let path = format!("fixtures/idps/{}.yaml", self.name);
            Arc::new(yaml::read(&path, self.text).expect("a test reads every dialect's file"))
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::mapping::Record as _;
    use super::super::{Dialect, Directory};
    use super::*;

    fn files_in(folder: &str) -> BTreeSet<String> {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
        let names = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names.filter_map(|name| name.strip_suffix(".yaml").map(str::to_owned)).collect()
    }

    #[test]
    fn every_file_is_embedded_and_names_its_family_and_sources() {
        let embedded: BTreeSet<String> = DIALECTS.iter().map(|file| file.name.to_owned()).collect();
        assert_eq!(embedded, files_in("fixtures/idps"));
        for file in &DIALECTS {
            assert!(["okta", "entra", "generic"].contains(&file.read().family.as_str()), "{}", file.name);
            assert!(!file.read().title.is_empty() && !file.read().sources.is_empty(), "{}", file.name);
        }
    }

    #[test]
    fn every_mapping_is_embedded_and_reads_attributes_that_exist() {
        let embedded: BTreeSet<String> = MAPPINGS.iter().map(|file| file.name.to_owned()).collect();
        assert_eq!(embedded, files_in("fixtures/idps/mappings"));
        let directory = Directory::built_in();
        let alice = &directory.people["alice"];
        let known = alice.attributes.keys().map(String::as_str).chain(["active", "isSoftDeleted"]);
        for file in &MAPPINGS {
            let mapping = read_mapping(file);
            assert!(!mapping.user.matching().is_empty() && !mapping.group.matching().is_empty(), "{}", file.name);
            for entry in mapping.user.entries.iter().filter(|entry| !entry.source.is_constant()) {
                assert!(known.clone().any(|name| entry.source.reads(name)), "{}: {}", file.name, entry.target);
            }
            let group = &directory.groups["sales"];
            for entry in mapping.group.entries.iter().filter(|entry| !entry.source.is_constant()) {
                let reads = ["id", "objectId", "displayName"].iter().any(|name| entry.source.reads(name));
                assert!(reads && group.attribute("id").is_string(), "{}: {}", file.name, entry.target);
            }
        }
    }

    #[test]
    fn every_dialect_can_be_made_with_every_mapping_of_its_family() {
        for file in &DIALECTS {
            let (id, family) = (file.name, &file.read().family);
            Dialect::new(id, &Map::new()).expect(id);
            for file in MAPPINGS.iter().filter_map(|file| file.name.strip_prefix(&format!("{family}-"))) {
                let knobs = Map::from_iter([("mapping".to_owned(), file.into())]);
                Dialect::new(id, &knobs).expect(file);
            }
        }
    }
}

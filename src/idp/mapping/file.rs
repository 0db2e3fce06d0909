//! Mapping files as they are written.

use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

use super::source::Switch;
use super::{AttributeMap, Entry, Mapping, Source, Target, TargetError, When};

/// A mapping says something that cannot be meant.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MappingError {
    /// A path that is none.
    #[error(transparent)]
    Target(#[from] TargetError),
    /// No source, or more than one.
    #[error("`{0}` needs exactly one of from, value, join, lower, not, text, switch, reference")]
    Source(String),
}

/// A mapping file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::idp) struct MappingFile {
    /// For people.
    #[serde(default)]
    pub title: String,
    /// Where it is known from.
    #[serde(default)]
    #[allow(dead_code, reason = "for the reader of the file")]
    sources: Vec<String>,
    #[serde(default)]
    knobs: Map<String, Value>,
    user: AttributeMapFile,
    group: AttributeMapFile,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct AttributeMapFile {
    #[serde(default)]
    list_extensions: bool,
    attributes: Vec<EntryFile>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct EntryFile {
    target: String,
    from: Option<String>,
    #[serde(default, deserialize_with = "present")]
    value: Option<Value>,
    join: Option<Vec<String>>,
    separator: Option<String>,
    lower: Option<String>,
    not: Option<String>,
    text: Option<String>,
    switch: Option<Switch>,
    reference: Option<String>,
    #[serde(default)]
    when: When,
    #[serde(rename = "match")]
    matching: Option<u8>,
}

/// Keeps `value: null` apart from no `value` at all.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

impl TryFrom<MappingFile> for Mapping {
    type Error = MappingError;

    fn try_from(file: MappingFile) -> Result<Self, MappingError> {
        Ok(Self { title: file.title, knobs: file.knobs, user: file.user.try_into()?, group: file.group.try_into()? })
    }
}

impl TryFrom<AttributeMapFile> for AttributeMap {
    type Error = MappingError;

    fn try_from(file: AttributeMapFile) -> Result<Self, MappingError> {
        let entries = file.attributes.into_iter().map(Entry::try_from).collect::<Result<_, _>>()?;
        Ok(Self { entries, list_extensions: file.list_extensions })
    }
}

impl TryFrom<EntryFile> for Entry {
    type Error = MappingError;

    fn try_from(file: EntryFile) -> Result<Self, MappingError> {
        let target: Target = file.target.parse()?;
        let separator = file.separator.unwrap_or_else(|| " ".to_owned());
        let sources = [
            file.from.map(Source::Attribute),
            file.value.map(Source::Constant),
            file.join.map(|of| Source::Join { of, separator }),
            file.lower.map(Source::Lower),
            file.not.map(Source::Not),
            file.text.map(Source::Text),
            file.switch.map(Source::Switch),
            file.reference.map(Source::Reference),
        ];
        let mut given = sources.into_iter().flatten();
        match (given.next(), given.next()) {
            (Some(source), None) => Ok(Self { target, source, when: file.when, matching: file.matching }),
            _ => Err(MappingError::Source(file.target)),
        }
    }
}

//! Places of a scenario file where one word, a list or a table may stand.
//!
//! `file` holds them; each is read by hand instead of `untagged`, whose errors
//! name neither the place nor the accepted names.

use std::collections::BTreeMap;
use std::fmt;

use schemars::JsonSchema;
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Serialize};

use super::file::ExpectationFile;

/// One expectation, alternatives, or the word `refused` / `accepted`.
#[derive(Debug, JsonSchema)]
#[schemars(untagged)]
pub enum ExpectFile {
    /// A word.
    Word(String),
    /// One expectation.
    One(Box<ExpectationFile>),
    /// Any of these.
    Any(Vec<ExpectationFile>),
}

/// One value or a list of them.
#[derive(Debug, JsonSchema, Serialize)]
#[serde(untagged)]
pub enum OneOrMany {
    /// One.
    One(String),
    /// Several.
    Many(Vec<String>),
}

impl OneOrMany {
    /// As a list.
    pub fn into_vec(self) -> Vec<String> {
        match self {
            Self::One(one) => vec![one],
            Self::Many(many) => many,
        }
    }
}

/// An outcome, several accepted ones, or by dialect.
#[derive(Debug, JsonSchema)]
#[schemars(untagged)]
pub enum OutcomeFile {
    /// Accepted under every dialect.
    Same(OneOrMany),
    /// By dialect or family.
    ByIdp(BTreeMap<String, OneOrMany>),
}

/// A rule, or one by dialect where the IdPs reach the same end by different requests.
#[derive(Debug, JsonSchema)]
#[schemars(untagged)]
pub enum RuleFile {
    /// Under every dialect.
    Same(String),
    /// By dialect or family.
    ByIdp(BTreeMap<String, String>),
}

impl<'de> Deserialize<'de> for OneOrMany {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OneOrManyVisitor;
        impl<'de> Visitor<'de> for OneOrManyVisitor {
            type Value = OneOrMany;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a name or a list of names")
            }
            fn visit_str<E>(self, text: &str) -> Result<OneOrMany, E> {
                Ok(OneOrMany::One(text.to_owned()))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<OneOrMany, A::Error> {
                Vec::deserialize(SeqAccessDeserializer::new(seq)).map(OneOrMany::Many)
            }
        }
        deserializer.deserialize_any(OneOrManyVisitor)
    }
}

impl<'de> Deserialize<'de> for OutcomeFile {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OutcomeVisitor;
        impl<'de> Visitor<'de> for OutcomeVisitor {
            type Value = OutcomeFile;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an outcome, a list of outcomes, or outcomes by dialect")
            }
            fn visit_str<E>(self, text: &str) -> Result<OutcomeFile, E> {
                Ok(OutcomeFile::Same(OneOrMany::One(text.to_owned())))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<OutcomeFile, A::Error> {
                Vec::deserialize(SeqAccessDeserializer::new(seq)).map(|many| OutcomeFile::Same(OneOrMany::Many(many)))
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<OutcomeFile, A::Error> {
                BTreeMap::deserialize(MapAccessDeserializer::new(map)).map(OutcomeFile::ByIdp)
            }
        }
        deserializer.deserialize_any(OutcomeVisitor)
    }
}

impl<'de> Deserialize<'de> for RuleFile {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct RuleVisitor;
        impl<'de> Visitor<'de> for RuleVisitor {
            type Value = RuleFile;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the id of a rule, or rules by dialect")
            }
            fn visit_str<E>(self, text: &str) -> Result<RuleFile, E> {
                Ok(RuleFile::Same(text.to_owned()))
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<RuleFile, A::Error> {
                BTreeMap::deserialize(MapAccessDeserializer::new(map)).map(RuleFile::ByIdp)
            }
        }
        deserializer.deserialize_any(RuleVisitor)
    }
}

impl<'de> Deserialize<'de> for ExpectFile {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ExpectVisitor;
        impl<'de> Visitor<'de> for ExpectVisitor {
            type Value = ExpectFile;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("`refused`, `accepted`, an expectation, or a list of alternatives")
            }
            fn visit_str<E>(self, text: &str) -> Result<ExpectFile, E> {
                Ok(ExpectFile::Word(text.to_owned()))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<ExpectFile, A::Error> {
                Vec::deserialize(SeqAccessDeserializer::new(seq)).map(ExpectFile::Any)
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<ExpectFile, A::Error> {
                ExpectationFile::deserialize(MapAccessDeserializer::new(map)).map(|one| ExpectFile::One(Box::new(one)))
            }
        }
        deserializer.deserialize_any(ExpectVisitor)
    }
}

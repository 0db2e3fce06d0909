//! Causes and advice, as data: `fixtures/diagnosis/`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex_lite::{Regex, RegexBuilder};
use serde::Deserialize;
use serde::de::{Deserializer, Error as _};

/// The language of a diagnosis.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// English.
    #[default]
    English,
    /// Spanish.
    Spanish,
}

/// What is likely wrong, in words.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CauseWords {
    /// What is seen, in one line.
    pub title: String,
    /// What is behind it.
    pub cause: String,
}

/// What must have happened later.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Later {
    /// It went well, by finding what could not be created.
    Linked,
}

/// What must have happened before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Earlier {
    /// The same person was created well, and no lookup found nobody since.
    Created,
    /// The same person was created well, then deactivated, and is still there.
    Deactivated,
    /// A lookup did not find them: the log shows it, or an IdP tells of the failure, which creates after such a one only.
    Missed,
}

/// A likely cause, and when it is the one.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cause {
    /// Its id.
    pub id: String,
    /// Symptoms, with `*` for any text.
    pub symptoms: Vec<String>,
    /// What the IdP or the endpoint says.
    #[serde(default, deserialize_with = "pattern")]
    pub says: Option<Regex>,
    /// What was sent.
    #[serde(default, deserialize_with = "pattern")]
    pub value: Option<Regex>,
    /// Statuses of which the failing request has one; any when there are none.
    #[serde(default)]
    pub status: Vec<u16>,
    /// Neither the IdP nor the endpoint says anything.
    #[serde(default)]
    pub wordless: bool,
    /// The log shows the failing request without its body.
    #[serde(default)]
    pub bodiless: bool,
    /// What must have happened later.
    pub later: Option<Later>,
    /// What must have happened before.
    pub earlier: Option<Earlier>,
    en: CauseWords,
    es: CauseWords,
    /// Ids of advice, in order.
    pub advice: Vec<String>,
}

impl Cause {
    /// Its words.
    pub const fn words(&self, language: Language) -> &CauseWords {
        match language {
            Language::English => &self.en,
            Language::Spanish => &self.es,
        }
    }
}

/// A piece of advice.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Advice {
    /// Withheld when the log shows that it was tried.
    #[serde(default)]
    pub unless_tried: bool,
    en: String,
    es: String,
}

impl Advice {
    /// Its words.
    pub fn words(&self, language: Language) -> &str {
        match language {
            Language::English => &self.en,
            Language::Spanish => &self.es,
        }
    }
}

/// All causes, the more special first.
pub static CAUSES: LazyLock<Vec<Cause>> = LazyLock::new(|| {
    serde_saphyr::from_str(include_str!("../../../fixtures/diagnosis/causes.yaml")).expect("a test reads the causes")
});

/// All advice, by id.
pub static ADVICE: LazyLock<BTreeMap<String, Advice>> = LazyLock::new(|| {
    serde_saphyr::from_str(include_str!("../../../fixtures/diagnosis/advice.yaml")).expect("a test reads the advice")
});

/// A pattern, whatever the case.
fn pattern<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Regex>, D::Error> {
    let text: Option<String> = Option::deserialize(from)?;
    text.map(|text| RegexBuilder::new(&text).case_insensitive(true).build().map_err(D::Error::custom)).transpose()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cause_has_advice_that_exists_and_patterns_that_can_be_read() {
        for cause in CAUSES.iter() {
            for advice in &cause.advice {
                assert!(ADVICE.contains_key(advice), "{}: {advice}", cause.id);
            }
        }
        assert_eq!(CAUSES.last().map(|cause| cause.symptoms.join("")).as_deref(), Some("*"), "the last one fits all");
    }
}

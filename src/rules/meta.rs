//! The head of a rule file: what is required, where it stands, whom it breaks.
//!
//! Reports, `explain` and the judge read it; steps in the same file are the
//! scenario reader's.

use serde::de::{Deserializer, IgnoredAny};
use serde::{Deserialize, de};

use crate::finding::Severity;
use crate::yaml::{self, DataError};

/// How binding a requirement is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum Level {
    /// An RFC says MUST, or cannot be followed otherwise.
    #[serde(rename = "MUST")]
    Must,
    /// An RFC says SHOULD.
    #[serde(rename = "SHOULD")]
    Should,
    /// An RFC leaves it open; reported as a fact.
    #[serde(rename = "MAY")]
    May,
    /// No RFC asks for it, an IdP needs it.
    #[serde(rename = "IDP")]
    Idp,
}

impl Level {
    /// The word in rule files and pages.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Must => "MUST",
            Self::Should => "SHOULD",
            Self::May => "MAY",
            Self::Idp => "IDP",
        }
    }
}

/// Which wave of rules it belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tier {
    /// Breaks provisioning.
    Core,
    /// Other requirements of an RFC.
    RfcMust,
    /// Recommendations of an RFC.
    RfcShould,
    /// Rarely used parts.
    Advanced,
}

impl Tier {
    /// The word in rule files and pages.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Core => "core",
            Self::RfcMust => "rfc-must",
            Self::RfcShould => "rfc-should",
            Self::Advanced => "advanced",
        }
    }
}

/// How a rule is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// Every exchange is looked at.
    Passive,
    /// Its own steps provoke it.
    Active,
}

/// Whose severity counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Profile {
    /// The RFCs to the letter.
    Rfc,
    /// What Okta needs.
    Okta,
    /// What Microsoft Entra ID needs.
    Entra,
}

impl Profile {
    /// All of them, in the order of the columns.
    pub const ALL: [Self; 3] = [Self::Rfc, Self::Okta, Self::Entra];

    /// The name in rule files and flags.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Rfc => "rfc",
            Self::Okta => "okta",
            Self::Entra => "entra",
        }
    }
}

/// Severity by profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Severities {
    /// Under the RFCs alone.
    #[serde(deserialize_with = "severity")]
    pub rfc: Severity,
    /// For Okta.
    #[serde(deserialize_with = "severity")]
    pub okta: Severity,
    /// For Entra.
    #[serde(deserialize_with = "severity")]
    pub entra: Severity,
}

/// What a rule file says about its rule.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleMeta {
    /// What should hold, in one line.
    pub title: String,
    /// How binding it is.
    pub level: Level,
    /// Which wave it belongs to.
    pub tier: Tier,
    /// How it is checked.
    pub mode: Mode,
    /// Where it stands: `RFC7644 §3.12`, an IdP's documentation or a quirk id.
    pub sources: Vec<String>,
    /// How much a deviation matters, and to whom.
    pub severity: Severities,
    /// What the target must offer, else the rule is skipped.
    pub gate: Vec<String>,
    /// Why it matters and whom it breaks.
    pub why: String,
    /// What servers may legally do instead; the rule stays silent on it.
    pub may: Vec<String>,
    /// What the fault of the same name does.
    pub fault: String,
    // The scenario reader's keys, named here so that any other key is a mistake.
    #[serde(default, rename = "summary")]
    _summary: Option<IgnoredAny>,
    #[serde(default, rename = "tags")]
    _tags: Option<IgnoredAny>,
    #[serde(default, rename = "idps")]
    _idps: Option<IgnoredAny>,
    #[serde(default, rename = "given")]
    _given: Option<IgnoredAny>,
    #[serde(default, rename = "needs")]
    _needs: Option<IgnoredAny>,
    #[serde(default, rename = "steps")]
    _steps: Option<IgnoredAny>,
}

impl RuleMeta {
    /// Reads the head of a rule file; `file` is the name that errors show.
    pub fn read(file: &str, text: &str) -> Result<Self, DataError> {
        yaml::read(file, text)
    }

    /// How much a deviation matters under a profile.
    pub const fn severity_for(&self, profile: Profile) -> Severity {
        match profile {
            Profile::Rfc => self.severity.rfc,
            Profile::Okta => self.severity.okta,
            Profile::Entra => self.severity.entra,
        }
    }

    /// The IdPs whose provisioning a deviation breaks, as people know them.
    pub fn breaks(&self) -> impl Iterator<Item = &'static str> {
        let okta = (self.severity.okta == Severity::Error).then_some("Okta");
        okta.into_iter().chain((self.severity.entra == Severity::Error).then_some("Entra"))
    }
}

fn severity<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Severity, D::Error> {
    const NAMES: [&str; 4] = ["off", "info", "warn", "error"];
    let word = String::deserialize(deserializer)?;
    let known = [Severity::Off, Severity::Info, Severity::Warn, Severity::Error];
    known.into_iter().find(|severity| severity.name() == word).ok_or_else(|| de::Error::unknown_variant(&word, &NAMES))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "title: T\nlevel: IDP\ntier: core\nmode: active\nsources: [RFC7644 §3.12]\n\
        severity: { rfc: off, okta: warn, entra: error }\ngate: []\nwhy: W\nmay: []\nfault: F\n";

    #[test]
    fn severity_differs_by_profile() {
        let meta = RuleMeta::read("x.yaml", HEAD).unwrap();
        let severities = Profile::ALL.map(|profile| meta.severity_for(profile));
        assert_eq!(severities, [Severity::Off, Severity::Warn, Severity::Error]);
        assert_eq!(meta.breaks().collect::<Vec<_>>(), ["Entra"]);
    }

    #[test]
    fn steps_are_left_to_the_scenario_reader() {
        RuleMeta::read("x.yaml", &format!("{HEAD}needs: [seats]\nsteps:\n  - get: alice\n")).unwrap();
    }

    #[test]
    fn an_unknown_key_is_refused() {
        let error = RuleMeta::read("x.yaml", &format!("{HEAD}serverity: off\n")).unwrap_err();
        assert!(error.message.contains("serverity"), "{error}");
    }

    #[test]
    fn an_unknown_severity_names_the_accepted_ones() {
        let error = RuleMeta::read("x.yaml", &HEAD.replace("okta: warn", "okta: warning")).unwrap_err();
        assert!(error.message.contains("off, info, warn, error"), "{error}");
    }
}

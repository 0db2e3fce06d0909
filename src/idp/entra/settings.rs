//! The knobs of a job, read from `fixtures/idps/entra*.yaml` and what a scenario changes.

use std::num::NonZeroUsize;
use std::time::Duration;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::patch::Style;

/// Every knob; the data file says what each is for and what is known about it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[allow(clippy::struct_excessive_bools, reason = "each is a switch of its own in the product or in its documentation")]
pub(super) struct Settings {
    pub patch: Style,
    pub bool: BooleanForm,
    pub post_active_string: bool,
    pub post_nulls: bool,
    pub create_order: Vec<String>,
    /// Matching attributes in order of precedence; empty: those of the mapping.
    #[serde(rename = "match")]
    pub matching: Vec<String>,
    /// Target attributes whose mapping the customer deleted.
    pub unmapped: Vec<String>,
    pub reread_after_match: bool,
    pub provision_groups: bool,
    pub probe_groups: Probe,
    pub group_legacy_urn: bool,
    pub ref_null: bool,
    pub members_per_patch: NonZeroUsize,
    pub manager_shape: ManagerForm,
    pub reference_probe: bool,
    pub delete_enabled: bool,
    pub skip_out_of_scope_deletions: bool,
    pub cycle_minutes: u32,
    /// Hours after the first failure; then every 24 hours until day 28.
    pub escrow_hours: Vec<u32>,
    pub user_agent: Option<String>,
    pub adscimversion: Option<String>,
    /// The date that texts of the log give to the beginning of a scenario: virtual time has no other.
    #[serde(deserialize_with = "instant")]
    pub job_started: OffsetDateTime,
}

/// How a boolean goes out in a PATCH without the flag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BooleanForm {
    /// `"False"`, as the default expression for `active` yields it (ENTRA-Q25).
    Capitalised,
    /// `"false"`.
    LowerCase,
    /// `false`.
    Real,
}

/// How the manager goes out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum ManagerForm {
    /// The bare id, and under the flag an object.
    Auto,
    /// The bare id (ENTRA-Q06).
    String,
    /// `{"value": id}`.
    Object,
    /// `[{"$ref": …, "value": id}]` below `manager` (older documentation).
    Array,
}

/// Whether groups are probed when a cycle begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Probe {
    /// When groups are provisioned.
    Auto,
    /// As said.
    Fixed(bool),
}

impl Settings {
    /// From the beginning of one cycle to the next.
    pub(super) fn cycle(&self) -> Duration {
        Duration::from_secs(60 * u64::from(self.cycle_minutes))
    }

    /// Whether groups are probed when a cycle begins.
    pub(super) fn probes_groups(&self) -> bool {
        match self.probe_groups {
            Probe::Auto => self.provision_groups,
            Probe::Fixed(probe) => probe,
        }
    }
}

impl<'de> Deserialize<'de> for BooleanForm {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::String(text) if text == "False" => Ok(Self::Capitalised),
            Value::String(text) if text == "false" => Ok(Self::LowerCase),
            Value::Bool(false) => Ok(Self::Real),
            other => Err(D::Error::custom(format!("`{other}` is none of \"False\", \"false\" and false"))),
        }
    }
}

impl<'de> Deserialize<'de> for Probe {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::String(text) if text == "auto" => Ok(Self::Auto),
            Value::Bool(probe) => Ok(Self::Fixed(probe)),
            other => Err(D::Error::custom(format!("`{other}` is none of auto, true and false"))),
        }
    }
}

fn instant<'de, D: Deserializer<'de>>(deserializer: D) -> Result<OffsetDateTime, D::Error> {
    let text = String::deserialize(deserializer)?;
    OffsetDateTime::parse(&text, &Rfc3339)
        .map_err(|_| D::Error::custom(format!("`{text}` is not a time such as 2026-01-05T08:00:00Z")))
}

#[cfg(test)]
pub(super) mod tests {
    use serde_json::json;

    use super::*;
    use crate::idp::DialectData;

    /// The settings of a dialect as shipped, with these knobs changed.
    pub(in crate::idp::entra) fn shipped(id: &str, knobs: &Value) -> Settings {
        let knobs = knobs.as_object().cloned().unwrap_or_default();
        DialectData::load(id, &knobs).and_then(|data| data.knobs()).unwrap()
    }

    #[test]
    fn the_boolean_form_keeps_text_and_boolean_apart() {
        assert_eq!(shipped("entra", &json!({})).bool, BooleanForm::Capitalised);
        assert_eq!(shipped("entra", &json!({ "bool": "false" })).bool, BooleanForm::LowerCase);
        assert_eq!(shipped("entra", &json!({ "bool": false })).bool, BooleanForm::Real);
        let refused = DialectData::load("entra", json!({ "bool": "no" }).as_object().unwrap()).unwrap();
        assert!(refused.knobs::<Settings>().unwrap_err().to_string().contains("`bool`"));
    }

    #[test]
    fn groups_are_probed_when_they_are_provisioned() {
        assert!(shipped("entra", &json!({})).probes_groups());
        assert!(!shipped("entra", &json!({ "provision-groups": false })).probes_groups());
        assert!(shipped("entra", &json!({ "provision-groups": false, "probe-groups": true })).probes_groups());
    }
}

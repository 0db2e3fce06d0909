//! What an imported scenario adds: where it comes from, and what was seen at each step when it failed.
//!
//! These shapes are read as they are written; nothing in them is lowered.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::model::{Expectation, StatusPattern};

/// Where a scenario comes from, when it was made of a customer's logs or of a recording.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Imported {
    /// What was seen, such as `create.conflict`.
    pub symptom: String,
    /// The likely cause, such as `conflict-other-org`.
    pub cause: String,
    /// Whose requests they are, or are taken to be.
    pub dialect: String,
    /// `User-Agent` of the requests; absent where the dialect sends none, or nobody knows.
    #[serde(rename = "user-agent")]
    pub user_agent: Option<String>,
    /// How much the evidence holds: 3 the wire itself, 2 intent and attributes, 1 who, what and how it ended, 0 a sentence.
    pub fidelity: u8,
    /// Behaviours that make the embedded server fail in the same way, such as `max-length=title:64`.
    pub behave: Vec<String>,
    /// Faults that do, by the id of a rule.
    pub faults: Vec<String>,
    /// Other ways to fail that would look alike: what `reproduce --try` goes on to.
    pub also: Vec<WayToFail>,
    /// What of the customer's values the failure depends on, as `import --verify` found.
    pub depends: Vec<String>,
    /// What is taken for granted.
    pub assumptions: Vec<Assumption>,
    /// Where it stands in the logs.
    pub evidence: Vec<Evidence>,
    /// Ids of the advice for the customer.
    pub advice: Vec<String>,
}

/// Behaviours and faults of the embedded server that are switched on together.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct WayToFail {
    /// Behaviours, `NAME=ARGUMENT`.
    pub behave: Vec<String>,
    /// Faults, by the id of a rule.
    pub faults: Vec<String>,
}

/// Something that the evidence does not show.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Assumption {
    /// Its name.
    pub id: String,
    /// Why it is reasonable.
    pub why: String,
    /// What the customer could send to settle it.
    #[serde(default)]
    pub ask: Option<String>,
}

/// A record of a log.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// The file.
    pub file: String,
    /// The record in it, from 1.
    pub record: u64,
}

/// A group of the scenario's own directory.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct OwnGroup {
    /// Its name.
    pub display_name: String,
    /// Keys of its members.
    #[serde(default)]
    pub members: Vec<String>,
}

/// What came back when it failed.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Observed {
    /// Status of the answer; absent when nothing tells.
    pub status: Option<u16>,
    /// No answer came: nothing until the time was up, or the connection was closed.
    #[serde(rename = "no-answer")]
    pub no_answer: bool,
    /// `detail` of the error. For people: words are not compared.
    pub detail: Option<String>,
    /// `scimType` of the error.
    #[serde(rename = "scimType")]
    pub scim_type: Option<String>,
    /// `totalResults` of a list.
    pub total: Option<u64>,
    /// Members of the body that matter.
    pub body: Map<String, Value>,
    /// Values at paths, as they stood there: a number and a text are not the same.
    pub at: BTreeMap<String, Value>,
    /// `text`, `empty` or `unusable`: a body that was no JSON, none, or a list that the IdP could not use.
    pub form: Option<Form>,
    /// How it is known: `observed`, `parsed` out of a sentence, `inferred: …`, or `usual: …`.
    pub known: Option<String>,
}

/// A body that is not as it must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Form {
    /// A page or a line of text.
    Text,
    /// Nothing.
    Empty,
    /// No list that an IdP can use: numbers that are texts, no `schemas`, no `Resources`.
    Unusable,
}

impl Observed {
    /// As something that an answer can be held against; `None` when nothing is known of the answer.
    pub fn expectation(&self) -> Option<Expectation> {
        let expectation = Expectation {
            status: vec![StatusPattern::Code(self.status?)],
            scim_type: self.scim_type.iter().cloned().collect(),
            total: self.total,
            body: (!self.body.is_empty()).then(|| Value::Object(self.body.clone())),
            at: self.at.clone().into_iter().collect(),
            ..Expectation::default()
        };
        Some(expectation)
    }

    /// Whether what was seen is not what must hold: such a step is one that failed.
    ///
    /// Values are compared as they are written, `${…}` included.
    pub fn fails(&self, expect: &[Expectation]) -> bool {
        if self.no_answer {
            return !expect.is_empty();
        }
        let Some(status) = self.status else { return false };
        !expect.is_empty() && !expect.iter().any(|one| self.meets(status, one))
    }

    fn meets(&self, status: u16, expect: &Expectation) -> bool {
        let same_at = |(path, wanted): &(String, Value)| self.at.get(path).is_none_or(|seen| seen == wanted);
        let members = expect.body.as_ref().and_then(Value::as_object);
        let is_kept = |(name, wanted): (&String, &Value)| self.body.get(name).is_none_or(|seen| seen == wanted);
        // A body that was none, or of no use, has nothing in it that must be there.
        let has_present = self.form.is_none() || expect.present.is_empty();
        (expect.status.is_empty() || expect.status.iter().any(|pattern| pattern.fits(status)))
            && expect.total.zip(self.total).is_none_or(|(wanted, seen)| wanted == seen)
            && has_present
            && expect.at.iter().all(same_at)
            && members.into_iter().flatten().all(is_kept)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_step_fails_by_its_status_or_by_a_value_that_is_not_the_new_one() {
        let expect = |status, body: Value| Expectation {
            status: vec![StatusPattern::Code(status)],
            body: Some(body),
            ..Expectation::default()
        };
        let observed = |status, body: Value| Observed {
            status: Some(status),
            body: body.as_object().cloned().unwrap_or_default(),
            ..Observed::default()
        };
        let old = observed(200, json!({"userName": "${p1.userName}"}));
        assert!(old.fails(&[expect(200, json!({"userName": "${p1_new.userName}"}))]));
        assert!(!old.fails(&[expect(200, json!({"userName": "${p1.userName}"}))]));
        assert!(observed(409, json!({})).fails(&[expect(201, json!({}))]));
        let silence = Observed { no_answer: true, ..Observed::default() };
        assert!(silence.fails(&[expect(201, json!({}))]) && !silence.fails(&[]));
        assert!(!Observed::default().fails(&[expect(201, json!({}))]), "nothing is known");
    }
}

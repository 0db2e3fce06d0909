//! A System Log event, from whichever envelope or table, and the observation it gives.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::Value;

use super::{events, reason};
use crate::logs::observation::{Change, Idp, Intent, Observation, Outcome, Subject};
use crate::logs::readers::Reading;
use crate::logs::readers::lenient::{Many, Shaped, Text};
use crate::logs::times::{self, DateOrder};

/// A field above this many characters is said: Okta's schema allows 255 for a reason.
const OVERSIZED: usize = 4096;

/// What is read of an event. Some collectors lower-case the names.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Event<'a> {
    #[serde(borrow)]
    pub uuid: Text<'a>,
    pub published: Text<'a>,
    #[serde(rename = "eventType", alias = "eventtype")]
    pub kind: Text<'a>,
    pub outcome: Shaped<Result<'a>>,
    pub target: Many<Target<'a>>,
    pub transaction: Shaped<Transaction<'a>>,
    #[serde(alias = "debugcontext")]
    pub debug_context: Shaped<DebugContext<'a>>,
}

/// How it ended.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Result<'a> {
    #[serde(borrow)]
    pub result: Text<'a>,
    pub reason: Text<'a>,
}

/// Whom or what it is about. Found by its type, never by its place.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Target<'a> {
    #[serde(borrow)]
    pub id: Text<'a>,
    #[serde(rename = "type")]
    pub kind: Text<'a>,
    #[serde(alias = "alternateid")]
    pub alternate_id: Text<'a>,
    #[serde(alias = "displayname")]
    pub display_name: Text<'a>,
    #[serde(alias = "changedetails")]
    pub change_details: Value,
}

/// The job.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Transaction<'a> {
    #[serde(borrow)]
    pub id: Text<'a>,
}

/// Where the application's kind stands.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct DebugContext<'a> {
    #[serde(borrow, alias = "debugdata")]
    pub debug_data: Shaped<DebugData<'a>>,
}

/// … in a map that is no contract.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct DebugData<'a> {
    #[serde(borrow, alias = "appName")]
    pub appname: Text<'a>,
}

impl Event<'_> {
    /// It is an event: it says what happened.
    pub fn is_whole(&self) -> bool {
        self.kind.get().is_some()
    }

    /// Counts the event, and gives its observation when it is new and asked for.
    pub fn give(&self, number: u64, order: DateOrder, reading: &mut Reading<'_>) {
        let stamp = times::parse(self.published.as_str(), reading.options.zone, order);
        let moment = stamp.map(|stamp| stamp.moment);
        let template = self.debug_context.0.debug_data.0.appname.get();
        let app = self.target("AppInstance").and_then(|app| app.alternate_id.get().or(app.display_name.get()));
        let is_asked = reading.filter.admits(moment.map(|moment| moment.instant));
        if !is_asked || !reading.filter.admits_app([app, template]) {
            reading.passed_over += 1;
            return;
        }
        let kind = self.kind.as_str();
        if !events::is_about_provisioning(kind) {
            reading.pass_by(1);
            return;
        }
        if !reading.count(number, self.uuid.get()) {
            return;
        }
        reading.note_time(number, stamp.as_ref(), order);
        let text = self.outcome.0.reason.as_str();
        if text.len() > OVERSIZED {
            reading.warnings.with("oversized-field", format!("outcome.reason={}", text.chars().count()));
        }
        let outcome = outcome(self.outcome.0.result.as_str());
        let intent = match events::intent(kind) {
            Intent::RotateToken if outcome == Outcome::Failure => Intent::AuthTest,
            intent => intent,
        };
        let mut observation = Observation::at(reading.place(number, self.uuid.owned()), kind);
        observation.time = moment;
        observation.idp = Idp::Okta;
        observation.app = app.map(str::to_owned);
        observation.app_template = template.map(str::to_owned);
        observation.job = self.transaction.0.id.owned();
        observation.subject = self.subject(intent);
        observation.subject.scim_id = reason::missing_id(text).map(str::to_owned);
        observation.intent = intent;
        observation.outcome = outcome;
        observation.changes = self.changes();
        observation.message = self.outcome.0.reason.get().map(reason::parse);
        reading.give(observation);
    }

    fn target(&self, kind: &str) -> Option<&Target<'_>> {
        self.target.0.iter().find(|target| target.kind.as_str() == kind)
    }

    fn subject(&self, intent: Intent) -> Subject {
        use Intent::{GroupCreate, GroupDelete, GroupLookup, GroupMembers, GroupRead, GroupUpdate};
        let is_of_group =
            matches!(intent, GroupCreate | GroupDelete | GroupLookup | GroupMembers | GroupRead | GroupUpdate);
        let (app_user, user) = (self.target("AppUser"), self.target("User"));
        let group = self.target("UserGroup").or_else(|| self.target("AppGroup"));
        if let Some(group) = group.filter(|_| is_of_group || (app_user.is_none() && user.is_none())) {
            return Subject {
                is_group: true,
                display_name: group.display_name.owned().or_else(|| name(&group.alternate_id)),
                idp_id: group.id.owned().filter(|_| group.kind.as_str() == "UserGroup"),
                ..Subject::default()
            };
        }
        let display_name = app_user.and_then(|user| user.display_name.owned());
        Subject {
            user_name: app_user.and_then(|user| name(&user.alternate_id)),
            email: user.and_then(|user| name(&user.alternate_id)).filter(|login| login.contains('@')),
            display_name: display_name.or_else(|| user.and_then(|user| user.display_name.owned())),
            idp_id: user.and_then(|user| user.id.owned()),
            ..Subject::default()
        }
    }

    /// What directory events say of values before and after; the names are those of Okta's profile.
    fn changes(&self) -> Vec<Change> {
        self.target.0.iter().flat_map(|target| differences(&target.change_details)).collect()
    }
}

/// A name by which Okta knows something; it writes `unknown` where it has none.
fn name(text: &Text<'_>) -> Option<String> {
    text.owned().filter(|name| name != "unknown")
}

fn outcome(result: &str) -> Outcome {
    match result {
        "SUCCESS" | "ALLOW" => Outcome::Success,
        "FAILURE" | "DENY" | "RATE_LIMIT" | "ABANDONED" | "UNANSWERED" => Outcome::Failure,
        "SKIPPED" | "DEFERRED" | "SCHEDULED" => Outcome::Skipped,
        _ => Outcome::Unknown,
    }
}

fn differences(details: &Value) -> Vec<Change> {
    let side = |name: &str| details.get(name).and_then(Value::as_object);
    let value = |side: Option<&serde_json::Map<String, Value>>, path: &str| {
        side.and_then(|side| side.get(path)).filter(|value| !value.is_null()).map(|value| match value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        })
    };
    let (from, to) = (side("from"), side("to"));
    let mut paths: Vec<&String> = from.into_iter().chain(to).flat_map(serde_json::Map::keys).collect();
    paths.sort_unstable();
    paths.dedup();
    let changes = paths.into_iter();
    changes.map(|path| Change { path: path.clone(), old: value(from, path), new: value(to, path) }).collect()
}

/// An event of the texts of a table's row.
pub fn text(cell: Cow<'_, str>) -> Text<'_> {
    Text::from(cell)
}

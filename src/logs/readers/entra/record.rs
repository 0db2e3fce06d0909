//! One record of the provisioning log, from whichever export, and the observations that it gives: one for each step that
//! proves an exchange with the endpoint, the write last.

use serde::Deserialize;
use time::UtcOffset;

use super::attributes;
use super::reason;
use super::steps::{self, Proof};
use crate::logs::observation::{Body, Change, Http, Idp, Intent, Known, Message, Observation, Outcome, Subject};
use crate::logs::readers::Reading;
use crate::logs::readers::glance::Names;
use crate::logs::readers::lenient::{Many, Pairs, Shaped, Text, nullable};
use crate::logs::times::{self, DateOrder};

/// What tells about a record in JSON at a glance.
pub const NAMES: Names = Names {
    time: "activityDateTime",
    app: &["\"servicePrincipal\"", "\"targetSystem\""],
    kind: "",
    is_of_interest: None,
};

/// What is read of a record. Streams write some names with a capital, and others for the same thing.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Record<'a> {
    #[serde(borrow)]
    pub id: Text<'a>,
    pub activity_date_time: Text<'a>,
    pub cycle_id: Text<'a>,
    pub change_id: Text<'a>,
    pub provisioning_action: Text<'a>,
    /// The older name of the action.
    pub action: Text<'a>,
    pub duration_in_milliseconds: Text<'a>,
    pub service_principal: Shaped<Named<'a>>,
    pub source_identity: Shaped<Identity<'a>>,
    pub target_identity: Shaped<Identity<'a>>,
    pub target_system: Shaped<System<'a>>,
    pub provisioning_status_info: Shaped<StatusInfo<'a>>,
    /// The older name of the status.
    pub status_info: Shaped<StatusInfo<'a>>,
    pub provisioning_steps: Many<Step<'a>>,
    pub modified_properties: Many<Property<'a>>,
    /// The export says elsewhere that its times are in UTC.
    #[serde(skip)]
    pub is_in_utc: bool,
}

/// Something with a name.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Named<'a> {
    #[serde(borrow, alias = "Name", alias = "name", alias = "DisplayName")]
    pub display_name: Text<'a>,
}

/// A system at one end.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct System<'a> {
    #[serde(borrow, alias = "Name", alias = "name", alias = "DisplayName")]
    pub display_name: Text<'a>,
    #[serde(alias = "Details")]
    pub details: Pairs<'a>,
}

/// A person or group at one end.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Identity<'a> {
    #[serde(borrow, alias = "Id")]
    pub id: Text<'a>,
    #[serde(alias = "Name", alias = "name", alias = "DisplayName")]
    pub display_name: Text<'a>,
    #[serde(rename = "identityType", alias = "IdentityType")]
    pub kind: Text<'a>,
    #[serde(alias = "Details")]
    pub details: Pairs<'a>,
}

/// How it ended.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct StatusInfo<'a> {
    #[serde(borrow, alias = "Status")]
    pub status: Text<'a>,
    #[serde(alias = "ErrorInformation")]
    pub error_information: Shaped<ErrorInformation<'a>>,
    /// The deprecated `statusInfo` has both without an object of their own.
    #[serde(alias = "ErrorCode")]
    pub error_code: Text<'a>,
    #[serde(alias = "Reason")]
    pub reason: Text<'a>,
}

/// … and why.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ErrorInformation<'a> {
    #[serde(borrow, alias = "ErrorCode")]
    pub error_code: Text<'a>,
    #[serde(alias = "Reason")]
    pub reason: Text<'a>,
}

/// One step.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Step<'a> {
    #[serde(borrow, alias = "Name")]
    pub name: Text<'a>,
    #[serde(alias = "Status")]
    pub status: Text<'a>,
    #[serde(alias = "Description")]
    pub description: Text<'a>,
    #[serde(alias = "Details")]
    pub details: Pairs<'a>,
}

/// One attribute that was to change, by its SCIM path.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Property<'a> {
    #[serde(borrow, alias = "DisplayName", alias = "Name", alias = "name")]
    pub display_name: Text<'a>,
    #[serde(deserialize_with = "nullable", alias = "OldValue")]
    pub old_value: Option<Text<'a>>,
    #[serde(deserialize_with = "nullable", alias = "NewValue")]
    pub new_value: Option<Text<'a>>,
}

impl Record<'_> {
    /// It is a record of the provisioning log.
    pub fn is_whole(&self) -> bool {
        self.key().is_some() && (self.activity_date_time.get().is_some() || !self.provisioning_steps.0.is_empty())
    }

    /// Counts the record, and gives its observations when it is new and asked for.
    pub fn give(&self, number: u64, reading: &mut Reading<'_>) {
        let zone = if self.is_in_utc { Some(UtcOffset::UTC) } else { reading.options.zone };
        let mut stamp = times::parse(self.activity_date_time.as_str(), zone, DateOrder::MonthFirst);
        if let Some(stamp) = &mut stamp {
            stamp.moment.has_zone |= self.is_in_utc;
        }
        let moment = stamp.map(|stamp| stamp.moment);
        let names = [self.app(), self.target_system.0.display_name.get()];
        if !reading.filter.admits(moment.map(|moment| moment.instant)) || !reading.filter.admits_app(names) {
            reading.passed_over += 1;
            return;
        }
        if self.provisioning_steps.0.iter().any(|step| step.status.as_str().parse::<u8>().is_ok()) {
            reading.warnings.once("numeric-enums");
        }
        if !reading.count(number, self.key()) {
            return;
        }
        reading.note_time(number, stamp.as_ref(), DateOrder::MonthFirst);
        let mut base = Observation::at(reading.place(number, self.key().map(str::to_owned)), "");
        base.time = moment;
        base.idp = Idp::Entra;
        base.app = self.app().map(str::to_owned);
        base.app_template = self.target_system.0.display_name.owned();
        base.job = self.change_id.owned().or_else(|| self.cycle_id.owned());
        base.changes = self.changes();
        base.subject = self.subject(&base.changes);
        for observation in self.observations(base) {
            reading.give(observation);
        }
    }

    fn key(&self) -> Option<&str> {
        self.id.get().or_else(|| self.change_id.get())
    }

    fn app(&self) -> Option<&str> {
        let of_target = || detail(&self.target_system.0.details, "ServicePrincipalDisplayName");
        self.service_principal.0.display_name.get().or_else(of_target)
    }

    /// One observation for each step that proves an exchange, then the outcome of the whole.
    fn observations(&self, base: Observation) -> Vec<Observation> {
        let is_group = base.subject.is_group;
        let (mut given, mut write, mut is_sought) = (Vec::new(), None::<(&Step<'_>, Proof)>, false);
        for step in &self.provisioning_steps.0 {
            let proof = steps::proof(step.name.as_str(), step.description.as_str());
            match proof {
                Proof::Nothing => {}
                Proof::Write(_) | Proof::Skipped => {
                    // Of several the one that failed counts, else the last.
                    if write.is_none_or(|(other, _)| outcome(other.status.as_str()) != Outcome::Failure) {
                        write = Some((step, proof));
                    }
                }
                Proof::NotFound if is_sought => {}
                Proof::Found | Proof::NotFound => {
                    is_sought |= proof == Proof::NotFound;
                    let intent = if proof == Proof::Found { Intent::Read } else { Intent::Lookup };
                    let mut read = Observation { kind: step.name.as_str().to_owned(), ..base.clone() };
                    read.changes.clear();
                    read.intent = if is_group { steps::of_group(intent, false) } else { intent };
                    read.outcome = outcome(step.status.as_str());
                    read.message = step.description.owned().map(|raw| Message { raw, ..Message::default() });
                    given.push(read);
                }
            }
        }
        given.push(self.result(write, base));
        given
    }

    /// The observation of what was written, or of the record as a whole.
    fn result(&self, write: Option<(&Step<'_>, Proof)>, base: Observation) -> Observation {
        let action = self.provisioning_action.get().or_else(|| self.action.get()).unwrap_or_default();
        let (kind, intent) = match write {
            Some((step, Proof::Write(intent))) => (step.name.as_str(), intent),
            Some((step, _)) => (step.name.as_str(), steps::action(action)),
            None => (action, steps::action(action)),
        };
        let intent = match intent {
            Intent::Update => switch(&base.changes).unwrap_or(intent),
            intent => intent,
        };
        let is_of_members = base.changes.iter().any(|change| change.path.starts_with("members"));
        let status = self.provisioning_status_info.0.status.get().or_else(|| self.status_info.0.status.get());
        let mut observation = Observation { kind: kind.to_owned(), ..base };
        observation.intent = if observation.subject.is_group { steps::of_group(intent, is_of_members) } else { intent };
        observation.outcome = match (status, write) {
            (_, Some((_, Proof::Skipped))) => Outcome::Skipped,
            (Some(status), _) => outcome(status),
            (None, Some((step, _))) => outcome(step.status.as_str()),
            (None, None) => Outcome::Unknown,
        };
        observation.message = self.message(write);
        observation.http = self.http(observation.message.as_ref());
        observation
    }

    fn message(&self, write: Option<(&Step<'_>, Proof)>) -> Option<Message> {
        let error = [&self.provisioning_status_info.0, &self.status_info.0]
            .into_iter()
            .flat_map(|StatusInfo { error_information, error_code, reason, .. }| {
                [(&error_information.0.error_code, &error_information.0.reason), (error_code, reason)]
            })
            .find(|(code, reason)| code.get().is_some() || reason.get().is_some());
        if let Some((code, reason)) = error {
            return Some(Message { code: code.owned(), ..reason::parse(reason.as_str()) });
        }
        let (step, _) = write.filter(|(_, proof)| *proof == Proof::Skipped)?;
        let code = detail(&step.details, "SkipReason").map(str::to_owned);
        Some(Message { raw: step.description.as_str().to_owned(), code, ..Message::default() })
    }

    /// Of the exchange a record has what the endpoint answered to a write that failed, and how long it all took.
    fn http(&self, message: Option<&Message>) -> Option<Http> {
        let body = message.and_then(|message| message.body.clone());
        let http = Http {
            status: message.and_then(|message| message.status).map(Known::observed),
            response_body: body.map(|text| Known::observed(Body { text, is_cut: false })),
            duration_ms: self.duration_in_milliseconds.as_str().parse().ok(),
            ..Http::default()
        };
        (http != Http::default()).then_some(http)
    }

    /// The modified properties, and what the export step holds beyond them.
    fn changes(&self) -> Vec<Change> {
        let value = |value: &Option<Text<'_>>| value.as_ref().map(|text| text.as_str().to_owned());
        let properties = self.modified_properties.0.iter().filter_map(|property| {
            let path = property.display_name.owned()?;
            Some(Change { path, old: value(&property.old_value), new: value(&property.new_value) })
        });
        let mut changes: Vec<Change> = properties.collect();
        let known: Vec<String> = changes.iter().map(|change| attributes::squashed(&change.path)).collect();
        let exports = self.provisioning_steps.0.iter().filter(|step| step.name.as_str().starts_with("EntryExport"));
        for (name, new) in exports.flat_map(|step| &step.details.0) {
            let is_known = known.contains(&attributes::squashed(name));
            if let Some(path) = attributes::path(name).filter(|_| !is_known) {
                changes.push(Change { path: path.into_owned(), old: None, new: Some(new.as_str().to_owned()) });
            }
        }
        changes
    }

    fn subject(&self, changes: &[Change]) -> Subject {
        let (source, target) = (&self.source_identity.0, &self.target_identity.0);
        let attribute = |path: &str| {
            let change = changes.iter().find(|change| change.path == path)?;
            change.new.clone().or_else(|| change.old.clone()).filter(|value| !value.is_empty())
        };
        let of_steps = |name: &str| {
            let found = self.provisioning_steps.0.iter().find_map(|step| detail(&step.details, name));
            found.map(str::to_owned)
        };
        let principal = detail(&source.details, "UserPrincipalName").map(str::to_owned);
        let principal = principal.or_else(|| of_steps("userPrincipalName"));
        let is_group = [source, target].into_iter().any(|identity| is_group(identity.kind.as_str()));
        let display_name = source.display_name.owned().or_else(|| attribute("displayName"));
        let idp_id = source.id.owned().or_else(|| of_steps("objectId"));
        let scim_id = target.id.owned();
        let external_id = attribute("externalId");
        if is_group {
            return Subject { is_group, display_name, idp_id, scim_id, external_id, ..Subject::default() };
        }
        let by_name = attribute("userName").or_else(|| of_steps("ReportableIdentifier"));
        let mail = attribute(r#"emails[type eq "work"].value"#).or_else(|| of_steps("mail"));
        Subject {
            is_group,
            user_name: by_name.or_else(|| principal.clone()),
            email: mail.or(principal).filter(|address| address.contains('@')),
            display_name,
            idp_id,
            scim_id,
            external_id,
        }
    }
}

/// A detail by its name, whatever its case.
fn detail<'a>(details: &'a Pairs<'_>, name: &str) -> Option<&'a str> {
    details.0.iter().find(|(key, _)| key.eq_ignore_ascii_case(name))?.1.get()
}

/// Whether this names groups: `Group`, or the URN of their schema.
fn is_group(kind: &str) -> bool {
    kind.rsplit(':').next().is_some_and(|kind| kind.eq_ignore_ascii_case("group"))
}

/// Whether the changes do nothing but switch the person on or off.
fn switch(changes: &[Change]) -> Option<Intent> {
    let [Change { path, old, new: Some(new) }] = changes else { return None };
    if path != "active" {
        return None;
    }
    let is_on = new.eq_ignore_ascii_case("true");
    let was_off = old.as_ref().is_some_and(|old| old.eq_ignore_ascii_case("false"));
    if new.eq_ignore_ascii_case("false") {
        Some(Intent::Deactivate)
    } else {
        (is_on && was_off).then_some(Intent::Reactivate)
    }
}

/// The outcome of a status, by name or by its number in streams.
pub fn outcome(status: &str) -> Outcome {
    match status.to_ascii_lowercase().as_str() {
        "success" | "0" | "warning" | "3" => Outcome::Success,
        "failure" | "1" => Outcome::Failure,
        "skipped" | "2" => Outcome::Skipped,
        _ => Outcome::Unknown,
    }
}

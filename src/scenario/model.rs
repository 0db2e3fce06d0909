//! Scenarios as the engine plays them: read, checked, nothing left to guess.

use std::collections::BTreeMap;
use std::iter;
use std::ops::Range;
use std::time::Duration;

use serde_json::{Map, Value};

use crate::control::AccountState;
use crate::http::Method;
use crate::idp::{Directory, Event, Group, OutcomeKind, Person};

use super::imported::{Imported, Observed, OwnGroup};
use super::sweep::{EachAttribute, Load, Walk};

/// One scenario file, or the steps of one active rule.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// Path below `scenarios/` without the ending; `AREA/SLUG` for a rule.
    pub id: String,
    /// Where it was read: a path, or `scenarios/…` for a built-in file.
    pub file: String,
    /// What happens, in one line.
    pub title: String,
    /// More about it.
    pub summary: Option<String>,
    /// Words to select by.
    pub tags: Vec<String>,
    /// Dialects or families; `None` for all.
    pub idps: Option<Vec<String>>,
    /// Dialects or families of those that it does not fit.
    pub except: Vec<String>,
    /// True for a file below `scenarios/rules/`: what its steps break is the rule itself.
    pub is_rule: bool,
    /// People that the file brings along, by key.
    pub people: BTreeMap<String, Map<String, Value>>,
    /// Groups that it brings along.
    pub groups: BTreeMap<String, OwnGroup>,
    /// Where it comes from.
    pub imported: Option<Imported>,
    /// What stands before the first step.
    pub given: Given,
    /// Capabilities and hooks, those that its steps imply included.
    pub needs: Vec<String>,
    /// Steps in order.
    pub steps: Vec<Step>,
}

impl Scenario {
    /// What it needs, as a whole or for one of its steps.
    pub fn gates(&self) -> impl Iterator<Item = &str> {
        let of_steps = self.steps.iter().flat_map(|step| &step.gate);
        self.needs.iter().chain(of_steps).map(String::as_str)
    }

    /// The steps of each part, by index. The first is what stands before them all.
    pub fn parts(&self) -> Vec<Range<usize>> {
        let begins = self.steps.iter().enumerate().filter(|(_, step)| step.part.is_some()).map(|(index, _)| index);
        let bounds: Vec<usize> = iter::once(0).chain(begins).chain([self.steps.len()]).collect();
        bounds.windows(2).map(|pair| pair[0]..pair[1]).collect()
    }

    /// True when no step is a directory event: it runs once, as dialect `plain`.
    pub fn is_plain(&self) -> bool {
        !self.steps.iter().any(|step| matches!(step.verb, Verb::Event(_)))
    }

    /// Adds the people and groups that the file brings along; with a `domain`, all their addresses are of that one.
    pub fn join(&self, directory: &mut Directory, domain: Option<&str>) {
        let own = |value: &Value| match (value.as_str().and_then(|text| text.rsplit_once('@')), domain) {
            (Some((local, _)), Some(domain)) => Value::from(format!("{local}@{domain}")),
            _ => value.clone(),
        };
        for (key, attributes) in &self.people {
            let attributes = attributes.iter().map(|(name, value)| (name.clone(), own(value))).collect();
            directory.people.insert(key.clone(), Person { attributes, ..Person::default() });
        }
        let group = |group: &OwnGroup| Group {
            display_name: group.display_name.clone(),
            members: group.members.clone(),
            ..Group::default()
        };
        directory.groups.extend(self.groups.iter().map(|(key, own)| (key.clone(), group(own))));
    }

    /// Whether it is played under a dialect of this family.
    pub fn suits(&self, dialect: &str, family: &str) -> bool {
        names_dialect(self.idps.as_deref(), dialect, family) && !names_dialect(Some(&self.except), dialect, family)
    }
}

/// Whether a list of dialects or families (none = all) names this dialect.
pub fn names_dialect(list: Option<&[String]>, dialect: &str, family: &str) -> bool {
    list.is_none_or(|names| names.iter().any(|name| name == dialect || name == family))
}

/// What stands before the first step.
#[derive(Clone, Debug, Default)]
pub struct Given {
    /// Persona of the reference server.
    pub persona: Option<String>,
    /// Total seats.
    pub seats: Option<u32>,
    /// Accounts that exist although the IdP never made them.
    pub accounts: Vec<GivenAccount>,
    /// How many accounts of nobody in particular there are besides.
    pub crowd: u32,
    /// Settings of the reference server.
    pub server: Map<String, Value>,
    /// Knobs by dialect or family.
    pub knobs: BTreeMap<String, Map<String, Value>>,
}

/// An account the IdP does not know.
#[derive(Clone, Debug)]
pub struct GivenAccount {
    /// Key of the person whose address it holds.
    pub person: String,
    /// How it stands.
    pub state: AccountState,
    /// Its address is written in upper case.
    pub upper_case: bool,
}

/// One step.
#[derive(Clone, Debug)]
pub struct Step {
    /// Line in the file, from 1.
    pub line: u32,
    /// The step in a few words, for reports: `assign alice`.
    pub label: String,
    /// What is done.
    pub verb: Verb,
    /// Name under which the answer is kept.
    pub bind: Option<String>,
    /// Accepted outcomes, by dialect or family; the empty key holds those for all others.
    pub outcome: BTreeMap<String, Vec<OutcomeKind>>,
    /// Alternatives of what must hold; empty when nothing is asked.
    pub expect: Vec<Expectation>,
    /// What came back when it failed at a customer.
    pub observed: Option<Observed>,
    /// Alternatives of what must hold for the rest to make sense: else the scenario is inconclusive.
    pub assume: Vec<Expectation>,
    /// The rule a failure breaks under every dialect that `rule_by` does not name.
    pub rule: Option<String>,
    /// … by dialect or family.
    pub rule_by: BTreeMap<String, String>,
    /// Dialects or families for which it is played.
    pub only: Option<Vec<String>>,
    /// What the target must offer for it to be played.
    pub gate: Vec<String>,
    /// It is played once for each element of a list: the name of the element, and the list.
    pub for_each: Option<(String, Elements)>,
    /// Variables, and what each may be for it to be played.
    pub when: Vec<(String, Vec<Value>)>,
    /// A part of the scenario begins here: what it is about.
    pub part: Option<String>,
}

/// What a step is played for, one after the other.
#[derive(Clone, Debug)]
pub enum Elements {
    /// What a variable holds when the step is played.
    Variable(String),
    /// Values of the scenario itself; texts may hold `${…}`.
    Given(Vec<Value>),
}

impl Step {
    /// The outcomes accepted under this dialect; `None` when the step does not say.
    pub fn accepted_outcomes(&self, dialect: &str, family: &str) -> Option<&[OutcomeKind]> {
        [dialect, family, ""].iter().find_map(|key| self.outcome.get(*key)).map(Vec::as_slice)
    }
}

impl Step {
    /// The rule that a failure under this dialect breaks; `None` for the scenario's own id.
    pub fn rule_for(&self, dialect: &str, family: &str) -> Option<&str> {
        let named = [dialect, family].iter().find_map(|key| self.rule_by.get(*key));
        named.or(self.rule.as_ref()).map(String::as_str)
    }

    /// The step with another rule, whatever the dialect.
    #[must_use]
    pub fn with_rule(mut self, rule: &str) -> Self {
        self.rule = Some(rule.to_owned());
        self.rule_by.clear();
        self
    }

    /// Every rule it names.
    pub fn rules(&self) -> impl Iterator<Item = &str> {
        self.rule.iter().chain(self.rule_by.values()).map(String::as_str)
    }
}

/// What a step does.
#[derive(Clone, Debug)]
pub enum Verb {
    /// A directory event, turned into requests by the dialect.
    Event(Event),
    /// A raw request.
    Request(RawRequest),
    /// Create a resource made from the directory.
    Create(Create),
    /// Read a resource by key.
    Get(String),
    /// Delete a resource by key.
    Delete(String),
    /// Walk all pages.
    Walk(Walk),
    /// Send the same read many times at an even pace.
    Load(Load),
    /// Several raw steps at once.
    Parallel(Vec<Step>),
    /// Something outside SCIM.
    Admin(Admin),
    /// Read resources by key and compare them.
    Check {
        /// Key → what it must look like.
        resources: Vec<(String, Wanted)>,
        /// Attributes compared exactly.
        exact: Vec<String>,
    },
    /// Write every attribute that the schemas declare.
    EachAttribute(EachAttribute),
    /// Take seats until this many are free.
    FillSeats(u32),
    /// Let virtual time pass.
    Wait(Duration),
    /// Let time pass until a change would get another `meta.lastModified`.
    Tick,
}

/// What `check` wants of a resource.
#[derive(Clone, Debug, PartialEq)]
pub enum Wanted {
    /// These attributes.
    Attributes(Map<String, Value>),
    /// 404.
    Gone,
    /// What the last answer with a body said of it; nothing to compare when there was none.
    AsAnswered,
}

/// Any request; texts may hold `${…}`.
#[derive(Clone, Debug)]
pub struct RawRequest {
    /// Method.
    pub method: Method,
    /// Path below the base URL; with the query when it was written in one piece.
    pub path: String,
    /// Query parameters still to be encoded, in order.
    pub parameters: Vec<(&'static str, String)>,
    /// Header fields to set, or to drop when `None`.
    pub headers: Vec<(String, Option<String>)>,
    /// JSON to send, or text to send byte for byte when it is a JSON string.
    pub body: Option<Value>,
    /// Members to set in the body.
    pub overrides: Map<String, Value>,
    /// Members to leave out of the body.
    pub without: Vec<String>,
    /// Limits that the body exceeds by one: `bytes`, or elements of the list of that name.
    pub beyond: Vec<(String, Value)>,
    /// Which credential goes with it.
    pub credential: CredentialChoice,
}

/// Which credential a raw request carries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CredentialChoice {
    /// The run's own.
    #[default]
    Own,
    /// None.
    None,
    /// The run's own, the name of its scheme in small letters.
    LowerCase,
    /// A well-formed one that nobody issued.
    Wrong,
    /// The run's own without its last characters.
    Cut,
    /// The run's own and some characters more.
    Longer,
    /// The run's own with another last character.
    OtherEnd,
    /// The run's own, capital letters small and small ones capital.
    OtherCase,
    /// That of a second tenant.
    OtherTenant,
}

/// A resource made from the directory.
#[derive(Clone, Debug)]
pub struct Create {
    /// Key of the person or group.
    pub key: String,
    /// A group instead of a user.
    pub is_group: bool,
    /// All attributes we know instead of the least.
    pub full: bool,
    /// Keys of members.
    pub members: Vec<String>,
    /// Attributes to set in the body.
    pub overrides: Map<String, Value>,
    /// Attributes to leave out.
    pub without: Vec<String>,
}

impl Create {
    /// The least of a user, made from the person of this key.
    pub fn of_person(key: &str) -> Self {
        Self {
            key: key.to_owned(),
            is_group: false,
            full: false,
            members: Vec::new(),
            overrides: Map::new(),
            without: Vec::new(),
        }
    }
}

/// Something outside SCIM, people still by key.
#[derive(Clone, Debug)]
pub enum Admin {
    /// New total of seats.
    SetSeats(u32),
    /// The person verifies the changed address.
    VerifyEmail(String),
    /// The person accepts the invitation.
    AcceptInvitation(String),
    /// Revoke the token in use.
    RevokeToken,
    /// Let it expire.
    ExpireToken,
    /// Issue a new one and give it to the IdP.
    NewToken,
    /// Delete the SCIM configuration.
    DeleteConfiguration,
    /// Set it up again and give the IdP the new token.
    SetUpAgain,
    /// Someone opens an account.
    CreateAccount(GivenAccount),
    /// Map attribute values to groups.
    MapGroups(Vec<(String, String)>),
    /// Weather for the next answers.
    Weather(crate::control::Weather),
    /// Someone tries to remove a member inside the app.
    RemoveInApp(String),
}

/// What must hold; every part that is given.
#[derive(Clone, Debug, Default)]
#[allow(clippy::struct_excessive_bools, reason = "independent demands, not a state")]
pub struct Expectation {
    /// Accepted statuses; empty for any.
    pub status: Vec<StatusPattern>,
    /// 4xx or 501, and nothing changed.
    pub refused: bool,
    /// Members the body must contain.
    pub body: Option<Value>,
    /// Compare the body exactly.
    pub exact: bool,
    /// No body at all.
    pub empty: bool,
    /// Attributes without a value.
    pub absent: Vec<String>,
    /// Attributes with a value.
    pub present: Vec<String>,
    /// Values at paths.
    pub at: Vec<(String, Value)>,
    /// Values that must not be at paths.
    pub differs: Vec<(String, Value)>,
    /// What the resource was before: everything that had a value has one still.
    pub keeps: Option<Value>,
    /// Header fields.
    pub headers: Vec<(String, HeaderExpectation)>,
    /// `totalResults`.
    pub total: Option<u64>,
    /// Accepted `scimType`s when there is one.
    pub scim_type: Vec<String>,
    /// Pattern for `detail`.
    pub detail: Option<String>,
    /// Mails by person.
    pub mails_sent: Vec<(String, u64)>,
    /// Requests the IdP sends in this step.
    pub requests: Option<u64>,
    /// Successful steps of a `parallel`.
    pub successes: Option<u64>,
    /// Legal, and proves nothing: when no step proves anything, the scenario is inconclusive.
    pub undecided: bool,
}

/// Statuses that say "no seat is free". No RFC names one; these make no IdP look for a twin or try for ever.
pub const NO_SEAT: [u16; 7] = [400, 402, 403, 412, 413, 422, 423];

/// A status code or a class of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StatusPattern {
    /// Exactly this one.
    Code(u16),
    /// `4xx`: the first digit.
    Class(u16),
}

impl StatusPattern {
    /// Whether a status fits.
    pub const fn fits(self, status: u16) -> bool {
        match self {
            Self::Code(code) => status == code,
            Self::Class(class) => status / 100 == class,
        }
    }
}

impl std::fmt::Display for StatusPattern {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Code(code) => write!(f, "{code}"),
            Self::Class(class) => write!(f, "{class}xx"),
        }
    }
}

/// What is asked of a header field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HeaderExpectation {
    /// It is there.
    Present,
    /// It is not.
    Absent,
    /// It has this value (variables resolved).
    Equals(String),
}

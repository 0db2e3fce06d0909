//! Scenario files as they are written: the YAML shapes, nothing decided yet.
//!
//! `parse` reads them with places and lowers them to `model`. The JSON Schema
//! for editors (`docs/scenario.schema.json`) is generated from these types.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny};
use serde_json::{Map, Value};
use serde_saphyr::Spanned;

pub use super::forms::{ExpectFile, OneOrMany, OutcomeFile, RuleFile};
use super::imported::{Imported, Observed, OwnGroup};

/// A scenario, or a rule with the steps that provoke it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ScenarioFile {
    /// What happens, in one line.
    pub title: String,
    /// More about it, for `show`.
    #[serde(default)]
    pub summary: Option<String>,
    /// Words to select by.
    #[serde(default)]
    pub tags: Vec<String>,
    /// Dialects or families it is played under; all chosen ones when absent.
    #[serde(default)]
    pub idps: Option<Vec<String>>,
    /// Dialects or families of those that it does not fit.
    #[serde(default)]
    pub except: Vec<String>,
    /// People that the file brings along, by key, with their directory attributes.
    #[serde(default)]
    pub people: BTreeMap<String, Map<String, Value>>,
    /// Groups that it brings along.
    #[serde(default)]
    pub groups: BTreeMap<String, OwnGroup>,
    /// Where it comes from, when it was made of logs or of a recording.
    #[serde(default)]
    pub imported: Option<Imported>,
    /// What stands before the first step.
    #[serde(default)]
    pub given: GivenFile,
    /// Capabilities and control-plane hooks without which it is skipped.
    #[serde(default)]
    pub needs: Vec<String>,
    /// What happens, in order.
    #[serde(default)]
    #[schemars(with = "Vec<StepFile>")]
    pub steps: Vec<Spanned<StepFile>>,
    /// Rule files: MUST, SHOULD, MAY or IDP.
    #[serde(default)]
    pub level: Option<Value>,
    /// Rule files: core, rfc-must, rfc-should or advanced.
    #[serde(default)]
    pub tier: Option<Value>,
    /// Rule files: passive or active.
    #[serde(default)]
    pub mode: Option<Value>,
    /// Rule files: where the requirement stands.
    #[serde(default)]
    pub sources: Option<Value>,
    /// Rule files: severity for `rfc`, `okta` and `entra`.
    #[serde(default)]
    pub severity: Option<Value>,
    /// Rule files: capabilities the target must offer.
    #[serde(default)]
    pub gate: Option<Vec<String>>,
    /// Rule files: why it matters and whom it breaks.
    #[serde(default)]
    pub why: Option<Value>,
    /// Rule files: what servers may legally do instead.
    #[serde(default)]
    pub may: Option<Value>,
    /// Rule files: what the paired fault does.
    #[serde(default)]
    pub fault: Option<Value>,
}

/// What stands before the first step.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct GivenFile {
    /// Persona of the reference server: `rfc` (default) or `calendly`.
    #[serde(default)]
    pub persona: Option<String>,
    /// Total seats.
    #[serde(default)]
    pub seats: Option<u32>,
    /// People the scenario is about, by key.
    #[serde(default)]
    pub people: Vec<String>,
    /// Accounts that exist at the service provider although the IdP never made them.
    #[serde(default)]
    pub accounts: Vec<AccountFile>,
    /// How many accounts of nobody in particular there are besides, for imports over several pages.
    #[serde(default)]
    pub crowd: u32,
    /// Settings of the reference server that differ from its persona.
    #[serde(default)]
    pub server: Map<String, Value>,
    /// Knobs of a dialect or family that differ from its data file.
    #[serde(default)]
    pub knobs: BTreeMap<String, Map<String, Value>>,
}

/// An account outside the IdP's knowledge.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct AccountFile {
    /// Whose address it holds.
    pub person: String,
    /// active, deactivated, pending, other-organisation or solo.
    #[serde(default)]
    pub state: Option<String>,
    /// The address in upper case.
    #[serde(default)]
    pub upper_case: bool,
}

/// One step: exactly one verb, and what must hold.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct StepFile {
    /// Event: the admin presses "Test connection".
    #[serde(deserialize_with = "present")]
    #[schemars(with = "Option<bool>")]
    pub test_connection: bool,
    /// Event: people are assigned to the app.
    pub assign: Option<OneOrMany>,
    /// Event: their assignment is removed.
    pub unassign: Option<OneOrMany>,
    /// Event: directory attributes of one person change.
    pub change: Option<BTreeMap<String, Map<String, Value>>>,
    /// Event: the directory account is disabled.
    pub disable: Option<String>,
    /// Event: it is enabled again.
    pub enable: Option<String>,
    /// Event: it is suspended.
    pub suspend: Option<String>,
    /// Event: it is unsuspended.
    pub unsuspend: Option<String>,
    /// Event: it is moved to the recycle bin.
    pub soft_delete: Option<String>,
    /// Event: it is restored from there.
    pub restore: Option<String>,
    /// Event: it is purged.
    pub hard_delete: Option<String>,
    /// Event: a group comes into scope and is pushed.
    pub push_group: Option<String>,
    /// Event: a group gets another name.
    pub rename_group: Option<BTreeMap<String, String>>,
    /// Event: members join and leave a group.
    pub change_members: Option<BTreeMap<String, MembersFile>>,
    /// Event: the whole membership is pushed.
    pub push_members: Option<String>,
    /// Event: the group is deleted, at the target too.
    pub delete_group: Option<String>,
    /// Event: the group is unlinked and stays at the target.
    pub unlink_group: Option<String>,
    /// Event: one more incremental cycle.
    #[serde(deserialize_with = "present")]
    #[schemars(with = "Option<bool>")]
    pub cycle: bool,
    /// Event: provision on demand.
    pub on_demand: Option<String>,
    /// Event: provisioning is restarted: `keep-links` or `full`.
    pub restart: Option<String>,
    /// Event: full import from the service provider.
    #[serde(deserialize_with = "present")]
    #[schemars(with = "Option<bool>")]
    pub import: bool,
    /// Event: what failed for this person is tried again.
    pub retry: Option<String>,

    /// Raw: create a user or group made from the directory.
    pub create: Option<CreateFile>,
    /// Raw: read a resource by its key.
    pub get: Option<String>,
    /// Raw: delete a resource by its key.
    pub delete: Option<String>,
    /// Raw: query a collection.
    pub list: Option<ListFile>,
    /// Raw: walk all pages of a query.
    pub walk: Option<WalkFile>,
    /// Raw: any request.
    pub request: Option<RequestFile>,
    /// Raw: the same read many times, at an even pace.
    pub load: Option<LoadFile>,
    /// Raw: several steps at the same time.
    #[schemars(with = "Option<Vec<StepFile>>")]
    pub parallel: Option<Vec<Spanned<StepFile>>>,

    /// Something happens at the service provider outside SCIM.
    pub admin: Option<AdminFile>,
    /// The harness reads resources and compares them.
    pub check: Option<BTreeMap<String, Value>>,
    /// The harness writes every attribute that the schemas declare, and looks what becomes of it.
    pub each_attribute: Option<EachAttributeFile>,
    /// The harness takes seats until this many are free.
    pub fill_seats: Option<u32>,
    /// Virtual time passes: `40m`, `6h`, `1d`; at a target up to `5s` really pass. `tick`: until a change would get another
    /// `meta.lastModified`.
    pub wait: Option<String>,

    /// Name under which the answer can be used later: `${name.status}`, `${name.body.id}`.
    #[serde(rename = "as")]
    pub bind: Option<String>,
    /// What the IdP must record; one of a list; or by dialect.
    pub outcome: Option<OutcomeFile>,
    /// What the answer must be like; a list gives alternatives.
    pub expect: Option<ExpectFile>,
    /// What came back when it failed at a customer; `scimulator reproduce` compares.
    pub observed: Option<Observed>,
    /// What must hold for the rest to make sense; where it does not, the scenario is inconclusive, not failed.
    pub assume: Option<ExpectFile>,
    /// Rule that a failure of this step breaks, one or by dialect; the scenario's own id when absent.
    pub rule: Option<RuleFile>,
    /// Dialects or families for which this step is played.
    pub only: Option<Vec<String>>,
    /// What the target must offer for this step to be played, as in the `gate` of a rule; it is left out otherwise.
    pub gate: Option<Vec<String>>,
    /// The step is played once for each element of a list: the name of the element, and the list, or the variable that is it.
    pub for_each: Option<BTreeMap<String, ElementsFile>>,
    /// Variables and the values they must have for this step to be played, one or any of a list; `absent` for none,
    /// `present` for any.
    pub when: Option<BTreeMap<String, Value>>,
    /// What the steps from here to the next `part` are about. Where something does not hold that they assume, only they
    /// end; what stands before the first part is assumed by all.
    pub part: Option<String>,
    /// Attributes that `check` compares exactly instead of as a subset.
    pub exact: Option<Vec<String>>,
}

/// What a step is played for, one after the other.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum ElementsFile {
    /// A variable that is a list.
    Variable(String),
    /// The elements themselves.
    Given(Vec<Value>),
}

/// Members that join and leave.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct MembersFile {
    /// Keys of people who join.
    pub add: Vec<String>,
    /// Keys of people who leave.
    pub remove: Vec<String>,
}

/// A resource made from the directory.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct CreateFile {
    /// Key of a person.
    pub user: Option<String>,
    /// Key of a group.
    pub group: Option<String>,
    /// All attributes we know instead of the least.
    pub full: bool,
    /// Keys of members, for a group.
    pub members: Vec<String>,
    /// Attributes to set or replace in the body.
    #[serde(rename = "with")]
    pub overrides: Map<String, Value>,
    /// Attributes to leave out.
    pub without: Vec<String>,
}

/// Every attribute that the schemas of a resource declare.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct EachAttributeFile {
    /// Key of a person: attributes of users.
    pub user: Option<String>,
    /// Key of a group: attributes of groups.
    pub group: Option<String>,
    /// How they are written: `post`, `patch` or `put`.
    pub by: String,
    /// Only those that the schema calls `immutable`, `read-only`, or returned `on-request`: what these must do is asked instead.
    pub which: Option<String>,
}

/// A query with its parameters unencoded.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "camelCase")]
pub struct ListFile {
    /// Collection below the base URL.
    pub path: String,
    /// Filter expression.
    pub filter: Option<String>,
    /// First result, from 1.
    pub start_index: Option<Value>,
    /// Page size.
    pub count: Option<Value>,
    /// Where a page begins, as an earlier page says; empty for the first page.
    pub cursor: Option<String>,
    /// Attribute to sort by.
    pub sort_by: Option<String>,
    /// ascending or descending.
    pub sort_order: Option<String>,
    /// Attributes to show.
    pub attributes: Option<String>,
    /// Attributes to hide.
    pub excluded_attributes: Option<String>,
}

/// All pages of a query.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct WalkFile {
    /// Collection below the base URL.
    pub path: String,
    /// Filter expression.
    pub filter: Option<String>,
    /// `count` sent with every page.
    pub page: u32,
    /// How one page leads to the next: `index` (default), `cursor`, or `search-cursor` for cursors by POST to .search.
    pub by: Option<String>,
    /// A person or group by key: the walk ends on the page that shows them, and after twenty pages.
    pub until: Option<String>,
}

/// The same read many times, at an even pace.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct LoadFile {
    /// Path below the base URL, query included.
    #[serde(rename = "GET")]
    pub get: String,
    /// Requests a second.
    pub per_second: u32,
    /// For so many seconds.
    pub seconds: u32,
}

/// Any request: one member names the method and holds the path.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RequestFile {
    /// Path below the base URL for a GET, query included.
    #[serde(rename = "GET")]
    pub get: Option<String>,
    /// … for a POST.
    #[serde(rename = "POST")]
    pub post: Option<String>,
    /// … for a PUT.
    #[serde(rename = "PUT")]
    pub put: Option<String>,
    /// … for a PATCH.
    #[serde(rename = "PATCH")]
    pub patch: Option<String>,
    /// … for a DELETE.
    #[serde(rename = "DELETE")]
    pub delete: Option<String>,
    /// … for a HEAD.
    #[serde(rename = "HEAD")]
    pub head: Option<String>,
    /// … for OPTIONS.
    #[serde(rename = "OPTIONS")]
    pub options: Option<String>,
    /// Header fields to set; `null` drops one that is sent by default.
    pub headers: BTreeMap<String, Option<String>>,
    /// JSON body, or text that is sent byte for byte.
    pub body: Option<Value>,
    /// Operations of a PATCH, in the place of `body`: the message around them is the usual one.
    pub operations: Option<Vec<Value>>,
    /// Members to set or replace in the body.
    #[serde(rename = "with")]
    pub overrides: Map<String, Value>,
    /// Members to leave out of the body.
    pub without: Vec<String>,
    /// Limits to exceed by one: elements of the list of that name, the last one repeated, or `bytes` of the body.
    pub beyond: BTreeMap<String, Value>,
    /// `lower-case`, `none`, `wrong`, `cut`, `longer`, `other-end`, `other-case` or `other-tenant` instead of the run's own credential.
    pub credential: Option<String>,
}

/// One thing outside SCIM: the name of the action and what it is about.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct AdminFile(
    /// Action by name.
    pub BTreeMap<String, Value>,
);

/// What the answer must be like.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
#[allow(clippy::struct_excessive_bools, reason = "independent demands, not a state")]
pub struct ExpectationFile {
    /// Accepted status codes or classes: `201`, `4xx`, `no-seat`, or a list of them.
    pub status: Option<Value>,
    /// 4xx or 501, and nothing changed.
    pub refused: bool,
    /// Members the body must contain, by RFC equality.
    pub body: Option<Value>,
    /// Compare the body exactly instead of as a subset.
    pub exact: bool,
    /// There is no body.
    pub empty: bool,
    /// Attributes the body must not have a value for.
    pub absent: Vec<String>,
    /// Attributes the body must have a value for.
    pub present: Vec<String>,
    /// Values at paths, by position in lists: `Resources.0.id`.
    pub at: BTreeMap<String, Value>,
    /// Values that must not stand at these paths.
    pub differs: BTreeMap<String, Value>,
    /// What the resource was before, as an answer shows it: everything that had a value has one still.
    pub keeps: Option<Value>,
    /// Header fields: a text to equal, `present` or `absent`.
    pub headers: BTreeMap<String, String>,
    /// `totalResults` of a ListResponse.
    pub total: Option<u64>,
    /// Accepted `scimType` values of a SCIM error, when it has one.
    pub scim_type: Option<OneOrMany>,
    /// A pattern the error's `detail` must match.
    pub detail: Option<String>,
    /// How many mails the service provider sent to whom; not judged without an outbox.
    pub mails_sent: BTreeMap<String, u64>,
    /// How many requests the IdP sends in this step.
    pub requests: Option<u64>,
    /// In `parallel`: how many of the steps must succeed.
    pub successes: Option<u64>,
    /// An alternative that is legal and proves nothing; a scenario that proves nothing is inconclusive.
    pub undecided: bool,
}

/// True when the key is there, whatever stands behind it (`- cycle:`).
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    IgnoredAny::deserialize(deserializer).map(|_| true)
}

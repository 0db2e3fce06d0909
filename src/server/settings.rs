//! What a tenant is: a persona's file, or the same with some values changed.
//!
//! Every freedom that the RFCs leave to a correct server is a plain value here,
//! so a test can open it and show that no rule cries out.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::yaml::nearest;

/// The personas there are, with their files.
const PERSONAS: [(&str, &str); 2] = [
    ("rfc", include_str!("../../fixtures/personas/rfc.yaml")),
    ("calendly", include_str!("../../fixtures/personas/calendly.yaml")),
];

/// The personas as settings: a run asks for them once per scenario.
static READ: LazyLock<Vec<Settings>> = LazyLock::new(|| {
    let read = |(_, text): &(&str, &str)| serde_saphyr::from_str(text).expect("a test reads every persona's file");
    PERSONAS.iter().map(read).collect()
});

/// All settings of one tenant.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
#[allow(clippy::struct_excessive_bools)] // independent switches of a configuration file, not a state
pub struct Settings {
    /// Name of the persona, for people to read.
    pub persona: String,
    /// Absolute URL of the SCIM endpoint, without a slash at the end.
    pub base_url: String,
    /// Fixes every id and token.
    pub seed: u64,

    /// No page holds more resources, and ServiceProviderConfig says so (`filter.maxResults`).
    pub max_results: usize,
    /// Resources on a page when the request names no `count`.
    pub page_size: usize,
    /// Largest request body in bytes; 413 above it.
    pub max_body: usize,

    /// ETags, `meta.version` and conditional requests (RFC 7644 §3.14).
    pub etag: bool,
    /// PATCH (RFC 7644 §3.5.2); 501 when off.
    pub patch: bool,
    /// Filters (RFC 7644 §3.4.2.2); 400 when off.
    pub filter: bool,
    /// Sorting (RFC 7644 §3.4.2.3); ignored when off.
    pub sort: bool,
    /// POST `.search` (RFC 7644 §3.4.3); 501 when off.
    pub search: bool,
    /// Whether pages can be walked by cursors (RFC 9865), and ServiceProviderConfig says so (`pagination`).
    pub cursors: Cursors,
    /// Writes are answered with 202 where the client prefers that (RFC 9967 §2.5.1.1), and ServiceProviderConfig says so
    /// (`securityEvents`).
    pub async_requests: bool,
    /// Roles and entitlements as resource types of their own, as Okta's governance reads them.
    pub okta_types: bool,
    /// Bulk requests (RFC 7644 §3.7); 501 when off.
    pub bulk: bool,
    /// No bulk request holds more operations, and ServiceProviderConfig says so; 413 above it.
    pub bulk_operations: usize,
    /// No bulk request is larger, in bytes, and ServiceProviderConfig says so; 413 above it.
    pub bulk_payload: usize,
    /// Groups, as resource type and endpoint.
    pub groups: bool,
    /// ServiceProviderConfig is shown without credentials (RFC 7643 §5, authenticationSchemes).
    pub public_discovery: bool,

    /// Status of a successful PATCH of a user: 200 with the resource, or 204.
    pub patch_users: u16,
    /// Status of a successful PATCH of a group: 200 with the resource, or 204.
    pub patch_groups: u16,
    /// An empty list has `Resources: []`; else the member is absent.
    pub resources_when_empty: bool,
    /// The media type of answers carries `; charset=utf-8`.
    pub charset: bool,
    /// What becomes of attributes that a PUT leaves out (RFC 7644 §3.5.1).
    pub put_omitted: Omitted,
    /// What becomes of attributes that no schema declares.
    pub unknown_attributes: Unknown,
    /// What becomes of members that name no resource (RFC 7643 §2.3.7: referential integrity is a MAY).
    pub unknown_members: Unknown,
    /// A second group of the same `displayName` is 409: no RFC asks it, Entra needs it.
    pub unique_group_names: bool,
    /// A filtered replace without a match makes the element; else 400 `noTarget` (RFC 7644 §3.5.2.3).
    pub replace_creates: bool,

    /// The bearer token; generated from the seed when absent.
    pub token: Option<String>,
    /// Days until the token expires; never when absent.
    pub token_days: Option<u32>,
    /// How many requests are answered in a window, and its length.
    pub rate_limit: Option<RateLimit>,

    /// Seats of the organisation; no limit when absent.
    pub seats: Option<u32>,
    /// How a request is refused that needs a seat when none is free.
    pub capacity: Capacity,
    /// A provisioned person is invited and pending until the invitation is accepted.
    pub invitations: bool,
    /// A changed address is held until its owner verifies it.
    pub verify_email: bool,
    /// One e-mail address belongs to one account, whatever attribute holds it.
    pub unique_addresses: bool,
    /// While SCIM is on nobody is removed inside the app.
    pub provisioned_only: bool,
    /// SCIM needs this plan, single sign-on too; no condition when absent.
    pub needs_plan: Option<String>,
    /// The organisation's plan; the one that SCIM needs when absent.
    pub plan: Option<String>,
    /// The organisation's people sign in through the identity provider.
    pub sso: bool,
    /// Roles are given in the app: `roles` and `entitlements` are read-only to SCIM.
    pub roles_in_app: bool,
    /// Schema extensions of the user besides the enterprise one, as Schema resources (RFC 7643 §7).
    pub extensions: Vec<Value>,
    /// The URNs under which the attribute `group` may stand that places a person in a group; one value for all of them.
    pub group_attribute: Vec<String>,
}

impl Default for Settings {
    /// The `rfc` persona.
    fn default() -> Self {
        Self {
            persona: "rfc".into(),
            base_url: "http://127.0.0.1:8080/scim/v2".into(),
            seed: 1,
            max_results: 200,
            page_size: 100,
            max_body: 4 << 20,
            etag: true,
            patch: true,
            filter: true,
            sort: true,
            search: true,
            cursors: Cursors::None,
            async_requests: false,
            okta_types: false,
            bulk: true,
            bulk_operations: 100,
            bulk_payload: 1 << 20,
            groups: true,
            public_discovery: true,
            patch_users: 200,
            patch_groups: 204,
            resources_when_empty: true,
            charset: false,
            put_omitted: Omitted::Clear,
            unknown_attributes: Unknown::Accept,
            unknown_members: Unknown::Refuse,
            unique_group_names: true,
            replace_creates: false,
            token: None,
            token_days: None,
            rate_limit: None,
            seats: None,
            capacity: Capacity::default(),
            invitations: false,
            verify_email: false,
            unique_addresses: false,
            provisioned_only: false,
            needs_plan: None,
            plan: None,
            sso: true,
            roles_in_app: false,
            extensions: Vec::new(),
            group_attribute: Vec::new(),
        }
    }
}

impl Settings {
    /// The settings of a persona, `None` for an unknown name.
    pub fn persona(name: &str) -> Option<Self> {
        READ.iter().find(|settings| settings.persona == name).cloned()
    }

    /// These settings with some changed, by the names that persona files have.
    ///
    /// Objects are changed member by member: `capacity: { status: 402 }` keeps
    /// the text. An error names the key, and the one that was probably meant.
    pub fn with(&self, changes: &Map<String, Value>) -> Result<Self, String> {
        let mut settings = self.clone();
        for (key, value) in changes {
            let Ok(Value::Object(mut all)) = serde_json::to_value(&settings) else {
                unreachable!("settings are an object")
            };
            let Some(place) = all.get_mut(key) else { return Err(unknown_setting(key, all.keys())) };
            overlay(place, value);
            settings = serde_json::from_value(Value::Object(all)).map_err(|error| format!("`{key}`: {error}"))?;
        }
        Ok(settings)
    }

    /// The names that [`Settings::persona`] knows.
    pub fn personas() -> impl Iterator<Item = &'static str> {
        PERSONAS.iter().map(|(name, _)| *name)
    }
}

fn unknown_setting<'a>(key: &str, known: impl Iterator<Item = &'a String>) -> String {
    match nearest(key, known.map(String::as_str)) {
        Some(meant) => format!("there is no setting `{key}`: did you mean `{meant}`?"),
        None => format!("there is no setting `{key}`"),
    }
}

fn overlay(place: &mut Value, change: &Value) {
    match (place, change) {
        (Value::Object(old), Value::Object(new)) => {
            old.extend(new.iter().map(|(key, value)| (key.clone(), value.clone())));
        }
        (place, change) => *place = change.clone(),
    }
}

/// What becomes of an attribute that a PUT leaves out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Omitted {
    /// It is removed.
    Clear,
    /// It keeps its value.
    Keep,
}

/// What a server does with cursors (RFC 9865 §2.3, §2.4). Indexes are served beside them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cursors {
    /// It knows none.
    None,
    /// A page by cursor is for who asks for one.
    Offered,
    /// Who does not say how gets pages by cursor.
    Default,
}

/// What becomes of something unknown in a request body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unknown {
    /// The request is taken: an unknown attribute is dropped, an unknown member is listed.
    Accept,
    /// The request is answered with 400.
    Refuse,
}

/// A limit of requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct RateLimit {
    /// How many are answered in one window.
    pub requests: u32,
    /// Length of a window in seconds.
    pub seconds: u32,
}

/// How a request is refused that needs a seat when none is free. No RFC names a status for it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct Capacity {
    /// HTTP status.
    pub status: u16,
    /// `scimType`; RFC 7644 Table 9 has none for it.
    pub scim_type: Option<String>,
    /// `detail`; `{seats}` stands for the number of seats.
    pub detail: String,
}

impl Default for Capacity {
    fn default() -> Self {
        let detail = "No seat is free: all {seats} seats of the organisation are taken. \
                      Deactivate a user or ask the owner to add seats, then provision again.";
        Self { status: 403, scim_type: None, detail: detail.into() }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_persona_can_be_read_and_carries_its_name() {
        for name in Settings::personas() {
            assert_eq!(Settings::persona(name).map(|settings| settings.persona).as_deref(), Some(name));
        }
    }

    #[test]
    fn the_rfc_persona_is_the_default() {
        assert_eq!(Settings::persona("rfc"), Some(Settings::default()));
    }

    fn changes(value: &Value) -> Map<String, Value> {
        value.as_object().cloned().unwrap_or_default()
    }

    #[test]
    fn a_change_keeps_everything_else() {
        let calendly = Settings::persona("calendly").expect("shipped");
        let changed =
            calendly.with(&changes(&json!({ "seats": 3, "capacity": { "status": 402 } }))).expect("two settings");
        assert_eq!((changed.seats, changed.capacity.status), (Some(3), 402));
        assert_eq!(changed.capacity.detail, calendly.capacity.detail);
        assert_eq!(changed.group_attribute, calendly.group_attribute);
    }

    #[test]
    fn an_unknown_setting_is_named_with_the_one_that_was_meant() {
        let error = Settings::default().with(&changes(&json!({ "replace-create": true }))).expect_err("misspelt");
        assert_eq!(error, "there is no setting `replace-create`: did you mean `replace-creates`?");
    }

    #[test]
    fn a_value_of_the_wrong_kind_names_its_setting() {
        let error = Settings::default().with(&changes(&json!({ "put-omitted": "drop" }))).expect_err("no such value");
        assert!(error.starts_with("`put-omitted`: unknown variant `drop`"), "{error}");
        let error =
            Settings::default().with(&changes(&json!({ "capacity": { "state": 402 } }))).expect_err("no such member");
        assert!(error.starts_with("`capacity`: unknown field `state`"), "{error}");
    }

    #[test]
    fn null_takes_an_optional_setting_away() {
        let settings = Settings { seats: Some(3), ..Settings::default() };
        assert_eq!(settings.with(&changes(&json!({ "seats": null }))).map(|settings| settings.seats), Ok(None));
    }

    #[test]
    fn an_unknown_persona_is_none() {
        assert_eq!(Settings::persona("acme"), None);
    }
}

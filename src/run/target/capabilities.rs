//! What the target offers: read once per run, asked by gates.
//!
//! A scenario is skipped when a gate is closed, with that reason. What a
//! ServiceProviderConfig must say (RFC 7643 §5) and does not counts as offered
//! for PATCH and filters, which every IdP uses, and as missing for the rest.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::Value;

use crate::run::event::{Capability, Known};
use crate::run::plan::jobs::LOAD;
use crate::run::player::declares;
use crate::run::target::declared::Declared;
use crate::scenario::Special;
use crate::scim::{name, urn};

/// Whether a gate is open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Gate {
    /// The scenario can be played.
    Open,
    /// It cannot; why, in words.
    Closed(String),
}

/// The discovery documents as read, and what harmless requests showed where they are silent.
#[derive(Clone, Debug, Default)]
pub struct Discovery {
    /// ServiceProviderConfig.
    pub provider: Option<Value>,
    /// ResourceTypes.
    pub resource_types: Option<Value>,
    /// Schemas.
    pub schemas: Option<Value>,
    /// Whether none of the three is served at all: a plain product may do without (RFC 7644 §4), and each answered as
    /// any unknown address does.
    pub is_absent: bool,
    /// Whether `GET /Groups?count=1` was answered, or as an address is where nothing is.
    pub groups: Option<bool>,
    /// Whether a filter that fits nobody gave an empty list.
    pub filter: Option<bool>,
    /// Whether a user that was listed has a `meta.version`.
    pub etag: Option<bool>,
    /// Whether the base URL ends with `/v2`.
    pub has_version: bool,
}

/// The capability table of one run.
#[derive(Clone, Debug, Default)]
pub struct Capabilities {
    /// The embedded server brings its own control plane and any setting.
    embedded: bool,
    /// What it says of itself, and what was asked where it says nothing.
    found: Discovery,
    /// Hooks, flags and `capabilities:` of the configuration.
    declared: BTreeSet<String>,
    /// The base URL is not loopback.
    remote: bool,
    /// What its schemas say of attributes, read once for all scenarios.
    attributes: Arc<Declared>,
}

impl Capabilities {
    /// Those of a tenant of the embedded server with these documents.
    pub fn embedded(found: Discovery) -> Self {
        Self { embedded: true, ..Self::of_target(found, BTreeSet::new(), false) }
    }

    /// Those of a target: what was found out, and what the user declared.
    pub fn of_target(found: Discovery, declared: BTreeSet<String>, remote: bool) -> Self {
        let attributes = Arc::new(Declared::read(found.schemas.as_ref(), found.resource_types.as_ref()));
        Self { embedded: false, found, declared, remote, attributes }
    }

    /// The table as reports show it.
    pub fn table(&self) -> Vec<Capability> {
        let features = ["patch", "filter", "sort", "bulk", "etag", "changePassword"].map(|name| self.row(name));
        let (groups, enterprise) = (self.has_group_type(), self.lists_enterprise());
        let row = |name, declared: Option<bool>, probed: Option<bool>| {
            let known = match (declared, probed) {
                (Some(_), _) => Known::Declared,
                (None, Some(_)) => Known::Probed,
                (None, None) => Known::Assumed,
            };
            Capability { name, offered: declared.or(probed).unwrap_or(true), most: None, known }
        };
        let is_kept = self.attributes.lacks("users", urn::ENTERPRISE_USER).then_some(false);
        let others = [row("groups", groups, self.found.groups), row("enterprise extension", enterprise, is_kept)];
        features.into_iter().chain(others).collect()
    }

    /// A feature of ServiceProviderConfig.
    fn row(&self, name: &'static str) -> Capability {
        let limit = match name {
            "filter" => "maxResults",
            "bulk" => "maxOperations",
            _ => "",
        };
        let member = self.found.provider.as_ref().and_then(|provider| name::get_in(provider, name));
        let most = member.and_then(|member| name::get_in(member, limit)?.as_u64());
        let (offered, known) = match (self.supports(name), self.probed(name)) {
            (Some(offered), _) => (offered, Known::Declared),
            (None, Some(offered)) => (offered, Known::Probed),
            (None, None) => (is_usual(name), Known::Assumed),
        };
        Capability { name, offered, most: most.filter(|_| offered), known }
    }

    fn probed(&self, feature: &str) -> Option<bool> {
        match feature {
            "filter" => self.found.filter,
            "etag" => self.found.etag,
            _ => None,
        }
    }

    /// Whether no schema of the target can be read, so that what it keeps of a user has to be tried.
    pub(in crate::run) fn has_no_schemas(&self) -> bool {
        !self.attributes.is_published()
    }

    /// Adds what a trial showed that the target does not keep of users.
    pub(in crate::run) fn learn_unkept(&mut self, unkept: Vec<String>) {
        self.attributes = Arc::new(Declared::clone(&self.attributes).with_unkept(unkept));
    }

    /// What the schemas, or a trial, say of attributes.
    pub(in crate::run) fn attributes(&self) -> Arc<Declared> {
        Arc::clone(&self.attributes)
    }

    /// Whether ServiceProviderConfig says `supported: false` of a feature.
    pub fn declares_unsupported(&self, feature: &str) -> bool {
        self.supports(feature) == Some(false)
    }

    /// What ServiceProviderConfig says of a feature; a member that is just there says yes.
    fn supports(&self, feature: &str) -> Option<bool> {
        match name::get_in(self.found.provider.as_ref()?, feature)? {
            Value::Bool(said) => Some(*said),
            Value::Null => None,
            Value::Object(members) => Some(name::get(members, "supported").and_then(Value::as_bool).unwrap_or(true)),
            _ => Some(true),
        }
    }

    /// Whether what a scenario needs is there; `a | b` needs one of them, `!spc.x` that it is declared unsupported.
    pub fn gate(&self, need: &str) -> Gate {
        let mut reasons = Vec::new();
        for need in need.split('|').map(str::trim) {
            match self.single(need) {
                Gate::Open => return Gate::Open,
                Gate::Closed(reason) => reasons.push(reason),
            }
        }
        Gate::Closed(reasons.join("; "))
    }

    /// Why not all of this is there; `None` when it is.
    pub(in crate::run) fn lack(&self, needs: &[String]) -> Option<String> {
        needs.iter().find_map(|need| match self.gate(need) {
            Gate::Closed(reason) => Some(reason),
            Gate::Open => None,
        })
    }

    fn single(&self, need: &str) -> Gate {
        if let Some(feature) = need.strip_prefix("!spc.") {
            let reason = || format!("{} does not declare {feature} unsupported", self.who());
            return open_if(self.declares_unsupported(feature), reason);
        }
        if need == "spc.pagination.index" {
            // Every server from before RFC 9865 counts pages, and says nothing of it.
            let reason = || format!("{} declares that pages are walked by cursors only", self.who());
            return open_if(!self.declares_unsupported("pagination.index"), reason);
        }
        if let Some(feature) = need.strip_prefix("spc.") {
            return self.feature(feature);
        }
        if let Some(attribute) = need.strip_prefix("schema.User.") {
            let lacks = self.attributes.lacks("users", attribute);
            let source = if self.attributes.is_published() { "the schema of " } else { "" };
            let verb = if self.attributes.is_published() { "has" } else { "keeps" };
            return open_if(!lacks, || format!("{source}{} {verb} no `{attribute}`", self.who()));
        }
        if let Some(attribute) = need.strip_prefix("caseless.User.") {
            let is_exact = self.attributes.is_exact("users", attribute);
            return open_if(!is_exact, || format!("the schema of {} calls `{attribute}` caseExact", self.who()));
        }
        match need {
            "auth.bearer" => Gate::Open,
            LOAD => Gate::Closed("nothing is put under load unasked (--load)".to_owned()),
            "base.ends_with_v2" => open_if(self.found.has_version, || "the base URL does not end with /v2".to_owned()),
            "discovery" => open_if(!self.found.is_absent, || format!("{} serves no discovery documents", self.who())),
            "!discovery" => {
                let is_absent = self.embedded || self.found.is_absent;
                open_if(is_absent, || format!("{} serves discovery documents", self.who()))
            }
            "rt.Group" | "groups" => self.groups(),
            "rt.okta_roles" => {
                open_if(self.has_okta_types(), || format!("{} has no roles or entitlements", self.who()))
            }
            "schema.enterprise" => self.enterprise(),
            "schema.immutable" => self.special(Special::Immutable, "immutable"),
            "schema.read_only" => self.special(Special::ReadOnly, "readOnly"),
            "schema.returned_request" => self.special(Special::OnRequest, "returned on request"),
            "target.remote" => open_if(self.remote, || "the target is on this machine".to_owned()),
            _ if need.starts_with("schema.") => Gate::Open,
            _ if self.embedded => {
                // What the reference server has no part of at all.
                let missing = need.starts_with("probe.");
                open_if(!missing, || format!("the embedded server has no {need}"))
            }
            "seats" | "config.seats" => {
                let known = self.declared.contains("seats");
                open_if(known, || "the total of seats is not known (--seats N)".to_owned())
            }
            "other-tenant" => {
                let known = self.declared.contains(need);
                open_if(known, || "no token of a second tenant (--other-tenant-token-file)".to_owned())
            }
            "server-settings" => {
                Gate::Closed("it sets the reference server up in its own way, which no target can follow".to_owned())
            }
            "weather" => {
                let is_offered = self.declared.contains(need);
                open_if(is_offered, || "it needs failures on demand, which only the embedded server has".to_owned())
            }
            _ => open_if(self.declared.contains(need), || {
                format!("the target offers no `{need}` (hooks or capabilities in scimulator.yaml)")
            }),
        }
    }

    fn feature(&self, feature: &str) -> Gate {
        match self.supports(feature) {
            Some(true) => Gate::Open,
            Some(false) => Gate::Closed(format!("{} declares {feature} unsupported", self.who())),
            // A filter that is refused and not declared unsupported is a defect to find, not a reason to skip.
            None if is_usual(feature) => Gate::Open,
            // Without the document there is only what was seen.
            None if self.found.provider.is_none() && self.probed(feature) == Some(true) => Gate::Open,
            None => Gate::Closed(format!("{} declares no {feature}", self.who())),
        }
    }

    fn groups(&self) -> Gate {
        let offered = self.has_group_type().or(self.found.groups);
        open_if(offered != Some(false), || format!("{} has no Groups", self.who()))
    }

    /// Whether a resource type has the schema of groups; unknown where they cannot be read.
    fn has_group_type(&self) -> Option<bool> {
        let listed = self.found.resource_types.as_ref().and_then(|types| name::get_in(types, "Resources"));
        listed.and_then(Value::as_array).map(|types| {
            types.iter().any(|kind| name::get_in(kind, "schema").and_then(Value::as_str) == Some(urn::CORE_GROUP))
        })
    }

    /// Whether a resource type is one that Okta's governance reads.
    fn has_okta_types(&self) -> bool {
        let listed = self.found.resource_types.as_ref().and_then(|types| name::get_in(types, "Resources"));
        let schema = |kind| name::get_in(kind, "schema").and_then(Value::as_str);
        let mut schemas = listed.and_then(Value::as_array).into_iter().flatten().filter_map(schema);
        schemas.any(|schema| {
            [urn::OKTA_ROLE, urn::OKTA_ENTITLEMENT].iter().any(|known| schema.eq_ignore_ascii_case(known))
        })
    }

    fn special(&self, which: Special, words: &str) -> Gate {
        let declares = declares(which, self.found.resource_types.as_ref(), self.found.schemas.as_ref());
        open_if(declares, || format!("{} declares no attribute of users that is {words} and can be tried", self.who()))
    }

    /// Closed only when the resource type of users is readable and lists no such extension, or a trial showed none.
    fn enterprise(&self) -> Gate {
        let is_lacking = self.lists_enterprise() == Some(false) || self.attributes.lacks("users", urn::ENTERPRISE_USER);
        open_if(!is_lacking, || format!("{} has no enterprise extension of users", self.who()))
    }

    fn lists_enterprise(&self) -> Option<bool> {
        let text = |value: &Value, name: &str| name::get_in(value, name).and_then(Value::as_str).map(str::to_owned);
        let types = self.found.resource_types.as_ref().and_then(|types| name::get_in(types, "Resources"));
        let user = types.and_then(Value::as_array).and_then(|types| {
            types.iter().find(|kind| text(kind, "schema").is_some_and(|urn| urn.eq_ignore_ascii_case(urn::CORE_USER)))
        });
        let extensions = user.and_then(|user| name::get_in(user, "schemaExtensions")).and_then(Value::as_array);
        let in_schemas = || {
            let schemas =
                self.found.schemas.as_ref().and_then(|schemas| name::get_in(schemas, "Resources"))?.as_array()?;
            let is_enterprise =
                |schema| text(schema, "id").is_some_and(|urn| urn.eq_ignore_ascii_case(urn::ENTERPRISE_USER));
            schemas.iter().any(is_enterprise).then_some(true)
        };
        let listed = extensions.map(|all| {
            let is_enterprise = |urn: String| urn.eq_ignore_ascii_case(urn::ENTERPRISE_USER);
            all.iter().any(|extension| text(extension, "schema").is_some_and(is_enterprise))
        });
        listed.or_else(in_schemas)
    }

    const fn who(&self) -> &'static str {
        if self.embedded { "the embedded server" } else { "the target" }
    }
}

/// What every IdP uses counts as offered where nothing is said.
fn is_usual(feature: &str) -> bool {
    matches!(feature, "patch" | "filter")
}

fn open_if(open: bool, reason: impl FnOnce() -> String) -> Gate {
    if open { Gate::Open } else { Gate::Closed(reason()) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn target(provider: &Value, declared: &[&str]) -> Capabilities {
        let declared = declared.iter().map(|name| (*name).to_owned()).collect();
        let found = Discovery { provider: Some(provider.clone()), ..Discovery::default() };
        Capabilities::of_target(found, declared, false)
    }

    fn is_open(capabilities: &Capabilities, need: &str) -> bool {
        capabilities.gate(need) == Gate::Open
    }

    #[test]
    fn a_feature_is_what_the_target_says_of_it() {
        let target = target(&json!({"patch": {"supported": false}, "ETag": {"supported": true}}), &[]);
        assert!(!is_open(&target, "spc.patch") && is_open(&target, "!spc.patch"));
        assert!(is_open(&target, "spc.etag"), "names have no case");
        assert!(is_open(&target, "spc.filter"), "every IdP filters, so silence is no reason to skip");
        assert!(!is_open(&target, "spc.bulk") && !is_open(&target, "!spc.bulk"));
        assert!(is_open(&target, "spc.bulk | !spc.patch"));
    }

    #[test]
    fn what_only_the_user_knows_must_be_declared() {
        let target = target(&json!({}), &["verify-email", "seats"]);
        assert!(is_open(&target, "verify-email") && is_open(&target, "seats"));
        assert!(!is_open(&target, "other-tenant") && !is_open(&target, "accept-invitation"));
        assert!(!is_open(&target, "server-settings"));
    }

    #[test]
    fn pages_are_counted_unless_the_target_walks_by_cursors_alone() {
        let by = |pagination: Value| target(&json!({ "pagination": pagination }), &[]);
        let need = "spc.pagination.index";
        assert!(is_open(&target(&json!({}), &[]), need) && is_open(&by(json!({"cursor": true})), need));
        assert!(!is_open(&by(json!({"cursor": true, "index": false})), need));
    }

    #[test]
    fn an_attribute_is_gone_only_when_the_schema_leaves_it_out() {
        let user = json!({"id": urn::CORE_USER, "attributes": [{"name": "userName", "type": "string"}]});
        let found = Discovery { schemas: Some(json!({"Resources": [user]})), ..Discovery::default() };
        let target = Capabilities::of_target(found, BTreeSet::new(), false);
        assert!(is_open(&target, "schema.User.userName") && !is_open(&target, "schema.User.emails"));
        assert!(!is_open(&target, "schema.User.emails.type"));
    }

    #[test]
    fn groups_are_gone_only_when_the_target_says_so() {
        let types = |schemas: &[&str]| {
            let types = schemas.iter().map(|schema| json!({"schema": schema})).collect::<Value>();
            let resource_types = Some(json!({"Resources": types}));
            let found = Discovery { resource_types, groups: Some(true), ..Discovery::default() };
            Capabilities::of_target(found, BTreeSet::new(), false)
        };
        assert!(is_open(&types(&[urn::CORE_USER, urn::CORE_GROUP]), "rt.Group"));
        assert!(!is_open(&types(&[urn::CORE_USER]), "rt.Group"));
        assert!(is_open(&target(&json!({}), &[]), "rt.Group"));
    }

    fn told(capabilities: &Capabilities) -> Vec<(&'static str, bool, Known)> {
        capabilities.table().into_iter().map(|row| (row.name, row.offered, row.known)).collect()
    }

    #[test]
    fn the_table_says_what_is_declared_what_was_seen_and_what_is_assumed() {
        let provider = json!({"patch": {"supported": false}, "filter": {"supported": true, "maxResults": 200}});
        let found = Discovery {
            provider: Some(provider),
            schemas: Some(json!({"Resources": [{"id": urn::ENTERPRISE_USER}]})),
            groups: Some(false),
            ..Discovery::default()
        };
        let target = Capabilities::of_target(found, BTreeSet::new(), true);
        let expected = [
            ("patch", false, Known::Declared),
            ("filter", true, Known::Declared),
            ("sort", false, Known::Assumed),
            ("bulk", false, Known::Assumed),
            ("etag", false, Known::Assumed),
            ("changePassword", false, Known::Assumed),
            ("groups", false, Known::Probed),
            ("enterprise extension", true, Known::Declared),
        ];
        assert_eq!(told(&target), expected);
        assert_eq!(target.table()[1].most, Some(200));
    }

    #[test]
    fn without_its_document_a_target_is_what_it_does() {
        let found = Discovery { filter: Some(false), etag: Some(true), ..Discovery::default() };
        let target = Capabilities::of_target(found, BTreeSet::new(), true);
        assert!(is_open(&target, "spc.etag") && !is_open(&target, "spc.sort"));
        assert!(is_open(&target, "spc.filter"), "a refusal that is not declared is a defect to find");
        assert!(told(&target).contains(&("filter", false, Known::Probed)));
    }
}

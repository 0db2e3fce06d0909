//! What the target offers: read once per run, asked by gates.
//!
//! A scenario is skipped when a gate is closed, with that reason. What a
//! ServiceProviderConfig must say (RFC 7643 §5) and does not counts as offered
//! for PATCH and filters, which every IdP uses, and as missing for the rest.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::scim::{name, urn};

/// Whether a gate is open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Gate {
    /// The scenario can be played.
    Open,
    /// It cannot; why, in words.
    Closed(String),
}

/// The capability table of one run.
#[derive(Clone, Debug, Default)]
pub struct Capabilities {
    /// The embedded server brings its own control plane and any setting.
    embedded: bool,
    /// ServiceProviderConfig as read.
    provider: Option<Value>,
    /// ResourceTypes as read.
    resource_types: Option<Value>,
    /// Whether `GET /Groups?count=1` answered 200, where that had to be asked.
    groups_answer: Option<bool>,
    /// Hooks, flags and `capabilities:` of the configuration.
    declared: BTreeSet<String>,
    /// The base URL is not loopback.
    remote: bool,
}

impl Capabilities {
    /// Those of a tenant of the embedded server with these documents.
    pub fn embedded(provider: Option<Value>, resource_types: Option<Value>) -> Self {
        Self { embedded: true, provider, resource_types, ..Self::default() }
    }

    /// Those of a target: its own documents and what the user declared.
    pub const fn of_target(
        provider: Option<Value>,
        resource_types: Option<Value>,
        groups_answer: Option<bool>,
        declared: BTreeSet<String>,
        remote: bool,
    ) -> Self {
        Self { embedded: false, provider, resource_types, groups_answer, declared, remote }
    }

    /// Whether ServiceProviderConfig says `supported: false` of a feature.
    pub fn declares_unsupported(&self, feature: &str) -> bool {
        self.supports(feature) == Some(false)
    }

    /// What ServiceProviderConfig says of a feature; a member that is just there says yes.
    fn supports(&self, feature: &str) -> Option<bool> {
        match name::get_in(self.provider.as_ref()?, feature)? {
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

    fn single(&self, need: &str) -> Gate {
        if let Some(feature) = need.strip_prefix("!spc.") {
            let reason = || format!("{} does not declare {feature} unsupported", self.who());
            return open_if(self.declares_unsupported(feature), reason);
        }
        if let Some(feature) = need.strip_prefix("spc.") {
            return self.feature(feature);
        }
        match need {
            "auth.bearer" | "base.ends_with_v2" => Gate::Open,
            "rt.Group" | "groups" => self.groups(),
            "schema.enterprise" => self.enterprise(),
            "target.remote" => open_if(self.remote, || "the target is on this machine".to_owned()),
            _ if need.starts_with("schema.") => Gate::Open,
            _ if self.embedded => {
                // What the reference server has no part of at all.
                let missing = need.starts_with("probe.") || matches!(need, "rt.okta_roles" | "config.load");
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
            _ => open_if(self.declared.contains(need), || {
                format!("the target offers no `{need}` (hooks or capabilities in scimulator.yaml)")
            }),
        }
    }

    fn feature(&self, feature: &str) -> Gate {
        match self.supports(feature) {
            Some(true) => Gate::Open,
            Some(false) => Gate::Closed(format!("{} declares {feature} unsupported", self.who())),
            None if matches!(feature, "patch" | "filter") => Gate::Open,
            None => Gate::Closed(format!("{} declares no {feature}", self.who())),
        }
    }

    fn groups(&self) -> Gate {
        let listed = self.resource_types.as_ref().and_then(|types| name::get_in(types, "Resources"));
        let has_group = listed.and_then(Value::as_array).map(|types| {
            types.iter().any(|kind| name::get_in(kind, "schema").and_then(Value::as_str) == Some(urn::CORE_GROUP))
        });
        open_if(has_group.or(self.groups_answer) != Some(false), || format!("{} has no Groups", self.who()))
    }

    /// Closed only when the resource type of users is readable and lists no such extension.
    fn enterprise(&self) -> Gate {
        let text = |value: &Value, name: &str| name::get_in(value, name).and_then(Value::as_str).map(str::to_owned);
        let types = self.resource_types.as_ref().and_then(|types| name::get_in(types, "Resources"));
        let user = types.and_then(Value::as_array).and_then(|types| {
            types.iter().find(|kind| text(kind, "schema").is_some_and(|urn| urn.eq_ignore_ascii_case(urn::CORE_USER)))
        });
        let extensions = user.and_then(|user| name::get_in(user, "schemaExtensions")).and_then(Value::as_array);
        let listed = extensions.map(|all| {
            let is_enterprise = |urn: String| urn.eq_ignore_ascii_case(urn::ENTERPRISE_USER);
            all.iter().any(|extension| text(extension, "schema").is_some_and(is_enterprise))
        });
        open_if(listed != Some(false), || format!("{} has no enterprise extension of users", self.who()))
    }

    const fn who(&self) -> &'static str {
        if self.embedded { "the embedded server" } else { "the target" }
    }
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
        Capabilities::of_target(Some(provider.clone()), None, None, declared, false)
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
    fn groups_are_gone_only_when_the_target_says_so() {
        let types = |schemas: &[&str]| {
            let types = schemas.iter().map(|schema| json!({"schema": schema})).collect::<Value>();
            Capabilities::of_target(None, Some(json!({"Resources": types})), Some(true), BTreeSet::new(), false)
        };
        assert!(is_open(&types(&[urn::CORE_USER, urn::CORE_GROUP]), "rt.Group"));
        assert!(!is_open(&types(&[urn::CORE_USER]), "rt.Group"));
        assert!(is_open(&target(&json!({}), &[]), "rt.Group"));
    }
}

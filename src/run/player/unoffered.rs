//! What a target says it does not offer. A refusal of that is a closed gate, no defect: what an IdP needs
//! of it cannot be played, and the scenario is skipped with that reason.

use std::sync::Arc;

use serde_json::Value;

use crate::http::{Exchange, Method, Request, Response};
use crate::run::own::address;
use crate::run::player::expect::Mismatch;
use crate::run::target::capabilities::{Capabilities, Gate};
use crate::run::target::declared::Declared;
use crate::scim::{is_assigned, name, urn};

/// How a server refuses what it does not have: RFC 7644 §3.12 and Table 9 for filters, §3.5.2 for PATCH.
const REFUSALS: [u16; 3] = [400, 403, 501];

/// What IdPs match accounts by: a conflict about one of these is what a scenario asks for.
const MATCHED_BY: [&str; 3] = ["userName", "externalId", "emails"];

/// Features that are declared missing.
#[derive(Clone, Debug)]
pub(in crate::run) struct Unoffered {
    patch: bool,
    filter: bool,
    groups: bool,
    attributes: Arc<Declared>,
}

impl Unoffered {
    /// Reads them from what the target says of itself.
    pub(in crate::run) fn of(capabilities: &Capabilities) -> Self {
        Self {
            patch: capabilities.declares_unsupported("patch"),
            filter: capabilities.declares_unsupported("filter"),
            groups: capabilities.gate("rt.Group") != Gate::Open,
            attributes: capabilities.attributes(),
        }
    }

    /// Whether an account is changed by PUT, because there is no PATCH.
    pub(super) const fn patch(&self) -> bool {
        self.patch
    }

    /// Whether an attribute, or an extension, is none of those that the target has, as far as is known.
    pub(in crate::run) fn attribute(&self, collection: &str, path: &str) -> bool {
        self.attributes.lacks(collection, path)
    }

    /// Whether the target alone writes an attribute that no RFC has: it may change at any time, and nobody expects a value.
    pub(super) fn is_its_own(&self, mismatch: &Mismatch) -> bool {
        let path = in_resource(&mismatch.subject);
        ["users", "groups"].iter().any(|collection| self.attributes.adds_read_only(collection, path))
    }

    /// Why an attribute need not be as expected: the target's schemas do not have it, let no client write it, do not
    /// show it unasked, or always show it.
    pub(super) fn withheld(&self, collection: &str, mismatch: &Mismatch) -> Option<String> {
        let path = in_resource(&mismatch.subject);
        if self.attributes.keeps(collection, path) {
            return Some(format!("the target's schema calls `{path}` readOnly"));
        }
        if mismatch.expected == ["no value"] && self.attributes.insists(collection, path) {
            return Some(format!("the target's schema shows `{path}` always"));
        }
        let is_absent = mismatch.actual == "absent";
        if is_absent && self.is_extension_withheld(collection, path, mismatch) {
            return Some(format!("the target's schema lets clients write or see nothing of `{path}`"));
        }
        if is_absent && self.attributes.hides(collection, path) {
            return Some(format!("the target's schema shows `{path}` to nobody who does not ask for it"));
        }
        self.lacking(collection, path).filter(|_| is_absent)
    }

    /// Whether a whole extension is missing of which every attribute that was expected is kept, hidden or lacking.
    fn is_extension_withheld(&self, collection: &str, path: &str, mismatch: &Mismatch) -> bool {
        let [expected] = &mismatch.expected[..] else { return false };
        let Ok(Value::Object(members)) = serde_json::from_str(expected) else { return false };
        let is_withheld = |name: &String| {
            let (Self { attributes, .. }, attribute) = (self, format!("{path}:{name}"));
            attributes.keeps(collection, &attribute)
                || attributes.hides(collection, &attribute)
                || attributes.lacks(collection, &attribute)
        };
        path.starts_with("urn:") && !members.is_empty() && members.keys().all(is_withheld)
    }

    /// Whether an IdP's admin would leave an attribute out of the mapping: a client cannot write it, or not see it.
    pub(in crate::run) fn is_unmapped(&self, path: &str) -> bool {
        let Self { attributes, .. } = self;
        attributes.lacks("users", path) || attributes.keeps("users", path) || attributes.hides("users", path)
    }

    /// Whether no two users may share a value of this attribute, of a user or of the enterprise extension.
    pub(in crate::run) fn is_unique(&self, name: &str) -> bool {
        let in_extension = format!("{}:{name}", urn::ENTERPRISE_USER);
        [name, &in_extension].iter().any(|path| self.attributes.is_unique(path))
    }

    /// Why an attribute cannot be asked about: the target's schemas do not have it, or it publishes none and keeps no
    /// such value.
    pub(super) fn lacking(&self, collection: &str, path: &str) -> Option<String> {
        let source = if self.attributes.is_published() { "the target's schema has" } else { "the target keeps" };
        self.attribute(collection, path).then(|| format!("{source} no `{path}`"))
    }

    /// Why this answer ends what can be played.
    pub(super) fn explains(&self, request: &Request, answer: &Response) -> Option<String> {
        let (collection, _) = address::of(&request.path);
        let filters = request.target().split(['?', '&']).any(|part| part.starts_with("filter="));
        // RFC 7644 §3.5.2 asks for 501; that 405 says the same is no reason to accuse every rule that sends a PATCH.
        if self.patch && request.method == Method::Patch && matches!(answer.status, 405 | 501) {
            return Some("the target declares PATCH unsupported (gate spc.patch)".to_owned());
        }
        if self.groups && collection == "groups" && matches!(answer.status, 404 | 501) {
            return Some("the target has no Groups (gate rt.Group)".to_owned());
        }
        if self.filter && filters && REFUSALS.contains(&answer.status) {
            return Some("the target declares filters unsupported (gate spc.filter)".to_owned());
        }
        None
    }

    /// Why a write of an IdP was refused, by what the target's schemas say of the attributes in it. What an IdP always sends
    /// must be borne in a create, whether it is kept or not: else the IdP gets nobody in.
    pub(super) fn explains_refusal(&self, request: &Request, answer: &Response) -> Option<String> {
        self.refusal(request, answer, request.method == Method::Patch)
    }

    /// The same for a request that no IdP sends: an attribute which the schemas do not have may be refused in any write.
    pub(super) fn explains_refusal_of_ours(&self, request: &Request, answer: &Response) -> Option<String> {
        self.refusal(request, answer, true)
    }

    fn refusal(&self, request: &Request, answer: &Response, may_refuse_unknown: bool) -> Option<String> {
        let (collection, _) = address::of(&request.path);
        if !request.method.writes() || !matches!(collection, "users" | "groups") {
            return None;
        }
        if collection == "groups"
            && matches!(answer.status, 403 | 405 | 501)
            && self.attributes.fixes(collection, "displayName")
        {
            return Some("the target's schema calls groups readOnly".to_owned());
        }
        if !matches!(answer.status, 400 | 403 | 409 | 422) {
            return None;
        }
        let body = request.json()?;
        if answer.status == 409 {
            let is_unique = |path: &String| self.is_unique(path) || self.is_unique(&format!("{path}.value"));
            let unique =
                written(&body).into_iter().find(|path| !MATCHED_BY.contains(&path.as_str()) && is_unique(path));
            return unique.map(|path| format!("the target's schema lets no two users share `{path}`"));
        }
        let mut needed = self.attributes.needed(collection);
        if let Some(needed) = needed.find(|needed| leaves_empty(request.method, &body, needed)) {
            return Some(format!("the target's schema requires `{needed}`"));
        }
        let is_missing = |(urn, needed): &(&str, &str)| {
            let part = name::get_in(&body, urn);
            request.method != Method::Patch && part.is_none_or(|part| leaves_empty(Method::Post, part, needed))
        };
        if let Some((_, needed)) = self.attributes.needed_in_extension(collection).find(is_missing) {
            return Some(format!("the target's schema requires `{needed}`"));
        }
        if let Some(urn) =
            self.attributes.required_extension(collection, &body).filter(|_| request.method != Method::Patch)
        {
            return Some(format!("the target's resource type requires `{urn}`"));
        }
        let outside = |(path, value): &(String, &Value)| self.attributes.leaves_out(collection, path, value);
        if let Some(sub) = written_values(&body).iter().find_map(outside) {
            return Some(format!("the target's schema has other canonical values of `{sub}`"));
        }
        let written = written(&body);
        let is_about = |word| answer.json().and_then(|body| name::get_in(body, "scimType")?.as_str()) == Some(word);
        if let Some(path) =
            written.iter().find(|path| is_about("mutability") && self.attributes.fixes(collection, path))
        {
            return Some(format!("the target's schema does not let `{path}` be changed"));
        }
        written.iter().filter(|_| may_refuse_unknown).find_map(|path| self.lacking(collection, path))
    }

    /// The first of these exchanges that is explained.
    pub(super) fn among(&self, exchanges: &[Exchange]) -> Option<String> {
        exchanges.iter().find_map(|exchange| {
            let (request, answer) = (&exchange.request, exchange.response()?);
            self.explains(request, answer).or_else(|| self.explains_refusal(request, answer))
        })
    }
}

/// The path in the resource itself; in a list it stands behind one: `Resources[id eq "1"].title`, `Resources.0.title`.
fn in_resource(subject: &str) -> &str {
    let Some(rest) = subject.strip_prefix("Resources") else { return subject };
    match rest.split_once("].") {
        Some((_, path)) => path,
        None => rest.strip_prefix('.').and_then(|rest| rest.split_once('.')).map_or(subject, |(_, path)| path),
    }
}

/// The paths that a change writes: of the operations of a PATCH, or the members of a resource.
fn written(body: &Value) -> Vec<String> {
    written_values(body).into_iter().map(|(path, _)| path).collect()
}

/// The same, each with what is written there; null for what is removed.
fn written_values(body: &Value) -> Vec<(String, &Value)> {
    let Some(operations) = name::get_in(body, "Operations").and_then(Value::as_array) else { return attributes(body) };
    let paths = operations.iter().flat_map(|operation| {
        let value = name::get_in(operation, "value");
        match name::get_in(operation, "path").and_then(Value::as_str) {
            Some(path) if !path.is_empty() => with_extension(path.to_owned(), value.unwrap_or(&Value::Null)),
            _ => value.map(attributes).unwrap_or_default(),
        }
    });
    paths.collect()
}

/// The attributes of a resource, those of its extensions by their full names. Sub-attributes are left out: every address
/// has some that a schema may lack, and no server refuses it for that.
fn attributes(resource: &Value) -> Vec<(String, &Value)> {
    let members = resource.as_object().into_iter().flatten();
    members.flat_map(|(name, value)| with_extension(name.clone(), value)).collect()
}

/// What is written at a path, and where that is an extension, each of its attributes.
fn with_extension(path: String, value: &Value) -> Vec<(String, &Value)> {
    let members = value.as_object().filter(|_| path.starts_with("urn:")).into_iter().flatten();
    let within: Vec<_> = members.map(|(name, value)| (format!("{path}:{name}"), value)).collect();
    std::iter::once((path, value)).chain(within).collect()
}

/// Whether a write leaves an attribute without a value.
fn leaves_empty(method: Method, body: &Value, attribute: &str) -> bool {
    let is_empty = |value: Option<&Value>| value.is_none_or(|value| !is_assigned(value) || *value == "");
    if method != Method::Patch {
        return is_empty(name::get_in(body, attribute));
    }
    let operations = name::get_in(body, "Operations").and_then(Value::as_array);
    operations.into_iter().flatten().any(|operation| {
        let text = |member| name::get_in(operation, member).and_then(Value::as_str).unwrap_or_default();
        let value = name::get_in(operation, "value");
        if text("path").is_empty() {
            return value.and_then(|value| name::get_in(value, attribute)).is_some_and(|value| is_empty(Some(value)));
        }
        text("path").eq_ignore_ascii_case(attribute) && (text("op").eq_ignore_ascii_case("remove") || is_empty(value))
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn in_a_list_the_path_stands_behind_the_resource() {
        let subjects = [r#"Resources[id eq "1"].title"#, "Resources.0.title", "title"];
        assert_eq!(subjects.map(in_resource), ["title"; 3]);
        assert_eq!(in_resource("Resources"), "Resources");
    }

    #[test]
    fn a_write_leaves_empty_what_it_removes_or_does_not_name() {
        let patch = |operation: Value| leaves_empty(Method::Patch, &json!({ "Operations": [operation] }), "title");
        assert!(
            patch(json!({"op": "Remove", "path": "Title"}))
                && patch(json!({"op": "replace", "path": "title", "value": ""}))
        );
        assert!(patch(json!({"op": "replace", "value": {"title": null}})));
        assert!(
            !patch(json!({"op": "replace", "value": {"displayName": ""}}))
                && !patch(json!({"op": "remove", "path": "nickName"}))
        );
        assert!(
            leaves_empty(Method::Put, &json!({}), "title")
                && !leaves_empty(Method::Post, &json!({"title": "x"}), "title")
        );
    }
}

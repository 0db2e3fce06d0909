//! A lookup that returns somebody else: the filter was ignored, and the next write would change a stranger.

use serde_json::{Map, Value};

use crate::idp::mapping::{Selector, Target, member};
use crate::idp::{Outcome, OutcomeKind};
use crate::scim::text;

/// An outcome with the code `stranger` when a resource does not have the value that was looked for.
///
/// Texts compare without case: a server may match as strictly as the
/// attribute's `caseExact` says, and never finds more than this.
pub fn stranger(subject: &str, resource: &Map<String, Value>, target: &Target, wanted: &str) -> Option<Outcome> {
    if candidates(resource, target).iter().any(|found| text::same(found, wanted, false)) {
        return None;
    }
    let shown = |name| member(resource, name).and_then(Value::as_str);
    let name = shown("userName").or_else(|| shown("displayName")).unwrap_or("without a name");
    let id = shown("id").unwrap_or("without an id");
    let message = format!("the lookup `{target} eq \"{wanted}\"` returned `{id}` ({name}): nothing is written to it");
    let code = Some("stranger".to_owned());
    Some(Outcome { kind: OutcomeKind::Failed, subject: Some(subject.to_owned()), message, code })
}

/// The texts that may have matched. Of a multi-valued attribute every element counts: a server may not keep `type`.
fn candidates<'r>(resource: &'r Map<String, Value>, target: &Target) -> Vec<&'r str> {
    let Some(Selector::Equals { .. } | Selector::Only) = &target.selector else {
        return target.get(resource).and_then(Value::as_str).into_iter().collect();
    };
    let whole = Target { selector: None, sub: None, ..target.clone() };
    let elements = whole.get(resource).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let sub = target.sub.as_deref().unwrap_or("value");
    elements.iter().filter_map(|element| member(element.as_object()?, sub)?.as_str()).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn found(resource: &Value, target: &str, wanted: &str) -> Option<Outcome> {
        stranger("alice", resource.as_object().unwrap(), &target.parse().unwrap(), wanted)
    }

    #[test]
    fn whoever_was_looked_for_is_no_stranger() {
        assert_eq!(
            found(&json!({ "id": "1", "userName": "ALICE@example.com" }), "userName", "alice@example.com"),
            None
        );
        let body = json!({ "emails": [{ "value": "x@example.com" }, { "value": "a@example.com", "type": "WORK" }] });
        assert_eq!(found(&body, r#"emails[type eq "work"].value"#, "a@example.com"), None);
    }

    #[test]
    fn anybody_else_is_named_by_id_and_name() {
        let outcome =
            found(&json!({ "id": "9", "userName": "root@acme.test" }), "userName", "alice@example.com").unwrap();
        assert_eq!(outcome.code.as_deref(), Some("stranger"));
        assert!(outcome.message.contains("`9` (root@acme.test)"), "{}", outcome.message);
        assert!(
            found(&json!({ "id": "9", "displayName": "x" }), "externalId", "e-1").is_some(),
            "no value is no match"
        );
    }
}

//! The group attribute: one value, whichever of its names an identity provider writes it under.

use serde_json::{Map, Value, json};

use crate::scim::ScimType;
use crate::server::reply::Refusal;

const NAME: &str = "group";

/// The value that a user has.
pub fn value<'u>(user: &'u Map<String, Value>, urns: &[String]) -> Option<&'u str> {
    urns.iter().find_map(|urn| user.get(urn)?.get(NAME)?.as_str())
}

/// Makes all names say the same: what was written under one of them since `old`.
///
/// `whole` is a body that replaces the user: there a name that is missing says
/// nothing as long as another one is there. Two new values that differ are refused.
pub fn agree(
    old: Option<&Map<String, Value>>,
    new: &mut Map<String, Value>,
    urns: &[String],
    whole: bool,
) -> Result<(), Refusal> {
    if urns.is_empty() {
        return Ok(());
    }
    let before = old.and_then(|old| value(old, urns));
    let under = |urn: &String| new.get(urn).and_then(|holder| holder.get(NAME)?.as_str());
    let written: Vec<Option<&str>> = urns.iter().map(under).filter(|value| *value != before).collect();
    let unchanged = urns.iter().any(|urn| under(urn) == before && before.is_some());
    let mut values: Vec<&str> = written.iter().copied().flatten().collect();
    values.dedup();
    let settled = match (values.as_slice(), written.is_empty()) {
        ([], true) => before,
        ([], false) if whole && unchanged => before,
        ([], false) => None,
        ([one], _) => Some(*one),
        _ => {
            let detail = format!("`{NAME}` has different values under {}: it is one attribute.", urns.join(" and "));
            return Err(Refusal::new(400, Some(ScimType::InvalidValue.name()), &detail));
        }
    };
    let settled = settled.map(str::to_owned);
    for urn in urns {
        put(new, urn, settled.as_deref());
    }
    Ok(())
}

fn put(user: &mut Map<String, Value>, urn: &str, value: Option<&str>) {
    match (value, user.get_mut(urn).and_then(Value::as_object_mut)) {
        (Some(value), Some(holder)) => {
            holder.insert(NAME.to_owned(), value.into());
        }
        (Some(value), None) => {
            user.insert(urn.to_owned(), json!({ NAME: value }));
        }
        (None, Some(holder)) => {
            holder.shift_remove(NAME);
            if holder.is_empty() {
                user.shift_remove(urn);
            }
        }
        (None, None) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn urns() -> Vec<String> {
        vec!["urn:a".into(), "urn:b".into()]
    }

    fn user(a: Option<&str>, b: Option<&str>) -> Map<String, Value> {
        let holders = [("urn:a", a), ("urn:b", b)].into_iter();
        let holders = holders.filter_map(|(urn, value)| Some((urn.to_owned(), json!({ "group": value? }))));
        holders.collect()
    }

    fn agreed(old: Option<&str>, a: Option<&str>, b: Option<&str>, whole: bool) -> Result<Option<String>, Refusal> {
        let mut new = user(a, b);
        agree(Some(&user(old, old)), &mut new, &urns(), whole)?;
        assert_eq!(value(&new, &urns()[..1]), value(&new, &urns()[1..]), "both names say the same");
        Ok(value(&new, &urns()).map(str::to_owned))
    }

    #[test]
    fn what_was_written_counts_whatever_its_name() {
        let x = || Ok(Some("x".to_owned()));
        for whole in [true, false] {
            assert_eq!(agreed(None, Some("x"), None, whole), x());
            assert_eq!(agreed(None, None, Some("x"), whole), x());
            assert_eq!(agreed(Some("v"), Some("x"), Some("v"), whole), x());
            assert_eq!(agreed(Some("v"), Some("x"), Some("x"), whole), x());
            assert_eq!(agreed(Some("v"), Some("x"), None, whole), x());
            assert_eq!(agreed(Some("v"), None, None, whole), Ok(None));
        }
    }

    #[test]
    fn a_whole_body_may_leave_the_other_name_out_and_an_operation_may_remove_one() {
        assert_eq!(agreed(Some("v"), Some("v"), None, true), Ok(Some("v".into())));
        assert_eq!(agreed(Some("v"), Some("v"), None, false), Ok(None));
    }

    #[test]
    fn two_new_values_are_refused() {
        assert!(agreed(Some("v"), Some("x"), Some("y"), false).is_err());
    }
}

//! Sub-attributes of one complex value: set, cleared, and kept where they cannot change.

use serde_json::{Map, Value};

use super::Op;
use crate::scim::canonical::{Canonical, Known, canonical};
use crate::scim::{Attribute, Mutability, Problem, ScimType, coerce, is_assigned, name};

/// Sets the sub-attributes that `changes` names; the others stay (RFC 7644 §3.5.2.3). Read-only and
/// unknown ones are passed over. Without a value, `replace` clears a sub-attribute and `add` leaves it.
pub(super) fn merge(
    object: &mut Map<String, Value>,
    changes: &Map<String, Value>,
    attribute: &Attribute,
    op: Op,
    path: &str,
) -> Result<(), Problem> {
    let pointed_to = name::get(object, "value").cloned();
    for (key, value) in changes {
        let writable = attribute.sub(key).filter(|sub| sub.mutability != Mutability::ReadOnly);
        let Some(sub) = writable else { continue };
        let path = format!("{path}.{}", sub.name);
        match coerce::whole(value, sub, &path)? {
            Some(value) => {
                may_become(name::get(object, &sub.name), Some(&value), sub, &path)?;
                name::set(object, &sub.name, value);
            }
            None if op == Op::Add => {}
            None => clear(object, sub, &path)?,
        }
    }
    forget_reference(object, changes, attribute, pointed_to.as_ref());
    Ok(())
}

/// Takes the value of an attribute away.
fn clear(object: &mut Map<String, Value>, attribute: &Attribute, path: &str) -> Result<(), Problem> {
    if attribute.required {
        return Err(required(path));
    }
    may_become(name::get(object, &attribute.name), None, attribute, path)?;
    name::remove(object, &attribute.name);
    Ok(())
}

/// An immutable value stays what it is once it is there (RFC 7643 §7).
pub(super) fn may_become(
    current: Option<&Value>,
    next: Option<&Value>,
    attribute: &Attribute,
    path: &str,
) -> Result<(), Problem> {
    let form = |value: &'_ Value| canonical(value, Known::Attribute(attribute)).map(Canonical::into_owned);
    let current = current.filter(|_| attribute.mutability == Mutability::Immutable).and_then(form);
    if current.is_none() || next.and_then(form) == current {
        return Ok(());
    }
    Err(immutable(path))
}

/// Why a value cannot be taken away (RFC 7644 §3.5.2.2).
pub(super) fn required(path: &str) -> Problem {
    Problem::bad(ScimType::Mutability, format!("`{path}` is required; it cannot be removed."))
}

/// Why a value cannot be changed.
pub(super) fn immutable(path: &str) -> Problem {
    Problem::bad(ScimType::Mutability, format!("`{path}` is immutable; it has a value that cannot be changed."))
}

/// A reference that now points elsewhere keeps neither the URI nor the name of what it pointed to.
fn forget_reference(
    object: &mut Map<String, Value>,
    changes: &Map<String, Value>,
    attribute: &Attribute,
    pointed_to: Option<&Value>,
) {
    let is_moved = pointed_to.is_some_and(is_assigned) && name::get(object, "value") != pointed_to;
    // Listed, not implied: an e-mail address refers to nothing.
    if !is_moved || !attribute.sub_attributes.iter().any(|sub| sub.name == "$ref") {
        return;
    }
    for derived in ["$ref", "display", "displayName"] {
        let is_given = name::get(changes, derived).is_some_and(is_assigned);
        let is_writable = attribute.sub(derived).is_some_and(|sub| sub.mutability != Mutability::ReadOnly);
        if !(is_given && is_writable) {
            name::remove(object, derived);
        }
    }
}

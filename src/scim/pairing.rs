//! Which elements of two multi-valued attributes belong together.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use super::canonical::{Canonical, Known, canonical};
use super::name;

/// Trials of one array that look for an element without a name of its own.
const MAX_TRIALS: usize = 2_000;

/// What identifies an element, the strongest first: resources by id or name, values by type and value.
const IDENTITY: [&[&str]; 6] = [&["id"], &["userName"], &["type", "value"], &["value"], &["type"], &["displayName"]];

/// Elements of two arrays, without those that are equal.
pub(super) struct Pairing<'v> {
    /// Two that are the same element with other parts.
    pub(super) pairs: Vec<(&'v Value, &'v Value)>,
    /// Expected ones without a partner.
    pub(super) missing: Vec<&'v Value>,
    /// Others without a partner.
    pub(super) surplus: Vec<&'v Value>,
}

/// Equal elements are set aside, the others paired by what identifies them.
pub(super) fn pair<'v>(known: Known<'_>, expected: &'v [Value], actual: &'v [Value]) -> Pairing<'v> {
    let (mut missing, mut surplus) = without_equal(known, expected, actual);
    let mut pairs = Vec::new();
    for names in IDENTITY {
        if missing.is_empty() || surplus.is_empty() {
            break;
        }
        let mut there: HashMap<Vec<Canonical<'v>>, Vec<usize>> = HashMap::new();
        for (at, element) in surplus.iter().enumerate().rev() {
            if let Some(identity) = identity(known, element, names) {
                there.entry(identity).or_default().push(at);
            }
        }
        let mut taken = vec![false; surplus.len()];
        missing.retain(|element| {
            let partner = identity(known, element, names).and_then(|identity| there.get_mut(&identity)?.pop());
            if let Some(at) = partner {
                taken[at] = true;
                pairs.push((*element, surplus[at]));
            }
            partner.is_none()
        });
        surplus = untaken(&surplus, &taken);
    }
    Pairing { pairs, missing, surplus }
}

fn without_equal<'v>(known: Known<'_>, expected: &'v [Value], actual: &'v [Value]) -> (Vec<&'v Value>, Vec<&'v Value>) {
    let form = |element: &'v Value| canonical(element, known.element(element));
    let mut there: HashMap<Canonical<'v>, Vec<usize>> = HashMap::new();
    let mut taken = vec![false; actual.len()];
    for (at, element) in actual.iter().enumerate().rev() {
        match form(element) {
            Some(form) => there.entry(form).or_default().push(at),
            // An unassigned element is no element.
            None => taken[at] = true,
        }
    }
    let mut missing = Vec::new();
    for element in expected {
        let Some(form) = form(element) else { continue };
        match there.get_mut(&form).and_then(Vec::pop) {
            Some(at) => taken[at] = true,
            None => missing.push(element),
        }
    }
    let actual: Vec<_> = actual.iter().collect();
    (missing, untaken(&actual, &taken))
}

fn untaken<'v>(elements: &[&'v Value], taken: &[bool]) -> Vec<&'v Value> {
    elements.iter().zip(taken).filter(|(_, taken)| !**taken).map(|(element, _)| *element).collect()
}

fn identity<'v>(known: Known<'_>, element: &'v Value, names: &[&str]) -> Option<Vec<Canonical<'v>>> {
    let members = element.as_object()?;
    let known = known.element(element);
    names.iter().map(|name| canonical(name::get(members, name)?, known.member(name))).collect()
}

/// Takes out of both lists what is contained in another element; gives what is still missing.
pub(super) fn contained_apart<'v>(
    missing: Vec<&'v Value>,
    surplus: &mut Vec<&'v Value>,
    is_contained: impl Fn(&Value, &Value) -> bool,
) -> Vec<&'v Value> {
    let mut trials = MAX_TRIALS;
    let find = |expected: &&Value| {
        let partner = surplus.iter().position(|actual| {
            trials = trials.saturating_sub(1);
            trials > 0 && is_contained(expected, actual)
        });
        partner.map(|at| surplus.swap_remove(at)).is_none()
    };
    missing.into_iter().filter(find).collect()
}

/// The `type`s that more than one element has: they name none.
pub(super) fn repeated_types<'v>(known: Known<'_>, one: &'v [Value], other: &'v [Value]) -> HashSet<Canonical<'v>> {
    let mut repeated = HashSet::new();
    for elements in [one, other] {
        let mut seen = HashSet::new();
        for form in elements.iter().filter_map(|element| type_of(known, element)) {
            if !seen.insert(form.clone()) {
                repeated.insert(form);
            }
        }
    }
    repeated
}

fn type_of<'v>(known: Known<'_>, element: &'v Value) -> Option<Canonical<'v>> {
    let members = element.as_object()?;
    canonical(name::get(members, "type")?, known.element(element).member("type"))
}

/// `[type eq "work"]`, `[userName eq "alice"]`, `[value eq "x"]`, or `[]` for an element without a name.
pub(super) fn selector(known: Known<'_>, element: &Value, repeated: &HashSet<Canonical<'_>>) -> String {
    let Some(members) = element.as_object() else {
        return if element.is_array() { "[]".to_owned() } else { format!("[value eq {element}]") };
    };
    let has_own_type = type_of(known, element).is_some_and(|form| !repeated.contains(&form));
    let own: &[&str] = if has_own_type { &["userName", "type"] } else { &["userName"] };
    let named = own.iter().chain(&["value", "id", "displayName", "display", "type"]).find_map(|name| {
        let value = name::get(members, name).filter(|value| value.as_str().is_some_and(|text| !text.is_empty()))?;
        Some(format!("[{name} eq {value}]"))
    });
    named.unwrap_or_else(|| "[]".to_owned())
}

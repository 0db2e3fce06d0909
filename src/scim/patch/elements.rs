//! One operation on the values of a multi-valued attribute.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::Op;
use super::attribute::Change;
use super::merge::{may_become, merge};
use crate::scim::canonical::{Canonical, Known, canonical};
use crate::scim::compare::contains;
use crate::scim::filter::matches_element;
use crate::scim::{Attribute, Filter, Mutability, Problem, ScimType, Type, coerce, is_assigned, name};

/// Applies the operation to the values that are there.
pub(super) fn change(change: &Change<'_, '_>, held: &mut Option<Value>, value: &Value) -> Result<(), Problem> {
    let list = match held.take() {
        Some(Value::Array(elements)) => elements,
        other => other.into_iter().collect(),
    };
    let mut elements = Elements { list, attribute: change.attribute(), path: change.path.to_string() };
    match &change.target.filter {
        Some(filter) => elements.selected(change, filter, value)?,
        None => elements.all(change, value)?,
    }
    elements.list.retain(is_assigned);
    *held = Some(Value::Array(elements.list));
    Ok(())
}

struct Elements<'s> {
    list: Vec<Value>,
    attribute: &'s Attribute,
    path: String,
}

impl Elements<'_> {
    /// The path has no filter.
    fn all(&mut self, change: &Change<'_, '_>, value: &Value) -> Result<(), Problem> {
        match (change.target.resolved.sub, change.op) {
            (Some(_), Op::Add | Op::Replace) if self.list.is_empty() => Err(self.no_target()),
            (Some(sub), op) => self.merge_into(&all_of(&self.list), &change.of_sub(sub, value), op),
            (None, Op::Remove) => {
                match value {
                    Value::Null => self.list.clear(),
                    listed => self.remove_listed(listed),
                }
                Ok(())
            }
            (None, Op::Add) => self.add(coerce::elements(value, self.attribute, &self.path)?),
            (None, Op::Replace) => {
                let elements = coerce::elements(value, self.attribute, &self.path)?;
                self.list.clear();
                self.add(elements)
            }
        }
    }

    /// The path has a filter.
    fn selected(&mut self, change: &Change<'_, '_>, filter: &Filter, value: &Value) -> Result<(), Problem> {
        let mut matched = self.matched(filter);
        if matched.is_empty() {
            match change.op {
                Op::Remove => return Ok(()),
                Op::Replace if !change.options.replace_creates => return Err(self.no_target()),
                Op::Add | Op::Replace => self.create(change, filter, value)?,
            }
            // What was made may have become one with an element that the filter did not describe before: it is changed
            // as it would be the next time.
            matched = self.matched(filter);
        }
        match (change.op, change.target.resolved.sub) {
            (_, _) if matched.is_empty() => Ok(()),
            (op, Some(sub)) => self.merge_into(&matched, &change.of_sub(sub, value), op),
            (Op::Remove, None) => {
                self.remove_at(&matched);
                Ok(())
            }
            (Op::Add, None) => match coerce::object(value, self.attribute, &self.path) {
                _ if self.attribute.kind != Type::Complex => self.replace_at(&matched, filter, value),
                Ok(changes) => self.merge_into(&matched, &changes.unwrap_or_default(), Op::Add),
                Err(problem) => Err(problem),
            },
            (Op::Replace, None) => self.replace_at(&matched, filter, value),
        }
    }

    /// Which elements a filter describes.
    fn matched(&self, filter: &Filter) -> Vec<usize> {
        let fits = |element: &Value| matches_element(filter, element, Some(self.attribute));
        self.list.iter().enumerate().filter(|(_, element)| fits(element)).map(|(at, _)| at).collect()
    }

    /// Adds values that are not there yet; one with the `type` and `value` of another is merged into it.
    fn add(&mut self, incoming: Vec<Value>) -> Result<(), Problem> {
        let mut by_value: HashMap<Canonical<'static>, Vec<usize>> = HashMap::new();
        for (at, element) in self.list.iter().enumerate() {
            if let Some(identity) = self.identity(element) {
                by_value.entry(identity).or_default().push(at);
            }
        }
        let mut touched = Vec::with_capacity(incoming.len());
        for element in incoming {
            let Some(identity) = self.identity(&element) else { continue };
            let like = by_value.entry(identity).or_default();
            let same = like.iter().copied().find(|at| self.may_be_one(&self.list[*at], &element));
            if let Some(at) = same {
                let news = self.news(&self.list[at], element);
                self.merge_one(at, news, Op::Add)?;
                touched.push(at);
            } else {
                like.push(self.list.len());
                touched.push(self.list.len());
                self.list.push(element);
            }
        }
        touched.sort_unstable();
        touched.dedup();
        self.keep_one_primary(&touched)
    }

    /// What makes two elements candidates for being one: the `value`, or all of an element without one.
    fn identity(&self, element: &Value) -> Option<Canonical<'static>> {
        let known = Known::Attribute(self.attribute);
        let value = element.as_object().and_then(|members| name::get(members, "value"));
        let by_value = value.and_then(|value| canonical(value, known.member("value")));
        by_value.or_else(|| canonical(element, known)).map(Canonical::into_owned)
    }

    /// What an element says that the one there does not: an equal value keeps its spelling.
    fn news(&self, there: &Value, mut element: Value) -> Value {
        if let (Some(there), Some(members)) = (there.as_object(), element.as_object_mut()) {
            members.retain(|name, value| {
                let known = Known::Attribute(self.attribute).member(name);
                name::get(there, name).is_none_or(|there| canonical(there, known) != canonical(value, known))
            });
        }
        element
    }

    /// Elements of one value are one unless their types differ (RFC 7643 §2.4).
    fn may_be_one(&self, one: &Value, other: &Value) -> bool {
        let kind = |element: &Value| {
            let kind = element.as_object().and_then(|members| name::get(members, "type"))?;
            canonical(kind, Known::Attribute(self.attribute).member("type")).map(Canonical::into_owned)
        };
        match (kind(one), kind(other)) {
            (Some(one), Some(other)) => one == other,
            _ => true,
        }
    }

    /// Makes the element that the filter describes (Entra; RFC 7644 erratum 8097, held).
    fn create(&mut self, change: &Change<'_, '_>, filter: &Filter, value: &Value) -> Result<(), Problem> {
        if !is_assigned(value) {
            return Ok(());
        }
        let equalities = filter.as_equalities().ok_or_else(|| self.no_target())?;
        if self.attribute.kind != Type::Complex {
            return self.add(coerce::elements(value, self.attribute, &self.path)?);
        }
        let mut element = Map::new();
        for (path, wanted) in equalities {
            let sub = self.attribute.sub(&path.name).ok_or_else(|| self.no_target())?;
            if let Some(wanted) = coerce::single(wanted, sub, &self.path)? {
                element.insert(sub.name.clone(), wanted);
            }
        }
        let changes = match change.target.resolved.sub {
            Some(sub) => change.of_sub(sub, value),
            None => self.one_object(value)?,
        };
        merge(&mut element, &changes, self.attribute, Op::Add, &self.attribute.name)?;
        self.add(vec![Value::Object(element)])
    }

    /// Replaces whole elements. What the filter says of them stays unless the value says otherwise.
    fn replace_at(&mut self, matched: &[usize], filter: &Filter, value: &Value) -> Result<(), Problem> {
        let mut given = coerce::elements(value, self.attribute, &self.path)?;
        let (Some(new), None) = (given.pop(), given.pop()) else {
            if !is_assigned(value) {
                self.remove_at(matched);
                return Ok(());
            }
            let detail = format!("`{}` is replaced by one value.", self.path);
            return Err(Problem::bad(ScimType::InvalidValue, detail));
        };
        for at in matched {
            let mut next = new.clone();
            if let (Value::Object(next), Value::Object(old)) = (&mut next, &self.list[*at]) {
                self.keep(next, old, filter)?;
            }
            self.list[*at] = next;
        }
        self.keep_one_primary(matched)
    }

    fn keep(&self, next: &mut Map<String, Value>, old: &Map<String, Value>, filter: &Filter) -> Result<(), Problem> {
        for (path, _) in filter.as_equalities().unwrap_or_default() {
            if let (None, Some(value)) = (name::get(next, &path.name), name::get(old, &path.name)) {
                next.insert(path.name.clone(), value.clone());
            }
        }
        for sub in &self.attribute.sub_attributes {
            match (sub.mutability, name::get(old, &sub.name)) {
                (Mutability::ReadOnly, Some(value)) => name::set(next, &sub.name, value.clone()),
                (Mutability::Immutable, value) => may_become(value, name::get(next, &sub.name), sub, &self.path)?,
                _ => {}
            }
        }
        Ok(())
    }

    fn merge_into(&mut self, matched: &[usize], changes: &Map<String, Value>, op: Op) -> Result<(), Problem> {
        for at in matched {
            self.merge_one(*at, Value::Object(changes.clone()), op)?;
        }
        if changes.keys().any(|key| key.eq_ignore_ascii_case("primary")) {
            self.keep_one_primary(matched)?;
        }
        Ok(())
    }

    fn merge_one(&mut self, at: usize, changes: Value, op: Op) -> Result<(), Problem> {
        if let (Value::Object(element), Value::Object(changes)) = (&mut self.list[at], changes) {
            merge(element, &changes, self.attribute, op, &self.attribute.name)?;
        }
        Ok(())
    }

    /// Removes the elements that a list names (Entra names members by `value`), and no others.
    fn remove_listed(&mut self, listed: &Value) {
        let listed = match listed {
            Value::Array(elements) => elements.as_slice(),
            one => std::slice::from_ref(one),
        };
        let mut by_value: HashMap<Canonical<'static>, Vec<&Value>> = HashMap::new();
        for element in listed {
            if let Some(identity) = self.identity(element) {
                by_value.entry(identity).or_default().push(element);
            }
        }
        let has_value = |element: &Value| element.as_object().is_none_or(|it| name::get(it, "value").is_some());
        let vague: Vec<_> = listed.iter().filter(|it| is_assigned(it) && !has_value(it)).collect();
        let is_listed = |element: &Value| {
            let named = self.identity(element).and_then(|identity| by_value.get(&identity));
            named.is_some_and(|named| named.iter().any(|one| self.may_be_one(one, element)))
                || vague.iter().any(|part| contains(Known::Attribute(self.attribute), part, element))
        };
        let stays: Vec<bool> = self.list.iter().map(|element| !is_listed(element)).collect();
        let mut stays = stays.into_iter();
        self.list.retain(|_| stays.next().unwrap_or(true));
    }

    fn remove_at(&mut self, matched: &[usize]) {
        let mut matched = matched.iter().peekable();
        let mut at = 0;
        self.list.retain(|_| {
            let is_matched = matched.next_if(|next| **next == at).is_some();
            at += 1;
            !is_matched
        });
    }

    /// One value that becomes primary takes that from the others (RFC 7644 §3.5.2).
    fn keep_one_primary(&mut self, touched: &[usize]) -> Result<(), Problem> {
        coerce::at_most_one_primary(touched.iter().map(|at| &self.list[*at]), &self.path)?;
        let Some(primary) = touched.iter().copied().find(|at| coerce::is_primary(&self.list[*at])) else {
            return Ok(());
        };
        for (at, element) in self.list.iter_mut().enumerate() {
            if at != primary
                && coerce::is_primary(element)
                && let Some(members) = element.as_object_mut()
            {
                name::set(members, "primary", false.into());
            }
        }
        Ok(())
    }

    fn one_object(&self, value: &Value) -> Result<Map<String, Value>, Problem> {
        let one = value.as_array().filter(|elements| elements.len() == 1).map_or(value, |elements| &elements[0]);
        Ok(coerce::object(one, self.attribute, &self.path)?.unwrap_or_default())
    }

    fn no_target(&self) -> Problem {
        let detail = format!("`{}` has no such value: nothing matches `{}`.", self.attribute.name, self.path);
        Problem::bad(ScimType::NoTarget, detail)
    }
}

fn all_of(list: &[Value]) -> Vec<usize> {
    (0..list.len()).collect()
}

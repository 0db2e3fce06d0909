//! One operation on one attribute of the object that holds it.

use serde_json::{Map, Value};

use super::merge::{immutable, merge, required};
use super::{Op, PatchOptions, elements};
use crate::scim::canonical::{Canonical, Known, canonical};
use crate::scim::{Attribute, Filter, Mutability, Path, Problem, Resolved, Type, coerce, is_assigned, name};

/// What a path leads to.
#[derive(Clone, Debug)]
pub(super) struct Target<'s> {
    pub(super) resolved: Resolved<'s>,
    /// Which values of the attribute.
    pub(super) filter: Option<Filter>,
}

impl Target<'_> {
    pub(super) fn is_read_only(&self) -> bool {
        let parts = [Some(self.resolved.attribute), self.resolved.sub];
        parts.into_iter().flatten().any(|attribute| attribute.mutability == Mutability::ReadOnly)
    }
}

/// An operation on a target that can be written.
pub(super) struct Change<'a, 's> {
    pub(super) op: Op,
    pub(super) path: &'a Path,
    pub(super) options: PatchOptions,
    pub(super) target: &'a Target<'s>,
}

impl<'s> Change<'_, 's> {
    /// `holder` is the resource, or the container of the attribute's extension. After an error it is of no use.
    pub(super) fn apply(&self, holder: &mut Map<String, Value>, value: &Value) -> Result<(), Problem> {
        let attribute = self.attribute();
        // Taken out, not copied: a group may have many members. The null keeps its place.
        let mut held = name::get_mut(holder, &attribute.name).map(std::mem::take).filter(is_assigned);
        let form = |held: &Option<Value>| {
            let held = held.as_ref().filter(|_| attribute.mutability == Mutability::Immutable)?;
            canonical(held, Known::Attribute(attribute)).map(Canonical::into_owned)
        };
        let (had, before) = (held.is_some(), form(&held));
        self.on_value(&mut held, value)?;
        let left = held.filter(is_assigned);
        if before.is_some() && form(&left) != before {
            return Err(immutable(&self.path.to_string()));
        }
        match left {
            Some(value) => name::set(holder, &attribute.name, value),
            None if attribute.required && (had || self.op == Op::Remove) => {
                return Err(required(&self.path.to_string()));
            }
            None => {
                name::remove(holder, &attribute.name);
            }
        }
        Ok(())
    }

    pub(super) fn attribute(&self) -> &'s Attribute {
        self.target.resolved.attribute
    }

    fn on_value(&self, held: &mut Option<Value>, value: &Value) -> Result<(), Problem> {
        if self.attribute().multi_valued {
            return elements::change(self, held, value);
        }
        match self.attribute().kind {
            Type::Complex => self.on_object(held, value),
            _ => self.on_simple(held, value),
        }
    }

    fn on_simple(&self, held: &mut Option<Value>, value: &Value) -> Result<(), Problem> {
        let value = match self.op {
            Op::Remove => None,
            Op::Add | Op::Replace => coerce::single(value, self.attribute(), &self.path.to_string())?,
        };
        // Adding nothing changes nothing.
        if value.is_some() || self.op != Op::Add {
            *held = value;
        }
        Ok(())
    }

    fn on_object(&self, held: &mut Option<Value>, value: &Value) -> Result<(), Problem> {
        let attribute = self.attribute();
        let changes = match (self.target.resolved.sub, self.op) {
            (Some(sub), _) => Some(self.of_sub(sub, value)),
            (None, Op::Remove) => None,
            (None, Op::Add | Op::Replace) => coerce::object(value, attribute, &self.path.to_string())?,
        };
        let Some(changes) = changes else {
            if self.op != Op::Add {
                *held = None;
            }
            return Ok(());
        };
        let mut object = match held.take() {
            Some(Value::Object(object)) => object,
            _ => Map::new(),
        };
        merge(&mut object, &changes, attribute, self.op, &attribute.name)?;
        *held = Some(Value::Object(object));
        Ok(())
    }

    /// What the operation makes of one sub-attribute, as changes to be merged; null takes it away.
    pub(super) fn of_sub(&self, sub: &Attribute, value: &Value) -> Map<String, Value> {
        let value = if self.op == Op::Remove { Value::Null } else { value.clone() };
        Map::from_iter([(sub.name.clone(), value)])
    }
}

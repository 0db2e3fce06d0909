//! Applying operations to a resource, all or none: from paths and keys to attributes.

use serde_json::{Map, Value};

use super::attribute::{Change, Target};
use super::{Op, Operation, PatchOptions, at_operation};
use crate::scim::canonical::Known;
use crate::scim::compare::contains;
use crate::scim::{AttributePath, Path, Problem, Resolved, ResourceSchema, Schema, ScimType, is_assigned, name};

/// Applies all operations or, when one cannot be applied, none. Says whether anything changed.
///
/// The resource is the complete representation, `id` and `meta` included: clients echo them.
pub fn apply(
    resource: &mut Map<String, Value>,
    operations: &[Operation],
    schema: &ResourceSchema,
    options: PatchOptions,
) -> Result<bool, Problem> {
    let mut patch = Patch { resource: resource.clone(), schema, options };
    for (at, operation) in operations.iter().enumerate() {
        patch.operation(operation).map_err(|problem| at_operation(problem, at, operations.len()))?;
    }
    patch.name_schemas(resource);
    let changed = patch.resource != *resource;
    *resource = patch.resource;
    Ok(changed)
}

struct Patch<'s> {
    resource: Map<String, Value>,
    schema: &'s ResourceSchema,
    options: PatchOptions,
}

impl<'s> Patch<'s> {
    fn operation(&mut self, operation: &Operation) -> Result<(), Problem> {
        let (op, value) = (operation.op, operation.value.as_ref());
        let Some(path) = &operation.path else {
            return self.without_path(op, value.unwrap_or(&Value::Null));
        };
        if let Some(extension) = self.whole_extension(path) {
            return self.extension(op, extension, value.unwrap_or(&Value::Null));
        }
        let Some(target) = self.target(path)? else { return Ok(()) };
        if target.is_read_only() {
            return Err(read_only(path));
        }
        self.change(op, path, &target, value.unwrap_or(&Value::Null))
    }

    /// `value` is an object of attributes.
    fn without_path(&mut self, op: Op, value: &Value) -> Result<(), Problem> {
        let Some(members) = value.as_object() else {
            let detail = format!("`{}` without a path takes an object of attributes.", op.name());
            return Err(Problem::bad(ScimType::InvalidValue, detail));
        };
        for (key, value) in members {
            match self.schema.extension(key) {
                Some(extension) => self.extension(op, extension, value)?,
                None => self.key(op, &Path::parse(key)?, value)?,
            }
        }
        Ok(())
    }

    /// A key of a value without path.
    fn key(&mut self, op: Op, path: &Path, value: &Value) -> Result<(), Problem> {
        let Some(target) = self.target(path)? else { return Ok(()) };
        if target.is_read_only() {
            return if self.is_echo(path, &target.resolved, value) { Ok(()) } else { Err(read_only(path)) };
        }
        self.change(op, path, &target, value)
    }

    /// Whether a value says what the resource says already.
    fn is_echo(&self, path: &Path, resolved: &Resolved<'_>, value: &Value) -> bool {
        let held = resolved.holder(&self.resource).and_then(|holder| name::get(holder, &resolved.attribute.name));
        let current = match &path.attribute.sub {
            Some(sub) => held.and_then(Value::as_object).and_then(|members| name::get(members, sub)),
            None => held,
        };
        !is_assigned(value)
            || current.is_some_and(|current| contains(Known::Attribute(resolved.innermost()), value, current))
    }

    /// The container of an extension as a whole.
    fn extension(&mut self, op: Op, extension: &'s Schema, value: &Value) -> Result<(), Problem> {
        match (op, value) {
            (Op::Remove, _) | (Op::Replace, Value::Null) => {
                name::remove(&mut self.resource, &extension.id);
                Ok(())
            }
            (Op::Add, Value::Null) => Ok(()),
            (Op::Add | Op::Replace, Value::Object(members)) => {
                for (key, value) in members {
                    let path: AttributePath = key.parse()?;
                    self.key(op, &AttributePath { schema: Some(extension.id.clone()), ..path }.into(), value)?;
                }
                Ok(())
            }
            _ => {
                let detail = format!("`{}` takes an object of its attributes.", extension.id);
                Err(Problem::bad(ScimType::InvalidValue, detail))
            }
        }
    }

    fn whole_extension(&self, path: &Path) -> Option<&'s Schema> {
        let urn = path.attribute.as_urn().filter(|_| path.filter.is_none())?;
        self.schema.extension(&urn)
    }

    /// What a path leads to; `None` for an unknown attribute that is to be passed over.
    fn target(&self, path: &Path) -> Result<Option<Target<'s>>, Problem> {
        let found = self.schema.resolve(&path.attribute).and_then(|resolved| {
            let sub = match &path.sub {
                Some(sub) => Some(resolved.attribute.sub(sub)?),
                None => resolved.sub,
            };
            Some(Resolved { sub, ..resolved })
        });
        let invalid = |detail: String| Err(Problem::bad(ScimType::InvalidPath, detail));
        match (found, &path.filter) {
            (None, _) if self.options.ignore_unknown => Ok(None),
            (None, _) => invalid(format!("`{path}` is no attribute of this resource.")),
            (Some(_), Some(_)) if path.attribute.sub.is_some() => {
                invalid(format!("In `{path}`, a filter can only follow an attribute."))
            }
            (Some(resolved), Some(_)) if !resolved.attribute.multi_valued => {
                invalid(format!("`{}` has one value; there is nothing to select from.", path.attribute))
            }
            (Some(resolved), filter) => Ok(Some(Target { resolved, filter: filter.clone() })),
        }
    }

    fn change(&mut self, op: Op, path: &Path, target: &Target<'s>, value: &Value) -> Result<(), Problem> {
        if target.resolved.extension.is_none() && target.resolved.attribute.name == "schemas" {
            return self.schemas(op, value);
        }
        let change = Change { op, path, options: self.options, target };
        let Some(urn) = target.resolved.extension else { return change.apply(&mut self.resource, value) };
        let mut container = match name::get(&self.resource, urn) {
            Some(Value::Object(members)) => members.clone(),
            _ => Map::new(),
        };
        change.apply(&mut container, value)?;
        if container.values().any(is_assigned) {
            name::set(&mut self.resource, urn, container.into());
        } else {
            name::remove(&mut self.resource, urn);
        }
        Ok(())
    }

    /// `schemas` follows from what a resource has (RFC 7643 §3). A request can repeat that, or announce an
    /// extension that it fills; leaving out the resource's own schema cannot be followed.
    fn schemas(&self, op: Op, value: &Value) -> Result<(), Problem> {
        let base = &self.schema.base().id;
        let has_base = value.as_array().into_iter().flatten().filter_map(Value::as_str);
        match op {
            Op::Add => Ok(()),
            Op::Replace if has_base.into_iter().any(|urn| urn.eq_ignore_ascii_case(base)) => Ok(()),
            Op::Replace => Err(Problem::bad(ScimType::InvalidValue, format!("`schemas` must hold {base}."))),
            Op::Remove => Err(Problem::bad(ScimType::Mutability, "`schemas` is required; it cannot be removed.")),
        }
    }

    /// Extensions that got values are named in `schemas`, those that lost them no longer (RFC 7644 §3.5.2).
    fn name_schemas(&mut self, before: &Map<String, Value>) {
        let schema = self.schema;
        let (has, had) = {
            let now = &self.resource;
            let holds = |members: &Map<String, Value>, urn: &str| name::get(members, urn).is_some_and(is_assigned);
            let of = |members: &Map<String, Value>| -> Vec<&'s str> {
                schema.extensions().map(|it| it.id.as_str()).filter(|urn| holds(members, urn)).collect()
            };
            (of(now), of(before))
        };
        let Some(Value::Array(listed)) = name::get_mut(&mut self.resource, "schemas") else { return };
        let is = |value: &Value, urn: &str| value.as_str().is_some_and(|text| text.eq_ignore_ascii_case(urn));
        listed.retain(|value| !had.iter().any(|urn| is(value, urn) && !has.contains(urn)));
        for urn in has {
            if !listed.iter().any(|value| is(value, urn)) {
                listed.push(urn.into());
            }
        }
    }
}

fn read_only(path: &Path) -> Problem {
    Problem::bad(ScimType::Mutability, format!("`{path}` is read-only."))
}

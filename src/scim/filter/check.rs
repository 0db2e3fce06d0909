//! What a filter asks for, held against a schema before it is used.

use super::{Filter, Operator};
use crate::scim::{AttributePath, Problem, ResourceSchema, ScimType, Type};

impl Filter {
    /// Every attribute it names, in order; those inside brackets as sub-attributes of the one before the brackets.
    pub fn paths(&self) -> Vec<AttributePath> {
        let mut found = Vec::new();
        self.visit(None, &mut |path, _| found.push(path));
        found
    }

    /// The attributes it names that the schema does not know.
    pub fn unknown(&self, schema: &ResourceSchema) -> Vec<AttributePath> {
        self.paths().into_iter().filter(|path| schema.attribute(path).is_none()).collect()
    }

    /// Refuses what RFC 7644 §3.4.2.2 (Table 3) refuses: an order of booleans or of binary values.
    /// An attribute that no answer shows is refused as well: a filter would find out its value.
    pub fn check(&self, schema: &ResourceSchema) -> Result<(), Problem> {
        let mut problem = None;
        self.visit(None, &mut |path, operator| {
            problem = problem.take().or_else(|| refused(&path, operator, schema));
        });
        problem.map_or(Ok(()), Err)
    }

    fn visit(&self, parent: Option<&AttributePath>, seen: &mut impl FnMut(AttributePath, Option<Operator>)) {
        match self {
            Self::Or(parts) | Self::And(parts) => parts.iter().for_each(|part| part.visit(parent, seen)),
            Self::Not(inner) => inner.visit(parent, seen),
            Self::Present(path) => seen(below(parent, path), None),
            Self::Compare { path, operator, .. } => seen(below(parent, path), Some(*operator)),
            Self::Element { path, filter } => {
                seen(path.clone(), None);
                filter.visit(Some(path), seen);
            }
        }
    }
}

fn below(parent: Option<&AttributePath>, path: &AttributePath) -> AttributePath {
    parent.map_or_else(|| path.clone(), |parent| parent.with_sub(&path.name))
}

fn refused(path: &AttributePath, operator: Option<Operator>, schema: &ResourceSchema) -> Option<Problem> {
    let attribute = schema.attribute(path)?;
    if attribute.is_hidden() {
        return Some(Problem::bad(ScimType::InvalidFilter, format!("The attribute `{path}` cannot be searched.")));
    }
    let operator = operator.filter(|operator| operator.is_ordering())?;
    let unordered = matches!(attribute.kind, Type::Boolean | Type::Binary).then(|| attribute.kind.name())?;
    let detail = format!("`{}` is not defined for `{path}`: a {unordered} value has no order.", operator.name());
    Some(Problem::bad(ScimType::InvalidFilter, detail))
}

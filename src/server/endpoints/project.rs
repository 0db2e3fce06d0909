//! `attributes`, `excludedAttributes` and the attributes' own `returned` (RFC 7644 §3.9).

use serde_json::{Map, Value};

use super::Body;
use crate::scim::{Attribute, AttributePath, Resolved, ResourceSchema, Returned, name};
use crate::server::door::query::Query;

/// Which attributes of a resource an answer shows.
pub struct Projection<'q> {
    schema: &'q ResourceSchema,
    /// Only these and what is always returned; all by default when absent.
    only: Option<Vec<Named<'q>>>,
    /// All but these and what is always returned.
    without: Vec<Named<'q>>,
    /// The write that is answered: it may show what is returned on request.
    written: Option<&'q Body>,
    /// Some attribute is returned on request only.
    has_on_request: bool,
}

/// What a name in one of the lists means.
enum Named<'q> {
    /// Everything of an extension.
    Extension(&'q str),
    /// An attribute, or one of its sub-attributes.
    Attribute(Resolved<'q>),
}

impl<'q> Projection<'q> {
    /// Reads the lists of a query. Names that no schema knows are ignored.
    pub fn new(query: &Query, schema: &'q ResourceSchema) -> Self {
        let named = |names: &[String]| names.iter().filter_map(|name| Named::read(name, schema)).collect();
        let only = (!query.attributes.is_empty()).then(|| named(&query.attributes));
        let extensions = schema.extensions().flat_map(|extension| &extension.attributes);
        let has_on_request = schema.tops().chain(extensions).any(|attribute| attribute.returned == Returned::Request);
        Self { schema, only, without: named(&query.excluded), written: None, has_on_request }
    }

    /// Also shows what this write named, when it is returned on request.
    pub const fn after(mut self, written: Option<&'q Body>) -> Self {
        self.written = written;
        self
    }

    /// What is shown of a resource.
    pub fn of(&self, resource: &Map<String, Value>) -> Map<String, Value> {
        if self.only.is_none() && self.without.is_empty() && !self.has_on_request {
            return resource.clone();
        }
        let mut shown = Map::new();
        for (key, value) in resource {
            let value = match self.schema.extension(key) {
                Some(extension) => self.extension(&extension.id, value),
                None => self.schema.top(key).and_then(|attribute| self.attribute(None, attribute, value)),
            };
            shown.extend(value.map(|value| (key.clone(), value)));
        }
        shown
    }

    fn extension(&self, urn: &str, value: &Value) -> Option<Value> {
        let schema = self.schema.extension(urn)?;
        let mut shown = Map::new();
        for (key, value) in value.as_object()? {
            let value = schema.attribute(key).and_then(|attribute| self.attribute(Some(urn), attribute, value));
            shown.extend(value.map(|value| (key.clone(), value)));
        }
        (!shown.is_empty()).then_some(Value::Object(shown))
    }

    fn attribute(&self, urn: Option<&str>, attribute: &Attribute, value: &Value) -> Option<Value> {
        if attribute.returned == Returned::Always {
            return Some(value.clone());
        }
        if attribute.is_hidden() {
            return None;
        }
        if let Some(only) = &self.only {
            return match subs_named(only, urn, attribute)? {
                Subs::All => Some(value.clone()),
                Subs::Some(subs) => keep(value, |name| {
                    subs.contains(&name) || attribute.sub(name).is_some_and(|sub| sub.returned == Returned::Always)
                }),
            };
        }
        if attribute.returned == Returned::Request && !self.was_written(urn, attribute) {
            return None;
        }
        match subs_named(&self.without, urn, attribute) {
            None => Some(value.clone()),
            Some(Subs::All) => None,
            Some(Subs::Some(subs)) => keep(value, |name| !subs.contains(&name)),
        }
    }

    /// Whether the write that is answered set the attribute; of a PATCH every name in it counts.
    fn was_written(&self, urn: Option<&str>, attribute: &Attribute) -> bool {
        let Some(body) = self.written else { return false };
        let holder = urn.map_or(Some(body), |urn| name::get(body, urn)?.as_object());
        let in_body = holder.is_some_and(|holder| name::get(holder, &attribute.name).is_some());
        let operations = || name::get(body, "Operations").map(|operations| operations.to_string().to_ascii_lowercase());
        in_body || operations().is_some_and(|text| text.contains(&attribute.name.to_ascii_lowercase()))
    }
}

impl<'q> Named<'q> {
    fn read(name: &str, schema: &'q ResourceSchema) -> Option<Self> {
        if let Some(extension) = schema.extension(name) {
            return Some(Self::Extension(&extension.id));
        }
        let path: AttributePath = name.parse().ok()?;
        schema.resolve(&path).map(Self::Attribute)
    }
}

enum Subs<'q> {
    All,
    Some(Vec<&'q str>),
}

/// What a list says of an attribute: nothing, all of it, or some sub-attributes.
fn subs_named<'q>(list: &[Named<'q>], urn: Option<&str>, attribute: &Attribute) -> Option<Subs<'q>> {
    let mut subs = Vec::new();
    for named in list {
        match named {
            Named::Extension(extension) if Some(*extension) == urn => return Some(Subs::All),
            Named::Attribute(found) if found.extension == urn && found.attribute.name == attribute.name => {
                match found.sub {
                    None => return Some(Subs::All),
                    Some(sub) => subs.push(sub.name.as_str()),
                }
            }
            _ => {}
        }
    }
    (!subs.is_empty()).then_some(Subs::Some(subs))
}

/// The same value with some of its sub-attributes; `None` when none is left.
fn keep(value: &Value, is_kept: impl Fn(&str) -> bool) -> Option<Value> {
    let of = |object: &Map<String, Value>| -> Option<Value> {
        let kept: Map<String, Value> =
            object.iter().filter(|(key, _)| is_kept(key)).map(|(key, value)| (key.clone(), value.clone())).collect();
        (!kept.is_empty()).then_some(Value::Object(kept))
    };
    match value {
        Value::Array(elements) => {
            let kept: Vec<Value> = elements.iter().filter_map(|element| of(element.as_object()?)).collect();
            (!kept.is_empty()).then_some(Value::Array(kept))
        }
        Value::Object(object) => of(object),
        _ => Some(value.clone()),
    }
}

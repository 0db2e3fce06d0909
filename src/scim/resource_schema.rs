//! What is known of one kind of resource: its schema, its extensions, the common attributes.

use std::sync::LazyLock;

use serde_json::{Map, Value};

use super::attribute::find;
use super::schema::{COMMON, ENTERPRISE, GROUP, USER};
use super::{Attribute, AttributePath, Schema, name, urn};

/// The schema of a kind of resource with its extensions; common attributes belong to every kind.
#[derive(Clone, Debug)]
pub struct ResourceSchema {
    base: Schema,
    extensions: Vec<Schema>,
}

/// Where an attribute path leads.
#[derive(Clone, Copy, Debug)]
pub struct Resolved<'s> {
    /// URN of the extension whose container holds the attribute; `None` at the top of the resource.
    pub extension: Option<&'s str>,
    /// The attribute.
    pub attribute: &'s Attribute,
    /// Its sub-attribute, when the path names one.
    pub sub: Option<&'s Attribute>,
}

impl<'s> Resolved<'s> {
    /// The (sub-)attribute that is meant in the end.
    pub fn innermost(self) -> &'s Attribute {
        self.sub.unwrap_or(self.attribute)
    }

    /// The object that holds the attribute in a resource.
    pub fn holder<'v>(&self, resource: &'v Map<String, Value>) -> Option<&'v Map<String, Value>> {
        match self.extension {
            Some(urn) => name::get(resource, urn)?.as_object(),
            None => Some(resource),
        }
    }
}

impl ResourceSchema {
    /// Users with the enterprise extension.
    pub fn user() -> &'static Self {
        static IT: LazyLock<ResourceSchema> =
            LazyLock::new(|| ResourceSchema { base: USER.clone(), extensions: vec![ENTERPRISE.clone()] });
        &IT
    }

    /// Groups.
    pub fn group() -> &'static Self {
        static IT: LazyLock<ResourceSchema> =
            LazyLock::new(|| ResourceSchema { base: GROUP.clone(), extensions: Vec::new() });
        &IT
    }

    /// Resources of which nothing but the common attributes is known.
    pub fn unknown() -> &'static Self {
        static IT: LazyLock<ResourceSchema> = LazyLock::new(|| {
            ResourceSchema::new(Schema {
                id: String::new(),
                name: String::new(),
                description: String::new(),
                attributes: Vec::new(),
            })
        });
        &IT
    }

    /// By the `schemas` of a resource; only common attributes are known of a kind that is not a user or group.
    pub fn of(resource: &Value) -> &'static Self {
        let schemas = resource.as_object().and_then(|members| name::get(members, "schemas"));
        let has = |urn: &str| {
            let mut listed = schemas.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
            listed.any(|schema| schema.eq_ignore_ascii_case(urn))
        };
        if has(urn::CORE_USER) {
            Self::user()
        } else if has(urn::CORE_GROUP) {
            Self::group()
        } else {
            Self::unknown()
        }
    }

    /// A kind of resource without extensions.
    pub const fn new(base: Schema) -> Self {
        Self { base, extensions: Vec::new() }
    }

    /// The same kind with more extensions; one with the URN of a known one replaces it.
    #[must_use]
    pub fn with_extensions(&self, more: impl IntoIterator<Item = Schema>) -> Self {
        let mut extended = self.clone();
        for extension in more {
            extended.extensions.retain(|known| !known.id.eq_ignore_ascii_case(&extension.id));
            extended.extensions.push(extension);
        }
        extended
    }

    /// The schema itself.
    pub const fn base(&self) -> &Schema {
        &self.base
    }

    /// The extensions.
    pub fn extensions(&self) -> impl Iterator<Item = &Schema> {
        self.extensions.iter()
    }

    /// The extension of this URN, without regard to case.
    pub fn extension(&self, urn: &str) -> Option<&Schema> {
        self.extensions.iter().find(|schema| schema.id.eq_ignore_ascii_case(urn))
    }

    /// An attribute that stands at the top of a resource: common, or of the schema itself.
    pub fn top(&self, name: &str) -> Option<&Attribute> {
        find(&COMMON, name).or_else(|| self.base.attribute(name))
    }

    /// The attributes that stand at the top of a resource, common ones first.
    pub fn tops(&self) -> impl Iterator<Item = &Attribute> {
        COMMON.iter().chain(&self.base.attributes)
    }

    /// The innermost (sub-)attribute of a path.
    pub fn attribute(&self, path: &AttributePath) -> Option<&Attribute> {
        self.resolve(path).map(Resolved::innermost)
    }

    /// Where a path leads. A name without URN that only an extension knows is taken for the
    /// extension's: Entra's documentation writes `manager` so.
    pub fn resolve(&self, path: &AttributePath) -> Option<Resolved<'_>> {
        let (extension, attribute) = match &path.schema {
            Some(urn) if urn.eq_ignore_ascii_case(&self.base.id) => (None, self.top(&path.name)?),
            Some(urn) => {
                let extension = self.extension(urn)?;
                (Some(extension.id.as_str()), extension.attribute(&path.name)?)
            }
            None => self.unqualified(&path.name)?,
        };
        let sub = match &path.sub {
            Some(sub) => Some(attribute.sub(sub)?),
            None => None,
        };
        Some(Resolved { extension, attribute, sub })
    }

    fn unqualified(&self, name: &str) -> Option<(Option<&str>, &Attribute)> {
        let at_top = self.top(name).map(|attribute| (None, attribute));
        at_top.or_else(|| {
            self.extensions.iter().find_map(|schema| Some((Some(schema.id.as_str()), schema.attribute(name)?)))
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::{Mutability, Type};
    use super::*;

    fn found(path: &str) -> Option<(Option<&'static str>, &'static Attribute)> {
        let resolved = ResourceSchema::user().resolve(&path.parse().unwrap())?;
        Some((resolved.extension, resolved.innermost()))
    }

    #[test]
    fn paths_lead_to_attributes_of_the_schema_its_extensions_and_all_resources() {
        assert_eq!(found("NAME.givenname").unwrap().1.name, "givenName");
        assert_eq!(found("urn:ietf:params:scim:schemas:core:2.0:user:USERNAME").unwrap().1.name, "userName");
        assert_eq!(found("meta.lastModified").unwrap().1.kind, Type::DateTime);
        let (extension, manager) = found(&format!("{}:manager.displayName", urn::ENTERPRISE_USER)).unwrap();
        assert_eq!((extension, manager.mutability), (Some(urn::ENTERPRISE_USER), Mutability::ReadOnly));
        assert_eq!(found("department").unwrap().0, Some(urn::ENTERPRISE_USER));
        for nothing in ["zzNoSuch", "name.zz", "urn:x:y:userName", "userName.value"] {
            assert!(found(nothing).is_none(), "{nothing}");
        }
    }

    #[test]
    fn the_kind_is_told_by_schemas() {
        assert_eq!(ResourceSchema::of(&json!({"SCHEMAS": [urn::CORE_GROUP]})).base().id, urn::CORE_GROUP);
        let unknown = ResourceSchema::of(&json!({"schemas": ["urn:x"]}));
        assert!(unknown.top("id").is_some() && unknown.top("userName").is_none());
    }

    #[test]
    fn an_extension_of_any_name_can_be_added() {
        let own = Schema::from_json(
            &json!({"id": "https://example.com/x", "attributes": [{"name": "group", "type": "string"}]}),
        );
        let schema = ResourceSchema::user().with_extensions([own.unwrap()]);
        assert_eq!(schema.extensions().count(), 2);
        assert!(schema.attribute(&"https://example.com/x:group".parse().unwrap()).is_some());
    }
}

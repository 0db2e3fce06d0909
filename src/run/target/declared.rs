//! What the target's own documents say of the attributes of RFC 7643: a server need not have all of them, and may ask
//! for more, or let less be changed, than the RFC does (RFC 7643 §2.2, §7).
//!
//! Only a difference that the documents state counts. Where they cannot be read, everything is as in the RFC.

use serde_json::{Map, Value, json};

use crate::run::sending::bodies::PERSONAL;
use crate::scim::{
    Attribute, AttributePath, Mutability, Path, ResourceSchema, Returned, Schema, Type, Uniqueness, name, samples, urn,
};

/// The schemas of a target.
#[derive(Clone, Debug, Default)]
pub(in crate::run) struct Declared {
    schemas: Vec<Schema>,
    /// `/Schemas` shows all that there are.
    is_complete: bool,
    /// URNs that a resource type names as an extension.
    extensions: Vec<String>,
    /// Of these, what a user must have (RFC 7643 §6).
    required_extensions: Vec<String>,
    /// Those of the resource type of users.
    user_extensions: Vec<String>,
    /// Where there are no schemas: attributes and extensions that a user did not show who was created with them.
    unkept: Vec<String>,
}

impl Declared {
    /// Reads `/Schemas` and `/ResourceTypes`.
    pub(in crate::run) fn read(schemas: Option<&Value>, resource_types: Option<&Value>) -> Self {
        let listed = schemas.map(listed).unwrap_or_default();
        let total = schemas.and_then(|list| name::get_in(list, "totalResults")?.as_u64());
        let extensions = resource_types.map(|types| listed_extensions(types, |_, _| true)).unwrap_or_default();
        let is_required = |_: &Value, extension: &Value| name::get_in(extension, "required") == Some(&json!(true));
        let is_of_users = |kind: &Value, _: &Value| {
            let base = name::get_in(kind, "schema").and_then(Value::as_str);
            base.is_some_and(|urn| urn.eq_ignore_ascii_case(urn::CORE_USER))
        };
        let user_extensions = resource_types.map(|types| listed_extensions(types, is_of_users)).unwrap_or_default();
        let required_extensions = resource_types.map(|types| listed_extensions(types, is_required)).unwrap_or_default();
        let is_complete = total == u64::try_from(listed.len()).ok();
        let schemas = listed.iter().filter_map(|one| Schema::from_json(one).ok()).collect();
        Self { schemas, is_complete, extensions, required_extensions, user_extensions, unkept: Vec::new() }
    }

    /// The same with what a trial showed, for a target whose schemas cannot be read.
    pub(in crate::run) fn with_unkept(self, unkept: Vec<String>) -> Self {
        Self { unkept, ..self }
    }

    /// Whether any schema could be read.
    pub(in crate::run) const fn is_published(&self) -> bool {
        !self.schemas.is_empty()
    }

    /// Whether the documents leave out an attribute, or a whole extension, that RFC 7643 has, or a trial did not show
    /// it. `path` is one of PATCH.
    pub(in crate::run) fn lacks(&self, collection: &str, path: &str) -> bool {
        let truth = truth(collection);
        if let Some(extension) = truth.extension(path) {
            return self.lacks_schema(&extension.id);
        }
        let without_positions = path.split('.').filter(|part| part.parse::<usize>().is_err());
        let Some(path) = named(&without_positions.collect::<Vec<_>>().join(".")) else { return false };
        let Some(found) = truth.resolve(&path) else { return false };
        let schema = self.schema(found.extension.unwrap_or(&truth.base().id));
        if let (Some(sub), Some(own)) = (found.sub, schema.and_then(|schema| schema.attribute(&found.attribute.name)))
            && !own.sub_attributes.is_empty()
        {
            // Those that RFC 7643 §2.4 implies are implied only where none are listed.
            return !own.sub_attributes.iter().any(|own| own.name.eq_ignore_ascii_case(&sub.name));
        }
        match (found.extension, schema) {
            // Common attributes are in no schema (RFC 7643 §3.1).
            (None, Some(schema)) if truth.base().attribute(&found.attribute.name).is_some() => {
                !schema.attributes.is_empty() && schema.attribute(&found.attribute.name).is_none()
            }
            (Some(_), Some(schema)) => schema.attribute(&found.attribute.name).is_none(),
            (Some(urn), None) => {
                self.lacks_schema(urn) || self.did_not_keep(&format!("{urn}:{}", found.attribute.name))
            }
            (None, None) => collection == "users" && self.did_not_keep(&found.attribute.name),
            (None, Some(_)) => false,
        }
    }

    /// Whether the documents keep clients from changing what RFC 7643 lets them change.
    pub(in crate::run) fn fixes(&self, collection: &str, path: &str) -> bool {
        let is_fixed = |mutability| matches!(mutability, Mutability::ReadOnly | Mutability::Immutable);
        self.differs(collection, path, |attribute| is_fixed(attribute.mutability))
    }

    /// Whether the documents say that the server alone writes what RFC 7643 lets clients write.
    pub(in crate::run) fn keeps(&self, collection: &str, path: &str) -> bool {
        self.differs(collection, path, |attribute| attribute.mutability == Mutability::ReadOnly)
            || self.adds_read_only(collection, path)
    }

    /// Whether an attribute that RFC 7643 does not have, of an extension or not, is declared readOnly: the target may
    /// change it whenever it likes (RFC 7643 §2.2).
    pub(in crate::run) fn adds_read_only(&self, collection: &str, path: &str) -> bool {
        let Some(path) = named(&whole(path)) else { return false };
        if [ResourceSchema::user(), ResourceSchema::group()].iter().any(|truth| truth.resolve(&path).is_some()) {
            return false;
        }
        let Some(own) = self.own(collection, &path) else { return false };
        let sub = path.sub.as_deref().and_then(|sub| own.sub(sub));
        [Some(own), sub].into_iter().flatten().any(|attribute| attribute.mutability == Mutability::ReadOnly)
    }

    /// Whether the documents say that a plain read does not show what RFC 7643 lets it show.
    pub(in crate::run) fn hides(&self, collection: &str, path: &str) -> bool {
        self.differs(collection, path, |attribute| {
            matches!(attribute.returned, Returned::Never | Returned::Request)
                || attribute.mutability == Mutability::WriteOnly
        })
    }

    /// Whether the documents say that every read shows what RFC 7643 lets a read leave out.
    pub(in crate::run) fn insists(&self, collection: &str, path: &str) -> bool {
        self.differs(collection, path, |attribute| attribute.returned == Returned::Always)
    }

    /// Whether the documents say that no two users share a value that RFC 7643 lets them share.
    pub(in crate::run) fn is_unique(&self, path: &str) -> bool {
        self.differs("users", path, |attribute| attribute.uniqueness != Uniqueness::None)
    }

    /// Whether the documents say that case counts where RFC 7643 says that it does not.
    pub(in crate::run) fn is_exact(&self, collection: &str, path: &str) -> bool {
        self.differs(collection, path, |attribute| attribute.case_exact)
    }

    /// Whether something holds for an attribute, or the sub-attribute that is named, as the documents have it, and does
    /// not as RFC 7643 has it. What a difference names is a path too: `title`, `phoneNumbers.0`, `name.givenName`.
    fn differs(&self, collection: &str, path: &str, holds: impl Fn(&Attribute) -> bool) -> bool {
        let truth = truth(collection);
        let Some(inner) = named(&whole(path)) else { return false };
        let Some(found) = truth.resolve(&inner) else { return false };
        let schema = self.schema(found.extension.unwrap_or(&truth.base().id));
        let Some(own) = schema.and_then(|schema| schema.attribute(&found.attribute.name)) else { return false };
        let own_sub = found.sub.and_then(|sub| own.sub(&sub.name));
        let of_sub = found.sub.zip(own_sub).is_some_and(|(sub, own)| holds(own) && !holds(sub));
        of_sub || (holds(own) && !holds(found.attribute))
    }

    /// The attribute, or sub-attribute, of what is written whose canonical values (RFC 7643 §7) do not have the one
    /// written: `roles.type`. The RFC leaves it to the server whether others are taken.
    pub(in crate::run) fn leaves_out(&self, collection: &str, path: &str, written: &Value) -> Option<String> {
        let path = named(path)?;
        let own = self.own(collection, &path)?;
        if written.as_str().is_some_and(|value| path.sub.is_none() && is_outside_of(own, value)) {
            return Some(own.name.clone());
        }
        let elements = written.as_array().map_or_else(|| std::slice::from_ref(written), Vec::as_slice);
        let is_outside = |sub: &&Attribute| {
            let values = elements.iter().filter_map(|element| name::get_in(element, &sub.name)?.as_str());
            values.into_iter().any(|value| is_outside_of(sub, value))
        };
        own.sub_attributes.iter().find(is_outside).map(|sub| format!("{}.{}", own.name, sub.name))
    }

    /// The attributes that the documents ask of every resource, and RFC 7643 does not.
    pub(in crate::run) fn needed(&self, collection: &str) -> impl Iterator<Item = &str> {
        let truth = truth(collection);
        let is_usual = |name: &str| truth.top(name).is_some_and(|attribute| attribute.required);
        let schema = self.schema(&truth.base().id);
        schema.into_iter().flat_map(required).map(|own| own.name.as_str()).filter(move |name| !is_usual(name))
    }

    /// The attributes that the documents ask for in an extension, with its URN.
    pub(in crate::run) fn needed_in_extension(&self, collection: &str) -> impl Iterator<Item = (&str, &str)> {
        let extensions = truth(collection).extensions().filter_map(|extension| self.schema(&extension.id));
        extensions.flat_map(|own| required(own).map(|needed| (own.id.as_str(), needed.name.as_str())))
    }

    /// A value for everything that the documents ask of every user and no usual user has, by name or by URN of the
    /// extension. What must be the only one of its kind is the person's own name.
    pub(in crate::run) fn made_up(&self) -> Map<String, Value> {
        let mut made_up = Map::new();
        let of_users = [urn::CORE_USER, urn::ENTERPRISE_USER].into_iter();
        let others = self
            .user_extensions
            .iter()
            .map(String::as_str)
            .filter(|urn| !urn.eq_ignore_ascii_case(urn::ENTERPRISE_USER));
        for schema in of_users.chain(others).filter_map(|urn| self.schema(urn)) {
            let is_usual = |own: &&Attribute| USUAL.iter().any(|usual| own.name.eq_ignore_ascii_case(usual));
            let required = required(schema).filter(|own| !is_usual(own));
            let mut values: Map<String, Value> =
                required.filter_map(|own| Some((own.name.clone(), value_of(own)?))).collect();
            if values.is_empty() && self.requires(&schema.id) {
                values.extend(of_little_weight(schema));
            }
            match schema.id.eq_ignore_ascii_case(urn::CORE_USER) {
                true => made_up.extend(values),
                false if values.is_empty() => {}
                false => _ = made_up.insert(schema.id.clone(), Value::Object(values)),
            }
        }
        made_up
    }

    /// The enterprise extension, where every user must have it and one that is written has not.
    pub(in crate::run) fn required_extension(&self, collection: &str, body: &Value) -> Option<&'static str> {
        let is_missing = collection == "users" && name::get_in(body, urn::ENTERPRISE_USER).is_none();
        (is_missing && self.requires(urn::ENTERPRISE_USER)).then_some(urn::ENTERPRISE_USER)
    }

    fn requires(&self, urn: &str) -> bool {
        self.required_extensions.iter().any(|required| required.eq_ignore_ascii_case(urn))
    }

    /// The attribute of a path as the documents declare it.
    fn own(&self, collection: &str, path: &AttributePath) -> Option<&Attribute> {
        let urn = path.schema.as_deref().unwrap_or(&truth(collection).base().id);
        self.schema(urn)?.attribute(&path.name)
    }

    fn schema(&self, urn: &str) -> Option<&Schema> {
        self.schemas.iter().find(|schema| schema.id.eq_ignore_ascii_case(urn))
    }

    fn did_not_keep(&self, name: &str) -> bool {
        self.unkept.iter().any(|unkept| unkept.eq_ignore_ascii_case(name))
    }

    fn lacks_schema(&self, urn: &str) -> bool {
        let is_named = self.extensions.iter().any(|named| named.eq_ignore_ascii_case(urn));
        let is_left_out = self.is_complete && self.is_published() && self.schema(urn).is_none();
        !is_named && (is_left_out || self.did_not_keep(urn))
    }
}

/// What a user of ours has anyway.
const USUAL: [&str; 5] = ["userName", "name", "displayName", "emails", "active"];

/// A password that common policies take: long, with letters of both cases, digits and a sign.
const PASSWORD: &str = "Lighthouse-Keeper-1811";

fn value_of(attribute: &Attribute) -> Option<Value> {
    if attribute.name.eq_ignore_ascii_case("password") {
        return Some(json!(PASSWORD));
    }
    let sample = match (attribute.uniqueness, attribute.kind) {
        (Uniqueness::None, _) => samples(attribute, "").into_iter().next()?,
        (_, Type::String) => json!(PERSONAL),
        _ => return None,
    };
    Some(if attribute.multi_valued { json!([sample]) } else { sample })
}

/// A value for an attribute that no scenario asks about, so that an extension is there.
fn of_little_weight(schema: &Schema) -> Option<(String, Value)> {
    let own = ["organization", "division", "costCenter"].iter().find_map(|name| schema.attribute(name))?;
    Some((own.name.clone(), value_of(own)?))
}

/// What clients must write.
fn required(schema: &Schema) -> impl Iterator<Item = &Attribute> {
    schema.attributes.iter().filter(|own| own.required && own.mutability != Mutability::ReadOnly)
}

fn truth(collection: &str) -> &'static ResourceSchema {
    match collection {
        "groups" => ResourceSchema::group(),
        _ => ResourceSchema::user(),
    }
}

/// Whether an attribute has canonical values, and this is none of them.
fn is_outside_of(attribute: &Attribute, value: &str) -> bool {
    let mut known = attribute.canonical_values.iter();
    !attribute.canonical_values.is_empty() && !known.any(|known| known.eq_ignore_ascii_case(value))
}

/// The attribute of a path, with the sub-attribute: `emails.value` of `emails[type eq "work"].value`.
fn named(path: &str) -> Option<AttributePath> {
    let Path { attribute, sub, .. } = path.parse().ok()?;
    Some(AttributePath { sub: attribute.sub.clone().or(sub), ..attribute })
}

/// A path without the positions that a difference names: `name.givenName`, `phoneNumbers` of `phoneNumbers.0`.
fn whole(path: &str) -> String {
    path.split('.').take_while(|part| part.parse::<usize>().is_err()).collect::<Vec<_>>().join(".")
}

fn listed(list: &Value) -> Vec<Value> {
    name::get_in(list, "Resources").and_then(Value::as_array).cloned().unwrap_or_default()
}

/// The extensions of resource types that are meant, by type and by what it says of the extension.
fn listed_extensions(types: &Value, is_meant: impl Fn(&Value, &Value) -> bool) -> Vec<String> {
    let kinds = listed(types);
    let extensions = kinds.iter().flat_map(|kind| {
        let all = name::get_in(kind, "schemaExtensions").and_then(Value::as_array);
        all.into_iter().flatten().filter(|extension| is_meant(kind, extension))
    });
    extensions.filter_map(|extension| Some(name::get_in(extension, "schema")?.as_str()?.to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn target(attributes: &Value) -> Declared {
        let schemas = json!({"totalResults": 1, "Resources": [{"id": urn::CORE_USER, "attributes": attributes}]});
        let types = json!({"Resources": [{"schema": urn::CORE_USER}]});
        Declared::read(Some(&schemas), Some(&types))
    }

    #[test]
    fn what_the_documents_leave_out_is_lacking() {
        let target = target(&json!([{"name": "userName", "type": "string"}, {"name": "title", "type": "string"}]));
        let department = format!("{}:department", urn::ENTERPRISE_USER);
        for path in [r#"phoneNumbers[type eq "work"].value"#, "addresses", "manager", &department, urn::ENTERPRISE_USER]
        {
            assert!(target.lacks("users", path), "{path}");
        }
        for path in ["title", "USERNAME", "externalId", "meta.created", "zzUnknown", "urn:x:y:z"] {
            assert!(!target.lacks("users", path), "{path}");
        }
        assert!(!target.lacks("groups", "members"), "nothing is said of groups");
        assert!(!Declared::default().lacks("users", "title"));
    }

    #[test]
    fn a_sub_attribute_that_is_not_declared_is_lacking() {
        let sub = json!([{"name": "value", "type": "string"}, {"name": "type", "type": "string"}]);
        let target = target(&json!([{"name": "emails", "type": "complex", "multiValued": true, "subAttributes": sub}]));
        for path in [r#"emails[value eq "a@example.com"].primary"#, "emails.0.primary", "emails.primary"] {
            assert!(target.lacks("users", path), "{path}");
        }
        assert!(!target.lacks("users", "emails.type") && !target.lacks("users", "emails"));
    }

    #[test]
    fn what_the_target_adds_and_keeps_is_known() {
        let schemas = json!({"totalResults": 2, "Resources": [
            {"id": urn::CORE_USER, "attributes": [{"name": "lastSeen", "type": "string", "mutability": "readOnly"}]},
            {"id": "urn:acme:2.0:User", "attributes": [
                {"name": "revision", "type": "integer", "mutability": "readOnly"},
                {"name": "plan", "type": "string"},
            ]},
        ]});
        let target = Declared::read(Some(&schemas), None);
        assert!(target.keeps("users", "urn:acme:2.0:User:revision") && target.keeps("users", "lastSeen"));
        assert!(!target.keeps("users", "urn:acme:2.0:User:plan") && !target.keeps("users", "title"));
    }

    #[test]
    fn an_extension_that_every_user_must_have_is_made_up() {
        let organization = json!({"name": "organization", "type": "string"});
        let schemas = json!({"totalResults": 2, "Resources": [
            {"id": urn::CORE_USER, "attributes": []},
            {"id": urn::ENTERPRISE_USER, "attributes": [organization]},
        ]});
        let read = |required: bool| {
            let extension = json!({"schema": urn::ENTERPRISE_USER, "required": required});
            let types = json!({"Resources": [{"schema": urn::CORE_USER, "schemaExtensions": [extension]}]});
            Declared::read(Some(&schemas), Some(&types))
        };
        let target = read(true);
        let user = Value::Object(target.made_up());
        assert!(user[urn::ENTERPRISE_USER]["organization"].is_string(), "{user}");
        assert_eq!(target.required_extension("users", &json!({})), Some(urn::ENTERPRISE_USER));
        assert_eq!(target.required_extension("users", &user), None);
        assert!(read(false).made_up().is_empty() && read(false).required_extension("users", &json!({})).is_none());
    }

    #[test]
    fn what_a_trial_did_not_show_is_lacking_where_there_are_no_schemas() {
        let department = format!("{}:department", urn::ENTERPRISE_USER);
        let tried = Declared::default().with_unkept(vec!["title".to_owned(), department.clone()]);
        assert!(tried.lacks("users", "Title") && tried.lacks("users", &department));
        assert!(!tried.lacks("users", "nickName") && !tried.lacks("users", urn::ENTERPRISE_USER));
        let tried = Declared::default().with_unkept(vec![urn::ENTERPRISE_USER.to_owned()]);
        assert!(tried.lacks("users", &department) && tried.lacks("users", urn::ENTERPRISE_USER));
        assert!(!tried.lacks("groups", "displayName"));
    }

    #[test]
    fn a_value_outside_the_canonical_ones_is_told_by_its_sub_attribute() {
        let with = |values: Value| {
            let kind = json!({"name": "type", "type": "string", "canonicalValues": values});
            target(&json!([{"name": "roles", "type": "complex", "multiValued": true, "subAttributes": [kind]}]))
        };
        let written = json!([{"value": "Admin", "type": "Directory"}]);
        let few = with(json!(["work"]));
        assert_eq!(few.leaves_out("users", "roles", &written).as_deref(), Some("roles.type"));
        assert_eq!(few.leaves_out("users", "ROLES", &json!([{"value": "Admin", "type": "Work"}])), None);
        assert_eq!(few.leaves_out("users", "emails", &written), None, "nothing is said of emails");
        assert_eq!(with(json!([])).leaves_out("users", "roles", &written), None, "an empty list says nothing");
    }

    #[test]
    fn only_what_differs_from_the_rfc_counts() {
        let target = target(&json!([
            {"name": "userName", "type": "string", "required": true, "mutability": "immutable"},
            {"name": "emails", "type": "complex", "multiValued": true, "required": true, "subAttributes": []},
            {"name": "groups", "type": "complex", "multiValued": true, "mutability": "readOnly", "subAttributes": []},
        ]));
        assert_eq!(target.needed("users").collect::<Vec<_>>(), ["emails"]);
        assert!(
            target.fixes("users", "userName") && !target.fixes("users", "emails") && !target.fixes("users", "groups")
        );
    }

    #[test]
    fn what_every_user_needs_is_made_up() {
        let schemas = json!({"totalResults": 2, "Resources": [
            {"id": urn::CORE_USER, "attributes": [
                {"name": "userName", "type": "string", "required": true},
                {"name": "password", "type": "string", "required": true, "mutability": "writeOnly"},
                {"name": "nickName", "type": "string", "required": true, "uniqueness": "server"},
            ]},
            {"id": urn::ENTERPRISE_USER, "attributes": [
                {"name": "costCenter", "type": "string", "required": true, "canonicalValues": ["4130"]},
                {"name": "division", "type": "string"},
            ]},
        ]});
        let target = Declared::read(Some(&schemas), None);
        let expected =
            json!({"password": PASSWORD, "nickName": PERSONAL, urn::ENTERPRISE_USER: {"costCenter": "4130"}});
        assert_eq!(Value::Object(target.made_up()), expected);
        assert_eq!(target.needed_in_extension("users").collect::<Vec<_>>(), [(urn::ENTERPRISE_USER, "costCenter")]);
        assert!(target.is_unique("nickName") && !target.is_unique("userName"), "a userName is the only one anyway");
    }

    #[test]
    fn what_is_written_elsewhere_or_shown_on_request_is_known() {
        let target = target(&json!([
            {"name": "title", "type": "string", "mutability": "readOnly"},
            {"name": "nickName", "type": "string", "returned": "request"},
            {"name": "password", "type": "string", "mutability": "writeOnly", "returned": "never"},
            {"name": "phoneNumbers", "type": "complex", "multiValued": true, "subAttributes": [
                {"name": "value", "type": "string"},
                {"name": "type", "type": "string", "mutability": "readOnly"},
            ]},
        ]));
        let (keeps, hides) = (|path| target.keeps("users", path), |path| target.hides("users", path));
        assert!(keeps("title") && keeps("phoneNumbers.0.type") == keeps("phoneNumbers"));
        assert!(keeps(r#"phoneNumbers[value eq "1"].type"#) && !keeps("phoneNumbers") && !keeps("nickName"));
        assert!(hides("nickName") && !hides("title") && !hides("password"), "RFC 7643 never shows a password");
    }
}

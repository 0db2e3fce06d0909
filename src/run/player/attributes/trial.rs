//! What `each-attribute` tries: one trial for each attribute that a target's schemas let a client write.
//!
//! Left out is what rules of their own look at (`userName`, `active`, …), what
//! cannot be read back, and references, which nobody can make up, unless the user
//! names some under `attribute-values`.

use serde_json::{Map, Value, json};

use crate::run::player::Disguise;
use crate::run::player::expect::{self, Mismatch};
use crate::run::sending::bodies::announce;
use crate::scenario::Special;
use crate::scim::{Attribute, Mode, Mutability, Returned, Type, is_assigned, name, samples, urn};

/// Attributes that other rules are about, or that follow from others.
const ELSEWHERE: [&str; 12] = [
    "id",
    "schemas",
    "meta",
    "externalId",
    "userName",
    "password",
    "active",
    "displayName",
    "emails",
    "groups",
    "members",
    "manager",
];
/// … and sub-attributes.
const PARTS_ELSEWHERE: [&str; 3] = ["name.formatted", "name.givenName", "name.familyName"];
/// Most attributes that are tried of one kind of resource.
const MAX_TRIALS: usize = 80;

/// One attribute, or one part of an attribute with a single value, and what is written to it.
#[derive(Clone, Debug)]
pub(super) struct Trial {
    /// `nickName`, `name.middleName`, `urn:…:User:costCenter`.
    pub(super) path: String,
    /// URN of the extension that holds it; `None` for the resource's own schema.
    extension: Option<String>,
    name: String,
    part: Option<String>,
    kind: Type,
    is_multi_valued: bool,
    /// It can be written once only.
    pub(super) is_immutable: bool,
    /// It cannot be taken away.
    pub(super) is_required: bool,
    /// One or two values; of a multi-valued attribute, elements.
    samples: Vec<Value>,
}

/// What the target says of one kind of resource.
pub(super) struct Kind<'a> {
    /// URN of its schema.
    pub(super) schema: &'a str,
    /// ResourceTypes, where they can be read.
    pub(super) types: Option<&'a Value>,
    /// Schemas.
    pub(super) schemas: &'a Value,
}

/// Every attribute of the kind that can be tried, or the special ones among them. `values` are the user's, by path;
/// `mark` makes values unique.
pub(super) fn trials(kind: &Kind<'_>, which: Option<Special>, values: &Map<String, Value>, mark: &str) -> Vec<Trial> {
    let mut found = Vec::new();
    for (urn, attributes) in kind.declared() {
        let extension = (!urn.eq_ignore_ascii_case(kind.schema)).then_some(urn);
        for attribute in attributes {
            let asked = Asked { extension, which, values, mark };
            asked.of(&attribute, &mut found);
        }
    }
    match which {
        Some(Special::Immutable) => found.retain(|trial| trial.is_immutable && trial.has_second()),
        // A flag is true by chance.
        Some(Special::ReadOnly) => found.retain(|trial| trial.kind != Type::Boolean),
        Some(Special::OnRequest) | None => {}
    }
    found.truncate(MAX_TRIALS);
    found
}

/// Whether users have an attribute that is special in this way, going by the target's documents.
pub(in crate::run) fn declares(which: Special, types: Option<&Value>, schemas: Option<&Value>) -> bool {
    let kind = |schemas| Kind { schema: urn::CORE_USER, types, schemas };
    schemas.is_some_and(|schemas| !trials(&kind(schemas), Some(which), &Map::new(), "").is_empty())
}

impl Kind<'_> {
    /// The schemas of the kind with their attributes; a definition that cannot be read is a rule's business.
    fn declared(&self) -> Vec<(&str, Vec<Attribute>)> {
        let text = |value: &'_ Value, member: &str| name::get_in(value, member)?.as_str().map(str::to_owned);
        let is_own = |kind: &&Value| text(kind, "schema").is_some_and(|urn| urn.eq_ignore_ascii_case(self.schema));
        let listed = self.types.map(resources);
        let extensions: Vec<String> = match &listed {
            // Where nothing is said of extensions, the one that everybody knows is that of users.
            None if self.schema == urn::CORE_USER => vec![urn::ENTERPRISE_USER.to_owned()],
            None => Vec::new(),
            Some(types) => match types.iter().copied().find(is_own) {
                None => return Vec::new(),
                Some(own) => {
                    let extensions = name::get_in(own, "schemaExtensions").and_then(Value::as_array);
                    extensions.into_iter().flatten().filter_map(|extension| text(extension, "schema")).collect()
                }
            },
        };
        let mut declared = Vec::new();
        for schema in resources(self.schemas) {
            let Some(urn) = name::get_in(schema, "id").and_then(Value::as_str) else { continue };
            let belongs = urn.eq_ignore_ascii_case(self.schema)
                || extensions.iter().any(|extension| extension.eq_ignore_ascii_case(urn));
            let attributes = name::get_in(schema, "attributes").and_then(Value::as_array).filter(|_| belongs);
            let attributes = attributes.into_iter().flatten().filter_map(|one| Attribute::from_json(one).ok());
            declared.push((urn, attributes.collect()));
        }
        declared
    }
}

fn resources(list: &Value) -> Vec<&Value> {
    name::get_in(list, "Resources").and_then(Value::as_array).into_iter().flatten().collect()
}

/// What is asked for of one schema.
struct Asked<'a> {
    extension: Option<&'a str>,
    which: Option<Special>,
    values: &'a Map<String, Value>,
    mark: &'a str,
}

impl Asked<'_> {
    fn of(&self, attribute: &Attribute, found: &mut Vec<Trial>) {
        let Self { extension, which, values, mark } = *self;
        let is_any = |names: &[&str], name: &str| names.iter().any(|known| known.eq_ignore_ascii_case(name));
        let can_be_seen = |attribute: &Attribute| can_be_seen(attribute, which);
        if !can_be_seen(attribute) || is_any(&ELSEWHERE, &attribute.name) {
            return;
        }
        let path = extension.map_or_else(|| attribute.name.clone(), |urn| format!("{urn}:{}", attribute.name));
        let mut add = |path: String, part: Option<&Attribute>| {
            let (leaf, is_part) = (part.unwrap_or(attribute), part.is_some());
            let named = values.iter().find(|(key, _)| is_named(key, &path)).map(|(_, value)| value);
            let samples = match named {
                Some(Value::Array(values)) => values.iter().take(2).cloned().collect(),
                Some(value) => vec![value.clone()],
                None => samples(leaf, mark),
            };
            if samples.is_empty() {
                return;
            }
            found.push(Trial {
                path,
                extension: extension.map(str::to_owned),
                name: attribute.name.clone(),
                part: part.map(|part| part.name.clone()),
                kind: leaf.kind,
                is_multi_valued: attribute.multi_valued,
                is_immutable: [attribute, leaf].iter().any(|one| one.mutability == Mutability::Immutable),
                is_required: attribute.required && !is_part || leaf.required,
                samples,
            });
        };
        if attribute.kind != Type::Complex || attribute.multi_valued {
            add(path, None);
            return;
        }
        for part in attribute.sub_attributes.iter().filter(|part| can_be_seen(part)) {
            let path = format!("{path}.{}", part.name);
            if !is_any(&PARTS_ELSEWHERE, &path) {
                add(path, Some(part));
            }
        }
    }
}

/// Whether a client may write it, or just may not, and sees it in any answer, or when it asks.
fn can_be_seen(attribute: &Attribute, which: Option<Special>) -> bool {
    let is_shown = match which {
        Some(Special::OnRequest) => attribute.returned == Returned::Request,
        _ => matches!(attribute.returned, Returned::Always | Returned::Default),
    };
    is_shown
        && match which {
            Some(Special::ReadOnly) => attribute.mutability == Mutability::ReadOnly,
            _ => !matches!(attribute.mutability, Mutability::ReadOnly | Mutability::WriteOnly),
        }
}

/// Whether the user means this path; the URN of the resource's own schema may stand before it.
fn is_named(key: &str, path: &str) -> bool {
    let short = [urn::CORE_USER, urn::CORE_GROUP].iter().find_map(|urn| {
        let (start, rest) = key.split_at_checked(urn.len())?;
        rest.strip_prefix(':').filter(|_| start.eq_ignore_ascii_case(urn))
    });
    short.unwrap_or(key).eq_ignore_ascii_case(path)
}

impl Trial {
    /// Whether there is a second value to replace the first with.
    pub(super) fn has_second(&self) -> bool {
        self.samples.len() > 1
    }

    /// Whether its absence can be told from a value: a boolean that is false may be what absent looks like.
    pub(super) fn can_be_absent(&self) -> bool {
        !self.is_required && self.kind != Type::Boolean
    }

    /// The value at this place, 0 or 1, as the attribute has it.
    pub(super) fn value(&self, which: usize) -> Value {
        let sample = self.samples.get(which).or_else(|| self.samples.first()).cloned().unwrap_or_default();
        if self.is_multi_valued { json!([sample]) } else { sample }
    }

    /// Sets it in a body of POST or PUT.
    pub(super) fn put_into(&self, body: &mut Map<String, Value>, value: Value) {
        let object = || Value::Object(Map::new());
        let mut holder = body;
        if let Some(urn) = &self.extension {
            announce(holder, urn);
            let Some(container) = open(holder, urn, object()) else { return };
            holder = container;
        }
        match &self.part {
            None => name::set(holder, &self.name, value),
            Some(part) => {
                if let Some(whole) = open(holder, &self.name, object()) {
                    name::set(whole, part, value);
                }
            }
        }
    }

    /// What is wrong with a resource that should have this value now, `None` for none; `before` is what it was.
    ///
    /// Lost is what is not there, and what is as it was before. A text that was written another way is kept: how
    /// faithful a target is, other rules ask.
    pub(super) fn lost(
        &self,
        wanted: Option<&Value>,
        before: &Value,
        after: &Value,
        disguise: &Disguise,
    ) -> Option<Mismatch> {
        let found = name::get_in(after, &self.path).filter(|value| is_assigned(value));
        let mismatch = |expected: String| {
            let actual = found.map_or_else(|| "absent".to_owned(), Value::to_string);
            Mismatch { evidence: found.cloned(), ..Mismatch::new(self.path.as_str(), expected, actual) }
        };
        let is_as_before = found == name::get_in(before, &self.path);
        let Some(wanted) = wanted else {
            return (found.is_some() && is_as_before).then(|| mismatch("no value".to_owned()));
        };
        let differing = expect::compare(&self.fragment(wanted, after), after, Mode::Subset, disguise);
        let is_false = *wanted == json!(false) && found.is_none();
        if differing.is_empty() || is_false {
            return None;
        }
        let is_text = matches!(self.kind, Type::String | Type::Reference | Type::Complex);
        if found.is_none() || is_as_before || !is_text {
            return Some(mismatch(wanted.to_string()));
        }
        // A part that is gone, of an element that is there. An element with a type of the target's own is no loss.
        differing.into_iter().find(|part| part.actual == "absent" && !part.subject.ends_with(']'))
    }

    /// Whether the target gives an attribute of its own extension a value that nobody sent: it may go on doing so,
    /// whatever its schema says of writing.
    pub(super) fn is_filled_in(&self, before: &Value) -> bool {
        let is_own = self.extension.as_deref().is_some_and(|urn| !urn.eq_ignore_ascii_case(urn::ENTERPRISE_USER));
        is_own && self.is_shown(before)
    }

    /// Whether a resource has a value of the attribute.
    pub(super) fn is_shown(&self, resource: &Value) -> bool {
        name::get_in(resource, &self.path).is_some_and(is_assigned)
    }

    /// The value alone, with what tells how to compare it.
    fn fragment(&self, value: &Value, shown: &Value) -> Value {
        let mut fragment = Map::new();
        self.put_into(&mut fragment, value.clone());
        name::remove(&mut fragment, "schemas");
        if let Some(schemas) = name::get_in(shown, "schemas") {
            fragment.insert("schemas".to_owned(), schemas.clone());
        }
        Value::Object(fragment)
    }
}

/// The object below a member, made where it is not there yet.
fn open<'v>(members: &'v mut Map<String, Value>, member: &str, empty: Value) -> Option<&'v mut Map<String, Value>> {
    if !name::get(members, member).is_some_and(Value::is_object) {
        name::set(members, member, empty);
    }
    name::get_mut(members, member)?.as_object_mut()
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: &str = "urn:example:scim:2.0:User";

    fn attribute(name: &str, kind: &str) -> Value {
        json!({"name": name, "type": kind})
    }

    fn of(attributes: &Value, values: &Value) -> Vec<Trial> {
        let extensions = json!([{"schema": OWN}]);
        let types = json!({"Resources": [{"schema": urn::CORE_USER, "schemaExtensions": extensions}]});
        let schemas = json!({"Resources": [
            {"id": urn::CORE_USER, "attributes": attributes},
            {"id": OWN, "attributes": [attribute("floor", "integer")]},
            {"id": "urn:example:other", "attributes": [attribute("other", "string")]},
        ]});
        let kind = Kind { schema: urn::CORE_USER, types: Some(&types), schemas: &schemas };
        trials(&kind, None, values.as_object().unwrap(), "mark-")
    }

    fn paths(trials: &[Trial]) -> Vec<&str> {
        trials.iter().map(|trial| trial.path.as_str()).collect()
    }

    fn lost(trial: &Trial, wanted: Option<&Value>, before: &Value, after: &Value) -> Option<(String, String)> {
        let mismatch = trial.lost(wanted, before, after, &Disguise::default())?;
        Some((mismatch.subject, mismatch.actual))
    }

    #[test]
    fn only_what_a_client_may_write_and_read_is_tried() {
        let attributes = json!([
            attribute("userName", "string"),
            attribute("nickName", "string"),
            attribute("roles", "string"),
            {"name": "level", "type": "string", "mutability": "readOnly"},
            {"name": "pin", "type": "string", "returned": "never"},
            {"name": "name", "type": "complex", "subAttributes": [
                attribute("givenName", "string"), attribute("middleName", "string"),
            ]},
            {"name": "wrong", "type": "text"},
        ]);
        let own = format!("{OWN}:floor");
        assert_eq!(paths(&of(&attributes, &json!({}))), ["nickName", "roles", "name.middleName", &own]);
        let values = json!({"ROLES": ["admin", "member"], format!("{}:nickName", urn::CORE_USER): [], &own: 3});
        let trials = of(&attributes, &values);
        assert_eq!(paths(&trials), ["roles", "name.middleName", &own]);
        assert_eq!((trials[0].value(1), trials[2].value(1)), (json!("member"), json!(3)));
    }

    #[test]
    fn a_kind_that_the_target_does_not_have_has_no_attributes() {
        let types = json!({"Resources": [{"schema": urn::CORE_USER}]});
        let schemas = json!({"Resources": [{"id": urn::CORE_GROUP, "attributes": [attribute("mail", "string")]}]});
        let kind = |types| Kind { schema: urn::CORE_GROUP, types, schemas: &schemas };
        assert!(trials(&kind(Some(&types)), None, &Map::new(), "").is_empty());
        assert_eq!(paths(&trials(&kind(None), None, &Map::new(), "")), ["mail"]);
    }

    #[test]
    fn special_attributes_are_those_that_the_schema_calls_so() {
        let mut once = attribute("badge", "string");
        once["mutability"] = "immutable".into();
        let mut asked = attribute("note", "string");
        asked["returned"] = "request".into();
        let schemas =
            json!({"Resources": [{"id": urn::CORE_USER, "attributes": [attribute("title", "string"), once, asked]}]});
        let kind = Kind { schema: urn::CORE_USER, types: None, schemas: &schemas };
        let named =
            |which| trials(&kind, which, &Map::new(), "").into_iter().map(|trial| trial.path).collect::<Vec<_>>();
        assert_eq!(named(Some(Special::Immutable)), ["badge"]);
        assert_eq!(named(Some(Special::OnRequest)), ["note"]);
        assert_eq!(named(None), ["title", "badge"]);
        assert!(declares(Special::Immutable, None, Some(&schemas)) && !declares(Special::Immutable, None, None));
    }

    #[test]
    fn a_value_of_an_extension_stands_in_its_container() {
        let trials = of(&json!([]), &json!({}));
        let mut body = json!({"schemas": [urn::CORE_USER]}).as_object().cloned().unwrap();
        trials[0].put_into(&mut body, trials[0].value(0));
        assert_eq!(Value::Object(body), json!({"schemas": [urn::CORE_USER, OWN], OWN: {"floor": 7}}));
    }

    #[test]
    fn lost_is_what_is_gone_or_as_before_and_not_what_is_written_another_way() {
        let trial = &of(&json!([attribute("nickName", "string")]), &json!({}))[0];
        let user = |nick: Value| json!({"schemas": [urn::CORE_USER], "nickName": nick});
        let (wanted, none) = (json!("Lighthouse"), json!({}));
        let is_lost = |before: &Value, after: &Value| lost(trial, Some(&wanted), before, after);
        assert_eq!(is_lost(&none, &user(json!("LIGHTHOUSE"))), None, "the same without case");
        assert_eq!(is_lost(&none, &user(json!("Lighthouse."))), None, "written another way");
        let absent = Some(("nickName".to_owned(), "absent".to_owned()));
        assert_eq!(is_lost(&none, &user(json!(null))), absent);
        let old = user(json!("Harbour"));
        assert_eq!(is_lost(&old, &old), Some(("nickName".to_owned(), "\"Harbour\"".to_owned())));
        assert_eq!(lost(trial, None, &old, &none), None);
        assert!(lost(trial, None, &old, &old).is_some(), "not removed");
        assert_eq!(lost(trial, None, &old, &user(json!("Nobody"))), None, "a default of the target's own");
    }

    #[test]
    fn numbers_and_parts_of_elements_are_what_was_sent() {
        let floor = &of(&json!([]), &json!({}))[0];
        let user = |floor: Value| json!({"schemas": [urn::CORE_USER, OWN], OWN: {"floor": floor}});
        assert!(lost(floor, Some(&json!(7)), &json!({}), &user(json!(0))).is_some());
        assert_eq!(lost(floor, Some(&json!(7)), &json!({}), &user(json!(7.0))), None);
        let parts = [attribute("value", "string"), attribute("type", "string"), attribute("note", "string")];
        let ims = json!([{"name": "ims", "type": "complex", "multiValued": true, "subAttributes": parts}]);
        let trial = &of(&ims, &json!({}))[0];
        let user = |element: Value| json!({"schemas": [urn::CORE_USER], "ims": [element]});
        let whole = trial.value(0);
        assert_eq!(lost(trial, Some(&whole), &json!({}), &user(whole[0].clone())), None);
        let (path, actual) =
            lost(trial, Some(&whole), &json!({}), &user(json!({"value": "Lighthouse", "type": "work"}))).unwrap();
        assert_eq!((path.as_str(), actual.as_str()), ("ims[type eq \"work\"].note", "absent"));
    }
}

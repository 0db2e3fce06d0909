//! Walks a JSON body and gives its volatile values names, by the attribute they stand under.

use serde_json::{Map, Value};

use super::meaning::member;
use super::names::{Bindings, Kind, Side};

/// Attributes whose elements refer to resources by `value`.
const REFERENCES: [&str; 3] = ["members", "groups", "manager"];

/// Where a value stands: the attribute, and the one around it. Elements of an array stand where the array does.
#[derive(Clone, Copy)]
struct Place<'p> {
    around: &'p str,
    key: &'p str,
    /// What an id standing here is of.
    kind: Kind,
}

impl Place<'_> {
    fn is(self, key: &str) -> bool {
        self.key.eq_ignore_ascii_case(key)
    }

    fn within(self, key: &str) -> bool {
        self.around.eq_ignore_ascii_case(key)
    }

    fn refers(self) -> bool {
        self.is("value") && REFERENCES.iter().any(|attribute| self.within(attribute))
    }
}

impl Bindings<'_> {
    /// A body of an exchange with an endpoint of that kind; ids of discovery documents (`None`) stay, being names.
    pub(super) fn body(&mut self, body: &Value, side: Side, endpoint: Option<Kind>) -> Value {
        let place = Place { around: "", key: "", kind: endpoint.unwrap_or(Kind::Other) };
        Walk { bindings: self, side, discovery: endpoint.is_none() }.value(body, place)
    }
}

struct Walk<'w, 'a> {
    bindings: &'w mut Bindings<'a>,
    side: Side,
    discovery: bool,
}

impl Walk<'_, '_> {
    /// Recursion ends where the JSON reader's own limit on nesting does.
    fn value(&mut self, value: &Value, place: Place<'_>) -> Value {
        match value {
            Value::String(text) => Value::String(self.text(text, place)),
            Value::Array(items) => Value::Array(items.iter().map(|item| self.value(item, place)).collect()),
            Value::Object(members) => Value::Object(self.members(members, place)),
            Value::Number(number) if self.is_id(place) => {
                Value::String(format!("{} as a number", self.bindings.id(place.kind, &number.to_string(), "id")))
            }
            Value::Number(_) if is_time(place) => Value::String("<time> as a number".to_owned()),
            scalar => scalar.clone(),
        }
    }

    fn members(&mut self, members: &Map<String, Value>, place: Place<'_>) -> Map<String, Value> {
        let path = members.get("path").and_then(Value::as_str).filter(|_| self.is_operation(members));
        let kind = kind_of(members, place);
        let named = members.iter().map(|(key, value)| {
            let key_place = match path {
                Some(path) if key == "value" => attribute_of(path, kind),
                _ => Place { around: place.key, key: leaf(key), kind },
            };
            (key.clone(), self.value(value, key_place))
        });
        named.collect()
    }

    /// One operation of a PATCH: its value stands where its path says.
    fn is_operation(&self, members: &Map<String, Value>) -> bool {
        self.side == Side::Sent && members.contains_key("op")
    }

    fn is_id(&self, place: Place<'_>) -> bool {
        !self.discovery && (place.is("id") || place.refers())
    }

    fn text(&mut self, text: &str, place: Place<'_>) -> String {
        let (bindings, side) = (&mut *self.bindings, self.side);
        if text.is_empty() {
            return String::new();
        }
        if place.is("password") {
            return "<password>".to_owned();
        }
        if !self.discovery && (place.is("id") || place.refers()) {
            return bindings.id(place.kind, text, "id");
        }
        if place.is("$ref") || place.is("location") {
            return bindings.reference(text);
        }
        if is_time(place) {
            return "<time>".to_owned();
        }
        if place.is("version") && (place.within("meta") || place.within("Operations")) {
            return bindings.etag(text);
        }
        if place.is("manager") {
            return bindings.known(Kind::User, text).unwrap_or_else(|| bindings.clean(text, side));
        }
        match (side, place.is("path"), place.is("detail")) {
            (Side::Sent, true, _) if text.starts_with('/') => bindings.target(text), // an operation of a bulk request
            (Side::Sent, true, _) => bindings.literals(text, side),
            (Side::Received, _, true) => bindings.prose(text),
            _ => bindings.clean(text, side),
        }
    }
}

/// What the ids among these members are of: what refers says so, a resource by its type, else the endpoint.
fn kind_of(members: &Map<String, Value>, place: Place<'_>) -> Kind {
    let text = |members: &Map<String, Value>, name: &str| Some(member(members, name)?.as_str()?.to_owned());
    match place.key.to_ascii_lowercase().as_str() {
        "manager" => Kind::User,
        "groups" => Kind::Group,
        "members" if text(members, "$ref").is_some_and(|url| url.contains("/Groups/")) => Kind::Group,
        "members" => text(members, "type").map_or(Kind::Other, |word| Kind::of_type(&word)),
        _ => {
            let meta = member(members, "meta").and_then(Value::as_object);
            let stated = meta.and_then(|meta| text(meta, "resourceType")).map(|word| Kind::of_type(&word));
            stated.filter(|kind| *kind != Kind::Other).unwrap_or(place.kind)
        }
    }
}

fn is_time(place: Place<'_>) -> bool {
    place.within("meta") && (place.is("created") || place.is("lastModified"))
}

/// The last name of a key or path: Entra writes `urn:…:User:manager` and `name.givenName` as member names.
fn leaf(key: &str) -> &str {
    key.rsplit([':', '.']).next().unwrap_or(key)
}

/// Where the value of an operation stands: `members[value eq "1"]` is `members`, `manager.value` is that.
fn attribute_of(path: &str, kind: Kind) -> Place<'_> {
    let (attribute, below) = match path.split_once('[') {
        Some((attribute, rest)) => (attribute, rest.rsplit_once("].").map(|(_, below)| below)),
        None => (path, None),
    };
    let attribute = attribute.rsplit(':').next().unwrap_or(attribute);
    match (below, attribute.rsplit_once('.')) {
        (Some(below), _) => Place { around: attribute, key: below, kind },
        (None, Some((around, key))) => Place { around, key, kind },
        (None, None) => Place { around: "", key: attribute, kind },
    }
}

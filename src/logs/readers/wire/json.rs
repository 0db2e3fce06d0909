//! Records in JSON, read leniently: members by name, whatever their type; every value as it stands in the text.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::exchange::{self, Fields};
use crate::logs::observation::Body;

/// The members of an object, in order, each as the text of its value.
#[derive(Debug, Default)]
pub struct Object<'a>(Vec<(Cow<'a, str>, &'a str)>);

impl<'a> Object<'a> {
    /// The object that a text is.
    pub fn of(text: &'a str) -> Option<Self> {
        serde_json::from_str::<Members<'a>>(text).ok().map(|members| Self(members.0))
    }

    /// The text of the value at a path such as `request.url`. A name with dots in it counts as well, and case does not
    /// matter: collectors flatten and respell. Null is nothing.
    pub fn raw(&self, path: &str) -> Option<&'a str> {
        let member = |name: &str| {
            let found = self.0.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
            found.map(|(_, value)| *value).filter(|value| *value != "null")
        };
        member(path).or_else(|| {
            path.match_indices('.').find_map(|(dot, _)| Object::of(member(&path[..dot])?)?.raw(&path[dot + 1..]))
        })
    }

    /// The first of several paths that has a value.
    pub fn first(&self, paths: &[&str]) -> Option<&'a str> {
        paths.iter().find_map(|path| self.raw(path))
    }

    /// A text, or a number or truth value as it stands there.
    pub fn text(&self, path: &str) -> Option<String> {
        scalar(self.raw(path)?)
    }

    /// A whole number, also one that is written as text.
    pub fn number(&self, path: &str) -> Option<u64> {
        whole(&self.text(path)?)
    }

    /// Whether a truth value is true.
    pub fn is_true(&self, path: &str) -> bool {
        self.raw(path) == Some("true")
    }

    /// An object.
    pub fn object(&self, path: &str) -> Option<Object<'a>> {
        Self::of(self.raw(path)?)
    }

    /// The elements of an array; none when it is no array.
    pub fn list(&self, path: &str) -> Vec<&'a str> {
        self.raw(path).map(list).unwrap_or_default()
    }

    /// Header fields, in whatever form they are written down.
    pub fn headers(&self, path: &str) -> Fields {
        self.raw(path).map(headers).unwrap_or_default()
    }

    /// The members.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &'a str)> {
        self.0.iter().map(|(name, value)| (name.as_ref(), *value))
    }
}

/// The text of a scalar: a string without its quotes, a number or truth value as it stands there.
pub fn scalar(raw: &str) -> Option<String> {
    match raw.as_bytes().first()? {
        b'"' => serde_json::from_str(raw).ok(),
        b'{' | b'[' | b'n' => None,
        _ => Some(raw.to_owned()),
    }
}

/// A status: a number or the text of one; 0 and what is out of range are none.
pub fn status(raw: &str) -> Option<u16> {
    let number = whole(&scalar(raw)?)?;
    u16::try_from(number).ok().filter(|status| (100..1000).contains(status))
}

/// A body: a text, or JSON as it stands in the record.
pub fn body(raw: &str) -> Option<Body> {
    match raw.as_bytes().first()? {
        b'"' => exchange::body(serde_json::from_str::<String>(raw).ok()?),
        b'n' => None,
        _ => exchange::body(raw),
    }
}

/// The elements of an array.
pub fn list(raw: &str) -> Vec<&str> {
    serde_json::from_str::<Vec<&RawValue>>(raw)
        .map(|all| all.into_iter().map(RawValue::get).collect())
        .unwrap_or_default()
}

/// Header fields: as an object of texts or lists, as a list of `name` or `key` with `value`, as pairs, or as lines.
pub fn headers(raw: &str) -> Fields {
    let fields = match raw.as_bytes().first() {
        Some(b'{') => Object::of(raw).map(|object| of_object(&object)).unwrap_or_default(),
        Some(b'[') => list(raw).into_iter().filter_map(of_element).collect(),
        Some(b'"') => of_lines(&scalar(raw).unwrap_or_default()),
        _ => Vec::new(),
    };
    // What HTTP/2 calls `:path` is no header field.
    fields.into_iter().filter(|(name, _)| !name.is_empty() && !name.starts_with(':')).collect()
}

fn of_object(object: &Object<'_>) -> Fields {
    let mut fields = Vec::new();
    for (name, raw) in object.iter() {
        match raw.as_bytes().first() {
            Some(b'[') => fields.extend(list(raw).into_iter().filter_map(scalar).map(|value| (name.to_owned(), value))),
            // A matcher of WireMock: `{"equalTo": …}`.
            Some(b'{') => {
                let value = Object::of(raw).and_then(|matcher| matcher.text("equalTo"));
                fields.extend(value.map(|value| (name.to_owned(), value)));
            }
            _ => fields.extend(scalar(raw).map(|value| (name.to_owned(), value))),
        }
    }
    fields
}

fn of_element(raw: &str) -> Option<(String, String)> {
    if raw.starts_with('[') {
        let pair: Vec<String> = list(raw).into_iter().filter_map(scalar).collect();
        return <[String; 2]>::try_from(pair).ok().map(|[name, value]| (name, value));
    }
    let object = Object::of(raw)?;
    let name = object.first(&["name", "key"]).and_then(scalar)?;
    (!object.is_true("disabled")).then(|| (name, object.text("value").unwrap_or_default()))
}

/// Header fields that are written as lines.
pub fn of_lines(text: &str) -> Fields {
    let pairs = text.lines().filter_map(|line| line.split_once(':'));
    pairs.map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned())).collect()
}

/// A whole number; digits behind a point are cut.
fn whole(text: &str) -> Option<u64> {
    let digits = text.trim().split('.').next()?;
    digits.parse().ok()
}

/// What serde makes of an object.
struct Members<'a>(Vec<(Cow<'a, str>, &'a str)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_map(Collect).map(Members)
    }
}

struct Collect;

impl<'de> Visitor<'de> for Collect {
    type Value = Vec<(Cow<'de, str>, &'de str)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Self::Value, M::Error> {
        let mut members = Vec::new();
        while let Some(name) = map.next_key::<Name<'de>>()? {
            members.push((name.0, map.next_value::<&'de RawValue>()?.get()));
        }
        Ok(members)
    }
}

/// A name: borrowed unless it holds escapes.
#[derive(serde::Deserialize)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_found_flat_and_nested_and_stand_as_written() {
        let object =
            Object::of(r#"{"a":{"b.c":1.50},"Http.Status":"200","n":null,"t":"x\ny","l":[1,{"k":[]}]}"#).unwrap();
        assert_eq!(object.raw("a.b.c"), Some("1.50"));
        assert_eq!(object.number("http.status"), Some(200));
        assert_eq!((object.raw("n"), object.text("t")), (None, Some("x\ny".to_owned())));
        assert_eq!(object.list("l"), ["1", r#"{"k":[]}"#]);
        assert!(Object::of("[1]").is_none() && Object::of("{\"a\":").is_none());
    }

    #[test]
    fn headers_come_in_several_forms() {
        let expected = vec![("A".to_owned(), "1".to_owned()), ("B".to_owned(), "2".to_owned())];
        for raw in [
            r#"{":path":"/","A":"1","B":["2"]}"#,
            r#"{"A":{"equalTo":"1"},"B":2}"#,
            r#"[{"name":"A","value":"1"},{"key":"X","value":"","disabled":true},{"key":"B","value":"2"}]"#,
            r#"[["A","1"],["B","2"]]"#,
            r#""A: 1\r\nB:2""#,
        ] {
            assert_eq!(headers(raw), expected, "{raw}");
        }
    }
}

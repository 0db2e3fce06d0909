//! JSON values of the shape that is expected or of another: a log is read as far as it goes.
//!
//! PowerShell's `ConvertTo-Json` writes what is deeper than two levels as text, `@{id=1; name=x}` or `System.Object[]`;
//! collectors write numbers as text and text as numbers; some exports put JSON into text.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::de::value::{MapAccessDeserializer, MapDeserializer};
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// A text; numbers and booleans become one, anything else is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Text<'a>(Cow<'a, str>);

impl Text<'_> {
    /// The text, when it is not empty.
    pub fn get(&self) -> Option<&str> {
        (!self.0.is_empty()).then_some(&*self.0)
    }

    /// The text, empty or not.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A text of its own, when it is not empty.
    pub fn owned(&self) -> Option<String> {
        self.get().map(str::to_owned)
    }
}

impl From<String> for Text<'_> {
    fn from(text: String) -> Self {
        Self(Cow::Owned(text))
    }
}

impl<'a> From<Cow<'a, str>> for Text<'a> {
    fn from(text: Cow<'a, str>) -> Self {
        Self(text)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(nullable(deserializer)?.unwrap_or_default())
    }
}

/// A text where `null` is something else than an empty one.
pub fn nullable<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Text<'de>>, D::Error> {
    Ok(deserializer.deserialize_any(Any)?.map(Text))
}

/// Takes any value: its text, or `None` for `null`.
struct Any;

impl<'de> Visitor<'de> for Any {
    type Value = Option<Cow<'de, str>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }
    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Some(Cow::Borrowed(text)))
    }
    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Some(Cow::Owned(text.to_owned())))
    }
    fn visit_string<E>(self, text: String) -> Result<Self::Value, E> {
        Ok(Some(Cow::Owned(text)))
    }
    fn visit_bool<E>(self, is_true: bool) -> Result<Self::Value, E> {
        Ok(Some(Cow::Borrowed(if is_true { "True" } else { "False" })))
    }
    fn visit_i64<E>(self, number: i64) -> Result<Self::Value, E> {
        Ok(Some(Cow::Owned(number.to_string())))
    }
    fn visit_u64<E>(self, number: u64) -> Result<Self::Value, E> {
        Ok(Some(Cow::Owned(number.to_string())))
    }
    fn visit_f64<E>(self, number: f64) -> Result<Self::Value, E> {
        Ok(Some(Cow::Owned(number.to_string())))
    }
    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Some(Cow::Borrowed("")))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Some(Cow::Borrowed("")))
    }
}

/// An object, or its default when something else stands there. Of a list the first object is taken.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shaped<T>(pub T);

/// Objects in a list; one without a list is a list of one, anything else an empty one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Many<T>(pub Vec<T>);

impl<T> Default for Many<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: Deserialize<'de> + Default> Deserialize<'de> for Shaped<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let first = deserializer.deserialize_any(Objects { most: 1, kind: PhantomData::<T> })?.pop();
        Ok(Self(first.unwrap_or_default()))
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Many<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Objects { most: usize::MAX, kind: PhantomData::<T> }).map(Self)
    }
}

/// Collects objects.
struct Objects<T> {
    most: usize,
    kind: PhantomData<T>,
}

impl<'de, T: Deserialize<'de>> Visitor<'de> for Objects<T> {
    type Value = Vec<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }
    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map)).map(|object| vec![object])
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut objects = Vec::new();
        while objects.len() < self.most {
            match list.next_element::<Element<T>>()? {
                Some(Element(object)) => objects.extend(object),
                None => return Ok(objects),
            }
        }
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(objects)
    }
    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Self::Value, E> {
        let objects = powershell_objects(text).into_iter().take(self.most);
        objects.map(|fields| T::deserialize(MapDeserializer::new(fields.into_iter()))).collect()
    }
    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Vec::new())
    }
    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(Vec::new())
    }
    fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
        Ok(Vec::new())
    }
    fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
        Ok(Vec::new())
    }
    fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
        Ok(Vec::new())
    }
}

/// An element of a list that may be no object.
struct Element<T>(Vec<T>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Element<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Objects { most: 1, kind: PhantomData::<T> }).map(Self)
    }
}

/// The members of an object whose values are texts, in order. A text that holds JSON is read as JSON.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pairs<'a>(pub Vec<(Cow<'a, str>, Text<'a>)>);

impl Pairs<'static> {
    /// The members of an object in a text: JSON, or what PowerShell made of it. None when it is neither.
    pub fn of_text(text: &str) -> Self {
        let own = |text: &str| Cow::<'static, str>::Owned(text.to_owned());
        if let Some(pairs) = text.starts_with('{').then(|| serde_json::from_str::<Pairs<'_>>(text).ok()).flatten() {
            return Self(pairs.0.iter().map(|(key, value)| (own(key), Text(own(&value.0)))).collect());
        }
        let fields = powershell_objects(text).into_iter().flatten();
        Self(fields.map(|(key, value)| (own(key), Text(own(value)))).collect())
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Pairs<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = Pairs<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("any value")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut pairs = Vec::new();
                while let Some((Text(key), value)) = map.next_entry()? {
                    pairs.push((key, value));
                }
                Ok(Pairs(pairs))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
                while list.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Pairs::default())
            }
            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Pairs::of_text(text))
            }
            fn visit_unit<E>(self) -> Result<Self::Value, E> {
                Ok(Pairs::default())
            }
            fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
                Ok(Pairs::default())
            }
            fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
                Ok(Pairs::default())
            }
            fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
                Ok(Pairs::default())
            }
            fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
                Ok(Pairs::default())
            }
        }
        deserializer.deserialize_any(Members)
    }
}

/// Whether PowerShell wrote an object in this text as text.
pub fn is_cut_by_powershell(record: &[u8]) -> bool {
    let has = |text: &[u8]| memchr::memmem::find(record, text).is_some();
    has(b"\"@{") || has(b"\"System.Object[]\"") || has(b"\"System.Collections.")
}

/// The objects that PowerShell wrote as text, one after the other: `@{a=1; b=x} @{a=2}`.
fn powershell_objects(text: &str) -> Vec<Vec<(&str, &str)>> {
    let mut objects = Vec::new();
    let mut rest = text.trim();
    while let Some(inner) = rest.strip_prefix("@{") {
        let end = inner.find("} @{").or_else(|| inner.rfind('}')).unwrap_or(inner.len());
        objects.push(powershell_fields(&inner[..end]));
        rest = inner.get(end + 1..).unwrap_or_default().trim_start();
    }
    objects
}

fn powershell_fields(text: &str) -> Vec<(&str, &str)> {
    let mut fields: Vec<(&str, &str)> = Vec::new();
    let mut from = 0;
    while from < text.len() {
        // A value may hold `; ` itself: a field ends where another name begins.
        let ends = text[from..].match_indices("; ").map(|(at, _)| from + at);
        let is_name = |at: &usize| {
            let name = text[at + 2..].split('=').next().unwrap_or_default();
            text[at + 2..].contains('=') && !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_')
        };
        let end = ends.into_iter().find(is_name).unwrap_or(text.len());
        fields.extend(text[from..end].split_once('='));
        from = end + 2;
    }
    fields
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Default, PartialEq, Deserialize)]
    #[serde(default)]
    struct Named<'a> {
        #[serde(borrow)]
        id: Text<'a>,
        name: Text<'a>,
    }

    fn one(json: &str) -> Named<'_> {
        serde_json::from_str::<Shaped<Named<'_>>>(json).unwrap().0
    }

    #[test]
    fn objects_of_every_shape_are_read() {
        let expected = Named { id: Text("1".into()), name: Text("a; b".into()) };
        for json in [r#"{"id":1,"name":"a; b","x":[{}]}"#, r#"[{"id":"1","name":"a; b"},2]"#, r#""@{id=1; name=a; b}""#]
        {
            assert_eq!(one(json), expected, "{json}");
        }
        for json in ["null", "7", "-7", "1.5", "true", "[]", r#""System.Object[]""#, r#""@{""#] {
            assert_eq!(one(json), Named::default(), "{json}");
        }
    }

    #[test]
    fn lists_of_every_shape_are_read() {
        let ids = |json: &str| {
            let list: Many<Named<'_>> = serde_json::from_str(json).unwrap();
            list.0.iter().map(|named| named.id.as_str().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(ids(r#"[{"id":"1"},null,{"id":"2"}]"#), ["1", "2"]);
        assert_eq!(ids(r#"{"id":"1"}"#), ["1"]);
        assert_eq!(ids(r#""@{id=1; name=} @{id=2}""#), ["1", "2"]);
        assert!(ids("null").is_empty());
    }

    #[test]
    fn members_are_read_from_an_object_and_from_text() {
        let pairs = |json: &str| {
            let pairs: Pairs<'_> = serde_json::from_str(json).unwrap();
            pairs.0.into_iter().map(|(key, value)| format!("{key}={}", value.as_str())).collect::<Vec<_>>()
        };
        assert_eq!(pairs(r#"{"a":"1","b":true}"#), ["a=1", "b=True"]);
        assert_eq!(pairs(r#""{\"a\":\"1\"}""#), ["a=1"]);
        assert_eq!(pairs(r#""@{a=1; b=2}""#), ["a=1", "b=2"]);
    }

    #[test]
    fn text_is_borrowed_where_it_has_no_escapes() {
        let named = one(r#"{"id":"plain","name":"\u0041"}"#);
        assert!(matches!(named.id, Text(Cow::Borrowed("plain"))));
        assert_eq!(named.name.get(), Some("A"));
    }
}

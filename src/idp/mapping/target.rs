//! Where a value goes: `displayName`, `name.givenName`, `emails[type eq "work"].value`, `urn:…:User:department`.

use std::fmt;
use std::str::FromStr;

use serde_json::{Map, Value};

use crate::scim::{name, text};

/// A path into a resource, as mappings write it.
#[derive(Clone, Debug, PartialEq)]
pub struct Target {
    /// URN of an extension; `None` for the core schema.
    pub urn: Option<String>,
    /// The attribute.
    pub attribute: String,
    /// Which element of a multi-valued attribute.
    pub selector: Option<Selector>,
    /// The sub-attribute.
    pub sub: Option<String>,
}

/// Which element of a multi-valued attribute a mapping writes to.
#[derive(Clone, Debug, PartialEq)]
pub enum Selector {
    /// `emails[].value`: the only element, whatever it holds.
    Only,
    /// `emails[type eq "work"].value`: the element with this value.
    Equals {
        /// Sub-attribute that is compared.
        attribute: String,
        /// With what: text, or `true` and `false` without quotes (ENTRA-Q17).
        value: Value,
    },
}

/// The path cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a path such as `name.givenName` or `emails[type eq \"work\"].value`")]
pub struct TargetError(String);

impl Target {
    /// The value in a resource, found without regard to the case of names.
    pub fn get<'v>(&self, body: &'v Map<String, Value>) -> Option<&'v Value> {
        let holder = match &self.urn {
            Some(urn) => name::get(body, urn)?.as_object()?,
            None => body,
        };
        let value = name::get(holder, &self.attribute)?;
        let element = match &self.selector {
            Some(selector) => value.as_array()?.iter().find(|element| selector.fits(element))?,
            None => value,
        };
        match &self.sub {
            Some(sub) => name::get(element.as_object()?, sub),
            None => Some(element),
        }
    }

    /// The value in a resource, to change it.
    pub fn get_mut<'v>(&self, body: &'v mut Map<String, Value>) -> Option<&'v mut Value> {
        let holder = match &self.urn {
            Some(urn) => name::get_mut(body, urn)?.as_object_mut()?,
            None => body,
        };
        let value = name::get_mut(holder, &self.attribute)?;
        let element = match &self.selector {
            Some(selector) => value.as_array_mut()?.iter_mut().find(|element| selector.fits(element))?,
            None => value,
        };
        match &self.sub {
            Some(sub) => name::get_mut(element.as_object_mut()?, sub),
            None => Some(element),
        }
    }

    /// Whether both write to the same element of the same attribute.
    pub fn shares_element(&self, other: &Self) -> bool {
        self.urn == other.urn && self.attribute == other.attribute && self.selector == other.selector
    }
}

impl Selector {
    /// Whether an element is the one that is meant.
    pub fn fits(&self, element: &Value) -> bool {
        match self {
            Self::Only => true,
            Self::Equals { attribute, value } => {
                let found = element.as_object().and_then(|element| name::get(element, attribute));
                found.is_some_and(|found| same(found, value))
            }
        }
    }
}

/// Equality of `type` and `primary` values: texts without case.
fn same(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::String(left), Value::String(right)) => text::same(left, right, false),
        _ => left == right,
    }
}

impl FromStr for Target {
    type Err = TargetError;

    fn from_str(path: &str) -> Result<Self, TargetError> {
        let error = || TargetError(path.to_owned());
        let (head, bracket) = match path.split_once('[') {
            Some((head, rest)) => (head, Some(rest.split_once(']').ok_or_else(error)?)),
            None => (path, None),
        };
        // The version in a URN has a dot: names end at the last colon.
        let (urn, path) = match head.rsplit_once(':') {
            Some((urn, path)) => (Some(urn.to_owned()), path),
            None => (None, head),
        };
        let (attribute, selector, sub) = match (bracket, path.split_once('.')) {
            (None, None) => (path, None, None),
            (None, Some((attribute, sub))) => (attribute, None, Some(sub)),
            (Some((selector, "")), None) => (path, Some(selector.parse()?), None),
            (Some((selector, rest)), None) => {
                (path, Some(selector.parse()?), Some(rest.strip_prefix('.').ok_or_else(error)?))
            }
            (Some(_), Some(_)) => return Err(error()),
        };
        if !is_name(attribute) || !sub.is_none_or(is_name) {
            return Err(error());
        }
        Ok(Self { urn, attribute: attribute.to_owned(), selector, sub: sub.map(str::to_owned) })
    }
}

/// `ATTRNAME` of RFC 7643 §2.1, and `$ref`.
fn is_name(word: &str) -> bool {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "-_$".contains(letter);
    word.starts_with(|first: char| first.is_ascii_alphabetic() || first == '$') && word.chars().all(plain)
}

impl FromStr for Selector {
    type Err = TargetError;

    fn from_str(text: &str) -> Result<Self, TargetError> {
        if text.is_empty() {
            return Ok(Self::Only);
        }
        let error = || TargetError(text.to_owned());
        let (attribute, value) = text.split_once(" eq ").ok_or_else(error)?;
        let value: Value = serde_json::from_str(value).map_err(|_| error())?;
        if !is_name(attribute) || !(value.is_string() || value.is_boolean()) {
            return Err(error());
        }
        Ok(Self::Equals { attribute: attribute.to_owned(), value })
    }
}

impl fmt::Display for Target {
    /// As SCIM writes a path (RFC 7644 Figure 7).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(urn) = &self.urn {
            write!(f, "{urn}:")?;
        }
        f.write_str(&self.attribute)?;
        if let Some(Selector::Equals { attribute, value }) = &self.selector {
            write!(f, "[{attribute} eq {value}]")?;
        }
        self.sub.as_ref().map_or(Ok(()), |sub| write!(f, ".{sub}"))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn paths_are_written_as_they_were_read() {
        for path in [
            "userName",
            "name.givenName",
            r#"emails[type eq "work"].value"#,
            "emails[primary eq true].value",
            r#"roles[type eq "base"]"#,
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value",
            r#"urn:acme:2.0:User:sites[type eq "main"].city"#,
        ] {
            assert_eq!(path.parse::<Target>().expect(path).to_string(), path);
        }
    }

    #[test]
    fn the_urn_ends_at_the_last_colon() {
        let target: Target = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department".parse().unwrap();
        assert_eq!(target.urn.as_deref(), Some("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"));
        assert_eq!((target.attribute.as_str(), target.sub), ("department", None));
    }

    #[test]
    fn what_is_no_path_is_refused() {
        for path in ["", "a b", "emails[type eq work].value", "emails[type", "name.", "a.b[x eq \"y\"]", "a[].b.c"] {
            assert!(path.parse::<Target>().is_err(), "{path}");
        }
    }

    #[test]
    fn values_are_found_whatever_the_case_of_names() {
        let body = json!({ "Emails": [{ "type": "home", "value": "h" }, { "Type": "Work", "Value": "w" }] });
        let target: Target = r#"emails[type eq "work"].value"#.parse().unwrap();
        assert_eq!(target.get(body.as_object().unwrap()), Some(&json!("w")));
    }
}

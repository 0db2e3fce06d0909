//! Attribute paths: `name.givenName`, `urn:…:User:department` (RFC 7644 §3.10), and
//! PATCH paths, which may select elements: `emails[type eq "work"].value` (§3.5.2, Figure 7).

use std::fmt;
use std::ops::Range;
use std::str::FromStr;

use super::Filter;
use super::filter::Parser;

/// Longest path that is read, in bytes.
pub(super) const MAX_PATH: usize = 8 * 1024;

/// An attribute or sub-attribute by name, where need be with the URN of its schema.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct AttributePath {
    /// URN of the schema.
    pub schema: Option<String>,
    /// Name of the attribute.
    pub name: String,
    /// Name of the sub-attribute.
    pub sub: Option<String>,
}

impl AttributePath {
    /// A top-level attribute.
    pub fn of(name: &str) -> Self {
        Self { schema: None, name: name.to_owned(), sub: None }
    }

    /// A sub-attribute of this attribute.
    #[must_use]
    pub fn with_sub(&self, sub: &str) -> Self {
        Self { sub: Some(sub.to_owned()), ..self.clone() }
    }

    /// The path read as the URN of a whole schema: `urn:…:2.0:User`. The grammar cannot tell
    /// one from an attribute `User` of the schema `urn:…:2.0`; whoever knows the schemas can.
    pub fn as_urn(&self) -> Option<String> {
        let (schema, sub) = (self.schema.as_ref()?, self.sub.as_deref());
        let dot = if sub.is_some() { "." } else { "" };
        Some(format!("{schema}:{}{dot}{}", self.name, sub.unwrap_or_default()))
    }

    /// Reads one; `offset` is where the text stands in the whole that an error speaks of.
    pub(super) fn read(text: &str, offset: usize) -> Result<Self, PathError> {
        let wrong = |from: usize, part: &str, message: &str| {
            Err(PathError { at: offset + from..offset + from + part.len(), message: format!("`{part}` {message}") })
        };
        if text.is_empty() {
            return Err(PathError { at: offset..offset, message: "an attribute name is missing".to_owned() });
        }
        // A URN may hold dots ("2.0"), an attribute's name no colon: the last colon ends the URN.
        let (schema, rest, from) = match text.rfind(':') {
            Some(at) => (Some(&text[..at]), &text[at + 1..], at + 1),
            None => (None, text, 0),
        };
        if schema.is_some_and(|urn| !is_uri(urn)) {
            return wrong(0, schema.unwrap_or_default(), "is no schema URI");
        }
        let (name, sub) = rest.split_once('.').map_or((rest, None), |(name, sub)| (name, Some(sub)));
        if !is_name(name) {
            let (at, part) = if name.is_empty() { (0, text) } else { (from, name) };
            return wrong(at, part, "is no attribute name");
        }
        if let Some(sub) = sub.filter(|sub| !is_name(sub)) {
            let (at, part) = if sub.is_empty() { (0, text) } else { (from + name.len() + 1, sub) };
            return wrong(at, part, "is no sub-attribute name");
        }
        Ok(Self { schema: schema.map(str::to_owned), name: name.to_owned(), sub: sub.map(str::to_owned) })
    }
}

/// `ATTRNAME` of RFC 7644 Figure 1 with the `$` of RFC 7643 §2.1; `$ref` breaks both and is right.
pub(super) fn is_name(text: &str) -> bool {
    let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'$');
    text.starts_with(|first: char| first.is_ascii_alphabetic()) && text.bytes().all(is_letter)
        || text.eq_ignore_ascii_case("$ref")
}

/// A scheme, a colon and what a URI may hold: enough to tell a URI from a slip.
fn is_uri(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else { return false };
    let mut bytes = scheme.bytes();
    bytes.next().is_some_and(|first| first.is_ascii_alphabetic())
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'))
        && rest.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'<' | b'>' | b'\\' | b'^' | b'`'))
}

impl FromStr for AttributePath {
    type Err = PathError;

    fn from_str(text: &str) -> Result<Self, PathError> {
        within_limit(text)?;
        Self::read(text, 0)
    }
}

impl fmt::Display for AttributePath {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(schema) = &self.schema {
            write!(out, "{schema}:")?;
        }
        out.write_str(&self.name)?;
        self.sub.as_ref().map_or(Ok(()), |sub| write!(out, ".{sub}"))
    }
}

/// Target of a PATCH operation.
#[derive(Clone, Debug, PartialEq)]
pub struct Path {
    /// The attribute.
    pub attribute: AttributePath,
    /// Which of its values.
    pub filter: Option<Filter>,
    /// Which sub-attribute of the values that the filter selects.
    pub sub: Option<String>,
}

impl Path {
    /// Reads a PATCH path.
    pub fn parse(text: &str) -> Result<Self, PathError> {
        within_limit(text)?;
        Parser::new(text).path()
    }
}

fn within_limit(text: &str) -> Result<(), PathError> {
    if text.len() <= MAX_PATH {
        return Ok(());
    }
    let message = format!("the path is longer than {MAX_PATH} bytes");
    Err(PathError { at: MAX_PATH..text.len(), message })
}

impl From<AttributePath> for Path {
    fn from(attribute: AttributePath) -> Self {
        Self { attribute, filter: None, sub: None }
    }
}

impl FromStr for Path {
    type Err = PathError;

    fn from_str(text: &str) -> Result<Self, PathError> {
        Self::parse(text)
    }
}

impl fmt::Display for Path {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.attribute.fmt(out)?;
        if let Some(filter) = &self.filter {
            write!(out, "[{filter}]")?;
        }
        self.sub.as_ref().map_or(Ok(()), |sub| write!(out, ".{sub}"))
    }
}

/// Why a text is no path.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}, at byte {}", .at.start)]
pub struct PathError {
    /// Bytes of the text that are meant.
    pub at: Range<usize>,
    /// What is wrong, as part of a sentence.
    pub message: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_dot_of_a_version_is_part_of_the_urn() {
        let path: AttributePath = "urn:ietf:params:scim:schemas:core:2.0:User:name.givenName".parse().unwrap();
        assert_eq!(path.schema.as_deref(), Some(super::super::urn::CORE_USER));
        assert_eq!((path.name.as_str(), path.sub.as_deref()), ("name", Some("givenName")));
    }

    #[test]
    fn paths_print_as_they_were_read() {
        for text in [
            "members",
            "name.familyName",
            r#"addresses[type eq "work"]"#,
            r#"members[value eq "2819c223"].displayName"#,
            "emails[primary eq true].value",
            r#"emails[not (type eq "home")].value"#,
            "urn:calendly:scim:schemas:2.0:User:group",
            "https://example.com/x:group",
            "members.$ref",
        ] {
            assert_eq!(Path::parse(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn what_is_wrong_stands_in_the_text() {
        for text in ["a::.", "a:", "urn:a:b:.c", "a.b."] {
            let error = Path::parse(text).unwrap_err();
            assert!(text.get(error.at.clone()).is_some(), "{text}: {:?}", error.at);
        }
    }

    #[test]
    fn broken_paths_say_where() {
        for (text, message) in [
            ("", "an attribute name is missing, at byte 0"),
            (" ", "an attribute name is missing, at byte 1"),
            ("emails[", "the brackets are empty"),
            ("name..x", "`.x` is no sub-attribute name, at byte 5"),
            ("name.", "`name.` is no sub-attribute name"),
            ("emails[0].value", "`0` is no attribute name, at byte 7"),
            ("emails[type eq \"work\"", "`]` is missing"),
            ("emails[type eq \"work\"]value", "`value` is not expected here"),
            ("emails[type eq \"work\"].", "a sub-attribute name is missing"),
            ("name givenName", "`givenName` is not expected here"),
            ("1st", "`1st` is no attribute name"),
            ("x y:z", "`y:z` is not expected here"),
            (":z", "`` is no schema URI"),
        ] {
            let error = Path::parse(text).unwrap_err().to_string();
            assert!(error.starts_with(message), "{text}: {error}");
        }
    }
}

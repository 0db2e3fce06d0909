//! What a SCIM error says (RFC 7644 §3.12).

use serde_json::{Map, Value};

use super::{FilterError, PathError, urn};

/// Detail of a 400 or 409 (RFC 7644 Table 9).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ScimType {
    /// The filter is malformed, or the attribute and comparison are not supported.
    InvalidFilter,
    /// The filter yields more than the server is willing to return.
    TooMany,
    /// A value is in use already or reserved.
    Uniqueness,
    /// The change is not compatible with the attribute's mutability or current state.
    Mutability,
    /// The body is malformed.
    InvalidSyntax,
    /// The `path` is malformed.
    InvalidPath,
    /// The `path` gives nothing to work on.
    NoTarget,
    /// A value is missing or not compatible with the attribute.
    InvalidValue,
    /// The protocol version is not supported.
    InvalidVers,
    /// The request would put personal data into a URI.
    Sensitive,
}

impl ScimType {
    /// The keyword on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::InvalidFilter => "invalidFilter",
            Self::TooMany => "tooMany",
            Self::Uniqueness => "uniqueness",
            Self::Mutability => "mutability",
            Self::InvalidSyntax => "invalidSyntax",
            Self::InvalidPath => "invalidPath",
            Self::NoTarget => "noTarget",
            Self::InvalidValue => "invalidValue",
            Self::InvalidVers => "invalidVers",
            Self::Sensitive => "sensitive",
        }
    }
}

/// Why a request is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub struct Problem {
    /// HTTP status.
    pub status: u16,
    /// Detail for programs.
    pub scim_type: Option<ScimType>,
    /// Detail for people.
    pub detail: String,
}

impl Problem {
    /// A 400 of this type.
    pub fn bad(scim_type: ScimType, detail: impl Into<String>) -> Self {
        Self { status: 400, scim_type: Some(scim_type), detail: detail.into() }
    }

    /// The error message (RFC 7644 §3.12): the status is a text.
    pub fn to_json(&self) -> Value {
        let mut members = Map::new();
        members.insert("schemas".to_owned(), Value::from(vec![urn::ERROR]));
        members.insert("status".to_owned(), self.status.to_string().into());
        if let Some(scim_type) = self.scim_type {
            members.insert("scimType".to_owned(), scim_type.name().into());
        }
        members.insert("detail".to_owned(), self.detail.as_str().into());
        members.into()
    }
}

impl From<FilterError> for Problem {
    fn from(error: FilterError) -> Self {
        Self::bad(ScimType::InvalidFilter, format!("The filter cannot be read: {error}."))
    }
}

impl From<PathError> for Problem {
    fn from(error: PathError) -> Self {
        Self::bad(ScimType::InvalidPath, format!("The path cannot be read: {error}."))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_message_has_the_status_as_text() {
        let problem = Problem::bad(ScimType::NoTarget, "Nothing there.");
        let expected = r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"status":"400","scimType":"noTarget","detail":"Nothing there."}"#;
        assert_eq!(problem.to_json().to_string(), expected);
    }
}

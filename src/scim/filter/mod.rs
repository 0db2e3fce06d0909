//! Filters (RFC 7644 §3.4.2.2): read, judged on raw JSON, printed.
//!
//! The reference server filters lists with them, PATCH paths select elements with them.

mod check;
mod display;
mod evaluate;
mod operator;
mod parse;
#[cfg(test)]
mod tests;

use std::ops::Range;

use serde_json::Value;

use super::AttributePath;
pub(super) use evaluate::matches_element;
pub use operator::Operator;
pub(super) use parse::Parser;

/// Longest filter that is read, in bytes: a hundred names joined by `or` fit.
pub const MAX_LENGTH: usize = 32 * 1024;
/// Deepest nesting of parentheses, brackets and `not`.
pub const MAX_DEPTH: usize = 64;

/// A filter.
#[derive(Clone, Debug, PartialEq)]
pub enum Filter {
    /// One of several holds.
    Or(Vec<Filter>),
    /// All hold.
    And(Vec<Filter>),
    /// It does not hold.
    Not(Box<Filter>),
    /// The attribute has a value: `title pr`.
    Present(AttributePath),
    /// The attribute compares to a value: `userName eq "bjensen"`.
    Compare {
        /// The attribute.
        path: AttributePath,
        /// How they are compared.
        operator: Operator,
        /// A text, number, boolean or null.
        value: Value,
    },
    /// One and the same value of the attribute fits: `emails[type eq "work" and value co "@x"]`.
    Element {
        /// The attribute.
        path: AttributePath,
        /// What holds for its sub-attributes.
        filter: Box<Filter>,
    },
}

/// Why a text is no filter.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}, at byte {}", .at.start)]
pub struct FilterError {
    /// Bytes of the text that are meant.
    pub at: Range<usize>,
    /// What is wrong, as part of a sentence.
    pub message: String,
}

impl Filter {
    /// Reads a filter.
    pub fn parse(text: &str) -> Result<Self, FilterError> {
        if text.len() > MAX_LENGTH {
            let message = format!("the filter is longer than {MAX_LENGTH} bytes");
            return Err(FilterError { at: MAX_LENGTH..text.len(), message });
        }
        Parser::new(text).filter()
    }

    /// What an index can answer: one attribute that equals one value.
    pub fn as_equality(&self) -> Option<(&AttributePath, &Value)> {
        match self {
            Self::Compare { path, operator: Operator::Eq, value } => Some((path, value)),
            _ => None,
        }
    }

    /// The equalities that an element must fulfil for the filter to hold, when it says nothing
    /// else: what an element made for `emails[type eq "work"]` has to look like.
    pub fn as_equalities(&self) -> Option<Vec<(&AttributePath, &Value)>> {
        match self {
            Self::And(parts) => {
                parts.iter().map(Self::as_equalities).collect::<Option<Vec<_>>>().map(|parts| parts.concat())
            }
            other => other.as_equality().map(|equality| vec![equality]),
        }
    }
}

impl std::str::FromStr for Filter {
    type Err = FilterError;

    fn from_str(text: &str) -> Result<Self, FilterError> {
        Self::parse(text)
    }
}

//! Patterns that stand in the code.

use regex_lite::Regex;

/// The pattern of a text that is part of the program, so that a mistake in it is a bug.
pub fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("the pattern is constant")
}

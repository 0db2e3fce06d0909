//! Printing a filter so that it reads back the same.

use std::fmt::{self, Write as _};

use super::Filter;

impl fmt::Display for Filter {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Or(parts) => joined(out, parts, " or ", |part| matches!(part, Self::Or(_))),
            Self::And(parts) => joined(out, parts, " and ", |part| matches!(part, Self::Or(_) | Self::And(_))),
            Self::Not(inner) => write!(out, "not ({inner})"),
            Self::Present(path) => write!(out, "{path} pr"),
            // A JSON value prints as JSON: quotes and escapes are right.
            Self::Compare { path, operator, value } => write!(out, "{path} {} {value}", operator.name()),
            Self::Element { path, filter } => write!(out, "{path}[{filter}]"),
        }
    }
}

fn joined(
    out: &mut fmt::Formatter<'_>,
    parts: &[Filter],
    word: &str,
    needs_parentheses: fn(&Filter) -> bool,
) -> fmt::Result {
    for (at, part) in parts.iter().enumerate() {
        if at > 0 {
            out.write_str(word)?;
        }
        if needs_parentheses(part) {
            write!(out, "({part})")?;
        } else {
            write!(out, "{part}")?;
        }
    }
    // Only a filter built by hand is empty; it must not print as something that holds.
    if parts.is_empty() { out.write_char('?') } else { Ok(()) }
}

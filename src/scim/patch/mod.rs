//! PATCH (RFC 7644 §3.5.2), with what Okta and Entra send beyond it.
//!
//! A body is read by [`parse`] and applied, all or nothing, by [`apply`]. Where the RFC leaves room:
//! - `add` to `emails[type eq "work"].value` without such an element makes one (Entra needs it; held
//!   erratum 8097); `replace` says `noTarget` as §3.5.2.3 has it unless [`PatchOptions::replace_creates`].
//! - `remove` of `members` with a `value` removes these members only (Entra); of an element that is
//!   not there it succeeds (§3.5.2.2 for members).
//! - Without a path, keys may be paths (`name.givenName`, `urn:…:User:department`; Entra), and a
//!   read-only attribute is passed over when it says what the resource says already (Okta repeats the `id`).
//! - An added value whose `type` and `value` are there already is merged into that one (RFC 7643 §2.4).

mod apply;
mod attribute;
mod elements;
mod merge;
mod parse;
#[cfg(test)]
mod tests;

use serde_json::Value;

use super::{Path, Problem};
pub use apply::apply;
pub use parse::parse;

/// What an operation does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Op {
    /// Adds a value.
    Add,
    /// Replaces a value.
    Replace,
    /// Removes a value.
    Remove,
}

impl Op {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Add, Self::Replace, Self::Remove];

    /// The keyword as the RFC spells it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Add => "add",
            Self::Replace => "replace",
            Self::Remove => "remove",
        }
    }
}

/// One operation.
#[derive(Clone, Debug, PartialEq)]
pub struct Operation {
    /// What it does.
    pub op: Op,
    /// To what; `None` for the resource itself.
    pub path: Option<Path>,
    /// With which value.
    pub value: Option<Value>,
}

/// Where servers may differ.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PatchOptions {
    /// `replace` of `emails[type eq "work"].value` without such an element makes one instead of `noTarget`.
    pub replace_creates: bool,
    /// Attributes that no schema knows are passed over instead of refused.
    pub ignore_unknown: bool,
}

/// Says which of several operations a problem is about.
fn at_operation(problem: Problem, at: usize, of: usize) -> Problem {
    if of < 2 {
        return problem;
    }
    Problem { detail: format!("Operation {}: {}", at + 1, problem.detail), ..problem }
}

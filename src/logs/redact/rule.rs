//! Where in a text a known value counts as itself: short ones and those of one word stand for other things too.

use std::ops::Range;

use super::formats::Kind;
use super::letters::is_ideograph;
use super::spelling::Spelled;

/// A word or value that is looked for in free text has at least so many characters.
pub const SHORTEST: usize = 4;

/// Where a value counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rule {
    /// Everywhere, as a whole.
    Whole,
    /// As a whole word: in quotes, behind the name of a field, or with a capital.
    OneWord,
    /// A word of a name: with a capital.
    WordOfName,
    /// Only between quotes or commas.
    Short,
    /// Everywhere, also within a run of letters: its script puts no space between words.
    Anywhere,
}

/// Where a value counts, or the value as it is compared, which tells.
#[derive(Clone, Copy, Debug)]
pub enum Counts<'v> {
    /// Where it counts.
    By(Rule),
    /// As it is compared.
    As(&'v str),
}

impl Counts<'_> {
    /// Where a value of a kind counts.
    pub fn rule(self, kind: Kind) -> Rule {
        match self {
            Self::By(rule) => rule,
            Self::As(compared) => Rule::of(compared, kind),
        }
    }
}

impl Rule {
    /// Where a value of a kind counts.
    pub fn of(value: &str, kind: Kind) -> Self {
        if kind == Kind::Word && value.chars().all(is_ideograph) && value.chars().nth(1).is_some() {
            Self::Anywhere
        } else if value.chars().count() < SHORTEST {
            Self::Short
        } else if kind == Kind::Word && value.chars().all(char::is_alphabetic) {
            Self::OneWord
        } else {
            Self::Whole
        }
    }

    /// Whether the value counts where it was found.
    pub fn holds(self, spelled: &Spelled<'_>, range: Range<usize>) -> bool {
        let (before, after) = (&spelled.text[..range.start], &spelled.text[range.end..]);
        let (last, next) = (before.chars().next_back(), after.chars().next());
        if self != Self::Anywhere && [last, next].into_iter().flatten().any(char::is_alphanumeric) {
            return false;
        }
        let is_quoted = last == Some('"') && next == Some('"');
        if is_quoted && after.trim_start_matches(['"', ' ']).starts_with(':') {
            return false; // the name of a member, not a value
        }
        // `userName: 'zoe'`; before a colon it is the name of a member of an object.
        let is_in_single_quotes =
            last == Some('\'') && next == Some('\'') && !after[1..].trim_start_matches(' ').starts_with(':');
        // `userName=zoe&…`, `<userName>zoe</userName>`.
        let is_assigned = last == Some('=') && next.is_none_or(|next| "&,;) ]}".contains(next))
            || last == Some('>') && after.starts_with("</");
        let is_cell = |character: Option<char>| character.is_none_or(|character| "\"',;\t".contains(character));
        let has_capital = || spelled.characters(range).next().is_some_and(|first| !first.is_lowercase());
        match self {
            Self::Whole | Self::Anywhere => true,
            Self::OneWord => is_quoted || is_in_single_quotes || is_assigned || has_capital(),
            Self::WordOfName => has_capital(),
            Self::Short => is_assigned || is_cell(last) && is_cell(next),
        }
    }
}

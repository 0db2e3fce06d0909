//! Text of a request in which values from elsewhere stand as variables.

/// The variable that holds the base URL of the endpoint.
pub const BASE: &str = "base";

/// Shorter values are only replaced where they stand alone: `1` is part of too much.
const DISTINCTIVE: usize = 8;

/// A part of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// As it stands.
    Literal(String),
    /// The value of the variable of this name.
    Variable(String),
}

/// A text in parts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Text(Vec<Piece>);

impl Text {
    /// A text without variables.
    pub fn new(text: &str) -> Self {
        Self(vec![Piece::Literal(text.to_owned())])
    }

    /// The text with words before it.
    #[must_use]
    pub(super) fn after(&self, words: &str) -> Self {
        let mut pieces = self.0.clone();
        match pieces.first_mut() {
            Some(Piece::Literal(text)) => text.insert_str(0, words),
            _ => pieces.insert(0, Piece::Literal(words.to_owned())),
        }
        Self(pieces)
    }

    /// Whether it is this value and nothing else.
    pub(super) fn is(&self, value: &str) -> bool {
        matches!(&self.0[..], [Piece::Literal(text)] if text == value)
    }

    /// Whether a value stands in it.
    pub(super) fn holds(&self, value: &str) -> bool {
        let found = |text: &str| places(text, value).next().is_some();
        self.0.iter().any(|piece| matches!(piece, Piece::Literal(text) if found(text)))
    }

    /// Puts a variable in the place of a value.
    pub(super) fn replace(&mut self, value: &str, variable: &str) {
        for piece in std::mem::take(&mut self.0) {
            match piece {
                Piece::Literal(text) => self.split(&text, value, variable),
                Piece::Variable(_) => self.0.push(piece),
            }
        }
    }

    fn split(&mut self, text: &str, value: &str, variable: &str) {
        let mut from = 0;
        for at in places(text, value) {
            self.push(&text[from..at]);
            self.0.push(Piece::Variable(variable.to_owned()));
            from = at + value.len();
        }
        self.push(&text[from..]);
    }

    fn push(&mut self, literal: &str) {
        if !literal.is_empty() {
            self.0.push(Piece::Literal(literal.to_owned()));
        }
    }

    /// The text, each part written by its kind.
    pub fn render(&self, literal: impl Fn(&str) -> String, variable: impl Fn(&str) -> String) -> String {
        let parts = self.0.iter().map(|piece| match piece {
            Piece::Literal(text) => literal(text),
            Piece::Variable(name) => variable(name),
        });
        parts.collect()
    }
}

/// Where a value stands in a text.
fn places<'t>(text: &'t str, value: &'t str) -> impl Iterator<Item = usize> + 't {
    let stands = move |at: &usize| {
        !value.is_empty() && (value.len() >= DISTINCTIVE || stands_alone(&text[..*at], &text[at + value.len()..]))
    };
    text.match_indices(value).map(|(at, _)| at).filter(stands)
}

/// Whether a value is a whole segment of a path, a whole text of a JSON body, or one of a list in a header field.
fn stands_alone(before: &str, after: &str) -> bool {
    (before.is_empty() || before.ends_with(['/', '"', ' ', ',']))
        && (after.is_empty() || after.starts_with(['/', '?', '"', ',']))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str, value: &str) -> String {
        let mut parts = Text::new(text);
        let found = parts.holds(value);
        parts.replace(value, "x");
        let shown = parts.render(str::to_owned, |name| format!("<{name}>"));
        assert_eq!(found, shown != text);
        shown
    }

    #[test]
    fn a_value_is_replaced_wherever_it_stands() {
        assert_eq!(shown("/Users/2819c223-7f76?a=2819c223-7f76", "2819c223-7f76"), "/Users/<x>?a=<x>");
        assert_eq!(shown("2819c223-7f76", "2819c223-7f76"), "<x>");
        assert_eq!(shown("nothing", "2819c223-7f76"), "nothing");
        assert_eq!(shown("", ""), "");
    }

    #[test]
    fn a_short_value_only_where_it_stands_alone() {
        assert_eq!(shown("/Users/1?count=1", "1"), "/Users/<x>?count=1");
        assert_eq!(shown(r#"{"value":"1","n":"10"}"#, "1"), r#"{"value":"<x>","n":"10"}"#);
        assert_eq!(shown(r#"W/"1", W/"12", W/"1"a"#, r#"W/"1""#), r#"<x>, W/"12", W/"1"a"#);
    }
}

//! Reading filters and PATCH paths: recursive descent over RFC 7644 Figures 1 and 7.
//!
//! More than the grammar is taken where an IdP needs it or the RFC's own examples do:
//! `emails[type eq "work"].value eq "x"` (Entra), `not(…)` (erratum 7319), and a text
//! right after its operator (`value eq"x"`, §3.5.2.2).

use std::ops::Range;

use serde_json::Value;

use super::{Filter, FilterError, MAX_DEPTH, Operator};
use crate::scim::path::is_name;
use crate::scim::{AttributePath, Path, PathError};

/// A place in a text that is being read.
pub(in crate::scim) struct Parser<'t> {
    text: &'t str,
    at: usize,
    depth: usize,
}

type Parsed<T> = Result<T, FilterError>;

impl<'t> Parser<'t> {
    pub(in crate::scim) const fn new(text: &'t str) -> Self {
        Self { text, at: 0, depth: 0 }
    }

    /// The whole text as a filter.
    pub(in crate::scim) fn filter(mut self) -> Parsed<Filter> {
        self.blanks();
        if self.rest().is_empty() {
            return self.fail("the filter is empty");
        }
        let filter = self.either(false)?;
        self.end()?;
        Ok(filter)
    }

    /// The whole text as a PATCH path.
    pub(in crate::scim) fn path(mut self) -> Result<Path, PathError> {
        self.path_parts().map_err(|error| PathError { at: error.at, message: error.message })
    }

    fn path_parts(&mut self) -> Parsed<Path> {
        self.blanks();
        let attribute = self.attribute()?;
        let mut path = Path::from(attribute);
        if self.eat('[') {
            path.filter = Some(self.brackets()?);
            if self.eat('.') {
                path.sub = Some(self.sub_attribute()?);
            }
        }
        self.end()?;
        Ok(path)
    }

    fn either(&mut self, in_brackets: bool) -> Parsed<Filter> {
        let mut parts = vec![self.both(in_brackets)?];
        while self.joined_by("or")? {
            parts.push(self.both(in_brackets)?);
        }
        Ok(single_or(parts, Filter::Or))
    }

    fn both(&mut self, in_brackets: bool) -> Parsed<Filter> {
        let mut parts = vec![self.one(in_brackets)?];
        while self.joined_by("and")? {
            parts.push(self.one(in_brackets)?);
        }
        Ok(single_or(parts, Filter::And))
    }

    fn one(&mut self, in_brackets: bool) -> Parsed<Filter> {
        self.blanks();
        if self.eat('(') {
            return self.group(in_brackets);
        }
        let (word, span) = self.word();
        if word.eq_ignore_ascii_case("not") {
            let after = self.at;
            self.blanks();
            if self.eat('(') {
                return Ok(Filter::Not(Box::new(self.group(in_brackets)?)));
            }
            self.at = after;
        }
        let path = attribute_path(word, &span)?;
        if self.eat('[') {
            if in_brackets {
                return fail(self.at - 1..self.at, "brackets cannot stand inside brackets");
            }
            return self.element(path);
        }
        self.test(path)
    }

    /// After `(`.
    fn group(&mut self, in_brackets: bool) -> Parsed<Filter> {
        let opened = self.at - 1;
        self.deeper()?;
        let filter = self.either(in_brackets)?;
        self.blanks();
        if !self.eat(')') {
            return self.unclosed(')', opened);
        }
        self.depth -= 1;
        Ok(filter)
    }

    /// After `[`: what holds for one element.
    fn brackets(&mut self) -> Parsed<Filter> {
        let opened = self.at - 1;
        self.deeper()?;
        self.blanks();
        if matches!(self.rest().chars().next(), None | Some(']')) {
            return fail(opened..self.at, "the brackets are empty");
        }
        let filter = self.either(true)?;
        self.blanks();
        if !self.eat(']') {
            return self.unclosed(']', opened);
        }
        self.depth -= 1;
        Ok(filter)
    }

    /// After `attribute[`. Entra goes on with `.value eq "x"`, which says one thing more of the same element.
    fn element(&mut self, path: AttributePath) -> Parsed<Filter> {
        let mut filter = self.brackets()?;
        if self.eat('.') {
            let sub = self.sub_attribute()?;
            let more = self.test(AttributePath::of(&sub))?;
            filter = match filter {
                Filter::And(mut parts) => {
                    parts.push(more);
                    Filter::And(parts)
                }
                other => Filter::And(vec![other, more]),
            };
        }
        Ok(Filter::Element { path, filter: Box::new(filter) })
    }

    /// What follows an attribute: an operator, and a value unless it is `pr`.
    fn test(&mut self, path: AttributePath) -> Parsed<Filter> {
        self.blanks();
        let (word, span) = self.word();
        if word.is_empty() {
            return fail(self.here(), format!("an operator is missing after `{path}`"));
        }
        if word.eq_ignore_ascii_case("pr") {
            return Ok(Filter::Present(path));
        }
        let Some(operator) = Operator::ALL.into_iter().find(|known| known.name().eq_ignore_ascii_case(word)) else {
            let known = Operator::ALL.map(Operator::name).join(", ");
            return fail(span, format!("the operator `{word}` is not supported; expected one of {known}, pr"));
        };
        self.blanks();
        Ok(Filter::Compare { path, operator, value: self.value(operator)? })
    }

    fn value(&mut self, operator: Operator) -> Parsed<Value> {
        if self.rest().starts_with('"') {
            return self.string();
        }
        let (word, span) = self.word();
        match word {
            "" => fail(span, format!("a value is missing after `{}`", operator.name())),
            "true" => Ok(Value::Bool(true)),
            "false" => Ok(Value::Bool(false)),
            "null" => Ok(Value::Null),
            _ => match serde_json::from_str::<Value>(word) {
                Ok(number @ Value::Number(_)) => Ok(number),
                _ => fail(span, format!("the text `{word}` must stand in double quotes")),
            },
        }
    }

    /// A JSON string.
    fn string(&mut self) -> Parsed<Value> {
        let start = self.at;
        let mut escaped = false;
        let closing = self.rest().bytes().skip(1).position(|byte| {
            let closes = byte == b'"' && !escaped;
            escaped = byte == b'\\' && !escaped;
            closes
        });
        let Some(length) = closing.map(|at| at + 2) else {
            return fail(start..self.text.len(), "the closing quote of a text is missing");
        };
        self.at += length;
        serde_json::from_str(&self.text[start..self.at]).map_err(|_| FilterError {
            at: start..self.at,
            message: format!("{} is no JSON string", &self.text[start..self.at]),
        })
    }

    fn attribute(&mut self) -> Parsed<AttributePath> {
        let (word, span) = self.word();
        attribute_path(word, &span)
    }

    /// After the dot that follows brackets.
    fn sub_attribute(&mut self) -> Parsed<String> {
        let (word, span) = self.word();
        if word.is_empty() {
            return fail(span, "a sub-attribute name is missing");
        }
        if is_name(word) { Ok(word.to_owned()) } else { fail(span, format!("`{word}` is no sub-attribute name")) }
    }

    /// Whether a blank, the keyword and a blank come next; if so they are read.
    fn joined_by(&mut self, keyword: &str) -> Parsed<bool> {
        let before = self.at;
        self.blanks();
        let (word, span) = self.word();
        if !word.eq_ignore_ascii_case(keyword) {
            self.at = before;
            return Ok(false);
        }
        let has_room = before < span.start && self.rest().starts_with(|next: char| next.is_ascii_whitespace());
        if !has_room && !self.rest().is_empty() {
            return fail(span, format!("`{word}` needs a blank before and after it"));
        }
        self.blanks();
        if self.rest().is_empty() {
            return fail(span, format!("an expression is missing after `{word}`"));
        }
        Ok(true)
    }

    fn end(&mut self) -> Parsed<()> {
        self.blanks();
        if self.rest().is_empty() {
            return Ok(());
        }
        let start = self.at;
        let (word, span) = self.word();
        match self.text[start..].chars().next() {
            Some(other) if word.is_empty() => {
                fail(start..start + other.len_utf8(), format!("`{other}` is not expected here"))
            }
            _ => fail(span, format!("`{word}` is not expected here")),
        }
    }

    fn unclosed<T>(&self, closing: char, opened: usize) -> Parsed<T> {
        if self.rest().is_empty() {
            return fail(opened..self.at, format!("`{closing}` is missing"));
        }
        let rest: String = self.rest().chars().take(20).collect();
        fail(self.here(), format!("`{closing}` was expected before `{rest}`"))
    }

    fn deeper(&mut self) -> Parsed<()> {
        self.depth += 1;
        if self.depth <= MAX_DEPTH {
            return Ok(());
        }
        fail(self.at - 1..self.at, format!("the filter is nested deeper than {MAX_DEPTH} levels"))
    }

    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    const fn here(&self) -> Range<usize> {
        self.at..self.at
    }

    fn blanks(&mut self) {
        self.at = self.text.len() - self.rest().trim_ascii_start().len();
    }

    fn eat(&mut self, wanted: char) -> bool {
        let found = self.rest().starts_with(wanted);
        self.at += if found { wanted.len_utf8() } else { 0 };
        found
    }

    /// Everything up to a blank, quote or bracket.
    fn word(&mut self) -> (&'t str, Range<usize>) {
        let start = self.at;
        let ends = |letter: char| letter.is_whitespace() || matches!(letter, '"' | '[' | ']' | '(' | ')');
        self.at += self.rest().find(ends).unwrap_or(self.rest().len());
        (&self.text[start..self.at], start..self.at)
    }

    fn fail<T>(&self, message: impl Into<String>) -> Parsed<T> {
        fail(self.here(), message)
    }
}

fn fail<T>(at: Range<usize>, message: impl Into<String>) -> Parsed<T> {
    Err(FilterError { at, message: message.into() })
}

fn attribute_path(word: &str, span: &Range<usize>) -> Parsed<AttributePath> {
    AttributePath::read(word, span.start).map_err(|error| FilterError { at: error.at, message: error.message })
}

fn single_or(mut parts: Vec<Filter>, join: fn(Vec<Filter>) -> Filter) -> Filter {
    match parts.pop() {
        Some(only) if parts.is_empty() => only,
        Some(last) => {
            parts.push(last);
            join(parts)
        }
        None => join(parts),
    }
}

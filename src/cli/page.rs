//! Pages of text for a terminal: headings, wrapped paragraphs, aligned columns.

use std::fmt::Write as _;

use anstyle::Style;

use crate::http::sanitise;

/// Heading of a section.
pub(super) const HEADING: Style = Style::new().bold();
/// Wider lines are tiring to read.
const WIDEST: usize = 100;

/// A page in the making.
pub(super) struct Page {
    text: String,
    width: usize,
}

impl Page {
    /// A page for a terminal of so many columns.
    pub(super) fn new(width: usize) -> Self {
        Self { text: String::new(), width: width.min(WIDEST) }
    }

    /// A line as it is.
    pub(super) fn line(&mut self, text: &str) {
        self.text.push_str(text);
        self.text.push('\n');
    }

    /// A heading with an empty line before it.
    pub(super) fn heading(&mut self, text: &str) {
        let _ = writeln!(self.text, "\n{HEADING}{text}{HEADING:#}"); // writing to a String cannot fail
    }

    /// A paragraph of a file, indented and wrapped.
    pub(super) fn paragraph(&mut self, text: &str) {
        self.wrapped("  ", "  ", text);
    }

    /// An entry of a list.
    pub(super) fn entry(&mut self, text: &str) {
        self.wrapped("  - ", "    ", text);
    }

    /// A name in a column of so many letters, and what is said of it.
    pub(super) fn row(&mut self, name: &str, column: usize, text: &str) {
        let first = format!("  {:<column$}  ", sanitise::line(name));
        let rest = " ".repeat(column + 4);
        self.wrapped(&first, &rest, text);
    }

    fn wrapped(&mut self, first: &str, rest: &str, text: &str) {
        let text = sanitise::line(text.trim());
        self.text.push_str(first);
        let (mut column, mut empty) = (first.chars().count(), true);
        for word in text.split_whitespace() {
            let letters = word.chars().count();
            if !empty && column + 1 + letters > self.width {
                self.line("");
                self.text.push_str(rest);
                (column, empty) = (rest.chars().count(), true);
            }
            if !empty {
                self.text.push(' ');
                column += 1;
            }
            self.text.push_str(word);
            (column, empty) = (column + letters, false);
        }
        self.text.truncate(self.text.trim_end_matches(' ').len());
        self.line("");
    }

    /// The text.
    pub(super) fn finish(self) -> String {
        self.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_wrapped_beside_its_name() {
        let mut page = Page::new(30);
        page.row("name", 6, "some words that do not fit on one line");
        assert_eq!(page.finish(), "  name    some words that do\n          not fit on one line\n");
    }
}

//! Text as reports may show it: secrets masked, control characters visible, length bounded.
//!
//! Everything a target said, and everything that was sent to it, passes here
//! on its way into a report.

use std::borrow::Cow;

use crate::http::{Redactor, sanitise};

/// The most bytes of one value on a line.
const MAX_LINE: usize = 2_000;

/// The most bytes of a body or a longer text.
const MAX_BLOCK: usize = 64 * 1024;

/// The one way for text into a report.
#[derive(Clone, Debug)]
pub struct Safe(Redactor);

impl Safe {
    /// Masks what the redactor knows.
    pub const fn new(redactor: Redactor) -> Self {
        Self(redactor)
    }

    /// Text for one line.
    pub fn line(&self, text: &str) -> String {
        self.line_within(text, MAX_LINE)
    }

    /// Text for one line, at most so many bytes of it.
    pub fn line_within(&self, text: &str, limit: usize) -> String {
        // Masked before it is cut: half a secret would not be recognised.
        sanitise::line(&sanitise::truncate(&joined(&self.0.mask(text)), limit)).into_owned()
    }

    /// Text of several lines.
    pub fn block(&self, text: &str) -> String {
        sanitise::block(&sanitise::truncate(&self.0.mask(text), MAX_BLOCK)).into_owned()
    }

    /// A command to copy: masked and safe, but never cut.
    pub fn command(&self, text: &str) -> String {
        sanitise::line(&self.0.mask(text)).into_owned()
    }

    /// Only masked, for a format that can carry any character and has no line to fit on.
    pub fn masked(&self, text: &str) -> String {
        sanitise::truncate(&self.0.mask(text), MAX_BLOCK).into_owned()
    }
}

/// The lines of a text as one, without what indents them: a page of HTML or a stack trace is read, not copied.
///
/// A line break within a value stands in it as `\n` already, as all JSON has it.
fn joined(text: &str) -> Cow<'_, str> {
    if !text.contains(['\n', '\r']) {
        return Cow::Borrowed(text);
    }
    let lines = text.split(['\n', '\r']).map(|line| line.trim_matches([' ', '\t']));
    Cow::Owned(lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::Secret;

    #[test]
    fn a_secret_across_the_cut_leaves_no_half() {
        let redactor = Redactor::new();
        redactor.add(&Secret::new("tok-1234567890"));
        let shown = Safe::new(redactor).line_within("0123456789 tok-1234567890", 20);
        assert_eq!(shown, "0123456789 ******");
    }

    #[test]
    fn the_lines_of_a_server_are_read_as_one() {
        let safe = Safe::new(Redactor::new());
        let trace = "500: undefined method `each'\r\n\n\t      operations.each do |operation|\n            ^^^^^\n";
        assert_eq!(safe.line(trace), "500: undefined method `each' operations.each do |operation| ^^^^^");
        assert_eq!(safe.line(r#""two\nlines""#), r#""two\nlines""#, "a value is shown as it is");
        assert_eq!(safe.command("--data-raw 'a\n b'"), r"--data-raw 'a\n b'", "what is copied stays whole");
    }
}

//! Text as reports may show it: secrets masked, control characters visible, length bounded.
//!
//! Everything a target said, and everything that was sent to it, passes here
//! on its way into a report.

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
        sanitise::line(&sanitise::truncate(&self.0.mask(text), limit)).into_owned()
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
}

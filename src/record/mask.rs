//! What is written down is about other people, and holds no secret. What passes through is not touched.

use std::io;
use std::path::Path;

use crate::http::Redactor;
use crate::logs::format::Format;
use crate::logs::input::{LogFile, open};
use crate::logs::readers::Options;
use crate::logs::redact::{Key, Mode, Pseudonyms, Vocabulary, find_leak, learn};

/// Masks every text of a recording; the same value always by the same pseudonym.
#[derive(Debug)]
pub(super) struct Mask {
    pseudonyms: Pseudonyms,
    redactor: Redactor,
}

impl Mask {
    /// Knows nobody yet.
    ///
    /// # Errors
    /// When the system gives no random numbers.
    pub(super) fn new(mode: Mode, redactor: Redactor) -> io::Result<Self> {
        Ok(Self { pseudonyms: Pseudonyms::new(Key::random()?, mode, Vocabulary::default()), redactor })
    }

    /// Learns from lines of the transcript whom they are about.
    ///
    /// # Errors
    /// When they cannot be read again.
    pub(super) fn learn(&mut self, lines: &[String]) -> io::Result<()> {
        let file = LogFile::in_memory("transcript.jsonl", lines.join("\n").into_bytes())?;
        self.pseudonyms.learn(|vocabulary| learn(vocabulary, &[(file, Some(Format::AppJsonl))], &Options::default()))
    }

    /// The text without personal data and secrets.
    pub(super) fn text(&self, text: &str) -> String {
        let text = self.pseudonyms.text(text);
        self.redactor.mask(&text).into_owned()
    }

    /// Looks for everybody from now on, for [`Mask::again`].
    pub(super) fn look_for_all(&mut self) {
        self.pseudonyms.look_for_all();
    }

    /// A text that was masked when fewer names were known.
    pub(super) fn again(&self, text: &str) -> String {
        self.pseudonyms.again(text)
    }

    /// What is still there of what was replaced, in a file that was written.
    ///
    /// # Errors
    /// When it cannot be read.
    pub(super) fn leak(&self, path: &Path) -> io::Result<Option<String>> {
        let originals = self.pseudonyms.originals();
        for file in open(path).map_err(io::Error::other)? {
            if let Some(leak) = find_leak(&file, &originals)? {
                return Ok(Some(format!("{leak} of `{}`", file.name)));
            }
        }
        Ok(None)
    }
}

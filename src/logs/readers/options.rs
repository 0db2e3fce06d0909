//! What is asked of a log.

use time::{OffsetDateTime, UtcOffset};

use crate::logs::input::{LogFile, MAX_RECORD};

/// What is asked of a file.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Zone of times that name none.
    pub zone: Option<UtcOffset>,
    /// Records that do not hold this text are passed over (a person's address, an id), whatever the case of ASCII.
    pub subject: Option<String>,
    /// Records of other applications than this are passed over.
    pub app: Option<String>,
    /// Records before this are passed over.
    pub since: Option<OffsetDateTime>,
    /// Records after this are passed over.
    pub until: Option<OffsetDateTime>,
    /// Files that came along: a file that a log names is looked for here, never on the disk.
    pub beside: Vec<LogFile>,
}

impl Options {
    /// The text of a file that came along, by its name without folders.
    pub fn given(&self, name: &str) -> Option<String> {
        let last = |name: &str| name.rsplit(['/', '\\']).next().map(str::to_ascii_lowercase);
        self.beside.iter().find(|file| last(&file.name) == last(name))?.text(MAX_RECORD).ok()
    }
}

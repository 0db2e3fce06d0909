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
    /// Names under which a vendor's own log has the parts of a request, looked for before the usual ones.
    pub map: Vec<Mapped>,
    /// Files that came along: a file that a log names is looked for here, never on the disk.
    pub beside: Vec<LogFile>,
}

/// A part of a request, and where a vendor's own log has it: `status=outcome.code`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mapped {
    /// The part.
    pub part: Part,
    /// The path of the member that holds it, one or more levels down.
    pub alias: String,
}

/// Parts of a request and its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Its method.
    Method,
    /// Its URL or path.
    Path,
    /// Its query, where that stands apart.
    Query,
    /// Status of the answer.
    Status,
    /// When.
    Time,
    /// Milliseconds until the answer.
    Duration,
    /// What groups it with others.
    RequestId,
    /// Who asked.
    UserAgent,
    /// Header fields of the request.
    RequestHeaders,
    /// … and of the answer.
    ResponseHeaders,
    /// Body of the request.
    RequestBody,
    /// … and of the answer.
    ResponseBody,
}

impl Part {
    /// Each with the name that it has on the command line.
    pub const ALL: [(&str, Self); 12] = [
        ("method", Self::Method),
        ("path", Self::Path),
        ("query", Self::Query),
        ("status", Self::Status),
        ("time", Self::Time),
        ("duration", Self::Duration),
        ("request-id", Self::RequestId),
        ("user-agent", Self::UserAgent),
        ("request-headers", Self::RequestHeaders),
        ("response-headers", Self::ResponseHeaders),
        ("request-body", Self::RequestBody),
        ("response-body", Self::ResponseBody),
    ];
}

impl std::str::FromStr for Mapped {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let names = || Part::ALL.map(|(name, _)| name).join(", ");
        let (name, alias) = text.split_once('=').filter(|(_, alias)| !alias.is_empty()).ok_or_else(|| {
            "write a part and the name that the log has for it, such as status=outcome.code".to_owned()
        })?;
        let part = Part::ALL.into_iter().find(|(known, _)| *known == name);
        let (_, part) = part.ok_or_else(|| format!("there is no part `{name}`; there are {}", names()))?;
        Ok(Self { part, alias: alias.to_owned() })
    }
}

impl Options {
    /// The text of a file that came along, by its name without folders.
    pub fn given(&self, name: &str) -> Option<String> {
        let last = |name: &str| name.rsplit(['/', '\\']).next().map(str::to_ascii_lowercase);
        self.beside.iter().find(|file| last(&file.name) == last(name))?.text(MAX_RECORD).ok()
    }
}

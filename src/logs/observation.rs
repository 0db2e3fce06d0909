//! One thing that a log shows, in the same form whatever log it was; and how each part of it is known.

use std::fmt;
use std::sync::Arc;

use time::OffsetDateTime;

use super::format::Format;
use crate::http::Method;

/// How something is known. Nothing is filled in without one of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Provenance {
    /// It stands in the log.
    Observed,
    /// It was read out of a sentence in the log.
    Parsed,
    /// It follows from what stands in the log, by this rule.
    Inferred(&'static str),
    /// Nothing is known; what the IdP usually does, by this rule.
    Defaulted(&'static str),
}

/// `observed`, `parsed`, `inferred: lookup-empty`.
impl fmt::Display for Provenance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Observed => f.write_str("observed"),
            Self::Parsed => f.write_str("parsed"),
            Self::Inferred(rule) => write!(f, "inferred: {rule}"),
            Self::Defaulted(rule) => write!(f, "usual: {rule}"),
        }
    }
}

/// A value and how it is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known<T> {
    /// The value.
    pub value: T,
    /// How it is known.
    pub how: Provenance,
}

impl<T> Known<T> {
    /// It stands in the log.
    pub const fn observed(value: T) -> Self {
        Self { value, how: Provenance::Observed }
    }

    /// It was read out of a sentence.
    pub const fn parsed(value: T) -> Self {
        Self { value, how: Provenance::Parsed }
    }

    /// It follows by a rule.
    pub const fn inferred(value: T, rule: &'static str) -> Self {
        Self { value, how: Provenance::Inferred(rule) }
    }
}

/// Where a record stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The file as the user named it.
    pub file: Arc<str>,
    /// Number of the record in the file, from 1; for text the line.
    pub record: u64,
    /// The format it was read as.
    pub format: Format,
    /// The record's own id, such as the `uuid` of an Okta event.
    pub native_id: Option<String>,
}

/// When, and how exactly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// The instant.
    pub instant: OffsetDateTime,
    /// How exact the text was.
    pub precision: Precision,
    /// The text named a zone; else it was assumed.
    pub has_zone: bool,
}

/// How exact a time is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Precision {
    /// Parts of a second.
    Fraction,
    /// Seconds.
    Second,
    /// Minutes: two records of one minute are never put into another order.
    Minute,
}

/// Whose log, or whose requests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Idp {
    /// Okta.
    Okta,
    /// Microsoft Entra ID.
    Entra,
    /// It does not show.
    #[default]
    Unknown,
}

/// What a record is about: the names by which one person or group is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Subject {
    /// A group, not a person.
    pub is_group: bool,
    /// SCIM `userName`; for Okta the application user's name.
    pub user_name: Option<String>,
    /// An e-mail address.
    pub email: Option<String>,
    /// Display name.
    pub display_name: Option<String>,
    /// The IdP's id: `00u…`, an object id.
    pub idp_id: Option<String>,
    /// The SCIM id at the endpoint.
    pub scim_id: Option<String>,
    /// `externalId`.
    pub external_id: Option<String>,
}

/// What the IdP wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Intent {
    /// The app was assigned; nothing is sent by that alone.
    Assign,
    /// The assignment was taken back.
    Unassign,
    /// A record in the IdP's own directory was changed; nothing is sent by that alone.
    DirectoryChange,
    /// Looking for the person.
    Lookup,
    /// Creating the person.
    Create,
    /// Changing the person.
    Update,
    /// `active` to false.
    Deactivate,
    /// `active` to true.
    Reactivate,
    /// Removing the person.
    Delete,
    /// Reading one person by id.
    Read,
    /// Reading all.
    Import,
    /// The job as a whole, after its parts.
    Sync,
    /// Looking for a group.
    GroupLookup,
    /// Creating a group.
    GroupCreate,
    /// Reading a group by id.
    GroupRead,
    /// Changing a group's own attributes.
    GroupUpdate,
    /// Changing who is in it.
    GroupMembers,
    /// Removing a group.
    GroupDelete,
    /// Trying out the credentials.
    AuthTest,
    /// Credentials or settings were changed.
    RotateToken,
    /// Something else.
    #[default]
    Other,
}

/// How it ended, by the log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// Well.
    Success,
    /// Not well.
    Failure,
    /// Nothing was tried.
    Skipped,
    /// The log does not say.
    #[default]
    Unknown,
}

/// A body as the log has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Body {
    /// The text; bytes that are no UTF-8 are replaced.
    pub text: String,
    /// The log holds only its beginning.
    pub is_cut: bool,
}

/// A request and its answer, as far as the log shows them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Http {
    /// Method.
    pub method: Option<Known<Method>>,
    /// What stands before that path, as far as the log shows it: `https://api.example.com/scim/v2` or `/scim/v2`.
    pub base: Option<String>,
    /// Path below the endpoint's base, such as `/Users/123`, percent-decoded.
    pub path: Option<Known<String>>,
    /// Query as it was sent, without `?`.
    pub query: Option<String>,
    /// Header fields of the request, in order; secrets are still in them.
    pub request_headers: Vec<(String, String)>,
    /// Body of the request.
    pub request_body: Option<Known<Body>>,
    /// Status of the answer.
    pub status: Option<Known<u16>>,
    /// Header fields of the answer, in order.
    pub response_headers: Vec<(String, String)>,
    /// Body of the answer.
    pub response_body: Option<Known<Body>>,
    /// Milliseconds until the answer.
    pub duration_ms: Option<u64>,
}

/// One attribute that was to change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// SCIM path, or the IdP's own name where the path is unknown.
    pub path: String,
    /// The value before, where the log has it.
    pub old: Option<String>,
    /// The value after; `None` when it was removed.
    pub new: Option<String>,
}

/// What the log says in words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Message {
    /// As it stands there.
    pub raw: String,
    /// The status that it names.
    pub status: Option<u16>,
    /// The endpoint's own words: `detail` of a SCIM error.
    pub detail: Option<String>,
    /// The IdP's error code, such as `LicenseLimitExceeded`.
    pub code: Option<String>,
    /// The body that it quotes.
    pub body: Option<String>,
    /// How often the IdP says that it tried again.
    pub retries: Option<u32>,
    /// It may have been cut by the IdP (Okta keeps 255 characters).
    pub may_be_cut: bool,
}

/// One thing that a log shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Observation {
    /// Where it stands.
    pub place: Place,
    /// When; `None` when the log has no time.
    pub time: Option<Moment>,
    /// Whose log.
    pub idp: Idp,
    /// The application, as its admin named it.
    pub app: Option<String>,
    /// The IdP's own name for the kind of application, such as `scim2headerauth`.
    pub app_template: Option<String>,
    /// What groups records of one job: transaction, cycle or change id.
    pub job: Option<String>,
    /// The record's own kind, such as an event type or a step name.
    pub kind: String,
    /// Whom it is about.
    pub subject: Subject,
    /// What was wanted.
    pub intent: Intent,
    /// How it ended.
    pub outcome: Outcome,
    /// Request and answer.
    pub http: Option<Http>,
    /// What was to change.
    pub changes: Vec<Change>,
    /// What the log says in words.
    pub message: Option<Message>,
}

impl Observation {
    /// An observation that only says where it stands.
    pub fn at(place: Place, kind: impl Into<String>) -> Self {
        Self {
            place,
            time: None,
            idp: Idp::Unknown,
            app: None,
            app_template: None,
            job: None,
            kind: kind.into(),
            subject: Subject::default(),
            intent: Intent::Other,
            outcome: Outcome::Unknown,
            http: None,
            changes: Vec::new(),
            message: None,
        }
    }

    /// The status of the answer, from wherever it is known.
    pub fn status(&self) -> Option<u16> {
        let observed = self.http.as_ref().and_then(|http| http.status.as_ref()).map(|status| status.value);
        observed.or_else(|| self.message.as_ref().and_then(|message| message.status))
    }
}

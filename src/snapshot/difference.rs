//! One difference from the approved transcript: what the diff gives to the judge and to reports.

/// A difference from the approved transcript.
#[derive(Clone, Debug, PartialEq)]
pub struct SnapshotDifference {
    /// Position of the exchange among those the snapshot shows, from 0, counted in what was seen now;
    /// in the approved one for an exchange that is missing now.
    pub exchange: usize,
    /// The request, as the snapshot shows it: `POST /Users`.
    pub request: String,
    /// What differs, in SCIM path notation: `status`, `body.emails[type eq "work"].value`, `header Location`.
    pub path: String,
    /// The approved value as compact JSON or text; `None` where it was absent.
    pub expected: Option<String>,
    /// The value now; `None` where it is absent.
    pub actual: Option<String>,
    /// True where RFC and IdP leave it open: shown, never counted.
    pub allowed: bool,
}

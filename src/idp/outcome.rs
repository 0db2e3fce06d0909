//! Outcomes: what the IdP would record for an event, in the words its admin sees.

/// Kind of an outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OutcomeKind {
    /// "Test connection" succeeded.
    Connected,
    /// A new account or group was created.
    Provisioned,
    /// An existing account or group was found and linked (and updated where it differed).
    Linked,
    /// The account or group was changed.
    Updated,
    /// The account was deactivated.
    Deactivated,
    /// The account or group was deleted.
    Deleted,
    /// A full import ended.
    Imported,
    /// Nothing had to be sent.
    Skipped,
    /// Failed now, will be tried again by itself.
    RetryScheduled,
    /// The whole job is stopped or slowed until an admin acts.
    Quarantined,
    /// Failed until an admin acts on this object.
    Failed,
}

impl OutcomeKind {
    /// Every kind with its name in scenario files and reports.
    pub const NAMES: [(&'static str, Self); 11] = [
        ("connected", Self::Connected),
        ("provisioned", Self::Provisioned),
        ("linked", Self::Linked),
        ("updated", Self::Updated),
        ("deactivated", Self::Deactivated),
        ("deleted", Self::Deleted),
        ("imported", Self::Imported),
        ("skipped", Self::Skipped),
        ("retry-scheduled", Self::RetryScheduled),
        ("quarantined", Self::Quarantined),
        ("failed", Self::Failed),
    ];

    /// The name in scenario files and reports.
    pub fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(_, kind)| *kind == self).map_or("unknown", |(name, _)| name)
    }

    /// Whether the IdP's admin sees this as a success.
    pub const fn is_good(self) -> bool {
        !matches!(self, Self::RetryScheduled | Self::Quarantined | Self::Failed)
    }
}

/// What the IdP recorded for one person, group or job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// What became of it.
    pub kind: OutcomeKind,
    /// Key of the person or group; `None` for the job as a whole.
    pub subject: Option<String>,
    /// The very text the IdP's admin sees (a quoted `detail` of the target included); empty when nothing is shown.
    pub message: String,
    /// The IdP's own code, such as Entra's `InvalidAnchor`.
    pub code: Option<String>,
}

impl Outcome {
    /// An outcome for a person or group.
    pub fn of(kind: OutcomeKind, subject: &str, message: impl Into<String>) -> Self {
        Self { kind, subject: Some(subject.to_owned()), message: message.into(), code: None }
    }

    /// An outcome of the job as a whole.
    pub fn of_job(kind: OutcomeKind, message: impl Into<String>) -> Self {
        Self { kind, subject: None, message: message.into(), code: None }
    }

    /// Adds the IdP's own code.
    #[must_use]
    pub fn with_code(mut self, code: impl Into<String>) -> Self {
        self.code = Some(code.into());
        self
    }
}

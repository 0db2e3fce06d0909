//! The mails that the app sent, for tests that count them.

use time::OffsetDateTime;

use crate::server::store::folded;

/// More mails than this are counted no further: the oldest go.
const BOUND: usize = 100_000;

/// Every mail sent, oldest first.
#[derive(Debug, Default)]
pub struct Outbox(Vec<Mail>);

/// One mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// The address as the identity provider wrote it.
    pub to: String,
    /// What it is about.
    pub about: About,
    /// When it was sent.
    pub at: OffsetDateTime,
}

/// What a mail is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// An invitation to the organisation.
    Invitation,
    /// A link that verifies a changed address.
    Verification,
}

impl About {
    /// The word for it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Invitation => "invitation",
            Self::Verification => "verification",
        }
    }
}

impl Outbox {
    /// Sends a mail.
    pub fn send(&mut self, mail: Mail) {
        if self.0.len() >= BOUND {
            self.0.drain(..BOUND / 2);
        }
        self.0.push(mail);
    }

    /// The mails to an address, whatever its case.
    pub fn to(&self, address: &str) -> impl Iterator<Item = &Mail> {
        let address = folded(address);
        self.0.iter().filter(move |mail| folded(&mail.to) == address)
    }

    /// All of them.
    pub fn all(&self) -> &[Mail] {
        &self.0
    }
}

//! The bearer token and its life: issued, expired, revoked, gone with its configuration.

use time::OffsetDateTime;

use super::reply;
use crate::clock::millis;
use crate::http::{Headers, Response};

const DAY: i64 = 24 * 60 * 60 * 1000;

/// The token of one tenant.
#[derive(Debug)]
pub struct Tokens {
    text: String,
    /// Milliseconds since the epoch.
    expires: Option<i64>,
    state: State,
    /// How long a token lives that is issued from now on.
    days: Option<u32>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Issued,
    Revoked,
    /// The whole SCIM configuration is deleted, its token with it.
    Deleted,
}

/// Why a request is not let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// It carries no credentials.
    Missing,
    /// What it carries is no bearer token, or not ours.
    Unknown,
    /// The token's time is over.
    Expired,
    /// The token was revoked.
    Revoked,
    /// There is no SCIM configuration any more.
    Deleted,
}

impl Tokens {
    /// Issues the first token.
    pub fn new(text: String, days: Option<u32>, now: OffsetDateTime) -> Self {
        let mut tokens = Self { text: String::new(), expires: None, state: State::Issued, days };
        tokens.issue(text, now);
        tokens
    }

    /// Issues a token; the one before dies.
    pub fn issue(&mut self, text: String, now: OffsetDateTime) {
        self.text = text;
        self.expires = self.days.map(|days| millis(now).saturating_add(i64::from(days) * DAY));
        self.state = State::Issued;
    }

    /// How many days the tokens live that are issued from now on; for ever when absent.
    pub fn set_days(&mut self, days: Option<u32>) {
        self.days = days;
    }

    /// When the token's time is over, in milliseconds since the epoch.
    pub const fn expires(&self) -> Option<i64> {
        self.expires
    }

    /// The token issued last.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Revokes the token.
    pub fn revoke(&mut self) {
        self.state = State::Revoked;
    }

    /// Ends the token's time.
    pub fn expire(&mut self, now: OffsetDateTime) {
        self.expires = Some(millis(now));
    }

    /// The configuration goes, and the token with it.
    pub fn delete(&mut self) {
        self.state = State::Deleted;
    }

    /// Whether a SCIM configuration exists.
    pub fn configured(&self) -> bool {
        self.state != State::Deleted
    }

    /// `valid`, `expired`, `revoked` or `deleted`, for the administrator's view.
    pub fn standing(&self, now: OffsetDateTime) -> &'static str {
        match self.state {
            State::Deleted => "deleted",
            State::Revoked => "revoked",
            State::Issued if self.expired(now) => "expired",
            State::Issued => "valid",
        }
    }

    /// Lets a request in, or says why not.
    pub fn check(&self, headers: &Headers, now: OffsetDateTime) -> Result<(), Refused> {
        let Some(credentials) = headers.get("authorization") else { return Err(Refused::Missing) };
        if self.state == State::Deleted {
            return Err(Refused::Deleted);
        }
        // The scheme compares without case (RFC 9110 §11.1).
        let presented = match credentials.trim().split_once(' ') {
            Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => token.trim(),
            _ => return Err(Refused::Unknown),
        };
        match self.state {
            _ if presented != self.text => Err(Refused::Unknown),
            State::Revoked => Err(Refused::Revoked),
            _ if self.expired(now) => Err(Refused::Expired),
            _ => Ok(()),
        }
    }

    fn expired(&self, now: OffsetDateTime) -> bool {
        self.expires.is_some_and(|at| millis(now) >= at)
    }
}

impl Refused {
    /// The 401 that says so.
    pub fn response(self) -> Response {
        let detail = match self {
            Self::Missing => "Authorization is missing: send the bearer token of this SCIM configuration.",
            Self::Unknown => "The bearer token is not the one of this SCIM configuration.",
            Self::Expired => "The bearer token has expired: generate a new one and enter it at the identity provider.",
            Self::Revoked => "The bearer token was revoked: generate a new one and enter it at the identity provider.",
            Self::Deleted => {
                "The SCIM configuration was deleted: set it up again and enter the new token at the identity provider."
            }
        };
        reply::unauthorized(detail, self != Self::Missing)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    const START: OffsetDateTime = datetime!(2026-01-05 09:00 UTC);

    fn check(tokens: &Tokens, credentials: &str, now: OffsetDateTime) -> Result<(), Refused> {
        tokens.check(&[("Authorization", credentials)].into_iter().collect(), now)
    }

    #[test]
    fn the_scheme_compares_without_case() {
        let tokens = Tokens::new("t1".into(), None, START);
        for credentials in ["Bearer t1", "bearer t1", "BEARER  t1"] {
            assert_eq!(check(&tokens, credentials, START), Ok(()), "{credentials}");
        }
    }

    #[test]
    fn broken_credentials_are_unknown() {
        let tokens = Tokens::new("t1".into(), None, START);
        for credentials in ["t1", "Bearer", "Bearer ", "Basic ???", "", "Bearer t1x"] {
            assert_eq!(check(&tokens, credentials, START), Err(Refused::Unknown), "{credentials}");
        }
    }

    #[test]
    fn a_token_ends_with_its_days() {
        let tokens = Tokens::new("t1".into(), Some(2), START);
        assert_eq!(check(&tokens, "Bearer t1", datetime!(2026-01-07 08:59:59 UTC)), Ok(()));
        assert_eq!(check(&tokens, "Bearer t1", datetime!(2026-01-07 09:00 UTC)), Err(Refused::Expired));
    }

    #[test]
    fn a_new_token_replaces_the_revoked_one() {
        let mut tokens = Tokens::new("t1".into(), None, START);
        tokens.revoke();
        assert_eq!(check(&tokens, "Bearer t1", START), Err(Refused::Revoked));
        tokens.issue("t2".into(), START);
        assert_eq!(check(&tokens, "Bearer t2", START), Ok(()));
        assert_eq!(check(&tokens, "Bearer t1", START), Err(Refused::Unknown));
    }
}

//! What Entra makes of an answer: its error codes, and when it tries again.
//!
//! The table is that of "How to analyze the provisioning logs": some errors
//! stop the job (credentials), some come back by themselves in the next cycle,
//! every other one puts the object into escrow. No status has a meaning of its
//! own beyond that: a 403 for a missing seat reads like any other 403.

use std::sync::Arc;

use crate::http::{Answer, Response, TransportFailure};

/// What is to be done about an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Course {
    /// The object waits in escrow: 6 h, 12 h, 24 h, then daily.
    Escrow,
    /// The next cycle tries it again.
    NextCycle,
    /// The connection does not hold: the job is quarantined at once.
    Quarantine,
    /// Nothing is tried until an administrator has looked at the object.
    Administrator,
}

/// An error as the provisioning log shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Trouble {
    /// Error code of the log.
    pub code: &'static str,
    /// Reason, without the sentence about the next attempt.
    pub reason: String,
    /// What follows.
    pub course: Course,
}

/// The body could not be read as what was due.
pub(super) const INCOMPATIBLE: &str = "SystemForCrossDomainIdentityManagementServiceIncompatible";
/// … and it answered a filter.
pub(super) const INCOMPATIBLE_FILTERING: &str = "SystemForCrossDomainIdentityManagementServiceIncompatibleFiltering";
/// Several groups, or their members, where one without members was asked for.
pub(super) const MULTIPLE_ENTRIES: &str = "SystemForCrossDomainIdentityManagementMultipleEntriesInResponse";
/// The token is refused.
pub(super) const CREDENTIALS: &str = "SystemForCrossDomainIdentityManagementCredentialValidationFailure";
/// A cached id is gone.
pub(super) const INVALID_ANCHOR: &str = "InvalidAnchor";
/// More than one user matches.
pub(super) const DUPLICATE_TARGET: &str = "DuplicateTargetEntries";
/// A lookup returned something else than what was asked for; scimulator's own code, not one of the log's.
pub(super) const STRANGER: &str = "stranger";
/// Nothing had to be done.
pub(super) const SKIPPED: &str = "EntrySynchronizationSkipped";

/// How much of a body is quoted in a reason (characters).
const QUOTED: usize = 2000;

/// The answer when it is a success, else what it means.
pub(super) fn accept(answer: Answer) -> Result<Arc<Response>, Trouble> {
    match answer {
        Ok(response) if response.is_success() => Ok(response),
        Ok(response) => Err(refused(&response)),
        Err(failure) => Err(silent(&failure)),
    }
}

/// What a status other than 2xx means.
pub(super) fn refused(response: &Response) -> Trouble {
    let (code, course) = match response.status {
        401 => (CREDENTIALS, Course::Quarantine),
        403 => ("InsufficientRights", Course::Escrow),
        405 => ("MethodNotAllowed", Course::Escrow),
        409 => ("Conflict", Course::Escrow),
        422 => ("UnprocessableEntity", Course::Escrow),
        429 => ("TooManyRequests", Course::NextCycle),
        501 => ("NotImplemented", Course::Escrow),
        500..=599 => ("InternalServerError", Course::NextCycle),
        _ => (INCOMPATIBLE, Course::Escrow),
    };
    Trouble { code, reason: reason(response), course }
}

/// A success whose body is not what was due.
pub(super) fn unreadable(code: &'static str, response: &Response) -> Trouble {
    let reason = format!(
        "We are not able to deserialize the resource received from your SCIM endpoint because your SCIM endpoint is \
         not fully compatible with the Azure Active Directory SCIM client. Here is the resource we received: {}",
        quoted(response)
    );
    Trouble { code, reason, course: Course::Escrow }
}

/// No answer at all.
fn silent(failure: &TransportFailure) -> Trouble {
    let code = if matches!(failure, TransportFailure::Timeout(_)) { "Timeout" } else { "WebExceptionProtocolError" };
    Trouble { code, reason: failure.to_string(), course: Course::NextCycle }
}

/// The reason of a refused request, as the log words it.
fn reason(response: &Response) -> String {
    format!(
        "StatusCode: {} Message: Processing of the HTTP request resulted in an exception. Please see the HTTP response \
         returned by the 'Response' property of this exception for details. Web Response: {}",
        status_name(response.status),
        quoted(response)
    )
}

fn quoted(response: &Response) -> String {
    String::from_utf8_lossy(&response.body).chars().take(QUOTED).collect()
}

/// .NET's name of a status; its digits where there is none.
fn status_name(status: u16) -> String {
    let name = match status {
        200 => "OK",
        201 => "Created",
        204 => "NoContent",
        301 => "MovedPermanently",
        302 => "Found",
        304 => "NotModified",
        307 => "TemporaryRedirect",
        400 => "BadRequest",
        401 => "Unauthorized",
        402 => "PaymentRequired",
        403 => "Forbidden",
        404 => "NotFound",
        405 => "MethodNotAllowed",
        406 => "NotAcceptable",
        408 => "RequestTimeout",
        409 => "Conflict",
        410 => "Gone",
        412 => "PreconditionFailed",
        413 => "RequestEntityTooLarge",
        415 => "UnsupportedMediaType",
        422 => "UnprocessableEntity",
        429 => "TooManyRequests",
        500 => "InternalServerError",
        501 => "NotImplemented",
        502 => "BadGateway",
        503 => "ServiceUnavailable",
        504 => "GatewayTimeout",
        _ => return status.to_string(),
    };
    name.to_owned()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::http::Headers;

    fn trouble(status: u16, body: &str) -> Trouble {
        let response = Response::new(status, Headers::new(), body.to_owned());
        accept(Ok(Arc::new(response))).expect_err("refused")
    }

    #[test]
    fn a_conflict_goes_to_escrow_and_quotes_the_answer() {
        let trouble = trouble(409, r#"{"detail":"taken"}"#);
        assert_eq!((trouble.code, trouble.course), ("Conflict", Course::Escrow));
        assert!(trouble.reason.starts_with("StatusCode: Conflict Message: "), "{}", trouble.reason);
        assert!(trouble.reason.ends_with(r#"Web Response: {"detail":"taken"}"#), "{}", trouble.reason);
    }

    #[test]
    fn a_missing_seat_is_a_403_like_any_other() {
        let trouble = trouble(403, "no seat");
        assert_eq!((trouble.code, trouble.course), ("InsufficientRights", Course::Escrow));
    }

    #[test]
    fn overload_and_server_errors_wait_for_the_next_cycle() {
        for (status, code) in [(429, "TooManyRequests"), (500, "InternalServerError"), (503, "InternalServerError")] {
            let trouble = trouble(status, "");
            assert_eq!((trouble.code, trouble.course), (code, Course::NextCycle), "{status}");
        }
        let trouble = accept(Err(TransportFailure::Timeout(Duration::from_secs(60)))).expect_err("silent");
        assert_eq!((trouble.code, trouble.course), ("Timeout", Course::NextCycle));
    }

    #[test]
    fn a_refused_token_stops_the_job() {
        assert_eq!(trouble(401, "").course, Course::Quarantine);
    }

    #[test]
    fn a_long_body_is_quoted_up_to_a_bound() {
        let trouble = trouble(400, &"ü".repeat(5000));
        assert_eq!(trouble.reason.chars().filter(|letter| *letter == 'ü').count(), QUOTED);
    }
}

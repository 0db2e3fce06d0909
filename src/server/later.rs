//! 202: the request is accepted, and done later (RFC 9967 §2.5.1.1). Here later is at once.

use crate::http::{Headers, Request, Response};

/// The preference (RFC 7240 §4.1).
const RESPOND_ASYNC: &str = "respond-async";

/// Whether the client would rather not wait.
pub fn is_preferred(request: &Request) -> bool {
    let preferences = request.headers.all("prefer").flat_map(|field| field.split(','));
    preferences
        .map(|preference| preference.split([';', '=']).next().unwrap_or_default().trim())
        .any(|name| name.eq_ignore_ascii_case(RESPOND_ASYNC))
}

/// The answer to who does not wait, in the place of that of a write that was done: where the resource is, and by which
/// name its completion would be told.
pub fn accepted(done: &Response, transaction: &str) -> Response {
    let mut headers = Headers::new();
    headers.push("Set-Txn", transaction);
    headers.push("Preference-Applied", RESPOND_ASYNC);
    if let Some(location) = done.headers.get("location") {
        headers.push("Location", location);
    }
    Response::new(202, headers, "")
}

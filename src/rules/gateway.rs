//! Answers that are not the target's own: pages of gateways and proxies in front of it.

use crate::http::Exchange;

/// What answered in the target's place, in a few words; `None` when it was the target itself.
///
/// 502 and 504 come from gateways: an application that sends them sends a SCIM
/// error, so anything that is not JSON is a gateway's page. 503 and 511 count
/// when they are HTML, as do the codes that only a content delivery network
/// has. Such an answer says nothing about the endpoint and breaks no rule.
pub fn infrastructure(exchange: &Exchange) -> Option<String> {
    let answer = exchange.response()?;
    let status = answer.status;
    if !(status == 511 || (502..=504).contains(&status) || (520..=530).contains(&status)) || answer.json().is_some() {
        return None;
    }
    let is_page = is_html(&answer.body) || answer.headers.media_type().as_deref() == Some("text/html");
    let certain = matches!(status, 502 | 504);
    if !certain && !is_page {
        return None;
    }
    let who = answer.headers.get("server").map_or_else(|| "a gateway".to_owned(), |name| format!("a gateway ({name})"));
    Some(format!("{who} answered {status} instead of the target"))
}

/// Whether a body begins like an HTML page.
pub(super) fn is_html(body: &[u8]) -> bool {
    let start = body.trim_ascii_start();
    let begins = |tag: &[u8]| start.get(..tag.len()).is_some_and(|start| start.eq_ignore_ascii_case(tag));
    begins(b"<!doctype html") || begins(b"<html") || begins(b"<head") || begins(b"<body")
}

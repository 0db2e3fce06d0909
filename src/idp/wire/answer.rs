//! What an answer says: reason phrases, the `detail` of an error, the id of a resource.

use serde_json::{Map, Value};

use crate::http::{Answer, Response};
use crate::idp::mapping::member;

/// The longest text of a target that goes into an outcome.
const MAX_DETAIL: usize = 500;

/// The reason phrase of a status (RFC 9110 §15), as admins see it in front of the remote text.
pub const fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        201 => "Created",
        202 => "Accepted",
        204 => "No Content",
        301 => "Moved Permanently",
        302 => "Found",
        304 => "Not Modified",
        307 => "Temporary Redirect",
        308 => "Permanent Redirect",
        400 => "Bad Request",
        401 => "Unauthorized",
        402 => "Payment Required",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        406 => "Not Acceptable",
        408 => "Request Timeout",
        409 => "Conflict",
        410 => "Gone",
        412 => "Precondition Failed",
        413 => "Content Too Large",
        415 => "Unsupported Media Type",
        422 => "Unprocessable Content",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        501 => "Not Implemented",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        _ => match status / 100 {
            3 => "Redirect",
            4 => "Client Error",
            5 => "Server Error",
            _ => "Unknown Status",
        },
    }
}

/// The text of an error for people: `detail` (RFC 7644 §3.12), or what older servers have in its place.
pub fn detail(response: &Response) -> Option<String> {
    let body = response.json()?.as_object()?;
    let text = |map: &Map<String, Value>, name: &str| {
        member(map, name).and_then(Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned)
    };
    // SCIM 1.1 heritage: `{"Errors": {"description": …}}` or a list of them.
    let errors = || match member(body, "Errors")? {
        Value::Array(errors) => text(errors.first()?.as_object()?, "description"),
        errors => text(errors.as_object()?, "description"),
    };
    text(body, "detail").or_else(errors).map(shortened)
}

fn shortened(mut text: String) -> String {
    if let Some((end, _)) = text.char_indices().nth(MAX_DETAIL) {
        text.truncate(end);
        text.push('…');
    }
    text
}

/// The `id` of the resource in a body: a text that is not empty.
pub fn scim_id(response: &Response) -> Option<String> {
    let body = response.json()?.as_object()?;
    member(body, "id")?.as_str().filter(|id| !id.is_empty()).map(str::to_owned)
}

/// An answer that is no success in a few words: `Conflict`, or why none came.
pub fn bad_answer(answer: &Answer) -> String {
    match answer {
        Ok(response) => reason(response.status).to_owned(),
        Err(failure) => failure.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::Headers;

    fn answer(body: &str) -> Response {
        Response::new(409, Headers::new(), body.to_owned())
    }

    #[test]
    fn the_detail_of_both_versions_is_found() {
        assert_eq!(detail(&answer(r#"{"detail":"taken","status":"409"}"#)).as_deref(), Some("taken"));
        let slack = r#"{"Errors":{"description":"username_not_allowed","code":400}}"#;
        assert_eq!(detail(&answer(slack)).as_deref(), Some("username_not_allowed"));
        assert_eq!(detail(&answer("<html>")), None);
        assert_eq!(detail(&answer(r#"{"detail":""}"#)), None);
    }

    #[test]
    fn a_long_detail_is_cut_between_characters() {
        let body = format!(r#"{{"detail":"{}"}}"#, "ü".repeat(2000));
        assert_eq!(detail(&answer(&body)).map(|text| text.chars().count()), Some(MAX_DETAIL + 1));
    }

    #[test]
    fn an_id_is_a_text_that_is_not_empty() {
        for body in [r#"{"id":""}"#, r#"{"id":7}"#, "{}", ""] {
            assert_eq!(scim_id(&answer(body)), None, "{body}");
        }
        assert_eq!(scim_id(&answer(r#"{"ID":"u-1"}"#)).as_deref(), Some("u-1"));
    }
}

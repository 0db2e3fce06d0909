//! Answers: JSON under SCIM's media type, SCIM errors, and what each refusal of the server says.

use serde_json::{Value, json};

use crate::http::{Headers, Response};
use crate::scim::{Problem, ScimType, urn};

/// The media type of SCIM (RFC 7644 §8.1).
pub const MEDIA_TYPE: &str = "application/scim+json";

/// An answer with a JSON body.
pub fn json(status: u16, body: &Value) -> Response {
    Response::new(status, [("Content-Type", MEDIA_TYPE)].into_iter().collect(), body.to_string())
}

/// An answer without a body.
pub fn empty(status: u16) -> Response {
    Response::new(status, Headers::new(), "")
}

/// A SCIM error (RFC 7644 §3.12): the status is a string in the body.
pub fn error(status: u16, scim_type: Option<&str>, detail: &str) -> Response {
    let mut body = json!({ "schemas": [urn::ERROR] });
    if let Some(scim_type) = scim_type {
        body["scimType"] = scim_type.into();
    }
    body["detail"] = detail.into();
    body["status"] = status.to_string().into();
    json(status, &body)
}

/// 413 (RFC 9110 §15.5.14) naming the limit in bytes.
pub fn too_large(limit: usize) -> Response {
    error(413, None, &format!("The request body is larger than {limit} bytes."))
}

/// 405 with the methods that the resource does allow (RFC 9110 §15.5.6).
pub fn method_not_allowed(allow: &str) -> Response {
    let mut response = error(405, None, &format!("This endpoint allows {allow} only."));
    response.headers.push("Allow", allow);
    response
}

/// 401 with a challenge (RFC 6750 §3): an error code only when a token was presented.
pub fn unauthorized(detail: &str, token_presented: bool) -> Response {
    let mut response = error(401, None, detail);
    let challenge =
        if token_presented { r#"Bearer realm="scim", error="invalid_token""# } else { r#"Bearer realm="scim""# };
    response.headers.push("WWW-Authenticate", challenge);
    response
}

/// An answer that refuses a request; nothing was changed.
#[derive(Clone, Debug, PartialEq)]
pub struct Refusal(Box<Response>);

impl Refusal {
    /// A SCIM error.
    pub fn new(status: u16, scim_type: Option<&str>, detail: &str) -> Self {
        error(status, scim_type, detail).into()
    }

    /// The answer.
    pub fn into_response(self) -> Response {
        *self.0
    }
}

impl From<Response> for Refusal {
    fn from(response: Response) -> Self {
        Self(Box::new(response))
    }
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self::new(problem.status, problem.scim_type.map(ScimType::name), &problem.detail)
    }
}

/// 404 for a resource that does not exist (any more).
pub fn no_such(kind: &str, id: &str) -> Refusal {
    Refusal::new(404, None, &format!("There is no {kind} with id \"{id}\"."))
}

//! What one request and its answer are to the recorder: as they were on the wire, secrets told apart.

use bytes::Bytes;
use hyper::HeaderMap;
use time::OffsetDateTime;

use crate::http::{Exchange, Headers, MASK, Response};

/// Fields that stand in no [`Request`](crate::http::Request): whoever sends it again has his own.
const OWN: [&str; 3] = ["authorization", "host", "content-length"];

/// An exchange that passed through.
#[derive(Clone, Debug)]
pub(super) struct Passed {
    /// How many began before it.
    pub number: u64,
    /// When the request began to come in.
    pub begun: OffsetDateTime,
    /// Request and answer; content codings are undone here, not on the wire.
    pub exchange: Exchange,
    /// How the IdP authorised itself, without the credential: `Bearer ******`.
    pub authorization: Option<String>,
    /// What the IdP got: the target's status, or that of the error that was made in its place.
    pub replied: Response,
}

/// The fields that a request keeps.
pub(super) fn kept(fields: &HeaderMap) -> Headers {
    all(fields).iter().filter(|(name, _)| !OWN.iter().any(|own| name.eq_ignore_ascii_case(own))).collect()
}

/// All fields; what is no UTF-8 is replaced, to be shown.
pub(super) fn all(fields: &HeaderMap) -> Headers {
    fields.iter().map(|(name, value)| (name.as_str(), String::from_utf8_lossy(value.as_bytes()))).collect()
}

/// A body, when there is one.
pub(super) fn body(bytes: &Bytes) -> Option<Bytes> {
    (!bytes.is_empty()).then(|| bytes.clone())
}

/// A credential and what may be shown of the field: the scheme.
pub(super) fn credential(field: &str) -> (&str, String) {
    match field.trim().split_once(' ') {
        Some((scheme, credential)) => (credential.trim(), format!("{scheme} {MASK}")),
        None => (field.trim(), MASK.to_owned()),
    }
}

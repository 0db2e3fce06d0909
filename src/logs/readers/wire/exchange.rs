//! A request with its answer, as any of the wire formats shows it: the common form before it is understood.

use crate::logs::observation::{Body, Moment, Provenance};

/// Header fields, in order.
pub type Fields = Vec<(String, String)>;

/// A request with its answer.
#[derive(Clone, Debug)]
pub struct Exchange {
    /// Number of the record, or line, from 1.
    pub number: u64,
    /// The record's own id.
    pub native_id: Option<String>,
    /// What groups it with others, such as a trace.
    pub job: Option<String>,
    /// The record's own name or kind.
    pub kind: String,
    /// When the request was sent.
    pub time: Option<Moment>,
    /// The method, as written.
    pub method: String,
    /// URL, or path with query, as sent.
    pub target: String,
    /// Header fields of the request.
    pub request_headers: Fields,
    /// Body of the request.
    pub request_body: Option<Body>,
    /// Status of the answer.
    pub status: Option<u16>,
    /// How the answer is known: seen, or only expected by whoever wrote a test.
    pub answer: Provenance,
    /// Header fields of the answer.
    pub response_headers: Fields,
    /// Body of the answer.
    pub response_body: Option<Body>,
    /// Milliseconds until the answer.
    pub duration_ms: Option<u64>,
    /// The caller's `User-Agent`, where the format keeps it apart from the header fields.
    pub user_agent: Option<String>,
    /// What the log itself says about it, such as a gateway's error.
    pub remark: Option<String>,
    /// It shows that there was no answer.
    pub is_unanswered: bool,
    /// It is written down but was not sent.
    pub is_skipped: bool,
}

impl Exchange {
    /// A request of which nothing else is known.
    pub fn new(number: u64, method: impl Into<String>, target: impl Into<String>) -> Self {
        Self {
            number,
            native_id: None,
            job: None,
            kind: "request".to_owned(),
            time: None,
            method: method.into(),
            target: target.into(),
            request_headers: Vec::new(),
            request_body: None,
            status: None,
            answer: Provenance::Observed,
            response_headers: Vec::new(),
            response_body: None,
            duration_ms: None,
            user_agent: None,
            remark: None,
            is_unanswered: false,
            is_skipped: false,
        }
    }

    /// Adds a query that the format keeps apart from the path.
    pub fn add_query(&mut self, query: &str) {
        let query = query.trim_start_matches('?');
        if !query.is_empty() && !self.target.contains('?') {
            self.target = format!("{}?{query}", self.target);
        }
    }

    /// The first value of a field of the request.
    pub fn request_header(&self, name: &str) -> Option<&str> {
        field(&self.request_headers, name)
    }
}

/// The first value under a name.
pub fn field<'f>(fields: &'f Fields, name: &str) -> Option<&'f str> {
    fields.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
}

/// Marks that loggers put where they cut a text.
const CUTS: [&str; 6] = ["… [truncated", "...[truncated", "... [truncated", "…[truncated", "[truncated", "(truncated"];

/// A body as the log has it: without the logger's mark where it was cut. An empty one is none.
pub fn body(text: impl Into<String>) -> Option<Body> {
    let mut text = text.into();
    // The mark is at the end: what is longer than such a mark belongs to the body.
    let tail = (0..=text.len().saturating_sub(80)).rev().find(|at| text.is_char_boundary(*at)).unwrap_or_default();
    if let Some(at) = CUTS.iter().filter_map(|cut| text[tail..].find(cut)).min() {
        text.truncate(tail + at);
        return Some(Body { text, is_cut: true });
    }
    let is_json = text.trim_start().starts_with(['{', '[']);
    let is_cut = is_json && serde_json::from_str::<serde::de::IgnoredAny>(&text).is_err_and(|error| error.is_eof());
    (!text.is_empty()).then_some(Body { text, is_cut })
}

/// A body of bytes; what is no UTF-8 is replaced.
pub fn body_of_bytes(bytes: &[u8]) -> Option<Body> {
    body(String::from_utf8_lossy(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_body_is_kept_up_to_the_cut() {
        let cut = |text: &str| body(text).map(|body| (body.text, body.is_cut));
        assert_eq!(cut("{\"a\":\"b… [truncated 812 bytes]"), Some(("{\"a\":\"b".to_owned(), true)));
        assert_eq!(cut("{\"a\":"), Some(("{\"a\":".to_owned(), true)));
        assert_eq!(cut("{\"a\":1}"), Some(("{\"a\":1}".to_owned(), false)));
        assert_eq!(cut("error code: 502"), Some(("error code: 502".to_owned(), false)));
        assert_eq!(cut(""), None);
    }
}

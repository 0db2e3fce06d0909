//! Requests and responses as values: what is sent and what came back, nothing else.
//!
//! Dialects and scenarios make requests, the client sends them, the reference
//! server answers them, rules and snapshots read both. No sockets here.

use std::sync::OnceLock;

use bytes::Bytes;
use serde_json::Value;

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// An HTTP method (RFC 7644 §3.2 names the first five; the others exist to probe).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Method {
    /// Retrieve.
    Get,
    /// Create, or search.
    Post,
    /// Replace.
    Put,
    /// Modify.
    Patch,
    /// Remove.
    Delete,
    /// Not used by SCIM; for probes.
    Head,
    /// Not used by SCIM; for probes.
    Options,
}

impl Method {
    /// Every method, in the order of the enum.
    pub const ALL: [Self; 7] = [Self::Get, Self::Post, Self::Put, Self::Patch, Self::Delete, Self::Head, Self::Options];

    /// The method as it stands on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
            Self::Head => "HEAD",
            Self::Options => "OPTIONS",
        }
    }

    /// Reads a method as it stands on the wire (upper case); `None` for any other word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|method| method.as_str() == text)
    }

    /// Whether the method may change something at the target.
    pub const fn writes(self) -> bool {
        matches!(self, Self::Post | Self::Put | Self::Patch | Self::Delete)
    }
}

impl std::fmt::Display for Method {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.as_str())
    }
}

/// Header fields in order, with the spelling they have on the wire.
///
/// Names compare without case (RFC 9110 §5.1). Values that are not UTF-8 are
/// kept with replacement characters: they are shown, never interpreted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Headers(Vec<(String, String)>);

impl Headers {
    /// No headers.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// The first value under `name`.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// Every value under `name`, in order.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// Appends a field, keeping earlier ones of the same name.
    pub fn push(&mut self, name: impl Into<String>, value: impl Into<String>) {
        self.0.push((name.into(), value.into()));
    }

    /// Sets a field in the place of the first of that name, dropping others of it.
    pub fn set(&mut self, name: &str, value: impl Into<String>) {
        let mut value = Some(value.into());
        self.0.retain_mut(|(key, old)| {
            if !key.eq_ignore_ascii_case(name) {
                return true;
            }
            value.take().map(|new| *old = new).is_some()
        });
        if let Some(value) = value {
            self.0.push((name.to_owned(), value));
        }
    }

    /// Drops every field of that name.
    pub fn remove(&mut self, name: &str) {
        self.0.retain(|(key, _)| !key.eq_ignore_ascii_case(name));
    }

    /// All fields in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(key, value)| (key.as_str(), value.as_str()))
    }

    /// The media type of `Content-Type`: lower case, without parameters.
    pub fn media_type(&self) -> Option<String> {
        self.get("content-type").map(|value| value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase())
    }
}

impl<K: Into<String>, V: Into<String>> FromIterator<(K, V)> for Headers {
    fn from_iter<T: IntoIterator<Item = (K, V)>>(fields: T) -> Self {
        Self(fields.into_iter().map(|(key, value)| (key.into(), value.into())).collect())
    }
}

/// One request, relative to the base URL of a SCIM endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The method.
    pub method: Method,
    /// Path below the base URL, starting with `/`, percent-encoded as it is sent.
    pub path: String,
    /// Query without the `?`, byte for byte as it is sent (encodings differ between IdPs).
    pub query: Option<String>,
    /// Header fields, without `Authorization`, `Host` and `Content-Length`: the client adds those.
    pub headers: Headers,
    /// Body bytes as sent.
    pub body: Option<Bytes>,
}

impl Request {
    /// A request without query, headers and body.
    pub fn new(method: Method, path: impl Into<String>) -> Self {
        Self { method, path: path.into(), query: None, headers: Headers::new(), body: None }
    }

    /// Adds a query (already encoded, without `?`).
    #[must_use]
    pub fn with_query(mut self, query: impl Into<String>) -> Self {
        self.query = Some(query.into());
        self
    }

    /// Adds a header field.
    #[must_use]
    pub fn with_header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push(name, value);
        self
    }

    /// Adds a JSON body, compact, members in their own order.
    #[must_use]
    pub fn with_json(mut self, body: &Value) -> Self {
        self.body = Some(Bytes::from(body.to_string()));
        self
    }

    /// Path and query as they stand in the request line, below the base URL.
    pub fn target(&self) -> String {
        match &self.query {
            Some(query) => format!("{}?{query}", self.path),
            None => self.path.clone(),
        }
    }

    /// The value of a query parameter, still encoded. Names compare exactly, as servers do.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        let pairs = self.query.as_deref()?.split('&');
        pairs.filter_map(|pair| pair.split_once('=')).find(|(key, _)| *key == name).map(|(_, value)| value)
    }

    /// The body as JSON, if it is JSON.
    pub fn json(&self) -> Option<Value> {
        serde_json::from_slice(self.body.as_deref()?).ok()
    }
}

/// One answer as received: status, header fields in order, raw body.
#[derive(Clone, Debug, Default)]
pub struct Response {
    /// Status code.
    pub status: u16,
    /// Header fields as received.
    pub headers: Headers,
    /// Body bytes as received, after content decoding.
    pub body: Bytes,
    /// Why the body stands there as it came: it is not in the coding that `Content-Encoding` names.
    pub undecoded: Option<String>,
    json: OnceLock<Option<Value>>,
}

impl Response {
    /// An answer of these parts.
    pub fn new(status: u16, headers: Headers, body: impl Into<Bytes>) -> Self {
        Self { status, headers, body: body.into(), undecoded: None, json: OnceLock::new() }
    }

    /// The body as JSON, parsed once; `None` when there is no body or it is not JSON.
    ///
    /// A byte order mark may be passed over (RFC 8259 §8.1), so that a body is read that has nothing else wrong;
    /// `http/charset-utf8` looks at the mark.
    /// Of duplicate members the last wins, as in every common client;
    /// `http/no-duplicate-members` looks at the raw bytes.
    pub fn json(&self) -> Option<&Value> {
        let text = self.body.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&self.body);
        self.json.get_or_init(|| serde_json::from_slice(text).ok()).as_ref()
    }

    /// 2xx.
    pub const fn is_success(&self) -> bool {
        self.status >= 200 && self.status < 300
    }
}

impl PartialEq for Response {
    fn eq(&self, other: &Self) -> bool {
        let is_same = self.status == other.status && self.headers == other.headers && self.body == other.body;
        is_same && self.undecoded == other.undecoded
    }
}

//! The one client: sends what it is given, byte for byte, and gives what came back.
//!
//! The engine sends through it. It follows no redirect (the token would go
//! along), repeats nothing, and bounds whatever a target can send.

use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Url, redirect};

use super::tls::{self, Trust};
use super::{Answer, Base, Headers, Request, Response, Secret, TransportFailure, coding, failure};

/// Idle connections are given up before a common server does (5 s), so that no request meets a closing one.
const IDLE: Duration = Duration::from_secs(2);

/// More header fields than this in one answer are refused; their bytes are bounded by hyper (about 400 KiB).
const MAX_HEADERS: usize = 256;

/// Settings of a client.
#[derive(Clone, Debug)]
pub struct ClientSettings {
    /// How long one request may take, to the last byte of its answer.
    pub timeout: Duration,
    /// The most bytes of a body, after content decoding.
    pub max_body: u64,
    /// Which certificates are trusted.
    pub trust: Trust,
}

impl Default for ClientSettings {
    fn default() -> Self {
        Self { timeout: Duration::from_secs(60), max_body: 10 * 1024 * 1024, trust: Trust::default() }
    }
}

/// How requests are authorised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Credential {
    /// `Authorization: Bearer …`
    Bearer(Secret),
    /// `Authorization: …`, the value alone, as Okta's "Header" mode sends it (OKTA-Q14).
    Header(Secret),
    /// No `Authorization` at all.
    None,
}

/// Sends requests. Cheap to clone; clones share their connections.
#[derive(Clone, Debug)]
pub struct Client(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    settings: ClientSettings,
    /// One for each combination of TLS and proxy, built when first needed: reading the system's certificates takes
    /// longer than a whole run against the embedded server.
    built: [OnceLock<Result<reqwest::Client, String>>; 4],
}

impl Client {
    /// A client with these settings. Opens nothing yet.
    pub fn new(settings: ClientSettings) -> Self {
        Self(Arc::new(Inner { settings, built: Default::default() }))
    }

    /// Sends one request below `base`; gives the answer and the real time to its last byte.
    ///
    /// `Authorization`, `Host` and `Content-Length` stand before a `Connection` field when there is one, else last, as
    /// in the dumps that IdPs publish. Names go out in title case, other fields in the order given; a request without
    /// `Accept` gets `*/*`, which means the same (RFC 9110 §12.5.1).
    pub async fn send(&self, base: &Base, credential: &Credential, request: &Request) -> (Answer, Duration) {
        let begun = Instant::now();
        let limit = self.0.settings.timeout;
        let answer = match tokio::time::timeout(limit, self.exchange(base, credential, request)).await {
            Ok(answer) => answer,
            Err(_) => Err(TransportFailure::Timeout(limit)),
        };
        (answer.map(Arc::new), begun.elapsed())
    }

    async fn exchange(
        &self,
        base: &Base,
        credential: &Credential,
        request: &Request,
    ) -> Result<Response, TransportFailure> {
        let outgoing = build_request(base, credential, request)?;
        let answer = self.client_for(base)?.execute(outgoing).await.map_err(|error| failure::classify(&error))?;
        let status = answer.status().as_u16();
        let headers = received_headers(answer.headers());
        let raw = self.read_body(answer).await?;
        match coding::decode(&headers, raw.clone(), self.0.settings.max_body) {
            Ok(body) => Ok(Response::new(status, headers, body)),
            // The bytes are there. What they are, and what else is wrong with them, others say.
            Err(TransportFailure::Protocol(why)) => {
                let mut response = Response::new(status, headers, raw);
                response.undecoded = Some(why);
                Ok(response)
            }
            Err(failure) => Err(failure),
        }
    }

    fn client_for(&self, base: &Base) -> Result<&reqwest::Client, TransportFailure> {
        let slot = usize::from(base.is_https()) * 2 + usize::from(base.is_loopback());
        let built = self.0.built[slot].get_or_init(|| self.build(base).map_err(|error| failure::root_cause(&error)));
        built.as_ref().map_err(|cause| TransportFailure::Tls(cause.clone()))
    }

    fn build(&self, base: &Base) -> reqwest::Result<reqwest::Client> {
        let builder = reqwest::Client::builder()
            .redirect(redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .http1_only()
            .http1_title_case_headers()
            .http1_max_headers(MAX_HEADERS)
            .pool_idle_timeout(IDLE);
        let builder = if base.is_loopback() { builder.no_proxy() } else { builder };
        let builder = if base.is_https() { self.0.settings.trust.apply(builder) } else { tls::unused(builder) };
        builder.build()
    }

    async fn read_body(&self, mut answer: reqwest::Response) -> Result<Bytes, TransportFailure> {
        let limit = self.0.settings.max_body;
        let mut body = BytesMut::new();
        while let Some(chunk) = answer.chunk().await.map_err(|error| failure::classify(&error))? {
            if (body.len() + chunk.len()) as u64 > limit {
                return Err(TransportFailure::TooLarge(limit));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body.freeze())
    }
}

fn build_request(
    base: &Base,
    credential: &Credential,
    request: &Request,
) -> Result<reqwest::Request, TransportFailure> {
    let method = reqwest::Method::from_bytes(request.method.as_str().as_bytes())
        .map_err(|error| TransportFailure::Unsendable(error.to_string()))?;
    let mut outgoing = reqwest::Request::new(method, exact_url(base, request)?);
    *outgoing.headers_mut() = sent_headers(base, credential, request)?;
    *outgoing.body_mut() = request.body.clone().map(Into::into);
    Ok(outgoing)
}

/// The URL, if it goes out exactly as the transcript will show it.
///
/// `Url` follows the WHATWG standard: it rewrites some characters (`'` in a
/// query) and resolves dot segments, so that `/Users/..` would be another
/// resource. What it would rewrite is refused.
fn exact_url(base: &Base, request: &Request) -> Result<Url, TransportFailure> {
    let unsendable = |what: String| TransportFailure::Unsendable(what);
    let wanted = base.path_of(&request.target());
    let url = Url::parse(&format!("{}{}", base.as_str(), request.target()))
        .map_err(|error| unsendable(format!("`{wanted}` is not a URL: {error}")))?;
    let sent = match url.query() {
        Some(query) => format!("{}?{query}", url.path()),
        None => url.path().to_owned(),
    };
    if sent == wanted || (wanted.is_empty() && sent == "/") {
        return Ok(url);
    }
    Err(unsendable(format!("`{wanted}` would leave as `{sent}`: percent-encode what differs")))
}

fn sent_headers(base: &Base, credential: &Credential, request: &Request) -> Result<HeaderMap, TransportFailure> {
    let mut fields = HeaderMap::new();
    let mut placed = false;
    for (name, value) in request.headers.iter() {
        if name.eq_ignore_ascii_case("connection") && !placed {
            push_own(&mut fields, base, credential, request)?;
            placed = true;
        }
        push(&mut fields, name, value)?;
    }
    if !placed {
        push_own(&mut fields, base, credential, request)?;
    }
    Ok(fields)
}

/// The fields that the client adds.
fn push_own(
    fields: &mut HeaderMap,
    base: &Base,
    credential: &Credential,
    request: &Request,
) -> Result<(), TransportFailure> {
    match credential {
        Credential::Bearer(token) => push_secret(fields, &format!("Bearer {}", token.reveal()))?,
        Credential::Header(token) => push_secret(fields, token.reveal())?,
        Credential::None => {}
    }
    if let Some(body) = &request.body {
        push(fields, "content-length", &body.len().to_string())?;
    }
    push(fields, "host", &base.host_header())
}

fn push_secret(fields: &mut HeaderMap, value: &str) -> Result<(), TransportFailure> {
    let mut value = HeaderValue::from_str(value)
        .map_err(|_| TransportFailure::Unsendable("the token holds a character no header can carry".to_owned()))?;
    value.set_sensitive(true);
    fields.append(reqwest::header::AUTHORIZATION, value);
    Ok(())
}

fn push(fields: &mut HeaderMap, name: &str, value: &str) -> Result<(), TransportFailure> {
    let unsendable = || TransportFailure::Unsendable(format!("the header `{name}` cannot be sent"));
    let key = HeaderName::from_bytes(name.as_bytes()).map_err(|_| unsendable())?;
    fields.append(key, HeaderValue::from_str(value).map_err(|_| unsendable())?);
    Ok(())
}

fn received_headers(fields: &HeaderMap) -> Headers {
    fields.iter().map(|(name, value)| (name.as_str(), String::from_utf8_lossy(value.as_bytes()))).collect()
}

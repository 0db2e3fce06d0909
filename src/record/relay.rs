//! One exchange: the request goes on as it came, the answer comes back as it is, and both are recorded before the IdP
//! hears of it. What the IdP was told, the recording holds.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use hyper::body::Incoming;
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HOST, HeaderValue};
use hyper::http::request::Parts;
use hyper::{HeaderMap, Uri};
use serde_json::json;
use time::OffsetDateTime;
use tokio::sync::Mutex;

use super::exchange::{Passed, all, body as some_body, credential, kept};
use super::hop::onward;
use super::recorder::Recorder;
use super::upstream::{Incame, Target, Upstream};
use crate::http::{
    Answer, Exchange, Headers, Method, Redactor, Request, Response, Secret, Sender, TransportFailure, decode,
};
use crate::scim::urn;

/// Largest request body taken from the IdP, in bytes.
const BODY_CAP: usize = 32 << 20;

type Outgoing = hyper::Response<Full<Bytes>>;

/// What all connections share.
#[derive(Debug)]
pub(super) struct Relay {
    /// Where requests go.
    pub target: Arc<Target>,
    /// The credential that takes the place of the IdP's.
    pub token: Option<Secret>,
    /// Learns every credential that passes.
    pub redactor: Redactor,
    /// Who writes down what passes.
    pub recorder: Recorder,
    /// How many requests have begun.
    pub begun: AtomicU64,
    /// When the recording began.
    pub since: Instant,
}

impl Relay {
    /// Passes one request on. What has been sent is recorded even when the IdP does not wait for the answer.
    pub(super) async fn pass(
        self: Arc<Self>,
        upstream: Arc<Mutex<Upstream>>,
        request: hyper::Request<Incoming>,
    ) -> Outgoing {
        let number = self.begun.fetch_add(1, Ordering::Relaxed);
        let place = self.recorder.place(number);
        let begun = (OffsetDateTime::now_utc(), Instant::now());
        let whole = tokio::spawn(async move {
            let (head, body) = request.into_parts();
            let request = match taken(&head, body, self.target.base.path()).await {
                Ok(request) => request,
                Err(refusal) => return outgoing(&refusal),
            };
            let (onward, sent, authorization) = self.rewritten(head, request);
            let came = upstream.lock().await.send(onward).await;
            let elapsed = begun.1.elapsed();
            let (answer, replied) = match &came {
                Ok(answer) => {
                    let answer = received(answer, self.target.max_body);
                    (Ok(Arc::new(answer.clone())), answer)
                }
                Err(failure) => (Err(failure.clone()), refusal_for(failure)),
            };
            let exchange = self.exchange(number, sent, answer, elapsed, begun.1);
            let reply = replied.clone();
            place.fill(Passed { number, begun: begun.0, exchange, authorization, replied }).await;
            match came {
                Ok(answer) => back(answer),
                Err(_) => outgoing(&reply),
            }
        });
        whole
            .await
            .unwrap_or_else(|_| outgoing(&error(500, "The recording proxy failed; this is a defect of its own.")))
    }

    /// The request for the target, the same for the recording, and how the IdP authorised itself.
    fn rewritten(&self, head: Parts, request: Request) -> (hyper::Request<Full<Bytes>>, Request, Option<String>) {
        let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        let authorization = head.headers.get(AUTHORIZATION).map(text);
        let shown = authorization.as_deref().map(|field| {
            let (secret, shown) = credential(field);
            self.redactor.add(&Secret::new(secret));
            shown
        });
        let mut onward = hyper::Request::new(Full::new(request.body.clone().unwrap_or_default()));
        *onward.method_mut() = head.method;
        *onward.headers_mut() = self.fields(&head.headers);
        // How the names of header fields are spelled.
        *onward.extensions_mut() = head.extensions;
        let target = format!("{}{}", self.target.base.path(), request.target());
        *onward.uri_mut() = Uri::try_from(target).unwrap_or_else(|_| head.uri.clone());
        (onward, request, shown)
    }

    fn fields(&self, fields: &HeaderMap) -> HeaderMap {
        let mut fields = onward(fields);
        if let Ok(host) = HeaderValue::try_from(self.target.base.host_header()) {
            fields.insert(HOST, host);
        }
        let own =
            self.token.as_ref().and_then(|token| HeaderValue::try_from(format!("Bearer {}", token.reveal())).ok());
        if let Some(mut own) = own {
            own.set_sensitive(true);
            fields.insert(AUTHORIZATION, own);
        }
        fields
    }

    fn exchange(&self, number: u64, request: Request, answer: Answer, elapsed: Duration, begun: Instant) -> Exchange {
        let step = usize::try_from(number).unwrap_or(usize::MAX);
        let at = begun.saturating_duration_since(self.since);
        Exchange { step, sender: Sender::Idp, request, answer, elapsed, at }
    }
}

/// The request, below the base URL; or the answer that refuses it.
async fn taken(head: &Parts, body: Incoming, base_path: &str) -> Result<Request, Box<Response>> {
    let refused = |status, detail: &str| Err(Box::new(error(status, detail)));
    let Some(method) = Method::parse(head.method.as_str()) else {
        return refused(501, "The recording proxy passes on no such method.");
    };
    let Some(path) = below(head.uri.path(), base_path) else {
        return refused(400, "The path of the request does not begin with a slash.");
    };
    let body = match Limited::new(body, BODY_CAP).collect().await {
        Ok(body) => body.to_bytes(),
        Err(cause) if cause.is::<LengthLimitError>() => {
            return refused(413, &format!("The request body is larger than {BODY_CAP} bytes."));
        }
        Err(_) => return refused(400, "The request body broke off."),
    };
    Ok(Request {
        method,
        path: path.to_owned(),
        query: head.uri.query().map(str::to_owned),
        headers: kept(&head.headers),
        body: some_body(&body),
    })
}

/// The path below the base URL. An IdP may know the proxy by its address alone, or with the path of the target.
fn below<'p>(path: &'p str, base: &str) -> Option<&'p str> {
    let rest = path.strip_prefix(base).filter(|rest| !base.is_empty() && (rest.is_empty() || rest.starts_with('/')));
    match rest {
        Some(rest) => Some(rest),
        None => path.starts_with('/').then_some(path),
    }
}

/// The answer as it is judged: content codings undone where that works.
fn received(answer: &Incame, max_body: u64) -> Response {
    let headers = all(answer.headers());
    let body = decode(&headers, answer.body().clone(), max_body).unwrap_or_else(|_| answer.body().clone());
    Response::new(answer.status().as_u16(), headers, body)
}

/// The answer as it goes back to the IdP.
fn back(answer: Incame) -> Outgoing {
    let (mut head, body) = answer.into_parts();
    head.headers = onward(&head.headers);
    head.version = hyper::Version::HTTP_11;
    hyper::Response::from_parts(head, Full::new(body))
}

/// What the IdP is told when the target gave no answer that can be passed on.
fn refusal_for(failure: &TransportFailure) -> Response {
    let status = if matches!(failure, TransportFailure::Timeout(_)) { 504 } else { 502 };
    error(status, &format!("The recording proxy got no answer from the target: {failure}."))
}

/// A SCIM error (RFC 7644 §3.12).
fn error(status: u16, detail: &str) -> Response {
    let body = json!({ "schemas": [urn::ERROR], "detail": detail, "status": status.to_string() });
    let headers: Headers = [(CONTENT_TYPE.as_str(), "application/scim+json")].into_iter().collect();
    Response::new(status, headers, body.to_string())
}

fn outgoing(response: &Response) -> Outgoing {
    let mut out = hyper::Response::new(Full::new(response.body.clone()));
    *out.status_mut() =
        hyper::StatusCode::from_u16(response.status).unwrap_or(hyper::StatusCode::INTERNAL_SERVER_ERROR);
    out.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/scim+json"));
    out
}

#[cfg(test)]
mod tests {
    use super::below;

    #[test]
    fn the_idp_may_know_the_proxy_with_and_without_the_path_of_the_target() {
        assert_eq!(below("/scim/v2/Users/1", "/scim/v2"), Some("/Users/1"));
        assert_eq!(below("/Users/1", "/scim/v2"), Some("/Users/1"));
        assert_eq!(below("/scim/v20/Users", "/scim/v2"), Some("/scim/v20/Users"));
        assert_eq!(below("/scim/v2", "/scim/v2"), Some(""));
        assert_eq!(below("/Users", ""), Some("/Users"));
        assert_eq!(below("*", "/scim/v2"), None);
    }
}

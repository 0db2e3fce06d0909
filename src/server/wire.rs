//! One TCP connection of the host: hyper's messages to ours and back.

use std::future::poll_fn;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::Incoming;
use hyper::header::{DATE, HeaderName, HeaderValue};
use hyper::http::request::Parts;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use time::OffsetDateTime;
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::sync::watch;

use super::host::Mounts;
use super::{Reply, reply};
use crate::clock::Clock;
use crate::http::{Headers, Method, Request, Response};

/// Largest request body taken from the wire, in bytes. Tenants have a lower limit of their own; this one saves memory.
const BODY_CAP: usize = 32 << 20;

/// The form of the Date header (RFC 9110 §5.6.7).
const IMF_FIXDATE: &[BorrowedFormatItem<'_>] =
    format_description!("[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT");

/// The connection closes without (another) answer; bytes that go out first stand in the connection's slot.
#[derive(Debug, thiserror::Error)]
#[error("the service closes the connection")]
struct Closed;

/// Bytes to send as they are before the connection closes.
type RawSlot = Arc<Mutex<Option<Bytes>>>;

/// Serves one connection until it ends or the host stops.
pub(super) async fn serve(stream: TcpStream, mounts: Arc<Mounts>, mut stopped: watch::Receiver<bool>) {
    let _ = stream.set_nodelay(true);
    let raw = RawSlot::default();
    let slot = Arc::clone(&raw);
    let service = service_fn(move |request| Box::pin(answer(Arc::clone(&mounts), Arc::clone(&slot), request)));
    let mut connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    let mut stopping = false;
    loop {
        tokio::select! {
            _ = poll_fn(|cx| connection.poll_without_shutdown(cx)) => break,
            _ = stopped.changed(), if !stopping => {
                stopping = true;
                std::pin::Pin::new(&mut connection).graceful_shutdown();
            }
        }
    }
    let mut stream = connection.into_parts().io.into_inner();
    let bytes = raw.lock().unwrap_or_else(PoisonError::into_inner).take();
    if let Some(bytes) = bytes {
        let _ = stream.write_all(&bytes).await;
    }
    let _ = stream.shutdown().await;
}

async fn answer(
    mounts: Arc<Mounts>,
    raw: RawSlot,
    request: hyper::Request<Incoming>,
) -> Result<hyper::Response<Full<Bytes>>, Closed> {
    let (head, body) = request.into_parts();
    let Some((mount, path)) = mounts.find(head.uri.path()) else {
        return Ok(encode(reply::error(404, None, "No SCIM endpoint has this path."), OffsetDateTime::now_utc()));
    };
    let request = match read(&head, &path, body).await {
        Ok(request) => request,
        Err(refusal) => return Ok(encode(refusal, mount.clock.now())),
    };
    let now = mount.clock.now();
    let reply = mount.service().handle(&request, now);
    match reply {
        Reply::Answer(response) => return Ok(encode(response, now)),
        Reply::Late(duration, response) => {
            pass(&mount.clock, duration).await;
            return Ok(encode(response, now));
        }
        Reply::Drop => {}
        Reply::Silence(duration) => pass(&mount.clock, duration).await,
        Reply::Raw(bytes) => *raw.lock().unwrap_or_else(PoisonError::into_inner) = Some(bytes),
    }
    Err(Closed)
}

/// Time passes, in no time where it is virtual.
async fn pass(clock: &Clock, duration: Duration) {
    if clock.is_virtual() {
        clock.advance(duration);
    } else {
        tokio::time::sleep(duration).await;
    }
}

/// The request as a service takes it, or the answer that refuses it.
async fn read(head: &Parts, path: &str, body: Incoming) -> Result<Request, Response> {
    let Some(method) = Method::parse(head.method.as_str()) else {
        return Err(reply::error(501, None, "This server knows no such method."));
    };
    let body = match Limited::new(body, BODY_CAP).collect().await {
        Ok(body) => body.to_bytes(),
        Err(cause) if cause.is::<LengthLimitError>() => return Err(reply::too_large(BODY_CAP)),
        Err(_) => return Err(reply::error(400, None, "The request body broke off.")),
    };
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let headers: Headers = head.headers.iter().map(|(name, value)| (name.as_str(), text(value))).collect();
    Ok(Request {
        method,
        path: path.to_owned(),
        query: head.uri.query().map(str::to_owned),
        headers,
        body: (!body.is_empty()).then_some(body),
    })
}

/// Fields that HTTP cannot carry are left out: a fault that needs them answers with `Reply::Raw`.
fn encode(response: Response, now: OffsetDateTime) -> hyper::Response<Full<Bytes>> {
    let mut out = hyper::Response::new(Full::new(response.body));
    *out.status_mut() =
        hyper::StatusCode::from_u16(response.status).unwrap_or(hyper::StatusCode::INTERNAL_SERVER_ERROR);
    let fields = out.headers_mut();
    for (name, value) in response.headers.iter() {
        if let (Ok(name), Ok(value)) = (HeaderName::from_bytes(name.as_bytes()), HeaderValue::from_str(value)) {
            fields.append(name, value);
        }
    }
    // The service's time, not the computer's: clients compare it with `meta.lastModified`.
    let date =
        now.to_offset(time::UtcOffset::UTC).format(IMF_FIXDATE).ok().and_then(|date| HeaderValue::try_from(date).ok());
    if let (false, Some(date)) = (fields.contains_key(DATE), date) {
        fields.insert(DATE, date);
    }
    out
}

//! The connection to the target: opened when it is needed, used again while it is fresh.
//!
//! Not the harness's own client: that one rewrites URLs as browsers do, names header fields its own way and undoes
//! content codings. What a proxy passes on, it must not touch.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, lookup_host};
use tokio_rustls::TlsConnector;

use crate::http::{Base, TransportFailure, failure};

/// A connection that was idle for longer is not used again, so that no request meets one that the target closes.
const FRESH: Duration = Duration::from_secs(2);
/// More header fields than this in one answer are refused; their bytes are bounded by hyper (about 400 KiB).
const MAX_HEADERS: usize = 256;

type Outgoing = hyper::Request<Full<Bytes>>;

/// Where requests go, and what is waited for.
#[derive(Debug)]
pub struct Target {
    /// Base URL of the SCIM endpoint.
    pub base: Base,
    /// TLS, for `https://`.
    pub tls: Option<Arc<ClientConfig>>,
    /// How long one exchange may take, to the last byte of the answer.
    pub timeout: Duration,
    /// The most bytes of an answer's body, as sent.
    pub max_body: u64,
}

/// An answer as it came, its body whole.
pub(super) type Incame = hyper::Response<Bytes>;

/// One connection to the target. Requests go over it one after another.
#[derive(Debug)]
pub(super) struct Upstream {
    target: Arc<Target>,
    idle: Option<(SendRequest<Full<Bytes>>, Instant)>,
}

impl Upstream {
    /// Opens nothing yet.
    pub(super) const fn new(target: Arc<Target>) -> Self {
        Self { target, idle: None }
    }

    /// Sends a request and takes the whole answer.
    pub(super) async fn send(&mut self, request: Outgoing) -> Result<Incame, TransportFailure> {
        let limit = self.target.timeout;
        match tokio::time::timeout(limit, self.exchange(request)).await {
            Ok(answer) => answer,
            Err(_) => Err(TransportFailure::Timeout(limit)),
        }
    }

    async fn exchange(&mut self, request: Outgoing) -> Result<Incame, TransportFailure> {
        let fresh = self.idle.take().filter(|(sender, since)| !sender.is_closed() && since.elapsed() < FRESH);
        let (mut sender, answer) = match fresh {
            Some((mut sender, _)) => match sender.try_send_request(request).await {
                Ok(answer) => (sender, answer),
                // The target closed the connection before anything was sent on it: nothing is sent twice.
                Err(mut refused) => match refused.take_message() {
                    Some(request) => self.send_on_new(request).await?,
                    None => return Err(failure::on_connection(refused.error())),
                },
            },
            None => self.send_on_new(request).await?,
        };
        let (head, body) = answer.into_parts();
        let body = whole(body, self.target.max_body).await?;
        if sender.ready().await.is_ok() {
            self.idle = Some((sender, Instant::now()));
        }
        Ok(hyper::Response::from_parts(head, body))
    }

    async fn send_on_new(
        &self,
        request: Outgoing,
    ) -> Result<(SendRequest<Full<Bytes>>, hyper::Response<Incoming>), TransportFailure> {
        let mut sender = connect(&self.target).await?;
        let answer = sender.send_request(request).await.map_err(|error| failure::on_connection(&error))?;
        Ok((sender, answer))
    }
}

async fn connect(target: &Target) -> Result<SendRequest<Full<Bytes>>, TransportFailure> {
    let host = target.base.host().trim_start_matches('[').trim_end_matches(']');
    let found = lookup_host((host, target.base.port())).await;
    let addresses: Vec<_> = found.map_err(|error| TransportFailure::Dns(error.to_string()))?.collect();
    let stream = TcpStream::connect(&addresses[..]).await;
    let stream = stream.map_err(|error| TransportFailure::Connect(error.to_string()))?;
    let _ = stream.set_nodelay(true); // only slower without it
    let Some(tls) = &target.tls else { return handshake(stream).await };
    let tls_fails = |cause: String| TransportFailure::Tls(cause);
    let name = ServerName::try_from(host.to_owned()).map_err(|error| tls_fails(error.to_string()))?;
    let stream = TlsConnector::from(Arc::clone(tls)).connect(name, stream).await;
    handshake(stream.map_err(|error| tls_fails(failure::root_cause(&error)))?).await
}

async fn handshake<S>(stream: S) -> Result<SendRequest<Full<Bytes>>, TransportFailure>
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let mut builder = http1::Builder::new();
    builder.preserve_header_case(true).max_headers(MAX_HEADERS);
    let (sender, connection) =
        builder.handshake(TokioIo::new(stream)).await.map_err(|error| failure::on_connection(&error))?;
    tokio::spawn(connection); // ends with the sender; its error reaches whoever waits for an answer
    Ok(sender)
}

async fn whole(mut body: Incoming, limit: u64) -> Result<Bytes, TransportFailure> {
    let mut bytes = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| failure::on_connection(&error))?;
        let Some(chunk) = frame.data_ref() else { continue };
        if (bytes.len() + chunk.len()) as u64 > limit {
            return Err(TransportFailure::TooLarge(limit));
        }
        bytes.extend_from_slice(chunk);
    }
    Ok(bytes.freeze())
}

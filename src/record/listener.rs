//! The listener: where the IdP comes in, with TLS or without.

use std::io;
use std::net::{SocketAddr, TcpListener as StdListener};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Mutex, watch};
use tokio::task::{JoinHandle, JoinSet};
use tokio_rustls::TlsAcceptor;

use super::relay::Relay;
use super::upstream::Upstream;

/// How long open connections may take to finish when the proxy stops.
const GRACE: Duration = Duration::from_secs(5);
/// How long a TLS handshake, or a header section, may take. IdPs keep connections open for a minute and more.
const PATIENCE: Duration = Duration::from_secs(120);
/// Connections at the same time; further ones wait.
const MAX_CONNECTIONS: usize = 512;

/// The proxy's own certificate.
#[derive(Clone, Debug)]
pub struct OwnTls(Arc<ServerConfig>);

/// Why the proxy's own certificate cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum OwnTlsError {
    /// The file cannot be read, or holds no such thing in PEM form.
    #[error("`{}` holds no {what} in PEM form: {cause}", .path.display())]
    NotPem {
        /// The file.
        path: PathBuf,
        /// What it should hold.
        what: &'static str,
        /// What the reader says.
        cause: String,
    },
    /// They do not belong together, or are of no kind that is known.
    #[error("the certificate and the key do not go together: {0}")]
    Mismatch(#[from] rustls::Error),
}

impl OwnTls {
    /// Reads a chain of certificates, the proxy's own first, and its key; both in PEM form.
    pub fn read(certificate: &Path, key: &Path) -> Result<Self, OwnTlsError> {
        let fails = |path: &Path, what, cause: String| OwnTlsError::NotPem { path: path.to_owned(), what, cause };
        let chain = CertificateDer::pem_file_iter(certificate).and_then(Iterator::collect::<Result<Vec<_>, _>>);
        let chain = chain.map_err(|error| fails(certificate, "certificate", error.to_string()))?;
        if chain.is_empty() {
            return Err(fails(certificate, "certificate", "it is empty".to_owned()));
        }
        let key = PrivateKeyDer::from_pem_file(key).map_err(|error| fails(key, "private key", error.to_string()))?;
        let builder = ServerConfig::builder_with_provider(ring::default_provider().into());
        let config = builder.with_safe_default_protocol_versions()?.with_no_client_auth();
        Ok(Self(Arc::new(config.with_single_cert(chain, key)?)))
    }
}

/// A listener that runs. Dropping it stops accepting; [`Listener::stop`] waits for answers under way.
#[derive(Debug)]
pub(super) struct Listener {
    pub(super) address: SocketAddr,
    stop: watch::Sender<bool>,
    acceptor: JoinHandle<()>,
}

impl Listener {
    /// Binds `address` (port 0 for any free one). Call it inside a tokio runtime.
    pub(super) fn start(address: SocketAddr, tls: Option<OwnTls>, relay: Arc<Relay>) -> io::Result<Self> {
        let listener = StdListener::bind(address)?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let listener = TcpListener::from_std(listener)?;
        let (stop, stopped) = watch::channel(false);
        let acceptor = tokio::spawn(accept(listener, tls.map(|tls| TlsAcceptor::from(tls.0)), relay, stopped));
        Ok(Self { address, stop, acceptor })
    }

    /// Stops accepting and lets the answers under way finish, five seconds at most.
    pub(super) async fn stop(mut self) {
        let _ = self.stop.send(true); // nobody listens when all has ended already
        let _ = tokio::time::timeout(GRACE, &mut self.acceptor).await;
        self.acceptor.abort();
    }
}

async fn accept(
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    relay: Arc<Relay>,
    mut stopped: watch::Receiver<bool>,
) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept(), if connections.len() < MAX_CONNECTIONS => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(connection(stream, tls.clone(), Arc::clone(&relay), stopped.clone()));
                }
                // Out of file descriptors and the like: give the others a moment to finish.
                Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
            },
            Some(_) = connections.join_next(), if !connections.is_empty() => {}
            _ = stopped.changed() => break,
        }
    }
    drop(listener);
    while connections.join_next().await.is_some() {}
}

async fn connection(stream: TcpStream, tls: Option<TlsAcceptor>, relay: Arc<Relay>, stopped: watch::Receiver<bool>) {
    let _ = stream.set_nodelay(true); // only slower without it
    let Some(tls) = tls else { return serve(stream, relay, stopped).await };
    if let Ok(Ok(stream)) = tokio::time::timeout(PATIENCE, tls.accept(stream)).await {
        serve(stream, relay, stopped).await;
    }
}

/// Serves one connection until it ends or the proxy stops. It has a connection to the target of its own.
async fn serve<S>(stream: S, relay: Arc<Relay>, mut stopped: watch::Receiver<bool>)
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let upstream = Arc::new(Mutex::new(Upstream::new(Arc::clone(&relay.target))));
    let service = service_fn(|request| {
        let passing = Arc::clone(&relay).pass(Arc::clone(&upstream), request);
        async { Ok::<_, std::convert::Infallible>(passing.await) }
    });
    let mut builder = http1::Builder::new();
    builder.preserve_header_case(true).timer(TokioTimer::new()).header_read_timeout(PATIENCE).auto_date_header(false);
    let mut connection = std::pin::pin!(builder.serve_connection(TokioIo::new(stream), service));
    let mut stopping = false;
    loop {
        tokio::select! {
            _ = connection.as_mut() => break,
            _ = stopped.changed(), if !stopping => {
                stopping = true;
                connection.as_mut().graceful_shutdown();
            }
        }
    }
}

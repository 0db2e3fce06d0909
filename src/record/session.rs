//! A recording from its first request to its last.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::thread::JoinHandle;
use std::time::Instant;

use super::folder::Folder;
use super::listener::{Listener, OwnTls};
use super::mask::Mask;
use super::recorder::{Recorder, Summary, Tell};
use super::relay::Relay;
use super::sight::Sight;
use super::upstream::Target;
use crate::http::{Redactor, Secret};
use crate::logs::redact::Mode;
use crate::run::Standard;

/// What decides how it is recorded.
pub struct Settings {
    /// The target of all requests.
    pub target: Target,
    /// The credential that takes the place of the IdP's.
    pub token: Option<Secret>,
    /// Where the IdP comes in; port 0 for any free one.
    pub listen: SocketAddr,
    /// The proxy's own certificate; without one the IdP comes in by `http://`.
    pub tls: Option<OwnTls>,
    /// Where it is written.
    pub folder: Folder,
    /// What becomes of personal data.
    pub redaction: Mode,
    /// How much a deviation matters.
    pub standard: Standard,
    /// Masks secrets; learns those that pass.
    pub redactor: Redactor,
}

/// A recording that goes on.
pub struct Recording {
    relay: Arc<Relay>,
    listener: Listener,
    recorder: JoinHandle<Summary>,
    is_tls: bool,
    base_path: String,
}

impl Recording {
    /// Begins to listen; `tell` hears of what happens. Call it inside a tokio runtime.
    ///
    /// # Errors
    /// When the address cannot be listened on, or a file cannot be written.
    pub fn start(settings: Settings, tell: Tell) -> io::Result<Self> {
        let Settings { target, token, listen, tls, folder, redaction, standard, redactor } = settings;
        let (base, target) = (target.base.clone(), Arc::new(target));
        let (mask, sight) = (Mask::new(redaction, redactor.clone())?, Sight::new(base.to_string(), standard));
        let base_path = base.path().to_owned();
        let (recorder, thread) = Recorder::start(folder, base, mask, sight, tell)?;
        let (begun, since) = (AtomicU64::new(0), Instant::now());
        let relay = Arc::new(Relay { target, token, redactor, recorder, begun, since });
        let is_tls = tls.is_some();
        let listener = Listener::start(listen, tls, Arc::clone(&relay))?;
        Ok(Self { relay, listener, recorder: thread, is_tls, base_path })
    }

    /// The base URL to give to the IdP.
    pub fn base_url(&self) -> String {
        let mut address = self.listener.address;
        if address.ip().is_unspecified() {
            address.set_ip(Ipv4Addr::LOCALHOST.into());
        }
        format!("{}://{address}{}", if self.is_tls { "https" } else { "http" }, self.base_path)
    }

    /// Lets the answers under way finish, writes what is left and says what was seen.
    pub async fn stop(self) -> Summary {
        self.listener.stop().await;
        self.relay.recorder.end();
        let joined = tokio::task::spawn_blocking(|| self.recorder.join()).await;
        match joined {
            Ok(Ok(summary)) => summary,
            Ok(Err(panic)) => std::panic::resume_unwind(panic),
            Err(error) => std::panic::resume_unwind(error.into_panic()),
        }
    }
}

//! The HTTP adapter: one listener, any number of services, each below a path of its own.
//!
//! The engine mounts one tenant per scenario and dialect; `serve` mounts one at
//! the root beside its admin API. Everything about SCIM happens in the service.

use std::borrow::Cow;
use std::collections::HashMap;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener as StdListener};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

use super::{Service, wire};
use crate::clock::Clock;
use crate::control::{Action, ControlError, Report};

/// How long open connections may take to finish when the host stops.
const GRACE: Duration = Duration::from_secs(2);

/// A listener and what is mounted on it. Dropping it stops accepting; [`Host::stop`] waits for answers under way.
#[derive(Debug)]
pub struct Host {
    address: SocketAddr,
    mounts: Arc<Mounts>,
    stop: watch::Sender<bool>,
    acceptor: JoinHandle<()>,
}

impl Host {
    /// Binds `address` (port 0 for any free one) and serves until stopped. Call it inside a tokio runtime.
    pub fn start(address: SocketAddr) -> io::Result<Self> {
        let listener = StdListener::bind(address)?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let listener = TcpListener::from_std(listener)?;
        let mounts = Arc::new(Mounts::default());
        let (stop, stopped) = watch::channel(false);
        let acceptor = tokio::spawn(accept(listener, Arc::clone(&mounts), stopped));
        Ok(Self { address, mounts, stop, acceptor })
    }

    /// Where it listens.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// `http://HOST:PORT`, with the loopback address when it listens on every interface.
    pub fn origin(&self) -> String {
        let mut address = self.address;
        if address.ip().is_unspecified() {
            address.set_ip(Ipv4Addr::LOCALHOST.into());
        }
        format!("http://{address}")
    }

    /// The base URL that a tenant of this name has or will have: its settings need it before it is mounted.
    /// The empty name is the tenant at the root, `/scim/v2`.
    pub fn base_url(&self, name: &str) -> String {
        format!("{}{}", self.origin(), scim_prefix(name))
    }

    /// Mounts a tenant at [`Host::base_url`] of `name` until the result is dropped. A second one of that name takes its place.
    pub fn mount(&self, name: &str, service: Box<dyn Service>, clock: Clock) -> Mounted {
        self.mount_at(&scim_prefix(name), service, clock)
    }

    /// Mounts a service at a path: `/` first, none at the end.
    pub fn mount_at(&self, prefix: &str, service: Box<dyn Service>, clock: Clock) -> Mounted {
        let mount = Arc::new(Mount { service: Mutex::new(service), clock });
        self.mounts.write().insert(prefix.to_owned(), Arc::clone(&mount));
        let base_url = format!("{}{prefix}", self.origin());
        Mounted { mounts: Arc::clone(&self.mounts), prefix: prefix.to_owned(), base_url, mount }
    }

    /// Stops accepting, lets the answers under way finish (two seconds at most), closes every connection.
    pub async fn stop(mut self) {
        let _ = self.stop.send(true);
        let _ = tokio::time::timeout(GRACE, &mut self.acceptor).await;
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        self.acceptor.abort();
    }
}

/// A service while it is mounted. Dropping it takes the service off the host.
#[derive(Debug)]
pub struct Mounted {
    mounts: Arc<Mounts>,
    prefix: String,
    base_url: String,
    mount: Arc<Mount>,
}

impl Mounted {
    /// Absolute URL below which it answers, without a slash at the end.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// Does one thing outside SCIM, at the moment its clock shows.
    pub fn control(&self, action: &Action) -> Result<Report, ControlError> {
        self.mount.service().control(action, self.mount.clock.now())
    }

    /// The bearer token that is valid now.
    pub fn token(&self) -> String {
        self.mount.service().token()
    }

    /// Its clock.
    pub fn clock(&self) -> &Clock {
        &self.mount.clock
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        let mut mounts = self.mounts.write();
        if mounts.get(&self.prefix).is_some_and(|mounted| Arc::ptr_eq(mounted, &self.mount)) {
            mounts.remove(&self.prefix);
        }
    }
}

/// A service and its clock.
pub(super) struct Mount {
    service: Mutex<Box<dyn Service>>,
    pub(super) clock: Clock,
}

impl Mount {
    /// The service, for one request or action. A panic in an earlier one does not lock the others out.
    pub(super) fn service(&self) -> MutexGuard<'_, Box<dyn Service>> {
        self.service.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Mount {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Mount").field("clock", &self.clock).finish_non_exhaustive()
    }
}

/// Everything mounted, by path.
#[derive(Debug, Default)]
pub(super) struct Mounts(RwLock<HashMap<String, Arc<Mount>>>);

impl Mounts {
    fn write(&self) -> std::sync::RwLockWriteGuard<'_, HashMap<String, Arc<Mount>>> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// The service mounted at the longest leading part of `path`, and the rest of the path (`/` at least).
    ///
    /// Another version of the protocol (RFC 7644 §3.13) is the service's own to refuse: `/scim/v9/Users` reaches the one
    /// at `/scim/v2` as `/../v9/Users`.
    pub(super) fn find<'a>(&self, path: &'a str) -> Option<(Arc<Mount>, Cow<'a, str>)> {
        let mounts = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let ends = path.rmatch_indices('/').map(|(at, _)| at);
        let below = std::iter::once(path.len()).chain(ends).find_map(|end| {
            let (prefix, rest) = path.split_at(end);
            let mount = mounts.get(prefix)?;
            Some((Arc::clone(mount), Cow::Borrowed(if rest.is_empty() { "/" } else { rest })))
        });
        let beside = || {
            let at = path.match_indices("/v").map(|(at, _)| at).find(|at| is_version(&path[at + 2..]))?;
            let mount = mounts.get(&format!("{}/v2", &path[..at]))?;
            Some((Arc::clone(mount), Cow::Owned(format!("/..{}", &path[at..]))))
        };
        below.or_else(beside)
    }
}

/// Whether a path goes on with the number of a version and nothing else in its segment.
fn is_version(rest: &str) -> bool {
    let segment = rest.split('/').next().unwrap_or_default();
    !segment.is_empty() && segment.bytes().all(|byte| byte.is_ascii_digit())
}

/// The path of a tenant: letters that a URL path would escape become `-`.
fn scim_prefix(name: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || "-.~/@".contains(c) { c } else { '-' };
    let name: String = name.chars().map(plain).collect();
    if name.is_empty() { "/scim/v2".to_owned() } else { format!("/{name}/scim/v2") }
}

async fn accept(listener: TcpListener, mounts: Arc<Mounts>, mut stopped: watch::Receiver<bool>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(wire::serve(stream, Arc::clone(&mounts), stopped.clone()));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_becomes_a_path_that_needs_no_escapes() {
        assert_eq!(scim_prefix("patch/atomic@okta aiw"), "/patch/atomic@okta-aiw/scim/v2");
        assert_eq!(scim_prefix("a_b?c#d"), "/a-b-c-d/scim/v2");
        assert_eq!(scim_prefix(""), "/scim/v2");
    }
}

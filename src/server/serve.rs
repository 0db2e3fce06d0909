//! `serve`: one tenant at the root of a host, its admin API beside it.

use std::io;
use std::net::SocketAddr;

use super::admin::{Admin, Shared};
use super::settings::Settings;
use super::tenant::{Tenant, new_token};
use super::{Host, Mounted, Service};
use crate::clock::Clock;

/// A server that runs. Dropping it stops it; [`Served::stop`] waits for answers under way.
#[derive(Debug)]
pub struct Served {
    host: Host,
    scim: Mounted,
    admin: Mounted,
}

/// Serves one tenant of these settings at `address` (port 0 for any free one); `around` may put faults around it.
///
/// The base URL of the settings is replaced by the real one. Call it inside a tokio runtime.
pub fn serve(
    mut settings: Settings,
    address: SocketAddr,
    clock: Clock,
    around: impl FnOnce(Box<dyn Service>) -> Box<dyn Service>,
) -> io::Result<Served> {
    let host = Host::start(address)?;
    settings.base_url = host.base_url("");
    // Another number than the tenant's, or the admin's token would be the first of its tokens.
    let admin_token = new_token(&mut fastrand::Rng::with_seed(settings.seed ^ 0x00ad_0a11));
    let tenant = Shared::new(Tenant::new(settings.clone(), clock.now()));
    let admin = Admin::new(tenant.clone(), settings, admin_token);
    let admin = host.mount_at("/admin", Box::new(admin), clock.clone());
    let scim = host.mount("", around(Box::new(tenant)), clock);
    Ok(Served { host, scim, admin })
}

impl Served {
    /// Base URL of the SCIM endpoint.
    pub fn base_url(&self) -> &str {
        self.scim.base_url()
    }

    /// The bearer token of the SCIM endpoint.
    pub fn token(&self) -> String {
        self.scim.token()
    }

    /// Base URL of the admin API.
    pub fn admin_url(&self) -> &str {
        self.admin.base_url()
    }

    /// The bearer token of the admin API.
    pub fn admin_token(&self) -> String {
        self.admin.token()
    }

    /// Where it listens.
    pub const fn address(&self) -> SocketAddr {
        self.host.address()
    }

    /// Stops: no new requests, a moment for those under way.
    pub async fn stop(self) {
        self.host.stop().await;
    }
}

//! Where one scenario is played: a tenant of the embedded server, or the target.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::control::{Action, ControlError, Report};
use crate::http::{Answer, Base, Client, Credential, Request, Secret};
use crate::run::target::hooks::Hooks;
use crate::server::Mounted;

/// A base URL with the client that reaches it.
#[derive(Clone)]
pub(in crate::run) struct Endpoint {
    client: Client,
    base: Arc<Base>,
}

impl Endpoint {
    pub(in crate::run) const fn new(client: Client, base: Arc<Base>) -> Self {
        Self { client, base }
    }

    pub(in crate::run) fn base(&self) -> &Base {
        &self.base
    }

    /// Sends one request.
    pub(in crate::run) async fn send(&self, credential: &Credential, request: &Request) -> (Answer, Duration) {
        self.client.send(&self.base, credential, request).await
    }
}

/// What the IdP has as credential: shared by all scenarios at a target, as a new token replaces it for all.
#[derive(Clone, Debug)]
pub(in crate::run) struct Keyring(Arc<Mutex<Credential>>);

impl Keyring {
    pub(in crate::run) fn new(credential: Credential) -> Self {
        Self(Arc::new(Mutex::new(credential)))
    }

    pub(in crate::run) fn credential(&self) -> Credential {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(in crate::run) fn replace(&self, credential: Credential) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = credential;
    }
}

/// The service provider as one scenario sees it.
pub(in crate::run) struct Site {
    endpoint: Endpoint,
    keyring: Keyring,
    other_tenant: Option<Credential>,
    kind: Kind,
}

enum Kind {
    Embedded { tenant: Mounted },
    Target { hooks: Arc<Hooks> },
}

impl Site {
    /// A tenant of its own on the embedded server, with the credential of its neighbour where the scenario needs that.
    pub(in crate::run) fn embedded(endpoint: Endpoint, tenant: Mounted, other_tenant: Option<Credential>) -> Self {
        let own = Credential::Bearer(Secret::new(&tenant.token()));
        Self { endpoint, keyring: Keyring::new(own), other_tenant, kind: Kind::Embedded { tenant } }
    }

    /// The user's target.
    pub(in crate::run) const fn target(
        endpoint: Endpoint,
        keyring: Keyring,
        other_tenant: Option<Credential>,
        hooks: Arc<Hooks>,
    ) -> Self {
        Self { endpoint, keyring, other_tenant, kind: Kind::Target { hooks } }
    }

    pub(in crate::run) const fn is_embedded(&self) -> bool {
        matches!(self.kind, Kind::Embedded { .. })
    }

    pub(in crate::run) fn endpoint(&self) -> Endpoint {
        self.endpoint.clone()
    }

    pub(in crate::run) fn base(&self) -> &Base {
        self.endpoint.base()
    }

    pub(in crate::run) fn credential(&self) -> Credential {
        self.keyring.credential()
    }

    pub(in crate::run) fn other_tenant(&self) -> Option<Credential> {
        self.other_tenant.clone()
    }

    /// The admin pastes a new token into the IdP.
    pub(in crate::run) fn set_token(&self, token: &Secret) {
        self.keyring.replace(Credential::Bearer(token.clone()));
    }

    /// Lets virtual time pass at the service provider too, where it can.
    pub(in crate::run) fn advance(&self, duration: Duration) {
        if let Kind::Embedded { tenant } = &self.kind {
            tenant.clock().advance(duration);
        }
    }

    /// The moment that the virtual clock of the service provider shows; none at a target.
    pub(in crate::run) fn virtual_time(&self) -> Option<time::OffsetDateTime> {
        match &self.kind {
            Kind::Embedded { tenant } => Some(tenant.clock().now()),
            Kind::Target { .. } => None,
        }
    }

    /// Does one thing outside SCIM.
    pub(in crate::run) async fn control(&self, action: &Action) -> Result<Report, ControlError> {
        match &self.kind {
            Kind::Embedded { tenant } => tenant.control(action),
            Kind::Target { hooks } => hooks.run(action).await,
        }
    }
}

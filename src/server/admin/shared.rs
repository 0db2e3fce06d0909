//! One tenant behind two mounts.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use time::OffsetDateTime;

use crate::control::{Action, ControlError, Report};
use crate::http::Request;
use crate::server::{Reply, Service, Tenant};

/// A tenant that two mounts share: its SCIM endpoint and its admin API.
#[derive(Clone, Debug)]
pub struct Shared(Arc<Mutex<Tenant>>);

impl Shared {
    /// Shares a tenant.
    pub fn new(tenant: Tenant) -> Self {
        Self(Arc::new(Mutex::new(tenant)))
    }

    /// The tenant, for one request or action.
    pub(super) fn tenant(&self) -> MutexGuard<'_, Tenant> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Service for Shared {
    fn handle(&mut self, request: &Request, now: OffsetDateTime) -> Reply {
        self.tenant().handle(request, now)
    }

    fn control(&mut self, action: &Action, now: OffsetDateTime) -> Result<Report, ControlError> {
        self.tenant().control(action, now)
    }

    fn token(&self) -> String {
        self.tenant().token()
    }
}

//! Two tenants behind one base URL, told apart by their tokens, as multi-tenant products have them.

use time::OffsetDateTime;

use super::{Reply, Service, Tenant};
use crate::control::{Action, ControlError, Report};
use crate::http::Request;

/// A tenant and its neighbour. What is done outside SCIM is done to the first.
#[derive(Debug)]
pub struct Neighbours {
    own: Tenant,
    other: Tenant,
}

impl Neighbours {
    /// Puts both behind one base URL, which their settings must name alike.
    pub const fn new(own: Tenant, other: Tenant) -> Self {
        Self { own, other }
    }
}

impl Service for Neighbours {
    fn handle(&mut self, request: &Request, now: OffsetDateTime) -> Reply {
        let others = format!("Bearer {}", self.other.token());
        let tenant =
            if request.headers.get("authorization") == Some(&others) { &mut self.other } else { &mut self.own };
        tenant.handle(request, now)
    }

    fn control(&mut self, action: &Action, now: OffsetDateTime) -> Result<Report, ControlError> {
        self.own.control(action, now)
    }

    fn token(&self) -> String {
        self.own.token()
    }
}

//! What a target says it does not offer. A refusal of that is a closed gate, no defect: what an IdP needs
//! of it cannot be played, and the scenario is skipped with that reason.

use crate::http::{Exchange, Method, Request, Response};
use crate::run::address;
use crate::run::capabilities::{Capabilities, Gate};

/// How a server refuses what it does not have: RFC 7644 §3.12 and Table 9 for filters, §3.5.2 for PATCH.
const REFUSALS: [u16; 3] = [400, 403, 501];

/// Features that are declared missing.
#[derive(Clone, Copy, Debug)]
pub(in crate::run) struct Unoffered {
    patch: bool,
    filter: bool,
    groups: bool,
}

impl Unoffered {
    /// Reads them from what the target says of itself.
    pub(in crate::run) fn of(capabilities: &Capabilities) -> Self {
        Self {
            patch: capabilities.declares_unsupported("patch"),
            filter: capabilities.declares_unsupported("filter"),
            groups: capabilities.gate("rt.Group") != Gate::Open,
        }
    }

    /// Whether an account is changed by PUT, because there is no PATCH.
    pub(super) const fn patch(self) -> bool {
        self.patch
    }

    /// Why this answer ends what can be played.
    pub(super) fn explains(self, request: &Request, answer: &Response) -> Option<String> {
        let (collection, _) = address::of(&request.path);
        let filters = request.target().split(['?', '&']).any(|part| part.starts_with("filter="));
        if self.patch && request.method == Method::Patch && answer.status == 501 {
            return Some("the target declares PATCH unsupported (gate spc.patch)".to_owned());
        }
        if self.groups && collection == "groups" && matches!(answer.status, 404 | 501) {
            return Some("the target has no Groups (gate rt.Group)".to_owned());
        }
        if self.filter && filters && REFUSALS.contains(&answer.status) {
            return Some("the target declares filters unsupported (gate spc.filter)".to_owned());
        }
        None
    }

    /// The first of these exchanges that it explains.
    pub(super) fn among(self, exchanges: &[Exchange]) -> Option<String> {
        exchanges.iter().find_map(|exchange| self.explains(&exchange.request, exchange.response()?))
    }
}

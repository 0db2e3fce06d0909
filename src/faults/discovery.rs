//! `discovery/`: what the server says of itself.

use super::Fault;
use super::wrap::{Inner, bodies, is_below};

pub(super) const FAULTS: &[Fault] = &[("discovery/list-form", list_form)];

/// As RFC 7643 §8.7 prints it.
fn list_form(inner: Inner) -> Inner {
    bodies(inner, |request, status, body| {
        let is_discovery = is_below(request, "/Schemas") || is_below(request, "/ResourceTypes");
        if let Some(bare) = body.get("Resources").filter(|_| is_discovery && status == 200) {
            *body = bare.clone();
        }
    })
}

//! `async/`: answers that come before the work is done.

use super::Fault;
use super::wrap::{Inner, around};
use crate::http::Method;
use crate::server::Reply;

pub(super) const FAULTS: &[Fault] = &[("async/accepted", accepted)];

/// A queue takes every PUT, whoever waits for it.
fn accepted(inner: Inner) -> Inner {
    around(inner, |server, request, now| {
        let mut reply = server.handle(request, now);
        if let Reply::Answer(response) = &mut reply
            && request.method == Method::Put
            && response.is_success()
        {
            response.status = 202;
        }
        reply
    })
}

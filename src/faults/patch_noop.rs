//! `patch/lastmodified-noop`: a server that counts every PATCH as a change.

use std::collections::HashMap;

use time::format_description::well_known::Rfc3339;

use super::Fault;
use super::wrap::{Inner, around, each_resource, edit_json, id_of, is_core};
use crate::http::Method;
use crate::server::Reply;

pub(super) const FAULTS: &[Fault] = &[("patch/lastmodified-noop", lastmodified_noop)];

/// A trigger of the database touches the row.
fn lastmodified_noop(inner: Inner) -> Inner {
    let mut touched: HashMap<String, String> = HashMap::new();
    around(inner, move |server, request, now| {
        let mut reply = server.handle(request, now);
        let Reply::Answer(response) = &mut reply else { return reply };
        if !is_core(request) || !response.is_success() {
            return reply;
        }
        if let (Method::Patch, Some(id), Ok(now)) = (request.method, id_of(request), now.format(&Rfc3339)) {
            touched.insert(id.to_owned(), now);
        }
        edit_json(response, |_, body| {
            each_resource(body, |resource| {
                let id = resource.get("id").and_then(|id| id.as_str()).unwrap_or_default();
                if let (Some(now), Some(meta)) = (touched.get(id).cloned(), resource.get_mut("meta")) {
                    meta["lastModified"] = now.into();
                }
            });
        });
        reply
    })
}

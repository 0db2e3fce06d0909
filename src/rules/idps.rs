//! `okta/`, `entra/`: what one IdP needs beyond the RFCs, as far as any answer shows it.

use std::time::Duration;

use serde_json::Value;

use super::endpoint::Kind;
use super::observed::Observed;
use super::sink::{Sink, clip};
use crate::http::Method;

/// What Okta's operations people call slow. It hangs up after 60 s, which is `http/complete-answer`'s.
const SLOW: Duration = Duration::from_secs(5);

/// Members in the answer to a PATCH that are a load for themselves.
const MANY_MEMBERS: usize = 1000;

pub(super) fn response_time(seen: &Observed<'_>, sink: &mut Sink<'_>) {
    let elapsed = seen.exchange.elapsed;
    if elapsed > SLOW {
        sink.report("answer", &["within 5 s"], format!("after {} s", elapsed.as_secs()));
    }
}

pub(super) fn base_url(seen: &Observed<'_>, sink: &mut Sink<'_>) {
    let base = &seen.transcript.base;
    if base.contains(['_', '?']) {
        sink.report("base URL", &["neither `_` nor a query"], clip(base));
    }
}

pub(super) fn group_patch_204(seen: &Observed<'_>, sink: &mut Sink<'_>) {
    if seen.request().method != Method::Patch || seen.endpoint.kind != Kind::Group {
        return;
    }
    let members = seen.body.and_then(|group| group.get("members")).and_then(Value::as_array).map_or(0, Vec::len);
    if members > MANY_MEMBERS {
        sink.report("members", &["204, or no members"], format!("{members} members in the answer"));
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use crate::http::{Exchange, Headers, Method, Request, Response, Sender, Transcript};
    use crate::rules::judge;

    #[test]
    fn okta_takes_no_underscore_in_a_base_url() {
        let found = |base: &str| {
            let exchange = Exchange {
                step: 0,
                sender: Sender::Idp,
                request: Request::new(Method::Get, "/Users"),
                answer: Ok(Arc::new(Response::new(200, Headers::new(), "{}"))),
                elapsed: Duration::ZERO,
                at: Duration::ZERO,
            };
            let transcript = Transcript { base: base.to_owned(), exchanges: vec![exchange], ..Transcript::default() };
            judge(&transcript, "s", "d").iter().any(|finding| finding.rule == "okta/base-url")
        };
        assert!(found("https://sp.example/my_scim/v2"));
        assert!(!found("https://sp.example/my-scim/v2"));
    }
}

//! `auth/`: what passive checks can see of authentication.

use super::observed::Observed;
use super::sink::Sink;

pub(super) fn www_authenticate(seen: &Observed<'_>, sink: &mut Sink<'_>) {
    // Any challenge will do: schemes with a token in a header of their own have no registered name.
    let challenge = seen.answer.headers.get("www-authenticate").is_some_and(|value| !value.trim().is_empty());
    if seen.answer.status == 401 && !challenge {
        sink.report("WWW-Authenticate", &["a challenge such as `Bearer`"], "absent");
    }
}

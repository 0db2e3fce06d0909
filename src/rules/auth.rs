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

/// RFC 6750 §3: the scheme is followed by one parameter at least.
pub(super) fn bearer_challenge(seen: &Observed<'_>, sink: &mut Sink<'_>) {
    let mut challenges = seen.answer.headers.all("www-authenticate").flat_map(|value| value.split(',')).map(str::trim);
    // Of several challenges each begins with its scheme, and parameters hold `=`.
    let bare = challenges.find(|part| part.eq_ignore_ascii_case("bearer"));
    if let Some(bare) = bare.filter(|_| seen.answer.status == 401) {
        sink.report("WWW-Authenticate", &["Bearer with a parameter such as `realm=\"scim\"`"], bare);
    }
}

//! The way in: tokens, limits, base URLs, media types.

use time::OffsetDateTime;

use super::answers::page;
use super::behaviour::Does::{Takes, Wraps};
use super::behaviour::{Act, Known};
use super::door::{carries_token, inside};
use crate::control::Action;
use crate::faults::wrap::{Inner, answers, around, read, refusal};
use crate::http::{Base, Headers, Response};
use crate::server::{RateLimit, Reply, Service};

pub(super) const BEHAVIOURS: &[Known] = &[
    Known::new(
        "token-lives",
        "=N",
        "A token is good for N requests, and expired after them: 401 until a new one is issued.",
        Takes(|argument| {
            let requests: u64 = argument?.parse().ok()?;
            Some(Act::wrap(move |inner| token_lives(inner, requests)))
        }),
    ),
    Known::new(
        "token-scope",
        "=read",
        "The token may read; whatever writes is refused with 403.",
        Takes(|argument| (argument? == "read").then(|| Act::wrap(read_only))),
    ),
    Known::new(
        "rate-limit",
        "=N[/SECONDS]",
        "N requests are answered in SECONDS, else in a minute; 429 with Retry-After above that.",
        Takes(rate_limit),
    ),
    Known::new("no-retry-after", "", "429 comes without Retry-After.", Wraps(no_retry_after)),
    Known::new(
        "refuse-accept-scim-json",
        "",
        "A request that accepts application/scim+json is refused with 406.",
        Wraps(refuse_accept),
    ),
    Known::new(
        "redirect-base-url",
        "[=URL]",
        "A request with the token is answered with 308 to the same path below URL, else of this server as localhost. \
         Without the token it is answered with 401, as when a client follows.",
        Takes(redirect),
    ),
    Known::new(
        "wrong-base-url",
        "",
        "No path is an endpoint: everything is answered with 404 and a page of HTML.",
        Wraps(|inner| around(inner, |_, _, _| Reply::Answer(page(404)))),
    ),
];

fn token_lives(inner: Inner, requests: u64) -> Inner {
    let (mut token, mut used) = (String::new(), 0_u64);
    around(inner, move |server, request, now| {
        if carries_token(server, request) {
            let valid = server.token();
            used = if token == valid { used.saturating_add(1) } else { 1 };
            token = valid;
            if used > requests {
                // Nothing can refuse that, and doing it again changes nothing.
                let _ = server.control(&Action::ExpireToken, now);
            }
        }
        server.handle(request, now)
    })
}

/// The token's owner has no role that writes.
fn read_only(inner: Inner) -> Inner {
    inside(inner, |server, request, now| {
        if request.method.writes() && !request.path.ends_with("/.search") {
            return refusal(403, None, "The token has no permission to change users and groups.");
        }
        server.handle(request, now)
    })
}

fn rate_limit(argument: Option<&str>) -> Option<Act> {
    let argument = argument?;
    let (requests, seconds) = argument.split_once('/').unwrap_or((argument, "60"));
    let limit = RateLimit { requests: requests.parse().ok()?, seconds: seconds.parse().ok().filter(|s| *s > 0)? };
    Some(Act::set(move |settings| settings.rate_limit = Some(limit)))
}

fn no_retry_after(inner: Inner) -> Inner {
    answers(inner, |_, response| {
        if response.status == 429 {
            response.headers.remove("Retry-After");
        }
    })
}

/// A gateway that knows application/json alone.
fn refuse_accept(inner: Inner) -> Inner {
    around(inner, |server, request, now| {
        if request.headers.get("accept").is_some_and(|accept| accept.contains("scim+json")) {
            return refusal(406, None, "Only application/json is served.");
        }
        server.handle(request, now)
    })
}

fn redirect(argument: Option<&str>) -> Option<Act> {
    let elsewhere = match argument {
        Some(url) => Some(Base::parse(url).ok()?.to_string()),
        None => None,
    };
    Some(Act::wrap(move |inner| redirecting(inner, elsewhere.clone())))
}

/// The customer typed the address of the website; the API is at another host.
fn redirecting(inner: Inner, elsewhere: Option<String>) -> Inner {
    around(inner, move |server, request, now| {
        let has_followed = request.headers.get("host").is_some_and(|host| host.starts_with("localhost"));
        if request.headers.get("authorization").is_none() || has_followed {
            return server.handle(request, now);
        }
        let base = elsewhere.clone().unwrap_or_else(|| under_another_name(server, now));
        let headers: Headers = [("Location", format!("{base}{}", request.target()))].into_iter().collect();
        Reply::Answer(Response::new(308, headers, ""))
    })
}

/// The same base URL with `localhost` for the address: for a client that is another host.
fn under_another_name(server: &mut dyn Service, now: OffsetDateTime) -> String {
    const CONFIGURATION: &str = "/ServiceProviderConfig";
    let found = read(server, CONFIGURATION, now);
    let location = found.as_ref().and_then(|found| found.get("meta")?.get("location")?.as_str()).unwrap_or_default();
    location.trim_end_matches(CONFIGURATION).replacen("127.0.0.1", "localhost", 1)
}

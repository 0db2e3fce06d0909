//! `http/`: bodies, media types, statuses (RFC 7644 §3.1, §3.8, §3.12).

use serde_json::Value;

use super::gateway::is_html;
use super::observed::Observed;
use super::raw;
use super::sink::{Sink, clip};
use crate::http::{Exchange, Method, Request, Sender, TransportFailure};

const SCIM: &str = "application/scim+json";
const JSON: &str = "application/json";

/// A request without a whole answer. Where nothing answers any more afterwards, the target is gone, not broken.
pub(super) fn complete_answer(failure: &TransportFailure, answers_later: bool, sink: &mut Sink<'_>) {
    let is_its_own = match failure {
        TransportFailure::Timeout(_)
        | TransportFailure::Truncated(_)
        | TransportFailure::TooLarge(_)
        | TransportFailure::Protocol(_) => true,
        TransportFailure::Dns(_)
        | TransportFailure::Connect(_)
        | TransportFailure::Tls(_)
        | TransportFailure::Unsendable(_) => false,
    };
    if is_its_own && answers_later {
        sink.report("answer", &["one whole HTTP answer"], failure.to_string());
    }
}

/// Whether an exchange shows nothing that a client could read: no whole answer, or a body that was to be JSON and is none.
///
/// A web page is another matter for whoever sends requests of his own: its place and its status say what went wrong.
/// An IdP cannot read that either.
pub fn is_unreadable(exchange: &Exchange) -> bool {
    let Some(answer) = exchange.response() else { return true };
    let has_content = !answer.body.is_empty() && !matches!(answer.status, 204 | 300..=399);
    let may_be_page = exchange.sender != Sender::Idp && is_html(&answer.body);
    has_content && answer.json().is_none() && !may_be_page && super::infrastructure(exchange).is_none()
}

pub(super) fn json_object(seen: &Observed<'_>, sink: &mut Sink<'_>) {
    if !seen.has_content() || seen.is_weather || seen.body.is_some() || seen.is_at_the_base() {
        return;
    }
    // The page of a crash is http/no-5xx's business.
    if is_crash(seen.answer.status) {
        return;
    }
    match seen.answer.json() {
        Some(value) => sink.value("body", &["a JSON object"], Some(value)),
        None => sink.report("body", &["a JSON object"], begins(seen)),
    }
}

/// Codings that the client undoes, and the one that is none.
const CODINGS: [&str; 4] = ["gzip", "x-gzip", "deflate", "identity"];

/// RFC 9110 §8.4: a body is in the coding that its field names.
pub(super) fn content_coding(seen: &Observed<'_>, sink: &mut Sink<'_>) {
    let label = seen.answer.headers.get("content-encoding").unwrap_or_default().trim();
    if let Some(why) = &seen.answer.undecoded {
        sink.report("Content-Encoding", &["the coding of the body"], format!("`{label}`: {why}"));
    } else if seen.body.is_some() && !label.is_empty() && !CODINGS.contains(&label.to_ascii_lowercase().as_str()) {
        sink.report("Content-Encoding", &["the coding of the body"], format!("`{}` over plain JSON", clip(label)));
    }
}

/// How a body begins that is no JSON, with what it says it is.
fn begins(seen: &Observed<'_>) -> String {
    let label = seen.answer.headers.get("content-type").unwrap_or("no Content-Type");
    let start: String = String::from_utf8_lossy(&seen.answer.body).trim().chars().take(60).collect();
    format!("{} bytes ({label}) beginning `{start}`", seen.answer.body.len())
}

pub(super) fn content_type(seen: &Observed<'_>, sink: &mut Sink<'_>) {
    // A body that is no JSON is http/json-object's business, whatever its label.
    if seen.body.is_none() || !seen.has_content() || seen.is_weather || accepted(seen.request()) == Accepted::Other {
        return;
    }
    let label = seen.answer.headers.media_type();
    if !matches!(label.as_deref(), Some(SCIM | JSON)) {
        sink.report("Content-Type", &[SCIM], seen.answer.headers.get("content-type").unwrap_or("absent"));
    }
}

pub(super) fn scim_media_type(seen: &Observed<'_>, sink: &mut Sink<'_>) {
    if seen.body.is_none() || !seen.has_content() || seen.is_weather || accepted(seen.request()) != Accepted::Scim {
        return;
    }
    if seen.answer.headers.media_type().as_deref() == Some(JSON) {
        sink.report("Content-Type", &[SCIM], seen.answer.headers.get("content-type").unwrap_or_default());
    }
}

#[derive(PartialEq)]
enum Accepted {
    /// SCIM's own type and not plain JSON.
    Scim,
    /// Anything at all.
    Any,
    /// Plain JSON will do.
    Json,
    /// Neither: what comes back is out of scope.
    Other,
}

fn accepted(request: &Request) -> Accepted {
    let mut fields = request.headers.all("accept").flat_map(|field| field.split(',')).peekable();
    if fields.peek().is_none() {
        return Accepted::Any;
    }
    let types: Vec<String> =
        fields.map(|range| range.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()).collect();
    let takes = |wanted: &[&str]| types.iter().any(|kind| wanted.contains(&kind.as_str()));
    match (takes(&[JSON]), takes(&["*/*", "application/*"]), takes(&[SCIM])) {
        (true, _, _) => Accepted::Json,
        (false, true, _) => Accepted::Any,
        (false, false, true) => Accepted::Scim,
        (false, false, false) => Accepted::Other,
    }
}

pub(super) fn charset_utf8(seen: &Observed<'_>, sink: &mut Sink<'_>) {
    if !seen.has_content() {
        return;
    }
    let body = &seen.answer.body;
    if body.starts_with(b"\xEF\xBB\xBF") {
        sink.report("body", &["UTF-8 without a byte order mark"], "a body that begins EF BB BF");
    }
    if let Err(error) = std::str::from_utf8(body) {
        let at = error.valid_up_to();
        let near = String::from_utf8_lossy(&body[at.saturating_sub(20)..(at + 10).min(body.len())]).into_owned();
        sink.report("body", &["valid UTF-8"], format!("byte {:02X} at {at}, near `{near}`", body[at]));
    }
    let label = seen.answer.headers.get("content-type").unwrap_or_default();
    let charset = label.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case("charset").then(|| value.trim().trim_matches('"'))
    });
    if charset.is_some_and(|name| !["utf-8", "utf8"].iter().any(|utf8| name.eq_ignore_ascii_case(utf8))) {
        sink.report("Content-Type", &["charset=utf-8, or none"], label);
    }
}

pub(super) fn no_duplicate_members(seen: &Observed<'_>, sink: &mut Sink<'_>) {
    if seen.body.is_none() {
        return;
    }
    if let Some(name) = raw::duplicate_member(&seen.answer.body) {
        let actual = format!("`{}` twice in one object", clip(&name));
        sink.report("body", &["every member name once, whatever its case"], actual);
    }
}

pub(super) fn empty_on_204(seen: &Observed<'_>, sink: &mut Sink<'_>) {
    if !seen.is_empty_status() {
        return;
    }
    let status = seen.answer.status;
    if !seen.answer.body.is_empty() {
        let start: String = String::from_utf8_lossy(&seen.answer.body).chars().take(60).collect();
        sink.report("body", &["no body"], format!("{status} with {} bytes: {start}", seen.answer.body.len()));
        return;
    }
    // A client drops these bytes before anybody sees them, or takes them for the next answer.
    let length = seen.answer.headers.get("content-length").filter(|length| status == 204 && length.trim() != "0");
    if let Some(length) = length {
        sink.report("Content-Length", &["no body"], format!("204 announcing {length} bytes"));
    }
}

pub(super) fn deleted(seen: &Observed<'_>, sink: &mut Sink<'_>) {
    let is_delete = seen.request().method == Method::Delete && seen.endpoint.item.is_some();
    if is_delete && seen.answer.is_success() && seen.answer.status != 204 {
        sink.report("status", &["204"], seen.answer.status.to_string());
    }
}

pub(super) fn allow(seen: &Observed<'_>, sink: &mut Sink<'_>) {
    let method = seen.request().method.to_string();
    let mut fields = seen.answer.headers.all("allow").flat_map(|field| field.split(','));
    if seen.answer.status == 405 && fields.any(|allowed| allowed.trim().eq_ignore_ascii_case(&method)) {
        let expected = format!("the methods that are allowed here, without {method}");
        sink.report("Allow", &[&expected], seen.answer.headers.get("allow").unwrap_or_default());
    }
}

pub(super) fn no_5xx(seen: &Observed<'_>, sink: &mut Sink<'_>) {
    let status = seen.answer.status;
    if !is_crash(status) || seen.is_weather {
        return;
    }
    let detail = seen.body.and_then(|body| body.get("detail")).and_then(Value::as_str).map(clip);
    let actual = detail.map_or_else(|| status.to_string(), |detail| format!("{status}: {detail}"));
    sink.report("status", &["2xx, or 4xx with a reason"], actual);
}

const fn is_crash(status: u16) -> bool {
    status >= 500 && status != 501
}

pub(super) fn redirect_code(seen: &Observed<'_>, sink: &mut Sink<'_>) {
    let status = seen.answer.status;
    if !seen.request().method.writes() || !(300..400).contains(&status) || status == 304 {
        return;
    }
    let location = seen.answer.headers.get("location").unwrap_or_default();
    if !matches!(status, 307 | 308) {
        sink.report("status", &["307", "308", "no redirect"], format!("{status} to `{}`", clip(location)));
    } else if location.is_empty() {
        sink.report("Location", &["the URL to repeat the request at"], format!("{status} without Location"));
    } else if seen.transcript.base.starts_with("https:") && location.to_ascii_lowercase().starts_with("http:") {
        sink.report("Location", &["an https URL"], clip(location));
    }
}

/// A redirect to the address that was asked, with a slash at its end or without the one it has.
pub(super) fn no_redirect(seen: &Observed<'_>, sink: &mut Sink<'_>) {
    let (status, path) = (seen.answer.status, &seen.request().path);
    let location = seen.answer.headers.get("location").unwrap_or_default();
    if (300..400).contains(&status) && differs_by_a_slash(location, path) {
        sink.report("status", &["the answer itself"], format!("{status} to `{}`", clip(location)));
    }
}

/// Whether a Location names this path below the base URL but for a slash at the end.
pub fn differs_by_a_slash(location: &str, path: &str) -> bool {
    let there = location.split(['?', '#']).next().unwrap_or_default();
    let is_same = there.trim_end_matches('/').ends_with(path.trim_end_matches('/'));
    is_same && path.len() > 1 && there.ends_with('/') != path.ends_with('/')
}

/// The client refuses older TLS than 1.2 and certificates it cannot verify by itself; what is left is none at all.
pub(super) fn tls(seen: &Observed<'_>, sink: &mut Sink<'_>) {
    if is_open(&seen.transcript.base) {
        sink.report("base URL", &["https"], clip(&seen.transcript.base));
    }
}

/// Whether a URL goes over the network as it is.
fn is_open(url: &str) -> bool {
    let Some(rest) =
        url.get(..7).filter(|start| start.eq_ignore_ascii_case("http://")).map(|start| &url[start.len()..])
    else {
        return false;
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = if authority.starts_with('[') {
        authority.split(']').next().unwrap_or_default().trim_start_matches('[')
    } else {
        authority.split(':').next().unwrap_or_default()
    };
    let own = ["localhost", "::1"].iter().any(|own| host.eq_ignore_ascii_case(own))
        || host.starts_with("127.") && host.bytes().all(|byte| byte == b'.' || byte.is_ascii_digit());
    !own
}

#[cfg(test)]
mod tests {
    use super::is_open;

    #[test]
    fn http_is_right_on_this_machine_only() {
        for url in [
            "http://scim.example.com/v2",
            "HTTP://scim.example.com:8080",
            "http://10.0.0.5/scim",
            "http://[2001:db8::1]/",
        ] {
            assert!(is_open(url), "{url}");
        }
        for url in
            ["https://scim.example.com/v2", "http://localhost:8080/v2", "http://127.0.0.1/", "http://[::1]:80/scim"]
        {
            assert!(!is_open(url), "{url}");
        }
    }
}

//! The text of `errorInformation.reason`: on failure it quotes the endpoint's whole answer.
//!
//! ```text
//! StatusCode: Conflict⏎Message: …⏎Web Response: ⏎BODY. This operation was retried N times. It will be retried again …
//! ```

use std::sync::LazyLock;

use regex_lite::Regex;
use serde::Deserialize;

use crate::logs::observation::Message;
use crate::logs::readers::lenient::Text;
use crate::logs::status;

/// Reads a reason; line ends may have become spaces on the way.
pub fn parse(raw: &str) -> Message {
    static HEAD: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?s)^\s*StatusCode:\s*(\w+)\s+Message: .*?\s*Web Response:\s*(.*)$")
            .expect("the pattern is constant")
    });
    static TAIL: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"\.?\s*This operation was retried (\d+) times\.").expect("the pattern is constant")
    });
    static STATUS: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"^\s*StatusCode:\s*(\w+)").expect("the pattern is constant"));
    let mut message = Message { raw: raw.to_owned(), ..Message::default() };
    let tail = TAIL.captures_iter(raw).last();
    message.retries = tail.as_ref().and_then(|tail| tail[1].parse().ok());
    let end = tail.and_then(|tail| tail.get(0)).map_or(raw.len(), |tail| tail.start());
    message.status = STATUS.captures(raw).and_then(|parts| status::of_net_name(&parts[1]));
    if let Some(body) = HEAD.captures(&raw[..end]).and_then(|parts| parts.get(2)) {
        let body = body.as_str().trim_end();
        message.detail = detail(body);
        message.body = Some(body.to_owned());
    }
    message
}

/// `detail` of a SCIM error (RFC 7644 §3.12).
fn detail(body: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct Error<'a> {
        #[serde(borrow, default)]
        detail: Text<'a>,
    }
    serde_json::from_str::<Error<'_>>(body).ok()?.detail.owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const MESSAGE: &str = "Message: Processing of the HTTP request resulted in an exception. Please see the HTTP response \
                           returned by the 'Response' property of this exception for details.";
    const RETRY: &str = ". This operation was retried 2 times. It will be retried again after this date: \
                         2026-11-17T09:20:11.9198514Z UTC";

    #[test]
    fn status_body_and_retries_are_found_whatever_became_of_the_line_ends() {
        let body = r#"{"detail":"taken. twice","status":409}"#;
        for line_end in ["\r\n", "\n", " "] {
            let raw = format!("StatusCode: Conflict{line_end}{MESSAGE}{line_end}Web Response: {line_end}{body}{RETRY}");
            let message = parse(&raw);
            assert_eq!((message.status, message.retries), (Some(409), Some(2)));
            assert_eq!((message.detail.as_deref(), message.body.as_deref()), (Some("taken. twice"), Some(body)));
            assert_eq!(message.raw, raw);
        }
    }

    #[test]
    fn a_body_is_kept_whatever_it_is() {
        let body = |body: &str| {
            let message = parse(&format!("StatusCode: 502\r\n{MESSAGE}\r\nWeb Response: \r\n{body}"));
            assert_eq!((message.status, message.retries, message.detail), (Some(502), None, None));
            message.body.unwrap()
        };
        for text in ["<html>\n<b>Bad. Gateway</b></html>", "error code: 502", ""] {
            assert_eq!(body(text), text);
        }
    }

    #[test]
    fn a_connectors_own_words_name_no_status() {
        let message = parse("Message: The domain is invalid.");
        assert_eq!((message.status, message.body, message.detail), (None, None, None));
        assert_eq!(parse("StatusCode: Forbidden").status, Some(403));
        assert_eq!(parse("StatusCode: TeapotBroken").status, None);
    }
}

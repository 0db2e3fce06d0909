//! The text of `outcome.reason`, and of the console after its own words.
//!
//! ```text
//! reason = status-phrase ". Errors reported by remote server: " detail | local-text
//! ```
//!
//! `detail` is the endpoint's own, or says why its body could not be read.

use crate::logs::observation::Message;
use crate::logs::status;

/// From this length on Okta may have cut the text: its schema allows 255 characters.
const NEARLY_FULL: usize = 250;

const REMOTE: &str = "Errors reported by remote server:";
const NO_USER: &str = "No user returned for user ";

/// Reads a reason.
pub fn parse(raw: &str) -> Message {
    let length = raw.chars().take(256).count();
    let mut message =
        Message { raw: raw.to_owned(), may_be_cut: (NEARLY_FULL..256).contains(&length), ..Message::default() };
    if let Some((phrase, detail)) = raw.split_once(REMOTE) {
        message.status = of_phrase(phrase);
        let detail = detail.trim_start();
        match detail.strip_prefix("Invalid JSON:") {
            Some(complaint) => message.body = beginning(complaint).map(str::to_owned),
            None => message.detail = Some(detail.to_owned()).filter(|detail| !detail.is_empty()),
        }
    } else {
        // "Conflict." alone: an error whose body had nothing to quote.
        message.status = of_phrase(raw);
    }
    message
}

/// The status of a phrase; what Okta was at may stand before it: `Error while creating user x@y: Conflict`.
fn of_phrase(phrase: &str) -> Option<u16> {
    let phrase = phrase.trim().trim_end_matches('.');
    status::of_phrase(phrase).or_else(|| status::of_phrase(phrase.rsplit_once(": ")?.1))
}

/// The id that Okta asked for in vain, in `No user returned for user ID`.
pub fn missing_id(raw: &str) -> Option<&str> {
    let id = raw.split_once(NO_USER)?.1.split_whitespace().next()?;
    Some(id.trim_end_matches('.'))
}

/// How the body began that Jackson, Okta's JSON reader, complains of; no more of it is known.
fn beginning(complaint: &str) -> Option<&str> {
    let quoted = |marker: &str| complaint.split_once(marker)?.1.split_once('\'').map(|(text, _)| text);
    if complaint.contains("end-of-input") || complaint.contains("No content to map") {
        return Some("");
    }
    quoted("Unexpected character ('").or_else(|| quoted("Unrecognized token '"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_status_and_the_endpoints_words_are_told_apart() {
        let message = parse("Conflict. Errors reported by remote server: userName \"x\" is not unique");
        assert_eq!((message.status, message.detail.as_deref()), (Some(409), Some("userName \"x\" is not unique")));
        let sentence =
            parse("Error while creating user x@y.example: Conflict. Errors reported by remote server: taken");
        assert_eq!((sentence.status, sentence.detail.as_deref()), (Some(409), Some("taken")));
        let unknown = parse("Gone Fishing. Errors reported by remote server: a. b: c");
        assert_eq!((unknown.status, unknown.detail.as_deref()), (None, Some("a. b: c")));
        let multi = parse("bad request.  Errors reported by remote server: emails[0].value\r\nis no address");
        assert_eq!((multi.status, multi.detail.as_deref()), (Some(400), Some("emails[0].value\r\nis no address")));
    }

    #[test]
    fn of_a_body_that_is_no_json_the_beginning_is_known() {
        let body = |complaint: &str| {
            let message = parse(&format!("Bad Gateway. Errors reported by remote server: Invalid JSON: {complaint}"));
            assert_eq!((message.status, message.detail), (Some(502), None));
            message.body
        };
        assert_eq!(body("Unexpected character ('<' (code 60)): expected a valid value").as_deref(), Some("<"));
        assert_eq!(body("Unrecognized token 'error': was expecting … column: 6").as_deref(), Some("error"));
        assert_eq!(body("Unexpected end-of-input").as_deref(), Some(""));
        assert_eq!(body("something new"), None);
    }

    #[test]
    fn oktas_own_words_name_no_status() {
        let message = parse("Create new user returned empty user.");
        assert_eq!((message.status, message.detail, message.may_be_cut), (None, None, false));
        assert_eq!(missing_id("… x@y: No user returned for user 41d1-0. "), Some("41d1-0"));
        assert_eq!(missing_id("No user returned for user "), None);
    }

    #[test]
    fn a_text_that_fills_the_field_may_be_cut() {
        let of_length = |length: usize| parse(&"é".repeat(length)).may_be_cut;
        assert_eq!([of_length(249), of_length(250), of_length(255), of_length(256)], [false, true, true, false]);
    }
}

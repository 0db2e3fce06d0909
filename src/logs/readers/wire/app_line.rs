//! What a line of a server's own log says about a request: every framework writes it in its own words.

use std::ops::Range;
use std::sync::LazyLock;

use regex_lite::Regex;
use serde::de::IgnoredAny;

use super::proxies;
use crate::logs::pattern::pattern;
use crate::logs::status;

/// In so many bytes of a line stands what it says; bodies may go on behind them.
const BEGINNING: usize = 16 << 10;
/// No line has more bodies.
const MOST_BODIES: usize = 8;
/// In so many bytes before a body stands whose it is.
const BEFORE_BODY: usize = 64;

/// What a line says.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Line<'l> {
    /// The time that it begins with.
    pub time: Option<&'l str>,
    /// Method and target.
    pub request: Option<(&'l str, &'l str)>,
    /// The status of an answer.
    pub status: Option<u16>,
    /// What it has in common with the other lines about the same request.
    pub trace: Option<&'l str>,
    pub user_agent: Option<&'l str>,
    /// What the log says about a failure.
    pub error: Option<&'l str>,
    /// It says that no answer went out.
    pub is_unanswered: bool,
    /// The status is what the program sends then; the line does not show it.
    pub is_inferred: bool,
    /// Objects in JSON, each with whether it is the answer's.
    pub bodies: Vec<(String, bool)>,
    /// It begins an object in JSON that goes on in the next lines; whether that is the answer's.
    pub opens: Option<(Range<usize>, bool)>,
}

static REQUEST: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r#"\b(GET|POST|PUT|PATCH|DELETE)\b["']?(?:\s+HTTP/[\d.]+)?\s+["'`]?((?:https?://|/)[^\s"'`<>]*(?:"[^\s"'`<>]+")?)"#,
    )
});
static METHOD: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r#"(?i)\b(?:method|verb|http_method)["']?\s*[=:]>?\s*["']?(get|post|put|patch|delete)\b"#)
});
static TARGET: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r#"(?i)\b(?:path|uri|url|target|route|request_uri|requestUri|fullpath)["']?\s*[=:]>?\s*(?:"([^"]*)"|'([^']*)'|([^\s,;"']+))"#,
    )
});
/// Places of a status, from the surest to the least sure.
static STATUS: LazyLock<[Regex; 7]> = LazyLock::new(|| {
    [
        // HAProxy: five durations, the status, the bytes.
        r"(?:-?\d+/){4}\+?\d+ ([1-5]\d\d) \+?\d+ ",
        r#"(?i)\b(?:status(?:[ _-]?code)?|http[_-]?status|response[_-]?code|sc-status)["']?\s*(?:[=:]>?|is|was|of)?\s*["']?([1-5]\d\d)\b"#,
        r"(?i)\b(?:completed|returned|returns|responded|responds|answered|answers|finished|response|respuesta|antwort|error)(?: with| in|:| -| code)*\s+(?:HTTP[ /]?)?([1-5]\d\d)\b",
        r"(?:<<<|<--|<-|-->|->|=>|→|←|⇒)\s*(?:HTTP/[\d.]+ )?([1-5]\d\d)\b",
        r#"\bHTTP/[\d.]+["']?\s+(?:-\s+)?([1-5]\d\d)\b"#,
        r"(?:\|| -)\s*([1-5]\d\d)\s*(?:\|| - )",
        r"\b([1-5]\d\d) ([A-Z][a-z]+(?: [A-Za-z]+){0,3})",
    ]
    .map(pattern)
});
static TIME: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^.{0,24}?(\d{4}[-/]\d{2}[-/]\d{2}(?:[T ]| - )\d{2}:\d{2}:\d{2}(?:[.,]\d{1,9})?(?: ?(?:Z|UTC|[+-]\d{2}:?\d{2})\b)?|\d{2}/[A-Z][a-z]{2}/\d{4}:\d{2}:\d{2}:\d{2} [+-]\d{4})|^.{0,160}? \[(\d{2}/[A-Z][a-z]{2}/\d{4}:\d{2}:\d{2}:\d{2}\.\d{3})\] ",
    )
});
static TRACE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r#"(?i)(?:request[_-]?id|trace[_-]?id|correlation[_-]?id|req)["']?\s*[=:]\s*["']?([\w-]{4,64})|\[([0-9a-f]{8}-[0-9a-f-]{27})\]|\[([\w.-]+-exec-\d+|[\w.-]*thread[\w.-]*)\]"#,
    )
});
static AGENT: LazyLock<Regex> =
    LazyLock::new(|| pattern(r#"(?i)\b(?:ua|user[_-]?agent|agent)["']?\s*[=:]\s*"([^"]+)"|(Okta SCIM Client [\d.]+)"#));
static ERROR: LazyLock<Regex> =
    LazyLock::new(|| pattern(r#"(?i)\b(?:err|error|error_message|exception|detail)["']?\s*[=:]\s*"([^"]+)""#));
/// The word before an object by which it is known as the answer's, or as the request's.
static OF_ANSWER: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)\b(res(?:p(?:onse)?)?|answer|reply|returned|respuesta|antwort)\b[^{]{0,48}$"));

impl<'l> Line<'l> {
    /// What a line says.
    pub fn of(text: &'l str) -> Self {
        let objects = objects(text);
        let head = &text[..floor(text, BEGINNING)];
        let found = |regex: &Regex| {
            regex.captures(head).and_then(|parts| parts.iter().skip(1).flatten().next()).map(|part| part.as_str())
        };
        let request = REQUEST.captures(head);
        let place = request.as_ref().and_then(|parts| parts.get(0)).map(|all| all.range());
        let request = request
            .and_then(|parts| Some((parts.get(1)?.as_str(), parts.get(2)?.as_str())))
            .or_else(|| Some((found(&METHOD)?, found(&TARGET)?)))
            .map(|(method, target)| (method, target.trim_end_matches([',', ';', ')', ']', '.'])));
        let bodies = objects.first().map_or(head.len(), |object| object.start.min(head.len()));
        let status = status_in(head, place, bodies);
        let mut line = Self {
            time: found(&TIME),
            request,
            status,
            trace: found(&TRACE),
            user_agent: found(&AGENT),
            error: found(&ERROR),
            ..Self::default()
        };
        if let Some(failure) = proxies::failure(head) {
            line.error = Some(failure.said);
            line.is_inferred = line.status.is_none() && failure.status.is_some();
            line.status = line.status.or(failure.status);
            line.is_unanswered = line.status.is_none();
        }
        for object in objects {
            let before = &text[floor(text, object.start.saturating_sub(BEFORE_BODY))..object.start];
            let is_answer = OF_ANSWER.is_match(before) || (line.status.is_some() && request.is_none());
            let json = as_json(&text[object.clone()]);
            match serde_json::from_str::<IgnoredAny>(&json) {
                Ok(_) => line.bodies.push((json, is_answer)),
                Err(error) if error.is_eof() => line.opens = Some((object, is_answer)),
                Err(_) => {}
            }
        }
        line
    }
}

/// Whether a line begins with a time.
pub fn has_time(text: &str) -> bool {
    TIME.is_match(&text[..floor(text, 64)])
}

/// The last place up to this one where a character begins, or the text ends.
fn floor(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or_default()
}

/// The status in a line: not one that stands in a target or in a body.
fn status_in(text: &str, request: Option<Range<usize>>, bodies: usize) -> Option<u16> {
    let in_target = |at: usize| request.as_ref().is_some_and(|request| request.contains(&at));
    for regex in &*STATUS {
        for parts in regex.captures_iter(text) {
            let Some(number) = parts.get(1).filter(|number| number.start() < bodies && !in_target(number.start()))
            else {
                continue;
            };
            // A number before words is a status when the words are its own.
            let is_its_own = |words: &str| {
                let ends = words.match_indices(' ').map(|(at, _)| at).chain([words.len()]);
                ends.into_iter().any(|end| status::of_phrase(&words[..end]) == number.as_str().parse().ok())
            };
            if parts.get(2).is_none_or(|words| is_its_own(words.as_str())) {
                return number.as_str().parse().ok();
            }
        }
    }
    // Behind the target, as in `POST /scim/v2/Users 409 12 ms`.
    let behind = text.get(request?.end..bodies)?.trim_start_matches(['"', '\'', ' ', ')']);
    let behind = behind.strip_prefix("HTTP/1.1").or_else(|| behind.strip_prefix("HTTP/2")).unwrap_or(behind);
    let word = behind.trim_start_matches(['"', ' ', '.', '0']).split([' ', ',', '"']).next()?;
    (word.len() == 3).then(|| word.parse().ok().filter(|status| (100..600).contains(status)))?
}

/// Where objects stand in a text; the last one may go on behind it.
fn objects(text: &str) -> Vec<Range<usize>> {
    let (mut found, mut start, mut braces) = (Vec::new(), 0, Braces::default());
    for (at, byte) in text.bytes().enumerate() {
        let was_outside = braces.depth == 0;
        if found.len() == MOST_BODIES {
            return found;
        }
        match braces.take(byte) {
            _ if was_outside && braces.depth > 0 => start = at,
            true => found.push(start..at + 1),
            false => {}
        }
    }
    if braces.depth > 0 {
        found.push(start..text.len());
    }
    found
}

/// The counting of braces, which may go on over several lines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Braces {
    depth: usize,
    is_quoted: bool,
    is_escaped: bool,
}

impl Braces {
    /// Takes a byte in; whether an object ends with it.
    pub fn take(&mut self, byte: u8) -> bool {
        match byte {
            _ if self.is_escaped => self.is_escaped = false,
            b'\\' if self.is_quoted => self.is_escaped = true,
            b'"' if self.depth > 0 => self.is_quoted = !self.is_quoted,
            b'{' if !self.is_quoted => self.depth += 1,
            b'}' if !self.is_quoted && self.depth > 0 => {
                self.depth -= 1;
                return self.depth == 0;
            }
            _ => {}
        }
        false
    }
}

/// What Ruby and Python print of an object, in JSON: `{"active"=>true, "title"=>nil}`, `{'active': True, 'title': None}`.
/// Anything else stays.
fn as_json(text: &str) -> String {
    if text.starts_with("{'") {
        // A string with an apostrophe in it is rare, and then the whole is no JSON.
        let words = [(": True", ": true"), (": False", ": false"), (": None", ": null")];
        return words.iter().fold(text.replace('\'', "\""), |text, (python, json)| text.replace(python, json));
    }
    if !text.contains("\"=>") {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    for (index, part) in text.split('"').enumerate() {
        if index > 0 {
            out.push('"');
        }
        // Every second part is a string; one that holds a quote is rare, and then the whole is no JSON.
        if index % 2 == 0 {
            out.push_str(&part.replace("=>", ":").replace("nil", "null"));
        } else {
            out.push_str(part);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn method_target_and_status_are_found_in_whatever_words() {
        let post = Some(("POST", "/scim/v2/Users"));
        for (text, request, status) in [
            ("POST /scim/v2/Users 409 12.3 ms - 157", post, Some(409)),
            ("time=x method=POST uri=/scim/v2/Users status=409 dur=14ms", post, Some(409)),
            (r#"[GIN] 2026/10/07 - 09:12:03 | 409 | 12ms | 1.2.3.4 | POST "/scim/v2/Users""#, post, Some(409)),
            (r#"[x] "POST /scim/v2/Users HTTP/1.1" 503 UF 612 91 30002"#, post, Some(503)),
            ("[HttpLogger] POST /scim/v2/Users -> 422", post, Some(422)),
            (r#"Started POST "/scim/v2/Users" for 203.0.113.77"#, post, None),
            ("Completed 422 Unprocessable Entity in 86ms", None, Some(422)),
            ("<<< 501 Not Implemented", None, Some(501)),
            ("scim: 404 Not Found, took 200 ms", None, Some(404)),
            ("we saw 404 people in 200 rooms", None, None),
            ("POST /scim/v2/Users {\"status\": 409}", post, None),
            ("Request finished HTTP/1.1 POST /scim/v2/Users - 500 - application/json", post, Some(500)),
        ] {
            let line = Line::of(text);
            let request = request.map(|(method, target): (&str, &str)| (method, target));
            assert_eq!((line.request, line.status), (request, status), "{text}");
        }
    }

    #[test]
    fn bodies_are_told_apart() {
        let line = Line::of(r#"request={"a":"}"} response={"b":1}"#);
        assert_eq!(line.bodies, [(r#"{"a":"}"}"#.to_owned(), false), (r#"{"b":1}"#.to_owned(), true)]);
        let ruby = Line::of(r#"Parameters: {"a"=>"b", "c"=>nil}"#);
        assert_eq!(ruby.bodies, [(r#"{"a":"b", "c":null}"#.to_owned(), false)]);
        let python = Line::of("body={'a': 'b', 'c': True, 'd': None}");
        assert_eq!(python.bodies, [(r#"{"a": "b", "c": true, "d": null}"#.to_owned(), false)]);
        assert_eq!(Line::of("POST /Users {\"a\": [").opens, Some((12..19, false)));
    }
}

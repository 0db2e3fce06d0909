//! Credentials: they are removed, never replaced by others. What shows is which ones were the same.

use std::ops::Range;
use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, MatchKind};

use super::detect::Span;
use super::formats::Kind;
use super::key::Key;
use super::spelling::Spelled;
use crate::logs::readers::{is_masked, is_placeholder};

/// What stands before a credential: schemes, then names of fields and parameters, then options of curl, then JWTs.
const MARKERS: [&str; 17] = [
    "bearer ",
    "basic ",
    "ssws ",
    "authorization",
    "cookie",
    "password",
    "passwd",
    "secret",
    "token",
    "api-key",
    "apikey",
    "api_key",
    "sig",
    "://",
    "-u ",
    "--user ",
    "eyj",
];
/// The name of a list of cookies, as in HAR, with what follows it.
const COOKIES: &[u8] = b"\"cookies\"";
/// How many of the markers are schemes.
const SCHEMES: usize = 3;
/// Names of fields and parameters whose value is a credential, without `-` and `_`.
const NAMES: [&str; 26] = [
    "authorization",
    "proxyauthorization",
    "cookie",
    "setcookie",
    "password",
    "passwd",
    "secret",
    "clientsecret",
    "secrettoken",
    "accesstoken",
    "refreshtoken",
    "idtoken",
    "apikey",
    "xapikey",
    "xauthtoken",
    "xaccesstoken",
    "token",
    "sig",
    "signature",
    "xamzsignature",
    "xamzsecuritytoken",
    "scimtoken",
    "bearertoken",
    "apitoken",
    "appsecret",
    "sharedsecret",
];
/// A credential in a sentence is at least as long.
pub const SHORTEST: usize = 8;
/// Bytes of the longest one.
const MAX_SECRET: usize = 16 << 10;

/// No marker overlaps another but `secret` and `token`, and `secretoken` is no name: so each is found, and by the kind
/// of search that passes over many bytes at once.
static FIND: LazyLock<AhoCorasick> = LazyLock::new(|| {
    AhoCorasick::builder().match_kind(MatchKind::LeftmostFirst).build(MARKERS).expect("few short words")
});

/// What stands in a secret's place: how long it was, as a power of two, and a fingerprint that only this run makes.
pub fn placeholder(secret: &str, key: &Key) -> String {
    format!("${{SCIM_TOKEN_{}_{}}}", secret.len().next_power_of_two(), key.fingerprint(secret))
}

/// The secrets in a text.
pub fn secrets(spelled: &Spelled<'_>) -> Vec<Span> {
    let text = spelled.text.as_str();
    let find = |found: aho_corasick::Match| {
        let (range, marker) = (found.range(), MARKERS[found.pattern().as_usize()]);
        match marker {
            "://" => in_url(text, range.end),
            "-u " | "--user " => of_curl(spelled, range),
            "eyj" => jwt(text, range.start),
            _ if found.pattern().as_usize() < SCHEMES => after_scheme(spelled, range),
            _ => of_name(spelled, range),
        }
    };
    let cookies =
        memchr::memmem::find_iter(text.as_bytes(), COOKIES).flat_map(|at| cookies(spelled, at + COOKIES.len()));
    let mut found: Vec<Range<usize>> = FIND.find_iter(text).filter_map(find).chain(cookies).collect();
    found.sort_unstable_by_key(|range| range.start);
    found.dedup_by(|later, earlier| later.start < earlier.end);
    let is_secret = |range: &Range<usize>| {
        let said = spelled.said(range.clone());
        !said.trim().is_empty() && !is_masked(&said) && !is_placeholder(&said)
    };
    found.into_iter().filter(is_secret).map(|range| Span { range, kind: Kind::Secret }).collect()
}

/// `Bearer abc`.
fn after_scheme(spelled: &Spelled<'_>, scheme: Range<usize>) -> Option<Range<usize>> {
    let text = spelled.text.as_str();
    if text[..scheme.start].ends_with(|character: char| character.is_alphanumeric()) {
        return None;
    }
    let range = scheme.end..credential_end(text, scheme.end);
    let is_parameter = ["realm", "error", "scope"].iter().any(|name| text[range.clone()].starts_with(name));
    (!is_parameter && looks_secret(&spelled.said(range.clone()))).then_some(range)
}

/// `"password": "abc"`, `Cookie: abc`, `sig=abc`, `{"name": "Cookie", "value": "abc"}`.
fn of_name(spelled: &Spelled<'_>, marker: Range<usize>) -> Option<Range<usize>> {
    let text = spelled.text.as_str();
    let is_of_name = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let bytes = text.as_bytes();
    let start = marker.start - bytes[..marker.start].iter().rev().take(32).take_while(|byte| is_of_name(byte)).count();
    let end = marker.end + bytes[marker.end..].iter().take(32).take_while(|byte| is_of_name(byte)).count();
    let name: String = text[start..end].chars().filter(|character| !matches!(character, '-' | '_')).collect();
    if !NAMES.contains(&name.as_str()) {
        return None;
    }
    let skip = |at: usize, among: &[char]| text.len() - text[at..].trim_start_matches(among).len();
    let is_quoted = bytes.get(end) == Some(&b'"');
    let mut at = skip(end, &['"', ' ']);
    if is_quoted && bytes.get(at) == Some(&b',') {
        // A list of pairs, as in HAR.
        let value = skip(at, &[',', ' ', '"']);
        at = skip(text[value..].starts_with("value").then_some(value + 5)?, &['"', ' ']);
    }
    let sign = *bytes.get(at)?;
    if !matches!(sign, b':' | b'=') {
        return None;
    }
    let opening = skip(at + 1, &[' ', '>']); // `=>` in Ruby
    let opening = if text[opening..].starts_with("[\"") { opening + 1 } else { opening }; // fields in lists
    let begin = skip(opening, &['"']);
    let is_string = begin > opening;
    if is_quoted && !is_string {
        return None; // a number, `null` or an object
    }
    let is_header = name.contains("authorization") || name.contains("cookie");
    let range = if is_string {
        begin..string_end(spelled, begin)
    } else if name.contains("cookie") {
        begin..line_end(spelled, begin)
    } else {
        begin..credential_end(text, after_any_scheme(text, begin))
    };
    let range = after_any_scheme(text, range.start).min(range.end)..range.end;
    let said = spelled.said(range.clone());
    let is_sure = is_quoted || (is_header && name.contains("cookie")) || (sign == b'=' && said.len() >= 6);
    (is_sure || looks_secret(&said)).then_some(range)
}

/// The values in a list of cookies: `[{"name": "sid", "value": "abc"}]`, or `{"sid": "abc"}`.
fn cookies<'s>(spelled: &'s Spelled<'_>, start: usize) -> impl Iterator<Item = Range<usize>> + 's {
    let text = spelled.text.as_str();
    let skip = move |at: usize| text.len() - text[at..].trim_start_matches([':', ' ', '"']).len();
    let begin = skip(start);
    let closing = match text.as_bytes().get(begin) {
        Some(b'[') => b']',
        Some(b'{') => b'}',
        _ => b' ',
    };
    let end = if closing == b' ' { begin } else { limit(text, begin) };
    let end = memchr::memchr(closing, &text.as_bytes()[begin..end]).map_or(end, |length| begin + length);
    let is_list = closing == b']';
    let colons = memchr::memchr_iter(b':', &text.as_bytes()[begin..end]).map(move |at| begin + at);
    colons.filter_map(move |colon| {
        let is_value = !is_list || text[..colon].trim_end_matches(['"', ' ']).ends_with("value");
        let value = skip(colon);
        let is_string = value > colon + 1 && text.as_bytes()[value - 1] == b'"';
        (is_value && is_string && value < end).then(|| value..string_end(spelled, value))
    })
}

fn after_any_scheme(text: &str, start: usize) -> usize {
    let schemes = &MARKERS[..SCHEMES];
    schemes.iter().find(|scheme| text[start..].starts_with(**scheme)).map_or(start, |scheme| start + scheme.len())
}

/// `https://user:password@host`.
fn in_url(text: &str, start: usize) -> Option<Range<usize>> {
    let length =
        text[start..].bytes().take(512).position(|byte| !byte.is_ascii_graphic() || b"/?\"'<>".contains(&byte));
    let authority = text.get(start..start + length.unwrap_or_else(|| (text.len() - start).min(512)))?;
    let (user, _) = authority.rsplit_once('@')?;
    let colon = user.find(':')?;
    Some(start + colon + 1..start + user.len())
}

/// `-u user:password`.
fn of_curl(spelled: &Spelled<'_>, option: Range<usize>) -> Option<Range<usize>> {
    let text = spelled.text.as_str();
    let is_option = text[..option.start].chars().next_back().is_none_or(char::is_whitespace);
    let start = option.end + text[option.end..].bytes().take_while(|byte| matches!(byte, b'"' | b'\'' | b' ')).count();
    let end = credential_end(text, start);
    let colon = text[start..end].find(':')?;
    is_option.then_some(start + colon + 1..end)
}

/// Three parts in base64, the first of them JSON.
fn jwt(text: &str, start: usize) -> Option<Range<usize>> {
    let is_of_jwt = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    if text[..start].ends_with(|character: char| character.is_alphanumeric()) {
        return None;
    }
    let length = text.as_bytes()[start..limit(text, start)].iter().take_while(|byte| is_of_jwt(byte)).count();
    let token = text[start..start + length].trim_end_matches('.');
    (token.len() >= 20 && token.bytes().filter(|byte| *byte == b'.').count() >= 2).then(|| start..start + token.len())
}

/// Words of a sentence are no credentials; what has digits, or capitals within, is one.
fn looks_secret(value: &str) -> bool {
    let count = |is: fn(&char) -> bool| value.chars().filter(is).count();
    value.len() >= SHORTEST
        && (count(char::is_ascii_digit) > 0 || count(char::is_ascii_uppercase) > 1 || value.len() >= 32)
}

fn credential_end(text: &str, start: usize) -> usize {
    let is_end = |character: char| character.is_whitespace() || "\"',;&<>()^`\\".contains(character);
    let near = &text[start..limit(text, start)];
    start + near.find(is_end).unwrap_or(near.len())
}

/// Where looking for the end of a credential ends.
fn limit(text: &str, start: usize) -> usize {
    let end = text.len().min(start + MAX_SECRET);
    (start..=end).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(start)
}

fn string_end(spelled: &Spelled<'_>, start: usize) -> usize {
    spelled.closing_quote(start - 1).unwrap_or_else(|| line_end(spelled, start))
}

/// Where the line is over, or the quotes around it.
fn line_end(spelled: &Spelled<'_>, start: usize) -> usize {
    let text = spelled.text.as_str();
    let limit = limit(text, start);
    let mut ends = text[start..limit].match_indices([' ', '"', '\'']).map(|(index, found)| (start + index, found));
    let end = ends.find(|(index, found)| *found != " " || spelled.spelling(*index).contains(['\n', '\r', '\\']));
    end.map_or(limit, |(index, _)| index)
}

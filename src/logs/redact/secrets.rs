//! Credentials: they are removed, never replaced by others. What shows is which ones were the same.

use std::ops::Range;
use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, MatchKind};

use super::detect::Span;
use super::formats::Kind;
use super::key::Key;
use super::spelling::Spelled;
use crate::logs::readers::{is_masked, is_placeholder};

mod names;

use names::Name;

/// What stands before a credential: schemes, then words of which names of fields and parameters are made, then what shows
/// a credential by itself.
const MARKERS: [&str; 35] = [
    "bearer ",
    "basic ",
    "ssws ",
    "authorization",
    "cookie",
    "passw",
    "passphrase",
    "passcode",
    "contrasen",
    "kennwort",
    "pwd",
    "pass",
    "secret",
    "token",
    "key",
    "sig",
    "csrf",
    "xsrf",
    "sessid",
    "sessionid",
    "sid",
    "auth",
    "otp",
    "samlresponse",
    "code=",
    "response=\"",
    "services/",
    "webhook",
    "-----begin ",
    "akia",
    "://",
    "-u ",
    "--user ",
    "eyj",
    "assertion",
];
/// The name of a list of cookies, as in HAR, with what follows it.
const COOKIES: &[u8] = b"\"cookies\"";
/// How many of the markers are schemes.
const SCHEMES: usize = 3;
/// What stands between the name of a credential and the credential in a sentence.
const IN_SENTENCES: [&str; 6] = ["is ", "es ", "ist ", "lautet ", "era ", "was "];
/// Hosts behind whose webhooks the path is the credential.
const WEBHOOKS: [&str; 4] = [
    "hooks.slack.com/services/",
    "webhook.office.com/webhookb2/",
    "discord.com/api/webhooks/",
    "hooks.zapier.com/hooks/catch/",
];
/// Bytes between the scheme of a digest and its answer.
const NEAR_SCHEME: usize = 512;
/// Characters of a generated client secret of Microsoft Entra, which has a tilde in it.
const OF_ENTRA: std::ops::RangeInclusive<usize> = 30..=64;
/// A credential in a sentence is at least as long.
pub const SHORTEST: usize = 8;
/// Bytes of the longest one.
const MAX_SECRET: usize = 16 << 10;

/// Where several markers overlap they are parts of one name, which is looked at as a whole: so the first is enough.
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
    // What was looked at already is not looked at again: a text may be made of nothing else than markers.
    let mut passed = 0;
    let find = |found: aho_corasick::Match| {
        let (range, marker) = (found.range(), MARKERS[found.pattern().as_usize()]);
        if range.start < passed {
            return None;
        }
        let found = match marker {
            "://" => in_url(text, range.end),
            "-u " | "--user " => of_curl(spelled, range),
            "eyj" => {
                let (end, token) = jwt(text, range.start);
                passed = end;
                token
            }
            "akia" => access_key(text, range.start),
            "services/" | "webhook" => webhook(text, range.start),
            "-----begin " => pem(text, range.end),
            "response=\"" => digest(spelled, range.end - 1),
            _ if found.pattern().as_usize() < SCHEMES => after_scheme(spelled, range),
            _ => of_name(spelled, range),
        };
        passed = passed.max(found.as_ref().map_or(0, |found| found.end));
        found
    };
    let mut cookies_end = 0;
    let of_list = |at: usize| {
        let list = (at >= cookies_end).then(|| cookies(spelled, at + COOKIES.len()));
        cookies_end = list.as_ref().map_or(cookies_end, |(end, _)| *end);
        list.into_iter().flat_map(|(_, values)| values)
    };
    let cookies = memchr::memmem::find_iter(text.as_bytes(), COOKIES).flat_map(of_list);
    let mut looked_at = 0;
    let tildes = memchr::memchr_iter(b'~', text.as_bytes()).filter_map(|tilde| {
        let found = (tilde >= looked_at).then(|| of_entra(spelled, tilde)).flatten();
        looked_at = found.as_ref().map_or(looked_at, |found| found.end);
        found
    });
    let mut found: Vec<Range<usize>> = FIND.find_iter(text).filter_map(find).chain(cookies).chain(tildes).collect();
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

/// `"password": "abc"`, `Cookie: abc`, `sig=abc`, `{"name": "Cookie", "value": "abc"}`, `['Cookie', 'abc']`, `pwd = 'abc'`,
/// `the password is abc`.
fn of_name(spelled: &Spelled<'_>, marker: Range<usize>) -> Option<Range<usize>> {
    let text = spelled.text.as_str();
    let is_of_name = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    let bytes = text.as_bytes();
    let start = marker.start - bytes[..marker.start].iter().rev().take(32).take_while(|byte| is_of_name(byte)).count();
    let rest = marker.end - usize::from(text[marker.clone()].ends_with('='));
    let end = rest + bytes[rest..].iter().take(32).take_while(|byte| is_of_name(byte)).count();
    let sign_before = start.checked_sub(1).map(|before| bytes[before]);
    let name = Name::of(&text[start..end], || spelled.said(start..end), sign_before)?;
    let skip = |at: usize, among: &[char]| text.len() - text[at..].trim_start_matches(among).len();
    let quote = bytes.get(end).copied().filter(|byte| matches!(byte, b'"' | b'\''));
    let mut at = skip(end, &['"', '\'', ' ']);
    let mut is_pair = false;
    if quote.is_some() && bytes.get(at) == Some(&b',') {
        // A list of pairs, as in HAR, or of names and values by turns.
        let value = skip(at, &[',', ' ', '"', '\'']);
        if text[value..].starts_with("value") {
            at = skip(value + 5, &['"', '\'', ' ']);
        } else {
            is_pair = true;
        }
    }
    let sign = *bytes.get(at)?;
    let spoken = (quote.is_none() && at > end)
        .then(|| IN_SENTENCES.iter().find(|word| text[at..].starts_with(**word)).map(|word| at + word.len()))
        .flatten();
    let behind = match (sign, spoken) {
        (b',', _) if is_pair => at + 1,
        (b':' | b'=', _) => skip(at + 1, &['>']), // `=>` in Ruby
        (_, Some(behind)) if name == Name::Spoken => behind,
        _ => return None,
    };
    let opening = skip(behind, &[' ']);
    let opening =
        if ["[\"", "['"].iter().any(|list| text[opening..].starts_with(list)) { opening + 1 } else { opening };
    let opening = value_within(text, opening).unwrap_or(opening);
    let begin = match bytes.get(opening) {
        Some(b'\'') => opening + 1,
        _ => skip(opening, &['"']), // doubled in a table
    };
    let is_string = begin > opening;
    if quote.is_some() && !is_string {
        return None; // a number, `null` or an object
    }
    let range = if is_string {
        begin..string_end(spelled, begin)
    } else if name == Name::Cookie {
        begin..line_end(spelled, begin)
    } else {
        begin..credential_end(text, after_any_scheme(text, begin))
    };
    let is_credential = after_any_scheme(text, range.start) > range.start;
    let range = after_any_scheme(text, range.start).min(range.end)..range.end;
    let said = spelled.said(range.clone());
    if matches!(&*said, "true" | "false" | "null" | "none" | "True" | "False" | "None" | "nil") {
        return None;
    }
    let is_sure = match (name, sign) {
        _ if is_pair => is_credential && looks_secret(&said),
        (Name::Cookie, _) => true,
        (Name::Weak | Name::Token, _) => false,
        _ if quote.is_some() => true,
        (_, b':' | b'=') if is_string => !said.contains(' '),
        (_, b'=') => said.len() >= 6,
        _ => false,
    };
    (is_sure || looks_secret(&said) || spoken.is_some() && has_sign_within(&said)).then_some(range)
}

/// Where a list of cookies ends, and the values in it: `[{"name": "sid", "value": "abc"}]`, or `{"sid": "abc"}`.
fn cookies<'s>(spelled: &'s Spelled<'_>, start: usize) -> (usize, impl Iterator<Item = Range<usize>> + 's) {
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
    let values = colons.filter_map(move |colon| {
        let is_value = !is_list || text[..colon].trim_end_matches(['"', ' ']).ends_with("value");
        let value = skip(colon);
        let is_string = value > colon + 1 && text.as_bytes()[value - 1] == b'"';
        (is_value && is_string && value < end).then(|| value..string_end(spelled, value))
    });
    (end, values)
}

/// Where the value of `{"value": "abc"}` begins.
fn value_within(text: &str, start: usize) -> Option<usize> {
    let inner = text[start..].strip_prefix('{')?.trim_start_matches([' ', '"', '\'']).strip_prefix("value")?;
    let value = inner.trim_start_matches(['"', '\'']).trim_start_matches(' ').strip_prefix(':')?;
    Some(text.len() - value.trim_start_matches(' ').len())
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
    let is_option = is_option && end > start + colon + 1;
    is_option.then_some(start + colon + 1..end)
}

/// Three parts in base64, the first of them JSON; and up to where was looked: what begins within has fewer parts.
fn jwt(text: &str, start: usize) -> (usize, Option<Range<usize>>) {
    let is_of_jwt = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    if text[..start].ends_with(|character: char| character.is_alphanumeric()) {
        return (start, None);
    }
    let length = text.as_bytes()[start..limit(text, start)].iter().take_while(|byte| is_of_jwt(byte)).count();
    let token = text[start..start + length].trim_end_matches('.');
    let is_jwt = token.len() >= 20 && token.bytes().filter(|byte| *byte == b'.').count() >= 2;
    (start + length, is_jwt.then(|| start..start + token.len()))
}

/// The id of a key of AWS, which is one half of the credential.
fn access_key(text: &str, start: usize) -> Option<Range<usize>> {
    let length = text.as_bytes()[start..].iter().take(32).take_while(|byte| byte.is_ascii_alphanumeric()).count();
    let is_whole = length == 20 && !text[..start].ends_with(|character: char| character.is_alphanumeric());
    is_whole.then_some(start..start + length)
}

/// A client secret that Microsoft Entra made, around its tilde: `Q7x8Q~k.Vw3…`.
fn of_entra(spelled: &Spelled<'_>, tilde: usize) -> Option<Range<usize>> {
    let bytes = spelled.text.as_bytes();
    let is_of_secret = |byte: &&u8| byte.is_ascii_alphanumeric() || b"~._-".contains(byte);
    let most = *OF_ENTRA.end();
    let start = tilde - bytes[..tilde].iter().rev().take(most).take_while(is_of_secret).count();
    let end = tilde + bytes[tilde..].iter().take(most).take_while(is_of_secret).count();
    let end = end - bytes[start..end].iter().rev().take_while(|byte| **byte == b'.').count();
    let said = spelled.said(start..end);
    let has = |is: fn(&char) -> bool| said.chars().any(|character| is(&character));
    let is_mixed = has(char::is_ascii_uppercase) && has(char::is_ascii_lowercase) && has(char::is_ascii_digit);
    (is_mixed && OF_ENTRA.contains(&(end - start))).then_some(start..end)
}

/// The path of a webhook.
fn webhook(text: &str, marker: usize) -> Option<Range<usize>> {
    let begins = WEBHOOKS.iter().find_map(|hook| {
        let part = hook.find("services/").or_else(|| hook.find("webhook"))?;
        let start = marker.checked_sub(part)?;
        text.get(start..)?.starts_with(hook).then(|| start + hook.len())
    })?;
    let end = credential_end(text, begins);
    (end > begins + SHORTEST).then_some(begins..end)
}

/// What stands between `-----BEGIN PRIVATE KEY-----` and its end, over as many lines as there are.
fn pem(text: &str, start: usize) -> Option<Range<usize>> {
    let near = &text[start..limit(text, start)];
    let begin = start + near.find("-----").filter(|at| *at < 48)? + 5;
    let rest = &text[begin..limit(text, begin)];
    let is_of_key = |character: char| character.is_ascii_alphanumeric() || "+/= \\rn:,".contains(character);
    let end = begin + rest.find("-----end ").or_else(|| rest.find(|next| !is_of_key(next))).unwrap_or(rest.len());
    let range = begin + (rest.len() - rest.trim_start().len())..begin + rest[..end - begin].trim_end().len();
    (range.len() > 32).then_some(range)
}

/// `response="…"` of an `Authorization: Digest`.
fn digest(spelled: &Spelled<'_>, quote: usize) -> Option<Range<usize>> {
    let before = &spelled.text.as_bytes()[quote.saturating_sub(NEAR_SCHEME)..quote];
    memchr::memmem::find(before, b"digest ")?;
    Some(quote + 1..spelled.closing_quote(quote)?)
}

/// A password in a sentence has a sign within, as no word has.
fn has_sign_within(value: &str) -> bool {
    // `the token was revoked!!`
    let value = value.trim_end_matches(|last: char| last.is_ascii_punctuation());
    value.len() >= SHORTEST
        && value.get(1..value.len() - 1).is_some_and(|inner| inner.contains(['!', '#', '$', '%', '*', '?']))
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

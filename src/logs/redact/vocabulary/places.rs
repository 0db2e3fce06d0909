//! Hosts, tenants, ids in URLs and who logs in: known by what stands around them.

use memchr::memmem;

use super::Vocabulary;
use crate::logs::redact::formats::Kind;
use crate::logs::redact::kept;
use crate::logs::redact::rule::SHORTEST;
use crate::logs::redact::spelling::Spelled;

/// Operators of a filter (RFC 7644 §3.4.2.2) behind which a text stands, with what is around them.
const OPERATORS: [&[u8; 2]; 5] = [b"eq", b"ne", b"sw", b"co", b"ew"];
/// Ends of host names that begin with the name of a customer's tenant.
const TENANTS: [&str; 5] = [".okta.com", ".oktapreview.com", ".okta-emea.com", ".okta-gov.com", ".onmicrosoft.com"];
/// Hosts of the IdPs themselves.
const OF_IDPS: [&str; 8] = ["help", "support", "developer", "status", "trust", "www", "accounts", "login"];
/// What stands before a host name: in a URL, and in the field of a request (RFC 9110 §7.2).
const BEFORE_HOSTS: [&str; 2] = ["://", "host: "];
/// What stands before the id of a resource in its URL.
const BEFORE_IDS: [&str; 2] = ["/users/", "/groups/"];
/// Options of curl before name and password.
const LOGINS: [&str; 2] = ["-u ", "--user "];
/// Bytes of the longest tenant.
const LONGEST: usize = 64;

/// Whether this ends with an operator, so that the value of a filter follows.
pub(super) fn is_behind_operator(before: &[u8]) -> bool {
    let is_space = |byte: u8| matches!(byte, b' ' | b'+');
    before.last_chunk().is_some_and(|[first, one, two, last]: &[u8; 4]| {
        is_space(*first) && is_space(*last) && OPERATORS.contains(&&[*one, *two])
    })
}

impl Vocabulary {
    /// Takes in what is known by its place in a text.
    pub(super) fn places(&mut self, spelled: &Spelled<'_>) {
        let text = spelled.text.as_str();
        let bytes = text.as_bytes();
        for mark in BEFORE_HOSTS {
            for index in memmem::find_iter(bytes, mark) {
                self.host(&text[index + mark.len()..]);
            }
        }
        for index in memmem::find_iter(bytes, ".okta").chain(memmem::find_iter(bytes, ".onmicrosoft")) {
            self.tenant(text, index);
        }
        for mark in BEFORE_IDS {
            for index in memmem::find_iter(bytes, mark) {
                let start = index + mark.len();
                let is_of_id = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.~:|@".contains(byte);
                let length = bytes[start..].iter().take(128).take_while(|byte| is_of_id(byte)).count();
                self.add(Kind::Id, &spelled.said(start..start + length));
            }
        }
        for option in LOGINS {
            for index in memmem::find_iter(bytes, option) {
                self.login(spelled, index, index + option.len());
            }
        }
    }

    /// `fennimore.okta.com`, whatever stands before it.
    fn tenant(&mut self, text: &str, dot: usize) {
        let is_of_label = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.');
        let before = text.as_bytes()[..dot].iter().rev().take(LONGEST).take_while(|byte| is_of_label(byte)).count();
        let label = &text[dot - before..dot];
        let is_end = |end: &&&str| text[dot..].starts_with(**end);
        if TENANTS.iter().find(is_end).is_none() || label.is_empty() || OF_IDPS.contains(&label) {
            return;
        }
        self.host(&text[dot - before..]);
        let own = label.rsplit('.').next().unwrap_or(label);
        if own.len() > SHORTEST && !kept::is_label(own) && !OF_IDPS.contains(&own) {
            self.labels.insert(own.to_owned());
        }
    }

    /// `-u name:password`.
    fn login(&mut self, spelled: &Spelled<'_>, option: usize, end: usize) {
        let text = spelled.text.as_str();
        let is_option = text[..option].chars().next_back().is_none_or(char::is_whitespace);
        let start = text.len() - text[end..].trim_start_matches([' ', '"', '\'']).len();
        let is_of_name = |byte: &u8| byte.is_ascii_alphanumeric() || b"._-@\\".contains(byte);
        let length = text.as_bytes()[start..].iter().take(LONGEST).take_while(|byte| is_of_name(byte)).count();
        let is_name = text[start..].starts_with(|first: char| first.is_ascii_alphabetic());
        if is_option && is_name && text[start + length..].starts_with(':') {
            self.add(Kind::Word, &spelled.said(start..start + length));
        }
    }
}

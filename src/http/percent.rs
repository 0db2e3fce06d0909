//! Percent-encoding (RFC 3986 §2.1): the one way to read and write it, for requests, logs and snapshots.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// Decodes escapes once. What is no escape stays; bytes that are no UTF-8 become U+FFFD.
pub fn decode(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

/// Decodes a part of a query: there `+` is a blank.
pub fn decode_query(text: &str) -> String {
    decode(&text.replace('+', " "))
}

/// Encodes all but unreserved characters (RFC 3986 §2.3).
pub fn encode(text: &str) -> String {
    const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
    utf8_percent_encode(text, RESERVED).to_string()
}

/// Encodes what cannot stand in one path segment: `pchar` of RFC 3986 §3.3 stays, but for the apostrophe, which many
/// clients encode.
pub fn encode_segment(text: &str) -> String {
    const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
        .remove(b'-')
        .remove(b'.')
        .remove(b'_')
        .remove(b'~')
        .remove(b'!')
        .remove(b'$')
        .remove(b'&')
        .remove(b'(')
        .remove(b')')
        .remove(b'*')
        .remove(b'+')
        .remove(b',')
        .remove(b';')
        .remove(b'=')
        .remove(b':')
        .remove(b'@');
    utf8_percent_encode(text, RESERVED).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_escape_is_decoded_once_and_half_a_one_stays() {
        assert_eq!(decode_query("a%2Bb+c%252B%zz%4"), "a+b c%2B%zz%4");
        assert_eq!(decode("a+b"), "a+b");
        assert_eq!(decode_query("%+1x%é"), "% 1x%é");
        assert_eq!(decode_query("a+b%2520%zz%2"), "a b%20%zz%2");
    }

    #[test]
    fn an_id_stays_one_segment() {
        assert_eq!(encode_segment("a/b?c#d e:f@g'"), "a%2Fb%3Fc%23d%20e:f@g%27");
    }
}

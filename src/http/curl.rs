//! The curl command that repeats a request, with the token left to the shell.

use serde::de::IgnoredAny;

use super::{Base, Headers, Method, Redactor, Request, sanitise};

/// Bodies above this many bytes are left out: no shell line would be readable.
const MAX_BODY: usize = 16 * 1024;

/// The credential, as the shell that runs the line fills it in.
const TOKEN: &str = "-H \"Authorization: Bearer $SCIMULATOR_TOKEN\"";

/// Header fields that a client sets itself, or that only concern the connection.
const LEFT_TO_CLIENT: [&str; 5] = ["host", "content-length", "connection", "accept-encoding", "authorization"];

/// One line for a POSIX shell. The credential is read from `SCIMULATOR_TOKEN`; other secrets are masked.
pub fn curl_line(base: &Base, request: &Request, redactor: &Redactor) -> String {
    let method = match request.method {
        Method::Get if request.body.is_none() => String::new(),
        Method::Head => " -I".to_owned(), // with `-X HEAD` curl would wait for a body
        method => format!(" -X {method}"),
    };
    // Without -g curl would read brackets and braces of a URL as ranges.
    let target = request.target();
    let glob = if target.contains(['[', ']', '{', '}']) { " -g" } else { "" };
    let url = quoted(&redactor.mask(&format!("{}{target}", base.as_str())));
    let mut words = vec![format!("curl -sS{method}{glob} {url}"), TOKEN.to_owned()];
    words.extend(fields(request).map(|field| format!("-H {}", quoted(&redactor.mask(&field)))));
    words.extend(request.body.as_deref().map(|body| body_argument(body, redactor)));
    words.join(" ")
}

/// The header fields that are the request's own, whichever client sends it.
pub fn own_fields(headers: &Headers) -> impl Iterator<Item = (&str, &str)> {
    headers.iter().filter(|(name, _)| !LEFT_TO_CLIENT.iter().any(|own| name.eq_ignore_ascii_case(own)))
}

/// The fields that curl would add by itself: `Name:` alone keeps one from being sent.
pub fn kept_from_curl(request: &Request) -> impl Iterator<Item = &'static str> {
    let has = |name: &str| request.headers.get(name).is_some();
    let agent = (!has("user-agent")).then_some("User-Agent:");
    let form = (request.body.is_some() && !has("content-type")).then_some("Content-Type:");
    agent.into_iter().chain(form)
}

fn fields(request: &Request) -> impl Iterator<Item = String> {
    let own = own_fields(&request.headers).map(|(name, value)| format!("{name}: {value}"));
    own.chain(kept_from_curl(request).map(str::to_owned))
}

fn body_argument(body: &[u8], redactor: &Redactor) -> String {
    let Some(text) = std::str::from_utf8(body).ok().filter(|text| text.len() <= MAX_BODY) else {
        return format!("--data-binary @body.json # {} bytes, see the JSON report", body.len());
    };
    // Between the tokens of JSON a line end means no more than a space, and within its strings none can stand.
    let on_one_line = match serde_json::from_str::<IgnoredAny>(text) {
        Ok(_) => text.replace(['\n', '\r', '\t'], " "),
        Err(_) => text.to_owned(),
    };
    format!("--data-raw {}", quoted(&redactor.mask(&on_one_line)))
}

/// Text in single quotes, safe for a POSIX shell and for the terminal that shows it.
fn quoted(text: &str) -> String {
    shell_word(&sanitise::line(text))
}

/// Text in single quotes, byte for byte what a POSIX shell makes of it.
pub fn shell_word(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// An argument as a POSIX shell takes it: as it stands where nothing in it means something to a shell.
pub fn shell_argument(text: &str) -> String {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "-_./:,=@%+".contains(letter);
    if !text.is_empty() && text.chars().all(is_plain) { text.to_owned() } else { shell_word(text) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::http::{MASK, Secret};

    #[test]
    fn an_argument_is_quoted_only_where_a_shell_would_read_more_into_it() {
        for plain in ["case/incident-1.yaml", "7644-3.5.2", "a@b,c=d+e:1%"] {
            assert_eq!(shell_argument(plain), plain);
        }
        for (text, word) in
            [("", "''"), ("my case/a.yaml", "'my case/a.yaml'"), ("patch/*", "'patch/*'"), ("it's", r"'it'\''s'")]
        {
            assert_eq!(shell_argument(text), word);
        }
    }

    fn base() -> Base {
        Base::parse("https://example.com/scim/v2").unwrap()
    }

    #[test]
    fn a_read_is_short() {
        let request = Request::new(Method::Get, "/Users/1").with_header("User-Agent", "Okta SCIM Client 1.0.0");
        assert_eq!(
            curl_line(&base(), &request, &Redactor::new()),
            "curl -sS 'https://example.com/scim/v2/Users/1' -H \"Authorization: Bearer $SCIMULATOR_TOKEN\" \
             -H 'User-Agent: Okta SCIM Client 1.0.0'"
        );
    }

    #[test]
    fn quotes_of_the_body_cannot_end_the_argument() {
        let request =
            Request::new(Method::Patch, "/Users/1").with_json(&json!({"familyName": "O'Brien'; rm -rf ~; echo '"}));
        let line = curl_line(&base(), &request, &Redactor::new());
        assert!(line.ends_with(r#"--data-raw '{"familyName":"O'\''Brien'\''; rm -rf ~; echo '\''"}'"#), "{line}");
    }

    #[test]
    fn passwords_and_tokens_are_masked() {
        let redactor = Redactor::new();
        redactor.add(&Secret::new("q7Zr2LxP"));
        let request = Request::new(Method::Post, "/Users")
            .with_header("Authorization", "Bearer q7Zr2LxP")
            .with_json(&json!({"password": "q7Zr2LxP"}));
        let line = curl_line(&base(), &request, &redactor);
        assert!(!line.contains("q7Zr2LxP") && line.contains(&format!("\"password\":\"{MASK}\"")), "{line}");
    }

    #[test]
    fn brackets_of_a_filter_are_no_range() {
        let request = Request::new(Method::Get, "/Users").with_query("filter=emails[type%20eq%20%22work%22]");
        assert!(curl_line(&base(), &request, &Redactor::new()).contains("curl -sS -g 'https"));
    }

    #[test]
    fn a_body_of_several_lines_becomes_one() {
        let mut request = Request::new(Method::Post, "/Users");
        request.body = Some(bytes::Bytes::from_static(b"{\n  \"a\": 1\n}"));
        assert!(curl_line(&base(), &request, &Redactor::new()).ends_with("--data-raw '{   \"a\": 1 }'"));
    }

    #[test]
    fn a_body_that_is_no_text_is_left_out() {
        let mut request = Request::new(Method::Post, "/Users");
        request.body = Some(bytes::Bytes::from_static(b"\xff\xfe"));
        assert!(curl_line(&base(), &request, &Redactor::new()).contains("# 2 bytes"));
    }
}

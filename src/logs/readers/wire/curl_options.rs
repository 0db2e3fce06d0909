//! What the words of a curl command, or of PowerShell's own clients, ask for. Nothing is run, no file is opened but
//! those that came along.

use super::exchange::{self, Exchange, Fields};
use super::intake::Intake;
use super::json::of_lines;
use super::shell::Word;
use super::{curl_command::basic, form, target};

/// Short options that take a value.
const SHORT_WITH_VALUE: &str = "XHduAbeoTwxEmKcUCDzrYytQFhP";
/// Long options without a meaning here that take a value.
const LONG_WITH_VALUE: [&str; 28] = [
    "output",
    "write-out",
    "proxy",
    "cacert",
    "cert",
    "key",
    "max-time",
    "connect-timeout",
    "retry",
    "retry-delay",
    "retry-max-time",
    "resolve",
    "interface",
    "config",
    "cookie-jar",
    "proxy-user",
    "proxy-header",
    "limit-rate",
    "ciphers",
    "dump-header",
    "range",
    "pass",
    "capath",
    "noproxy",
    "connect-to",
    "max-redirs",
    "trace",
    "trace-ascii",
];
/// Long options without a value that change nothing of the request.
const FLAGS: [&str; 26] = [
    "compressed",
    "insecure",
    "location",
    "silent",
    "verbose",
    "include",
    "fail",
    "show-error",
    "globoff",
    "http1.0",
    "http1.1",
    "http2",
    "http2-prior-knowledge",
    "http3",
    "tlsv1.2",
    "tlsv1.3",
    "ipv4",
    "ipv6",
    "no-buffer",
    "location-trusted",
    "fail-with-body",
    "progress-bar",
    "no-progress-meter",
    "ssl-no-revoke",
    "path-as-is",
    "no-keepalive",
];

/// One request while its options are read.
#[derive(Default)]
struct Request {
    method: Option<String>,
    urls: Vec<String>,
    headers: Fields,
    data: Vec<String>,
    has_data: bool,
    is_json: bool,
    is_query: bool,
    default: Option<&'static str>,
}

/// The requests of a curl command; the first word is the program.
pub fn of_curl(intake: &mut Intake<'_, '_>, number: u64, words: &[Word]) -> Vec<Exchange> {
    let texts = words.iter().skip(1).filter_map(|word| match word {
        Word::Text(text) => Some(text.as_str()),
        Word::Table(_) => None,
    });
    let (mut words, mut request, mut exchanges) = (texts, Request::default(), Vec::new());
    while let Some(word) = words.next() {
        if let Some(name) = word.strip_prefix("--").filter(|name| !name.is_empty()) {
            if name == "next" {
                exchanges.extend(std::mem::take(&mut request).into_exchanges(number));
            } else {
                request.long(intake, name, &mut words);
            }
        } else if word.len() > 1 && word.starts_with('-') {
            request.short(intake, &word[1..], &mut words);
        } else if word != "-" && !word.is_empty() {
            request.urls.push(word.to_owned());
        }
    }
    exchanges.extend(request.into_exchanges(number));
    exchanges
}

impl Request {
    fn short<'w>(&mut self, intake: &mut Intake<'_, '_>, letters: &str, words: &mut impl Iterator<Item = &'w str>) {
        for (at, letter) in letters.char_indices() {
            if SHORT_WITH_VALUE.contains(letter) {
                let rest = &letters[at + letter.len_utf8()..];
                let value = if rest.is_empty() { words.next().unwrap_or_default() } else { rest };
                self.valued(intake, long_name(letter), value);
                return;
            }
            match letter {
                'G' => self.is_query = true,
                'I' => self.default = Some("HEAD"),
                _ => {}
            }
        }
    }

    fn long<'w>(&mut self, intake: &mut Intake<'_, '_>, name: &str, words: &mut impl Iterator<Item = &'w str>) {
        match name {
            "get" => self.is_query = true,
            "head" => self.default = Some("HEAD"),
            "request" | "header" | "url" | "user" | "user-agent" | "cookie" | "referer" | "oauth2-bearer"
            | "upload-file" | "data" | "data-ascii" | "data-raw" | "data-binary" | "data-urlencode" | "json"
            | "form" | "form-string" => {
                self.valued(intake, name, words.next().unwrap_or_default());
            }
            _ if LONG_WITH_VALUE.contains(&name) => {
                words.next();
            }
            _ if FLAGS.contains(&name) => {}
            _ => intake.reading.warnings.with("unknown-options", name),
        }
    }

    /// An option with its value.
    fn valued(&mut self, intake: &mut Intake<'_, '_>, name: &str, value: &str) {
        let header = |name: &str, value: String| (name.to_owned(), value);
        match name {
            "request" => self.method = Some(value.to_owned()),
            "url" => self.urls.push(value.to_owned()),
            "header" => match value.strip_prefix('@') {
                Some(file) => self.headers.extend(given(intake, file).map(|text| of_lines(&text)).unwrap_or_default()),
                None => self.headers.extend(field(value)),
            },
            "user" => self.headers.push(header("Authorization", basic(value))),
            "oauth2-bearer" => self.headers.push(header("Authorization", format!("Bearer {value}"))),
            "user-agent" => self.headers.push(header("User-Agent", value.to_owned())),
            "cookie" => self.headers.push(header("Cookie", value.to_owned())),
            "referer" => self.headers.push(header("Referer", value.to_owned())),
            "upload-file" => {
                self.default = Some("PUT");
                self.add(given(intake, value));
            }
            "data" | "data-ascii" | "json" => {
                self.is_json |= name == "json";
                // Of a file `-d` sends no line ends.
                let text = value.strip_prefix('@').map(|file| given(intake, file));
                let plain = |text: String| if name == "json" { text } else { text.replace(['\r', '\n'], "") };
                self.add(text.map_or_else(|| Some(value.to_owned()), |text| text.map(plain)));
            }
            "data-raw" => self.add(Some(value.to_owned())),
            "data-binary" => {
                let text = value.strip_prefix('@').map(|file| given(intake, file));
                self.add(text.unwrap_or_else(|| Some(value.to_owned())));
            }
            "data-urlencode" => {
                let text = url_encoded(intake, value);
                self.add(text);
            }
            "form" | "form-string" => {
                self.has_data = true;
                intake.reading.warnings.once("multipart-body");
            }
            _ => {}
        }
    }

    fn add(&mut self, text: Option<String>) {
        self.has_data = true;
        self.data.extend(text);
    }

    fn into_exchanges(self, number: u64) -> Vec<Exchange> {
        let Self { method, urls, mut headers, data, has_data, is_json, is_query, default } = self;
        let data = data.join(if is_json { "" } else { "&" });
        if is_json {
            for name in ["Content-Type", "Accept"] {
                if exchange::field(&headers, name).is_none() {
                    headers.push((name.to_owned(), "application/json".to_owned()));
                }
            }
        }
        let usual = default.unwrap_or(if has_data && !is_query { "POST" } else { "GET" });
        let method = method.unwrap_or_else(|| usual.to_owned());
        let exchanges = urls.into_iter().map(|url| {
            let mut exchange = Exchange::new(number, &method, url);
            exchange.request_headers.clone_from(&headers);
            if is_query && !data.is_empty() {
                let mark = if exchange.target.contains('?') { '&' } else { '?' };
                exchange.target = format!("{}{mark}{data}", exchange.target);
            } else if !is_query {
                exchange.request_body = exchange::body(data.as_str());
            }
            exchange
        });
        exchanges.collect()
    }
}

fn long_name(letter: char) -> &'static str {
    match letter {
        'X' => "request",
        'H' => "header",
        'd' => "data",
        'u' => "user",
        'A' => "user-agent",
        'b' => "cookie",
        'e' => "referer",
        'T' => "upload-file",
        'F' => "form",
        _ => "",
    }
}

/// `Name: value`, or `Name;` for an empty one; `Name:` alone keeps curl from sending its own.
fn field(text: &str) -> Option<(String, String)> {
    match text.split_once(':') {
        Some((name, value)) => (!value.trim().is_empty()).then(|| (name.trim().to_owned(), value.trim().to_owned())),
        None => text.strip_suffix(';').map(|name| (name.trim().to_owned(), String::new())),
    }
}

/// `content`, `=content`, `name=content`, `@file` or `name@file`.
fn url_encoded(intake: &mut Intake<'_, '_>, value: &str) -> Option<String> {
    let at = value.find(['=', '@']);
    let (name, content) = match at.map(|at| (&value[..at], &value[at + 1..], value.as_bytes()[at])) {
        None => ("", value.to_owned()),
        Some((name, content, b'=')) => (name, content.to_owned()),
        Some((name, file, _)) => (name, given(intake, file)?),
    };
    let content = target::encoded(&content);
    Some(if name.is_empty() { content } else { format!("{name}={content}") })
}

/// A file that a command names, if it came along.
fn given(intake: &mut Intake<'_, '_>, name: &str) -> Option<String> {
    let text = intake.reading.options.given(name);
    if text.is_none() {
        intake.reading.warnings.with("file-not-given", name);
    }
    text
}

/// The request of `Invoke-WebRequest` or `Invoke-RestMethod`; the first word is the command.
pub fn of_power_shell(intake: &mut Intake<'_, '_>, number: u64, words: &[Word]) -> Option<Exchange> {
    let (mut url, mut method, mut headers, mut body) = (None, "GET".to_owned(), Fields::new(), None);
    let mut words = words.iter().skip(1).peekable();
    while let Some(word) = words.next() {
        let Word::Text(text) = word else { continue };
        let Some(name) = text.strip_prefix('-').map(str::to_ascii_lowercase) else {
            url = url.or_else(|| Some(text.clone()));
            continue;
        };
        let value = words.next_if(|word| !matches!(word, Word::Text(text) if text.starts_with('-')));
        match (name.as_str(), value) {
            ("uri", Some(Word::Text(text))) => url = Some(text.clone()),
            ("method", Some(Word::Text(text))) => method = text.to_ascii_uppercase(),
            ("headers", Some(Word::Table(fields))) => headers.extend(fields.iter().cloned()),
            ("contenttype", Some(Word::Text(text))) => headers.push(("Content-Type".to_owned(), text.clone())),
            ("useragent", Some(Word::Text(text))) => headers.push(("User-Agent".to_owned(), text.clone())),
            ("body", Some(Word::Text(text))) => body = Some(text.clone()),
            ("body", Some(Word::Table(fields))) => body = Some(form::encoded(fields)),
            ("infile", Some(Word::Text(file))) => body = given(intake, file),
            _ => {}
        }
    }
    let mut exchange = Exchange::new(number, method, url?);
    exchange.request_headers = headers;
    exchange.request_body = body.and_then(exchange::body);
    Some(exchange)
}

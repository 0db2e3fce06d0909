//! The client sends what it is given byte for byte, follows nothing, and survives whatever a target answers.

#![allow(clippy::unwrap_used, reason = "helpers of tests stand outside of test functions")]

use std::io::Write as _;
use std::path::Path;
use std::time::Duration;

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection};
use scimulator::http::{
    Base, Client, ClientSettings, Credential, Method, Request, Response, Secret, TransportFailure, Trust,
};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, ResponseTemplate};

const TOKEN: &str = "tok-0123456789";

fn settings() -> ClientSettings {
    ClientSettings { timeout: Duration::from_secs(10), max_body: 64 * 1024, ..ClientSettings::default() }
}

async fn send_with(settings: ClientSettings, base: &str, request: &Request) -> Result<Response, TransportFailure> {
    let credential = Credential::Bearer(Secret::new(TOKEN));
    let (answer, _) = Client::new(settings).send(&Base::parse(base).unwrap(), &credential, request).await;
    answer.map(|response| Response::clone(&response))
}

async fn get(base: &str) -> Result<Response, TransportFailure> {
    send_with(settings(), base, &Request::new(Method::Get, "/Users")).await
}

/// Reads one request, whole: its header section and as much body as it announces.
async fn read_request(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let announced = head
                .lines()
                .find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok())
                .unwrap_or(0);
            if body.len() >= announced {
                return text;
            }
        }
        if stream.read_buf(&mut bytes).await.unwrap() == 0 {
            return text;
        }
    }
}

/// A server for one connection that answers with these bytes and closes; gives its base URL and what it was sent.
async fn raw_server(answer: impl Into<Vec<u8>>) -> (String, JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}/scim/v2", listener.local_addr().unwrap());
    let answer = answer.into();
    let served = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let request = read_request(&mut stream).await;
        let _ = stream.write_all(&answer).await; // the client may have closed already
        let _ = stream.shutdown().await;
        request
    });
    (base, served)
}

async fn answer_to(bytes: impl Into<Vec<u8>>) -> Result<Response, TransportFailure> {
    let (base, _served) = raw_server(bytes).await;
    get(&base).await
}

const EMPTY: &str = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

async fn sent(request: &Request, credential: &Credential) -> String {
    let (base, served) = raw_server(EMPTY).await;
    let (answer, _) = Client::new(settings()).send(&Base::parse(&base).unwrap(), credential, request).await;
    answer.unwrap();
    served.await.unwrap()
}

#[tokio::test]
async fn a_query_leaves_byte_for_byte() {
    for query in [
        "filter=userName%20eq%20%22jdoe%40example.com%22&startIndex=1&count=100",
        "filter=userName+eq+%22o%27brien%2btest%40contoso.com%22",
        "filter=emails%5btype+eq+%22work%22%5d.value+eq+%22a%40b.com%22",
        "filter=emails[type%20eq%20%22work%22]&x=%zz&y={}|^`~!*()",
        "",
    ] {
        let request = Request::new(Method::Get, "/Users").with_query(query);
        let text = sent(&request, &Credential::None).await;
        assert_eq!(text.lines().next(), Some(format!("GET /scim/v2/Users?{query} HTTP/1.1").as_str()));
    }
}

#[tokio::test]
async fn what_would_leave_otherwise_is_refused() {
    let base = "http://127.0.0.1:9";
    for target in ["/Users/..", "/Users/%2e%2e", "/Users/a b", "/Users\\1", "/Users#x", "/Usérs"] {
        let answer = send_with(settings(), base, &Request::new(Method::Delete, target)).await;
        assert!(matches!(answer, Err(TransportFailure::Unsendable(_))), "{target}: {answer:?}");
    }
    for query in ["filter=userName eq \"x\"", "filter='x'", "a=1\tb"] {
        let answer = send_with(settings(), base, &Request::new(Method::Get, "/Users").with_query(query)).await;
        assert!(matches!(answer, Err(TransportFailure::Unsendable(_))), "{query}: {answer:?}");
    }
}

#[tokio::test]
async fn headers_leave_in_order_and_in_title_case() {
    let request = Request::new(Method::Post, "/Users")
        .with_header("Accept", "application/scim+json")
        .with_header("Accept-Charset", "utf-8")
        .with_header("Content-Type", "application/scim+json; charset=utf-8")
        .with_header("User-Agent", "Okta SCIM Client 1.0.0")
        .with_header("Connection", "Keep-Alive")
        .with_header("Accept-Encoding", "gzip,deflate")
        .with_json(&json!({"userName": "a"}));
    let text = sent(&request, &Credential::Bearer(Secret::new(TOKEN))).await;
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    let lines: Vec<&str> = head.lines().filter(|line| !line.starts_with("Host: 127.0.0.1:")).collect();
    assert_eq!(
        lines,
        [
            "POST /scim/v2/Users HTTP/1.1",
            "Accept: application/scim+json",
            "Accept-Charset: utf-8",
            "Content-Type: application/scim+json; charset=utf-8",
            "User-Agent: Okta SCIM Client 1.0.0",
            "Authorization: Bearer tok-0123456789",
            "Content-Length: 16",
            "Connection: Keep-Alive",
            "Accept-Encoding: gzip,deflate",
        ]
    );
    assert_eq!(body, r#"{"userName":"a"}"#);
}

#[tokio::test]
async fn nothing_is_added_that_would_name_the_harness() {
    let text = sent(&Request::new(Method::Get, "/Users"), &Credential::None).await;
    let names: Vec<&str> = text.lines().skip(1).filter_map(|line| Some(line.split_once(':')?.0)).collect();
    assert_eq!(names, ["Host", "Accept"], "no User-Agent, no Accept-Encoding, no Authorization");
}

#[tokio::test]
async fn the_header_mode_sends_the_token_alone() {
    let text = sent(&Request::new(Method::Get, "/Users"), &Credential::Header(Secret::new(TOKEN))).await;
    assert!(text.contains("\r\nAuthorization: tok-0123456789\r\n"), "{text}");
}

#[tokio::test]
async fn a_token_no_header_can_carry_is_not_repeated_in_the_error() {
    let credential = Credential::Bearer(Secret::new("tok\n-0123456789"));
    let base = Base::parse("http://127.0.0.1:9").unwrap();
    let (answer, _) = Client::new(settings()).send(&base, &credential, &Request::new(Method::Get, "/Users")).await;
    let failure = answer.unwrap_err();
    assert!(matches!(&failure, TransportFailure::Unsendable(cause) if !cause.contains("0123")), "{failure:?}");
}

#[tokio::test]
async fn a_redirect_is_an_answer_and_the_token_does_not_follow_it() {
    let elsewhere = MockServer::start().await;
    Mock::given(any()).respond_with(ResponseTemplate::new(200)).expect(0).mount(&elsewhere).await;
    let target = MockServer::start().await;
    let redirect = ResponseTemplate::new(307).insert_header("Location", elsewhere.uri());
    Mock::given(any()).respond_with(redirect).mount(&target).await;
    let response = get(&target.uri()).await.unwrap();
    assert_eq!((response.status, response.headers.get("location")), (307, Some(elsewhere.uri().as_str())));
    elsewhere.verify().await;
}

#[tokio::test]
async fn a_web_page_is_an_answer_like_any_other() {
    let target = MockServer::start().await;
    let page = ResponseTemplate::new(200).set_body_raw("<html>login</html>", "text/html");
    Mock::given(any()).respond_with(page).mount(&target).await;
    let response = get(&target.uri()).await.unwrap();
    assert_eq!((response.headers.media_type().as_deref(), response.json()), (Some("text/html"), None));
}

#[tokio::test]
async fn connections_are_used_again() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = Base::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
    let served = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        for _ in 0..3 {
            read_request(&mut stream).await;
            stream.write_all(EMPTY.as_bytes()).await.unwrap();
        }
    });
    let client = Client::new(settings());
    for _ in 0..3 {
        let (answer, _) = client.clone().send(&base, &Credential::None, &Request::new(Method::Get, "/Users")).await;
        answer.unwrap();
    }
    served.await.unwrap();
}

#[tokio::test]
async fn a_body_of_a_gigabyte_is_cut_off_at_the_cap() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let served = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        read_request(&mut stream).await;
        let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", 1_u64 << 30);
        stream.write_all(head.as_bytes()).await.unwrap();
        let block = vec![b' '; 64 * 1024];
        let mut written = 0_usize;
        while stream.write_all(&block).await.is_ok() {
            written += block.len();
        }
        written
    });
    assert_eq!(get(&base).await, Err(TransportFailure::TooLarge(64 * 1024)));
    assert!(served.await.unwrap() < 1 << 26, "the connection is closed, not drained");
}

#[tokio::test]
async fn a_gzip_bomb_is_cut_off_at_the_cap() {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(&vec![b' '; 10 << 20]).unwrap();
    let bomb = encoder.finish().unwrap();
    assert!(bomb.len() < 64 * 1024);
    let mut answer =
        format!("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {}\r\n\r\n", bomb.len()).into_bytes();
    answer.extend(bomb);
    assert_eq!(answer_to(answer).await, Err(TransportFailure::TooLarge(64 * 1024)));
}

#[tokio::test]
async fn encoded_bodies_are_decoded_and_their_headers_stay() {
    let body = br#"{"totalResults":0}"#;
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(body).unwrap();
    let mut zlib = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    zlib.write_all(body).unwrap();
    let mut bare = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::fast());
    bare.write_all(body).unwrap();
    let encoded =
        [("gzip", gzip.finish().unwrap()), ("deflate", zlib.finish().unwrap()), ("deflate", bare.finish().unwrap())];
    for (coding, bytes) in encoded {
        let mut answer = format!("HTTP/1.1 200 OK\r\nContent-Encoding: {coding}\r\n\r\n").into_bytes();
        answer.extend(bytes);
        let response = answer_to(answer).await.unwrap();
        assert_eq!((&response.body[..], response.headers.get("content-encoding")), (&body[..], Some(coding)));
    }
}

#[tokio::test]
async fn a_body_that_does_not_decode_stays_as_it_came() {
    let answer = answer_to("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello").await;
    let answer = answer.unwrap();
    assert_eq!(&answer.body[..], b"hello");
    assert!(answer.undecoded.is_some_and(|why| why.contains("does not decode")), "the reason is kept");
}

#[tokio::test]
async fn chunks_are_put_together() {
    let answer = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n1\r\n \r\n0\r\n\r\n";
    assert_eq!(&answer_to(answer).await.unwrap().body[..], b"{} ");
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_told_from_one_that_is_wrong() {
    let broken_off = [
        "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10\r\n{",
        "HTTP/1.1 200 OK\r\nContent-",
        "",
    ];
    for answer in broken_off {
        let failure = answer_to(answer).await.unwrap_err();
        assert!(matches!(failure, TransportFailure::Truncated(_)), "{answer:?}: {failure:?}");
    }
    let invalid = [
        "this is not HTTP\r\n\r\n",
        "HTTP/1.1 200 OK\r\nBad\x01Name: x\r\n\r\n",
        "HTTP/1.1 200 OK\r\nName: a\x00b\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: five\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n{}\r\n0\r\n\r\n",
    ];
    for answer in invalid {
        let failure = answer_to(answer).await.unwrap_err();
        assert!(matches!(failure, TransportFailure::Protocol(_)), "{answer:?}: {failure:?}");
    }
}

#[tokio::test]
async fn a_header_section_without_end_is_refused() {
    let many = (0..1000).map(|n| format!("X-{n}: y\r\n")).collect::<Vec<_>>().concat();
    let huge = format!("X-Long: {}\r\n", "y".repeat(1 << 20));
    for fields in [many, huge] {
        let failure = answer_to(format!("HTTP/1.1 200 OK\r\n{fields}\r\n")).await.unwrap_err();
        assert!(matches!(failure, TransportFailure::Protocol(_)), "{failure:?}");
    }
}

#[tokio::test]
async fn repeated_and_odd_headers_are_kept() {
    let answer = b"HTTP/1.1 200 OK\r\nWarning: one\r\nX-Name: caf\xe9\r\nWarning: two\r\nContent-Length: 0\r\n\r\n";
    let response = answer_to(answer.to_vec()).await.unwrap();
    assert_eq!(response.headers.all("warning").collect::<Vec<_>>(), ["one", "two"]);
    assert_eq!(response.headers.get("x-name"), Some("caf\u{fffd}"));
}

#[tokio::test]
async fn a_closed_port_and_an_unknown_name_are_told_apart() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let closed = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    assert!(matches!(get(&closed).await, Err(TransportFailure::Connect(_))));
    // RFC 6761 §6.4: this name never resolves.
    assert!(matches!(get("http://scim.invalid").await, Err(TransportFailure::Dns(_))));
}

#[tokio::test]
async fn a_port_without_tls_is_named_so() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("https://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await.unwrap();
    });
    let failure = get(&base).await.unwrap_err();
    assert!(matches!(failure, TransportFailure::Tls(_)), "{failure:?}");
}

/// A server for one connection with a certificate for `localhost` that it signed itself.
fn tls_server() -> String {
    let certificate = CertificateDer::from_pem_file("tests/client/localhost.pem").unwrap();
    let key = PrivateKeyDer::from_pem_file("tests/client/localhost.key.pem").unwrap();
    let config = ServerConfig::builder_with_provider(rustls::crypto::ring::default_provider().into())
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("https://localhost:{}", listener.local_addr().unwrap().port());
    std::thread::spawn(move || {
        let (mut socket, _) = listener.accept().unwrap();
        let mut connection = ServerConnection::new(config.into()).unwrap();
        let mut stream = rustls::Stream::new(&mut connection, &mut socket);
        let mut request = [0; 4096];
        if std::io::Read::read(&mut stream, &mut request).is_ok() {
            stream.write_all(EMPTY.as_bytes()).unwrap();
        }
    });
    base
}

#[tokio::test]
async fn a_certificate_nobody_vouches_for_is_refused() {
    let failure = get(&tls_server()).await.unwrap_err();
    assert!(matches!(failure, TransportFailure::Tls(_)), "{failure:?}");
}

#[tokio::test]
async fn a_certificate_file_or_the_word_insecure_lets_it_pass() {
    let file = Path::new("tests/client/localhost.pem");
    for trust in [Trust::new(Some(file), false).unwrap(), Trust::new(None, true).unwrap()] {
        let settings = ClientSettings { trust, ..settings() };
        let response = send_with(settings, &tls_server(), &Request::new(Method::Get, "/Users")).await;
        assert_eq!(response.map(|response| response.status), Ok(200));
    }
}

#[tokio::test]
async fn silence_ends_after_the_limit() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let limit = Duration::from_millis(50);
    let settings = ClientSettings { timeout: limit, ..settings() };
    let answer = send_with(settings, &base, &Request::new(Method::Get, "/Users")).await;
    assert_eq!(answer, Err(TransportFailure::Timeout(limit)));
}

#[tokio::test]
async fn a_body_that_trickles_in_ends_after_the_limit_too() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        read_request(&mut stream).await;
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{").await.unwrap();
        std::future::pending::<()>().await;
    });
    let limit = Duration::from_millis(100);
    let settings = ClientSettings { timeout: limit, ..settings() };
    let answer = send_with(settings, &base, &Request::new(Method::Get, "/Users")).await;
    assert_eq!(answer, Err(TransportFailure::Timeout(limit)));
}

#[tokio::test]
async fn json_nested_without_end_is_text_and_no_crash() {
    let body = "[".repeat(60_000);
    let response = answer_to(format!("HTTP/1.1 200 OK\r\n\r\n{body}")).await.unwrap();
    assert_eq!((response.body.len(), response.json()), (60_000, None));
}

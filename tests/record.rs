//! `record`: what an IdP sends reaches the target as it is, the answer comes back as it is, and the recording holds both
//! without a secret.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "helpers of tests stand outside of test functions")]

#[path = "cli/binary.rs"]
#[allow(dead_code, reason = "each test file uses its own part")]
mod binary;
#[path = "record/stage.rs"]
mod stage;

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::time::Duration;

use binary::Binary;
use scimulator::clock::Clock;
use scimulator::faults;
use scimulator::http::{Base, Client, ClientSettings, Credential, Method, Request, Secret, Trust};
use scimulator::server::{Served, Settings, serve};
use serde_json::json;
use stage::{Recorded, authority, exchange, file, target, transcript};
use tokio::runtime::Runtime;

/// The reference server with faults, while its runtime lives.
fn server(faults: &[&str]) -> (Runtime, Served) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let settings = Settings::persona("rfc").unwrap();
    let address = SocketAddr::new(Ipv4Addr::LOCALHOST.into(), 0);
    let served = runtime.block_on(async {
        serve(settings, address, Clock::real(), |service| {
            faults.iter().fold(service, |service, fault| faults::wrap(fault, service).unwrap())
        })
    });
    (runtime, served.unwrap())
}

/// Plays scenarios through the proxy.
fn play(recorded: &Recorded, served: &Served, arguments: &[&str]) -> binary::Said {
    let player = Binary::new().with("SCIMULATOR_TOKEN", &served.token());
    player.run(&[&["run", "--target", &recorded.base, "--yes"], arguments].concat())
}

fn send(base: &str, trust: Trust, request: &Request) -> Result<(u16, String), String> {
    send_as("tok-0123456789", base, trust, request)
}

fn send_as(token: &str, base: &str, trust: Trust, request: &Request) -> Result<(u16, String), String> {
    let client = Client::new(ClientSettings { trust, timeout: Duration::from_secs(20), ..ClientSettings::default() });
    let base = Base::parse(base).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let credential = Credential::Bearer(Secret::new(token));
    let (answer, _) = runtime.block_on(client.send(&base, &credential, request));
    let text = |body: &[u8]| String::from_utf8_lossy(body).into_owned();
    answer.map(|answer| (answer.status, text(&answer.body))).map_err(|failure| failure.to_string())
}

/// No file of the recording, and nothing that was said, holds any of these.
#[track_caller]
fn holds_none(binary: &Binary, said: &binary::Said, secrets: &[&str]) {
    let files = ["transcript.jsonl", "scenario.yaml"].map(|name| file(binary, name));
    for text in files.iter().chain([&said.stdout, &said.stderr]) {
        for secret in secrets {
            assert!(!text.contains(secret), "`{secret}` stands in:\n{text}");
        }
    }
}

#[test]
fn bytes_pass_unchanged_both_ways() {
    let body = b"{\"userName\": \"o'brien\",\r\n  \"x\": \"\xc3\xa9\\u00e9 \xff\"}";
    let mut answer = b"HTTP/1.1 409 Already There\r\ncontent-TYPE: application/scim+json;q=1\r\nX-Odd: \xe9\r\n\
        Set-Cookie: a=1\r\nSet-Cookie: b=2\r\nContent-Encoding: gzip\r\nConnection: close\r\nContent-Length: 6\r\n\r\n"
        .to_vec();
    let odd_body = b"\x1f\x8b no\xff";
    answer.extend_from_slice(odd_body);
    let (base, served) = target(answer);
    let recorded = Recorded::start(&base, &[]);
    let line = "POST /scim/v2/Users/%41%2f;v=1?filter=userName+eq+%22o'brien%2bx%22&&b=%7e{} HTTP/1.1";
    let fields = "aCCept: application/scim+json\r\nX-Twice: 1\r\nX-Twice:  2 \r\nContent-Type: text/odd\r\n\
        Authorization: tok-0123456789";
    let mut request = format!(
        "{line}\r\nHost: proxy.test\r\n{fields}\r\nConnection: close, X-Hop\r\nX-Hop: 1\r\nContent-Length: {}\r\n\r\n",
        body.len()
    )
    .into_bytes();
    request.extend_from_slice(body);
    let came = exchange(authority(&recorded.base), &request);

    let expected = b"HTTP/1.1 409 Already There\r\ncontent-TYPE: application/scim+json;q=1\r\nX-Odd: \xe9\r\n\
        Set-Cookie: a=1\r\nSet-Cookie: b=2\r\nContent-Encoding: gzip\r\nContent-Length: 6\r\n";
    let came_text = String::from_utf8_lossy(&came);
    assert!(came.starts_with(expected), "{came_text}");
    assert!(came.ends_with(odd_body), "{came_text}");

    let sent = served.join().unwrap();
    let head = sent.len() - body.len();
    assert_eq!(&sent[head..], body, "the body as it is");
    let text = String::from_utf8_lossy(&sent[..head]);
    let lines: Vec<&str> = text.trim_end().lines().collect();
    let host = format!("Host: {}", authority(&base));
    let length = format!("Content-Length: {}", body.len());
    let expected = [
        line,
        &host,
        "aCCept: application/scim+json",
        "X-Twice: 1",
        "X-Twice: 2",
        "Content-Type: text/odd",
        "Authorization: tok-0123456789",
        &length,
    ];
    assert_eq!(lines, expected, "all but what belongs to the connection");
    recorded.stop();
}

#[test]
fn a_whole_run_passes_through_it_and_leaves_no_secret_and_no_name() {
    let (_runtime, served) = server(&[]);
    let recorded = Recorded::start(served.base_url(), &[]);
    let run = play(&recorded, &served, &["lifecycle/create", "lifecycle/update-email", "--idp", "okta"]);
    assert_eq!(run.code, 0, "{run:#?}");
    let (said, binary) = recorded.stop();
    assert_eq!(said.code, 0, "{said:#?}");
    let lines = transcript(&binary);
    assert!(lines.len() > 10, "{lines:#?}");
    let numbers: Vec<u64> = lines.iter().map(|line| line["n"].as_u64().unwrap()).collect();
    let mut sorted = numbers.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, (1..=lines.len() as u64).collect::<Vec<_>>(), "each exchange has its number");
    assert!(said.stdout.contains(&format!("{} exchanges", lines.len())), "{}", said.stdout);
    // The built-in directory's Alice; the run marks her address, her name stays.
    holds_none(&binary, &said, &[&served.token(), "alice", "Alice", "Cooper"]);
}

#[test]
fn names_stay_where_the_user_wants_them_and_secrets_never() {
    let (_runtime, served) = server(&[]);
    let recorded = Recorded::start(served.base_url(), &["--redact", "off"]);
    let body = json!({ "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "zoe.quinn@acme.test",
        "password": "hunter2-secret" });
    let request = Request::new(Method::Post, "/Users")
        .with_header("Content-Type", "application/scim+json")
        .with_header("Cookie", "session=s3cr3t-cookie-value")
        .with_json(&body);
    assert_eq!(send(&recorded.base, Trust::default(), &request).unwrap().0, 401);
    let echo = Request::new(Method::Get, "/Users/tok-0123456789?token=tok-0123456789");
    assert_eq!(send(&recorded.base, Trust::default(), &echo).unwrap().0, 401);
    let (said, binary) = recorded.stop();
    assert!(file(&binary, "transcript.jsonl").contains("zoe.quinn@acme.test"));
    holds_none(&binary, &said, &["tok-0123456789", "hunter2-secret", "s3cr3t-cookie-value"]);
}

#[test]
fn the_dialect_is_recognised_and_a_recording_plays_again() {
    for (dialect, habit) in
        [("okta", "OKTA-Q01"), ("okta-aiw", "OKTA-Q08"), ("entra", "ENTRA-Q02"), ("entra-scim2020", "entra-header")]
    {
        let (_runtime, served) = server(&[]);
        let recorded = Recorded::start(served.base_url(), &[]);
        let select = ["lifecycle/reactivate", "lifecycle/update-email", "membership/*"];
        let run = play(&recorded, &served, &[&select[..], &["--idp", dialect]].concat());
        assert_eq!(run.code, 0, "{run:#?}");
        let (said, binary) = recorded.stop();
        let again = binary.run(&["run", "out/scenario.yaml"]);
        assert_eq!(again.code, 0, "{dialect}: {again:#?}\n{}", file(&binary, "scenario.yaml"));
        let read = binary.run(&["diagnose", "out/transcript.jsonl"]);
        assert!(read.code == 0 && read.stdout.contains("app.jsonl"), "{dialect}: {read:#?}");
        assert!(said.stdout.contains(&format!("dialect    {dialect}: ")), "{dialect}: {}", said.stdout);
        assert!(said.stdout.contains(habit), "{dialect}: {}", said.stdout);
    }
}

#[test]
fn who_was_there_before_is_there_again_and_failures_are_reproduced() {
    let (_runtime, served) = server(&["create/status-201"]);
    let core = "urn:ietf:params:scim:schemas:core:2.0:User";
    let request = |method, path: &str| {
        let request = Request::new(method, path).with_header("Accept", "application/scim+json");
        request.with_header("Content-Type", "application/scim+json")
    };
    let user = |name: &str| request(Method::Post, "/Users").with_json(&json!({ "schemas": [core], "userName": name }));
    let lookup = |name: &str| {
        let query = format!("filter=userName%20eq%20%22{name}%22&startIndex=1&count=100");
        request(Method::Get, "/Users").with_query(query)
    };
    let send = |base: &str, request: &Request| send_as(&served.token(), base, Trust::default(), request).unwrap();
    send(served.base_url(), &user("zoe@acme.test"));
    let recorded = Recorded::start(served.base_url(), &[]);
    let found: serde_json::Value = serde_json::from_str(&send(&recorded.base, &lookup("zoe@acme.test")).1).unwrap();
    let path = format!("/Users/{}", found["Resources"][0]["id"].as_str().unwrap());
    let operation = json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": [{ "op": "replace", "value": { "active": false } }] });
    assert_eq!(send(&recorded.base, &request(Method::Patch, &path).with_json(&operation)).0, 200);
    assert_eq!(send(&recorded.base, &lookup("jane@acme.test")).0, 200);
    assert_eq!(send(&recorded.base, &user("jane@acme.test")).0, 200, "the defect");
    let (said, binary) = recorded.stop();
    holds_none(&binary, &said, &["zoe@", "jane@", "acme.test"]);
    let again = binary.run(&["run", "out/scenario.yaml"]);
    assert_eq!(again.code, 0, "{again:#?}\n{}", file(&binary, "scenario.yaml"));
    let reproduce = |more: &[&str]| binary.run(&[&["reproduce", "out/scenario.yaml"], more].concat());
    assert_eq!(
        reproduce(&["--fault", "create/status-201"]).code,
        0,
        "{:#?}",
        reproduce(&["--fault", "create/status-201"])
    );
    assert_eq!(reproduce(&[]).code, 1, "a sound server does not do that: {:#?}", reproduce(&[]));
}

#[test]
fn what_the_target_does_wrong_is_said_once_and_counted() {
    let (_runtime, served) = server(&["list/resources"]);
    let recorded = Recorded::start(served.base_url(), &[]);
    let user = json!({ "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "zoe" });
    let create = Request::new(Method::Post, "/Users").with_header("Content-Type", "application/scim+json");
    let list = Request::new(Method::Get, "/Users").with_header("User-Agent", "Okta SCIM Client 1.0.0");
    for request in [&create.with_json(&user), &list, &list, &list] {
        send_as(&served.token(), &recorded.base, Trust::default(), request).unwrap();
    }
    let (said, _) = recorded.stop();
    let (live, summary) = said.stdout.split_once("Recorded").unwrap();
    assert_eq!(live.matches("list/resources").count(), 1, "{live}");
    assert!(summary.contains("(3 times)"), "{summary}");
    assert_eq!(said.code, 1, "{said:#?}");
}

#[test]
fn what_is_right_is_no_finding() {
    let (_runtime, served) = server(&[]);
    let recorded = Recorded::start(served.base_url(), &[]);
    let user = json!({ "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "zoe" });
    let create = Request::new(Method::Post, "/Users").with_header("Content-Type", "application/scim+json");
    let send = |request: &Request| send_as(&served.token(), &recorded.base, Trust::default(), request).unwrap();
    let (_, created) = send(&create.with_json(&user));
    let id = serde_json::from_str::<serde_json::Value>(&created).unwrap()["id"].as_str().unwrap().to_owned();
    // Shown alone, then in a list: the same everywhere.
    for path in [format!("/Users/{id}"), "/Users".to_owned()] {
        assert_eq!(send(&Request::new(Method::Get, &path)).0, 200);
    }
    let (said, _) = recorded.stop();
    assert!(!said.stdout.contains("res/same-everywhere"), "{}", said.stdout);
    assert_eq!(said.code, 0, "{said:#?}");
}

#[test]
fn what_the_idp_was_told_is_in_the_file_when_the_process_is_killed() {
    let (_runtime, served) = server(&[]);
    let recorded = Recorded::start(served.base_url(), &[]);
    let base = recorded.base.clone();
    let idps = (0..4).map(|idp| {
        let base = base.clone();
        std::thread::spawn(move || {
            let get = |number| Request::new(Method::Get, format!("/Users/idp-{idp}-{number}"));
            (0..100_000).take_while(|number| send(&base, Trust::default(), &get(*number)).is_ok()).count()
        })
    });
    let idps: Vec<_> = idps.collect();
    let path = recorded.binary.folder().join("out/transcript.jsonl");
    while std::fs::read_to_string(&path).unwrap().lines().count() < 40 {
        std::thread::yield_now();
    }
    let binary = recorded.kill();
    let answered: usize = idps.into_iter().map(|idp| idp.join().unwrap()).sum();
    let text = file(&binary, "transcript.jsonl");
    let whole = text.lines().filter(|line| serde_json::from_str::<serde_json::Value>(line).is_ok()).count();
    assert!(answered >= 30 && whole >= answered, "{answered} answers, {whole} whole lines");
}

#[test]
fn a_target_that_is_down_is_told_and_recorded() {
    let gone = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let recorded = Recorded::start(&format!("http://{gone}/scim/v2"), &[]);
    let (status, body) = send(&recorded.base, Trust::default(), &Request::new(Method::Get, "/Users")).unwrap();
    let body: serde_json::Value = serde_json::from_str(&body).unwrap();
    assert_eq!((status, body["status"].as_str()), (502, Some("502")));
    assert!(body["detail"].as_str().unwrap().contains("cannot connect"), "{body}");
    let (said, binary) = recorded.stop();
    let line = &transcript(&binary)[0];
    assert_eq!(line["status"], 502);
    assert!(line["failure"].as_str().unwrap().contains("cannot connect"), "{line}");
    assert!(said.stdout.contains("1 exchange, 1 without an answer"), "{}", said.stdout);
    assert_eq!(said.code, 0, "that nothing listens is no finding about an endpoint: {said:#?}");
}

#[test]
fn a_target_that_keeps_silent_is_told_and_recorded() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let recorded = Recorded::start(&format!("http://{}", silent.local_addr().unwrap()), &["--timeout", "1"]);
    let (status, body) = send(&recorded.base, Trust::default(), &Request::new(Method::Get, "/Users")).unwrap();
    assert_eq!(status, 504, "{body}");
    let (_, binary) = recorded.stop();
    assert_eq!(transcript(&binary)[0]["status"], 504);
}

#[test]
fn an_answer_beyond_all_limits_is_told_and_recorded() {
    let mut answer = b"HTTP/1.1 200 OK\r\nContent-Length: 11000000\r\n\r\n".to_vec();
    answer.resize(answer.len() + 11_000_000, b' ');
    for (answer, failure) in [(answer, "larger than"), (b"220 smtp.example.com ESMTP\r\n".to_vec(), "not valid HTTP")] {
        let (base, served) = target(answer);
        let recorded = Recorded::start(&base, &[]);
        let (status, body) = send(&recorded.base, Trust::default(), &Request::new(Method::Get, "/Users")).unwrap();
        assert!(status == 502 && body.contains(failure), "{status} {body}");
        let (_, binary) = recorded.stop();
        assert!(transcript(&binary)[0]["failure"].as_str().unwrap().contains(failure));
        served.join().unwrap();
    }
}

#[test]
fn redirects_are_passed_on_and_the_token_stays() {
    let answer =
        b"HTTP/1.1 307 Temporary Redirect\r\nLocation: http://127.0.0.1:1/scim/Users\r\nContent-Length: 0\r\n\r\n";
    let (base, served) = target(answer.to_vec());
    let binary = Binary::new().file("token", "tok-of-the-target\n");
    let recorded = Recorded::start_in(binary, &base, &["--token-file", "token"]);
    let (status, _) = send(&recorded.base, Trust::default(), &Request::new(Method::Get, "/Users")).unwrap();
    assert_eq!(status, 307);
    let sent = String::from_utf8(served.join().unwrap()).unwrap();
    assert!(sent.contains("uthorization: Bearer tok-of-the-target") && !sent.contains("tok-0123456789"), "{sent}");
    let (said, binary) = recorded.stop();
    assert_eq!(transcript(&binary)[0]["responseHeaders"]["location"], "http://127.0.0.1:1/scim/Users");
    holds_none(&binary, &said, &["tok-of-the-target", "tok-0123456789"]);
}

#[test]
fn its_own_certificate_is_shown_and_that_of_the_target_is_checked() {
    let certificate = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/client/localhost.pem");
    let key = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/client/localhost.key.pem");
    let (certificate, key) = (certificate.to_str().unwrap(), key.to_str().unwrap());
    let (_runtime, served) = server(&[]);
    let behind = Recorded::start(served.base_url(), &["--tls-cert", certificate, "--tls-key", key]);
    let base = behind.base.replace("127.0.0.1", "localhost");
    assert!(base.starts_with("https://"), "{base}");
    let get = Request::new(Method::Get, "/Users");
    let trust = || Trust::new(Some(Path::new(certificate)), false).unwrap();
    assert_eq!(send(&base, trust(), &get).unwrap().0, 401, "the target's own answer");

    let trusting = Recorded::start(&base, &["--cacert", certificate]);
    assert_eq!(send(&trusting.base, Trust::default(), &get).unwrap().0, 401);
    trusting.stop();
    let insecure = Recorded::start(&base, &["--insecure"]);
    assert_eq!(send(&insecure.base, Trust::default(), &get).unwrap().0, 401);
    insecure.stop();
    let wary = Recorded::start(&base, &[]);
    let (status, body) = send(&wary.base, Trust::default(), &get).unwrap();
    assert!(status == 502 && body.contains("TLS failed"), "{status} {body}");
    wary.stop();
    let (_, binary) = behind.stop();
    assert_eq!(transcript(&binary).len(), 3, "whoever does not trust it sends nothing");
}

#[test]
fn mistakes_are_told_before_anything_is_sent() {
    let binary = Binary::new().file("used/a.txt", "mine");
    let record = |more: &[&str]| binary.run(&[&["record", "--listen", "127.0.0.1:0"], more].concat());
    record(&[]).fails(2, &["no target", "--target"]);
    let target = ["--target", "http://127.0.0.1:1"];
    record(&[&target[..], &["--out", "used"]].concat()).fails(2, &["not empty", "--out"]);
    record(&[&target[..], &["--rate", "1/s"]].concat()).fails(2, &["--rate"]);
    record(&[&target[..], &["--tls-cert", "used/a.txt", "--tls-key", "used/a.txt"]].concat()).fails(2, &["PEM"]);
    assert!(std::fs::read_dir(binary.folder()).unwrap().count() == 1, "and nothing was written");
}

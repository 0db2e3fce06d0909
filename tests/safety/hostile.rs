//! Targets that are down, hang, flood or are something else: a clear cause, a next step, exit code 3, nothing left open.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};

use scimulator::server::Reply;

use super::endpoint::{Endpoint, Turn};
use crate::binary::{Binary, Said};

/// A port that does the same with every connection.
fn port(act: impl Fn(TcpStream) + Send + Sync + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let act = std::sync::Arc::new(act);
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let act = std::sync::Arc::clone(&act);
            std::thread::spawn(move || act(stream));
        }
    });
    format!("http://{address}/scim/v2")
}

/// Answers every request with these bytes and closes.
fn saying(answer: &'static str) -> String {
    port(move |mut stream| {
        let mut request = [0; 4096];
        let _ = stream.read(&mut request); // whatever was asked
        let _ = stream.write_all(answer.as_bytes());
    })
}

fn run(url: &str) -> (Binary, Said) {
    let binary = Binary::new().with("SCIMULATOR_TOKEN", "tok-0123456789");
    let said = binary.run(&["run", "lifecycle/create", "--timeout", "1", "--target", url]);
    (binary, said)
}

#[track_caller]
fn cannot_be_tested(url: &str, cause: &str) {
    let (binary, said) = run(url);
    assert_eq!(said.code, 3, "{said:#?}");
    // Long lines are wrapped.
    let text = said.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(text.contains(cause), "`{cause}` is missing: {said:#?}");
    assert!(text.contains(" hint "), "what to do next is missing: {said:#?}");
    let left = std::fs::read_dir(binary.folder().join("state/scimulator")).map_or(0, Iterator::count);
    assert_eq!(left, 0, "nothing was created, so no journal stays");
}

#[test]
fn nobody_listens() {
    cannot_be_tested("http://127.0.0.1:9/scim/v2", "cannot connect");
}

#[test]
fn a_web_page() {
    let url = saying(
        "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 20\r\nConnection: close\r\n\r\n<html>Log in!</html>",
    );
    cannot_be_tested(&url, "a web page, not SCIM");
}

#[test]
fn a_gateway_without_a_server_behind_it() {
    let url = saying(
        "HTTP/1.1 502 Bad Gateway\r\nServer: nginx\r\nContent-Type: text/html\r\nContent-Length: 13\r\nConnection: close\r\n\r\n<html></html>",
    );
    cannot_be_tested(&url, "a gateway (nginx) answered 502");
}

#[test]
fn a_redirect_that_leads_back_to_itself() {
    let url =
        saying("HTTP/1.1 302 Found\r\nLocation: /scim/v2/Users\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    cannot_be_tested(&url, "answers 302 and points to /scim/v2/Users");
}

#[test]
fn silence() {
    let url = port(|mut stream| {
        let mut all = Vec::new();
        let _ = stream.read_to_end(&mut all); // until the other side gives up
    });
    cannot_be_tested(&url, "no answer within 1 s");
}

#[test]
fn a_flood() {
    let url = port(|mut stream| {
        let mut request = [0; 4096];
        let _ = stream.read(&mut request);
        let head = "HTTP/1.1 200 OK\r\nContent-Type: application/scim+json\r\nContent-Length: 1073741824\r\n\r\n";
        let _ = stream.write_all(head.as_bytes());
        let chunk = vec![b' '; 1 << 16];
        while stream.write_all(&chunk).is_ok() {}
    });
    cannot_be_tested(&url, "larger than 10485760 bytes");
}

#[test]
fn an_answer_that_breaks_off() {
    let url =
        saying("HTTP/1.1 200 OK\r\nContent-Type: application/scim+json\r\nContent-Length: 500\r\n\r\n{\"schemas\":");
    cannot_be_tested(&url, "the answer broke off");
}

#[test]
fn something_that_is_not_http() {
    cannot_be_tested(&saying("SSH-2.0-OpenSSH_9.9\r\n"), "not valid HTTP");
}

#[test]
fn https_where_there_is_none() {
    let url = saying("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    cannot_be_tested(&url.replace("http://", "https://"), "TLS failed");
}

#[test]
fn a_refused_token() {
    let url = saying("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    cannot_be_tested(&url, "the endpoint answers 401 to the token");
}

#[test]
fn a_json_api_that_is_not_scim() {
    let url = saying(
        "HTTP/1.1 404 Not Found\r\nContent-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}",
    );
    cannot_be_tested(&url, "there is no SCIM endpoint");
}

#[test]
fn one_that_goes_away_in_the_middle_leaves_a_journal_that_tells_what_is_there() {
    let mut created = false;
    let endpoint = Endpoint::watched(
        &[],
        Box::new(move |_, request| {
            let gone = created;
            created |= request.method == scimulator::http::Method::Post;
            Turn::instead_if(gone, || Reply::Drop)
        }),
    );
    let binary = Binary::new().with("SCIMULATOR_TOKEN", &endpoint.token());
    let said = binary.run(&["run", "lifecycle/create", "--idp", "okta", "--target", endpoint.url()]);
    assert_eq!(said.code, 3, "{said:#?}");
    assert!(said.stdout.contains("DOWN  lifecycle/create"), "{said:#?}");
    let state = binary.folder().join("state/scimulator");
    let journal = std::fs::read_dir(state).unwrap().next().expect("a journal").unwrap().path();
    let remains = scimulator::run::journal::read(&journal).unwrap();
    assert_eq!(remains.leftovers.len(), 1, "{remains:?}");
}

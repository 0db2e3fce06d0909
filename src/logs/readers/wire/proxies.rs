//! What proxies write about a request that went wrong between them and the endpoint, in words of their own.

use crate::logs::observation::Provenance;

/// The status is what the proxy answers after such a failure.
pub const BY_FAILURE: Provenance = Provenance::Inferred("status-of-proxy-error");

/// The error log of nginx: what it says of a failure, and the status that it then sends; none where the client is gone
/// (`ngx_http_upstream_next` and `ngx_http_upstream_finalize_request`).
const OF_NGINX: [(&str, Option<u16>); 12] = [
    ("prematurely closed connection, so upstream connection is closed too", None),
    ("upstream timed out", Some(504)),
    ("connect() failed", Some(502)),
    ("upstream prematurely closed connection", Some(502)),
    ("no live upstreams", Some(502)),
    ("upstream sent too big header", Some(502)),
    ("upstream sent invalid", Some(502)),
    ("upstream sent no valid", Some(502)),
    ("recv() failed", Some(502)),
    ("SSL_do_handshake() failed", Some(502)),
    ("could not be resolved", Some(502)),
    ("client intended to send too large body", Some(413)),
];
/// The answer had begun before: its status is not known by this line.
const WITHIN_ANSWER: &str = "while reading upstream";
/// HAProxy's log: no status, and the client (`C`) ended the session.
const GONE: &str = " -1 0 - - C";

/// A failure in a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Failure<'l> {
    /// What the proxy says.
    pub said: &'l str,
    /// What it sends then.
    pub status: Option<u16>,
}

/// The failure that a line of a proxy tells of.
pub fn failure(line: &str) -> Option<Failure<'_>> {
    of_nginx(line).or_else(|| {
        let at = line.find(GONE)?;
        Some(Failure { said: line[at + 1..].split(" \"").next()?, status: None })
    })
}

fn of_nginx(line: &str) -> Option<Failure<'_>> {
    let (before, _) = line.split_once(", client: ").filter(|(_, behind)| behind.contains(", request: \""))?;
    // `31#31: *4217 upstream timed out (110: …)`: process, thread and connection come first.
    let said = before.split_once(": *").and_then(|(_, rest)| rest.split_once(' ')).map_or(before, |(_, said)| said);
    let (_, status) = OF_NGINX.iter().find(|(words, _)| said.contains(words))?;
    (!said.contains(WITHIN_ANSWER)).then_some(Failure { said, status: *status })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_proxies_say_is_known_with_what_they_send() {
        let nginx = |said: &str| {
            format!(
                r#"2026/11/16 09:12:05 [error] 31#31: *7 {said}, client: ::1, server: a, request: "GET / HTTP/1.1""#
            )
        };
        for (said, status) in [
            ("upstream timed out (110: x) while reading response header from upstream", Some(Some(504))),
            ("connect() failed (111: Connection refused) while connecting to upstream", Some(Some(502))),
            (
                "epoll_wait() reported that client prematurely closed connection, so upstream connection is closed too",
                Some(None),
            ),
            ("upstream timed out (110: Connection timed out) while reading upstream", None),
            ("open() \"/x\" failed (2: No such file or directory)", None),
        ] {
            let line = nginx(said);
            let found = failure(&line);
            assert_eq!(found.map(|failure| failure.status), status, "{said}");
            assert!(found.is_none_or(|failure| failure.said == said));
        }
        let gone = r#"haproxy[1]: a:1 [x] in~ b/c 10/0/30/-1/60003 -1 0 - - CH-- 1/1/0/0/0 0/0 "POST /scim/v2/Users HTTP/1.1""#;
        assert_eq!(failure(gone), Some(Failure { said: "-1 0 - - CH-- 1/1/0/0/0 0/0", status: None }));
        assert_eq!(failure("GET /Users 200"), None);
    }
}

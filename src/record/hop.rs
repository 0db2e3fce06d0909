//! Which header fields end at this hop (RFC 9110 §7.6.1).

use hyper::HeaderMap;
use hyper::header::HeaderName;

/// Fields of one connection, not of the message. `Expect` is answered by whoever takes the body in.
const OF_HOP: [&str; 8] =
    ["connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade", "expect"];

/// The fields that go on, in their order.
pub(super) fn onward(fields: &HeaderMap) -> HeaderMap {
    let named: Vec<String> = fields
        .get_all("connection")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(',').map(|name| name.trim().to_ascii_lowercase()))
        .collect();
    let goes_on =
        |name: &HeaderName| !OF_HOP.contains(&name.as_str()) && !named.iter().any(|other| other == name.as_str());
    fields.iter().filter(|(name, _)| goes_on(name)).fold(HeaderMap::new(), |mut onward, (name, value)| {
        onward.append(name, value.clone());
        onward
    })
}

#[cfg(test)]
mod tests {
    use hyper::header::HeaderValue;

    use super::*;

    #[test]
    fn fields_of_the_connection_end_here() {
        let mut fields = HeaderMap::new();
        for (name, value) in [
            ("accept", "application/scim+json"),
            ("connection", "Keep-Alive, X-Hop"),
            ("keep-alive", "timeout=5"),
            ("x-hop", "1"),
            ("set-cookie", "a=1"),
            ("set-cookie", "b=2"),
            ("transfer-encoding", "chunked"),
        ] {
            fields.append(name, HeaderValue::from_static(value));
        }
        let onward: Vec<String> = onward(&fields).iter().map(|(name, value)| format!("{name}={value:?}")).collect();
        assert_eq!(onward, [r#"accept="application/scim+json""#, r#"set-cookie="a=1""#, r#"set-cookie="b=2""#]);
    }
}

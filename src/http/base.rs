//! The base URL of a SCIM endpoint, checked once when it is read.
//!
//! The command line and the configuration give the text; the client, the curl
//! line and the journal take the parts.

use std::fmt;
use std::net::IpAddr;

use reqwest::Url;

/// A base URL: scheme, host, port and path without a trailing slash.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Base {
    text: String,
    https: bool,
    host: String,
    port: u16,
    path: String,
    query: Option<String>,
}

/// Why a text is no base URL.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BaseError {
    /// There is no `http://` or `https://` in front.
    #[error("`{0}` has no scheme")]
    NoScheme(String),
    /// Another scheme than http or https.
    #[error("the scheme `{0}` is neither http nor https")]
    Scheme(String),
    /// User name or password stand in the URL, where they would reach logs.
    #[error("the URL carries a user name or password")]
    UserInfo,
    /// The rest cannot be read as a URL.
    #[error("`{text}` is not a URL: {cause}")]
    Malformed {
        /// What was given.
        text: String,
        /// What is wrong with it.
        cause: String,
    },
}

impl BaseError {
    /// What to do about it.
    pub fn hint(&self) -> String {
        match self {
            Self::NoScheme(text) => format!("write `https://{text}`, or `http://{text}` for a server on this machine"),
            Self::Scheme(_) => "a SCIM endpoint is reached by `https://`, or by `http://` on this machine".to_owned(),
            Self::UserInfo => "give the credential by SCIMULATOR_TOKEN, `--token-file FILE` or `--token -`".to_owned(),
            Self::Malformed { .. } => "it should look like `https://example.com/scim/v2`".to_owned(),
        }
    }
}

impl Base {
    /// Reads a base URL such as `https://example.com/scim/v2/`.
    ///
    /// A query is taken off and kept apart: Entra's admins write flags there
    /// (`?aadOptscim062020`) that are meant for Entra and not for the endpoint.
    pub fn parse(text: &str) -> Result<Self, BaseError> {
        let text = text.trim();
        let (scheme, rest) = text.split_once("://").map_or((None, text), |(scheme, rest)| (Some(scheme), rest));
        // First of all, so that no other error can repeat a password.
        if rest.split(['/', '?', '#']).next().is_some_and(|authority| authority.contains('@')) {
            return Err(BaseError::UserInfo);
        }
        let scheme = scheme.ok_or_else(|| BaseError::NoScheme(text.to_owned()))?;
        let https = match scheme.to_ascii_lowercase().as_str() {
            "http" => false,
            "https" => true,
            other => return Err(BaseError::Scheme(other.to_owned())),
        };
        let malformed = |cause: String| BaseError::Malformed { text: text.to_owned(), cause };
        let url = Url::parse(text).map_err(|error| malformed(error.to_string()))?;
        let host = url.host_str().ok_or_else(|| malformed("no host".to_owned()))?.to_owned();
        let port = url.port_or_known_default().ok_or_else(|| malformed("no port".to_owned()))?;
        let path = url.path().trim_end_matches('/').to_owned();
        let text = format!("{}{path}", url.origin().ascii_serialization());
        Ok(Self { text, https, host, port, path, query: url.query().map(str::to_owned) })
    }

    /// The whole base without a trailing slash: `https://example.com/scim/v2`.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether TLS is used.
    pub const fn is_https(&self) -> bool {
        self.https
    }

    /// The host as in the URL; an IPv6 address stands in brackets.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The port, that of the scheme when none is written.
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// The path of the base: empty, or starting with a slash and not ending with one.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The path of a request as it leaves. One that begins with `/../` stands beside the base: `/../v99/Users` at
    /// `/scim/v2` is `/scim/v99/Users`.
    pub fn path_of(&self, target: &str) -> String {
        match target.strip_prefix("/..") {
            Some(beside) if beside.starts_with('/') => {
                let parent = self.path.rsplit_once('/').map_or("", |(parent, _)| parent);
                format!("{parent}{beside}")
            }
            _ => format!("{}{target}", self.path),
        }
    }

    /// The query that was taken off, such as `aadOptscim062020`.
    pub fn query(&self) -> Option<&str> {
        self.query.as_deref()
    }

    /// The value of the `Host` header field: the port only where it is not the scheme's own (RFC 9110 §7.2).
    pub fn host_header(&self) -> String {
        let usual = if self.https { 443 } else { 80 };
        if self.port == usual { self.host.clone() } else { format!("{}:{}", self.host, self.port) }
    }

    /// Whether the endpoint is on this machine: `localhost`, a name below it, or a loopback address.
    pub fn is_loopback(&self) -> bool {
        let host = self.host.trim_start_matches('[').trim_end_matches(']').trim_end_matches('.');
        host == "localhost"
            || host.ends_with(".localhost")
            || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
    }
}

impl fmt::Display for Base {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn base(text: &str) -> Base {
        Base::parse(text).unwrap()
    }

    #[test]
    fn a_trailing_slash_and_a_query_are_taken_off() {
        let base = base("https://Example.com/scim/v2/?aadOptscim062020");
        assert_eq!(base.as_str(), "https://example.com/scim/v2");
        assert_eq!(base.path(), "/scim/v2");
        assert_eq!(base.query(), Some("aadOptscim062020"));
        assert_eq!((base.port(), base.host_header().as_str()), (443, "example.com"));
    }

    #[test]
    fn a_port_is_kept() {
        let base = base("http://127.0.0.1:8080");
        assert_eq!((base.as_str(), base.path(), base.port()), ("http://127.0.0.1:8080", "", 8080));
        assert_eq!(base.host_header(), "127.0.0.1:8080");
    }

    #[test]
    fn a_request_may_stand_beside_the_base() {
        assert_eq!(base("https://x.test/scim/v2").path_of("/Users?count=1"), "/scim/v2/Users?count=1");
        assert_eq!(base("https://x.test/scim/v2").path_of("/../v99/Users"), "/scim/v99/Users");
        assert_eq!(base("https://x.test").path_of("/../v99/Users"), "/v99/Users");
    }

    #[test]
    fn loopback_is_this_machine_only() {
        for text in ["http://localhost:1", "http://127.9.9.9", "http://[::1]:80/x", "http://a.localhost"] {
            assert!(base(text).is_loopback(), "{text}");
        }
        for text in ["http://localhost.example.com", "http://10.0.0.1", "https://[2001:db8::1]"] {
            assert!(!base(text).is_loopback(), "{text}");
        }
    }

    #[test]
    fn each_mistake_has_its_own_error() {
        assert_eq!(Base::parse("example.com/scim"), Err(BaseError::NoScheme("example.com/scim".to_owned())));
        assert_eq!(Base::parse("ftp://example.com"), Err(BaseError::Scheme("ftp".to_owned())));
        assert_eq!(Base::parse("https://me:pw@example.com"), Err(BaseError::UserInfo));
        assert!(matches!(Base::parse("https://exa mple.com"), Err(BaseError::Malformed { .. })));
        assert!(matches!(Base::parse("https://"), Err(BaseError::Malformed { .. })));
    }

    #[test]
    fn an_error_never_repeats_the_password() {
        for text in ["https://me:hunter22@example.com", "me:hunter22@example.com", "http://me:hunter22@exa mple:x"] {
            let error = Base::parse(text).unwrap_err();
            assert!(!format!("{error} {error:?} {}", error.hint()).contains("hunter22"), "{text}");
        }
    }
}

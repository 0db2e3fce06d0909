//! Names of fields and parameters whose value is a credential: by how they end, for everybody puts something before.

/// Bytes of the longest name; it is looked at no further.
const LONGEST: usize = 96;

/// Ends of names, without `-`, `_` and `.`, in lower case.
const ENDS: [&str; 35] = [
    "authorization",
    "cookie",
    "password",
    "passwd",
    "passwort",
    "kennwort",
    "contrasena",
    "passphrase",
    "passcode",
    "pwd",
    "secret",
    "token",
    "apikey",
    "accesskey",
    "secretkey",
    "privatekey",
    "functionskey",
    "subscriptionkey",
    "signingkey",
    "encryptionkey",
    "accountkey",
    "sharedkey",
    "authkey",
    "sessid",
    "jsessionid",
    "netsessionid",
    "csrf",
    "xsrf",
    "samlresponse",
    "passwordconfirmation",
    "passwordconfirm",
    "passwordhash",
    "secretstring",
    "clientassertion",
    "samlassertion",
];
/// Whole names.
const WHOLE: [&str; 11] =
    ["pass", "userpass", "auth", "otp", "totp", "sid", "connectsid", "sig", "signature", "xamzsignature", "assertion"];
/// Whole names that end so and are none: they say where a list goes on, of which kind a token is, or what to cancel.
const HARMLESS: [&str; 17] = [
    "pagetoken",
    "nextpagetoken",
    "prevpagetoken",
    "previouspagetoken",
    "nextsynctoken",
    "nextcontinuationtoken",
    "nexttoken",
    "prevtoken",
    "continuationtoken",
    "skiptoken",
    "synctoken",
    "deltatoken",
    "cursortoken",
    "canceltoken",
    "cancellationtoken",
    "changetoken",
    "oldpwd",
];
/// Names that stand for something else outside a query.
const OF_QUERIES: [&str; 2] = ["key", "code"];
/// Words that people write before a credential.
const SPOKEN: [&str; 9] =
    ["password", "passwort", "kennwort", "contrasena", "passphrase", "passcode", "secret", "token", "pwd"];

/// What a name says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Name {
    /// Cookies: the rest of the line.
    Cookie,
    /// A word that people use too.
    Spoken,
    /// A credential.
    Field,
    /// Only what looks like a credential is one: `auth` may be a way to log in.
    Weak,
    /// Only what looks like a token is one: `?code=…`.
    Token,
}

impl Name {
    /// What a name says, in lower case and as it stands there; `before` is the byte before it.
    pub(super) fn of(name: &str, written: impl FnOnce() -> String, before: Option<u8>) -> Option<Self> {
        let (mut buffer, mut length) = ([0; LONGEST], 0);
        for byte in name.bytes().filter(|byte| !matches!(byte, b'-' | b'_' | b'.')) {
            *buffer.get_mut(length)? = byte;
            length += 1;
        }
        let compact = std::str::from_utf8(&buffer[..length]).ok()?;
        let compact = compact.trim_end_matches(|last: char| last.is_ascii_digit()); // `password2`
        let last = compact.bytes().next_back()?;
        let ends = |end: &str| end.as_bytes().last() == Some(&last) && compact.ends_with(end);
        if OF_QUERIES.contains(&compact) {
            return matches!(before, Some(b'?' | b'&')).then_some(Self::Token);
        }
        let is_whole = WHOLE.contains(&compact);
        let is_pass = || ends("pass") && is_pass(&written());
        if !is_whole && !ENDS.iter().any(|end| ends(end)) && !is_pass() || HARMLESS.contains(&compact) {
            return None;
        }
        Some(if compact.ends_with("cookie") {
            Self::Cookie
        } else if SPOKEN.contains(&compact) {
            Self::Spoken
        } else if matches!(compact, "auth" | "assertion") {
            Self::Weak
        } else {
            Self::Field
        })
    }
}

/// `dbPass` and `db_pass`, not `bypass`.
fn is_pass(written: &str) -> bool {
    ["Pass", "_pass", "-pass"].iter().any(|end| written.ends_with(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_known_by_how_it_ends() {
        let of = |name: &str| Name::of(&name.to_lowercase(), || name.to_owned(), None);
        for name in ["newPassword", "authToken", "x-okta-xsrftoken", "Ocp-Apim-Subscription-Key", "secret_access_key"] {
            assert_eq!(of(name), Some(Name::Field), "{name}");
        }
        for name in [
            "JSESSIONID",
            "ASP.NET_SessionId",
            "password_change_token",
            "client_assertion",
            "dbPass",
            "SAMLResponse",
            "_csrf",
            "sid",
            "pass",
        ] {
            assert_eq!(of(name), Some(Name::Field), "{name}");
        }
        for name in ["tokenType", "nextPageToken", "keyId", "publicKey", "primaryKey", "author", "bypass", "compass"] {
            assert_eq!(of(name), None, "{name}");
        }
        for name in ["passwordChanged", "tokens", "key", "code", "sessionId", "outside", "signedIn", "authenticated"] {
            assert_eq!(of(name), None, "{name}");
        }
        assert_eq!(Name::of("code", || "code".to_owned(), Some(b'?')), Some(Name::Token));
        assert_eq!(of("Set-Cookie"), Some(Name::Cookie));
        assert_eq!(of("Passwort"), Some(Name::Spoken));
    }
}

//! Names of fields and parameters whose value is a credential: by how they end, for everybody puts something before.

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
    pub(super) fn of(name: &str, written: &str, before: Option<u8>) -> Option<Self> {
        let compact: String = name.chars().filter(|character| !matches!(character, '-' | '_' | '.')).collect();
        let compact = compact.trim_end_matches(|last: char| last.is_ascii_digit()); // `password2`
        let ends = |end: &str| compact.ends_with(end);
        if OF_QUERIES.contains(&compact) {
            return matches!(before, Some(b'?' | b'&')).then_some(Self::Token);
        }
        let is_whole = WHOLE.contains(&compact);
        // `dbPass` and `db_pass`, not `bypass`.
        let is_pass = ["Pass", "_pass", "-pass"].iter().any(|end| written.ends_with(end));
        if !is_whole && !is_pass && !ENDS.iter().any(|end| ends(end)) || HARMLESS.contains(&compact) {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_known_by_how_it_ends() {
        let of = |name: &str| Name::of(&name.to_lowercase(), name, None);
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
        assert_eq!(Name::of("code", "code", Some(b'?')), Some(Name::Token));
        assert_eq!(of("Set-Cookie"), Some(Name::Cookie));
        assert_eq!(of("Passwort"), Some(Name::Spoken));
    }
}

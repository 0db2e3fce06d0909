//! Statuses by name: Okta writes the reason phrase, Entra the name that .NET has for it.

/// Status, .NET's name (`System.Net.HttpStatusCode`), and the phrases of RFC 9110 §15 and of older servers.
const NAMES: &[(u16, &str, &[&str])] = &[
    (200, "OK", &["OK"]),
    (201, "Created", &["Created"]),
    (204, "NoContent", &["No Content"]),
    (301, "MovedPermanently", &["Moved Permanently"]),
    (302, "Found", &["Found"]),
    (304, "NotModified", &["Not Modified"]),
    (307, "TemporaryRedirect", &["Temporary Redirect"]),
    (308, "PermanentRedirect", &["Permanent Redirect"]),
    (400, "BadRequest", &["Bad Request"]),
    (401, "Unauthorized", &["Unauthorized"]),
    (402, "PaymentRequired", &["Payment Required"]),
    (403, "Forbidden", &["Forbidden"]),
    (404, "NotFound", &["Not Found"]),
    (405, "MethodNotAllowed", &["Method Not Allowed"]),
    (406, "NotAcceptable", &["Not Acceptable"]),
    (408, "RequestTimeout", &["Request Timeout"]),
    (409, "Conflict", &["Conflict"]),
    (410, "Gone", &["Gone"]),
    (411, "LengthRequired", &["Length Required"]),
    (412, "PreconditionFailed", &["Precondition Failed"]),
    (413, "RequestEntityTooLarge", &["Payload Too Large", "Content Too Large", "Request Entity Too Large"]),
    (414, "RequestUriTooLong", &["URI Too Long", "Request-URI Too Long"]),
    (415, "UnsupportedMediaType", &["Unsupported Media Type"]),
    (422, "UnprocessableEntity", &["Unprocessable Entity", "Unprocessable Content"]),
    (423, "Locked", &["Locked"]),
    (428, "PreconditionRequired", &["Precondition Required"]),
    (429, "TooManyRequests", &["Too Many Requests"]),
    (431, "RequestHeaderFieldsTooLarge", &["Request Header Fields Too Large"]),
    (500, "InternalServerError", &["Internal Server Error"]),
    (501, "NotImplemented", &["Not Implemented"]),
    (502, "BadGateway", &["Bad Gateway"]),
    (503, "ServiceUnavailable", &["Service Unavailable"]),
    (504, "GatewayTimeout", &["Gateway Timeout", "Gateway Time-out"]),
];

/// The status of a reason phrase, whatever its case.
pub fn of_phrase(phrase: &str) -> Option<u16> {
    let phrase = phrase.trim();
    let known = NAMES.iter().find(|(.., phrases)| phrases.iter().any(|known| known.eq_ignore_ascii_case(phrase)));
    known.map(|(status, ..)| *status)
}

/// The status of a name in .NET, or of its digits.
pub fn of_net_name(name: &str) -> Option<u16> {
    let by_digits = name.parse().ok().filter(|status| (100..600).contains(status));
    by_digits
        .or_else(|| NAMES.iter().find(|(_, known, _)| known.eq_ignore_ascii_case(name)).map(|(status, ..)| *status))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_phrases_lead_to_the_status() {
        assert_eq!(of_phrase("unprocessable content"), Some(422));
        assert_eq!(of_phrase("Unhappy"), None);
        assert_eq!(of_net_name("RequestEntityTooLarge"), Some(413));
        assert_eq!(of_net_name("429"), Some(429));
        assert_eq!(of_net_name("42"), None);
    }
}

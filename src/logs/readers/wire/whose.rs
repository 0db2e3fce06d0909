//! Which IdP sent a request, by how it is written. Most clients can write any of it, so only what the two IdPs are
//! known for counts.

use serde_json::Value;

use super::exchange::Exchange;
use super::meaning::operations;
use super::target::parameters;
use crate::http::Method;
use crate::logs::observation::Idp;
use crate::scim::name;

/// What is remembered of one file.
#[derive(Debug, Default)]
pub struct Whose {
    /// Somebody without a name looked people up without pages.
    unpaged_lookup: bool,
}

impl Whose {
    /// Whose request this is.
    pub fn of(
        &mut self,
        exchange: &Exchange,
        method: Option<Method>,
        query: Option<&str>,
        body: Option<&Value>,
    ) -> Idp {
        let agent = exchange.user_agent.as_deref().or_else(|| exchange.request_header("user-agent"));
        let agent = agent.filter(|agent| *agent != "-").map(str::to_ascii_lowercase);
        match agent.as_deref() {
            Some(agent) if agent.contains("okta") => return Idp::Okta,
            Some(agent) if ["azure", "microsoft", "entra"].iter().any(|name| agent.contains(name)) => {
                return Idp::Entra;
            }
            _ => {}
        }
        // Entra sends this field, and no `User-Agent`.
        if exchange.request_header("adscimversion").is_some() {
            return Idp::Entra;
        }
        let parameters: Vec<(String, String)> = query.map(|query| parameters(query).collect()).unwrap_or_default();
        let value = |wanted: &str| parameters.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str());
        if method == Some(Method::Get) && value("startIndex") == Some("1") {
            let is_lookup = value("filter").is_some() && value("count") == Some("100");
            let is_test = value("filter").is_none() && value("count") == Some("2");
            if is_lookup || is_test {
                return Idp::Okta;
            }
        }
        if value("excludedAttributes") == Some("members") && value("filter").is_some() {
            return Idp::Entra;
        }
        let patches = method == Some(Method::Patch);
        if patches && body.is_some_and(is_written_as_entra_does) {
            return Idp::Entra;
        }
        let is_nameless = agent.is_none();
        self.unpaged_lookup |= is_nameless && value("filter").is_some() && value("startIndex").is_none();
        if patches && is_nameless && self.unpaged_lookup { Idp::Entra } else { Idp::Unknown }
    }
}

/// Operations named with a capital, and truth values as text: Entra's older form.
fn is_written_as_entra_does(body: &Value) -> bool {
    operations(body).any(|operation| {
        let text = |member: &str| name::get(operation, member).and_then(Value::as_str).unwrap_or_default();
        ["Add", "Replace", "Remove"].contains(&text("op")) || ["True", "False"].contains(&text("value"))
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn whose(agent: Option<&str>, method: Method, query: &str, body: &Value) -> Idp {
        let mut exchange = Exchange::new(1, method.as_str(), "/Users");
        exchange.user_agent = agent.map(str::to_owned);
        Whose::default().of(&exchange, Some(method), Some(query), Some(body))
    }

    #[test]
    fn the_caller_is_known_by_name_or_by_habit() {
        let (none, lookup) = (Value::Null, "filter=userName+eq+%22a%22&startIndex=1&count=100");
        assert_eq!(whose(Some("Okta SCIM Client 1.0.0"), Method::Post, "", &none), Idp::Okta);
        assert_eq!(whose(Some("-"), Method::Get, lookup, &none), Idp::Okta);
        assert_eq!(whose(None, Method::Get, "excludedAttributes=members&filter=x", &none), Idp::Entra);
        let patch = |op: &str, value: Value| json!({"Operations": [{"op": op, "path": "active", "value": value}]});
        assert_eq!(whose(Some("x"), Method::Patch, "", &patch("Replace", json!("a"))), Idp::Entra);
        assert_eq!(whose(None, Method::Patch, "", &patch("replace", json!(false))), Idp::Unknown);
        assert_eq!(whose(Some("curl/8"), Method::Get, "filter=x", &none), Idp::Unknown);
    }

    #[test]
    fn lookups_without_pages_and_patches_are_entra() {
        let mut whose = Whose::default();
        let exchange = Exchange::new(1, "GET", "/Users");
        assert_eq!(whose.of(&exchange, Some(Method::Get), Some("filter=x"), None), Idp::Unknown);
        assert_eq!(whose.of(&exchange, Some(Method::Patch), None, None), Idp::Entra);
    }
}

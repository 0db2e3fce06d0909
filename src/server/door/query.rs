//! What a query asks for: from the URL (RFC 7644 §3.4.2) or from the body of `.search` (§3.4.3).

use serde_json::{Map, Value};

use crate::http::percent::decode_query;
use crate::scim::{Problem, ScimType, name, urn};

/// The parameters of a query. Unknown ones are ignored (RFC 7644 §3.4.2).
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Query {
    /// The filter as text; empty when it was sent empty.
    pub filter: Option<String>,
    /// Attributes to return, as named.
    pub attributes: Vec<String>,
    /// Attributes not to return, as named.
    pub excluded: Vec<String>,
    /// Attribute to sort by, as named.
    pub sort_by: Option<String>,
    /// `sortOrder` is `descending`.
    pub descending: bool,
    /// `startIndex` as sent; anything below 1 means 1.
    pub start_index: Option<i64>,
    /// `count` as sent; anything below 0 means 0.
    pub count: Option<i64>,
    /// `cursor` as sent; empty for the first page (RFC 9865 §2).
    pub cursor: Option<String>,
}

impl Query {
    /// Reads the query part of a URL. Of a parameter that stands twice the first counts.
    pub fn from_url(query: Option<&str>) -> Result<Self, Problem> {
        let mut found = Self::default();
        let pairs = query.unwrap_or_default().split('&').rev();
        for (key, value) in pairs.map(|pair| pair.split_once('=').unwrap_or((pair, ""))) {
            let value = decode_query(value);
            match decode_query(key).as_str() {
                "filter" => found.filter = Some(value),
                "attributes" => found.attributes = names(&value),
                "excludedAttributes" => found.excluded = names(&value),
                "sortBy" => found.sort_by = Some(value),
                "sortOrder" => found.descending = descending(&value)?,
                "startIndex" => found.start_index = Some(integer("startIndex", &value)?),
                "count" => found.count = Some(integer("count", &value)?),
                "cursor" => found.cursor = Some(value),
                _ => {}
            }
        }
        found.checked()
    }

    /// Reads a SearchRequest.
    pub fn from_body(body: &Map<String, Value>) -> Result<Self, Problem> {
        let is_request =
            |schema: &Value| schema.as_str().is_some_and(|urn| urn.eq_ignore_ascii_case(urn::SEARCH_REQUEST));
        if !name::get(body, "schemas").and_then(Value::as_array).is_some_and(|all| all.iter().any(is_request)) {
            let detail = format!("`schemas` of a search must contain {}.", urn::SEARCH_REQUEST);
            return Err(Problem { status: 400, scim_type: Some(ScimType::InvalidSyntax), detail });
        }
        let given = |key: &str| name::get(body, key).filter(|value| !value.is_null());
        let text = |key: &str| given(key).map(|value| value.as_str().map(str::to_owned).ok_or_else(|| wrong(key)));
        let number = |key: &str| given(key).map(|value| whole(value).ok_or_else(|| wrong(key)));
        let found = Self {
            filter: text("filter").transpose()?,
            attributes: given("attributes").map_or_else(|| Ok(Vec::new()), |value| list("attributes", value))?,
            excluded: given("excludedAttributes")
                .map_or_else(|| Ok(Vec::new()), |value| list("excludedAttributes", value))?,
            sort_by: text("sortBy").transpose()?,
            descending: text("sortOrder").transpose()?.map_or(Ok(false), |order| descending(&order))?,
            start_index: number("startIndex").transpose()?,
            count: number("count").transpose()?,
            cursor: text("cursor").transpose()?,
        };
        found.checked()
    }

    fn checked(self) -> Result<Self, Problem> {
        if self.attributes.is_empty() || self.excluded.is_empty() {
            return Ok(self);
        }
        // RFC 7644 §3.9: the two are mutually exclusive.
        Err(invalid("`attributes` and `excludedAttributes` cannot be combined: send one of them."))
    }
}

/// A list of attribute names: commas between, blanks around them ignored.
fn names(text: &str) -> Vec<String> {
    text.split(',').map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

fn list(key: &str, value: &Value) -> Result<Vec<String>, Problem> {
    let text = |item: &Value| item.as_str().map(|name| name.trim().to_owned()).ok_or_else(|| wrong(key));
    value.as_array().ok_or_else(|| wrong(key))?.iter().map(text).collect()
}

fn descending(order: &str) -> Result<bool, Problem> {
    match order.to_ascii_lowercase().as_str() {
        "ascending" | "" => Ok(false),
        "descending" => Ok(true),
        _ => Err(invalid("`sortOrder` is `ascending` or `descending`.")),
    }
}

/// A number too large for us is as good as the largest.
fn integer(key: &str, text: &str) -> Result<i64, Problem> {
    let text = text.trim();
    let digits = text.strip_prefix(['-', '+', ' ']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(wrong(key));
    }
    let size = digits.parse().unwrap_or(i64::MAX);
    Ok(if text.starts_with('-') { -size } else { size })
}

fn whole(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_u64().map(|_| i64::MAX))
}

fn wrong(key: &str) -> Problem {
    let kind = match key {
        "startIndex" | "count" => "a whole number",
        "attributes" | "excludedAttributes" => "an array of attribute names",
        _ => "a string",
    };
    invalid(&format!("`{key}` must be {kind}."))
}

fn invalid(detail: &str) -> Problem {
    Problem { status: 400, scim_type: Some(ScimType::InvalidValue), detail: detail.to_owned() }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn url(query: &str) -> Query {
        Query::from_url(Some(query)).expect(query)
    }

    #[test]
    fn each_idp_encoding_of_a_filter_is_the_same_filter() {
        let expected = Some(r#"emails[type eq "work"].value eq "a+b@x""#.to_owned());
        for query in [
            "filter=emails%5Btype%20eq%20%22work%22%5D.value%20eq%20%22a%2Bb%40x%22",
            "filter=emails%5btype+eq+%22work%22%5d.value+eq+%22a%2bb@x%22&excludedAttributes=members",
            "excludedAttributes=members&filter=emails[type+eq+%22work%22].value%20eq%20%22a%2Bb@x%22",
        ] {
            assert_eq!(url(query).filter, expected, "{query}");
        }
    }

    #[test]
    fn numbers_may_be_negative_or_huge_but_must_be_whole() {
        let query = url("startIndex=-5&count=99999999999999999999");
        assert_eq!((query.start_index, query.count), (Some(-5), Some(i64::MAX)));
        for query in ["count=abc", "startIndex=1.5", "count=", "count=-", "sortOrder=up"] {
            assert!(Query::from_url(Some(query)).is_err(), "{query}");
        }
    }

    #[test]
    fn an_empty_filter_is_no_missing_one() {
        assert_eq!(url("filter=").filter.as_deref(), Some(""));
        assert_eq!(url("count=1&x-other=2").filter, None);
    }

    #[test]
    fn a_search_request_says_the_same_as_the_url() {
        let body = json!({
            "schemas": [urn::SEARCH_REQUEST], "attributes": ["userName", "name.givenName"], "filter": "title pr",
            "sortBy": "userName", "sortOrder": "descending", "startIndex": 2, "count": 3,
        });
        let same = url(
            "attributes=userName,%20name.givenName&filter=title+pr&sortBy=userName&sortOrder=Descending&startIndex=2&count=3",
        );
        assert_eq!(Query::from_body(body.as_object().expect("an object")), Ok(same));
    }

    #[test]
    fn a_body_that_is_no_search_request_is_refused() {
        for body in [
            json!({}),
            json!({ "schemas": [urn::SEARCH_REQUEST], "filter": 5 }),
            json!({ "schemas": [urn::SEARCH_REQUEST], "count": "x" }),
            json!({ "schemas": [urn::SEARCH_REQUEST], "attributes": "userName" }),
        ] {
            assert!(Query::from_body(body.as_object().expect("an object")).is_err(), "{body}");
        }
    }
}

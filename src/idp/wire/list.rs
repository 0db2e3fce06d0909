//! Reading a ListResponse (RFC 7644 §3.4.2) as strictly as an IdP does, and no stricter.

use serde_json::{Map, Value};

use crate::http::Response;
use crate::idp::mapping::member;
use crate::scim::urn::LIST_RESPONSE;

/// What an IdP insists on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools, reason = "independent demands, not a state")]
pub struct Strictness {
    /// Names as written; else in any case.
    pub exact_names: bool,
    /// `schemas` names the ListResponse.
    pub schemas: bool,
    /// `Resources` is there even when the list is empty.
    pub resources: bool,
    /// Numbers may not be texts (OKTA-R02).
    pub numbers: bool,
}

/// A list as the IdP understood it.
#[derive(Clone, Debug, PartialEq)]
pub struct Listing<'r> {
    /// `totalResults`.
    pub total: u64,
    /// The resources on this page.
    pub resources: &'r [Value],
}

/// Why an answer is no list to an IdP.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ListFault {
    /// Not JSON, or no object.
    #[error("the body is no JSON object")]
    NoObject,
    /// A member is missing or has another type than the IdP reads.
    #[error("`{name}` is {}", found.as_ref().map_or_else(|| "missing".to_owned(), Value::to_string))]
    Member {
        /// Its name.
        name: &'static str,
        /// What stands there.
        found: Option<Value>,
    },
}

/// Reads the body of a successful answer.
pub fn read_list(response: &Response, strict: Strictness) -> Result<Listing<'_>, ListFault> {
    let body = response.json().and_then(Value::as_object).ok_or(ListFault::NoObject)?;
    let get = |name: &'static str| if strict.exact_names { body.get(name) } else { member(body, name) };
    if strict.schemas && !names_list_response(get("schemas")) {
        return Err(ListFault::Member { name: "schemas", found: get("schemas").cloned() });
    }
    let total = number("totalResults", get("totalResults"), strict)?.ok_or_else(|| missing("totalResults"))?;
    number("startIndex", get("startIndex"), strict)?;
    number("itemsPerPage", get("itemsPerPage"), strict)?;
    let resources = match get("Resources") {
        Some(Value::Array(resources)) => resources.as_slice(),
        None | Some(Value::Null) if total == 0 && !strict.resources => &[],
        // A page beyond the end, or `count=0`: legal without the member.
        None if !strict.resources => &[],
        other => return Err(ListFault::Member { name: "Resources", found: other.cloned() }),
    };
    Ok(Listing { total, resources })
}

fn missing(name: &'static str) -> ListFault {
    ListFault::Member { name, found: None }
}

fn number(name: &'static str, value: Option<&Value>, strict: Strictness) -> Result<Option<u64>, ListFault> {
    let Some(value) = value else { return Ok(None) };
    let as_text = || value.as_str().filter(|_| !strict.numbers).and_then(|text| text.parse().ok());
    match value.as_u64().or_else(as_text) {
        Some(number) => Ok(Some(number)),
        None => Err(ListFault::Member { name, found: Some(value.clone()) }),
    }
}

fn names_list_response(schemas: Option<&Value>) -> bool {
    let schemas = schemas.and_then(Value::as_array);
    schemas.is_some_and(|urns| {
        urns.iter().any(|urn| urn.as_str().is_some_and(|urn| urn.eq_ignore_ascii_case(LIST_RESPONSE)))
    })
}

impl<'r> Listing<'r> {
    /// The resource at a position of the page, when it is an object.
    pub fn resource(&self, index: usize) -> Option<&'r Map<String, Value>> {
        self.resources.get(index)?.as_object()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::http::Headers;

    fn answer(body: &Value) -> Response {
        Response::new(200, Headers::new(), body.to_string())
    }

    const OKTA: Strictness = Strictness { exact_names: false, schemas: false, resources: false, numbers: true };

    #[test]
    fn a_number_written_as_text_is_no_list_to_okta() {
        let body = json!({ "totalResults": 0, "startIndex": "1", "Resources": [] });
        let fault = read_list(&answer(&body), OKTA).unwrap_err();
        assert_eq!(fault.to_string(), "`startIndex` is \"1\"");
        assert_eq!(read_list(&answer(&body), Strictness::default()).map(|list| list.total), Ok(0));
    }

    #[test]
    fn okta_reads_names_in_any_case_and_an_empty_list_without_resources() {
        let body = json!({ "totalresults": 0, "startindex": 1, "itemsperpage": 0 });
        assert_eq!(read_list(&answer(&body), OKTA), Ok(Listing { total: 0, resources: &[] }));
    }

    #[test]
    fn whoever_insists_names_what_is_missing() {
        let strict = Strictness { exact_names: true, schemas: true, resources: true, numbers: true };
        let body = json!({ "schemas": [LIST_RESPONSE], "totalResults": 0, "resources": [] });
        assert_eq!(read_list(&answer(&body), strict).unwrap_err().to_string(), "`Resources` is missing");
        let body = json!({ "totalResults": 0, "Resources": [] });
        assert_eq!(read_list(&answer(&body), strict).unwrap_err().to_string(), "`schemas` is missing");
        assert_eq!(read_list(&answer(&json!([])), strict), Err(ListFault::NoObject));
    }
}

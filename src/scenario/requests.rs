//! Steps about requests: `list`, `walk`, `request`, `load`, `each-attribute`, from the file to the model.

use serde_json::{Map, Value, json};

use super::file::{EachAttributeFile, ListFile, LoadFile, RequestFile, WalkFile};
use super::model::{CredentialChoice, RawRequest, Verb};
use super::parse::Place;
use super::sweep::{EachAttribute, Load, PagedBy, Special, Walk};
use crate::http::Method;
use crate::scim::urn;
use crate::yaml::DataError;

/// Most requests of one `load`.
const MAX_LOAD: u32 = 1_000;

/// `each-attribute`.
pub(super) fn each_attribute(each: EachAttributeFile, line: u32, place: &Place<'_>) -> Result<Verb, DataError> {
    let (key, is_group) = match (each.user, each.group) {
        (Some(user), None) => (user, false),
        (None, Some(group)) => (group, true),
        _ => return Err(place.error(line, "`each-attribute` needs either `user` or `group`")),
    };
    let by = match each.by.as_str() {
        "post" => Method::Post,
        "patch" => Method::Patch,
        "put" => Method::Put,
        other => return Err(place.unknown(line, "way to write", other, &["post", "patch", "put"])),
    };
    let which = match each.which.as_deref() {
        None => None,
        Some("immutable") => Some(Special::Immutable),
        Some("read-only") => Some(Special::ReadOnly),
        Some("on-request") => Some(Special::OnRequest),
        Some(other) => {
            return Err(place.unknown(line, "kind of attribute", other, &["immutable", "read-only", "on-request"]));
        }
    };
    Ok(Verb::EachAttribute(EachAttribute { key, is_group, by, which }))
}

/// `list`.
pub(super) fn list(list: ListFile) -> Verb {
    let text =
        |value: Option<Value>| value.map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned));
    let parameters = [
        ("attributes", list.attributes),
        ("cursor", list.cursor),
        ("excludedAttributes", list.excluded_attributes),
        ("filter", list.filter),
        ("sortBy", list.sort_by),
        ("sortOrder", list.sort_order),
        ("startIndex", text(list.start_index)),
        ("count", text(list.count)),
    ];
    Verb::Request(RawRequest {
        method: Method::Get,
        path: list.path,
        parameters: parameters.into_iter().filter_map(|(name, value)| Some((name, value?))).collect(),
        headers: Vec::new(),
        body: None,
        overrides: Map::new(),
        without: Vec::new(),
        beyond: Vec::new(),
        credential: CredentialChoice::Own,
    })
}

/// `walk`.
pub(super) fn walk(walk: WalkFile, line: u32, place: &Place<'_>) -> Result<Verb, DataError> {
    let target = match walk.filter {
        Some(filter) => format!("{}?filter={filter}", walk.path),
        None => walk.path,
    };
    let by = match walk.by.as_deref() {
        None | Some("index") => PagedBy::Index,
        Some("cursor") => PagedBy::Cursor,
        Some("search-cursor") => PagedBy::SearchCursor,
        Some(other) => return Err(place.unknown(line, "way to page", other, &["index", "cursor", "search-cursor"])),
    };
    Ok(Verb::Walk(Walk { target, page: walk.page.max(1), by, until: walk.until }))
}

/// `load`.
pub(super) fn load(load: LoadFile, line: u32, place: &Place<'_>) -> Result<Verb, DataError> {
    let total = load.per_second.saturating_mul(load.seconds);
    if load.get.is_empty() || total == 0 || total > MAX_LOAD {
        let message = format!("`load` needs GET, per-second and seconds, together 1 to {MAX_LOAD} requests");
        return Err(place.error(line, message));
    }
    Ok(Verb::Load(Load { target: load.get, per_second: load.per_second, seconds: load.seconds }))
}

/// `request`.
pub(super) fn request(request: RequestFile, line: u32, place: &Place<'_>) -> Result<Verb, DataError> {
    let methods = [
        (Method::Get, request.get),
        (Method::Post, request.post),
        (Method::Put, request.put),
        (Method::Patch, request.patch),
        (Method::Delete, request.delete),
        (Method::Head, request.head),
        (Method::Options, request.options),
    ];
    let mut named = methods.into_iter().filter_map(|(method, path)| Some((method, path?)));
    let (Some((method, path)), None) = (named.next(), named.next()) else {
        return Err(place.error(line, "`request` needs one method with its path, such as `PATCH: /Users/${alice.id}`"));
    };
    let body = match (request.body, request.operations) {
        (body, None) => body,
        (None, Some(operations)) if method == Method::Patch => {
            Some(json!({"schemas": [urn::PATCH_OP], "Operations": operations}))
        }
        (None, Some(_)) => return Err(place.error(line, "`operations` belong to a PATCH")),
        (Some(_), Some(_)) => return Err(place.error(line, "a request has either `body` or `operations`")),
    };
    let credential = match request.credential.as_deref() {
        None | Some("own") => CredentialChoice::Own,
        Some("none") => CredentialChoice::None,
        Some("lower-case") => CredentialChoice::LowerCase,
        Some("wrong") => CredentialChoice::Wrong,
        Some("cut") => CredentialChoice::Cut,
        Some("longer") => CredentialChoice::Longer,
        Some("other-end") => CredentialChoice::OtherEnd,
        Some("other-case") => CredentialChoice::OtherCase,
        Some("other-tenant") => CredentialChoice::OtherTenant,
        Some(other) => {
            let known =
                ["own", "lower-case", "none", "wrong", "cut", "longer", "other-end", "other-case", "other-tenant"];
            return Err(place.unknown(line, "credential", other, &known));
        }
    };
    Ok(Verb::Request(RawRequest {
        method,
        path,
        parameters: Vec::new(),
        headers: request.headers.into_iter().collect(),
        body,
        overrides: request.overrides,
        without: request.without,
        beyond: request.beyond.into_iter().collect(),
        credential,
    }))
}

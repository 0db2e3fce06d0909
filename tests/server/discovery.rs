//! What a client can find out (RFC 7644 §4, RFC 7643 §5-7).

use scimulator::http::Method;
use serde_json::{Value, json};

use super::support::{BASE, ENTERPRISE, GROUP, Scim, USER, refused};

#[test]
fn the_configuration_is_one_object_with_everything_that_is_required() {
    let mut scim = Scim::rfc();
    let config = scim.shown("/ServiceProviderConfig");
    for name in ["patch", "bulk", "filter", "changePassword", "sort", "etag"] {
        assert!(config[name]["supported"].is_boolean(), "{name}");
    }
    for (name, limit) in [("bulk", "maxOperations"), ("bulk", "maxPayloadSize"), ("filter", "maxResults")] {
        assert!(config[name][limit].is_u64(), "{name}.{limit}");
    }
    let scheme = &config["authenticationSchemes"][0];
    assert_eq!(scheme["type"], "oauthbearertoken");
    assert!(scheme["name"].is_string() && scheme["description"].is_string());
    assert_eq!(config["meta"]["location"], format!("{BASE}/ServiceProviderConfig"));
}

#[test]
fn types_and_schemas_are_complete_lists_whatever_page_is_asked_for() {
    let mut scim = Scim::rfc();
    for (path, count) in [("/ResourceTypes", 2), ("/Schemas", 3)] {
        let list = scim.shown(path);
        assert_eq!((&list["totalResults"], list["Resources"].as_array().map(Vec::len)), (&json!(count), Some(count)));
        assert_eq!(scim.shown(&format!("{path}?startIndex=2&count=1&sortBy=name")), list);
        refused(&scim.get(&format!("{path}?filter=id%20eq%20%22x%22")), 403, None);
    }
}

#[test]
fn each_type_names_an_endpoint_that_answers_and_schemas_that_exist() {
    let mut scim = Scim::rfc();
    for kind in scim.shown("/ResourceTypes")["Resources"].as_array().unwrap().clone() {
        let id = kind["id"].as_str().unwrap();
        assert_eq!(scim.shown(&format!("/ResourceTypes/{id}")), kind);
        assert_eq!(scim.shown(&format!("{}?count=1", kind["endpoint"].as_str().unwrap()))["totalResults"], 0);
        let extensions = kind["schemaExtensions"].as_array().cloned().unwrap_or_default();
        let extensions: Vec<&Value> = extensions.iter().map(|extension| &extension["schema"]).collect();
        for schema in std::iter::once(&kind["schema"]).chain(extensions) {
            let schema = schema.as_str().unwrap();
            assert_eq!(scim.shown(&format!("/Schemas/{schema}"))["id"], schema);
        }
    }
    refused(&scim.get("/ResourceTypes/Nope"), 404, None);
}

#[test]
fn a_schema_is_found_by_its_urn_in_any_form() {
    let mut scim = Scim::rfc();
    let schema = scim.shown(&format!("/Schemas/{USER}"));
    assert_eq!((&schema["id"], &schema["meta"]["resourceType"]), (&json!(USER), &json!("Schema")));
    for form in [USER.replace(':', "%3A"), USER.replace(':', "%3a"), USER.to_uppercase()] {
        assert_eq!(scim.shown(&format!("/Schemas/{form}")), schema);
    }
    refused(&scim.get("/Schemas/urn:x"), 404, None);
    refused(&scim.get("/Schemas/urn:ietf:params:scim:api:messages:2.0:ListResponse"), 404, None);
}

#[test]
fn schemas_say_what_the_rfc_says_and_what_this_tenant_does() {
    let mut scim = Scim::rfc();
    let attribute = |schema: &Value, name: &str| {
        schema["attributes"].as_array().unwrap().iter().find(|one| one["name"] == name).cloned().unwrap()
    };
    let user = scim.shown(&format!("/Schemas/{USER}"));
    let user_name = attribute(&user, "userName");
    assert_eq!(
        (&user_name["required"], &user_name["caseExact"], &user_name["uniqueness"]),
        (&json!(true), &json!(false), &json!("server"))
    );
    let password = attribute(&user, "password");
    assert_eq!((&password["mutability"], &password["returned"]), (&json!("writeOnly"), &json!("never")));
    let name = attribute(&scim.shown(&format!("/Schemas/{GROUP}")), "displayName");
    assert_eq!((&name["required"], &name["uniqueness"]), (&json!(true), &json!("server")));
    assert!(!scim.shown("/Schemas").to_string().contains("null"));
}

#[test]
fn a_tenants_own_extensions_are_among_them() {
    let mut scim = Scim::calendly();
    let types = scim.shown("/ResourceTypes/User");
    let urns: Vec<&str> =
        types["schemaExtensions"].as_array().unwrap().iter().map(|one| one["schema"].as_str().unwrap()).collect();
    assert_eq!(
        urns,
        [ENTERPRISE, "urn:ietf:params:scim:schemas:extension:Calendly:2.0:User", "urn:calendly:scim:schemas:2.0:User"]
    );
    for urn in urns {
        assert_eq!(scim.shown(&format!("/Schemas/{urn}"))["id"], urn);
    }
}

#[test]
fn discovery_cannot_be_written() {
    let mut scim = Scim::rfc();
    for path in ["/ServiceProviderConfig", "/ResourceTypes/User", "/Schemas", "/ResourceTypes"] {
        let before = scim.shown(path);
        for method in [Method::Post, Method::Put, Method::Patch, Method::Delete] {
            let answer = scim.send(method, path, Some(&before));
            refused(&answer, 405, None);
            assert_eq!(answer.headers.get("allow"), Some("GET, HEAD, OPTIONS"));
        }
        assert_eq!(scim.shown(path), before);
    }
}

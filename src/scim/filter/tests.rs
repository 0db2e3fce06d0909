//! What must hold of filters, by rule of the catalogue.

use serde_json::{Value, json};

use super::{Filter, MAX_DEPTH, MAX_LENGTH};
use crate::scim::{ResourceSchema, ScimType, urn};

fn alice() -> Value {
    json!({
        "schemas": [urn::CORE_USER, urn::ENTERPRISE_USER], "id": "u-1", "externalId": "AbC", "userName": "Alice+1@x.com",
        "displayName": "a%b_c", "active": true, "nickName": "", "name": {"familyName": "O'Malley", "givenName": "Ålice"},
        "emails": [{"type": "work", "value": "a@x", "primary": true}, {"type": "home", "value": "b@y"}],
        "password": "secret",
        "meta": {"created": "2026-01-05T12:00:00.500Z", "resourceType": "User"},
        urn::ENTERPRISE_USER: {"department": "D", "manager": {"value": "m-1"}},
    })
}

fn fits(filter: &str) -> bool {
    let parsed = Filter::parse(filter).unwrap_or_else(|error| panic!("{filter}: {error}"));
    parsed.matches(alice().as_object().unwrap(), ResourceSchema::user())
}

fn assert_fit(filters: &[&str]) {
    for filter in filters {
        assert!(fits(filter), "should fit: {filter}");
    }
}

fn assert_no_fit(filters: &[&str]) {
    for filter in filters {
        assert!(!fits(filter), "should not fit: {filter}");
    }
}

#[test]
fn text_follows_case_exact() {
    assert_fit(&[r#"userName eq "alice+1@X.COM""#, r#"externalId eq "AbC""#, r#"name.givenName eq "ÅLICE""#]);
    assert_no_fit(&[r#"externalId eq "abc""#, r#"id eq "U-1""#, r#"userName eq "alice""#]);
}

#[test]
fn names_operators_and_keywords_have_no_case() {
    assert_fit(&[
        r#"USERNAME Eq "alice+1@x.com" AND active EQ true"#,
        r#"Emails.Value eq "A@X" Or zz PR"#,
        "META.CREATED pr",
        "NOT (title PR)",
    ]);
}

#[test]
fn parts_of_text_are_literal_and_include_the_whole() {
    assert_fit(&[r#"displayName co "%B_""#, r#"displayName sw "a%""#, r#"displayName ew "_c""#]);
    assert_fit(&[r#"displayName co "a%b_c""#, r#"displayName sw "A%B_C""#, r#"displayName ew "a%b_c""#]);
    assert_no_fit(&[r#"displayName co "a_b""#, r#"displayName sw "b""#, r#"displayName ew "b""#]);
}

#[test]
fn present_means_a_value_that_is_not_empty() {
    assert_fit(&["emails pr", "name pr", "emails.primary pr", "manager pr", "active pr"]);
    assert_no_fit(&["title pr", "nickName pr", "phoneNumbers pr", "name.middleName pr", "zz pr"]);
}

#[test]
fn moments_compare_as_instants() {
    assert_fit(&[
        r#"meta.created eq "2026-01-05T13:00:00.500+01:00""#,
        r#"meta.created gt "2026-01-05T13:00:00+01:00""#,
        r#"meta.created le "2026-01-05T12:00:00.5Z""#,
    ]);
    assert_no_fit(&[r#"meta.created lt "2026-01-05T12:00:00.5Z""#, r#"meta.created gt "yesterday""#]);
}

#[test]
fn text_is_ordered_without_case() {
    assert_fit(&[r#"userName gt "ALICE""#, r#"userName ge "alice+1@x.com""#, r#"userName lt "B""#]);
    assert_no_fit(&[r#"userName lt "alice""#, "userName gt 1"]);
}

#[test]
fn numbers_compare_by_value() {
    let resource = json!({"size": 10, "ratio": 0.5});
    for (filter, expected) in [
        ("size eq 10.0", true),
        ("size gt 9", true),
        ("size lt 9", false),
        ("ratio ge 5e-1", true),
        ("ratio gt -1", true),
        (r#"size eq "10""#, false),
    ] {
        let filter = Filter::parse(filter).unwrap();
        assert_eq!(filter.matches(resource.as_object().unwrap(), ResourceSchema::unknown()), expected, "{filter}");
    }
}

#[test]
fn literals_are_those_of_json() {
    assert_fit(&["active eq true", r#"active eq "True""#, "active ne false", "title eq null", "userName ne null"]);
    assert_no_fit(&["active eq false", "active ne true", "userName eq null", "title ne null", r#"active eq "yes""#]);
    assert_fit(&[r#"name.familyName eq "O\u0027malley""#, r#"userName eq "\u0041lice\u002b1@x.com""#]);
}

#[test]
fn any_value_may_fit() {
    assert_fit(&[r#"emails.value eq "a@x""#, r#"emails.value eq "b@y""#, r#"emails co "@y""#, r#"emails eq "A@X""#]);
    assert_fit(&[r#"emails.type eq "work" and emails.value co "@y""#, r#"emails.value ne "a@x""#]);
    assert_no_fit(&[r#"emails.value eq "c@z""#, r#"not (emails.value eq "a@x")"#]);
}

#[test]
fn brackets_speak_of_one_value() {
    assert_fit(&[
        r#"emails[type eq "work" and value co "@x"]"#,
        r#"emails[not (type eq "home")]"#,
        "emails[primary eq true]",
    ]);
    assert_fit(&[r#"emails[type eq "work"].value eq "a@x""#, r#"emails[type eq "work"].display eq null"#]);
    assert_no_fit(&[r#"emails[type eq "work" and value co "@y"]"#, r#"emails[type eq "work"].value eq "b@y""#]);
    assert_fit(&[r#"schemas[value eq "urn:ietf:params:scim:schemas:core:2.0:User"]"#]);
}

#[test]
fn not_binds_before_and_before_or() {
    assert_fit(&[
        r#"displayName eq "a%b_c" or title pr and active eq false"#,
        "not (title pr) and active eq true",
        "not(title pr)",
        "not (active eq true and title pr)",
    ]);
    assert_no_fit(&[
        r#"(displayName eq "a%b_c" or title pr) and active eq false"#,
        "not (title pr) and active eq false",
    ]);
}

#[test]
fn names_may_carry_their_urn() {
    for filter in [
        r#"urn:ietf:params:scim:schemas:core:2.0:User:userName sw "alice""#,
        "urn:ietf:params:scim:schemas:core:2.0:User:name.familyName pr",
        r#"URN:ietf:params:scim:schemas:extension:enterprise:2.0:user:department eq "d""#,
        r#"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value eq "m-1""#,
        r#"manager eq "m-1""#,
        r#"schemas eq "urn:ietf:params:scim:schemas:extension:enterprise:2.0:user""#,
    ] {
        assert_fit(&[filter]);
    }
    assert_no_fit(&["urn:x:y:userName pr"]);
}

#[test]
fn what_no_answer_shows_cannot_be_found_out() {
    assert_no_fit(&[r#"password sw "s""#, "password pr", r#"password eq "secret""#]);
    let problem = Filter::parse("title pr or password pr").unwrap().check(ResourceSchema::user()).unwrap_err();
    assert_eq!(problem.scim_type, Some(ScimType::InvalidFilter));
}

#[test]
fn booleans_and_binary_values_have_no_order() {
    for filter in ["active gt true", r#"x509Certificates.value lt "x""#, "emails[primary ge true]"] {
        let problem = Filter::parse(filter).unwrap().check(ResourceSchema::user()).unwrap_err();
        assert_eq!((problem.status, problem.scim_type), (400, Some(ScimType::InvalidFilter)), "{filter}");
    }
    assert!(Filter::parse(r#"userName gt "a" and active eq true"#).unwrap().check(ResourceSchema::user()).is_ok());
}

#[test]
fn unknown_attributes_are_told() {
    let filter = Filter::parse(r#"zzNoSuch eq "1" and emails[zz pr] and userName pr"#).unwrap();
    let unknown: Vec<_> = filter.unknown(ResourceSchema::user()).iter().map(ToString::to_string).collect();
    assert_eq!(unknown, ["zzNoSuch", "emails.zz"]);
}

#[test]
fn malformed_filters_say_what_and_where() {
    for (text, message) in [
        ("", "the filter is empty, at byte 0"),
        ("  ", "the filter is empty"),
        ("userName", "an operator is missing after `userName`, at byte 8"),
        ("userName eq", "a value is missing after `eq`, at byte 11"),
        ("userName eq ", "a value is missing after `eq`"),
        (r#"userName eq "a"#, "the closing quote of a text is missing, at byte 12"),
        (r#"userName eq "a\""#, "the closing quote of a text is missing"),
        (r#"(userName eq "a""#, "`)` is missing, at byte 0"),
        (r#"userName eq "a")"#, "`)` is not expected here, at byte 15"),
        ("userName eq a b", "the text `a` must stand in double quotes, at byte 12"),
        ("active eq True", "the text `True` must stand in double quotes"),
        (r#"eq "a""#, "an operator is missing after `eq`"),
        (r#"emails[type eq "work""#, "`]` is missing, at byte 6"),
        ("emails[]", "the brackets are empty"),
        (r#"userName eq "a" xor active eq true"#, "`xor` is not expected here, at byte 16"),
        (r#"userName regex "x""#, "the operator `regex` is not supported; expected one of eq, ne, co,"),
        (r#"userName eq "a" and"#, "an expression is missing after `and`"),
        (r#"userName eq "a"and title pr"#, "`and` needs a blank before and after it"),
        ("title pr and(userName pr)", "`and` needs a blank before and after it"),
        (r#"userName eq "\q""#, r#""\q" is no JSON string"#),
        ("userName eq 01", "the text `01` must stand in double quotes"),
        ("emails[ims[type pr]]", "brackets cannot stand inside brackets"),
        ("not title pr", "the operator `title` is not supported"),
        (r#"emails[type eq "work"] eq "x""#, "`eq` is not expected here"),
        (r#"emails[type eq "work"].value"#, "an operator is missing after `value`"),
        ("userName..x pr", "`.x` is no sub-attribute name"),
        ("é pr", "`é` is no attribute name, at byte 0"),
        ("title pr é", "`é` is not expected here"),
    ] {
        let error = Filter::parse(text).unwrap_err();
        assert!(error.to_string().starts_with(message), "{text}: {error}");
        assert!(text.get(error.at.clone()).is_some(), "{text}: {:?}", error.at);
    }
}

#[test]
fn depth_and_length_are_bounded() {
    let nested = |depth: usize| format!("{}title pr{}", "(".repeat(depth), ")".repeat(depth));
    assert!(Filter::parse(&nested(MAX_DEPTH)).is_ok());
    assert!(Filter::parse(&nested(MAX_DEPTH + 1)).unwrap_err().message.contains("nested deeper than 64"));
    assert!(Filter::parse(&"(".repeat(MAX_LENGTH)).is_err());
    let long = vec!["title pr"; 2_000].join(" or ");
    assert!(Filter::parse(&long).is_ok());
    assert!(Filter::parse(&"a".repeat(MAX_LENGTH + 1)).unwrap_err().message.contains("longer than 32768 bytes"));
}

#[test]
fn an_index_is_told_of_plain_equality_only() {
    let equality = Filter::parse(r#"userName eq "a""#).unwrap();
    let (path, value) = equality.as_equality().unwrap();
    assert_eq!((path.name.as_str(), value), ("userName", &json!("a")));
    assert!(Filter::parse(r#"userName ne "a""#).unwrap().as_equality().is_none());
    assert!(Filter::parse(r#"not (userName eq "a")"#).unwrap().as_equality().is_none());
}

#[test]
fn the_examples_of_the_rfc_are_read() {
    for text in [
        r#"userName eq "bjensen""#,
        r#"name.familyName co "O'Malley""#,
        r#"urn:ietf:params:scim:schemas:core:2.0:User:userName sw "J""#,
        r#"meta.lastModified gt "2011-05-13T04:42:34Z""#,
        r#"title pr and userType eq "Employee""#,
        r#"schemas eq "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User""#,
        r#"userType eq "Employee" and (emails co "example.com" or emails.value co "example.org")"#,
        r#"userType ne "Employee" and not (emails co "example.com" or emails.value co "example.org")"#,
        r#"userType eq "Employee" and emails[type eq "work" and value co "@example.com"]"#,
        r#"emails[type eq "work" and value co "@example.com"] or ims[type eq "xmpp" and value co "@foo.com"]"#,
    ] {
        assert_eq!(Filter::parse(text).unwrap().to_string(), text);
    }
}

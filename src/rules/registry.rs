//! Which passive rules there are.

use super::observed::Observed;
use super::res::{identity, location, same, secrets, shape, times};
use super::sink::Sink;
use super::{auth, discovery, error, etag, http, idps, internals, list, rate, rt, schema, spc};

/// Looks at one exchange and reports what deviates.
pub type Check = fn(&Observed<'_>, &mut Sink<'_>);

/// The rule about requests that got no whole answer; all others look at answers.
pub(super) const COMPLETE_ANSWER: &str = "http/complete-answer";

/// The id of every passive rule; each has a file of the same name in `scenarios/rules/`.
pub fn passive() -> impl Iterator<Item = &'static str> {
    PASSIVE.iter().map(|(id, _)| *id).chain([COMPLETE_ANSWER])
}

/// Every passive rule that looks at answers, with its check.
pub(super) fn checks() -> &'static [(&'static str, Check)] {
    PASSIVE
}

static PASSIVE: &[(&str, Check)] = &[
    ("auth/bearer-challenge", auth::bearer_challenge),
    ("auth/www-authenticate", auth::www_authenticate),
    ("create/location", location::of_created),
    ("cursor/characters", list::cursor_characters),
    ("delete/status-204", http::deleted),
    ("discovery/meta", discovery::meta),
    ("discovery/whole-list", discovery::whole_list),
    ("entra/group-patch-204", idps::group_patch_204),
    ("error/detail", error::detail),
    ("error/detail-present", error::detail_present),
    ("error/no-internals", internals::no_internals),
    ("error/schema", error::schema),
    ("error/scimtype-known", error::scimtype_known),
    ("error/scimtype-status", error::scimtype_status),
    ("error/status-match", error::status_match),
    ("error/status-string", error::status_string),
    ("etag/header", etag::header),
    ("filter/sensitive", error::sensitive),
    ("http/allow", http::allow),
    ("http/charset-utf8", http::charset_utf8),
    ("http/content-coding", http::content_coding),
    ("http/content-type", http::content_type),
    ("http/empty-on-204", http::empty_on_204),
    ("http/json-object", http::json_object),
    ("http/no-5xx", http::no_5xx),
    ("http/no-duplicate-members", http::no_duplicate_members),
    ("http/no-redirect", http::no_redirect),
    ("http/redirect-code", http::redirect_code),
    ("http/scim-media-type", http::scim_media_type),
    ("http/tls", http::tls),
    ("list/items-per-page", list::items_per_page),
    ("list/no-duplicates", list::no_duplicates),
    ("list/one-type", list::one_type),
    ("list/partial-members", list::partial_members),
    ("list/resources", list::resources),
    ("list/schema", list::schema),
    ("list/total-results", list::total_results),
    ("okta/base-url", idps::base_url),
    ("okta/response-time", idps::response_time),
    ("rate/body", rate::body),
    ("rate/lets-through", rate::lets_through),
    ("rate/retry-after", rate::retry_after),
    ("res/boolean-type", shape::boolean_type),
    ("res/canonical-names", shape::canonical_names),
    ("res/created-constant", times::created_constant),
    ("res/datetime-form", times::datetime_form),
    ("res/extension-container", shape::extension_container),
    ("res/id-present", identity::id_present),
    ("res/id-reserved", identity::id_reserved),
    ("res/id-unique", identity::id_unique),
    ("res/lastmodified-initial", times::lastmodified_initial),
    ("res/location-headers-agree", location::location_headers_agree),
    ("res/meta-dates", times::meta_dates),
    ("res/meta-location", location::meta_location),
    ("res/meta-resource-type", identity::meta_resource_type),
    ("res/multivalued-array", shape::multivalued_array),
    ("res/no-duplicate-values", shape::no_duplicate_values),
    ("res/no-placeholder", shape::no_placeholder),
    ("res/password-never", secrets::password_never),
    ("res/primary-once", shape::primary_once),
    ("res/ref-resolves", location::ref_resolves),
    ("res/required-present", identity::required_present),
    ("res/returned-never", secrets::returned_never),
    ("res/same-everywhere", same::same_everywhere),
    ("res/schemas-base", identity::schemas_base),
    ("res/schemas-present", identity::schemas_present),
    ("res/type-matches-schema", shape::type_matches_schema),
    ("rt/extension-shape", rt::extension_shape),
    ("rt/schema-resolves", rt::schema_resolves),
    ("rt/shape", rt::shape),
    ("rt/user-group", rt::user_group),
    ("schema/attribute-shape", schema::attribute_shape),
    ("schema/complex-subattributes", schema::complex_subattributes),
    ("schema/core-group-truth", schema::core_group_truth),
    ("schema/core-user-truth", schema::core_user_truth),
    ("schema/covers-responses", schema::covers_responses),
    ("schema/no-message-urns", schema::no_message_urns),
    ("schema/no-null-members", schema::no_null_members),
    ("schema/reference-types", schema::reference_types),
    ("schema/shape", schema::shape),
    ("spc/auth-schemes", spc::auth_schemes),
    ("spc/max-results", spc::max_results),
    ("spc/meta", spc::meta),
    ("spc/pagination-member", spc::pagination_member),
    ("spc/required-members", spc::required_members),
    ("spc/security-events", spc::security_events),
];

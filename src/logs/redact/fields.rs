//! Which attributes and columns hold personal values, by name.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::formats::Kind;

/// Names of attributes and columns whose values are personal, without `_`, in lower case.
const NAMES: [&str; 50] = [
    "displayname",
    "alternateid",
    "givenname",
    "familyname",
    "middlename",
    "nickname",
    "firstname",
    "lastname",
    "formatted",
    "username",
    "realname",
    "csusername",
    "login",
    "email",
    "mail",
    "upn",
    "userprincipalname",
    "mailnickname",
    "surname",
    "secondemail",
    "city",
    "state",
    "country",
    "postalcode",
    "streetaddress",
    "locality",
    "region",
    "employeenumber",
    "employeeid",
    "department",
    "division",
    "costcenter",
    "organization",
    "title",
    "jobtitle",
    "manager",
    "members",
    "display",
    "phonenumber",
    "mobilephone",
    "telephonenumber",
    "asorg",
    "serviceprincipaldisplayname",
    "sourceidentitydisplayname",
    "targetidentitydisplayname",
    "sourcesystemdisplayname",
    "targetsystemdisplayname",
    "remoteuser",
    "preferredusername",
    "appdisplayname",
];
/// … whose values are ids.
pub const IDS: [&str; 15] = [
    "id",
    "externalid",
    "externalsessionid",
    "dthash",
    "requestid",
    "sessionid",
    "rootsessionid",
    "jobid",
    "tenantid",
    "objectid",
    "userid",
    "transactionid",
    "apiid",
    "accountid",
    "traceid",
];
/// … of SCIM whose values say nothing about a person.
pub const PLAIN: [&str; 21] = [
    "schemas",
    "resourcetype",
    "version",
    "created",
    "lastmodified",
    "locale",
    "timezone",
    "preferredlanguage",
    "type",
    "scimtype",
    "detail",
    "status",
    "op",
    "path",
    "primary",
    "active",
    "usertype",
    "message",
    "error",
    "meta",
    "code",
];

/// Bytes of the longest name.
const LONGEST_NAME: usize = 32;

/// What the values of an attribute or column are; `None` when they may be anything.
pub fn kind_of(name: &str) -> Option<Kind> {
    static KINDS: LazyLock<HashMap<&str, Kind>> = LazyLock::new(|| {
        let ids = IDS.into_iter().map(|name| (name, Kind::Id));
        ids.chain(NAMES.into_iter().map(|name| (name, Kind::Word))).collect()
    });
    let (mut compared, mut length) = ([0; LONGEST_NAME], 0);
    for byte in name.bytes().filter(|byte| !matches!(byte, b'_' | b' ' | b'-')) {
        *compared.get_mut(length)? = byte.to_ascii_lowercase();
        length += 1;
    }
    KINDS.get(std::str::from_utf8(&compared[..length]).ok()?).copied()
}

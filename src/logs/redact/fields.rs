//! Which attributes and columns hold personal values, by name.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::formats::Kind;
use super::hash::Seed;

/// Names of attributes and columns whose values are personal, without `_`, in lower case, beside those of persons.
const NAMES: [&str; 52] = [
    "alternateid",
    "formatted",
    "realname",
    "login",
    "email",
    "mail",
    "upn",
    "secondemail",
    "city",
    "state",
    "country",
    "locality",
    "region",
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
    "asorg",
    "remoteuser",
    "isp",
    "user",
    "uid",
    "cn",
    "dn",
    "principal",
    "actor",
    "assignee",
    "cityname",
    "clientcity",
    "customer",
    "company",
    "org",
    "orgname",
    "tenant",
    "address",
    "initials",
    "honorificprefix",
    "iban",
    "macaddress",
    "badge",
    "xrealuser",
    "xforwardeduser",
    "xauthenticateduser",
    "xclientcertdn",
    "xamznoidcidentity",
    "xtenant",
];
/// … whose values are host names.
const HOSTS: [&str; 5] = ["domain", "host", "hostname", "machinename", "computername"];
/// Ends of names that others put something before, such as `actor_displayName` or `clientUsername`.
const ENDS: [&str; 14] = [
    "displayname",
    "username",
    "fullname",
    "firstname",
    "lastname",
    "givenname",
    "familyname",
    "surname",
    "emailaddress",
    "phonenumber",
    "groupname",
    "customername",
    "companyname",
    "streetaddress",
];
/// Names whose values are personal although they are numbers.
const NUMBERS: [&str; 6] = ["employeenumber", "employeeid", "userid", "personid", "badge", "customerid"];
/// Names of attributes of a person that stand for nothing else, wherever they are.
const OF_PERSONS: [&str; 18] = [
    "displayname",
    "givenname",
    "familyname",
    "middlename",
    "nickname",
    "firstname",
    "lastname",
    "fullname",
    "username",
    "userprincipalname",
    "mailnickname",
    "samaccountname",
    "surname",
    "employeenumber",
    "streetaddress",
    "postalcode",
    "mobilephone",
    "phonenumber",
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
    static KNOWN: LazyLock<Known> = LazyLock::new(Known::new);
    compared(name, |name| KNOWN.kind_of(name))?
}

/// All names, so that most others are told from them by their length and last letter.
struct Known {
    kinds: HashMap<&'static str, Kind, Seed>,
    /// By length: a bit for each last letter of a name.
    lasts: [u32; LONGEST_NAME + 1],
    /// … and of an end.
    lasts_of_ends: u32,
}

impl Known {
    fn new() -> Self {
        let ids = IDS.into_iter().map(|name| (name, Kind::Id));
        let hosts = HOSTS.into_iter().map(|name| (name, Kind::Host));
        let words = NAMES.into_iter().chain(OF_PERSONS).map(|name| (name, Kind::Word));
        let kinds: HashMap<&str, Kind, Seed> = ids.chain(hosts).chain(words).collect();
        let mut lasts = [0; LONGEST_NAME + 1];
        for name in kinds.keys() {
            lasts[name.len()] |= last(name);
        }
        Self { kinds, lasts, lasts_of_ends: ENDS.into_iter().fold(0, |all, end| all | last(end)) }
    }

    fn kind_of(&self, name: &str) -> Option<Kind> {
        let last = last(name);
        let known = (self.lasts[name.len()] & last != 0).then(|| self.kinds.get(name).copied()).flatten();
        let is_of_person = || self.lasts_of_ends & last != 0 && ENDS.iter().any(|end| name.ends_with(end));
        known.or_else(|| is_of_person().then_some(Kind::Word))
    }
}

/// A bit for the last letter of a name.
fn last(name: &str) -> u32 {
    name.bytes().next_back().map_or(0, |last| 1 << (last % 32))
}

/// Whether a number behind this name says who somebody is.
pub fn is_number_of(name: &str) -> bool {
    compared(name, |name| NUMBERS.contains(&name)).unwrap_or_default()
}

/// Whether a name is that of an attribute of a person, and of nothing else.
pub fn is_of_person(name: &str) -> bool {
    compared(name, |name| OF_PERSONS.contains(&name)).unwrap_or_default()
}

/// Gives a name as it is compared; `None` when it is longer than any. Log Analytics puts `_s` behind that of a text.
fn compared<T>(name: &str, with: impl FnOnce(&str) -> T) -> Option<T> {
    let (mut compared, mut length) = ([0; LONGEST_NAME], 0);
    let name = name.strip_suffix("_s").unwrap_or(name);
    for byte in name.bytes().filter(|byte| !matches!(byte, b'_' | b' ' | b'-')) {
        *compared.get_mut(length)? = byte.to_ascii_lowercase();
        length += 1;
    }
    std::str::from_utf8(&compared[..length]).ok().map(with)
}

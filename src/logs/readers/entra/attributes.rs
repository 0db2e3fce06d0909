//! Names of attributes in the details of a step: written without their dots, colons and at-signs.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex_lite::Regex;

/// Paths of Entra's default mappings and of the core schema (RFC 7643 §4.1, §4.2) that lose something when squashed.
const KNOWN: &[&str] = &[
    "name.formatted",
    "name.familyName",
    "name.givenName",
    "name.middleName",
    "name.honorificPrefix",
    "name.honorificSuffix",
    r#"emails[type eq "work"].value"#,
    r#"emails[type eq "home"].value"#,
    r#"emails[type eq "other"].value"#,
    r#"emails[type eq "work"].primary"#,
    r#"phoneNumbers[type eq "work"].value"#,
    r#"phoneNumbers[type eq "mobile"].value"#,
    r#"phoneNumbers[type eq "fax"].value"#,
    r#"phoneNumbers[type eq "home"].value"#,
    r#"phoneNumbers[type eq "other"].value"#,
    r#"addresses[type eq "work"].formatted"#,
    r#"addresses[type eq "work"].streetAddress"#,
    r#"addresses[type eq "work"].locality"#,
    r#"addresses[type eq "work"].region"#,
    r#"addresses[type eq "work"].postalCode"#,
    r#"addresses[type eq "work"].country"#,
    r#"addresses[type eq "other"].formatted"#,
    r#"roles[primary eq "True"].value"#,
    r#"roles[primary eq "True"].display"#,
    r#"roles[primary eq "True"].type"#,
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value",
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.displayName",
];

/// What stands among the details of an export without being an attribute.
const NOT_ATTRIBUTES: &[&str] = &["ReportableIdentifier", "odatatype"];

/// A path as details write it.
pub fn squashed(path: &str) -> String {
    path.chars().filter(|c| !matches!(c, '.' | ':' | '@')).collect()
}

/// The path of a name in the details of an export; `None` when it is no attribute, the name itself when the path cannot
/// be told.
pub fn path(name: &str) -> Option<Cow<'_, str>> {
    static EXTENSION: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"^urnietfparamsscimschemasextension(.+?)(\d)(\d)(User|Group)(.+)$")
            .expect("the pattern is constant")
    });
    static ELEMENT: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"^([A-Za-z]+\[[^\]]+\])([A-Za-z].*)$").expect("the pattern is constant"));
    static CORE: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"^urnietfparamsscimschemascore20(User|Group)(.+)$").expect("the pattern is constant")
    });
    if NOT_ATTRIBUTES.contains(&name) {
        return None;
    }
    if let Some(known) = KNOWN.iter().find(|known| squashed(known) == name) {
        return Some(Cow::Borrowed(*known));
    }
    if let Some(parts) = EXTENSION.captures(name) {
        let urn = "urn:ietf:params:scim:schemas:extension";
        return Some(Cow::Owned(format!(
            "{urn}:{}:{}.{}:{}:{}",
            &parts[1], &parts[2], &parts[3], &parts[4], &parts[5]
        )));
    }
    if let Some(parts) = CORE.captures(name) {
        return Some(Cow::Owned(format!("urn:ietf:params:scim:schemas:core:2.0:{}:{}", &parts[1], &parts[2])));
    }
    if let Some(parts) = ELEMENT.captures(name) {
        return Some(Cow::Owned(format!("{}.{}", &parts[1], &parts[2])));
    }
    Some(Cow::Borrowed(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_known_path_is_found_again() {
        for known in KNOWN {
            assert_eq!(path(&squashed(known)).as_deref(), Some(*known));
        }
    }

    #[test]
    fn names_that_no_table_holds_are_found_by_their_form() {
        for wanted in [
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department",
            "urn:ietf:params:scim:schemas:extension:Calendly:2.0:User:group",
            r#"ims[type eq "xmpp"].value"#,
            "userName",
            "externalId",
        ] {
            assert_eq!(path(&squashed(wanted)).as_deref(), Some(wanted));
        }
        assert_eq!(path("ReportableIdentifier"), None);
    }
}

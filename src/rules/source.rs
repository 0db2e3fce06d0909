//! Where the words stand that a rule cites.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::yaml;

/// Documents by the name under which rules cite them.
static DOCUMENTS: LazyLock<BTreeMap<String, String>> = LazyLock::new(|| {
    let text = include_str!("../../fixtures/documents.yaml");
    yaml::read("documents.yaml", text).expect("a test reads the file")
});

/// The address of a section of an RFC or of a document; `None` for a quirk of an IdP, which docs/idps.md explains.
pub fn address(source: &str) -> Option<String> {
    if let Some((rfc, section)) = source.split_once(" §") {
        return Some(format!("https://www.rfc-editor.org/rfc/{}#section-{section}", rfc.to_lowercase()));
    }
    DOCUMENTS.get(source).cloned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_and_documents_have_an_address_and_quirks_have_none() {
        assert_eq!(address("RFC7644 §3.5.2").as_deref(), Some("https://www.rfc-editor.org/rfc/rfc7644#section-3.5.2"));
        assert!(address("Okta SCIM guide").is_some_and(|address| address.starts_with("https://developer.okta.com/")));
        assert_eq!(address("OKTA-Q12"), None);
    }
}

//! What the tools share that write `{{variable}}`: Hurl and Postman.

use super::script::Script;
use crate::scenario::CredentialChoice;

/// Nobody issued it.
pub(super) const WRONG: &str = "Bearer scimulator-token-that-nobody-issued";

/// A variable in its place.
pub(super) fn variable(name: &str) -> String {
    format!("{{{{{name}}}}}")
}

/// Variables that the file cannot make itself, and what they are.
pub(super) fn variables(script: &Script) -> Vec<(&'static str, &'static str)> {
    let mut found: Vec<_> = script.all().filter_map(|call| own_variable(call.credential)).collect();
    found.sort_unstable();
    found.dedup();
    found
}

const fn own_variable(choice: CredentialChoice) -> Option<(&'static str, &'static str)> {
    match choice {
        CredentialChoice::Cut => Some(("token_cut", "the token without its last four characters")),
        CredentialChoice::OtherEnd => Some(("token_other_end", "the token with another last character")),
        CredentialChoice::OtherCase => {
            Some(("token_other_case", "the token with capital letters small and small ones capital"))
        }
        CredentialChoice::OtherTenant => Some(("token_other_tenant", "the token of a second tenant")),
        _ => None,
    }
}

/// The value of `Authorization`; `None` to send none.
pub(super) const fn authorization(choice: CredentialChoice) -> Option<&'static str> {
    Some(match choice {
        CredentialChoice::Own => "Bearer {{token}}",
        CredentialChoice::None => return None,
        CredentialChoice::LowerCase => "bearer {{token}}",
        CredentialChoice::Wrong => WRONG,
        CredentialChoice::Cut => "Bearer {{token_cut}}",
        CredentialChoice::OtherEnd => "Bearer {{token_other_end}}",
        CredentialChoice::Longer => "Bearer {{token}}xxxx",
        CredentialChoice::OtherCase => "Bearer {{token_other_case}}",
        CredentialChoice::OtherTenant => "Bearer {{token_other_tenant}}",
    })
}

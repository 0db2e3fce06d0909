//! What SCIM needs before it can be switched on: the plan, and single sign-on.

use crate::server::settings::Settings;

/// The organisation's plan and sign-on, and what SCIM asks of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The plan it has.
    pub name: String,
    /// People sign in through the identity provider.
    pub sso: bool,
    needed: Option<String>,
}

impl Plan {
    pub(super) fn new(settings: &Settings) -> Self {
        let needed = settings.needs_plan.clone();
        let name = settings.plan.clone().or_else(|| needed.clone()).unwrap_or_default();
        Self { name, sso: settings.sso, needed }
    }

    /// Why SCIM cannot be switched on, and whom to ask; `None` when it can.
    pub fn obstacle(&self) -> Option<String> {
        let needed = self.needed.as_deref()?;
        if !self.name.eq_ignore_ascii_case(needed) {
            return Some(format!(
                "SCIM is part of the {needed} plan; this organisation has another. \
                 Ask the organisation's owner to change the plan."
            ));
        }
        let text = "SCIM needs single sign-on, which is off. \
                    Ask the organisation's owner or an admin to set up single sign-on first.";
        (!self.sso).then(|| text.to_owned())
    }
}

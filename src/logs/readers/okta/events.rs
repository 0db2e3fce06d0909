//! What each event type says that Okta wanted (Okta's catalogue of event types, release 2026.08.1).

use crate::logs::observation::Intent;

/// What Okta wanted by an event of this type. Types beyond these are [`Intent::Other`].
pub fn intent(event_type: &str) -> Intent {
    if let Ok(at) = TYPES.binary_search_by_key(&event_type, |(known, _)| known) {
        return TYPES[at].1;
    }
    let family = FAMILIES.iter().find(|(family, _)| event_type.starts_with(family));
    family.map_or(Intent::Other, |(_, intent)| *intent)
}

/// Whether events of this type say anything about applications, assignments, groups or the directory. What people do
/// once they are provisioned, such as signing in, makes most of a log.
pub fn is_about_provisioning(event_type: &str) -> bool {
    ["app.", "application.", "group."].iter().any(|family| event_type.starts_with(family))
        || intent(event_type) != Intent::Other
}

/// Event types in alphabetical order.
const TYPES: &[(&str, Intent)] = &[
    ("app.user_management.push_new_user_success", Intent::Sync),
    ("app.user_management.push_profile_success", Intent::Sync),
    ("app.user_management.update_from_master_failed", Intent::Update),
    ("application.configuration.update", Intent::RotateToken),
    ("application.integration.authentication_failure", Intent::AuthTest),
    ("application.provision.group.add", Intent::GroupCreate),
    ("application.provision.group.import", Intent::Import),
    ("application.provision.group.remove", Intent::GroupDelete),
    ("application.provision.group.update", Intent::GroupUpdate),
    ("application.provision.group.verify_exists", Intent::GroupLookup),
    ("application.provision.group_membership.add", Intent::GroupMembers),
    ("application.provision.group_membership.import", Intent::Import),
    ("application.provision.group_membership.remove", Intent::GroupMembers),
    ("application.provision.group_membership.update", Intent::GroupMembers),
    ("application.provision.group_push.delete_appgroup", Intent::GroupDelete),
    ("application.provision.group_push.mapping.app.group.renamed", Intent::GroupUpdate),
    ("application.provision.group_push.mapping.app.group.renamed.failed", Intent::GroupUpdate),
    ("application.provision.group_push.mapping.created", Intent::Assign),
    ("application.provision.group_push.mapping.update.or.delete.failed", Intent::GroupMembers),
    ("application.provision.group_push.mapping.update.or.delete.failed.with.error", Intent::GroupMembers),
    ("application.provision.group_push.push_memberships", Intent::GroupMembers),
    ("application.provision.group_push.pushed", Intent::GroupCreate),
    ("application.provision.group_push.removed", Intent::Unassign),
    ("application.provision.group_push.updated", Intent::GroupUpdate),
    ("application.provision.user.activate", Intent::Reactivate),
    ("application.provision.user.deactivate", Intent::Deactivate),
    ("application.provision.user.delete", Intent::Delete),
    ("application.provision.user.deprovision", Intent::Deactivate),
    ("application.provision.user.import", Intent::Import),
    ("application.provision.user.import_profile", Intent::Read),
    ("application.provision.user.password", Intent::Update),
    ("application.provision.user.push", Intent::Create),
    ("application.provision.user.push_okta_password", Intent::Update),
    ("application.provision.user.push_password", Intent::Update),
    ("application.provision.user.push_profile", Intent::Update),
    ("application.provision.user.reactivate", Intent::Reactivate),
    ("application.provision.user.remove_entitlements", Intent::GroupMembers),
    ("application.provision.user.sync", Intent::Sync),
    ("application.provision.user.verify_exists", Intent::Lookup),
    ("application.user_membership.add", Intent::Assign),
    ("application.user_membership.change_username", Intent::DirectoryChange),
    ("application.user_membership.remove", Intent::Unassign),
    ("application.user_membership.restore", Intent::Assign),
    ("application.user_membership.update", Intent::DirectoryChange),
    ("group.user_membership.add", Intent::DirectoryChange),
    ("group.user_membership.remove", Intent::DirectoryChange),
    ("user.account.update_profile", Intent::DirectoryChange),
];

/// Beginnings of event types that all mean one thing.
const FAMILIES: &[(&str, Intent)] = &[
    ("app.user_management.user_group_import.", Intent::Import),
    ("group.application_assignment.", Intent::DirectoryChange),
    ("system.import.", Intent::Import),
    ("user.lifecycle.", Intent::DirectoryChange),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_order() {
        assert!(TYPES.is_sorted_by(|(first, _), (second, _)| first < second));
    }

    #[test]
    fn types_lead_to_intents() {
        assert_eq!(intent("application.provision.user.push"), Intent::Create);
        assert_eq!(intent("application.provision.user.push.x"), Intent::Other);
        assert_eq!(intent("user.lifecycle.suspend"), Intent::DirectoryChange);
        assert_eq!(intent("user.session.start"), Intent::Other);
    }
}

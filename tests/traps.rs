//! Every trap of the wire specification (docs/idps.md, "Traps") is played by a scenario or proven by a rule.

use std::collections::BTreeSet;

use scimulator::scenario::Catalogue;

/// Number, what it is about, and the ids of the files that play it.
const TRAPS: [(u8, &str, &[&str]); 30] = [
    (1, "a probe without User-Agent", &["sync/test-connection", "http/user-agent-optional"]),
    (2, "numbers in lists are numbers", &["lifecycle/create", "list/total-results"]),
    (
        3,
        "a deactivated user is still found",
        &[
            "lifecycle/reassign",
            "conflict/deactivated",
            "conflict/deactivated-linked",
            "sync/restart-full",
            "get/inactive-visible",
        ],
    ),
    (4, "booleans as text", &["lifecycle/deactivate", "lifecycle/reactivate", "entra/boolean-strings"]),
    (5, "remove with a value takes out that member only", &["membership/remove", "entra/remove-members-value"]),
    (
        6,
        "replace without path, and flattened names",
        &["lifecycle/update-name", "okta/deactivate-no-path", "entra/no-path-dotted-keys"],
    ),
    (7, "a PUT that echoes read-only members", &["lifecycle/update-name", "put/roundtrip", "res/password-never"]),
    (8, "decoding of filters", &["lifecycle/names", "membership/odd-name", "http/query-encoding"]),
    (
        9,
        "userName without regard to case",
        &[
            "conflict/other-case",
            "conflict/other-case-create",
            "filter/case-insensitive-value",
            "create/duplicate-case",
        ],
    ),
    (
        10,
        "a duplicate is 409 and changes nothing",
        &["conflict/active", "conflict/other-case-create", "conflict/other-organisation", "create/duplicate-409"],
    ),
    (11, "an element made by a filtered add", &["lifecycle/first-email", "entra/add-creates-element"]),
    (
        12,
        "groups without their members",
        &["membership/create", "membership/link", "membership/rename", "attrs/excluded-members"],
    ),
    (13, "the shape of 401", &["token/revoked", "token/expired", "auth/error-body"]),
    (14, "the shape of 404", &["sync/vanished-account", "lifecycle/hard-delete", "error/not-found"]),
    (
        15,
        "Retry-After in seconds",
        &["sync/throttled-seconds", "sync/throttled-date", "sync/throttled-without-time", "rate/retry-after"],
    ),
    (16, "reassigning keeps the id", &["lifecycle/reassign", "life/reassign-same-account"]),
    (
        17,
        "suspended, recycled, purged",
        &["lifecycle/suspend", "lifecycle/soft-delete-restore", "lifecycle/hard-delete-off"],
    ),
    (
        18,
        "no seat on create and on reactivation",
        &[
            "capacity/create",
            "capacity/reactivate",
            "capacity/seat-freed",
            "life/over-capacity-create",
            "life/over-capacity-reactivate",
        ],
    ),
    (19, "an address that waits for verification", &["lifecycle/update-email-pending", "life/email-change"]),
    (
        20,
        "an extension that `schemas` does not name",
        &["membership/group-attribute", "entra/extension-without-schemas"],
    ),
    (21, "a rename before each change of members", &["membership/add", "membership/rename", "okta/patch-id-in-value"]),
    (22, "removals before additions in one PATCH", &["membership/mixed"]),
    (
        23,
        "the manager as text, object and array",
        &["lifecycle/manager", "lifecycle/manager-object", "entra/manager-forms", "entra/manager-list"],
    ),
    (24, "on demand speaks the older PATCH", &["sync/on-demand-legacy"]),
    (25, "a known id that is gone", &["sync/vanished-account"]),
    (26, "a lookup under the name before the rename", &["conflict/stale-lookup"]),
    (27, "stable pages over more than 100 users", &["sync/import", "page/walk"]),
    (28, "the second delete is 404", &["lifecycle/hard-delete", "delete/then-404", "life/retry-safe"]),
    (29, "an answer that takes a minute", &["sync/no-answer"]),
    (30, "404 where a list was due", &["sync/list-not-found", "list/empty"]),
];

#[test]
fn every_trap_has_a_file_and_every_file_is_there() {
    let catalogue = Catalogue::built_in();
    for (at, (number, about, ids)) in TRAPS.iter().enumerate() {
        assert_eq!(usize::from(*number), at + 1, "the traps are in order");
        assert!(!ids.is_empty(), "nothing plays trap {number} ({about})");
        for id in *ids {
            assert!(catalogue.get(id).is_some(), "trap {number} ({about}): there is no `{id}`");
        }
    }
}

#[test]
fn the_tags_of_the_scenarios_say_the_same() {
    let catalogue = Catalogue::built_in();
    let listed: BTreeSet<(String, String)> = TRAPS
        .iter()
        .flat_map(|(number, _, ids)| ids.iter().map(move |id| (format!("trap:{number}"), (*id).to_owned())))
        .filter(|(_, id)| catalogue.get(id).is_some_and(|listed| !listed.is_rule))
        .collect();
    let tagged: BTreeSet<(String, String)> = catalogue
        .all()
        .flat_map(|listed| listed.tags.iter().map(|tag| (tag.clone(), listed.id.clone())))
        .filter(|(tag, _)| tag.starts_with("trap:"))
        .collect();
    assert_eq!(listed, tagged);
}

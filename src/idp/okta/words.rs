//! What Okta's admin reads: Okta's own words first, then those of the target (wire notes §1.8).

use super::app::Okta;
use crate::http::Answer;
use crate::idp::wire::{bad_answer, detail};
use crate::idp::{Outcome, OutcomeKind, Person};

/// The person or group a task is about.
#[derive(Clone, Copy)]
pub(super) struct Subject<'a> {
    /// Its key in the directory.
    pub key: &'a str,
    /// The login of a person, the name of a group.
    pub name: &'a str,
}

/// `Conflict. Errors reported by remote server: …`; the word is the reason phrase of the status.
pub(super) fn remote(answer: &Answer) -> String {
    let said = answer.as_ref().ok().and_then(|response| detail(response));
    match said {
        Some(said) => format!("{}. Errors reported by remote server: {said}", bad_answer(answer)),
        None => format!("{}.", bad_answer(answer)),
    }
}

/// The name that Okta shows for a person.
pub(super) fn display_name<'a>(person: &'a Person, login: &'a str) -> &'a str {
    person.text("displayName").unwrap_or(login)
}

impl Okta {
    /// "Automatic provisioning of user … to app … failed".
    pub(super) fn provisioning_failed(&self, who: Subject<'_>, cause: &str) -> Outcome {
        let text = format!("Automatic provisioning of user {} to app {} failed: {cause}", who.name, self.knobs.app);
        Outcome::of(OutcomeKind::Failed, who.key, text)
    }

    /// "Automatic deprovisioning of user … from app … failed".
    pub(super) fn deprovisioning_failed(&self, who: Subject<'_>, answer: &Answer) -> Outcome {
        let text = format!(
            "Automatic deprovisioning of user {0} from app {1} failed: Error while deactivating user {0}: {2}",
            who.name,
            self.knobs.app,
            remote(answer)
        );
        Outcome::of(OutcomeKind::Failed, who.key, text)
    }
}

/// "Error while trying to push profile update for …".
pub(super) fn push_failed(who: Subject<'_>, cause: &str) -> Outcome {
    Outcome::of(
        OutcomeKind::Failed,
        who.key,
        format!("Error while trying to push profile update for {}: {cause}", who.name),
    )
}

/// "Unable to update Group Push mapping target App group …"; `what` is `creating`, `updating` or `deleting`.
pub(super) fn group_failed(group: Subject<'_>, what: &str, answer: &Answer) -> Outcome {
    let text = format!(
        "Unable to update Group Push mapping target App group {0}: Error while {what} user group {0}: {1}",
        group.name,
        remote(answer)
    );
    Outcome::of(OutcomeKind::Failed, group.key, text)
}

/// The lookup was answered with something that is no list to Okta: it stops without a word (S-OKTA-KB-INT). The
/// System Log has the event and no reason.
pub(super) fn sync_failure(subject: &str) -> Outcome {
    Outcome::of(OutcomeKind::Failed, subject, "Sync user in external application FAILURE")
        .with_code("application.provision.user.sync")
}

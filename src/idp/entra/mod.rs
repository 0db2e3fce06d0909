//! Microsoft Entra ID: the provisioning job of a non-gallery application.
//!
//! An event never goes out by itself: it moves an object past the job's
//! watermark, and the next cycle compares the directory with the target. The
//! quirk ids (`ENTRA-Q…`, `ENTRA-R…`) in these files are those of docs/idps.md.
//!
//! | module | what lives there |
//! | --- | --- |
//! | `cycle` | probe, then users, references, groups; on-demand runs |
//! | `user`, `leave`, `references`, `group` | the flow of one object |
//! | `lookup`, `diff`, `patch`, `requests` | finding, comparing, and the bytes |
//! | `reaction`, `record`, `schedule` | error codes, what the log says, and when it is tried again |
//! | `memory`, `settings`, `pass` | links and watermark, knobs, one pass over objects |

mod cycle;
mod diff;
mod group;
mod leave;
mod lookup;
mod memory;
mod pass;
mod patch;
mod reaction;
mod record;
mod references;
mod requests;
mod schedule;
mod settings;
mod user;

use std::sync::Arc;
use std::time::Duration;

use self::memory::Memory;
use self::pass::{Pass, Stop};
use self::schedule::{Escrow, Job};
use self::settings::Settings;
use super::data::{DialectData, DialectError};
use super::mapping::{AttributeMap, Mapping, Target};
use super::{Directory, Event, Halt, Outcome, OutcomeKind, Port};

/// The collection of users.
const USERS: &str = "/Users";
/// The collection of groups.
const GROUPS: &str = "/Groups";
/// What the log calls a non-gallery application.
const TARGET: &str = "customappsso";

/// Entra's provisioning job.
#[derive(Debug)]
pub struct Entra {
    settings: Settings,
    mapping: Arc<Mapping>,
    memory: Memory,
    job: Job,
    escrow: Escrow,
    /// Managers that could not be written; they hold up nothing else (ENTRA-Q24).
    held_references: Escrow,
}

impl Entra {
    /// A job with nothing in its memory.
    pub fn new(data: &DialectData) -> Result<Self, DialectError> {
        let settings: Settings = data.knobs()?;
        let mut mapping = (*data.mapping).clone();
        customise(&mut mapping.user, &settings, data)?;
        Ok(Self {
            settings,
            mapping: Arc::new(mapping),
            memory: Memory::default(),
            job: Job::default(),
            escrow: Escrow::default(),
            held_references: Escrow::default(),
        })
    }

    /// Plays what the job does after an event.
    pub async fn play<P: Port>(
        &mut self,
        event: &Event,
        directory: &Directory,
        port: &mut P,
    ) -> Result<Vec<Outcome>, Halt> {
        self.memory.notice(event);
        match event {
            Event::TestConnection => Ok(vec![self.test_connection(directory, port).await?]),
            // Suspending is Okta's; Entra imports from HR systems only.
            Event::Suspend(key) | Event::Unsuspend(key) => Ok(vec![Outcome::of(OutcomeKind::Skipped, key, "")]),
            Event::Import => Ok(vec![Outcome::of_job(OutcomeKind::Skipped, "")]),
            Event::OnDemand(key) => self.on_demand(key, directory, port).await,
            Event::Restart { full } => {
                self.restart(*full, directory);
                self.cycle(directory, port, Duration::ZERO).await
            }
            Event::Retry(key) => {
                let after = self.retry(key, directory, port.now());
                self.cycle(directory, port, after).await
            }
            _ => self.cycle(directory, port, Duration::ZERO).await,
        }
    }

    /// The SCIM id held for a key, or held last.
    pub fn linked(&self, key: &str) -> Option<&str> {
        self.memory.links.last_id(key)
    }

    /// "Test connection" (E-TEST).
    async fn test_connection<P: Port>(&self, directory: &Directory, port: &mut P) -> Result<Outcome, Halt> {
        let mut pass = Pass { directory, port, style: self.settings.patch, on_demand: false, confirming: false };
        match self.probe(&mut pass).await {
            Ok(()) => Ok(Outcome::of_job(OutcomeKind::Connected, "The supplied credentials are authorized.")),
            Err(Stop::Halt(halt)) => Err(halt),
            Err(Stop::Trouble(trouble)) => {
                let message = format!(
                    "While attempting to validate our authorization to access your application, we received this \
                     unexpected response: {}",
                    trouble.reason
                );
                Ok(Outcome::of_job(OutcomeKind::Failed, message).with_code(trouble.code))
            }
        }
    }

    /// Watermark, escrow and quarantine are cleared; links are kept unless the restart is a full one (E-RESTART).
    fn restart(&mut self, full: bool, directory: &Directory) {
        self.job.restart();
        self.escrow.clear();
        self.held_references.clear();
        self.memory.restart(full, directory);
    }

    /// How long until an escrowed object is tried again; anything else is looked at in the next cycle.
    fn retry(&mut self, key: &str, directory: &Directory, now: Duration) -> Duration {
        if let Some(due) = self.escrow.get(key).and_then(|held| held.due) {
            return due.saturating_sub(now);
        }
        self.memory.changed(key, directory);
        Duration::ZERO
    }
}

/// What the customer changed in the mapping: attributes taken out, other matching attributes.
fn customise(map: &mut AttributeMap, settings: &Settings, data: &DialectData) -> Result<(), DialectError> {
    let unknown = |knob: &str, path: &str| DialectError::BadKnob {
        dialect: data.id.to_owned(),
        knob: knob.to_owned(),
        message: format!("the mapping has no target attribute `{path}`"),
    };
    for path in &settings.unmapped {
        let before = map.entries.len();
        map.entries.retain(|entry| !covers(path, &entry.target));
        if map.entries.len() == before {
            return Err(unknown("unmapped", path));
        }
    }
    if settings.matching.is_empty() {
        return Ok(());
    }
    map.entries.iter_mut().for_each(|entry| entry.matching = None);
    for (place, path) in (1..).zip(&settings.matching) {
        let entry = map.entries.iter_mut().find(|entry| entry.target.to_string() == *path);
        entry.ok_or_else(|| unknown("match", path))?.matching = Some(place);
    }
    Ok(())
}

/// Whether a path names this target, its whole attribute or its whole extension.
fn covers(path: &str, target: &Target) -> bool {
    let whole = target.urn.as_deref().unwrap_or(&target.attribute);
    path == whole || path == target.to_string()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn job(knobs: &serde_json::Value) -> Result<Entra, DialectError> {
        Entra::new(&DialectData::load("entra", knobs.as_object().expect("an object"))?)
    }

    #[test]
    fn a_whole_attribute_or_extension_can_be_taken_out_of_the_mapping() {
        let entra =
            job(&json!({ "unmapped": ["addresses", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"] }));
        let left: Vec<String> =
            entra.expect("known").mapping.user.entries.iter().map(|entry| entry.target.to_string()).collect();
        assert!(left.iter().any(|path| path == "title"));
        assert!(!left.iter().any(|path| path.starts_with("addresses") || path.starts_with("urn:")), "{left:?}");
    }

    #[test]
    fn a_path_the_mapping_does_not_have_is_a_mistake() {
        for (knob, message) in [("unmapped", "nickName"), ("match", "userNam")] {
            let error = job(&json!({ knob: [message] })).expect_err("unknown").to_string();
            assert!(error.contains(&format!("`{knob}`")) && error.contains(&format!("`{message}`")), "{error}");
        }
    }
}

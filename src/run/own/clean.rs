//! Removing what a run created: after each scenario, after Ctrl-C, and from journals after a crash.
//!
//! Only what is ours is removed: what the journal or the transcript says we
//! created, and of unanswered requests only what carries the mark.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::Value;

use crate::http::{Answer, Base, Client, Credential, Method, Response, Sender};
use crate::idp::Halt;
use crate::run::own::address::Resource;
use crate::run::own::journal::{self, JournalError, Leftover, Remains};
use crate::run::player::{filtered, neutral, quoted};
use crate::run::sending::shared::{Pace, Shared};
use crate::run::sending::site::{Endpoint, Keyring, Site};
use crate::run::sending::wire::{Unanswered, Wire};
use crate::run::target::hooks::Hooks;
use crate::scim::name;

impl Wire {
    /// Deletes what the scenario created; gives back what could not be removed, as paths.
    pub(in crate::run) async fn clean_up(&mut self) -> Vec<String> {
        if self.site.is_embedded() {
            return Vec::new();
        }
        self.sender = Sender::CleanUp;
        let mut left = Vec::new();
        for unanswered in std::mem::take(&mut self.unanswered) {
            if !self.look_up(&unanswered).await {
                left.push(shown(&unanswered));
            }
        }
        let created: Vec<Resource> = self.ownership.leftovers().cloned().collect();
        // Groups go before their members.
        let (groups, others): (Vec<_>, Vec<_>) = created.iter().cloned().partition(Resource::is_group);
        for some in groups.chunks(1).chain(others.chunks(self.lane.breadth())) {
            self.remove_some(some).await;
        }
        let left_over: Vec<String> = self.ownership.leftovers().map(Resource::path).collect();
        let deleted =
            created.iter().map(Resource::path).filter(|path| path.starts_with("/Users/") && !left_over.contains(path));
        self.look_for_deleted(&deleted.collect::<Vec<_>>()).await;
        left.extend(left_over);
        left
    }

    /// Deletes a few resources side by side. What came of it is learnt from the answers.
    async fn remove_some(&mut self, resources: &[Resource]) {
        let deletes = resources.iter().map(|resource| neutral(Method::Delete, &resource.path())).collect();
        let _ = self.side_by_side(deletes).await;
        for resource in resources {
            let _ = self.look_again(resource).await;
        }
    }

    /// Deletes one resource.
    async fn remove(&mut self, resource: &Resource) -> Result<Answer, Halt> {
        let answer = self.exchange(neutral(Method::Delete, &resource.path())).await?;
        self.look_again(resource).await?;
        Ok(answer)
    }

    /// Where the target finds nothing to delete, a second look tells whether it is gone or DELETE has no route.
    async fn look_again(&mut self, resource: &Resource) -> Result<(), Halt> {
        if self.ownership.is_in_doubt(resource) {
            let _ = self.exchange(neutral(Method::Get, &resource.path())).await?;
        }
        Ok(())
    }

    /// Some servers only deactivate what is deleted: one look a run tells, and what stays is counted.
    async fn look_for_deleted(&mut self, deleted: &[String]) {
        let Some(path) = deleted.first().filter(|_| !self.shared.deletes()) else { return };
        if let Ok(Ok(response)) = self.exchange(neutral(Method::Get, path)).await {
            match response.status {
                200 => self.shared.saw_deleted(deleted.len()),
                404 | 410 => self.shared.saw_deleted(0),
                _ => {}
            }
        }
    }

    /// Why users cannot be asked for here, with this token; `None` when they can.
    async fn unanswering(&mut self) -> Option<String> {
        let answer = match self.exchange(neutral(Method::Get, "/Users?count=1")).await {
            Ok(answer) => answer,
            Err(halt) => return Some(halt.to_string()),
        };
        match answer {
            Err(failure) => Some(failure.to_string()),
            // A list of everybody may be refused; whoever refuses it in words of SCIM is the endpoint all the same.
            Ok(response) if !matches!(response.status, 401 | 404) && is_scim(&response) => None,
            Ok(response) => Some(format!("no SCIM endpoint answers here: status {} to GET /Users", response.status)),
        }
    }

    /// Looks for what a create without an answer may have made; what carries our mark is ours from then on.
    async fn look_up(&mut self, unanswered: &Unanswered) -> bool {
        let Some(name) = &unanswered.name else { return false };
        let attribute = if unanswered.path.to_ascii_lowercase().contains("group") { "displayName" } else { "userName" };
        let target = filtered(&unanswered.path, &format!("{attribute} eq {}", quoted(name)));
        let answer = self.exchange(neutral(Method::Get, &target)).await;
        let seen = answer.is_ok_and(|answer| is_whole_list(&answer));
        seen && self.resolved(unanswered).is_ok()
    }

    /// Whether a resource that an earlier run created still carries that run's mark; `None` when it is gone.
    async fn still_ours(&mut self, resource: &Resource) -> Result<Option<bool>, String> {
        let answer = self.exchange(neutral(Method::Get, &resource.path())).await.map_err(|halt| halt.to_string())?;
        let response = answer.map_err(|failure| failure.to_string())?;
        if matches!(response.status, 404 | 410) {
            return Ok(None);
        }
        let Some(body) = response.json().filter(|_| response.is_success()) else {
            return Err(format!("status {}", response.status));
        };
        let names =
            ["userName", "displayName", "externalId"].iter().filter_map(|path| name::get_in(body, path)?.as_str());
        Ok(Some(names.into_iter().any(|name| self.ownership.carries_mark(name))))
    }
}

/// Whether a body is one of SCIM: each has `schemas` (RFC 7643 §3).
fn is_scim(response: &Response) -> bool {
    response.json().is_some_and(|body| name::get_in(body, "schemas").is_some())
}

/// Whether an answer shows everything it found: what is on another page may be ours.
fn is_whole_list(answer: &Answer) -> bool {
    let response = answer.as_ref().ok().filter(|response| response.is_success());
    let Some(body) = response.and_then(|response| response.json()) else { return false };
    let listed = name::get_in(body, "Resources").and_then(Value::as_array).map_or(0, Vec::len);
    let total = name::get_in(body, "totalResults").and_then(Value::as_u64);
    total.is_some_and(|total| total <= listed as u64)
}

fn shown(unanswered: &Unanswered) -> String {
    format!("{} {}", unanswered.path, unanswered.name.as_deref().unwrap_or("without a name"))
}

/// A journal that an earlier run left behind.
#[derive(Clone, Debug)]
pub struct Earlier {
    /// The file.
    pub path: PathBuf,
    /// What it says.
    pub remains: Remains,
}

/// The journals in a folder that can be read, and the errors of those that cannot.
pub fn earlier(folder: &Path) -> (Vec<Earlier>, Vec<JournalError>) {
    let mut found = Vec::new();
    let mut errors = Vec::new();
    for path in journal::list(folder) {
        match journal::read(&path) {
            Ok(remains) => found.push(Earlier { path, remains }),
            Err(error) => errors.push(error),
        }
    }
    (found, errors)
}

/// What became of an earlier run's resources.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cleaned {
    /// How many were removed.
    pub removed: usize,
    /// How many were gone already.
    pub gone: usize,
    /// What is still there, with the reason.
    pub left: Vec<(String, String)>,
}

/// Removes what an earlier run left behind; its journal goes away when nothing is left.
///
/// Ids may have been given out again since: only what still carries the mark is deleted.
pub async fn clean(
    earlier: &Earlier,
    base: Base,
    credential: Credential,
    client: Client,
    pace: Pace,
    shared: Arc<Shared>,
) -> Result<Cleaned, JournalError> {
    let endpoint = Endpoint::new(client, Arc::new(base));
    let site = Site::target(endpoint, Keyring::new(credential), None, Arc::new(Hooks::default()));
    let random = fastrand::Rng::with_seed(0); // nothing is made up while cleaning
    let mut wire = Wire::new(site, &earlier.remains.mark, random, pace, Arc::clone(&shared), None);
    wire.sender = Sender::CleanUp;
    let mut cleaned = Cleaned::default();
    // Where nothing is, everything would seem to be gone.
    let mut unreachable = wire.unanswering().await;
    for leftover in earlier.remains.leftovers.iter().rev() {
        if shared.is_interrupted() {
            unreachable = Some("interrupted".to_owned());
        }
        let done = match &unreachable {
            Some(reason) => Err(reason.clone()),
            None => clean_one(&mut wire, leftover).await,
        };
        match done {
            Ok(Removal::Done) => cleaned.removed += 1,
            Ok(Removal::NotNeeded) => cleaned.gone += 1,
            Err(reason) => cleaned.left.push((leftover_name(leftover), reason)),
        }
    }
    if cleaned.left.is_empty() {
        journal::forget(&earlier.path)?;
    }
    Ok(cleaned)
}

/// How a leftover came to be gone.
enum Removal {
    Done,
    NotNeeded,
}

async fn clean_one(wire: &mut Wire, leftover: &Leftover) -> Result<Removal, String> {
    match leftover {
        Leftover::Resource(path) => {
            let resource = Resource::parse(path).ok_or("this is no path of a resource")?;
            match wire.still_ours(&resource).await? {
                None => return Ok(Removal::NotNeeded),
                Some(false) => return Err("it no longer carries the run's mark, so it is left alone".to_owned()),
                Some(true) => {
                    wire.ownership.adopt(resource);
                }
            }
        }
        Leftover::Unanswered { path, name } => {
            let unanswered = Unanswered::new(path, name.as_deref());
            if !wire.look_up(&unanswered).await {
                return Err("it cannot be looked up by its name".to_owned());
            }
        }
    }
    let owned: Vec<Resource> = wire.ownership.leftovers().cloned().collect();
    if owned.is_empty() {
        return Ok(Removal::NotNeeded);
    }
    for resource in owned {
        let answer = wire.remove(&resource).await.map_err(|halt| halt.to_string())?;
        let response = answer.map_err(|failure| failure.to_string())?;
        if wire.ownership.leftovers().any(|left| *left == resource) {
            return Err(format!("the target answers {} to DELETE", response.status));
        }
    }
    Ok(Removal::Done)
}

fn leftover_name(leftover: &Leftover) -> String {
    match leftover {
        Leftover::Resource(path) => path.clone(),
        Leftover::Unanswered { path, name } => format!("{path} {}", name.as_deref().unwrap_or("without a name")),
    }
}

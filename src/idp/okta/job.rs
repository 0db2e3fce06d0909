//! What is not about one person or group: the connection test and the import.

use serde_json::Value;

use super::app::Okta;
use super::people::STRICTNESS;
use super::request::{self, Collection};
use super::words::remote;
use crate::idp::mapping::member;
use crate::idp::wire::{Stop, read_list};
use crate::idp::{Halt, Outcome, OutcomeKind, Port};

/// No import reads more pages than this: 20,000 resources of either type.
const MAX_PAGES: u64 = 200;

impl Okta {
    /// E-TEST: two users, and the groups once the configuration is saved.
    pub(super) async fn test_connection<P: Port>(&self, port: &mut P) -> Result<Outcome, Halt> {
        let answer = port.send(request::page(Collection::Users, 1, 2)).await?;
        let response = match &answer {
            Ok(response) if response.is_success() => response,
            _ => return Ok(Outcome::of_job(OutcomeKind::Failed, format!("Error authenticating: {}", remote(&answer)))),
        };
        if read_list(response, STRICTNESS).is_err() {
            return Ok(Outcome::of_job(OutcomeKind::Failed, "No results for users returned"));
        }
        // An application may have no groups: what comes back decides nothing (OKTA-R15).
        let _ = port.send(request::page(Collection::Groups, 1, self.knobs.import_page)).await?;
        Ok(Outcome::of_job(OutcomeKind::Connected, ""))
    }

    /// E-IMPORT: every page of users, then of groups.
    pub(super) async fn import<P: Port>(&self, port: &mut P) -> Result<Outcome, Stop> {
        let users = self.walk(Collection::Users, port).await?;
        let groups = self.walk(Collection::Groups, port).await?;
        Ok(Outcome::of_job(OutcomeKind::Imported, format!("{users} users and {groups} groups imported")))
    }

    /// How many resources a collection shows; users that are not active are not imported.
    async fn walk<P: Port>(&self, collection: Collection, port: &mut P) -> Result<usize, Stop> {
        let failed = |cause: &str| {
            let text = format!("Import from app {} failed: {cause}", self.knobs.app);
            Outcome::of_job(OutcomeKind::Failed, text)
        };
        let (mut start, mut imported) = (1, 0);
        for _ in 0..MAX_PAGES {
            let request = request::page(collection, start, self.knobs.import_page);
            let response = self.must(port, request, |answer| failed(&remote(answer))).await?;
            let list = read_list(&response, STRICTNESS).map_err(|fault| Stop::Recorded(failed(&fault.to_string())))?;
            imported += list.resources.iter().filter(|resource| is_active(resource)).count();
            // A full page leads to 101; a server that gives smaller pages is asked for what comes after them.
            start += list.resources.len() as u64;
            if list.resources.is_empty() || start > list.total {
                break;
            }
        }
        Ok(imported)
    }
}

fn is_active(resource: &Value) -> bool {
    resource.as_object().and_then(|resource| member(resource, "active")).and_then(Value::as_bool) != Some(false)
}

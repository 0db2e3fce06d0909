//! What is not about one person or group: the connection test, discovery, the import.

use serde_json::json;

use super::call::outcome;
use super::people::is_active;
use super::provider::Generic;
use super::request::{GROUPS, USERS};
use crate::idp::mapping::member;
use crate::idp::wire::{Stop, Strictness, bad_answer, detail, read_list, scim_id};
use crate::idp::{Directory, Group, Halt, Outcome, OutcomeKind, Port};

/// No import reads more pages than this of either type.
const MAX_PAGES: usize = 200;

/// No PATCH carries more operations than this.
const MAX_OPERATIONS: usize = 1000;

impl Generic {
    /// "Test connection".
    pub(super) async fn test_connection<P: Port>(&self, directory: &Directory, port: &mut P) -> Result<Outcome, Stop> {
        for target in &self.knobs.probe {
            let answer = self.call(port, self.read(target)).await?;
            if !answer.as_ref().is_ok_and(|response| response.is_success()) {
                let said = answer.as_ref().ok().and_then(|response| detail(response)).unwrap_or_default();
                let text = format!("{target}: {} {said}", bad_answer(&answer));
                return Ok(Outcome::of_job(OutcomeKind::Failed, text.trim_end()));
            }
        }
        if self.knobs.live_test {
            self.live_test(directory, port).await?;
        }
        Ok(Outcome::of_job(OutcomeKind::Connected, ""))
    }

    /// A user and a group are made, changed and removed; a user that cannot be deleted is deactivated and stays. Their
    /// names are made from those of a person in the directory, as the admin gives an address of the organisation.
    async fn live_test<P: Port>(&self, directory: &Directory, port: &mut P) -> Result<(), Stop> {
        let Some(mut person) = directory.people.values().next().cloned() else { return Ok(()) };
        let login = format!("connector-test-{}", person.text("userName").unwrap_or_default());
        for name in ["userName", "email"] {
            person.attributes.insert(name.to_owned(), login.as_str().into());
        }
        person.assigned = true;
        let body = self.mapping.user.create_body(&person, &self.links);
        let user = self.make(USERS, self.post(USERS, body), port).await?;
        person.attributes.insert("displayName".to_owned(), "Connector Test changed".into());
        self.must(port, self.put(USERS, &user, self.whole(&person, &user)), USERS, "changing the test user").await?;

        let mut group = Group { display_name: format!("Connector test of {login}"), ..Group::default() };
        let body = self.mapping.group.create_body(&group, &self.links);
        let made = self.make(GROUPS, self.post(GROUPS, body), port).await?;
        group.display_name.push_str(" changed");
        let mut body = self.mapping.group.replace_body(&group, &self.links);
        body.insert("members".to_owned(), json!([]));
        self.must(port, self.put(GROUPS, &made, body), GROUPS, "changing the test group").await?;

        self.must(port, self.delete(GROUPS, &made), GROUPS, "deleting the test group").await?;
        let deleted = self.call(port, self.delete(USERS, &user)).await?;
        if !deleted.as_ref().is_ok_and(|response| response.is_success()) {
            person.assigned = false;
            let body = self.whole(&person, &user);
            self.must(port, self.put(USERS, &user, body), USERS, "deactivating the test user").await?;
        }
        Ok(())
    }

    async fn make<P: Port>(&self, what: &str, request: crate::http::Request, port: &mut P) -> Result<String, Stop> {
        let response = self.must(port, request, what, "the live test").await?;
        scim_id(&response).ok_or_else(|| Stop::Recorded(outcome(what, "the live test", "the answer has no id")))
    }

    /// Reads what the target can do, once; without a usable answer it can do little.
    pub(super) async fn discover<P: Port>(&mut self, port: &mut P) -> Result<(), Halt> {
        if !self.knobs.discover || self.discovered {
            return Ok(());
        }
        self.discovered = true;
        let answer = self.call(port, self.read("/ServiceProviderConfig")).await?;
        let config = answer.as_ref().ok().filter(|response| response.is_success()).and_then(|response| response.json());
        let supported = |feature: &str| member(config?.as_object()?, feature).cloned();
        let flag = |feature: &str| supported(feature).and_then(|feature| feature.get("supported")?.as_bool());
        self.patch_offered = flag("patch").unwrap_or(false);
        let most = supported("bulk").and_then(|bulk| bulk.get("maxOperations")?.as_u64());
        let most = most.and_then(|most| usize::try_from(most).ok()).filter(|most| *most > 0);
        self.max_operations = most.unwrap_or(MAX_OPERATIONS).min(MAX_OPERATIONS);
        Ok(())
    }

    /// Every page of users, then of groups.
    pub(super) async fn import<P: Port>(&self, port: &mut P) -> Result<Outcome, Stop> {
        let users = self.walk(USERS, port).await?;
        let groups = if self.knobs.groups { self.walk(GROUPS, port).await? } else { 0 };
        Ok(Outcome::of_job(OutcomeKind::Imported, format!("{users} users and {groups} groups imported")))
    }

    async fn walk<P: Port>(&self, collection: &str, port: &mut P) -> Result<usize, Stop> {
        let (mut start, mut imported) = (1, 0);
        for _ in 0..MAX_PAGES {
            let target = match self.knobs.import_page {
                Some(count) => format!("{collection}?startIndex={start}&count={count}"),
                None => collection.to_owned(),
            };
            let response = self.must(port, self.read(&target), collection, "the import").await?;
            let list = read_list(&response, Strictness::default())
                .map_err(|fault| Stop::Recorded(outcome(collection, "the import", &fault.to_string())))?;
            imported += list.resources.iter().filter(|resource| is_active(resource)).count();
            start += list.resources.len() as u64;
            if list.resources.is_empty() || start > list.total || self.knobs.import_page.is_none() {
                break;
            }
        }
        Ok(imported)
    }
}

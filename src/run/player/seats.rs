//! Accounts of nobody in particular: `fill-seats` takes seats with them until only so many are free.

use std::sync::Arc;

use serde_json::Value;

use super::resource::{filtered, neutral_with, user_body};
use super::setup::USUAL_DOMAIN;
use super::{End, Player};
use crate::http::{Method, Request, Response, Sender};
use crate::scenario::{Create, NO_SEAT};
use crate::scim::name;

/// Most accounts that are made only to take seats.
const MAX_FILL: u64 = 100;

impl Player {
    pub(super) async fn fill_seats(&mut self, free: u32) -> Result<(), End> {
        let seats = if self.wire.site.is_embedded() { self.scenario.given.seats } else { self.knowledge.seats };
        let Some(seats) = seats else {
            return Err(End::Skipped("the total of seats is not known (--seats N)".to_owned()));
        };
        let used = match self.knowledge.seats_used {
            Some(used) => u64::from(used) + u64::try_from(self.wire.ownership.leftovers().count()).unwrap_or(0),
            None => self.count_active().await?,
        };
        let fill = u64::from(seats).saturating_sub(used + u64::from(free));
        if fill > MAX_FILL {
            return Err(End::Skipped(format!("{fill} seats would have to be taken, more than {MAX_FILL}")));
        }
        for number in 1..=fill {
            // Whoever holds the rest, people whom SCIM does not show or nobody: now it is full.
            if !self.take_seat(number, free == 0).await? {
                break;
            }
        }
        Ok(())
    }

    /// How many accounts hold a seat now.
    async fn count_active(&mut self) -> Result<u64, End> {
        for target in [filtered("/Users", "active eq true"), "/Users".to_owned()] {
            let joint = if target.contains('?') { '&' } else { '?' };
            let response = self.read(&format!("{target}{joint}startIndex=1&count=1")).await?;
            let total = response.json().and_then(|body| name::get_in(body, "totalResults")).and_then(Value::as_u64);
            if let (true, Some(total)) = (response.is_success(), total) {
                return Ok(total);
            }
        }
        Err(End::Inconclusive("the seats in use cannot be counted (--seats-used M)".to_owned()))
    }

    /// Whether there was one. A refusal tells that nothing is free where `may_be_full`.
    async fn take_seat(&mut self, number: u64, may_be_full: bool) -> Result<bool, End> {
        let status = self.create_nobody(&format!("seat-{number}"), true).await?.status;
        match status {
            200..300 => return Ok(true),
            _ if may_be_full && NO_SEAT.contains(&status) => return Ok(false),
            _ => {}
        }
        Err(End::Inconclusive(format!("taking a seat answered {status}; is the number of seats right?")))
    }

    /// Creates an account of nobody in particular; the answer.
    pub(super) async fn create_nobody(&mut self, name: &str, is_active: bool) -> Result<Arc<Response>, End> {
        let create = self.nobody(name, is_active)?;
        self.wire.sender = Sender::Harness;
        let credential = self.wire.site.credential();
        let answer = self.prepare(create, &credential).await?;
        Self::answered(answer, "creating an account")
    }

    /// The create of an account of nobody in particular.
    pub(super) fn nobody(&self, name: &str, is_active: bool) -> Result<Request, End> {
        let Some(mut person) = self.directory.people.values().next().cloned() else {
            return Err(End::Broken("the directory is empty".to_owned()));
        };
        let address = self.address_of_nobody(name);
        for attribute in ["userName", "email"] {
            person.attributes.insert(attribute.to_owned(), Value::String(address.clone()));
        }
        let mut body = user_body(&person, &Create::of_person(""), &self.knowledge);
        body["active"] = is_active.into();
        Ok(neutral_with(Method::Post, "/Users", &body))
    }

    /// An address that carries the mark.
    pub(super) fn address_of_nobody(&self, name: &str) -> String {
        let domain = self.disguise.domain.as_deref().unwrap_or(USUAL_DOMAIN);
        format!("{}{name}@{domain}", self.disguise.mark)
    }
}

//! `admin:` steps: what happens at the service provider outside SCIM.

use super::{End, Player};
use crate::control::{Action, ControlError, Report};
use crate::finding::Source;
use crate::http::Secret;
use crate::run::player::expect::Mismatch;
use crate::scenario::{Admin, Step};

impl Player {
    pub(super) async fn play_admin(&mut self, step: &Step, admin: &Admin) -> Result<(), End> {
        let action = match admin {
            Admin::CreateAccount(account) => return self.open_account(&account.clone()).await,
            Admin::SetSeats(seats) => Action::SetSeats(self.seats_here(*seats)),
            Admin::VerifyEmail(person) => Action::VerifyEmail { id: self.account_id(person)? },
            Admin::AcceptInvitation(person) => Action::AcceptInvitation { id: self.account_id(person)? },
            Admin::RemoveInApp(person) => Action::RemoveInApp { id: self.account_id(person)? },
            Admin::RevokeToken => Action::RevokeToken,
            Admin::ExpireToken => Action::ExpireToken,
            Admin::NewToken => Action::NewToken,
            Admin::DeleteConfiguration => Action::DeleteConfiguration,
            Admin::SetUpAgain => Action::SetUpAgain,
            Admin::MapGroups(table) => Action::MapGroups(table.clone()),
            Admin::Weather(weather) => Action::Weather(weather.clone()),
        };
        let wants_refusal = step.expect.iter().any(|expectation| expectation.refused);
        match self.wire.site.control(&action).await {
            Ok(report) => {
                self.happened(&action, report);
                if wants_refusal {
                    let mismatch = Mismatch::new(action.name(), "refused", "done");
                    self.report(step, Source::Expectation, vec![mismatch]);
                }
                self.judge_mails(step).await
            }
            Err(ControlError::Refused(_)) if wants_refusal => Ok(()),
            Err(error) => Err(control_end(&error)),
        }
    }

    /// Takes a new token over, and notes how lost access is to be given back.
    fn happened(&mut self, action: &Action, report: Report) {
        self.restore = match action {
            Action::RevokeToken | Action::ExpireToken => Some(Action::NewToken),
            Action::DeleteConfiguration => Some(Action::SetUpAgain),
            Action::NewToken | Action::SetUpAgain => None,
            Action::SetSeats(_) if self.restore.is_none() => self.knowledge.seats.map(Action::SetSeats),
            _ => return,
        };
        if let Some(token) = report.token {
            let token = Secret::new(&token);
            self.wire.redactor().add(&token);
            self.wire.site.set_token(&token);
        }
    }

    /// At a target the next scenario needs what this one took away. What fails here shows in what is left over.
    pub(super) async fn restore_access(&mut self) {
        if self.wire.site.is_embedded() {
            return;
        }
        if let Some(action) = self.restore.take()
            && let Ok(report) = self.wire.site.control(&action).await
        {
            self.happened(&action, report);
            self.restore = None;
        }
    }

    /// A scenario tells its story with few seats; a target has its own number, changed by as many.
    fn seats_here(&self, seats: u32) -> u32 {
        match (self.wire.site.is_embedded(), self.knowledge.seats, self.scenario.given.seats) {
            (false, Some(known), Some(given)) => known.saturating_add(seats).saturating_sub(given),
            _ => seats,
        }
    }

    fn account_id(&self, person: &str) -> Result<String, End> {
        let id = self.values.id(person).map(str::to_owned);
        id.ok_or_else(|| End::Inconclusive(format!("{person} has no account yet")))
    }
}

/// An action that did not happen: a closed gate, or a prerequisite that failed.
pub(super) fn control_end(error: &ControlError) -> End {
    match error {
        ControlError::NotOffered(_) => End::Skipped(error.to_string()),
        ControlError::Refused(_) | ControlError::Hook { .. } => End::Inconclusive(error.to_string()),
    }
}

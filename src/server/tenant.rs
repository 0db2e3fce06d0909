//! One tenant of the reference server: the way of a request from the door to its endpoint.

use time::OffsetDateTime;

use super::settings::Settings;
use super::tokens::Tokens;
use super::weather::{Forecast, Limiter};
use super::{Reply, Service, reply};
use crate::control::{Action, ControlError, Report};
use crate::http::{Request, Response};

/// A tenant: its settings, its resources, and the organisation around them.
#[derive(Debug)]
pub struct Tenant {
    settings: Settings,
    random: fastrand::Rng,
    tokens: Tokens,
    forecast: Forecast,
    limiter: Limiter,
}

impl Tenant {
    /// An empty tenant; its token is issued at `now`.
    pub fn new(settings: Settings, now: OffsetDateTime) -> Self {
        let mut random = fastrand::Rng::with_seed(settings.seed);
        let token = settings.token.clone().unwrap_or_else(|| new_token(&mut random));
        let tokens = Tokens::new(token, settings.token_days, now);
        Self { settings, random, tokens, forecast: Forecast::default(), limiter: Limiter::default() }
    }

    /// Its settings.
    pub const fn settings(&self) -> &Settings {
        &self.settings
    }

    fn answer(&mut self, request: &Request, now: OffsetDateTime) -> Response {
        if let Err(refused) = self.tokens.check(&request.headers, now) {
            return refused.response();
        }
        reply::error(404, None, "There is no such endpoint.")
    }
}

impl Service for Tenant {
    fn handle(&mut self, request: &Request, now: OffsetDateTime) -> Reply {
        if let Some(reply) = self.forecast.strike(request) {
            return reply;
        }
        let limited = self.settings.rate_limit.and_then(|limit| self.limiter.count(limit, now));
        Reply::Answer(limited.unwrap_or_else(|| self.answer(request, now)))
    }

    fn control(&mut self, action: &Action, now: OffsetDateTime) -> Result<Report, ControlError> {
        match action {
            Action::RevokeToken => self.tokens.revoke(),
            Action::ExpireToken => self.tokens.expire(now),
            Action::Weather(weather) => self.forecast.add(weather.clone()),
            Action::NewToken => {
                self.tokens.issue(new_token(&mut self.random), now);
                return Ok(Report { token: Some(self.token()), ..Report::default() });
            }
            other => return Err(ControlError::NotOffered(other.name())),
        }
        Ok(Report::default())
    }

    fn token(&self) -> String {
        self.tokens.text().to_owned()
    }
}

/// 160 bits in hexadecimal: long enough to be no guess, plain enough for any header.
fn new_token(random: &mut fastrand::Rng) -> String {
    format!("{:032x}{:08x}", random.u128(..), random.u32(..))
}

//! Answers that come from elsewhere than the application: outages, gateways, and the tenant's own rate limit.

use std::collections::VecDeque;

use time::OffsetDateTime;

use super::settings::RateLimit;
use super::{Reply, reply};
use crate::clock::millis;
use crate::control::{Weather, WeatherKind};
use crate::http::{Headers, Request, Response};

/// More weather than this at once is not kept.
const BOUND: usize = 1000;

/// The weather to come, first come first served.
#[derive(Debug, Default)]
pub struct Forecast(VecDeque<Weather>);

impl Forecast {
    /// Adds weather after what is already due. Above 1000 entries nothing is added.
    pub fn add(&mut self, weather: Weather) {
        if self.0.len() < BOUND && weather.times > 0 {
            self.0.push_back(weather);
        }
    }

    /// What comes instead of an answer to this request, if anything.
    pub fn strike(&mut self, request: &Request) -> Option<Reply> {
        let hit = |weather: &Weather| {
            weather.method.as_ref().is_none_or(|method| method == request.method.as_str())
                && weather.path.as_ref().is_none_or(|part| request.path.contains(part.as_str()))
        };
        let at = self.0.iter().position(hit)?;
        let weather = self.0.get_mut(at)?;
        weather.times -= 1;
        let reply = reply_of(&weather.kind);
        if weather.times == 0 {
            self.0.remove(at);
        }
        Some(reply)
    }
}

fn reply_of(kind: &WeatherKind) -> Reply {
    match kind {
        WeatherKind::Throttle(retry_after) => Reply::Answer(throttled(retry_after.as_deref())),
        WeatherKind::Status(status) => {
            Reply::Answer(reply::error(*status, None, "The service cannot answer at the moment."))
        }
        WeatherKind::Gateway(status) => Reply::Answer(gateway(*status)),
        WeatherKind::Silence(duration) => Reply::Silence(*duration),
        WeatherKind::Drop => Reply::Drop,
    }
}

fn throttled(retry_after: Option<&str>) -> Response {
    let mut response = reply::error(429, None, "Too many requests: wait, then send it again.");
    if let Some(seconds) = retry_after {
        response.headers.push("Retry-After", seconds);
    }
    response
}

fn gateway(status: u16) -> Response {
    let page =
        format!("<html><head><title>{status}</title></head><body><h1>{status}</h1><p>gateway</p></body></html>\n");
    let headers: Headers = [("Content-Type", "text/html; charset=utf-8")].into_iter().collect();
    Response::new(status, headers, page)
}

/// Counts requests in windows of fixed length.
#[derive(Debug, Default)]
pub struct Limiter {
    /// Start of the window, in milliseconds since the epoch.
    since: i64,
    used: u32,
}

impl Limiter {
    /// Counts one request; gives the 429 when the window is full, with whole seconds to wait.
    pub fn count(&mut self, limit: RateLimit, now: OffsetDateTime) -> Option<Response> {
        let (now, length) = (millis(now), i64::from(limit.seconds) * 1000);
        if now - self.since >= length {
            (self.since, self.used) = (now, 0);
        }
        if self.used >= limit.requests {
            let wait = (self.since + length - now + 999) / 1000;
            return Some(throttled(Some(&wait.to_string())));
        }
        self.used += 1;
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::Method;
    use time::macros::datetime;

    #[test]
    fn weather_hits_only_the_requests_it_names_and_only_so_often() {
        let mut forecast = Forecast::default();
        forecast.add(Weather {
            times: 2,
            method: Some("POST".into()),
            path: Some("/Users".into()),
            kind: WeatherKind::Drop,
        });
        let post = Request::new(Method::Post, "/Users");
        assert_eq!(forecast.strike(&Request::new(Method::Get, "/Users")), None);
        assert_eq!(forecast.strike(&Request::new(Method::Post, "/Groups")), None);
        assert_eq!(forecast.strike(&post), Some(Reply::Drop));
        assert_eq!(forecast.strike(&post), Some(Reply::Drop));
        assert_eq!(forecast.strike(&post), None);
    }

    #[test]
    fn a_full_window_says_in_whole_seconds_when_the_next_begins() {
        let limit = RateLimit { requests: 1, seconds: 10 };
        let mut limiter = Limiter::default();
        let start = datetime!(2026-01-05 09:00 UTC);
        assert_eq!(limiter.count(limit, start), None);
        let refused = limiter.count(limit, start + std::time::Duration::from_millis(2500));
        assert_eq!(refused.map(|r| r.headers.get("retry-after").map(str::to_owned)), Some(Some("8".into())));
        assert_eq!(limiter.count(limit, start + std::time::Duration::from_secs(10)), None);
    }
}

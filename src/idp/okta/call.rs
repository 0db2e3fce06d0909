//! Sending with Okta's schedule after 429, and reading what came back (S-OKTA-CONCEPT, "rate limits").

use std::sync::Arc;
use std::time::Duration;

use time::OffsetDateTime;
use time::format_description::well_known::Rfc2822;

use super::app::Okta;
use crate::http::{Answer, Request, Response};
use crate::idp::wire::Stop;
use crate::idp::{Halt, Outcome, Port, Waiting};

/// The longest a doubled wait may become.
const MAX_WAIT: Duration = Duration::from_secs(7 * 24 * 3600);

impl Okta {
    /// Sends, and waits and repeats while the answer is 429: `Retry-After` when it is a number of seconds, else five
    /// minutes; each further wait is twice the one before; the last attempt's answer stands.
    pub(super) async fn call<P: Port>(&self, port: &mut P, request: Request) -> Result<Answer, Halt> {
        let schedule = self.knobs.retry429;
        let mut wait = None;
        for _ in 1..schedule.max {
            let answer = port.send(request.clone()).await?;
            let Some(throttled) = throttled(&answer) else { return Ok(answer) };
            let asked = retry_after(throttled, schedule.accept_http_date);
            let next = match wait {
                None => asked.unwrap_or(Duration::from_secs(schedule.default_s)),
                Some(before) => Duration::saturating_mul(before, schedule.factor),
            };
            let why = if asked.is_some() { Waiting::RetryAfter } else { Waiting::BackOff };
            port.wait(next.min(MAX_WAIT), why).await?;
            wait = Some(next.min(MAX_WAIT));
        }
        port.send(request).await
    }

    /// [`Okta::call`] for an answer that must be a success: anything else becomes the outcome that `fail` makes of it.
    pub(super) async fn must<P: Port>(
        &self,
        port: &mut P,
        request: Request,
        fail: impl FnOnce(&Answer) -> Outcome + Send,
    ) -> Result<Arc<Response>, Stop> {
        let answer = self.call(port, request).await?;
        match &answer {
            Ok(response) if response.is_success() => Ok(response.clone()),
            _ => Err(Stop::Recorded(fail(&answer))),
        }
    }
}

fn throttled(answer: &Answer) -> Option<&Response> {
    answer.as_ref().ok().filter(|response| response.status == 429).map(AsRef::as_ref)
}

/// Only digits count. A date counts as absent (OKTA-Q12), or is measured from the answer's own `Date` where a knob says so.
fn retry_after(response: &Response, accept_date: bool) -> Option<Duration> {
    let text = response.headers.get("retry-after")?.trim();
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return text.parse().ok().map(Duration::from_secs);
    }
    let date = |text: &str| OffsetDateTime::parse(text, &Rfc2822).ok();
    let (until, now) = (date(text).filter(|_| accept_date)?, date(response.headers.get("date")?)?);
    (until - now).try_into().ok()
}

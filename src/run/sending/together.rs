//! Several requests at a time: at once, or at a pace of their own.

use std::time::Duration;

use crate::http::{Answer, Request};
use crate::idp::Halt;
use crate::run::sending::busy;
use crate::run::sending::wire::Wire;

/// When the next of several requests leaves.
#[derive(Clone, Copy, PartialEq)]
enum Rhythm {
    AtOnce,
    /// As `--rate` allows.
    AtRate,
    Every(Duration),
}

impl Wire {
    /// Sends several requests at the same time; answers in their order.
    pub(in crate::run) async fn together(&mut self, requests: Vec<Request>) -> Result<Vec<Answer>, Halt> {
        self.sent(requests, Rhythm::AtOnce).await
    }

    /// Sends requests that no step looks at side by side, at the run's rate; answers in their order.
    ///
    /// Whom the target was too busy for is asked again alone, as everybody is who is alone from the start.
    pub(in crate::run) async fn side_by_side(&mut self, requests: Vec<Request>) -> Result<Vec<Answer>, Halt> {
        if let [alone] = &requests[..] {
            return Ok(vec![self.exchange(alone.clone()).await?]);
        }
        let mut answers = self.sent(requests.clone(), Rhythm::AtRate).await?;
        let pause = |answer: &Answer| busy::pause(answer.as_ref().ok()?, 0);
        let Some(longest) = answers.iter().filter_map(pause).max() else { return Ok(answers) };
        self.wait_for_target(longest).await?;
        for (request, answer) in requests.into_iter().zip(&mut answers) {
            if pause(answer).is_some() {
                *answer = self.exchange(request).await?;
            }
        }
        Ok(answers)
    }

    /// Sends a request every so often, whether those before it are answered or not; answers in their order.
    ///
    /// The pace is the scenario's, not that of `--rate`, and nothing that is busy is asked again. The embedded server
    /// gets them one after the other: its time passes without waiting.
    pub(in crate::run) async fn paced(&mut self, requests: Vec<Request>, every: Duration) -> Result<Vec<Answer>, Halt> {
        self.sent(requests, Rhythm::Every(every)).await
    }

    async fn sent(&mut self, requests: Vec<Request>, rhythm: Rhythm) -> Result<Vec<Answer>, Halt> {
        let every = if let Rhythm::Every(every) = rhythm { every } else { Duration::ZERO };
        let credential = self.site.credential();
        let intents = requests.iter().map(|request| self.admit(request, &credential)).collect::<Result<Vec<_>, _>>()?;
        let is_virtual = self.site.is_embedded() && !every.is_zero();
        let mut under_way = tokio::task::JoinSet::new();
        let mut answers: Vec<_> = requests.iter().map(|_| None).collect();
        let mut due = Duration::ZERO;
        for (index, request) in requests.iter().cloned().enumerate() {
            let (endpoint, credential) = (self.site.endpoint(), credential.clone());
            if is_virtual {
                self.site.advance(every);
                answers[index] = Some(endpoint.send(&credential, &request).await);
                continue;
            }
            if rhythm == Rhythm::AtRate {
                self.rate().ready().await;
            }
            let delay = due;
            due += every;
            under_way.spawn(async move {
                tokio::time::sleep(delay).await;
                (index, endpoint.send(&credential, &request).await)
            });
        }
        loop {
            // What is under way at an interruption reads and leaves nothing behind, or is journaled.
            let joined = tokio::select! {
                joined = under_way.join_next() => joined,
                () = self.shared.interruption(), if !every.is_zero() => return Err(Halt::Interrupted),
            };
            let Some(joined) = joined else { break };
            let (index, answer) = joined.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()));
            answers[index] = Some(answer);
        }
        let mut answered = Vec::new();
        for ((request, answer), intents) in requests.into_iter().zip(answers).zip(intents) {
            let (answer, elapsed) = answer.expect("every request was joined");
            self.record(self.sender, request, answer.clone(), elapsed, &intents)?;
            answered.push(answer);
        }
        Ok(answered)
    }
}

//! The wire of one scenario: the one place through which every request leaves.
//!
//! It keeps the promises of the design: own data only, recorded before it is
//! sent, at the agreed rate, bounded in number; it writes the transcript and
//! lets time pass.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value};

use time::OffsetDateTime;

use crate::http::{
    Answer, Credential, Exchange, Mark, MarkKind, Method, RateLimit, Redactor, Request, Sender, Transcript,
    TransportFailure,
};
use crate::idp::{Halt, Port, Waiting};
use crate::run::lanes::Lane;
use crate::run::own::address::Resource;
use crate::run::own::bulk;
use crate::run::own::journal::{Intent, Journal, JournalError};
use crate::run::own::ownership::{Change, Ownership, Refusal};
use crate::run::player::neutral;
use crate::run::sending::bodies;
use crate::run::sending::busy;
use crate::run::sending::lateness::Times;
use crate::run::sending::shared::{Pace, Shared};
use crate::run::sending::site::Site;

/// Bound on requests of one scenario × dialect.
const MAX_REQUESTS: usize = 3_000;
/// What a scenario waits for no longer than this is really waited for at a target: there the clock that counts is the
/// target's own, and its dates may be whole seconds.
const SHORT: Duration = Duration::from_secs(5);

/// After an interruption an answer under way gets this long: what it creates must be known to be removed.
const GRACE: Duration = Duration::from_secs(3);

/// Silence that lasts this long is a timeout to an IdP: Okta's 60 s (OKTA-R14); Entra's deadline is not documented.
const PATIENCE: Duration = Duration::from_secs(60);

/// A create whose answer is not known.
#[derive(Clone, Debug)]
pub(in crate::run) struct Unanswered {
    /// `/Users`.
    pub(in crate::run) path: String,
    /// Its `userName` or `displayName`.
    pub(in crate::run) name: Option<String>,
    intent: Option<Intent>,
}

impl Unanswered {
    /// One that an earlier run's journal tells of.
    pub(in crate::run) fn new(path: &str, name: Option<&str>) -> Self {
        Self { path: path.to_owned(), name: name.map(str::to_owned), intent: None }
    }
}

/// The engine's side of a dialect and of raw steps.
pub(in crate::run) struct Wire {
    pub(in crate::run) site: Site,
    pub(in crate::run) transcript: Transcript,
    pub(in crate::run) ownership: Ownership,
    pub(in crate::run) random: fastrand::Rng,
    /// Who speaks now, and in which step.
    pub(in crate::run) sender: Sender,
    pub(in crate::run) step: usize,
    /// A scenario that makes its own weather lets the dialect see it.
    pub(in crate::run) shows_weather: bool,
    /// No IdP plays: whatever is busy is asked again.
    pub(in crate::run) is_plain: bool,
    pub(in crate::run) unanswered: Vec<Unanswered>,
    /// Attributes that every user needs at this target; the IdP's admin would have to map them.
    pub(in crate::run) needed: Map<String, Value>,
    /// The right to send; lent to others while this scenario waits.
    pub(in crate::run) lane: Lane,
    /// What tells whether reads are late.
    pub(in crate::run) times: Times,
    now: Duration,
    pace: Pace,
    pub(in crate::run) shared: Arc<Shared>,
    journal: Option<Arc<Journal>>,
}

impl Wire {
    pub(in crate::run) fn new(
        site: Site,
        mark: &str,
        random: fastrand::Rng,
        pace: Pace,
        shared: Arc<Shared>,
        journal: Option<Arc<Journal>>,
    ) -> Self {
        let transcript = Transcript { base: site.base().to_string(), ..Transcript::default() };
        Self {
            ownership: Ownership::new(mark),
            site,
            transcript,
            random,
            sender: Sender::Harness,
            step: 0,
            shows_weather: false,
            is_plain: false,
            unanswered: Vec::new(),
            needed: Map::new(),
            lane: Lane::alone(),
            times: Times::default(),
            now: Duration::ZERO,
            pace,
            shared,
            journal,
        }
    }

    /// Virtual time since the scenario began.
    pub(in crate::run) const fn virtual_now(&self) -> Duration {
        self.now
    }

    /// Notes something between two exchanges.
    pub(in crate::run) fn mark(&mut self, kind: MarkKind) {
        self.transcript.marks.push(Mark { after: self.transcript.exchanges.len(), at: self.now, kind });
    }

    /// Sends with the credential of the run.
    pub(in crate::run) async fn exchange(&mut self, request: Request) -> Result<Answer, Halt> {
        let credential = self.site.credential();
        self.exchange_as(request, &credential).await
    }

    /// Sends with another credential; a target that is busy is asked again.
    pub(in crate::run) async fn exchange_as(
        &mut self,
        request: Request,
        credential: &Credential,
    ) -> Result<Answer, Halt> {
        self.let_catch_up(&request).await?;
        let (mut busy, mut has_broken) = (0, false);
        loop {
            let intents = self.admit(&request, credential)?;
            self.pace.rate.ready().await;
            let before = self.site.virtual_time();
            let (answer, elapsed) = self.send_now(&request, credential).await?;
            let passed = self.passed_since(before);
            let (answer, elapsed) = (self.after_silence(answer, passed), elapsed + passed);
            if self.is_chance(&request, &answer, has_broken) {
                has_broken = true;
                continue;
            }
            let pause = self.busy_pause(&answer, busy).filter(|_| !self.shared.is_always_busy(&request));
            let is_busy = answer.as_ref().is_ok_and(|response| matches!(response.status, 429 | 503));
            if pause.is_none() && busy > 0 && is_busy {
                self.shared.saw_busy(&request);
            }
            // An answer that is weather is nobody's: it stands in the transcript, but not in the snapshot.
            let sender = if pause.is_some() { Sender::Harness } else { self.sender };
            self.record(sender, request.clone(), answer.clone(), elapsed, &intents)?;
            let Some(pause) = pause else { return Ok(answer) };
            busy += 1;
            self.wait_for_target(pause).await?;
        }
    }

    /// After a request without a whole answer: one that is answered shows that the target is there all the same.
    ///
    /// It bypasses the limit on silent answers: it is what tells a silent route from a target that is gone.
    pub(in crate::run) async fn ask_whether_it_is_there(&mut self) -> Result<(), Halt> {
        let Some(failed) = self.transcript.exchanges.iter().find(|exchange| exchange.answer.is_err()) else {
            return Ok(());
        };
        if self.shared.is_dead() || self.shared.is_interrupted() {
            return Ok(());
        }
        let is_users = failed.request.path.starts_with("/Users");
        let other = if is_users { "/ServiceProviderConfig" } else { "/Users?startIndex=1&count=1" };
        let request = neutral(Method::Get, other);
        self.shared.count_request();
        let (answer, elapsed) = self.send_now(&request, &self.site.credential()).await?;
        if answer.is_err() {
            self.shared.saw_dead();
        }
        self.record(Sender::CleanUp, request, answer, elapsed, &[])
    }

    async fn send_now(&self, request: &Request, credential: &Credential) -> Result<(Answer, Duration), Halt> {
        let endpoint = self.site.endpoint();
        let outgoing = self.outgoing(request);
        let sending = endpoint.send(credential, &outgoing);
        let sent = if self.sender == Sender::CleanUp || self.site.is_embedded() {
            sending.await
        } else {
            let interrupted = async {
                self.shared.interruption().await;
                tokio::time::sleep(GRACE).await;
            };
            tokio::select! {
                sent = sending => sent,
                () = interrupted => (Err(TransportFailure::Truncated("interrupted".to_owned())), GRACE),
            }
        };
        if matches!(sent.0, Err(TransportFailure::Timeout(_))) && !self.shows_weather {
            self.shared.count_timeout(request, *credential == self.site.credential());
        }
        Ok(sent)
    }

    /// What really leaves: where every request has a connection of its own, it says so. The transcript does not: that
    /// is no part of what is asked.
    fn outgoing<'r>(&self, request: &'r Request) -> Cow<'r, Request> {
        let mut outgoing = Cow::Borrowed(request);
        if self.lane.connects_anew {
            outgoing.to_mut().headers.set("Connection", "close");
        }
        outgoing
    }

    /// Virtual time that the embedded server let pass before it answered.
    fn passed_since(&self, before: Option<OffsetDateTime>) -> Duration {
        let times = self.site.virtual_time().zip(before);
        times.and_then(|(after, before)| (after - before).try_into().ok()).unwrap_or_default()
    }

    /// What the server kept waiting for too long is a timeout to the IdP, even where an answer came in the end.
    fn after_silence(&mut self, answer: Answer, passed: Duration) -> Answer {
        if passed >= PATIENCE {
            self.now += PATIENCE;
            return Err(TransportFailure::Timeout(PATIENCE));
        }
        answer
    }

    /// Whether a request may leave; what each of its operations may create is journaled here, before it does.
    pub(in crate::run) fn admit(
        &self,
        request: &Request,
        credential: &Credential,
    ) -> Result<Vec<Option<Intent>>, Halt> {
        if self.sender != Sender::CleanUp {
            if self.shared.is_interrupted() {
                return Err(Halt::Interrupted);
            }
            if self.transcript.exchanges.len() >= MAX_REQUESTS {
                return Err(Halt::TooManyRequests(MAX_REQUESTS));
            }
        }
        if self.shared.is_silent(request, *credential == self.site.credential()) {
            return Err(Halt::Silent);
        }
        self.ownership.permits(request).map_err(|refusal| match refusal {
            Refusal::Stranger(what) => Halt::Stranger(what),
            Refusal::Unmarked(name) => Halt::Unmarked(name),
        })?;
        bodies::learn(request, &self.pace.redactor);
        let parts = bulk::requests(request);
        let intents = parts.iter().map(|part| self.intend(part)).collect::<Result<_, _>>()?;
        self.shared.count_request();
        Ok(intents)
    }

    fn intend(&self, request: &Request) -> Result<Option<Intent>, Halt> {
        let Some(journal) = self.journal.as_ref().filter(|_| self.ownership.may_create(request)) else {
            return Ok(None);
        };
        let name = bodies::name_of(request);
        journal.intend(request.method, &request.path, name.as_deref()).map(Some).map_err(halt)
    }

    pub(in crate::run) fn record(
        &mut self,
        sender: Sender,
        request: Request,
        answer: Answer,
        elapsed: Duration,
        intents: &[Option<Intent>],
    ) -> Result<(), Halt> {
        for ((part, answer), intent) in bulk::exchanges(&request, &answer).into_iter().zip(intents) {
            self.settle(&part, answer, *intent)?;
        }
        self.times.note(&request, &answer);
        self.transcript.exchanges.push(Exchange { step: self.step, sender, request, answer, elapsed, at: self.now });
        Ok(())
    }

    /// Whether a read met a connection that was being closed, so that it is sent once more (RFC 9112 §9.3.1). A write
    /// may have arrived: its scenario is played again as a whole.
    fn is_chance(&self, request: &Request, answer: &Answer, has_broken: bool) -> bool {
        let may_be = matches!(answer, Err(TransportFailure::Truncated(_))) && !has_broken && !self.shows_weather;
        may_be && !request.method.writes() && !self.site.is_embedded() && self.shared.forgives_break()
    }

    /// Notes what came of one request, or of one operation in it; `None` when nothing is known of that.
    fn settle(&mut self, request: &Request, answer: Option<Answer>, intent: Option<Intent>) -> Result<(), Halt> {
        let mut open = intent;
        for change in answer.map(|answer| self.ownership.learn(request, &answer)).unwrap_or_default() {
            let Some(journal) = &self.journal else { continue };
            match (change, open) {
                (Change::Created(resource), Some(intent)) => {
                    open = None;
                    journal.created(intent, &resource.path()).map_err(halt)?;
                }
                (Change::NotCreated, Some(intent)) => {
                    open = None;
                    journal.refused(intent).map_err(halt)?;
                }
                (Change::Created(resource) | Change::Found(resource), _) => {
                    journal.found(&resource.path()).map_err(halt)?;
                }
                (Change::Removed(resource), _) => journal.removed(&resource.path()).map_err(halt)?,
                (Change::NotCreated, None) => {}
            }
        }
        if open.is_some() {
            let (path, name) = (request.path.clone(), bodies::name_of(request));
            self.unanswered.push(Unanswered { path, name, intent: open });
        }
        Ok(())
    }

    /// The pace of everything that is sent.
    pub(in crate::run) const fn rate(&self) -> &RateLimit {
        &self.pace.rate
    }

    /// Learns every password and token of the run.
    pub(in crate::run) const fn redactor(&self) -> &Redactor {
        &self.pace.redactor
    }

    /// Takes over a resource that the control plane made for us.
    pub(in crate::run) fn adopt(&mut self, resource: Resource) -> Result<(), Halt> {
        let path = resource.path();
        if self.ownership.adopt(resource)
            && let Some(journal) = &self.journal
        {
            journal.found(&path).map_err(halt)?;
        }
        Ok(())
    }

    /// What a create without an answer made has been looked up: nothing more of it can be there.
    pub(in crate::run) fn resolved(&mut self, unanswered: &Unanswered) -> Result<(), Halt> {
        if let (Some(journal), Some(intent)) = (&self.journal, unanswered.intent) {
            journal.refused(intent).map_err(halt)?;
        }
        Ok(())
    }

    /// How long to pause when the target is busy: weather, not a defect (RFC 6585 §4, RFC 9110 §15.6.4).
    ///
    /// `None` when the answer counts as it is: for a dialect on the embedded server, which has a
    /// schedule of its own, in a scenario about weather, or when the target stays busy.
    fn busy_pause(&self, answer: &Answer, already: u32) -> Option<Duration> {
        if self.shows_weather || (self.site.is_embedded() && !self.is_plain) {
            return None;
        }
        busy::pause(answer.as_ref().ok()?, already)
    }

    /// Waits because the target asks for it, up to what the user allows.
    pub(in crate::run) async fn wait_for_target(&mut self, pause: Duration) -> Result<(), Halt> {
        if pause > self.pace.max_wait {
            return Err(Halt::WaitTooLong(pause));
        }
        if self.site.is_embedded() {
            self.site.advance(pause);
            self.now += pause;
            return Ok(());
        }
        self.shared.saw_pause(pause);
        self.really_wait(pause).await
    }

    /// Time passes as a scenario asks. A few seconds really pass at a target, so that its clock moves on.
    pub(in crate::run) async fn pause(&mut self, duration: Duration) -> Result<(), Halt> {
        if duration > SHORT || self.site.is_embedded() {
            return self.wait(duration, Waiting::Schedule("as the scenario asks")).await;
        }
        self.mark(MarkKind::Wait(duration, "as the scenario asks".to_owned()));
        self.wait_in_another_lane(duration).await
    }

    /// Lets time really pass, and others send meanwhile.
    pub(in crate::run) async fn wait_in_another_lane(&mut self, duration: Duration) -> Result<(), Halt> {
        let mut lane = std::mem::take(&mut self.lane);
        let waited = lane.lend_while(self.really_wait(duration)).await;
        self.lane = lane;
        waited
    }

    async fn really_wait(&mut self, pause: Duration) -> Result<(), Halt> {
        if self.sender == Sender::CleanUp {
            tokio::time::sleep(pause).await;
        } else {
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = self.shared.interruption() => return Err(Halt::Interrupted),
            }
        }
        self.now += pause;
        Ok(())
    }
}

#[expect(clippy::needless_pass_by_value, reason = "the form `map_err` takes")]
fn halt(error: JournalError) -> Halt {
    Halt::Journal(error.to_string())
}

impl Port for Wire {
    async fn send(&mut self, mut request: Request) -> Result<Answer, Halt> {
        self.sender = Sender::Idp;
        bodies::complete(&mut request, &self.needed);
        self.exchange(request).await
    }

    async fn wait(&mut self, duration: Duration, why: Waiting) -> Result<(), Halt> {
        let reason = match why {
            Waiting::Schedule(schedule) => schedule,
            Waiting::RetryAfter => "Retry-After",
            Waiting::BackOff => "back-off",
        };
        self.mark(MarkKind::Wait(duration, reason.to_owned()));
        if !self.site.is_embedded() {
            let last = self.transcript.exchanges.last();
            if why == Waiting::RetryAfter && last.is_some_and(|last| self.shared.is_always_busy(&last.request)) {
                self.now += duration;
                return Ok(());
            }
            if why == Waiting::RetryAfter {
                return self.wait_for_target(duration).await;
            }
            if self.pace.real_time {
                return self.really_wait(duration).await;
            }
        }
        self.site.advance(duration);
        self.now += duration;
        Ok(())
    }

    fn now(&self) -> Duration {
        self.now
    }

    fn random(&mut self) -> u64 {
        self.random.u64(..)
    }
}

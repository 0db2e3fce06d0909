//! The queue: which job is played when, and in which order results are told.
//!
//! Several jobs are under way at a time. Results are told in the order of the
//! plan whatever finishes first, so two runs print the same. Jobs that need the
//! target for themselves (capacity, token) come after all others have cleaned up.

use std::collections::BTreeMap;
use std::sync::Arc;

use tokio::task::{JoinError, JoinSet};

use super::engine::Engine;
use super::event::{JudgedFinding, RunEvent, ScenarioResult};
use super::lanes::{Lane, Lanes};
use super::plan::jobs::{Disturbance, Job};
use super::player::is_about_lateness;
use crate::finding::Verdict;
use crate::http::TransportFailure;

/// Plays all jobs, `width` at a time, and hands over each result in the order of the plan.
///
/// A target that stumbles while several jobs are under way gets those again
/// alone: what only happens in company is told as a note, and the rest of the
/// run goes one by one. Gives the note. Where reads turn out to be late, what
/// went wrong before that was known is played again as well.
///
/// After an interruption nothing new is begun, and what was not begun is not told.
pub(super) async fn play(
    engine: Arc<Engine>,
    jobs: Vec<Job>,
    width: usize,
    emit: &mut dyn FnMut(RunEvent),
) -> Option<String> {
    let alone = |job: &Job| engine.venue.is_target() && job.disturbance() != Disturbance::None;
    let total = jobs.len();
    let jobs: Vec<_> = jobs.into_iter().enumerate().collect();
    // Where reads come late, everything else has to know.
    let is_first = |(_, job): &(usize, Job)| engine.venue.is_target() && is_about_lateness(&job.scenario.id);
    let (first, jobs): (Vec<_>, Vec<_>) = jobs.into_iter().partition(is_first);
    let (exclusive, mut shared): (Vec<_>, Vec<_>) = jobs.into_iter().partition(|(_, job)| alone(job));
    if engine.venue.is_target() {
        // Time passes for them while others play; begun last, they would keep the whole run waiting.
        shared.sort_by_key(|(_, job)| !job.waits());
    }
    let mut queue = Queue {
        engine,
        again: Vec::new(),
        total,
        crowded: 0,
        doubts_lists: true,
        doubts_silence: true,
        told: InOrder::default(),
    };
    queue.play(first, Lanes::new(1), emit).await;
    // One job alone has no company to blame.
    let lanes = Lanes::new(width.min(shared.len()));
    queue.play(shared, lanes, emit).await;
    let breadth = if queue.crowded > 0 { 1 } else { width };
    queue.play(exclusive, Lanes::one_by_one(breadth), emit).await;
    queue.told.flush(emit);
    (queue.crowded > 0).then(|| {
        format!(
            "the target fails when several requests come at once ({} of the first scenarios passed alone), so the \
             rest was played one by one; `--jobs 1` does so from the start",
            queue.crowded
        )
    })
}

struct Queue {
    engine: Arc<Engine>,
    /// Jobs to be played once more, alone.
    again: Vec<Again>,
    /// Jobs of the plan; repeats are numbered from here on, so that their marks differ.
    total: usize,
    /// Jobs that the target stumbled over in company and not alone.
    crowded: usize,
    /// A list may have changed between its total and its page; until one is wrong alone as well.
    doubts_lists: bool,
    /// A server with one thread may leave a second connection waiting; until it is silent alone as well.
    doubts_silence: bool,
    told: InOrder,
}

/// A job to be played once more.
struct Again {
    index: usize,
    job: Job,
    /// An answer broke off.
    broke_off: bool,
    /// The target failed.
    failed: bool,
}

struct Done {
    index: usize,
    job: Job,
    /// It was known when the job began how late reads of this target are.
    gave_time: bool,
    result: ScenarioResult,
}

impl Queue {
    async fn play(&mut self, jobs: Vec<(usize, Job)>, mut lanes: Lanes, emit: &mut dyn FnMut(RunEvent)) {
        let mut jobs = jobs.into_iter();
        let mut under_way: JoinSet<Done> = JoinSet::new();
        loop {
            let may_begin = jobs.len() > 0 && self.again.is_empty() && !self.engine.shared.is_interrupted();
            tokio::select! {
                biased;
                Some(joined) = under_way.join_next() => self.finished(joined, lanes.have_company(), emit),
                lane = lanes.enter(), if may_begin => {
                    if !self.engine.shared.is_interrupted() && let Some((index, job)) = jobs.next() {
                        self.begin(index, job, lane, &mut under_way, emit);
                    }
                }
                // Nothing is under way, and nothing new may begin.
                else => {
                    if self.again.is_empty() {
                        break;
                    }
                    if self.alone_again(emit).await {
                        lanes = Lanes::new(1);
                    }
                }
            }
        }
    }

    fn begin(&self, index: usize, job: Job, lane: Lane, under_way: &mut JoinSet<Done>, emit: &mut dyn FnMut(RunEvent)) {
        let (scenario, dialect) = (job.scenario.id.clone(), job.dialect.clone());
        emit(RunEvent::ScenarioStarted { scenario, dialect });
        let engine = Arc::clone(&self.engine);
        under_way.spawn(async move {
            // A scenario about lateness learns nothing from more time.
            let gave_time = engine.shared.lateness.was_seen() || is_about_lateness(&job.scenario.id);
            let result = engine.play_job(index, &job, lane).await;
            Done { index, job, gave_time, result }
        });
    }

    /// A panic in a job is a bug here: let it end the run as one (exit 70).
    fn finished(&mut self, joined: Result<Done, JoinError>, in_company: bool, emit: &mut dyn FnMut(RunEvent)) {
        let done = joined.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()));
        let Done { index, job, gave_time, result } = done;
        // An answer that breaks off alone may do so once by chance; a 5xx does not.
        let broke_off = broke_off(&result);
        // Silence costs the whole time limit: it is asked for twice only until it is clear what it means.
        let failed = stumbled(&result) || (self.doubts_silence && was_silent(&result));
        let may_be_chance = if in_company { failed || (self.doubts_lists && miscounted(&result)) } else { broke_off };
        let was_hasty = !gave_time && self.engine.shared.lateness.was_seen() && went_wrong(&result);
        if (may_be_chance || was_hasty) && self.engine.venue.is_target() && !self.engine.shared.is_interrupted() {
            self.again.push(Again { index, job, broke_off, failed });
        } else {
            self.told.add(index, result, emit);
        }
    }

    /// Plays what went wrong in company once more, one by one. Gives whether company was the cause of any.
    async fn alone_again(&mut self, emit: &mut dyn FnMut(RunEvent)) -> bool {
        let crowded_before = self.crowded;
        for Again { index, job, broke_off, failed } in std::mem::take(&mut self.again) {
            // A connection that closes while the next request is on its way (RFC 9112 §9.5) breaks off an answer by
            // right. That ends where each request has a connection of its own; a defect goes on.
            let lane = if broke_off { Lane::connecting_anew() } else { Lane::alone() };
            let result = self.engine.play_job(self.total + index, &job, lane).await;
            let was_played = !matches!(result.verdict, Verdict::Infrastructure(_));
            self.crowded += usize::from(was_played && failed && !stumbled(&result) && !was_silent(&result));
            self.doubts_lists &= !miscounted(&result);
            self.doubts_silence &= !was_silent(&result);
            self.told.add(index, result, emit);
        }
        self.crowded > crowded_before
    }
}

/// Whether the target failed on its own side: a 5xx that is no weather (501 is a choice, 503 with a time is load),
/// or no whole answer.
fn stumbled(result: &ScenarioResult) -> bool {
    result.transcript.exchanges.iter().any(|exchange| match &exchange.answer {
        Ok(response) => match response.status {
            501 => false,
            503 => response.headers.get("retry-after").is_none(),
            status => status >= 500,
        },
        Err(failure) => !matches!(failure, TransportFailure::Timeout(_)),
    })
}

/// Whether a request was not answered in time.
fn was_silent(result: &ScenarioResult) -> bool {
    let mut answers = result.transcript.exchanges.iter().map(|exchange| &exchange.answer);
    answers.any(|answer| matches!(answer, Err(TransportFailure::Timeout(_))))
}

/// Whether anything was not as it should be, or could not be seen.
fn went_wrong(result: &ScenarioResult) -> bool {
    !result.findings.is_empty() || matches!(result.verdict, Verdict::Fail | Verdict::Inconclusive(_))
}

/// Whether a list was not as long as it said: others may have come or gone while it was made.
fn miscounted(result: &ScenarioResult) -> bool {
    let is_list = |judged: &JudgedFinding| ["list/resources", "list/total-results"].contains(&&*judged.finding.rule);
    result.findings.iter().any(|judged| judged.finding.is_in_passing() && is_list(judged))
}

/// Whether a connection closed in the middle.
fn broke_off(result: &ScenarioResult) -> bool {
    let mut answers = result.transcript.exchanges.iter().map(|exchange| &exchange.answer);
    answers.any(|answer| matches!(answer, Err(TransportFailure::Truncated(_))))
}

/// Holds results back until all before them are told.
#[derive(Default)]
struct InOrder {
    next: usize,
    done: BTreeMap<usize, ScenarioResult>,
}

impl InOrder {
    fn add(&mut self, index: usize, result: ScenarioResult, emit: &mut dyn FnMut(RunEvent)) {
        self.done.insert(index, result);
        while let Some(result) = self.done.remove(&self.next) {
            emit(RunEvent::ScenarioFinished(Box::new(result)));
            self.next += 1;
        }
    }

    fn flush(&mut self, emit: &mut dyn FnMut(RunEvent)) {
        for result in std::mem::take(&mut self.done).into_values() {
            emit(RunEvent::ScenarioFinished(Box::new(result)));
        }
    }
}

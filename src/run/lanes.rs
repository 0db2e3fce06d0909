//! Lanes: how many scenarios send at a time.
//!
//! A scenario that waits for the target's clock sends nothing meanwhile, so it lends its lane to another.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// All lanes of a queue.
pub(super) struct Lanes {
    width: usize,
    breadth: usize,
    free: Arc<Semaphore>,
}

impl Lanes {
    /// `width` lanes, at least one.
    pub(super) fn new(width: usize) -> Self {
        let width = width.max(1);
        Self { width, breadth: 1, free: Arc::new(Semaphore::new(width)) }
    }

    /// One lane, for scenarios that need the target for themselves: up to `breadth` requests fit in side by side.
    pub(super) fn one_by_one(breadth: usize) -> Self {
        Self { breadth: breadth.max(1), ..Self::new(1) }
    }

    /// Whether scenarios keep each other company.
    pub(super) const fn are_shared(&self) -> bool {
        self.width > 1
    }

    /// Whether a request may have company, of other scenarios or of its own.
    pub(super) const fn have_company(&self) -> bool {
        self.are_shared() || self.breadth > 1
    }

    /// Comes back once a lane is free. Those who want theirs back come first.
    pub(super) async fn enter(&self) -> Lane {
        let permit = take(&self.free).await;
        // With one lane, one scenario plays at a time from its first request to its last.
        let lent = self.are_shared().then(|| Arc::clone(&self.free));
        Lane { permit: Some(permit), lent, breadth: self.breadth, connects_anew: false }
    }
}

/// The right to send, for one scenario.
#[derive(Debug, Default)]
pub(super) struct Lane {
    permit: Option<OwnedSemaphorePermit>,
    /// Where the lane goes while its scenario waits; none for one that it keeps.
    lent: Option<Arc<Semaphore>>,
    breadth: usize,
    /// Each request opens a connection of its own.
    pub(super) connects_anew: bool,
}

impl Lane {
    /// A lane apart from all others, for a scenario that plays alone.
    pub(super) fn alone() -> Self {
        Self::default()
    }

    /// … and uses no connection twice, so that none can close before its request arrives.
    pub(super) fn connecting_anew() -> Self {
        Self { connects_anew: true, ..Self::default() }
    }

    /// How many requests may be under way at a time that no step looks at, such as the creates of a crowd.
    pub(super) fn breadth(&self) -> usize {
        self.breadth.max(1)
    }

    /// Lends the lane until `waiting` is over, and comes back with it.
    pub(super) async fn lend_while<T>(&mut self, waiting: impl Future<Output = T>) -> T {
        let Some(free) = &self.lent else { return waiting.await };
        self.permit = None;
        let waited = waiting.await;
        self.permit = Some(take(free).await);
        waited
    }
}

async fn take(free: &Arc<Semaphore>) -> OwnedSemaphorePermit {
    Arc::clone(free).acquire_owned().await.expect("the semaphore is never closed")
}

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};

    use tokio::time::{Duration, timeout};

    use super::*;

    const MOMENT: Duration = Duration::from_millis(20);

    #[tokio::test]
    async fn a_lane_is_free_again_when_its_scenario_ends_and_while_it_waits() {
        let lanes = Lanes::new(2);
        let (mut first, second) = (lanes.enter().await, lanes.enter().await);
        assert!(timeout(MOMENT, lanes.enter()).await.is_err(), "both lanes are taken");
        drop(second);
        let third = timeout(MOMENT, lanes.enter()).await.expect("one lane is free");
        let another_may = async { timeout(MOMENT, lanes.enter()).await.is_ok() };
        assert!(first.lend_while(another_may).await, "the lane of the one that waits is free");
        assert_eq!(timeout(MOMENT, first.lend_while(ready(7))).await, Ok(7));
        drop((first, third));
    }

    #[tokio::test]
    async fn a_scenario_that_is_alone_may_send_side_by_side_what_no_step_looks_at() {
        assert_eq!(Lanes::one_by_one(8).enter().await.breadth(), 8);
        assert_eq!(Lanes::new(8).enter().await.breadth(), 1, "the others fill the target's time");
        assert_eq!(Lane::alone().breadth(), 1);
    }

    #[tokio::test]
    async fn the_only_lane_is_kept() {
        let lanes = Lanes::new(0);
        let mut only = lanes.enter().await;
        let another_may = async { timeout(MOMENT, lanes.enter()).await.is_ok() };
        assert!(!only.lend_while(another_may).await, "one by one means that nothing comes between");
        assert!(timeout(MOMENT, Lane::alone().lend_while(pending::<()>())).await.is_err());
    }
}

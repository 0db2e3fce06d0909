//! How long to wait until a change would get another `meta.lastModified`: as long as the target's moments are coarse.

use std::time::Duration;

use serde_json::Value;

use super::Player;
use crate::http::Response;
use crate::scim::datetime;

/// For moments in whole seconds, and where none was seen.
const WHOLE_SECONDS: Duration = Duration::from_millis(1100);

/// At least. Some clocks move on only every 16 ms, however finely they are written (Windows).
const SHORTEST: Duration = Duration::from_millis(20);

impl Player {
    /// The wait, by all moments that this scenario saw: what is stored may be coarser than what a POST answers.
    pub(super) fn tick(&self) -> Duration {
        let answers = self.wire.transcript.exchanges.iter().filter_map(|exchange| exchange.response());
        tick(answers.filter_map(Response::json))
    }
}

/// Two steps of the coarsest moment: one that happens to end in zeros looks coarser than it is, and costs little.
fn tick<'a>(bodies: impl Iterator<Item = &'a Value>) -> Duration {
    let moments = bodies.filter_map(|body| body.get("meta")?.get("lastModified")?.as_str());
    let coarsest = moments.map(resolution).max().unwrap_or(Duration::from_secs(1));
    (coarsest * 2).clamp(SHORTEST, WHOLE_SECONDS)
}

/// What cannot be read is as coarse as can be.
fn resolution(moment: &str) -> Duration {
    datetime::parse(moment).map_or(Duration::from_secs(1), |moment| datetime::resolution(moment).unsigned_abs())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn after(moments: &[&str]) -> Duration {
        let bodies: Vec<Value> = moments.iter().map(|moment| json!({"meta": {"lastModified": moment}})).collect();
        tick(bodies.iter())
    }

    #[test]
    fn the_coarsest_moment_says_how_long() {
        assert_eq!(after(&["2026-11-30T02:26:03.046Z", "2026-11-30T02:26:03.1234567+01:00"]), SHORTEST);
        assert_eq!(after(&["2026-11-30T02:26:03.046Z", "2026-11-30T02:26:03.3Z"]), Duration::from_millis(200));
        for coarse in ["2026-11-30T02:26:03Z", "2026-11-30T02:26:03.000Z", "2026-11-30T02:26:03+00:00", ""] {
            assert_eq!(after(&["2026-11-30T02:26:03.046Z", coarse]), WHOLE_SECONDS, "{coarse}");
        }
        assert_eq!(after(&[]), WHOLE_SECONDS);
    }
}

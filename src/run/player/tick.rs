//! How long to wait until a change would get another `meta.lastModified`: as long as the target's moments are coarse.

use std::time::Duration;

use serde_json::Value;

use super::Player;
use crate::http::Response;
use crate::scim::datetime;

/// For moments in whole seconds, and where none was seen.
const WHOLE_SECONDS: Duration = Duration::from_millis(1100);

/// For moments with a fraction. Clocks are often read more rarely than they can be written.
const FRACTIONS: Duration = Duration::from_millis(100);

impl Player {
    /// The wait, by all moments that this scenario saw: what is stored may be coarser than what a POST answers.
    pub(super) fn tick(&self) -> Duration {
        let answers = self.wire.transcript.exchanges.iter().filter_map(|exchange| exchange.response());
        tick(answers.filter_map(Response::json))
    }
}

fn tick<'a>(bodies: impl Iterator<Item = &'a Value>) -> Duration {
    let mut moments = bodies.filter_map(|body| body.get("meta")?.get("lastModified")?.as_str()).peekable();
    if moments.peek().is_some() && moments.all(has_fraction) { FRACTIONS } else { WHOLE_SECONDS }
}

fn has_fraction(moment: &str) -> bool {
    datetime::parse(moment).is_some_and(|moment| datetime::resolution(moment) < Duration::from_secs(1))
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
    fn only_moments_with_fractions_throughout_allow_a_short_wait() {
        assert_eq!(after(&["2026-11-30T02:26:03.046Z", "2026-11-30T02:26:03.1234567+01:00"]), FRACTIONS);
        for coarse in ["2026-11-30T02:26:03Z", "2026-11-30T02:26:03.000Z", "2026-11-30T02:26:03+00:00", ""] {
            assert_eq!(after(&["2026-11-30T02:26:03.046Z", coarse]), WHOLE_SECONDS, "{coarse}");
        }
        assert_eq!(after(&[]), WHOLE_SECONDS);
    }
}

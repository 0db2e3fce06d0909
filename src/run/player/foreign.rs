//! Elements of a list that a target adds by itself: an alias of every mailbox, a role that everybody has.
//!
//! What a client removes must be gone, and what it replaces too. One more that no request ever held proves nothing
//! of that (RFC 7644 §3.3: the server may answer with more than it was sent).

use serde_json::Value;

use super::Player;
use crate::run::player::expect::Mismatch;
use crate::scim::name;

impl Player {
    /// Whether an element that must not be there was added by the target itself. The first of a list is never that: a
    /// value which comes back in another form would be, too.
    pub(super) fn is_foreign(&self, mismatch: &Mismatch) -> bool {
        let Some((list, position)) = mismatch.subject.rsplit_once('.') else { return false };
        let is_further = position.parse::<usize>().is_ok_and(|position| position > 0);
        is_further
            && mismatch.expected == ["no value"]
            && serde_json::from_str(&mismatch.actual).is_ok_and(|element| !self.was_sent(list, &element))
    }

    /// Whether a request of this scenario held such an element of a list, by its `value`; one without is taken for ours,
    /// and so is who is in a group: that is for the client alone to say.
    pub(super) fn was_sent(&self, list: &str, element: &Value) -> bool {
        let is_of_values = !["members", "groups", "Resources"].iter().any(|own| list.starts_with(own));
        let value = element.as_object().and_then(|element| name::get(element, "value"));
        let Some(value) = value.filter(|_| is_of_values) else { return true };
        let text = value.to_string();
        // A value may be built of what was sent, and then it is not the same text.
        let mut bodies = self.wire.transcript.exchanges.iter().filter_map(|exchange| exchange.request.body.as_deref());
        bodies.any(|body| body.windows(text.len()).any(|part| part.eq_ignore_ascii_case(text.as_bytes())))
    }
}

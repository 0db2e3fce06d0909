//! Forms: names and values as `application/x-www-form-urlencoded` has them.

use super::exchange::Fields;
use super::target;

/// Names and values as a form is sent, or as they stand in a query.
pub fn encoded(fields: &Fields) -> String {
    let pairs = fields.iter().map(|(name, value)| format!("{}={}", target::encoded(name), target::encoded(value)));
    pairs.collect::<Vec<_>>().join("&")
}

//! Correct servers that use their freedoms.

use serde_json::json;

use crate::bench::assert_correct;

#[test]
fn as_it_is() {
    assert_correct(&json!({}), |server| server);
}

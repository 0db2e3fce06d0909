//! Correct servers that use their freedoms.

use serde_json::json;

use crate::bench::assert_correct;

#[test]
fn as_it_is() {
    assert_correct(&json!({}), |server| server);
}

#[test]
fn with_few_seats() {
    assert_correct(&json!({ "seats": 12 }), |server| server);
}

//! Server behaviours: each does what its line says, and nothing of it happens without it.

#![allow(clippy::unwrap_used, reason = "helpers of tests stand outside of test functions")]
#![allow(clippy::needless_pass_by_value, reason = "a body is written where it is sent")]

mod behaviours {
    mod access;
    mod accounts;
    mod answers;
    mod names;
    mod proof;
    mod support;
    mod values;
}

//! The reference server, claim by claim: SCIM by the book, and the organisation of the `calendly` persona.

#![allow(clippy::unwrap_used, reason = "helpers of tests stand outside of test functions")]
#![allow(clippy::needless_pass_by_value, reason = "a body is written where it is sent")]

mod server {
    mod admin;
    mod auth;
    mod bulk;
    mod calendly;
    mod conflict;
    mod create;
    mod delete;
    mod discovery;
    mod etag;
    mod filter;
    mod freedoms;
    mod groups;
    mod http;
    mod mapping;
    mod optional;
    mod paging;
    mod patch;
    mod projection;
    mod put;
    mod race;
    mod seats;
    mod sort;
    mod support;
    mod verification;
}

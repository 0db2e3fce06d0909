//! The reference server, claim by claim: SCIM by the book, and the organisation of the `calendly` persona.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

mod server {
    mod admin;
    mod auth;
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

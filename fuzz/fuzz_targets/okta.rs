//! System Log events in every envelope, and sentences of Okta's pages.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| scimulator_fuzz::read_as(bytes, &["okta."]));

//! Commands as shells read them, what curl prints, and mails in which they stand.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    scimulator_fuzz::read_as(bytes, &["curl.", "mixed."]);
    scimulator_fuzz::read_as(&[b"curl ", bytes].concat(), &["curl.command"]);
});

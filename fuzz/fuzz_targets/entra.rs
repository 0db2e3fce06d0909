//! Provisioning logs of Entra in every export.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| scimulator_fuzz::read_as(bytes, &["entra."]));

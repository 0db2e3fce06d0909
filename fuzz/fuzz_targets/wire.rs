//! Captures, collections and access logs.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| scimulator_fuzz::read_as(bytes, &["har", "app.", "http.", "access.", "otlp.", "postman.", "hurl", "wiremock.", "ngrok.", "runscope", "insomnia", "carried."]));

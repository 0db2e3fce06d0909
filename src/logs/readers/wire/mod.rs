//! Readers of what shows HTTP itself: captures, access logs, traces, commands, tests.
//!
//! ```text
//! file ─ one reader a format ─► Exchange ─ intake ─► target, meaning, subject, whose ─► Observation
//! ```
//!
//! A reader only takes its format apart. What a request means is decided once, for all of them.

mod access_json;
mod access_text;
mod access_w3c;
mod app_jsonl;
mod app_line;
mod app_text;
mod curl_command;
mod curl_options;
mod curl_verbose;
mod dispatch;
mod exchange;
mod form;
mod har;
mod http_message;
mod http_raw;
mod hurl;
mod insomnia;
mod intake;
mod json;
mod meaning;
mod mixed;
mod ngrok;
mod order;
mod otlp;
mod postman;
mod proxies;
mod records;
mod runscope;
mod secrets;
mod shell;
mod subject;
mod target;
mod whose;
mod wiremock;

pub(in crate::logs) use access_w3c::each_user;
pub(in crate::logs) use app_text::is_log as is_app_text;
pub use dispatch::read;
pub(in crate::logs) use mixed::is_mixture;
pub(in crate::logs) use records::behind_time;
pub(in crate::logs) use secrets::{is_masked, is_placeholder};
pub(in crate::logs) use target::names_endpoint;

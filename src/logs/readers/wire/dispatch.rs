//! Which reader reads which wire format.

use std::io;

use super::{
    access_json, access_text, access_w3c, app_jsonl, app_text, curl_command, curl_verbose, har, http_raw, hurl,
    insomnia, mixed, ngrok, otlp, postman, runscope, wiremock,
};
use crate::logs::format::Format;
use crate::logs::input::LogFile;
use crate::logs::readers::Reading;

/// Reads a file of a wire format; of any other nothing.
pub fn read(file: &LogFile, format: Format, reading: &mut Reading<'_>) -> io::Result<()> {
    match format {
        Format::AccessAlb => access_text::load_balancer(file, reading),
        Format::AccessApiGateway => access_json::api_gateway(file, reading),
        Format::AccessCloudflare => access_json::cloudflare(file, reading),
        Format::AccessCombined => access_text::combined(file, reading),
        Format::AccessW3c => access_w3c::read(file, reading),
        Format::AppJsonl => app_jsonl::read(file, reading),
        Format::AppText => app_text::read(file, reading),
        Format::CurlCommand => curl_command::read(file, reading),
        Format::CurlVerbose => curl_verbose::read(file, reading),
        Format::Har => har::read(file, reading),
        Format::HttpRaw => http_raw::read(file, reading),
        Format::Hurl => hurl::read(file, reading),
        Format::Insomnia => insomnia::read(file, reading),
        Format::MixedText => mixed::read(file, reading),
        Format::NgrokApi => ngrok::read(file, reading),
        Format::OtlpJson => otlp::read(file, reading),
        Format::Postman => postman::read(file, reading),
        Format::Runscope => runscope::read(file, reading),
        Format::WireMockJournal => wiremock::journal(file, reading),
        Format::WireMockMappings => wiremock::mappings(file, reading),
        _ => Ok(()),
    }
}

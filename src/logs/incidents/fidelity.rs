//! How much the evidence of a format holds.

use crate::logs::format::Format;

/// How much a format holds.
pub const fn fidelity(format: Format) -> u8 {
    match format {
        Format::Har
        | Format::AppJsonl
        | Format::CurlVerbose
        | Format::HttpRaw
        | Format::WireMockMappings
        | Format::WireMockJournal
        | Format::NgrokApi => 3,
        Format::EntraGraphJson
        | Format::EntraPortalJson
        | Format::EntraDiagnostics
        | Format::EntraLogAnalyticsCsv
        | Format::EntraAzureCli
        | Format::EntraPortalCsv3
        | Format::EntraOnDemandText
        | Format::EntraPaneText
        | Format::AppText
        | Format::CurlCommand
        | Format::Postman
        | Format::Insomnia
        | Format::Hurl
        | Format::Runscope
        | Format::MixedText
        | Format::CarriedCsv => 2,
        Format::OktaSyslogJson
        | Format::OktaSyslogNdjson
        | Format::OktaSyslogCsv
        | Format::OktaEventHook
        | Format::OktaEventBridge
        | Format::OktaWrapped
        | Format::EntraJob
        | Format::AccessCombined
        | Format::AccessAlb
        | Format::AccessApiGateway
        | Format::AccessCloudflare
        | Format::AccessW3c
        | Format::OtlpJson => 1,
        Format::OktaTasksText | Format::EntraPortalGridCsv => 0,
    }
}

//! The formats that are read, by the ids that reports show.

/// A form in which provisioning is written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Format {
    /// Okta System Log as the API and the console give it: an array.
    OktaSyslogJson,
    /// … one event a line.
    OktaSyslogNdjson,
    /// … the console's CSV.
    OktaSyslogCsv,
    /// … in the envelope of an event hook.
    OktaEventHook,
    /// … in the envelope of a log stream to EventBridge.
    OktaEventBridge,
    /// … as a collector wraps it.
    OktaWrapped,
    /// Sentences of Okta's Tasks and Assignments pages.
    OktaTasksText,
    /// Entra provisioning log as Microsoft Graph gives it.
    EntraGraphJson,
    /// … as the portal's JSON download: a bare array.
    EntraPortalJson,
    /// … as diagnostic settings stream it.
    EntraDiagnostics,
    /// … as Log Analytics exports it.
    EntraLogAnalyticsCsv,
    /// … as the Azure CLI prints what it asked Log Analytics for: JSON, a table, or columns without their names.
    EntraAzureCli,
    /// … as the portal's three CSV files; this one is any of them.
    EntraPortalCsv3,
    /// … only the portal's grid.
    EntraPortalGridCsv,
    /// The state of an Entra synchronization job.
    EntraJob,
    /// The page of a provisioning on demand, pasted.
    EntraOnDemandText,
    /// Pages of the portal that show one failure, pasted; and what it says of a job in quarantine.
    EntraPaneText,
    /// HTTP archive 1.2.
    Har,
    /// A vendor's own JSON lines, one request each.
    AppJsonl,
    /// A server's own log in lines of text.
    AppText,
    /// curl commands.
    CurlCommand,
    /// What `curl -v` prints.
    CurlVerbose,
    /// HTTP/1.1 messages as they were on the wire.
    HttpRaw,
    /// Combined access log.
    AccessCombined,
    /// Access log of an AWS application load balancer.
    AccessAlb,
    /// Access log of an AWS API gateway, in JSON.
    AccessApiGateway,
    /// Cloudflare Logpush.
    AccessCloudflare,
    /// Access log that names its own columns: IIS, CloudFront.
    AccessW3c,
    /// OpenTelemetry traces in JSON.
    OtlpJson,
    /// Postman collection v2.
    Postman,
    /// Insomnia export v4.
    Insomnia,
    /// Hurl file.
    Hurl,
    /// WireMock mappings.
    WireMockMappings,
    /// WireMock request journal.
    WireMockJournal,
    /// ngrok agent API.
    NgrokApi,
    /// Runscope or BlazeMeter test.
    Runscope,
    /// A table with lines of another log in one of its columns, as Splunk and CloudWatch export them.
    CarriedCsv,
    /// Several of these in one text, as in an e-mail.
    MixedText,
}

impl Format {
    /// Every format.
    pub const ALL: [Self; 38] = [
        Self::OktaSyslogJson,
        Self::OktaSyslogNdjson,
        Self::OktaSyslogCsv,
        Self::OktaEventHook,
        Self::OktaEventBridge,
        Self::OktaWrapped,
        Self::OktaTasksText,
        Self::EntraGraphJson,
        Self::EntraPortalJson,
        Self::EntraDiagnostics,
        Self::EntraLogAnalyticsCsv,
        Self::EntraAzureCli,
        Self::EntraPortalCsv3,
        Self::EntraPortalGridCsv,
        Self::EntraJob,
        Self::EntraOnDemandText,
        Self::EntraPaneText,
        Self::Har,
        Self::AppJsonl,
        Self::AppText,
        Self::CurlCommand,
        Self::CurlVerbose,
        Self::HttpRaw,
        Self::AccessCombined,
        Self::AccessAlb,
        Self::AccessApiGateway,
        Self::AccessCloudflare,
        Self::AccessW3c,
        Self::OtlpJson,
        Self::Postman,
        Self::Insomnia,
        Self::Hurl,
        Self::WireMockMappings,
        Self::WireMockJournal,
        Self::NgrokApi,
        Self::Runscope,
        Self::CarriedCsv,
        Self::MixedText,
    ];

    /// The id in reports and after `--format`.
    pub const fn id(self) -> &'static str {
        match self {
            Self::OktaSyslogJson => "okta.syslog.json",
            Self::OktaSyslogNdjson => "okta.syslog.ndjson",
            Self::OktaSyslogCsv => "okta.syslog.csv",
            Self::OktaEventHook => "okta.eventhook.json",
            Self::OktaEventBridge => "okta.eventbridge.jsonl",
            Self::OktaWrapped => "okta.wrapped",
            Self::OktaTasksText => "okta.tasks.text",
            Self::EntraGraphJson => "entra.graph.json",
            Self::EntraPortalJson => "entra.portal.json",
            Self::EntraDiagnostics => "entra.diagnostics.jsonl",
            Self::EntraLogAnalyticsCsv => "entra.loganalytics.csv",
            Self::EntraAzureCli => "entra.azure-cli",
            Self::EntraPortalCsv3 => "entra.portal.csv3",
            Self::EntraPortalGridCsv => "entra.portal.grid.csv",
            Self::EntraJob => "entra.job.json",
            Self::EntraOnDemandText => "entra.ondemand.text",
            Self::EntraPaneText => "entra.pane.text",
            Self::Har => "har",
            Self::AppJsonl => "app.jsonl",
            Self::AppText => "app.text",
            Self::CurlCommand => "curl.command",
            Self::CurlVerbose => "curl.verbose",
            Self::HttpRaw => "http.raw",
            Self::AccessCombined => "access.combined",
            Self::AccessAlb => "access.alb",
            Self::AccessApiGateway => "access.apigw",
            Self::AccessCloudflare => "access.cloudflare",
            Self::AccessW3c => "access.w3c",
            Self::OtlpJson => "otlp.json",
            Self::Postman => "postman.v21",
            Self::Insomnia => "insomnia.v4",
            Self::Hurl => "hurl",
            Self::WireMockMappings => "wiremock.mappings",
            Self::WireMockJournal => "wiremock.journal",
            Self::NgrokApi => "ngrok.api",
            Self::Runscope => "runscope",
            Self::CarriedCsv => "carried.csv",
            Self::MixedText => "mixed.text",
        }
    }

    /// The format of an id.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.id() == id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_id_names_one_format() {
        for format in Format::ALL {
            assert_eq!(Format::from_id(format.id()), Some(format));
        }
        assert_eq!(Format::from_id("okta.syslog"), None);
    }
}

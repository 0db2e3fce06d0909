//! Which format a file is in, by what stands in it: an ending proves nothing.

use crate::logs::pattern::pattern;
use regex_lite::Regex;
use std::sync::LazyLock;

use super::format::Format;
use super::input::{LogFile, Outline, texts};
use super::readers::{Options, behind_time, is_app_text, is_carrier, is_mixture, is_pane, is_print, names_endpoint};

/// Texts in which a text is looked for that is a document itself.
const WRAPPED: [&str; 8] = ["message", "msg", "log", "_raw", "@message", "textPayload", "event", "body"];

/// The format of a file; `None` when nothing is recognised.
pub fn detect(file: &LogFile) -> Option<Format> {
    detect_with(file, &Options::default())
}

/// The same; a log in JSON lines that is none of the known ones is read by the names that the user gave for it.
pub fn detect_with(file: &LogFile, options: &Options) -> Option<Format> {
    let is_mapped = !options.map.is_empty() && file.head.trim_start().starts_with('{');
    let mapped = is_mapped.then_some(Format::AppJsonl);
    let is_mixed = || is_mixture(&file.head) || texts(&file.head).is_some_and(|texts| is_mixture(&texts));
    of_text(&file.head).or(mapped).or_else(|| is_mixed().then_some(Format::MixedText))
}

/// The format of a text by its beginning.
pub fn of_text(head: &str) -> Option<Format> {
    let outline = Outline::of(head);
    if outline.is_json() {
        // A line of text may begin with its time in brackets.
        return of_json(head, &outline).or_else(|| of_lines(head).filter(|_| outline.is_array()));
    }
    of_table(head).or_else(|| of_lines(head)).or_else(|| of_json_behind_time(head))
}

/// The format of lines in JSON before which a collector put its time.
fn of_json_behind_time(head: &str) -> Option<Format> {
    let inner = behind_time(head.lines().next()?)?;
    let outline = Outline::of(inner);
    let is_log = is_request_log(&outline) || has_request_line(inner, &outline) || holds_requests(inner, &outline);
    is_log.then_some(Format::AppJsonl)
}

/// The format of lines of an access log.
pub(super) fn of_access(head: &str) -> Option<Format> {
    static COMBINED: LazyLock<Regex> =
        LazyLock::new(|| pattern(r#"(?m)^\S+ \S+ \S+ (\S+ )?\[\d{2}/\w{3}/\d{4}:[^\]]+\] ""#));
    static ALB: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?m)^(https?|h2|wss?) \d{4}-\d{2}-\d{2}T\S+ app/"));
    static W3C: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?m)^#Fields:.* cs-method .*sc-status"));
    let known = [(&COMBINED, Format::AccessCombined), (&ALB, Format::AccessAlb), (&W3C, Format::AccessW3c)];
    known.into_iter().find(|(regex, _)| regex.is_match(head)).map(|(_, format)| format)
}

/// Whether a text holds one document a line: the first ends, and another begins on a line of its own.
fn is_one_a_line(head: &str, outline: &Outline) -> bool {
    !outline.is_array() && outline.first_end().is_some_and(|end| !head[..end].trim().contains('\n'))
}

fn of_json(head: &str, outline: &Outline) -> Option<Format> {
    let has = |path: &str| outline.has(path);
    // People cut away what they think nobody needs.
    let is_okta_event = has("eventType") && has("outcome") && (has("uuid") || has("published") || has("target"));
    let format = if has("log.entries") || (has("log.version") && has("log.creator")) {
        Format::Har
    } else if is_okta_event && !head.contains("\"eventType\"") {
        Format::OktaWrapped // a collector that lower-cases names
    } else if is_okta_event && is_one_a_line(head, outline) {
        Format::OktaSyslogNdjson
    } else if is_okta_event {
        Format::OktaSyslogJson
    } else if has("data.events") && has("eventType") {
        Format::OktaEventHook
    } else if has("detail-type") && has("detail.eventType") {
        Format::OktaEventBridge
    } else if ["event", "json", "okta.system", "result"].iter().any(|at| has(&format!("{at}.eventType")))
        || has("debugcontext") && has("eventType")
        || outline.has_anywhere("_raw") && head.contains("eventType")
    {
        Format::OktaWrapped
    } else if has("category") && head.contains("ProvisioningLogs") && has("properties")
        || has("records.properties") && head.contains("ProvisioningLogs")
    {
        Format::EntraDiagnostics
    } else if has("TimeGenerated")
        && ["ProvisioningSteps", "ModifiedProperties", "ProvisioningAction"].iter().any(|name| has(name))
    {
        Format::EntraAzureCli
    } else if outline.has_anywhere("activityDateTime")
        && ["provisioningSteps", "provisioningAction", "action", "provisioningStatusInfo"]
            .iter()
            .any(|name| outline.has_anywhere(name))
    {
        if outline.is_array() { Format::EntraPortalJson } else { Format::EntraGraphJson }
    } else if has("schedule") && has("status.code") && has("templateId") {
        Format::EntraJob
    } else if has("info.schema") && head.contains("getpostman.com/json/collection/v2") {
        Format::Postman
    } else if has("__export_format") && has("resources.url") {
        Format::Insomnia
    } else if has("resourceSpans") {
        Format::OtlpJson
    } else if has("trigger_url") && outline.has_anywhere("steps.step_type") {
        Format::Runscope
    } else if has("requests.request.raw") {
        Format::NgrokApi
    } else if has("requests.loggedDate") || has("requests.request.loggedDate") || has("serveEvents") {
        Format::WireMockJournal
    } else if has("mappings") || has("request.urlPath") || has("request.urlPattern") && has("response") {
        Format::WireMockMappings
    } else if has("ClientRequestMethod") {
        Format::AccessCloudflare
    } else if has("httpMethod") && (has("requestId") || has("requestTimeEpoch")) {
        Format::AccessApiGateway
    } else if is_request_log(outline) || has_request_line(head, outline) || holds_requests(head, outline) {
        Format::AppJsonl
    } else {
        return None;
    };
    Some(format)
}

/// A line of some server's own log that shows requests.
fn is_request_log(outline: &Outline) -> bool {
    let any = |names: &[&str]| names.iter().any(|name| outline.has_anywhere(name));
    any(&["method", "verb"])
        && any(&["path", "url", "uri", "target", "url.path"])
        && any(&["status", "statusCode", "status_code", "code"])
}

/// A line of a web server's log in JSON, with method and path in one.
fn has_request_line(head: &str, outline: &Outline) -> bool {
    static REQUEST: LazyLock<Regex> = LazyLock::new(|| {
        pattern(r#""request(_line|Line)?"\s*:\s*"(GET|POST|PUT|PATCH|DELETE) /[^" ]*( HTTP/[\d.]+)?""#)
    });
    ["status", "status_code", "response_status"].iter().any(|name| outline.has(name))
        && REQUEST.is_match(head)
        && names_endpoint(head)
}

/// A line, or what a collector exports, with a server's own line in it as text.
fn holds_requests(head: &str, outline: &Outline) -> bool {
    let is_there = WRAPPED.iter().any(|name| outline.has_anywhere(name));
    let has_method =
        ["GET ", "POST ", "PUT ", "PATCH ", "DELETE ", "\\\"method\\\""].iter().any(|word| head.contains(word));
    is_there && has_method && names_endpoint(head)
}

/// Tables know themselves by their header.
fn of_table(head: &str) -> Option<Format> {
    let header = head.lines().next()?.to_ascii_lowercase();
    let squashed: String = header.chars().filter(|c| !matches!(c, ' ' | '_' | '"')).collect();
    let has = |name: &str| squashed.split([',', ';', '\t']).any(|column| column == name);
    if has("eventtype") && has("outcome.result") {
        Some(Format::OktaSyslogCsv)
    } else if has("provisioningsteps") && has("modifiedproperties") {
        Some(Format::EntraLogAnalyticsCsv)
    } else if has("changeid") && has("identity") && has("action") && has("status") {
        Some(Format::EntraPortalGridCsv)
    } else if has("changeid") && (has("provisioningsteptype") || has("oldvalue") || has("activitydatetime")) {
        Some(Format::EntraPortalCsv3)
    } else if is_print(head) {
        Some(Format::EntraAzureCli)
    } else if is_carrier(head) {
        Some(Format::CarriedCsv)
    } else {
        None
    }
}

/// Texts know themselves by their lines; a text with several kinds of evidence in it is a mixture.
fn of_lines(head: &str) -> Option<Format> {
    static CURL: LazyLock<Regex> =
        LazyLock::new(|| pattern(r"(?m)^\s*([$>#] |PS [^>\n]*> ?|[A-Z]:\\[^>\n]*>)?curl(\.exe)? "));
    static VERBOSE: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?m)^> [A-Z]+ \S+ HTTP/[\d.]+\r?$"));
    static ENDED: LazyLock<Regex> =
        LazyLock::new(|| pattern(r"(?m)^(< HTTP/|curl: \(\d|\* (Empty reply|Recv failure|Operation timed out))"));
    static RAW: LazyLock<Regex> = LazyLock::new(|| pattern(r"\A\s*[A-Z]+ \S+ HTTP/[\d.]+\r?\n"));
    static HURL: LazyLock<Regex> =
        LazyLock::new(|| pattern(r"(?m)^(GET|POST|PUT|PATCH|DELETE) (\{\{|https?://)\S*\s*$"));
    static HURL_ANSWER: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?m)^(HTTP(/\S+)? \d{3}|\[Asserts\])\s*$"));
    static TASKS: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"Automatic (provisioning|profile push|deprovisioning|deactivation|reactivation) of user|assigned this application before Provisioning was",
        )
    });
    static ON_DEMAND: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)provision on demand|(?m)^\d\. Import user\b"));
    static MAIL: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?m)^(From|To|Subject|Received): \S"));

    if let Some(format) = of_access(head) {
        return Some(format);
    }
    if HURL.is_match(head) && HURL_ANSWER.is_match(head) {
        return Some(Format::Hurl);
    }
    let is_verbose = VERBOSE.is_match(head) && ENDED.is_match(head);
    let tasks = TASKS.is_match(&unquoted(head));
    let on_demand = ON_DEMAND.is_match(head);
    // That page shows its failure as the pane does.
    let pane = !on_demand && is_pane(head);
    let kinds = [CURL.is_match(head) && !is_verbose, is_verbose, tasks, on_demand, pane];
    let count = kinds.iter().filter(|is_there| **is_there).count();
    if count > 1 || (count == 1 && MAIL.is_match(head)) {
        return Some(Format::MixedText);
    }
    match kinds {
        [true, ..] => Some(Format::CurlCommand),
        [_, true, ..] => Some(Format::CurlVerbose),
        [_, _, true, ..] => Some(Format::OktaTasksText),
        [.., true, _] => Some(Format::EntraOnDemandText),
        [.., true] => Some(Format::EntraPaneText),
        _ if RAW.is_match(head) => Some(Format::HttpRaw),
        _ if is_app_text(head) => Some(Format::AppText),
        _ => None,
    }
}

/// A text without the marks of quotation, its lines joined: a sentence may go over several.
fn unquoted(text: &str) -> String {
    let lines = text.lines().map(|line| line.trim_start_matches(['>', ' ', '\t']).trim_end());
    lines.collect::<Vec<_>>().join(" ")
}

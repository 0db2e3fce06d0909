//! The one place where facts become sentences.
//!
//! Findings, verdicts and transport failures come in; short lines in plain
//! English go out, not yet made safe: callers pass them through `safe`.

use std::time::Duration;

use super::leftovers::Why;
use crate::exit::ExitCode;
use crate::finding::{Finding, Severity, Verdict};
use crate::http::{Exchange, Response, TransportFailure};
use crate::run::{
    Accepted, Capability, Forecast, JudgedFinding, Known, Purpose, RunFooter, RunHeader, ScenarioResult,
    SnapshotDifference,
};

/// A count with its noun: `1 request`, `2 requests`.
pub fn amount(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

/// A length of time for people: `12 ms`, `0.42 s`, `3 min 20 s`, `2 h 5 min`.
pub fn duration(time: Duration) -> String {
    let seconds = time.as_secs();
    match seconds {
        0 if time.as_millis() < 100 => format!("{} ms", time.as_millis()),
        0..60 => format!("{:.2} s", time.as_secs_f64()),
        60..3600 => format!("{} min {} s", seconds / 60, seconds % 60),
        _ => format!("{} h {} min", seconds / 3600, seconds % 3600 / 60),
    }
}

/// What is planned: `100 scenarios and 220 rules`.
pub fn planned(header: &RunHeader) -> String {
    let parts = [(header.planned.saturating_sub(header.rules), "scenario run"), (header.rules, "rule")];
    let parts: Vec<String> =
        parts.into_iter().filter(|(count, _)| *count > 0).map(|(count, noun)| amount(count, noun)).collect();
    if parts.is_empty() { amount(0, "scenario run") } else { parts.join(" and ") }
}

/// What a run will take: `about 2000 requests, at most 20/s, about 1 min 40 s`.
pub fn forecast(forecast: &Forecast) -> String {
    let mut parts = vec![format!("about {}", amount(forecast.requests, "request"))];
    parts.extend(forecast.rate.iter().map(|rate| format!("at most {rate}")));
    let seconds = forecast.time.as_secs().max(1);
    let time = if seconds < 60 { format!("{seconds} s") } else { duration(Duration::from_secs(seconds)) };
    parts.push(format!("about {time}"));
    parts.extend((forecast.skipped > 0).then(|| format!("{} will be skipped", forecast.skipped)));
    parts.join(", ")
}

/// One row of the capability table: `filter yes (max 200)`, `groups yes (probed)`.
pub fn capability(row: &Capability) -> String {
    let mut notes: Vec<String> = row.most.map(|most| format!("max {most}")).into_iter().collect();
    notes.extend(match row.known {
        Known::Declared => None,
        Known::Probed | Known::Assumed => Some(known(row.known).to_owned()),
    });
    let notes = if notes.is_empty() { String::new() } else { format!(" ({})", notes.join(", ")) };
    format!("{} {}{notes}", row.name, if row.offered { "yes" } else { "no" })
}

/// How something is known, in one word.
pub const fn known(known: Known) -> &'static str {
    match known {
        Known::Declared => "declared",
        Known::Probed => "probed",
        Known::Assumed => "assumed",
    }
}

/// The word in front of a scenario's line: four letters, so that lines stay aligned.
pub const fn word(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => "PASS",
        Verdict::Fail => "FAIL",
        Verdict::Skipped(_) => "SKIP",
        Verdict::Inconclusive(_) => "OPEN",
        Verdict::Infrastructure(_) => "DOWN",
    }
}

/// The name of a verdict in data.
pub const fn verdict_name(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => "pass",
        Verdict::Fail => "fail",
        Verdict::Skipped(_) => "skipped",
        Verdict::Inconclusive(_) => "inconclusive",
        Verdict::Infrastructure(_) => "infrastructure",
    }
}

/// Why a scenario neither passed nor failed.
pub fn reason(verdict: &Verdict) -> Option<&str> {
    match verdict {
        Verdict::Pass | Verdict::Fail => None,
        Verdict::Skipped(why) | Verdict::Inconclusive(why) | Verdict::Infrastructure(why) => Some(why),
    }
}

/// The acceptable values: `"a" or "b"`.
pub fn expected(finding: &Finding) -> String {
    finding.expected.join(" or ")
}

/// A finding in one line: `displayName expected "Alice Cooper" got "Changed"`.
pub fn finding_line(finding: &Finding) -> String {
    let times = if finding.count > 1 { format!(" ({} times)", finding.count) } else { String::new() };
    let wanted = expected(finding);
    match (wanted.is_empty(), finding.actual.is_empty()) {
        (true, true) => format!("{}{times}", finding.subject),
        (true, false) => format!("{} got {}{times}", finding.subject, finding.actual),
        (false, true) => format!("{} expected {wanted}{times}", finding.subject),
        (false, false) => format!("{} expected {wanted} got {}{times}", finding.subject, finding.actual),
    }
}

/// Why a finding does not count: `until 2027-01-31: ETags come with release 4`.
pub fn accepted(accepted: &Accepted) -> String {
    match &accepted.until {
        Some(last_day) => format!("until {last_day}: {}", accepted.reason),
        None => accepted.reason.clone(),
    }
}

/// A difference in one line: `POST /Users body.active expected true got "True"`.
pub fn difference_line(difference: &SnapshotDifference) -> String {
    let value = |value: &Option<String>| value.clone().unwrap_or_else(|| "nothing".to_owned());
    let (expected, actual) = (value(&difference.expected), value(&difference.actual));
    format!("{} {} expected {expected} got {actual}", difference.request, difference.path)
}

/// What a transcript is compared with.
pub const fn baseline(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Contract => "the reference answers",
        Purpose::Own | Purpose::Reference | Purpose::Nothing => "the approved snapshot",
    }
}

/// The exchange that a finding is about.
pub fn exchange_of<'a>(result: &'a ScenarioResult, judged: &JudgedFinding) -> Option<&'a Exchange> {
    result.transcript.exchanges.get(judged.finding.place.exchange?)
}

/// Where it was seen: `scenarios/lifecycle/create.yaml:14 › okta › POST /Users`.
pub fn place(result: &ScenarioResult, judged: &JudgedFinding) -> String {
    let mut parts =
        vec![if judged.line > 0 { format!("{}:{}", result.file, judged.line) } else { result.file.clone() }];
    parts.extend((result.dialect != "plain").then(|| result.dialect.clone()));
    parts.extend(
        exchange_of(result, judged).map(|exchange| format!("{} {}", exchange.request.method, exchange.request.path)),
    );
    parts.join(" › ")
}

/// The command that tells more about a finding; none where what a scenario of the user's own asks for did not hold.
pub fn more(judged: &JudgedFinding) -> Option<String> {
    (!judged.why.is_empty()).then(|| format!("scimulator explain {}", judged.finding.rule))
}

/// The rules that are broken by the same cause.
pub fn follow(rules: &[&str]) -> String {
    format!(
        "{} that {} from it: {}",
        amount(rules.len(), "rule"),
        if rules.len() == 1 { "follows" } else { "follow" },
        rules.join(", ")
    )
}

/// So many are named of what is left for the same reason; the journal names all.
const LEFT_NAMED: usize = 3;

/// What could not be removed from a collection, for one reason.
pub fn left_over(collection: &str, why: &Why, what: &[String]) -> String {
    let count = what.len();
    let more = if count > LEFT_NAMED { ", … (the journal names them)" } else { "" };
    let named = format!("{}{more}", what.iter().take(LEFT_NAMED).map(String::as_str).collect::<Vec<_>>().join(", "));
    let unknown = format!(
        "what became of {} at {collection} is not known: no answer, a server error, or no id came back",
        amount(count, "create")
    );
    let reason = match why {
        Why::Unclear => return format!("{unknown}, and a query by name does not tell: {named}"),
        Why::NoName => return format!("{unknown}, and no name was sent to look for"),
        Why::Status(404) => "DELETE answers 404, GET still answers".to_owned(),
        Why::Status(status) => format!("DELETE answers {status}"),
        Why::Unanswered(failure) => format!("DELETE is not answered: {failure}"),
        Why::NotAsked => "no DELETE was sent any more".to_owned(),
    };
    format!("could not be removed: {count} of {collection} ({reason}): {named}")
}

/// The finding that made a scenario fail: one of its own, else the one seen in passing that its own follow from.
///
/// The judge tells no finding of its own that follows from another. What an IdP of the scenario stumbles over, or left
/// unanswered, is the likelier cause of these than what breaks nobody.
pub fn reason_of_failure(result: &ScenarioResult) -> Option<&JudgedFinding> {
    let is_error = |judged: &&JudgedFinding| judged.severity == Severity::Error;
    let likely = |judged: &&JudgedFinding| {
        let is_unanswered = exchange_of(result, judged).is_some_and(|exchange| exchange.answer.is_err());
        let is_of_dialect = judged.breaks.iter().any(|idp| result.dialect.starts_with(&idp.to_ascii_lowercase()));
        (is_unanswered, is_of_dialect, judged.breaks.len())
    };
    // The last of several that are alike is taken, so they come in reverse.
    let in_passing = || result.findings.iter().filter(is_error).rev().max_by_key(likely);
    let own = result.own().find(is_error);
    own.or_else(|| if result.verdict == Verdict::Fail { in_passing() } else { None })
}

/// What made a scenario fail, in one line.
pub fn failure_line(judged: &JudgedFinding) -> String {
    let line = format!("{}: {}", judged.finding.rule, finding_line(&judged.finding));
    if judged.finding.is_in_passing() { format!("follows from {line}") } else { line }
}

/// What the IdP's admin sees because of it, when the step of a finding did not end well.
///
/// What a passive rule saw in the same step has nothing to do with it, unless the scenario failed by that.
pub fn admin_sees(result: &ScenarioResult, judged: &JudgedFinding) -> Option<String> {
    let is_reason = || reason_of_failure(result).is_some_and(|reason| reason.finding == judged.finding);
    if judged.severity < Severity::Error || (judged.finding.is_in_passing() && !is_reason()) {
        return None;
    }
    outcome_of(result, judged)
}

/// What the IdP's admin sees after the step of a finding, when that did not end well.
fn outcome_of(result: &ScenarioResult, judged: &JudgedFinding) -> Option<String> {
    let step = judged.finding.place.step?;
    let (_, outcome) = result.outcomes.iter().find(|(at, outcome)| *at == step && !outcome.kind.is_good())?;
    // That the harness stops before it writes to a stranger, no admin sees.
    if outcome.code.as_deref() == Some("stranger") {
        return None;
    }
    let subject = outcome.subject.as_deref().unwrap_or("the job");
    let code = outcome.code.as_deref().map(|code| format!(" {code}")).unwrap_or_default();
    let message = if outcome.message.is_empty() { String::new() } else { format!(": {}", outcome.message) };
    Some(format!("{subject} {}{code}{message}", outcome.kind.name()))
}

/// What to do when no answer came.
pub const fn transport_hint(failure: &TransportFailure) -> &'static str {
    match failure {
        TransportFailure::Dns(_) => "check the host name; a name inside a company may need its network",
        TransportFailure::Connect(_) => "is the server running, and does it listen on that address and port?",
        TransportFailure::Tls(_) => {
            "where that port speaks plain HTTP write http://; for a certificate of your own authority add `--cacert FILE`, though \
             IdPs accept public ones only"
        }
        TransportFailure::Timeout(_) => "look at what the server does meanwhile: IdPs give up as well",
        TransportFailure::Truncated(_) => "look in the log of the server or of the gateway before it for a crash",
        TransportFailure::TooLarge(_) => "answer in pages: no SCIM answer needs to be that long",
        TransportFailure::Protocol(_) => "does something else listen on that port, or only by https?",
        TransportFailure::Unsendable(_) => "change the request in the scenario",
    }
}

/// What to do about a target that could not be tested, going by its last telling exchange.
pub fn infrastructure_hint(result: &ScenarioResult, has_token: bool) -> &'static str {
    let answers = result.transcript.exchanges.iter().rev().filter_map(Exchange::response);
    match answers.map(|response| response.status).next() {
        Some(401) if !has_token => "no token was sent: `--token-file FILE`, `--token -` or SCIMULATOR_TOKEN gives one",
        _ => result.transcript.exchanges.iter().rev().find_map(exchange_hint).unwrap_or(UNCLEAR),
    }
}

const UNCLEAR: &str = "ask for `/Users?count=1` with curl and the token, to see what stands in the way";

fn exchange_hint(exchange: &Exchange) -> Option<&'static str> {
    match &exchange.answer {
        Err(failure) => Some(transport_hint(failure)),
        Ok(response) => response_hint(response),
    }
}

fn response_hint(response: &Response) -> Option<&'static str> {
    match response.status {
        300..=399 => Some("use the address it redirects to: an IdP does not follow, and the token must not go along"),
        401 => Some("the token was refused: is it complete, still valid, and made for this endpoint?"),
        403 => Some("the token may not do this: check its scope, and that no firewall stands before the endpoint"),
        407 => Some("a proxy asks for credentials; NO_PROXY=HOST goes around it"),
        502..=504 => Some("a gateway answered: the SCIM server behind it is down or too slow"),
        _ if is_page(response) => {
            Some("a web page answered: is the base URL that of the SCIM API, and not behind a login page?")
        }
        _ => None,
    }
}

/// Whether a web page came back, whatever its label says.
fn is_page(response: &Response) -> bool {
    let start: Vec<u8> = response.body.iter().copied().skip_while(u8::is_ascii_whitespace).take(5).collect();
    response.headers.media_type().is_some_and(|media_type| media_type == "text/html")
        || start.eq_ignore_ascii_case(b"<!doc")
        || start.eq_ignore_ascii_case(b"<html")
}

/// What counted against the target, for the conclusion.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Against {
    /// Rules broken, with severity error.
    pub rules: usize,
    /// Of those, the rules that follow from no other one.
    pub causes: usize,
    /// Scenario × dialect pairs whose snapshot differs.
    pub snapshots: usize,
    /// IdPs it breaks, in order of appearance.
    pub breaks: Vec<String>,
    /// Rules with warnings.
    pub warned: usize,
    /// Findings that are accepted.
    pub accepted: usize,
    /// Rules broken that only `--strict` counts.
    pub strict: usize,
}

/// What `--strict` would add.
pub fn only_strictly(rules: usize) -> String {
    let (violates, them) = if rules == 1 { ("violates", "it") } else { ("violate", "them") };
    format!("{} {violates} only the RFCs, and no IdP notices: `--strict` counts {them}", amount(rules, "broken rule"))
}

/// The verdict of the whole run in one line, first of the summary.
pub fn conclusion(footer: &RunFooter, against: &Against) -> String {
    let code = ExitCode::ALL.into_iter().find(|code| code.code() == footer.exit_code);
    match code {
        Some(ExitCode::Conformant) => conformant(against),
        Some(ExitCode::Findings) => not_conformant(against),
        Some(ExitCode::SnapshotsPending) => {
            format!("conformant so far: {} to approve", amount(footer.totals.pending, "new snapshot"))
        }
        Some(ExitCode::CouldNotTest) if footer.totals.infrastructure == 0 => {
            "could not test: everything was inconclusive".to_owned()
        }
        Some(ExitCode::CouldNotTest) => "could not test the target".to_owned(),
        Some(ExitCode::Interrupted) => "interrupted: this is a partial result".to_owned(),
        Some(other) => other.meaning().to_owned(),
        None => format!("ended with exit code {}", footer.exit_code),
    }
}

fn conformant(against: &Against) -> String {
    let warned = (against.warned > 0).then(|| format!("warnings about {}", amount(against.warned, "rule")));
    let accepted = (against.accepted > 0).then(|| amount(against.accepted, "accepted finding"));
    let parts: Vec<String> = warned.into_iter().chain(accepted).collect();
    if parts.is_empty() { "conformant".to_owned() } else { format!("conformant, with {}", parts.join(" and ")) }
}

fn not_conformant(against: &Against) -> String {
    let mut reasons = Vec::new();
    if against.rules > 0 {
        let by = if against.causes < against.rules {
            format!(" by {}", amount(against.causes, "cause"))
        } else {
            String::new()
        };
        reasons.push(format!("{} broken{by}", amount(against.rules, "rule")));
    }
    if against.snapshots > 0 {
        reasons.push(format!("{} different", amount(against.snapshots, "snapshot")));
    }
    let breaks =
        if against.breaks.is_empty() { String::new() } else { format!(" (breaks {})", against.breaks.join(", ")) };
    format!("not conformant: {}{breaks}", reasons.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::Headers;

    #[test]
    fn times_read_like_times() {
        let shown = [4, 99, 420, 12_345, 200_000, 7_500_000].map(|ms| duration(Duration::from_millis(ms)));
        assert_eq!(shown, ["4 ms", "99 ms", "0.42 s", "12.35 s", "3 min 20 s", "2 h 5 min"]);
    }

    #[test]
    fn a_run_is_told_before_it_begins() {
        let header = |planned, rules| RunHeader { planned, rules, ..RunHeader::default() };
        assert_eq!(planned(&header(3, 1)), "2 scenario runs and 1 rule");
        assert_eq!(planned(&header(2, 2)), "2 rules");
        let mut run = Forecast { skipped: 0, requests: 120, rate: None, time: Duration::from_millis(2500) };
        assert_eq!(forecast(&run), "about 120 requests, about 2 s");
        (run.skipped, run.rate, run.time) = (7, Some("20/s".to_owned()), Duration::from_secs(125));
        assert_eq!(forecast(&run), "about 120 requests, at most 20/s, about 2 min 5 s, 7 will be skipped");
        let row = |most, known| capability(&Capability { name: "filter", offered: true, most, known });
        assert_eq!(row(Some(200), Known::Declared), "filter yes (max 200)");
        assert_eq!(row(None, Known::Assumed), "filter yes (assumed)");
    }

    #[test]
    fn what_only_the_rfcs_mind_is_told() {
        let told = "1 broken rule violates only the RFCs, and no IdP notices: `--strict` counts it";
        assert_eq!(only_strictly(1), told);
        assert!(only_strictly(2).starts_with("2 broken rules violate"), "{}", only_strictly(2));
    }

    #[test]
    fn a_page_is_known_by_its_label_or_by_its_start() {
        let labelled = Response::new(200, Headers::from_iter([("Content-Type", "text/html; charset=utf-8")]), "x");
        let unlabelled = Response::new(200, Headers::new(), "\n <!DOCTYPE html>");
        let json = Response::new(200, Headers::new(), "{}");
        assert!(is_page(&labelled) && is_page(&unlabelled) && !is_page(&json));
    }

    #[test]
    fn the_conclusion_names_what_counted() {
        let footer = RunFooter { exit_code: 1, ..RunFooter::default() };
        let against = Against {
            rules: 3,
            causes: 3,
            snapshots: 1,
            breaks: vec!["Okta".to_owned(), "Entra".to_owned()],
            warned: 9,
            accepted: 1,
            strict: 0,
        };
        assert_eq!(
            conclusion(&footer, &against),
            "not conformant: 3 rules broken, 1 snapshot different (breaks Okta, Entra)"
        );
        let against = Against { rules: 30, causes: 1, ..Against::default() };
        assert_eq!(conclusion(&footer, &against), "not conformant: 30 rules broken by 1 cause");
        assert_eq!(conclusion(&RunFooter::default(), &Against::default()), "conformant");
        let against = Against { warned: 1, accepted: 2, ..Against::default() };
        let with = "conformant, with warnings about 1 rule and 2 accepted findings";
        assert_eq!(conclusion(&RunFooter::default(), &against), with);
    }
}

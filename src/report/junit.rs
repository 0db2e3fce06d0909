//! JUnit XML, for pipelines.
//!
//! GitLab, Jenkins, Azure DevOps and the GitHub actions each read other parts
//! of the format, so the facts stand wherever one of them looks: a suite a
//! scenario × dialect, a case a step, a case a broken rule, the message both as
//! an attribute and in the text. What passive rules see in passing is one case
//! a rule, in a suite of its own. `junit-report` gives the model and writes it;
//! `junit_pass` adds what it cannot say.

use std::io::{self, Write as _};

use junit_report::{Duration, OffsetDateTime, Report, TestCase, TestCaseBuilder, TestSuite, TestSuiteBuilder};

use crate::finding::{Severity, Verdict};
use crate::http::{Exchange, Headers, sanitise};
use crate::run::{JudgedFinding, RunEvent, RunHeader, ScenarioResult, SnapshotState};

use super::group::{Group, group};
use super::junit_pass::{Extras, SuiteExtras, decorate};
use super::output::{Output, ReportError};
use super::reporter::Reporter;
use super::safe::Safe;
use super::words;

/// The suite of rules that were seen broken while scenarios asked for something else.
const IN_PASSING: &str = "rules broken in passing";

/// Other places named with a rule that was seen broken in passing; more are counted.
const PLACES: usize = 20;

/// The JUnit report.
pub struct Junit {
    output: Output,
    safe: Safe,
    begun: OffsetDateTime,
    header: RunHeader,
    results: Vec<ScenarioResult>,
}

/// A case and the line of the file it is about.
struct Case {
    case: TestCase,
    line: u32,
}

impl Junit {
    /// Writes to `output`, all of it at the end. `begun` stands as the time of every suite.
    pub fn new(output: Output, safe: Safe, begun: OffsetDateTime) -> Self {
        Self { output, safe, begun, header: RunHeader::default(), results: Vec::new() }
    }

    fn document(&self) -> Result<Vec<u8>, String> {
        let mut report = Report::new();
        let mut suites = Vec::new();
        for result in &self.results {
            let cases = self.cases(result);
            suites.push(SuiteExtras {
                properties: properties(result),
                file: self.text(&result.file),
                ..extras(&cases)
            });
            let name = self.text(&format!("{} ({})", result.scenario, result.dialect));
            report.add_testsuite(self.suite(&name, cases, &self.warnings(result)));
        }
        let cases = self.in_passing();
        if !cases.is_empty() {
            suites.push(extras(&cases));
            report.add_testsuite(self.suite(IN_PASSING, cases, ""));
        }
        if suites.is_empty() {
            suites.push(SuiteExtras { lines: vec![0], ..SuiteExtras::default() });
            report.add_testsuite(self.empty_suite());
        }
        let mut plain = Vec::new();
        report.write_xml(&mut plain).map_err(|error| error.to_string())?;
        decorate(&plain, &self.extras(suites)).map_err(|error| error.to_string())
    }

    fn extras(&self, suites: Vec<SuiteExtras>) -> Extras {
        let target = self.header.target.as_deref().unwrap_or("embedded reference server");
        let table: Vec<String> = self.header.capabilities.iter().map(words::capability).collect();
        let mut properties = vec![
            ("scimulator.version", self.header.version.to_owned()),
            ("scimulator.target", self.text(target)),
            ("scimulator.seed", self.header.seed.to_string()),
            ("scimulator.repeat", self.text(&self.header.repeat)),
        ];
        if !table.is_empty() {
            properties.push(("scimulator.capabilities", self.text(&table.join(", "))));
        }
        Extras { name: "scimulator".to_owned(), properties, suites }
    }

    fn suite(&self, name: &str, cases: Vec<Case>, warnings: &str) -> TestSuite {
        let mut suite = TestSuiteBuilder::new(name);
        suite.set_timestamp(self.begun).add_testcases(cases.into_iter().map(|case| case.case));
        if !warnings.is_empty() {
            suite.set_system_out(&cdata(warnings));
        }
        let mut suite = suite.build();
        suite.package = String::from("scimulator");
        suite
    }

    /// Some readers refuse a report without a case.
    fn empty_suite(&self) -> TestSuite {
        let mut case = TestCase::success("nothing was selected", Duration::ZERO);
        case.set_classname("scimulator");
        TestSuiteBuilder::new("scimulator").set_timestamp(self.begun).add_testcase(case).build()
    }

    fn cases(&self, result: &ScenarioResult) -> Vec<Case> {
        let mut cases = match &result.verdict {
            Verdict::Pass | Verdict::Fail => self.steps(result),
            Verdict::Skipped(reason) => vec![self.skipped(result, reason)],
            Verdict::Inconclusive(reason) => vec![self.untested(result, "inconclusive", reason)],
            Verdict::Infrastructure(reason) => vec![self.untested(result, "infrastructure", reason)],
        };
        cases.extend(self.broken_rules(result));
        cases.extend(self.accepted(result.own().map(|judged| (result, judged))));
        cases.extend(self.snapshot(result));
        if cases.is_empty() {
            cases.push(self.named(TestCase::success(&self.text(&result.title), Duration::ZERO), result, 0));
        }
        cases
    }

    fn steps(&self, result: &ScenarioResult) -> Vec<Case> {
        let case = |(index, step): (usize, &crate::run::StepLine)| {
            let name = self.text(&format!("{}. {}", index + 1, step.label));
            self.named(TestCase::success(&name, time_of_step(result, index)), result, step.line)
        };
        result.steps.iter().enumerate().map(case).collect()
    }

    fn skipped(&self, result: &ScenarioResult, reason: &str) -> Case {
        let case = TestCase::skipped_with_cause(&self.text(&result.title), "skipped", &self.text(reason));
        self.named(case, result, 0)
    }

    fn untested(&self, result: &ScenarioResult, kind: &str, reason: &str) -> Case {
        let hint = match result.verdict {
            Verdict::Infrastructure(_) => {
                format!("\nhint: {}", words::infrastructure_hint(result, self.header.has_token))
            }
            _ => String::new(),
        };
        let message = self.text(reason);
        let mut case = TestCaseBuilder::error(&self.text(&result.title), span(result.elapsed), kind, &message);
        case.set_trace(&cdata(&self.block(&format!("{reason}{hint}"))));
        if let Some(exchange) = result.transcript.exchanges.last() {
            case.set_system_out(&cdata(&self.traffic(exchange)));
        }
        self.named(case.build(), result, 0)
    }

    /// One case for each broken rule, with all its findings: readers take one failure a case.
    fn broken_rules(&self, result: &ScenarioResult) -> Vec<Case> {
        let mut rules: Vec<Vec<&JudgedFinding>> = Vec::new();
        for judged in result.own().filter(|judged| judged.severity == Severity::Error) {
            match rules.iter_mut().find(|rule| rule[0].finding.rule == judged.finding.rule) {
                Some(rule) => rule.push(judged),
                None => rules.push(vec![judged]),
            }
        }
        rules.iter().map(|findings| self.broken_rule(result, findings)).collect()
    }

    /// One skipped case for each rule whose findings are accepted, with the reason.
    fn accepted<'a>(&self, found: impl Iterator<Item = (&'a ScenarioResult, &'a JudgedFinding)>) -> Vec<Case> {
        let mut cases: Vec<(&str, Case)> = Vec::new();
        for (result, judged) in found {
            let rule = judged.finding.rule.as_str();
            let Some(accepted) = judged.accepted.as_ref().filter(|_| cases.iter().all(|(known, _)| *known != rule))
            else {
                continue;
            };
            let name = self.text(&format!("rule {rule}: {}", judged.title));
            let (why, seen) = (words::accepted(accepted), words::finding_line(&judged.finding));
            let reason = self.text(&format!("accepted, {why} ({seen})"));
            let case = TestCase::skipped_with_cause(&name, "accepted", &reason);
            cases.push((rule, self.named(case, result, judged.line)));
        }
        cases.into_iter().map(|(_, case)| case).collect()
    }

    fn broken_rule(&self, result: &ScenarioResult, findings: &[&JudgedFinding]) -> Case {
        let texts: Vec<String> = findings.iter().map(|judged| self.explain(result, judged)).collect();
        self.failure(result, findings[0], &texts.join("\n\n"))
    }

    /// One case for each rule that was seen broken in passing, however many places show it.
    fn in_passing(&self) -> Vec<Case> {
        let broken = group(&self.results, JudgedFinding::is_broken_in_passing);
        let mut cases: Vec<Case> = broken.iter().map(|rule| self.seen_often(rule)).collect();
        let all = self.results.iter().flat_map(|result| result.findings.iter().map(move |judged| (result, judged)));
        cases.extend(self.accepted(all.filter(|(_, judged)| judged.finding.is_in_passing())));
        cases
    }

    fn seen_often(&self, rule: &Group) -> Case {
        let mut text = vec![self.explain(rule.result, rule.judged)];
        text.extend(rule.also.iter().take(PLACES).map(|(result, judged)| {
            let (place, line) = (words::place(result, judged), words::finding_line(&judged.finding));
            format!("also: {}", self.text(&format!("{place}: {line}")))
        }));
        let more = rule.also.len().saturating_sub(PLACES);
        text.extend((more > 0).then(|| format!("and {}", words::amount(more, "more place"))));
        // Named by the rule alone, so that it is the same case in the next run, wherever it is seen first.
        let mut case = self.failure(rule.result, rule.judged, &text.join("\n"));
        case.case.set_classname("scimulator.rules");
        case
    }

    fn failure(&self, result: &ScenarioResult, first: &JudgedFinding, trace: &str) -> Case {
        let rule = &first.finding.rule;
        let name = self.text(&format!("rule {rule}: {}", first.title));
        let message = self.text(&words::finding_line(&first.finding));
        let mut case = TestCaseBuilder::failure(&name, Duration::ZERO, &self.text(rule), &message);
        case.set_trace(&cdata(trace));
        if let Some(exchange) = words::exchange_of(result, first) {
            case.set_system_out(&cdata(&self.traffic(exchange)));
        }
        self.named(case.build(), result, first.line)
    }

    /// The message again (GitLab shows only this text), then everything else a person needs.
    fn explain(&self, result: &ScenarioResult, judged: &JudgedFinding) -> String {
        let mut lines = vec![
            self.text(&words::finding_line(&judged.finding)),
            format!("place: {}", self.text(&words::place(result, judged))),
        ];
        let mut add = |label: &str, text: &str| {
            if !text.is_empty() {
                lines.push(format!("{label}: {}", self.text(text)));
            }
        };
        add("expected", &words::expected(&judged.finding));
        add("got", &judged.finding.actual);
        add("breaks", &judged.breaks.join(", "));
        add("why", &judged.why);
        add("admin sees", &words::admin_sees(result, judged).unwrap_or_default());
        add("more", &words::more(judged).unwrap_or_default());
        lines.extend(judged.curl.as_ref().map(|curl| format!("retry: {}", clean(&self.safe.command(curl)))));
        lines.join("\n")
    }

    fn snapshot(&self, result: &ScenarioResult) -> Option<Case> {
        if result.snapshot != SnapshotState::Different {
            return None;
        }
        let counted = result.differences.iter().filter(|difference| !difference.allowed);
        let lines: Vec<String> = counted.map(|difference| self.text(&words::difference_line(difference))).collect();
        let baseline = words::baseline(self.header.baseline);
        let name = "snapshot: the conversation has the same meaning as the approved one";
        let message = format!("{} from {baseline}", words::amount(lines.len(), "difference"));
        let mut case = TestCaseBuilder::failure(name, Duration::ZERO, "snapshot", &message);
        case.set_trace(&cdata(&format!("{message}\n{}", lines.join("\n"))));
        Some(self.named(case.build(), result, 0))
    }

    fn warnings(&self, result: &ScenarioResult) -> String {
        let warnings = result.findings.iter().filter(|judged| judged.severity == Severity::Warn);
        let lines = warnings.map(|judged| {
            self.text(&format!("warning: {}: {}", judged.finding.rule, words::finding_line(&judged.finding)))
        });
        lines.collect::<Vec<_>>().join("\n")
    }

    /// One exchange as text, without secrets.
    fn traffic(&self, exchange: &Exchange) -> String {
        let request = &exchange.request;
        let sent =
            message(&format!("{} {}", request.method, request.target()), &request.headers, request.body.as_deref());
        let received = match &exchange.answer {
            Ok(response) => message(&response.status.to_string(), &response.headers, Some(&response.body)),
            Err(failure) => failure.to_string(),
        };
        self.block(&format!("{sent}\n\n{received}"))
    }

    fn named(&self, mut case: TestCase, result: &ScenarioResult, line: u32) -> Case {
        let scenario = result.scenario.replace('/', ".");
        case.set_classname(&self.text(&format!("scimulator.{}.{scenario}", result.dialect)));
        case.set_filepath(&self.text(&result.file));
        Case { case, line }
    }

    fn text(&self, text: &str) -> String {
        clean(&self.safe.line(text))
    }

    fn block(&self, text: &str) -> String {
        clean(&self.safe.block(text))
    }
}

impl Reporter for Junit {
    fn event(&mut self, event: &RunEvent) {
        match event {
            RunEvent::Started(header) => self.header = (**header).clone(),
            RunEvent::ScenarioFinished(result) => self.results.push(result.to_keep()),
            RunEvent::ScenarioStarted { .. } | RunEvent::Finished(_) => {}
        }
    }

    fn finish(mut self: Box<Self>) -> Result<(), ReportError> {
        let written = self.document().map_err(io::Error::other).and_then(|bytes| self.output.write_all(&bytes));
        match written {
            Ok(()) => self.output.finish(),
            Err(cause) => Err(self.output.error(cause)),
        }
    }
}

fn extras(cases: &[Case]) -> SuiteExtras {
    SuiteExtras {
        lines: cases.iter().map(|case| case.line).collect(),
        skipped: cases.iter().filter(|case| case.case.is_skipped()).count(),
        ..SuiteExtras::default()
    }
}

fn properties(result: &ScenarioResult) -> Vec<(&'static str, String)> {
    vec![
        ("verdict", words::verdict_name(&result.verdict).to_owned()),
        ("requests", result.transcript.exchanges.len().to_string()),
    ]
}

/// First line, fields, and after an empty line the body.
fn message(first: &str, headers: &Headers, body: Option<&[u8]>) -> String {
    let mut lines = vec![first.to_owned()];
    lines.extend(headers.iter().map(|(name, value)| format!("{name}: {value}")));
    if let Some(body) = body.filter(|body| !body.is_empty()) {
        lines.extend([String::new(), String::from_utf8_lossy(body).into_owned()]);
    }
    lines.join("\n")
}

/// Real time of the exchanges that a step caused.
fn time_of_step(result: &ScenarioResult, step: usize) -> Duration {
    let exchanges = result.transcript.exchanges.iter().filter(|exchange| exchange.step == step);
    span(exchanges.map(|exchange| exchange.elapsed).sum())
}

/// Whole microseconds: more digits are noise.
fn span(time: std::time::Duration) -> Duration {
    Duration::microseconds(i64::try_from(time.as_micros()).unwrap_or(i64::MAX))
}

fn clean(text: &str) -> String {
    sanitise::xml(text).into_owned()
}

/// Text that cannot end the CDATA section it stands in: `junit-report` does not look.
fn cdata(text: &str) -> String {
    text.replace("]]>", "]]]]><![CDATA[>")
}

//! A run at a target: against what others would use for the same requests, and how far `--jobs` carries.

use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::Settings;
use super::process::Program;
use super::ratio::{compare, program};
use super::target::Target;

/// What a request to the slow target costs besides the server's own time.
const DELAY: Duration = Duration::from_millis(20);

/// How many scenarios are under way at once there.
const JOBS: [u32; 2] = [4, 8];

/// Measures against hurl, and with a slow target.
pub fn run(settings: &Settings) -> Result<(), Box<dyn Error>> {
    fs::create_dir_all(&settings.folder)?;
    let target = Target::start(settings)?;
    let report = settings.folder.join("target.json");
    at_target(settings, &target.base, &target, &["--report", &format!("json={}", report.display())]).milliseconds()?;
    let report: Value = serde_json::from_slice(&fs::read(&report)?)?;
    hurl(settings, &target, &report)?;
    jobs(settings, &target)
}

fn at_target<'a>(settings: &'a Settings, base: &str, target: &Target, more: &[&str]) -> Program<'a> {
    let mut run = program(settings, &settings.product, &["run", "--target", base]);
    run.arguments.extend(more.iter().map(|text| (*text).to_owned()));
    run.environment.push(("SCIMULATOR_TOKEN".to_owned(), target.token.clone()));
    run
}

/// The requests of a run once more, by `hurl --test --jobs 2`, with one assertion on the status and one on the JSON.
fn hurl(settings: &Settings, target: &Target, report: &Value) -> Result<(), Box<dyn Error>> {
    let Ok(found) = Command::new("hurl").arg("--version").output() else {
        println!("hurl: not measured, it is not installed");
        return Ok(());
    };
    println!("{}", String::from_utf8_lossy(&found.stdout).lines().next().unwrap_or("hurl"));
    let folder = settings.folder.join("hurl");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder)?;
    let (mut requests, mut files) = (0, Vec::new());
    for (number, scenario) in report["scenarios"].as_array().into_iter().flatten().enumerate() {
        let exchanges = scenario["transcript"]["exchanges"].as_array().map_or(&[][..], Vec::as_slice);
        let entries: Vec<String> = exchanges.iter().filter_map(|exchange| entry(exchange, target)).collect();
        if !entries.is_empty() {
            requests += entries.len();
            let file = folder.join(format!("{number:03}.hurl"));
            fs::write(&file, entries.concat())?;
            files.push(file.display().to_string());
        }
    }
    let junit = format!("junit={}", settings.folder.join("target.xml").display());
    let ours = at_target(settings, &target.base, target, &["--report", &junit]);
    let xml = settings.folder.join("hurl.xml");
    let mut theirs = program(settings, Path::new("hurl"), &[]);
    let fixed = ["--test", "--jobs", "2", "--report-junit"].map(str::to_owned);
    theirs.arguments = fixed.into_iter().chain([xml.display().to_string()]).chain(files).collect();
    println!("{requests} requests of the run's scenarios");
    compare("run at a target, against hurl", settings, &ours, &theirs)
}

/// `None` for a request that hurl cannot write: its answer is not needed, only its cost.
fn entry(exchange: &Value, target: &Target) -> Option<String> {
    let request = &exchange["request"];
    let mut entry = format!("{} {}{}\n", request["method"].as_str()?, target.base, request["target"].as_str()?);
    for header in request["headers"].as_array()? {
        let (name, value) = (header[0].as_str()?, header[1].as_str()?);
        writeln!(entry, "{name}: {value}").ok()?;
    }
    if !entry.contains("\nAuthorization: ") {
        writeln!(entry, "Authorization: Bearer {}", target.token).ok()?;
    }
    if let Some(body) = request["body"].as_str() {
        writeln!(entry, "base64,{};", STANDARD.encode(body)).ok()?;
    }
    // Ids of an earlier run find nobody, so the status is another; what is asked of it holds of every answer.
    entry.push_str("HTTP *\n[Asserts]\nstatus >= 200\n");
    if exchange["answer"]["body"].as_str().is_some_and(|body| body.starts_with('{')) {
        entry.push_str("jsonpath \"$\" exists\n");
    }
    entry.push('\n');
    Some(entry)
}

/// How much faster a run is with several scenarios under way, when every answer takes a while.
fn jobs(settings: &Settings, target: &Target) -> Result<(), Box<dyn Error>> {
    let slow = target.slowed(DELAY)?;
    let time = |jobs: u32| -> Result<f64, Box<dyn Error>> {
        let jobs = jobs.to_string();
        let run = at_target(settings, &slow, target, &["--jobs", &jobs]);
        run.milliseconds()
    };
    let alone = time(1)?;
    for jobs in JOBS {
        let together = time(jobs)?;
        let gain = alone / together;
        println!(
            "--jobs {jobs}, answers {} ms late: {gain:.2} times as fast as --jobs 1, {:.2} of {jobs} ({:.1} s, {:.1} s)",
            DELAY.as_millis(),
            gain / f64::from(jobs),
            alone / 1000.0,
            together / 1000.0
        );
    }
    Ok(())
}

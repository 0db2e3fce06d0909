//! What was exported is run by the tools themselves at the reference server, sound and broken.
//!
//! A tool that is not installed is passed over, unless `SCIMULATOR_TOOLS` names it: `SCIMULATOR_TOOLS=curl,newman,hurl`.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use scimulator::behaviours::Behaviour;
use scimulator::clock::Clock;
use scimulator::faults;
use scimulator::server::{Served, Service, Settings, serve};
use tokio::runtime::Runtime;

use crate::played::{ODD_VALUES, SCENARIOS, TWO_VERSIONS, exported};

/// The reference server, for as long as it is held.
pub struct Server {
    served: Served,
    _runtime: Runtime,
}

impl Server {
    /// As it should be, or with a fault.
    pub fn new(fault: Option<&str>) -> Self {
        Self::start(Settings::persona("rfc").unwrap(), |service| match fault {
            Some(fault) => faults::wrap(fault, service).unwrap_or_else(|error| panic!("{error}")),
            None => service,
        })
    }

    /// Like a customer's endpoint.
    pub fn like(behaviour: &str) -> Self {
        let behaviour: Behaviour = behaviour.parse().unwrap();
        let mut settings = Settings::persona("rfc").unwrap();
        behaviour.set(&mut settings);
        Self::start(settings, |service| behaviour.wrap(service))
    }

    fn start(settings: Settings, around: impl FnOnce(Box<dyn Service>) -> Box<dyn Service>) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        let address = ([127, 0, 0, 1], 0).into();
        let served = runtime.block_on(async { serve(settings, address, Clock::real(), around) }).unwrap();
        Self { served, _runtime: runtime }
    }
}

/// The paths of programs, when all are there.
#[expect(clippy::print_stderr, reason = "who runs the tests should know what was passed over")]
fn tools(names: &[&str]) -> Option<Vec<PathBuf>> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let wanted = std::env::var("SCIMULATOR_TOOLS").unwrap_or_default();
    let find = |name: &&str| {
        let found = std::env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file());
        let is_wanted = wanted.split([',', ' ']).any(|wanted| wanted == *name);
        assert!(found.is_some() || !is_wanted, "{name} is not installed, and SCIMULATOR_TOOLS names it");
        found
    };
    let found = names.iter().map(find).collect::<Option<Vec<_>>>();
    if found.is_none() {
        eprintln!("passed over: {} are not all installed", names.join(", "));
    }
    found
}

/// Runs one form at a server; `None` when the tool is not installed.
pub fn run(form: &str, text: &str, server: &Server) -> Option<Output> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, text).unwrap();
    let (base, token) = (server.served.base_url(), server.served.token());
    let (base_is, token_is) = (format!("base={base}"), format!("token={token}"));
    let mut command = match form {
        "curl" => {
            tools(&["sh", "curl", "jq"])?;
            let mut command = Command::new("sh");
            command.arg(&file).env("SCIM_BASE", base).env("SCIM_TOKEN", token);
            command
        }
        "hurl" => {
            let mut command = Command::new(&tools(&["hurl"])?[0]);
            command.args(["--test", "--variable", &base_is, "--variable", &token_is]).arg(&file);
            command
        }
        _ => {
            let mut command = Command::new(&tools(&["newman"])?[0]);
            command.args(["run", "--env-var", &base_is, "--env-var", &token_is]).arg(&file);
            command
        }
    };
    Some(command.output().unwrap())
}

pub fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// So many of them a form runs: newman takes seconds to begin.
fn share<T: Copy>(form: &str, all: &[T]) -> Vec<T> {
    all.iter().step_by(if form == "postman" { 2 } else { 1 }).copied().collect()
}

fn passes_at_a_sound_server(form: &str) {
    for (scenario, dialect) in
        share(form, &SCENARIOS).into_iter().chain([(ODD_VALUES, "plain"), (TWO_VERSIONS, "plain")])
    {
        let Some(output) = run(form, &exported(scenario, dialect, form), &Server::new(None)) else { return };
        assert!(output.status.success(), "{scenario} as {dialect}, {form}: {}", said(&output));
    }
}

/// A scenario, a fault that its script must notice, and what curl's script says then.
const BROKEN: [(&str, &str, &str); 4] = [
    ("lifecycle/create", "create/status-201", "expected 201, got 200"),
    ("lifecycle/deactivate", "get/inactive-visible", "expected 200, got 404"),
    ("patch/atomic", "patch/atomic", "not so: .displayName == "),
    ("etag/if-match-stale", "etag/if-match-stale", "got 200"),
];

fn fails_at_a_broken_server(form: &str) {
    for (scenario, fault, words) in share(form, &BROKEN) {
        let text = exported(scenario, "okta", form);
        let Some(output) = run(form, &text, &Server::new(Some(fault))) else { return };
        let said = said(&output);
        assert!(!output.status.success(), "{scenario} passes with the fault {fault}: {said}");
        if form == "curl" {
            assert_eq!(output.status.code(), Some(1), "{said}");
            assert!(said.contains(words), "{scenario}: `{words}` is missing: {said}");
        }
    }
}

#[test]
fn the_shell_script_passes_at_a_sound_server() {
    passes_at_a_sound_server("curl");
}

#[test]
fn the_shell_script_ends_with_1_at_a_broken_server() {
    fails_at_a_broken_server("curl");
}

#[test]
fn newman_runs_the_collection() {
    passes_at_a_sound_server("postman");
    fails_at_a_broken_server("postman");
}

#[test]
fn hurl_runs_the_file() {
    passes_at_a_sound_server("hurl");
    fails_at_a_broken_server("hurl");
}

/// Runs a script where only these programs are found.
fn with_only(programs: &[PathBuf], variables: &[(&str, &str)]) -> Output {
    let folder = tempfile::tempdir().unwrap();
    for program in programs {
        std::os::unix::fs::symlink(program, folder.path().join(program.file_name().unwrap())).unwrap();
    }
    let file = folder.path().join("script");
    std::fs::write(&file, exported("lifecycle/create", "okta", "curl")).unwrap();
    let mut command = Command::new(Path::new("/bin/sh"));
    command.arg(&file).env_clear().env("PATH", folder.path()).envs(variables.iter().copied());
    command.output().unwrap()
}

#[test]
fn the_shell_script_says_what_it_lacks() {
    let Some(found) = tools(&["curl", "jq", "awk"]) else { return };
    let cases = [
        (&found[..0], &[][..], "curl is not installed"),
        (&found[..1], &[], "jq is not installed"),
        (&found[..], &[], "SCIM_BASE is not set"),
        (&found[..], &[("SCIM_BASE", "http://127.0.0.1:9")], "SCIM_TOKEN is not set"),
    ];
    for (programs, variables, words) in cases {
        let output = with_only(programs, variables);
        let said = said(&output);
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains(words), "`{words}` is missing: {said}");
    }
}

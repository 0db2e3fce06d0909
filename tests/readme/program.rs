//! The built program, run as a stranger would: an empty environment, no terminal, a folder of its own.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use regex_lite::Regex;

fn command(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_scimulator"));
    command.current_dir(folder).env_clear().env("HOME", folder).env("CI", "true").stdin(Stdio::null());
    command
}

/// Runs it to its end.
pub fn run(arguments: &[String], folder: &Path, variables: &[(&str, &str)]) -> Output {
    command(folder).args(arguments).envs(variables.iter().copied()).output().unwrap()
}

/// What it printed, and behind it what it told on standard error.
pub fn stdout(output: &Output) -> String {
    let told = String::from_utf8_lossy(&output.stderr);
    format!("{}{told}", String::from_utf8_lossy(&output.stdout))
}

/// Text without what differs from run to run.
pub fn steady(text: &str) -> String {
    let port = Regex::new(r"127\.0\.0\.1:\d+").unwrap();
    let time = Regex::new(r"\bin [\d.]+ m?s\b").unwrap();
    time.replace_all(&port.replace_all(text, "127.0.0.1:PORT"), "in TIME").into_owned()
}

/// `scimulator serve` in another process, until it is dropped.
pub struct Served {
    child: Child,
    base: String,
    pub token: String,
    pub admin_token: String,
}

impl Served {
    pub fn start(arguments: &[&str], folder: &Path) -> Self {
        let mut command = command(folder);
        command.arg("serve").args(arguments).args(["--port", "0"]).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut next = |label: &str| {
            let line = lines.by_ref().map(Result::unwrap).find(|line| line.trim_start().starts_with(label)).unwrap();
            line.trim_start()[label.len()..].trim().to_owned()
        };
        let (base, token, admin_token) = (next("base URL"), next("token"), next("admin token"));
        Self { child, base, token, admin_token }
    }

    /// The same text with this server's address where a page has its example.
    pub fn at_its_place(&self, text: &str) -> String {
        text.replace("http://127.0.0.1:8080", self.base.trim_end_matches("/scim/v2"))
    }

    /// How many users there are, as any SCIM client would ask.
    pub fn users(&self) -> u64 {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let base = scimulator::http::Base::parse(&self.base).unwrap();
        let credential = scimulator::http::Credential::Bearer(scimulator::http::Secret::new(&self.token));
        let request = scimulator::http::Request::new(scimulator::http::Method::Get, "/Users");
        let client = scimulator::http::Client::new(scimulator::http::ClientSettings::default());
        let (answer, _) = runtime.block_on(client.send(&base, &credential, &request));
        answer.unwrap().json().unwrap()["totalResults"].as_u64().unwrap()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

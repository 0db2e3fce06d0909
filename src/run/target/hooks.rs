//! Control-plane hooks of a target: an HTTP call or a command for each action.
//!
//! Configured in `scimulator.yaml` under `hooks:`; docs/ci.md shows an example.
//! A hook gets what the action is about as `${…}` and may answer with JSON:
//! `token` (new-token, set-up-again), `mails` (outbox), `id` (create-account),
//! `refused` with the reason when the service provider itself says no.

use std::collections::BTreeMap;
use std::process::Stdio;
use std::time::Duration;

use serde::Deserialize;
use serde_json::{Map, Value, json};
use tokio::io::{AsyncRead, AsyncReadExt as _};

use crate::control::{Account, Action, ControlError, Report};
use crate::http::{Base, Client, Credential, Method, Request, percent};
use crate::scenario::variables::{self, Lookup};

/// Bytes of a command's output that are read.
const MAX_OUTPUT: u64 = 64 * 1024;
/// A hook that takes longer has failed.
const TIMEOUT: Duration = Duration::from_secs(30);

/// One hook as configured.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hook {
    /// An HTTP call.
    pub http: Option<HttpHook>,
    /// A command with its arguments; no shell is involved.
    pub command: Option<Vec<String>>,
}

/// An HTTP call.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HttpHook {
    /// Method; POST when absent.
    pub method: Option<String>,
    /// Whole URL, `${…}` allowed after the host.
    pub url: String,
    /// Header fields.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// JSON body.
    pub body: Option<Value>,
}

/// All hooks of a target.
#[derive(Default)]
pub struct Hooks {
    hooks: BTreeMap<String, Hook>,
    client: Option<Client>,
}

impl Hooks {
    /// The configured hooks, with the client for those over HTTP.
    pub fn new(hooks: BTreeMap<String, Hook>, client: Client) -> Self {
        Self { hooks, client: Some(client) }
    }

    /// Names of the actions that have a hook.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.hooks.keys().map(String::as_str)
    }

    /// Runs the hook for an action.
    ///
    /// # Errors
    /// `NotOffered` without a hook; `Hook` when it fails, answers with a status outside 2xx or takes over 30 s.
    pub async fn run(&self, action: &Action) -> Result<Report, ControlError> {
        let name = action.name();
        let hook = self.hooks.get(name).ok_or(ControlError::NotOffered(name))?;
        let about = About(about(action));
        let ran = tokio::time::timeout(TIMEOUT, async {
            match (&hook.http, &hook.command) {
                (Some(http), _) => self.call(http, &about).await,
                (None, Some(command)) => execute(command, &about).await,
                (None, None) => Err("neither `http` nor `command` is configured".to_owned()),
            }
        });
        let failed = |cause: String| ControlError::Hook { name, cause };
        let answer =
            ran.await.map_err(|_| failed(format!("no end within {} s", TIMEOUT.as_secs())))?.map_err(failed)?;
        if let Some(refusal) = answer.get("refused").and_then(Value::as_str) {
            return Err(ControlError::Refused(refusal.to_owned()));
        }
        Ok(Report {
            token: answer.get("token").and_then(Value::as_str).map(str::to_owned),
            mails: answer.get("mails").and_then(Value::as_u64),
            body: (!answer.is_null()).then_some(answer),
        })
    }

    async fn call(&self, http: &HttpHook, about: &About) -> Result<Value, String> {
        let client = self.client.as_ref().ok_or("no HTTP client")?;
        let url = variables::resolve_text(&http.url, &InUrl(about)).map_err(|error| error.to_string())?;
        let path_at = url.find("://").and_then(|at| url[at + 3..].find('/').map(|slash| at + 3 + slash));
        let (origin, path) = url.split_at(path_at.unwrap_or(url.len()));
        let base = Base::parse(origin).map_err(|error| error.to_string())?;
        let method = http.method.as_deref().unwrap_or("POST");
        let method = Method::parse(method).ok_or_else(|| format!("`{method}` is no method"))?;
        let (path, query) = path.split_once('?').map_or((path, None), |(path, query)| (path, Some(query)));
        let mut request = Request::new(method, if path.is_empty() { "/" } else { path });
        request.query = query.map(str::to_owned);
        for (name, value) in &http.headers {
            let value = variables::resolve_text(value, about).map_err(|error| error.to_string())?;
            request.headers.push(name, value);
        }
        if let Some(body) = &http.body {
            let body = variables::resolve(body, about).map_err(|error| error.to_string())?;
            request = request.with_header("Content-Type", "application/json").with_json(&body);
        }
        let (answer, _) = client.send(&base, &Credential::None, &request).await;
        let response = answer.map_err(|failure| failure.to_string())?;
        if response.is_success() {
            return Ok(response.json().cloned().unwrap_or(Value::Null));
        }
        Err(format!("status {}", response.status))
    }
}

async fn execute(command: &[String], about: &About) -> Result<Value, String> {
    let resolved: Vec<String> = command
        .iter()
        .map(|argument| variables::resolve_text(argument, about))
        .collect::<Result<_, _>>()
        .map_err(|error| error.to_string())?;
    let (program, arguments) = resolved.split_first().ok_or("the command is empty")?;
    let mut child = tokio::process::Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .map_err(|error| format!("`{program}` cannot be started: {error}"))?;
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let (output, complaint) = tokio::join!(read(stdout), read(stderr));
    let status = child.wait().await.map_err(|error| error.to_string())?;
    if !status.success() {
        let complaint = complaint.lines().next().map(|line| format!(": {line}")).unwrap_or_default();
        return Err(format!("`{program}` ended with {status}{complaint}"));
    }
    Ok(serde_json::from_str(&output).unwrap_or(Value::Null))
}

/// What a command writes, up to the bound; what is no text is shown as such.
async fn read(stream: Option<impl AsyncRead + Unpin>) -> String {
    let mut bytes = Vec::new();
    if let Some(stream) = stream {
        // A stream that breaks off gives what came before; the status of the command decides.
        let _ = stream.take(MAX_OUTPUT).read_to_end(&mut bytes).await;
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// What an action is about, for `${…}`.
struct About(Map<String, Value>);

impl Lookup for About {
    fn value(&self, name: &str) -> Option<Value> {
        self.0.get(name).cloned()
    }
}

/// The same as it stands in a URL: ids are the target's own words, and must not change where a request goes.
struct InUrl<'a>(&'a About);

impl Lookup for InUrl<'_> {
    fn value(&self, name: &str) -> Option<Value> {
        let value = self.0.value(name)?;
        Some(value.as_str().map_or(value.clone(), |text| Value::String(percent::encode(text))))
    }
}

fn about(action: &Action) -> Map<String, Value> {
    let value = match action {
        Action::SetSeats(seats) => json!({"seats": seats}),
        Action::VerifyEmail { id } | Action::AcceptInvitation { id } | Action::RemoveInApp { id } => json!({"id": id}),
        Action::Outbox { address } => json!({"address": address}),
        Action::CreateAccount(Account { address, name, state }) => {
            json!({"address": address, "name": name, "state": state.name()})
        }
        Action::MapGroups(table) => {
            let table: Map<String, Value> = table.iter().map(|(from, to)| (from.clone(), json!(to))).collect();
            json!({"table": table})
        }
        Action::RevokeToken
        | Action::ExpireToken
        | Action::NewToken
        | Action::DeleteConfiguration
        | Action::SetUpAgain
        | Action::Weather(_) => Value::Null,
    };
    match value {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}

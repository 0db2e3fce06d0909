//! The work of a run and nothing else: requests as an IdP sends them, every answer parsed, freed of
//! what changes from run to run, and compared with the expected one; then the reports.

use std::error::Error;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use reqwest::{Client, Method};
use rustls::crypto::ring;
use rustls::{ClientConfig, RootCertStore};
use serde_json::{Value, json};

use super::{Settings, reports, stub};

/// One request and what came of it.
pub struct Step {
    /// `PATCH step 3`.
    pub name: String,
    /// Whether the answer is the expected one.
    pub same: bool,
    /// Seconds.
    pub seconds: f64,
    /// The answer when it is not.
    pub text: String,
}

type Expected = Vec<Vec<String>>;

/// Plays everything once and prints one line.
pub fn run(settings: &Settings) -> Result<(), Box<dyn Error>> {
    let begun = Instant::now();
    std::fs::create_dir_all(&settings.folder)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let played = runtime.block_on(async {
        let client = client()?;
        let expected = Arc::new(expected(settings, &client).await?);
        play(settings, &client, &expected).await
    })?;
    let ran = begun.elapsed().as_secs_f64() * 1e3;
    let (requests, differ) = reports::write(&settings.folder, &played)?;
    let whole = begun.elapsed().as_secs_f64() * 1e3;
    println!("floor: {requests} requests, {differ} differ, run {ran:.2} ms, with reports {whole:.2} ms");
    if differ == 0 { Ok(()) } else { Err("the floor's own answers changed".into()) }
}

/// A client that reads no root certificates, as the product has for `http://`.
fn client() -> Result<Client, Box<dyn Error>> {
    let tls = ClientConfig::builder_with_provider(ring::default_provider().into())
        .with_safe_default_protocol_versions()?
        .with_root_certificates(RootCertStore::empty())
        .with_no_client_auth();
    Ok(Client::builder().no_proxy().tls_backend_preconfigured(tls).build()?)
}

/// Every scenario a task of its own, with a server of its own.
async fn play(
    settings: &Settings,
    client: &Client,
    expected: &Arc<Expected>,
) -> Result<Vec<Vec<Step>>, Box<dyn Error>> {
    let mut tasks = Vec::new();
    for number in 0..settings.scenarios {
        let (client, expected, count) = (client.clone(), Arc::clone(expected), share(settings, number));
        tasks.push(tokio::spawn(async move {
            let server = stub::serve().await.map_err(|error| error.to_string())?;
            scenario(&client, server, number, count, Some(&expected[number])).await.map_err(|error| error.to_string())
        }));
    }
    let mut played = Vec::new();
    for task in tasks {
        played.push(task.await??);
    }
    Ok(played)
}

/// How many requests a scenario sends: all together make the number asked for.
fn share(settings: &Settings, number: usize) -> usize {
    settings.requests / settings.scenarios + usize::from(number < settings.requests % settings.scenarios)
}

/// The expected answers, written down by the first run with these counts.
async fn expected(settings: &Settings, client: &Client) -> Result<Expected, Box<dyn Error>> {
    let name = format!("expected-{}-{}.json", settings.scenarios, settings.requests);
    let file = settings.folder.join(name);
    if let Ok(text) = std::fs::read(&file) {
        return Ok(serde_json::from_slice(&text)?);
    }
    let mut expected = Expected::new();
    for number in 0..settings.scenarios {
        let steps = scenario(client, stub::serve().await?, number, share(settings, number), None).await?;
        expected.push(steps.into_iter().map(|step| step.text).collect());
    }
    write(&file, &expected)?;
    Ok(expected)
}

fn write(file: &Path, expected: &Expected) -> Result<(), Box<dyn Error>> {
    Ok(std::fs::write(file, serde_json::to_vec(expected)?)?)
}

/// Probe, look-up, create, read, address change, conflict, update, deactivate, reactivate, list, delete, read again.
async fn scenario(
    client: &Client,
    server: SocketAddr,
    number: usize,
    count: usize,
    expected: Option<&[String]>,
) -> Result<Vec<Step>, reqwest::Error> {
    let mut steps = Vec::with_capacity(count);
    let mut id = String::new();
    for at in 0..count {
        let (method, path, body) = request(at % 12, number * 1000 + at / 12, &id);
        let name = format!("{method} step {at}");
        let begun = Instant::now();
        let body = body.map(|body| body.to_string()).unwrap_or_default();
        let sent = client.request(method, format!("http://{server}/scim/v2{path}"));
        let answer = sent.header("content-type", "application/scim+json").body(body).send().await?;
        let status = answer.status().as_u16();
        let mut value: Value = serde_json::from_slice(&answer.bytes().await?).unwrap_or_default();
        if at % 12 == 1 {
            value["id"].as_str().unwrap_or_default().clone_into(&mut id);
        }
        free_of_change(&mut value);
        let text = format!("{status}\n{value:#}");
        let same = expected.is_some_and(|expected| expected[at] == text);
        let text = if same { String::new() } else { text };
        steps.push(Step { name, same, seconds: begun.elapsed().as_secs_f64(), text });
    }
    Ok(steps)
}

fn request(kind: usize, number: usize, id: &str) -> (Method, String, Option<Value>) {
    let one = format!("/Users/{id}");
    let patch = |operation: Value| {
        Some(json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [operation]}))
    };
    match kind {
        0 => {
            let filter = format!("userName%20eq%20%22user{number}@example.com%22");
            (Method::GET, format!("/Users?filter={filter}&startIndex=1&count=100"), None)
        }
        1 | 4 => (Method::POST, "/Users".to_owned(), Some(user(number))),
        3 => {
            let value = format!("new{number}@example.com");
            let work = "emails[type eq \"work\"].value";
            (Method::PATCH, one, patch(json!({"op": "Replace", "path": work, "value": value})))
        }
        5 => (Method::PUT, one, Some(user(number))),
        6 => (Method::PATCH, one, patch(json!({"op": "replace", "value": {"active": false}}))),
        7 => (Method::PATCH, one, patch(json!({"op": "Replace", "path": "active", "value": true}))),
        8 => (Method::GET, "/Users?startIndex=1&count=100".to_owned(), None),
        9 => (Method::DELETE, one, None),
        11 => (Method::GET, "/ServiceProviderConfig".to_owned(), None),
        _ => (Method::GET, one, None),
    }
}

fn user(number: usize) -> Value {
    json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
        "externalId": format!("00u{number:017}"),
        "userName": format!("user{number}@example.com"),
        "name": {"givenName": format!("Given{number}"), "familyName": format!("Family{number}")},
        "displayName": format!("Given{number} Family{number}"),
        "emails": [{"primary": true, "value": format!("user{number}@example.com"), "type": "work"}],
        "locale": "en-US", "active": true, "groups": []
    })
}

fn free_of_change(value: &mut Value) {
    match value {
        Value::Object(members) => {
            for (name, member) in members.iter_mut() {
                let changes = matches!(name.as_str(), "id" | "location" | "version" | "created" | "lastModified");
                if changes && member.is_string() { *member = json!("[*]") } else { free_of_change(member) }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(free_of_change),
        _ => {}
    }
}

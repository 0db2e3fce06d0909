//! A SCIM-shaped server that is as fast as can be: users kept as written bytes, found by hash.
//!
//! A yardstick, no conformant server: it knows the dozen requests of `work` and nothing else.

use std::collections::HashMap;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use serde_json::{Map, Value, json};
use tokio::net::TcpListener;

/// The users of one server.
#[derive(Default)]
pub struct Stub {
    rows: Vec<Option<Bytes>>,
    by_id: HashMap<String, usize>,
    by_name: HashMap<String, usize>,
}

/// Binds a loopback port of its own and serves a new stub there.
pub async fn serve() -> std::io::Result<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let stub = Arc::new(Mutex::new(Stub::default()));
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let _ = stream.set_nodelay(true);
            let stub = Arc::clone(&stub);
            let service = service_fn(move |request| handle(Arc::clone(&stub), request));
            tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
        }
    });
    Ok(address)
}

async fn handle(stub: Arc<Mutex<Stub>>, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let (head, body) = request.into_parts();
    let body = body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
    let mut stub = stub.lock().unwrap_or_else(PoisonError::into_inner);
    let (status, body) = stub.answer(&head.method, head.uri.path(), head.uri.query(), &body);
    let answer = Response::builder().status(status).header("content-type", "application/scim+json");
    Ok(answer.body(Full::new(body)).expect("status and header are well-formed"))
}

impl Stub {
    fn answer(&mut self, method: &Method, path: &str, query: Option<&str>, body: &Bytes) -> (StatusCode, Bytes) {
        let Some(path) = path.strip_prefix("/scim/v2/") else {
            return error(StatusCode::NOT_FOUND, "no such endpoint");
        };
        match (method.as_str(), path.split_once('/')) {
            ("GET", None) if path == "ServiceProviderConfig" => {
                (StatusCode::OK, written(&json!({"schemas": ["x"], "patch": {"supported": true}})))
            }
            ("GET", None) => (StatusCode::OK, self.list(query)),
            ("POST", None) => self.create(body),
            (method, Some((_, id))) => match self.by_id.get(id).copied() {
                Some(row) => self.one(method, id, row, body),
                None => error(StatusCode::NOT_FOUND, "no such resource"),
            },
            _ => error(StatusCode::METHOD_NOT_ALLOWED, "method"),
        }
    }

    fn list(&self, query: Option<&str>) -> Bytes {
        let filter = query.and_then(|query| query.split('&').find_map(|pair| pair.strip_prefix("filter=")));
        let page: Vec<&Bytes> = match filter {
            Some(filter) => {
                let name =
                    filter.trim_start_matches("userName%20eq%20%22").trim_end_matches("%22").to_ascii_lowercase();
                self.by_name.get(&name).into_iter().filter_map(|row| self.rows[*row].as_ref()).collect()
            }
            None => self.rows.iter().flatten().take(100).collect(),
        };
        let mut text = format!(
            r#"{{"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"],"totalResults":{0},"startIndex":1,"itemsPerPage":{0},"Resources":["#,
            page.len()
        )
        .into_bytes();
        for (at, row) in page.into_iter().enumerate() {
            text.extend_from_slice(if at > 0 { b"," } else { b"" });
            text.extend_from_slice(row);
        }
        text.extend_from_slice(b"]}");
        text.into()
    }

    fn create(&mut self, body: &Bytes) -> (StatusCode, Bytes) {
        let Ok(mut user) = serde_json::from_slice::<Value>(body) else {
            return error(StatusCode::BAD_REQUEST, "bad JSON");
        };
        let name = name(&user);
        if self.by_name.contains_key(&name) {
            return error(StatusCode::CONFLICT, "already exists");
        }
        let id = format!("{:016x}", next().wrapping_mul(0x9E37_79B9_7F4A_7C15));
        stamp(&mut user, &id);
        let text = written(&user);
        self.by_id.insert(id, self.rows.len());
        self.by_name.insert(name, self.rows.len());
        self.rows.push(Some(text.clone()));
        (StatusCode::CREATED, text)
    }

    fn one(&mut self, method: &str, id: &str, row: usize, body: &Bytes) -> (StatusCode, Bytes) {
        let Some(old) = self.rows[row].clone() else { return error(StatusCode::NOT_FOUND, "gone") };
        match method {
            "GET" => (StatusCode::OK, old),
            "DELETE" => {
                let user: Value = serde_json::from_slice(&old).unwrap_or_default();
                self.by_name.remove(&name(&user));
                self.by_id.remove(id);
                self.rows[row] = None;
                (StatusCode::NO_CONTENT, Bytes::new())
            }
            "PUT" | "PATCH" => {
                let Ok(sent) = serde_json::from_slice::<Value>(body) else {
                    return error(StatusCode::BAD_REQUEST, "bad JSON");
                };
                let mut user: Value = serde_json::from_slice(&old).unwrap_or_default();
                let before = name(&user);
                if method == "PUT" {
                    user = sent;
                } else {
                    patch(&mut user, &sent);
                }
                stamp(&mut user, id);
                self.by_name.remove(&before);
                self.by_name.insert(name(&user), row);
                let text = written(&user);
                self.rows[row] = Some(text.clone());
                (StatusCode::OK, text)
            }
            _ => error(StatusCode::METHOD_NOT_ALLOWED, "method"),
        }
    }
}

/// The three shapes that `work` sends: no path, a plain path, the address of a kind.
fn patch(user: &mut Value, sent: &Value) {
    for operation in sent["Operations"].as_array().into_iter().flatten() {
        let value = operation["value"].clone();
        match operation["path"].as_str() {
            None => {
                let (Value::Object(user), Value::Object(members)) = (&mut *user, value) else { continue };
                user.extend(members);
            }
            Some(path) if path.contains('[') => user["emails"][0]["value"] = value,
            Some(path) => user[path] = value,
        }
    }
}

fn stamp(user: &mut Value, id: &str) {
    user["id"] = json!(id);
    user["meta"] = json!({
        "resourceType": "User", "created": "2026-01-01T00:00:00Z", "lastModified": "2026-01-01T00:00:00Z",
        "location": format!("http://127.0.0.1/scim/v2/Users/{id}"), "version": format!("W/\"{}\"", next())
    });
}

fn name(user: &Value) -> String {
    user["userName"].as_str().unwrap_or_default().to_ascii_lowercase()
}

fn next() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

fn error(status: StatusCode, detail: &str) -> (StatusCode, Bytes) {
    let mut members = Map::new();
    members.insert("schemas".into(), json!(["urn:ietf:params:scim:api:messages:2.0:Error"]));
    members.insert("status".into(), json!(status.as_str()));
    members.insert("detail".into(), json!(detail));
    (status, written(&Value::Object(members)))
}

fn written(value: &Value) -> Bytes {
    value.to_string().into()
}

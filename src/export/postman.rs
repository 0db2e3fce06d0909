//! A Postman collection (format 2.1): a folder for each step, tests and variables as scripts.

use serde_json::{Value, json};

use super::braces::{authorization, variable, variables};
use super::script::{Call, Capture, Check, Form, Place, Script};
use super::text::Text;
use crate::scenario::CredentialChoice;

const SCHEMA: &str = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json";

/// The collection.
pub fn postman(script: &Script) -> String {
    let calls: Vec<&Call> = script.all().collect();
    let steps = calls.chunk_by(|one, other| one.is_of_step(other));
    let folders: Vec<Value> = steps
        .map(|step| json!({ "name": step[0].label, "item": step.iter().map(|call| item(call)).collect::<Vec<_>>() }))
        .collect();
    let own = ["base", "token"].into_iter().chain(variables(script).into_iter().map(|(name, _)| name));
    let captured = script.all().flat_map(|call| &call.captures).map(|capture| capture.name.as_str());
    let variables: Vec<Value> = own.chain(captured).map(|name| json!({ "key": name, "value": "" })).collect();
    let collection = json!({
        "info": { "name": script.headline(), "description": description(script), "schema": SCHEMA },
        "auth": bearer("{{token}}"),
        "variable": variables,
        "item": folders,
    });
    format!("{collection:#}\n")
}

fn description(script: &Script) -> String {
    let more = variables(script).into_iter().map(|(name, meaning)| format!(" `{name}` is {meaning}."));
    format!(
        "Set the variables `base` (the base URL of the endpoint) and `token`.{} It creates, changes and deletes users \
         and groups: run it at a test tenant.",
        more.collect::<String>()
    )
}

fn bearer(token: &str) -> Value {
    json!({ "type": "bearer", "bearer": [{ "key": "token", "value": token, "type": "string" }] })
}

fn item(call: &Call) -> Value {
    let target = written(&call.target);
    let name = format!("{} {}", call.request.method, target.split('?').next().unwrap_or_default());
    let header: Vec<Value> =
        call.headers.iter().map(|(name, value)| json!({ "key": name, "value": written(value) })).collect();
    let mut request = json!({ "method": call.request.method.as_str(), "header": header });
    // The collection's own credential is that of the target.
    if call.credential != CredentialChoice::Own {
        request["auth"] = json!({ "type": "noauth" });
        if let (Some(value), Some(header)) = (authorization(call.credential), request["header"].as_array_mut()) {
            header.push(json!({ "key": "Authorization", "value": value }));
        }
    }
    request["url"] = format!("{{{{base}}}}{target}").into();
    if let Some(body) = &call.body {
        let is_json = call.request.json().is_some();
        let raw = body.render(|text| if is_json { text.replace("{{", r"{\u007b") } else { text.to_owned() }, variable);
        request["body"] = json!({ "mode": "raw", "raw": raw, "options": { "raw": { "language": if is_json { "json" } else { "text" } } } });
    }
    if !call.notes.is_empty() {
        request["description"] = call.notes.join("\n").into();
    }
    json!({ "name": name, "event": events(call), "request": request, "response": [] })
}

fn events(call: &Call) -> Vec<Value> {
    let event = |listen: &str, lines: Vec<String>| json!({ "listen": listen, "script": { "type": "text/javascript", "exec": lines } });
    let pause = call.pause.map(|pause| vec![format!("setTimeout(() => {{}}, {});", pause.as_millis())]);
    let tests = Some(tests(call)).filter(|tests| !tests.is_empty());
    let pause = pause.map(|lines| event("prerequest", lines));
    pause.into_iter().chain(tests.map(|lines| event("test", lines))).collect()
}

/// The script that looks at the answer and keeps what is needed of it.
fn tests(call: &Call) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(statuses) = call.alternatives(r"\d") {
        let pattern = statuses.join("|");
        let name = text(&format!("status {}", statuses.join(" or ").replace(r"\d", "x")));
        lines.push(format!("pm.test({name}, () => pm.expect(String(pm.response.code)).to.match(/^({pattern})$/));"));
    }
    let reads_body = |capture: &Capture| matches!(capture.place, Place::Body(_));
    if !call.checks.is_empty() || call.captures.iter().any(reads_body) {
        lines.push("const body = pm.response.json();".to_owned());
    }
    lines.extend(call.checks.iter().map(|check| match check {
        Check::Present(path) => {
            format!("pm.test({}, () => pm.expect(body.{path}).to.be.ok);", text(&format!("there is {path}")))
        }
        Check::Equals(path, value) => {
            format!("pm.test({}, () => pm.expect(body.{path}).to.eql({value}));", text(&format!("{path} is {value}")))
        }
    }));
    let kept = |capture: &Capture| format!("pm.collectionVariables.set({}, {});", text(&capture.name), found(capture));
    lines.extend(call.captures.iter().map(kept));
    lines
}

fn found(capture: &Capture) -> String {
    let value = match &capture.place {
        Place::Body(path) => format!("body.{path}"),
        Place::Header(name) => format!("pm.response.headers.get({})", text(name)),
    };
    match capture.form {
        Form::Plain => value,
        Form::EndOfUrl => format!("{value}.split('/').pop()"),
        Form::InJson => format!("JSON.stringify({value}).slice(1, -1)"),
        Form::InQuery => format!("encodeURIComponent({value})"),
        Form::Strong => format!("{value}.replace(/^W\\//, '')"),
    }
}

/// A text in JavaScript, which JSON's notation is.
fn text(text: &str) -> Value {
    Value::from(text)
}

fn written(text: &Text) -> String {
    text.render(str::to_owned, variable)
}

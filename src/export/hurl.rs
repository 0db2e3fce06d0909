//! A Hurl file (<https://hurl.dev>): requests with captures and asserts.

use std::fmt::Write as _;

use serde_json::Value;

use super::braces::{authorization, variable, variables};
use super::script::{Call, Capture, Check, Form, Place, Script};
use super::text::Text;
use crate::http::{Request, sanitise};

/// The file.
pub fn hurl(script: &Script) -> String {
    let mut out = format!(
        "# {headline}\n\
         #\n\
         # It creates, changes and deletes users and groups: run it at a test tenant.\n\
         #\n\
         #   hurl --test --variable base=https://example.com/scim/v2 --variable token=… FILE\n",
        headline = sanitise::line(&script.headline()),
    );
    for (name, meaning) in variables(script) {
        let _ = writeln!(out, "# The variable `{name}` is {meaning}."); // writing to a String cannot fail
    }
    let calls: Vec<&Call> = script.all().collect();
    for step in calls.chunk_by(|one, other| one.is_of_step(other)) {
        let _ = writeln!(out, "\n# {}", sanitise::line(&step[0].label)); // nor here
        for (at, call) in step.iter().enumerate() {
            out.push_str(if at > 0 { "\n" } else { "" });
            write_call(&mut out, call);
        }
    }
    out
}

fn write_call(out: &mut String, call: &Call) {
    let mut line = |text: &str| {
        out.push_str(text);
        out.push('\n');
    };
    for note in &call.notes {
        line(&format!("# {}", sanitise::line(note)));
    }
    line(&format!("{} {{{{base}}}}{}", call.request.method, written(&call.target)));
    if let Some(authorization) = authorization(call.credential) {
        line(&format!("Authorization: {authorization}"));
    }
    for (name, value) in &call.headers {
        line(&format!("{name}: {}", written(value)));
    }
    if let Some(pause) = call.pause {
        line(&format!("[Options]\ndelay: {}ms", pause.as_millis()));
    }
    if let Some(body) = &call.body {
        line(&self::body(body, &call.request));
    }
    let (status, asserts) = expected(call);
    line(&format!("HTTP {status}"));
    if !call.captures.is_empty() {
        line("[Captures]");
        call.captures.iter().for_each(|capture| line(&format!("{}: {}", capture.name, query(capture))));
    }
    if !asserts.is_empty() {
        line("[Asserts]");
        for assert in &asserts {
            line(assert);
        }
    }
}

/// The status of the answer, and everything else that must hold.
fn expected(call: &Call) -> (String, Vec<String>) {
    let mut asserts = Vec::new();
    let status = match call.alternatives(r"\d").as_deref() {
        None => "*".to_owned(),
        Some([only]) if !only.contains('\\') => only.clone(),
        Some(several) => {
            asserts.push(format!("status toString matches /^({})$/", several.join("|")));
            "*".to_owned()
        }
    };
    asserts.extend(call.checks.iter().map(|check| match check {
        Check::Present(path) => format!("jsonpath \"$.{path}\" exists"),
        Check::Equals(path, Value::String(text)) => format!("jsonpath \"$.{path}\" == \"{}\"", escaped(text, '"')),
        Check::Equals(path, value) => format!("jsonpath \"$.{path}\" == {value}"),
    }));
    (status, asserts)
}

fn query(capture: &Capture) -> String {
    let place = match &capture.place {
        Place::Body(path) => format!("jsonpath \"$.{path}\""),
        Place::Header(name) => format!("header \"{name}\""),
    };
    let filter = match capture.form {
        Form::Plain => "",
        Form::EndOfUrl => r" regex /([^\/]+)\/?$/",
        Form::InJson => r#" replaceRegex /(["\\])/ "\\$1""#,
        Form::InQuery => " urlEncode",
        Form::Strong => r#" replaceRegex /^W\// """#,
    };
    format!("{place}{filter}")
}

/// Text of a URL or header field.
fn written(text: &Text) -> String {
    text.render(|literal| escaped(literal, '#'), variable)
}

/// JSON without blanks stands as it is; Hurl would take blanks out of it. Anything else stands between backticks.
fn body(text: &Text, request: &Request) -> String {
    let sent = request.body.as_deref().unwrap_or_default();
    if request.json().is_some_and(|json| json.to_string().as_bytes() == sent) {
        return text.render(|literal| literal.replace("{{", r"{\u007b"), variable);
    }
    format!("`{}`", text.render(|literal| escaped(literal, '`'), variable))
}

/// A literal in Hurl's notation, where `special` would end it.
fn escaped(text: &str, special: char) -> String {
    let mut out = String::with_capacity(text.len());
    for (at, found) in text.char_indices() {
        match found {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\\' => out.push_str("\\\\"),
            // Two of them would begin a variable.
            '{' if text[at + 1..].starts_with('{') => out.push_str("\\u{7b}"),
            _ if found == special => out.extend(['\\', found]),
            _ if found.is_control() => out.extend(format!("\\u{{{:x}}}", u32::from(found)).chars()),
            _ => out.push(found),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::Method;

    #[test]
    fn what_means_something_to_hurl_is_escaped() {
        assert_eq!(escaped("a#b\\c{{d}} {e}\n", '#'), r"a\#b\\c\u{7b}{d}} {e}\n");
        assert_eq!(escaped("`a`\u{7}", '`'), r"\`a\`\u{7}");
        assert_eq!(escaped("\"#", '"'), "\\\"#");
        let body = |text: &str| {
            let mut request = Request::new(Method::Post, "/Users");
            request.body = Some(text.to_owned().into());
            body(&Text::new(text), &request)
        };
        assert_eq!(body(r#"{"a":"{{b}}"}"#), r#"{"a":"{\u007bb}}"}"#);
        assert_eq!(body("{\"a\":\n"), "`{\"a\":\\n`");
        assert_eq!(body(r#"{"a": 1}"#), r#"`{"a": 1}`"#);
    }
}

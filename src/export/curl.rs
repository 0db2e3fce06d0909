//! A POSIX shell script of curl commands.

use std::fmt::Write as _;

use super::braces::WRONG;
use super::script::{Call, Capture, Check, Form, Place, Script};
use super::text::{BASE, Text};
use crate::http::{kept_from_curl, sanitise, shell_word};
use crate::scenario::CredentialChoice;

/// The functions that every script has.
const FUNCTIONS: &str = include_str!("curl.sh");

/// Larger bodies go to curl by a file: Linux takes 128 KiB in one argument.
const MOST_IN_ARGUMENT: usize = 100 * 1024;

/// The script. It ends with 0, with 1 at the first answer that is not as expected, and with 2 when it cannot run.
pub fn curl(script: &Script) -> String {
    let mut out = format!(
        "#!/bin/sh\n\
         # {headline}\n\
         #\n\
         # Sends what was sent when scimulator played it, and looks at every answer. It creates, changes and deletes\n\
         # users and groups: run it at a test tenant. It needs curl and jq.\n\
         #\n\
         #   SCIM_BASE=https://example.com/scim/v2 SCIM_TOKEN=… sh FILE\n\
         #\n\
         # Ends with 0 when every answer was as expected, with 1 at the first that was not, with 2 when it cannot run.\n\
         {FUNCTIONS}",
        headline = sanitise::line(&script.headline()),
    );
    credentials(&mut out, script);
    let calls: Vec<&Call> = script.all().collect();
    for step in calls.chunk_by(|one, other| one.is_of_step(other)) {
        let _ = writeln!(out, "\nstep {}", shell_word(&sanitise::line(&step[0].label))); // writing to a String cannot fail
        for call in step {
            write_call(&mut out, call);
        }
    }
    out
}

/// The credentials that some requests carry instead of the usual one.
fn credentials(out: &mut String, script: &Script) {
    let mut written = vec![CredentialChoice::Own];
    for call in script.all() {
        if let (Some((name, value)), false) = (credential(call.credential), written.contains(&call.credential)) {
            let _ = writeln!(out, "bearer {name} \"{value}\"");
            written.push(call.credential);
        }
    }
}

/// The name of a credential and its value, as the shell makes it of the token.
const fn credential(choice: CredentialChoice) -> Option<(&'static str, &'static str)> {
    Some(match choice {
        CredentialChoice::Own => ("own", "Bearer $SCIM_TOKEN"),
        CredentialChoice::None => return None,
        CredentialChoice::LowerCase => ("lower-case", "bearer $SCIM_TOKEN"),
        CredentialChoice::Wrong => ("wrong", WRONG),
        CredentialChoice::Cut => ("cut", "Bearer ${SCIM_TOKEN%????}"),
        CredentialChoice::Longer => ("longer", "Bearer ${SCIM_TOKEN}xxxx"),
        CredentialChoice::OtherEnd => {
            ("other-end", "Bearer $(printf '%s' \"$SCIM_TOKEN\" | sed 's/[A-P]$/9/; t; s/.$/A/')")
        }
        CredentialChoice::OtherCase => ("other-case", "Bearer $(printf '%s' \"$SCIM_TOKEN\" | tr 'a-zA-Z' 'A-Za-z')"),
        CredentialChoice::OtherTenant => ("other-tenant", "Bearer ${SCIM_OTHER_TOKEN:?the token of a second tenant}"),
    })
}

fn write_call(out: &mut String, call: &Call) {
    let mut line = |text: &str| {
        out.push_str(text);
        out.push('\n');
    };
    for note in &call.notes {
        line(&format!("note {}", shell_word(&sanitise::line(note))));
    }
    if let Some(pause) = call.pause {
        line(&format!("sleep {}", pause.as_secs().max(1)));
    }
    let mut words = vec![format!("ask {} {}", call.request.method, word(&call.target))];
    if let Some((name, _)) = credential(call.credential) {
        words.push(format!("-H @\"$work/{name}\""));
    }
    words.extend(call.headers.iter().map(|(name, value)| format!("-H {}", word(&value.after(&format!("{name}: "))))));
    words.extend(kept_from_curl(&call.request).map(|field| format!("-H {}", shell_word(field))));
    if let Some(body) = &call.body {
        let body = word(body);
        if body.len() > MOST_IN_ARGUMENT {
            line(&format!("printf '%s' {body} >\"$work/sent\""));
            words.push("--data-binary @\"$work/sent\"".to_owned());
        } else {
            words.push(format!("--data-raw {body}"));
        }
    }
    line(&words.join(" \\\n  "));
    if let Some(statuses) = call.alternatives("?") {
        let quoted = |status: &String| if status.ends_with('?') { format!("'{status}'") } else { status.clone() };
        line(&format!("expect {}", statuses.iter().map(quoted).collect::<Vec<_>>().join(" ")));
    }
    call.checks.iter().for_each(|check| line(&format!("holds {}", shell_word(&condition(check)))));
    call.captures.iter().for_each(|capture| line(&format!("{}=$({})", capture.name, found(capture))));
}

/// A word of the shell: text in single quotes, variables in double ones.
fn word(text: &Text) -> String {
    let word = text.render(shell_word, |name| format!("\"${}\"", if name == BASE { "SCIM_BASE" } else { name }));
    if word.is_empty() { "''".to_owned() } else { word }
}

fn condition(check: &Check) -> String {
    match check {
        Check::Present(path) => format!(".{path}"),
        Check::Equals(path, value) => format!(".{path} == {value}"),
    }
}

/// The command that gives a value of the answer.
fn found(capture: &Capture) -> String {
    match &capture.place {
        Place::Body(path) => {
            let filter = match capture.form {
                Form::Plain => "",
                Form::EndOfUrl => r#" | sub(".*/"; "")"#,
                Form::InJson => " | tojson | .[1:-1]",
                Form::InQuery => " | @uri",
                Form::Strong => r#" | ltrimstr("W/")"#,
            };
            format!("field {}", shell_word(&format!(".{path}{filter}")))
        }
        Place::Header(name) => {
            let change = match capture.form {
                // The end of a URL is encoded already.
                Form::Plain | Form::InQuery => "",
                Form::EndOfUrl => "s|.*/||",
                Form::InJson => r#"s/[\\"]/\\&/g"#,
                Form::Strong => "s|^W/||",
            };
            format!("header {name} {}", shell_word(change))
        }
    }
}

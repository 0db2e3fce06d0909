//! A HAR of Okta's traffic as a proxy wrote it: look-up, create, read, update.

use std::io::{self, Write};

use fastrand::Rng;
use serde_json::{Value, json};

use super::people::{Person, moment};

const BASE: &str = "https://api.vendor.example.com/scim/v2";

/// Writes an archive of about so many bytes, and says how many exchanges it has.
pub fn write(bytes: u64, people: usize, out: &mut impl Write) -> io::Result<u64> {
    let rng = &mut Rng::with_seed(7);
    let (mut written, mut count) = (0_u64, 0_u64);
    write!(out, r#"{{"log":{{"version":"1.2","creator":{{"name":"mitmproxy","version":"12.1.1"}},"entries":["#)?;
    while written < bytes {
        let person = Person::number(usize::try_from(count / 4).unwrap_or_default() % people);
        let text = entry(count, &person, rng).to_string();
        write!(out, "{}{text}", if count == 0 { "" } else { "," })?;
        (written, count) = (written + text.len() as u64 + 1, count + 1);
    }
    writeln!(out, "]}}}}")?;
    out.flush()?;
    Ok(count)
}

fn entry(count: u64, person: &Person, rng: &mut Rng) -> Value {
    let (given, family) = person.name.split_once(' ').unwrap_or_default();
    let user = json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": person.login, "displayName": person.name,
        "name": {"givenName": given, "familyName": family}, "emails": [{"value": person.login, "type": "work", "primary": true}],
        "externalId": person.okta[0], "active": true, "groups": [], "locale": "en-US",
    });
    let mut answer = user.clone();
    answer["id"] = person.guid.clone().into();
    answer["meta"] =
        json!({"resourceType": "User", "created": moment(count), "location": format!("{BASE}/Users/{}", person.guid)});
    let empty = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"], "totalResults": 0, "startIndex": 1, "itemsPerPage": 0, "Resources": []});
    let filter = format!("userName%20eq%20%22{}%22", person.login.replace('@', "%40"));
    let (method, url, body, status, answer) = match count % 4 {
        0 => ("GET", format!("{BASE}/Users?filter={filter}&startIndex=1&count=100"), None, 200, empty),
        1 => ("POST", format!("{BASE}/Users"), Some(user), 201, answer),
        2 => ("GET", format!("{BASE}/Users/{}", person.guid), None, 200, answer),
        _ => (
            "PUT",
            format!("{BASE}/Users/{}", person.guid),
            Some(user),
            if rng.u8(..100) == 0 { 500 } else { 200 },
            answer,
        ),
    };
    let field = |name: &str, value: &str| json!({"name": name, "value": value});
    let text = answer.to_string();
    let mut request = json!({
        "method": method, "url": url, "httpVersion": "HTTP/1.1", "cookies": [],
        "headers": [field("User-Agent", "Okta SCIM Client 1.0.0"), field("Accept", "application/scim+json"), field("Accept-Charset", "utf-8"), field("Authorization", "Bearer SAMPLE-NOT-A-REAL-TOKEN-0123456789abcdef")],
        "queryString": [], "headersSize": -1, "bodySize": -1,
    });
    if let Some(body) = body {
        request["postData"] = json!({"mimeType": "application/scim+json", "text": body.to_string()});
    }
    json!({
        "startedDateTime": moment(count * 300), "time": 48.2, "request": request,
        "response": {
            "status": status, "statusText": "OK", "httpVersion": "HTTP/1.1", "cookies": [],
            "headers": [field("Content-Type", "application/scim+json; charset=utf-8"), field("Date", "Mon, 02 Nov 2026 08:00:01 GMT"), field("X-Request-Id", &person.guid)],
            "content": {"size": text.len(), "mimeType": "application/scim+json", "text": text}, "redirectURL": "", "headersSize": -1, "bodySize": -1,
        },
        "cache": {}, "timings": {"send": 0.1, "wait": 46.0, "receive": 2.1},
    })
}

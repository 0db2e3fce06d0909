//! What an outside tester found in redacted logs: each log here once showed the value that is written beside it.

use std::io::Write as _;

use scimulator::logs::detect::detect;
use scimulator::logs::format::Format;
use scimulator::logs::input::{LogFile, open};
use scimulator::logs::readers::Options;
use scimulator::logs::redact::{Key, Mode, Pseudonyms, Session, Wishes, redact, vocabulary};
use scimulator::logs::ticket::Ticket;

fn redacted(text: &str) -> String {
    let file = LogFile::in_memory("a.log", text.as_bytes()).unwrap();
    let files: Vec<(LogFile, Option<Format>)> = vec![(file.clone(), detect(&file))];
    let known = vocabulary(&files, &Options::default(), Wishes::default()).unwrap();
    let pseudonyms = Pseudonyms::new(Key::from_bytes(&[7; 32]), Mode::Consistent, known);
    let mut out = Vec::new();
    redact(&file, &pseudonyms, &mut out).unwrap();
    let leak = pseudonyms.originals().check(&out);
    assert!(leak.is_none(), "{leak:?} of {}", String::from_utf8_lossy(&out));
    String::from_utf8(out).unwrap()
}

/// A line of a server's log with a member more.
fn line(member: &str) -> String {
    format!(r#"{{"method": "POST", "path": "/scim/v2/Users", "status": 409, {member}}}"#)
}

#[test]
fn values_go_wherever_a_log_has_them() {
    for (text, gone) in [
        ("POST /scim/v2/Users 409\nbody { name: { givenName: 'Saoirse' }, employeeNumber: 'FL-48213' }", "Saoirse"),
        ("POST /scim/v2/Users 409\nbody { employeeNumber: 'FL-48213' }", "48213"),
        ("POST /scim/v2/Users 409 userName=mzillbeck&active=true", "mzillbeck"),
        ("POST /scim/v2/Users 409 <familyName>Thackeray</familyName>", "Thackeray"),
        ("2026-11-23T08:14:22Z POST /scim/v2/Users 409 from edge.example/198.51.100.211:51234", "198.51.100.211"),
        ("Our tenant is fennimore.okta.com", "fennimore"),
        ("before it was fennimorelathe.onmicrosoft.com", "fennimorelathe"),
        (r#"[{"uuid":"1","eventType":"x","outcome":{},"securityContext":{"domain":"kerfnet.example"}}]"#, "kerfnet"),
        (r#"{"location": "https://sp.example/scim/v2/Users/usr_3Pz9KdV7nB"}"#, "3Pz9KdV7nB"),
        ("curl -u saoirse.thackeray:Zw!ebel77 https://sp.example/scim/v2/Users", "saoirse"),
        ("GET /scim/v2/Users?filter=name.familyName%20sw%20%22Featherst%22 400", "Featherst"),
        (r#"{"userName":"mona.zillbeck@x.example","detail":"see /home/mona.zillbeck"}"#, "zillbeck"),
        (r#"{"displayName":"陶慧玲","detail":"用户陶慧玲已存在"}"#, "陶慧玲"),
        (r#"{"displayName":"Jürgen Weißmüller","detail":"Juergen Weissmueller exists"}"#, "Weissmueller"),
        ("To: =?utf-8?B?RmVybcOtbiBPbGFiYXJyaWV0YQ==?= <fermin@x.example>\n", "RmVybcOtbiBPbGFiYXJyaWV0YQ"),
        (r#"{"userName":"mona@x.example","x":"mona\\x40x.example"}"#, "mona\\\\x40"),
        (r#"{"body": "eyJuYW1lIjogeyJnaXZlbk5hbWUiOiAiU2FvaXJzZSJ9fQ==", "x": "Saoirse"}"#, "Saoirse"),
        (r#"{"phoneNumbers": [{"value": "22 55 01 66"}]}"#, "22 55 01 66"),
        ("ring 030/5550123", "5550123"),
        ("body { userName: 'mzillbeck' }", "mzillbeck"),
        ("level=info user=mzillbeck status=409", "mzillbeck"),
        ("user: \"mzillbeck\"", "mzillbeck"),
        (r#"{"displayName":"山田太郎","detail":"x山田太郎さん"}"#, "山田太郎"),
        (r#"{"address":"127.0.0.1"} 127.0.0.1"#, "127.0.0.1:"),
        (r#"{"address":"0.0.0.0:8080"} 0.0.0.0:8080"#, "zillbeck"),
        ("POST /scim/v2/Users HTTP/1.1\r\nHost: scim.tidepool.example\r\n\r\n", "tidepool"),
    ] {
        assert!(!redacted(text).contains(gone), "{gone}: {}", redacted(text));
    }
    for (member, gone) in [
        (r#""full_name": "Orla Gillicuddy""#, "Gillicuddy"),
        (r#""actor_displayName_s": "Orla Gillicuddy""#, "Gillicuddy"),
        (r#""ClientUsername": "ogillicuddy""#, "ogillicuddy"),
        (r#""employeeNumber": 48213"#, "48213"),
        (r#""host": "splunk-hf-02.fennimore.example""#, "fennimore"),
        (r#""requestBody": {"name": {"givenName": "Bo", "familyName": "Li"}}, "detail": "Bo Li exists""#, "Bo Li"),
    ] {
        assert!(!redacted(&line(member)).contains(gone), "{gone}: {}", redacted(&line(member)));
    }
}

#[test]
fn what_says_nothing_about_a_person_stays() {
    for text in [
        "Mozilla/5.0 Chrome/142.0.0.0 Safari/537.36",
        "Roster2UserControllerImplementation failed",
        "System.InvalidOperationException-At-Line24-OfTheController",
        r#"{"tokenType": "Bearer", "nextPageToken": "abcdef", "keyId": "main-2026", "type": "work"}"#,
        r#"Failed login: "bad password", user: "not found", address: "missing""#,
        r#"{"tenant":"production","org":"default","actor":"scheduler","principal":"anonymous","user":"root"}"#,
        "the token was revoked!!",
        "SELECT * FROM users WHERE state = 'active' and status=409",
    ] {
        assert_eq!(redacted(text), text);
    }
    let new = redacted("info@x.example asked for info in \"info\"");
    assert!(new.ends_with("asked for info in \"info\""), "{new}");
}

#[test]
fn secrets_go_by_how_their_names_end_in_every_quoting() {
    let secret = "Kn0blauchSuppe9";
    let names = "pwd pass passphrase newPassword currentPassword auth authToken session_token sessionToken csrfToken \
                 x-okta-xsrftoken X-Auth-Key X-Functions-Key Ocp-Apim-Subscription-Key access_key secretKey \
                 secret_access_key device_token JSESSIONID sid SAMLResponse otp Passwort contraseña";
    for name in names.split_whitespace() {
        for text in [
            line(&format!(r#""{name}": "{secret}""#)),
            format!("POST /Users {{'{name}': '{secret}'}}"),
            format!("POST /Users {name}={secret}"),
            format!("POST /Users {name} = '{secret}'"),
        ] {
            let new = redacted(&text);
            assert!(!new.contains(secret), "{name}: {new}");
        }
    }
    for (text, gone) in [
        (r#"["Authorization","Kn0blauchSuppe9"]"#, secret),
        ("rawHeaders: [ 'Host', 'x', 'Authorization', 'Bearer Kn0blauchSuppe9' ]", secret),
        (r#"Authorization: Digest username="a", response="6629fae49393a05397450978507c4ef1""#, "6629fae4"),
        ("GET /Users?key=AIzaSyD4x8Kq0blauchSuppe9 200", "blauchSuppe9"),
        ("https://hooks.slack.com/services/T0001/B0002/Kn0blauchSuppe9", secret),
        ("La contraseña es Kn0blauch#Suppe9", "blauch"),
        ("Passwort: Zw!ebel77 und", "ebel77"),
        (r#"{"password":{"value":"Kn0blauchSuppe9"}}"#, secret),
        ("password_change_token=abc123def456ghi", "abc123def456"),
        ("password2=abc123def456ghi", "abc123def456"),
        ("the password is Zw!ebel77 now", "ebel77"),
        ("client secret q7~8Qk.Vw3LmZ_xT5yRb2NcD9hJt6GpE4sFa", "8Qk.Vw3"),
        (
            "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC\nBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj\n-----END",
            "BKcwggSj",
        ),
    ] {
        assert!(!redacted(text).contains(gone), "{gone}: {}", redacted(text));
    }
}

#[test]
fn many_markers_hide_no_secret_behind_them() {
    // Each begins a search of its own, over what the next one is looked for in too.
    for text in ["eyJ.", "cookie", "token=", "-----begin ", "eyJ", "~", "a~", r#""cookies":{"a":"b","#] {
        let many = text.repeat((1 << 16) / text.len());
        let new = redacted(&format!("{many}\nPOST /Users?password=Kn0blauchSuppe9 409"));
        assert!(new.ends_with(" 409") && !new.contains("Kn0blauchSuppe9"), "{text}");
    }
}

/// A ticket about one request with this body, with pseudonyms.
fn imported(body: &str) -> (Ticket, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.jsonl");
    let line = serde_json::json!({ "method": "POST", "path": "/scim/v2/Users", "status": 409, "requestBody": body });
    std::fs::write(&path, format!("{line}\n")).unwrap();
    let mut ticket = Ticket::read(&[path], None, &Options::default(), |_| {}).unwrap();
    let pseudonyms = ticket.redact(Mode::Consistent, Wishes::default(), &Session::random().unwrap());
    let bundle = scimulator::logs::bundle::bundle(&ticket).to_string();
    assert!(pseudonyms.originals().check(bundle.as_bytes()).is_none(), "{bundle}");
    (ticket, bundle)
}

#[test]
fn a_body_that_is_no_json_is_never_imported_as_it_is() {
    let json = r#"{"userName": "mona@x.example", "name": {"givenName": "Saoirse", "familyName": "Thackeray"}}"#;
    let in_a_text = serde_json::json!({ "text": json }).to_string();
    let twice = serde_json::json!(json).to_string();
    let cut = &json[..json.len() - 3];
    for (body, masked) in [(json, 0), (&*in_a_text, 0), (&*twice, 0), (cut, 0), (&*format!("{cut}..."), 0)] {
        let (ticket, bundle) = imported(body);
        assert!(!bundle.contains("Saoirse") && !bundle.contains("Thackeray"), "{bundle}");
        assert!(ticket.masked == masked && bundle.contains("givenName"), "{bundle}");
    }
    for body in [
        &*format!("payload: {json}"),
        "{'userName': 'mona@x.example', 'x': 'Saoirse'}",
        r#"{"userName" => "mona@x.example", "x" => "Saoirse"}"#,
        "userName=mona%40x.example&x=Saoirse",
        "<user><userName>mona@x.example</userName><x>Saoirse</x></user>",
        "Saoirse was here",
    ] {
        let (ticket, bundle) = imported(body);
        assert!(!bundle.contains("Saoirse") && !bundle.contains("mona"), "{bundle}");
        assert_eq!(ticket.masked, 1, "{bundle}");
    }
}

#[test]
fn what_is_packed_twice_is_read_and_what_is_no_text_has_an_obstacle() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let gz = |bytes: &[u8]| {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    };
    let zip = |name: &str, bytes: &[u8]| {
        let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        archive.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        archive.write_all(bytes).unwrap();
        archive.finish().unwrap().into_inner()
    };
    let log = b"POST /scim/v2/Users 409\n".repeat(40);
    for (name, bytes) in [
        ("a.gz", gz(&gz(&log))),
        ("b.zip", zip("b.gz", &gz(&log))),
        ("c.zip", zip("c.zip", &zip("c.log", &log))),
        ("d.gz", gz(&zip("d.log", &log))),
        ("i.log", String::from_utf8_lossy(&log).encode_utf16().flat_map(u16::to_le_bytes).collect()),
    ] {
        std::fs::write(path(name), bytes).unwrap();
        let files = open(&path(name)).unwrap();
        assert!(files.len() == 1 && files[0].obstacle.is_none(), "{name}: {files:?}");
        assert_eq!(files[0].text(1 << 20).unwrap().as_bytes(), log, "{name}");
    }
    let office = {
        let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        for name in ["[Content_Types].xml", "xl/workbook.xml"] {
            archive.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        }
        archive.finish().unwrap().into_inner()
    };
    let cut = gz(&log.repeat(400));
    for (name, bytes) in [
        ("e.zip", zip("e.zip", &zip("e.zip", &zip("e.log", &log)))),
        ("f.xz", b"\xfd7zXZ\0 packed".to_vec()),
        ("g.pdf", b"%PDF-1.7 text".to_vec()),
        ("h.xlsx", office),
        ("j.bz2", b"BZh91AY&SY".to_vec()),
        ("k.gz", cut[..5].to_vec()),
    ] {
        std::fs::write(path(name), bytes).unwrap();
        let files = open(&path(name)).unwrap();
        assert!(files.iter().all(|file| file.obstacle.is_some()), "{name}: {files:?}");
    }
    // One that cannot be read keeps nobody from reading the others, and what was cut is read up to there.
    std::fs::write(path("l.log"), &log).unwrap();
    std::fs::write(path("m.gz"), &cut[..cut.len() - 4]).unwrap();
    let ticket = Ticket::read(&[folder.path()], None, &Options::default(), |_| {}).unwrap();
    let broken: Vec<String> = ticket.broken.iter().map(|(name, error)| format!("{name}: {error}")).collect();
    assert!(broken.iter().any(|said| said.contains("f.xz: packed with xz")), "{broken:?}");
    assert!(!ticket.findings.is_empty() && broken.iter().any(|said| said.contains("m.gz")), "{broken:?}");
}

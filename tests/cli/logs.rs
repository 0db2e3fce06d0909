//! Customers' logs on the command line: nobody's name shows unless it is asked for.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::binary::Binary;

fn sample(name: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/logs").join(name).display().to_string()
}

#[test]
fn a_diagnosis_shows_pseudonyms_unless_told_otherwise() {
    let log = sample("okta-syslog-01-create-conflict.json");
    for report in ["text", "md", "json"] {
        let said = Binary::new().run(&["diagnose", &log, "--report", report]);
        assert_eq!(said.code, 0, "{}", said.stderr);
        let text = said.stdout.to_lowercase();
        assert!(!text.contains("niamh") && !text.contains("harbourlane") && !text.contains("connor"), "{text}");
        assert!(text.contains("409"), "{text}");
        let said = Binary::new().run(&["diagnose", &log, "--report", report, "--redact", "off"]);
        assert!(said.stdout.contains("niamh.o'connor@harbourlane.example.org"), "{}", said.stdout);
    }
}

#[test]
fn redact_writes_the_same_folder_about_other_people() {
    let binary = Binary::new();
    let said = binary.run(&["redact", &sample(""), "--out", "shared"]);
    assert_eq!((said.code, said.stdout.as_str()), (0, ""), "{}", said.stderr);
    let written = std::fs::read_to_string(binary.folder().join("shared/mixed-80-support-ticket.eml.txt")).unwrap();
    assert!(written.contains("Bearer ${SCIM_TOKEN_64_") && !written.contains("Niamh"), "{written}");
    assert!(binary.folder().join("shared/entra-portal-26-csv-triple/ProvisioningLogs.csv").is_file());
    let said = binary.run(&["redact", &sample(""), "--out", "shared"]);
    assert_eq!(said.code, 2);
    assert!(said.stderr.contains("is not empty"), "{}", said.stderr);
}

#[test]
fn redact_says_what_it_recognised_and_writes_nothing_of_what_it_cannot_read() {
    let binary = Binary::new();
    let write = |name: &str, bytes: &[u8]| std::fs::write(binary.folder().join(name), bytes).unwrap();
    write("a.log", b"POST /scim/v2/Users 409\n");
    write("notes.txt", b"We saw this on Monday.\n");
    let said = binary.run(&["redact", "a.log", "notes.txt", "--out", "shared"]);
    assert_eq!(said.code, 0, "{}", said.stderr);
    assert!(
        said.stderr.contains("2 files in shared: 1 log (app.text), 1 not recognised as a log: only"),
        "{}",
        said.stderr
    );
    write("scan.pdf", b"%PDF-1.7 Saoirse");
    let said = binary.run(&["redact", "a.log", "scan.pdf", "--out", "other"]);
    assert_eq!(said.code, 2, "{}", said.stderr);
    assert!(said.stderr.contains("`scan.pdf`: a PDF"), "{}", said.stderr);
    assert!(!binary.folder().join("other").exists());
}

/// A log whose second line is in a form of programs.
fn with_line(text: &str) -> Binary {
    let log = format!("{{\"userName\": \"mona.lisa@x.example\", \"displayName\": \"Mona Quellmeister\"}}\n{text}");
    Binary::new().file("a.log", &log)
}

#[test]
fn redact_covers_a_name_in_a_form_of_programs() {
    let dump = "00000000: 6d6f 6e61 2e6c 6973 6140 782e 6578 616d  mona.lisa@x.exam\n00000010: 706c 6500                                ple.\n";
    for (text, gone) in [
        (dump, ["6d6f", "706c", "ple."]),
        ("body: [109, 111, 110, 97, 46, 108, 105, 115, 97, 64, 120]\n", ["109", "115", "120"]),
    ] {
        let binary = with_line(text);
        let said = binary.run(&["redact", "a.log", "--out", "shared"]);
        assert_eq!(said.code, 0, "{}", said.stderr);
        assert!(said.stderr.contains("is covered with `x`"), "{}", said.stderr);
        let written = std::fs::read_to_string(binary.folder().join("shared/a.log")).unwrap();
        for gone in gone {
            assert!(!written.contains(gone), "{gone}: {written}");
        }
        assert_eq!(std::fs::read_dir(binary.folder().join("shared")).unwrap().count(), 1);
    }
}

#[test]
fn redact_leaves_no_part_of_a_name_between_two_lines_of_base64() {
    // `… by Mona Quellm|eister, who wrote it`
    let wrapped =
        "V2hhdCB3YXMgc2VudCwgYXMgYSBtYWlsIHByb2dyYW0gcGFja3MgaXQsIGJ5IE1vbmEgUXVlbGxt\nZWlzdGVyLCB3aG8gd3JvdGUgaXQ=\n";
    let binary = with_line(wrapped);
    let said = binary.run(&["redact", "a.log", "--out", "shared"]);
    assert_eq!(said.code, 0, "{}", said.stderr);
    let written = std::fs::read_to_string(binary.folder().join("shared/a.log")).unwrap();
    let lines: Vec<&str> = written.lines().skip(1).collect();
    assert_eq!(lines.iter().map(|line| line.len()).collect::<Vec<_>>(), [76, 28], "{written}");
    let said = String::from_utf8(STANDARD.decode(lines.concat()).unwrap()).unwrap();
    assert!(said.starts_with("What was sent, as a mail program packs it, by ") && said.ends_with(", who wrote it"));
    assert!(!said.contains("Mona") && !said.contains("Quell") && !said.contains("meister"), "{said}");
}

#[test]
fn redact_leaves_nothing_where_a_name_is_left_in_a_form_that_it_does_not_write() {
    let binary = with_line("seen: mona&amp;#46;lisa&amp;#64;x.example\n");
    let said = binary.run(&["redact", "a.log", "--out", "shared"]);
    assert_eq!(said.code, 6, "{}", said.stderr);
    assert!(said.stderr.contains("is still in line 2, with entities of HTML"), "{}", said.stderr);
    assert!(!binary.folder().join("shared").exists());
}

#[test]
fn import_masks_a_body_that_it_cannot_read_and_says_so() {
    let binary = Binary::new();
    let log = r#"{"method": "POST", "path": "/scim/v2/Users", "status": 409, "requestBody": "x=Saoirse&y=Thackeray"}"#;
    std::fs::write(binary.folder().join("a.jsonl"), log).unwrap();
    let said = binary.run(&["import", "a.jsonl", "--out", "case"]);
    assert_eq!(said.code, 0, "{}", said.stderr);
    assert!(said.stderr.contains("1 request body is no JSON"), "{}", said.stderr);
    for file in std::fs::read_dir(binary.folder().join("case")).unwrap() {
        let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
        assert!(!text.contains("Saoirse") && !text.contains("Thackeray"), "{text}");
    }
}

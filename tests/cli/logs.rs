//! Customers' logs on the command line: nobody's name shows unless it is asked for.

use std::path::Path;

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

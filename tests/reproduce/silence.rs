//! No answer at all is something that was observed: it is read as such, and reproduced.

use serde_json::json;

use crate::binary::Binary;
use crate::verdicts::verdict;

/// What each kind of log has of a create that nobody answered.
const LOGS: [(&str, &str); 5] = [
    (
        "a.har",
        r#"{"log":{"version":"1.2","creator":{"name":"x"},"entries":[{"startedDateTime":"2026-11-16T09:12:05Z","time":60012,"request":{"method":"POST","url":"https://sp.kappa.dev/scim/v2/Users","headers":[],"postData":{"mimeType":"application/scim+json","text":"{\"userName\":\"ann.lee@kappa.dev\"}"}},"response":{"status":0,"_error":"net::ERR_CONNECTION_RESET"}}]}}"#,
    ),
    (
        "a.txt",
        "$ curl -v -X POST https://sp.kappa.dev/scim/v2/Users -d '{\"userName\":\"ann.lee@kappa.dev\"}'\n> POST /scim/v2/Users HTTP/1.1\n> Host: sp.kappa.dev\n> Content-Type: application/scim+json\n>\n* Empty reply from server\n* Closing connection\ncurl: (52) Empty reply from server\n",
    ),
    (
        "a.log",
        "10.0.0.1 - - [16/Nov/2026:09:12:05 +0000] \"POST /scim/v2/Users HTTP/1.1\" 499 0 \"-\" \"Okta SCIM Client 1.0.0\"\n",
    ),
    (
        "a.jsonl",
        r#"{"time":"2026-11-16T09:12:05Z","method":"POST","path":"/scim/v2/Users","code":"ECONNRESET","error":"socket hang up","request":{"userName":"ann.lee@kappa.dev"}}"#,
    ),
    (
        "b.json",
        r#"[{"uuid":"0f0c5a4e-6c1f-3a55-8c1e-3f3b0d0a9a11","published":"2026-11-16T09:12:05.871Z","version":"0","eventType":"application.provision.user.push","severity":"ERROR","outcome":{"result":"FAILURE","reason":"java.net.SocketTimeoutException: Read timed out"},"actor":{"id":"00u1k","type":"SystemPrincipal","alternateId":"system@okta.com"},"target":[{"id":"0ua1k0ApIla0UMDYJ5d7","type":"AppUser","alternateId":"ann.lee@kappa.dev","displayName":"Ann Lee"},{"id":"0oa1k0ApIla0UMDYJ5d7","type":"AppInstance","alternateId":"Acme","displayName":"Acme"}],"transaction":{"type":"JOB","id":"puj1k0ApIla0UMDYJ5d7","detail":{}},"debugContext":{"debugData":{"appname":"scim2headerauth"}}}]"#,
    ),
];

#[test]
fn an_answer_that_never_came_is_reproduced_and_no_answer_of_another_kind_is() {
    for (name, log) in LOGS {
        let binary = Binary::new().file(name, log);
        let said = binary.run(&["import", name, "--out", "case"]);
        assert!(said.code == 0 && said.stdout.contains("create.no-answer"), "{name}: {said:#?}");
        let file = binary.folder().join("case/incident-1.yaml");
        let text = std::fs::read_to_string(&file).unwrap();
        assert!(text.contains("no-answer: true") && text.contains("behave: [no-answer=POST/Users]"), "{name}: {text}");
        let play = |flags: &[&str]| verdict(&binary, Some(&file), flags);
        assert_eq!(play(&[]), "reproduced", "{name}");
        assert_eq!(play(&["--behave", "slow-answers=61:POST/Users"]), "reproduced", "{name}: it comes too late");
        assert_eq!(play(&["--no-fault"]), "not-reproduced", "{name}");
        assert_eq!(play(&["--behave", "gateway=504:POST/Users"]), "different-failure", "{name}: somebody answered");
        let page = binary.run(&["reproduce", "case/incident-1.yaml"]).stdout;
        assert!(page.contains("observed    no answer"), "{name}: {page}");
        let har = binary.run(&["export", "case/incident-1.yaml", "--as", "har"]);
        assert!(har.code == 0 && har.stdout.contains("\"status\": 0"), "{name}: {har:#?}");
    }
}

#[test]
fn what_came_after_the_silence_is_played_too() {
    let user = json!({ "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "ann@kappa.dev" });
    let line = |second: u32, status: u16| {
        let line = json!({ "time": format!("2026-11-16T09:12:{second:02}Z"), "method": "PUT", "path": "/scim/v2/Users/77777777",
            "status": status, "request": user });
        format!("{line}\n")
    };
    let binary = Binary::new().file("scim.jsonl", &format!("{}{}", line(1, 0), line(2, 0)));
    assert_eq!(binary.run(&["import", "scim.jsonl", "--out", "case"]).code, 0);
    let file = binary.folder().join("case/incident-1.yaml");
    assert_eq!(std::fs::read_to_string(&file).unwrap().matches("no-answer: true").count(), 2);
    assert_eq!(verdict(&binary, Some(&file), &[]), "reproduced");
}

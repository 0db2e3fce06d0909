//! What the inside of a server looks like when it leaks into an error: traces, statements, paths.

use regex_lite::Regex;

use super::observed::Observed;
use super::sink::{Sink, clip};

/// Far more than a message needs; a debug page shows itself at once.
const LOOK_AT: usize = 16 << 10;

/// A word that always stands there, and the whole of it. Each is specific enough to stand in no message meant for
/// people. The word comes first because patterns are slow, and most errors are short and harmless.
const INTERNALS: [(&str, &str); 39] = [
    ("at ", r"\bat [\w$.<>]+\(\w+\.(java|kt|scala|js|ts):\d+"),
    ("at ", r#"\bat [\w$.<>\[\] ]+ \(?(/|[A-Z]:\\|file:|node:)[^\s"]*:\d+"#),
    (":line ", r#"\bat [\w.`<>]+\([^)]*\) in [^\s"]+:line \d+"#),
    ("Traceback", r"Traceback \(most recent call last\)"),
    (".py", r#"File \\?"[^"\\]+\.py\\?", line \d+"#),
    (".rb:", r"\.rb:\d+:in [`'\\]"),
    (".php", r"\.php(:| on line )\d+"),
    ("goroutine", r"goroutine \d+ \["),
    ("panicked", "panicked at "),
    ("java", r"\bjavax?\.(lang|util|sql|persistence)\.\w+"),
    ("Error(", r#"\b(KeyError|AttributeError|TypeError|ValueError|IntegrityError)\(['"]"#),
    ("SQL syntax", "You have an error in your SQL syntax"),
    // The credential that was refused.
    ("scimulator-token", r"\bscimulator-token-that-nobody-issued\b"),
    ("org.", r"\borg\.(hibernate|springframework|postgresql)\S*"),
    ("com.mysql", r"\bcom\.mysql\S*"),
    ("psycopg", r"\bpsycopg2?\S*"),
    ("sqlalchemy", r"\bsqlalchemy\S*"),
    ("ActiveRecord::", r"\bActiveRecord::\S*"),
    ("PG::", r"\bPG::\S*"),
    ("Sequelize", r"\bSequelize\S*"),
    ("System.", r"System\.(NullReference|InvalidOperation|Argument\w*|FormatE?)\w*Exception"),
    ("Exception", r"\b(NullPointerException|NullReferenceException|SQLException|SqlException)\b"),
    ("Cannot read", r"Cannot read propert(y|ies) of (undefined|null)"),
    ("NoneType", "'?NoneType'? object"),
    ("SQLSTATE[", r"SQLSTATE\["),
    ("ORA-", r"\bORA-\d{5}\b"),
    ("syntax error", "syntax error at or near"),
    ("violates", "violates (unique|not-null|foreign key|check) constraint"),
    ("constraint failed", "(UNIQUE|NOT NULL) constraint failed:"),
    ("Duplicate entry", "Duplicate entry '[^']*' for key"),
    ("INSERT INTO", r#"\bINSERT INTO [\w"`.\\]+ ?\("#),
    ("SELECT", r#"\bSELECT .{1,200} FROM [\w"`.\\]+ WHERE\b"#),
    ("/usr/", r"/usr/(src|local)/[\w.\-/]+\.(py|js|ts|rb|php|java|go|jar|cs)\b"),
    ("/var/", r"/var/(www|task)/[\w.\-/]+\.(py|js|ts|rb|php|java|go|jar|cs)\b"),
    ("/opt/", r"/opt/[\w.\-/]+\.(py|js|ts|rb|php|java|go|jar|cs)\b"),
    ("/srv/", r"/srv/[\w.\-/]+\.(py|js|ts|rb|php|java|go|jar|cs)\b"),
    ("/home/", r"/home/\w+/[\w.\-/]+\.(py|js|ts|rb|php|java|go|jar|cs)\b"),
    ("/app/", r"/app/[\w.\-/]+\.(py|js|ts|rb|php|java|go|jar|cs)\b"),
    ("node_modules/", "node_modules/"),
];

pub(super) fn no_internals(seen: &Observed<'_>, sink: &mut Sink<'_>) {
    if !seen.is_error() || seen.answer.body.is_empty() {
        return;
    }
    let head = &seen.answer.body[..seen.answer.body.len().min(LOOK_AT)];
    if let Some(found) = internals(&String::from_utf8_lossy(head)) {
        sink.report("detail", &["words for the administrator, nothing of the server's inside"], clip(&found));
    }
}

/// The first of them that stands in a text.
fn internals(text: &str) -> Option<String> {
    // An escaped tab or line end would stick to the word after it.
    let text = ["\\t", "\\n", "\\r"].iter().fold(text.to_owned(), |text, escape| text.replace(escape, "  "));
    let mut likely = INTERNALS.iter().filter(|(word, _)| text.contains(word));
    likely.find_map(|(_, pattern)| of(pattern).find(&text).map(|found| found.as_str().to_owned()))
}

fn of(pattern: &str) -> Regex {
    Regex::new(pattern).expect("a test compiles it")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One text for each line of the table, in its order.
    const SEEN: [&str; INTERNALS.len()] = [
        "at org.acme.scim.Users.create(Users.java:73)",
        "at async Server.create (/app/dist/users.js:12:9)",
        "at Acme.Scim.Users.Create(User user) in /src/Users.cs:line 12",
        "Traceback (most recent call last):",
        r#"File \"/scim/users.py\", line 12"#,
        "users.rb:12:in `create'",
        "Users.php on line 12",
        "goroutine 17 [running]:",
        "thread 'main' panicked at src/users.rs:12",
        "java.lang.IllegalStateException",
        "KeyError('userName')",
        "You have an error in your SQL syntax near",
        "unknown token scimulator-token-that-nobody-issued",
        "org.hibernate.exception.ConstraintViolationException",
        "com.mysql.cj.jdbc.Driver",
        "psycopg2.errors.UniqueViolation",
        "sqlalchemy.exc.IntegrityError",
        "ActiveRecord::RecordNotUnique",
        "PG::UniqueViolation",
        "SequelizeUniqueConstraintError",
        "System.NullReferenceException",
        "NullPointerException",
        "Cannot read properties of undefined",
        "'NoneType' object has no attribute",
        "SQLSTATE[23505]",
        "ORA-00001",
        "syntax error at or near",
        "violates unique constraint",
        "UNIQUE constraint failed: users.user_name",
        "Duplicate entry 'alice' for key",
        "INSERT INTO users (id) VALUES",
        "SELECT id FROM users WHERE id",
        "/usr/src/scim/users.js",
        "/var/www/scim/users.php",
        "/opt/scim/users.py",
        "/srv/scim/users.rb",
        "/home/acme/scim/users.go",
        "/app/scim/users.ts",
        "node_modules/express",
    ];

    #[test]
    fn each_is_seen_by_its_word_and_its_pattern() {
        for ((word, pattern), text) in INTERNALS.iter().zip(SEEN) {
            assert!(text.contains(word) && of(pattern).is_match(text), "{pattern} in {text}");
            assert!(internals(&format!("failed:\\n{text}")).is_some(), "{text}");
        }
    }

    #[test]
    fn words_for_people_are_none() {
        for harmless in [
            "userName is taken at this organisation: alice@example.com",
            "the user violates the seat limit",
            "Select another name. See https://example.com/home/help/users.html",
            "attribute \"java\" is unknown; at least one of System or Sequel is needed",
        ] {
            assert_eq!(internals(harmless), None);
        }
    }
}

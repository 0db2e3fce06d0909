//! Logs that no honest program wrote, each of one kind of too much.

use std::io::{self, Write};

/// An event that is all right.
const GOOD: &str = concat!(
    r#"{"uuid":"2","published":"2026-11-16T09:12:05Z","eventType":"app.x","outcome":{"result":"SUCCESS"},"#,
    r#""actor":{"displayName":"Zoë Quinn","alternateId":"zoe.quinn@harbourlane.example.org"}}"#,
    "\n"
);
const BEGIN: &str = r#"{"uuid":"1","published":"2026-11-16T09:12:05Z","eventType":"app.x","outcome":{"result":""#;

/// Kinds of too much.
#[derive(Clone, Copy)]
pub enum Extreme {
    /// One string of 200 MB.
    String,
    /// 10 million lines of two bytes.
    TinyLines,
    /// An event with a million targets.
    Targets,
    /// An array in an array, a million deep.
    Depth,
}

impl Extreme {
    /// All, each with a name for its file.
    pub const ALL: [(&str, Self); 4] = [
        ("one string of 200 MB", Self::String),
        ("10 million tiny lines", Self::TinyLines),
        ("a million targets in an event", Self::Targets),
        ("JSON a million deep", Self::Depth),
    ];

    /// Writes it between two events that are all right.
    pub fn write(self, out: &mut impl Write) -> io::Result<()> {
        out.write_all(GOOD.as_bytes())?;
        match self {
            Self::String => {
                out.write_all(BEGIN.as_bytes())?;
                for _ in 0..20_000_000 {
                    out.write_all(b"0123456789")?;
                }
                out.write_all(b"\"}}\n")?;
            }
            Self::TinyLines => {
                for _ in 0..10_000_000 {
                    out.write_all(b"{}\n")?;
                }
            }
            Self::Targets => {
                write!(out, "{BEGIN}SUCCESS\"}},\"target\":[")?;
                for number in 0..1_000_000 {
                    let before = if number == 0 { "" } else { "," };
                    write!(
                        out,
                        r#"{before}{{"id":"00u1k{number:015}","type":"User","alternateId":"u{number}@harbourlane.example.org","displayName":"Person Number{number}"}}"#
                    )?;
                }
                out.write_all(b"]}\n")?;
            }
            Self::Depth => {
                for _ in 0..1_000_000 {
                    out.write_all(b"[")?;
                }
                out.write_all(b"\n")?;
            }
        }
        out.write_all(GOOD.as_bytes())
    }
}

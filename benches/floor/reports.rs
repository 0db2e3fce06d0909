//! The reports of the floor: JUnit, JSON and a page, written to files.

use std::fmt::Write as _;
use std::io;
use std::path::Path;

use serde_json::json;

use super::work::Step;

/// Writes all three; gives how many requests there were and how many answers differ.
pub fn write(folder: &Path, played: &[Vec<Step>]) -> io::Result<(usize, usize)> {
    let (mut requests, mut differ) = (0, 0);
    let mut junit = String::from("<?xml version=\"1.0\"?>\n<testsuites>\n");
    let mut page = String::from("<!doctype html><table>\n");
    let mut list = Vec::new();
    for (number, steps) in played.iter().enumerate() {
        let _ = writeln!(junit, "<testsuite name=\"s{number}\" tests=\"{}\">", steps.len());
        for Step { name, same, seconds, text } in steps {
            requests += 1;
            differ += usize::from(!same);
            let failure = if *same { String::new() } else { format!("<failure><![CDATA[{text}]]></failure>") };
            let _ = writeln!(junit, "<testcase name=\"{name}\" time=\"{seconds:.6}\">{failure}</testcase>");
            let _ = writeln!(page, "<tr><td>s{number}<td>{name}<td>{same}<td>{:.0} us", seconds * 1e6);
            list.push(json!({"scenario": number, "step": name, "ok": same, "seconds": seconds}));
        }
        junit.push_str("</testsuite>\n");
    }
    junit.push_str("</testsuites>\n");
    std::fs::write(folder.join("floor.xml"), junit)?;
    std::fs::write(folder.join("floor.html"), page)?;
    std::fs::write(folder.join("floor.json"), serde_json::to_vec(&list)?)?;
    Ok((requests, differ))
}

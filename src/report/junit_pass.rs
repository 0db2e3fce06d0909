//! One streaming pass over what `junit-report` wrote: adds what its model has no place for.
//!
//! Totals on the root, `skipped` and properties on suites, `file` and `line`
//! where editors look, line ends kept within attributes, and an indentation
//! that people can read.

use quick_xml::events::attributes::Attribute;
use quick_xml::events::{BytesEnd, BytesStart, Event};
use quick_xml::{Reader, Writer};

/// What is added to the document.
#[derive(Clone, Debug, Default)]
pub struct Extras {
    /// Name of the whole report.
    pub name: String,
    /// Properties of the run; they stand in every suite, where readers look for them.
    pub properties: Vec<(&'static str, String)>,
    /// One for each suite, in order.
    pub suites: Vec<SuiteExtras>,
}

/// What is added to one suite.
#[derive(Clone, Debug, Default)]
pub struct SuiteExtras {
    /// Properties of this suite.
    pub properties: Vec<(&'static str, String)>,
    /// The line of each case in order, 0 where there is none.
    pub lines: Vec<u32>,
    /// How many cases are skipped.
    pub skipped: usize,
    /// The scenario file.
    pub file: String,
}

/// Sums over all suites, as the root states them.
#[derive(Default)]
struct Totals {
    tests: u64,
    failures: u64,
    errors: u64,
    skipped: usize,
    time: f64,
}

/// The document with everything added.
pub fn decorate(document: &[u8], extras: &Extras) -> Result<Vec<u8>, quick_xml::Error> {
    let totals = totals(document, extras)?;
    let mut reader = Reader::from_reader(document);
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 2);
    let (mut suite, mut case) = (0, 0);
    loop {
        match reader.read_event()? {
            Event::Eof => break,
            Event::Start(element) if element.name().as_ref() == b"testsuites" => {
                writer.write_event(Event::Start(root(&element, extras, &totals)?))?;
            }
            Event::Start(element) if element.name().as_ref() == b"testsuite" => {
                let own = extras.suites.get(suite).cloned().unwrap_or_default();
                writer.write_event(Event::Start(with_suite(&element, &own)?))?;
                write_properties(&mut writer, extras.properties.iter().chain(&own.properties))?;
                (suite, case) = (suite + 1, 0);
            }
            Event::Start(element) if element.name().as_ref() == b"testcase" => {
                writer.write_event(Event::Start(with_line(&element, extras, suite, case)?))?;
                case += 1;
            }
            Event::Empty(element) if element.name().as_ref() == b"testcase" => {
                writer.write_event(Event::Empty(with_line(&element, extras, suite, case)?))?;
                case += 1;
            }
            Event::Start(element) => writer.write_event(Event::Start(kept(&element)?))?,
            Event::Empty(element) => writer.write_event(Event::Empty(kept(&element)?))?,
            other => writer.write_event(other)?,
        }
    }
    let mut document = writer.into_inner();
    document.push(b'\n');
    Ok(document)
}

fn totals(document: &[u8], extras: &Extras) -> Result<Totals, quick_xml::Error> {
    let mut reader = Reader::from_reader(document);
    let mut totals = Totals { skipped: extras.suites.iter().map(|suite| suite.skipped).sum(), ..Totals::default() };
    loop {
        match reader.read_event()? {
            Event::Eof => return Ok(totals),
            Event::Start(element) if element.name().as_ref() == b"testsuite" => {
                totals.tests += number::<u64>(&element, "tests")?;
                totals.failures += number::<u64>(&element, "failures")?;
                totals.errors += number::<u64>(&element, "errors")?;
                totals.time += number::<f64>(&element, "time")?;
            }
            _ => {}
        }
    }
}

/// An attribute that `junit-report` wrote as a number.
fn number<N: std::str::FromStr + Default>(element: &BytesStart, name: &str) -> Result<N, quick_xml::Error> {
    let attribute = element.try_get_attribute(name)?;
    let text = attribute.map(|attribute| String::from_utf8_lossy(&attribute.value).into_owned());
    Ok(text.and_then(|text| text.parse().ok()).unwrap_or_default())
}

fn root<'a>(element: &BytesStart, extras: &Extras, totals: &Totals) -> Result<BytesStart<'a>, quick_xml::Error> {
    let mut root = kept(element)?;
    root.push_attribute(("name", extras.name.as_str()));
    root.push_attribute(("tests", totals.tests.to_string().as_str()));
    root.push_attribute(("failures", totals.failures.to_string().as_str()));
    root.push_attribute(("errors", totals.errors.to_string().as_str()));
    root.push_attribute(("skipped", totals.skipped.to_string().as_str()));
    root.push_attribute(("time", format!("{:.6}", totals.time).as_str()));
    Ok(root)
}

fn with_suite<'a>(element: &BytesStart, extras: &SuiteExtras) -> Result<BytesStart<'a>, quick_xml::Error> {
    let mut suite = kept(element)?;
    suite.push_attribute(("skipped", extras.skipped.to_string().as_str()));
    if !extras.file.is_empty() {
        suite.push_attribute(("file", extras.file.as_str()));
    }
    Ok(suite)
}

fn with_line<'a>(
    element: &BytesStart,
    extras: &Extras,
    suite: usize,
    case: usize,
) -> Result<BytesStart<'a>, quick_xml::Error> {
    let mut element = kept(element)?;
    let lines = suite.checked_sub(1).and_then(|suite| extras.suites.get(suite)).map(|suite| &suite.lines);
    if let Some(line) = lines.and_then(|lines| lines.get(case)).filter(|line| **line > 0) {
        element.push_attribute(("line", line.to_string().as_str()));
    }
    Ok(element)
}

/// The element with its attributes, line ends and tabs in them written so that a reader keeps them (XML 1.0 §3.3.3).
fn kept<'a>(element: &BytesStart) -> Result<BytesStart<'a>, quick_xml::Error> {
    let name = String::from_utf8_lossy(element.name().as_ref()).into_owned();
    let mut copy = BytesStart::new(name);
    for attribute in element.attributes() {
        let Attribute { key, value } = attribute?;
        let value: Vec<u8> = value.iter().flat_map(|byte| visible(byte).to_vec()).collect();
        copy.push_attribute((key.as_ref(), value.as_slice()));
    }
    Ok(copy)
}

fn visible(byte: &u8) -> &[u8] {
    match byte {
        b'\n' => b"&#10;",
        b'\r' => b"&#13;",
        b'\t' => b"&#9;",
        _ => std::slice::from_ref(byte),
    }
}

fn write_properties<'a>(
    writer: &mut Writer<Vec<u8>>,
    properties: impl Iterator<Item = &'a (&'static str, String)>,
) -> Result<(), quick_xml::Error> {
    let mut properties = properties.peekable();
    if properties.peek().is_none() {
        return Ok(());
    }
    writer.write_event(Event::Start(BytesStart::new("properties")))?;
    for (name, value) in properties {
        let mut property = BytesStart::new("property");
        property.push_attribute(("name", *name));
        property.push_attribute(("value", value.as_str()));
        writer.write_event(Event::Empty(property))?;
    }
    writer.write_event(Event::End(BytesEnd::new("properties")))?;
    Ok(())
}

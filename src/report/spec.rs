//! What `--report KIND[=PATH]` means.

use std::path::PathBuf;
use std::str::FromStr;

/// Kinds of reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReportKind {
    /// For people.
    Terminal,
    /// JUnit XML, for pipelines.
    Junit,
    /// The whole run as one JSON document, for programs.
    Json,
}

impl ReportKind {
    /// Every kind with its name on the command line.
    pub const NAMES: [(&'static str, Self); 3] =
        [("terminal", Self::Terminal), ("junit", Self::Junit), ("json", Self::Json)];
}

/// One report that is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportSpec {
    /// Its kind.
    pub kind: ReportKind,
    /// The file; `None` is standard output.
    pub path: Option<PathBuf>,
}

/// Why the reports asked for cannot be written together, or at all.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SpecError {
    /// No such kind.
    #[error("there is no report `{given}`; there are {}", kinds())]
    Kind {
        /// What was asked for.
        given: String,
    },
    /// `KIND=` without a path.
    #[error("the path after `{0}=` is empty; write `{0}=FILE`, or `{0}` for standard output")]
    EmptyPath(String),
    /// Two reports would be mixed on standard output.
    #[error("two reports cannot share standard output; write one to a file: `--report junit=report.xml`")]
    SharedOutput,
}

fn kinds() -> String {
    ReportKind::NAMES.map(|(name, _)| format!("`{name}`")).join(", ")
}

impl FromStr for ReportSpec {
    type Err = SpecError;

    fn from_str(text: &str) -> Result<Self, SpecError> {
        let (name, path) = text.split_once('=').map_or((text, None), |(name, path)| (name, Some(path)));
        let kind = ReportKind::NAMES.into_iter().find(|(known, _)| *known == name).map(|(_, kind)| kind);
        let kind = kind.ok_or_else(|| SpecError::Kind { given: name.to_owned() })?;
        match path {
            Some("") => Err(SpecError::EmptyPath(name.to_owned())),
            Some("-") | None => Ok(Self { kind, path: None }),
            Some(path) => Ok(Self { kind, path: Some(PathBuf::from(path)) }),
        }
    }
}

impl ReportSpec {
    /// The reports of a run: those asked for, and the terminal report when standard output is still free.
    pub fn complete(asked: &[Self]) -> Result<Vec<Self>, SpecError> {
        let mut specs = asked.to_vec();
        match specs.iter().filter(|spec| spec.path.is_none()).count() {
            0 => specs.insert(0, Self { kind: ReportKind::Terminal, path: None }),
            1 => {}
            _ => return Err(SpecError::SharedOutput),
        }
        Ok(specs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spec(text: &str) -> ReportSpec {
        text.parse().unwrap()
    }

    #[test]
    fn a_kind_may_have_a_path() {
        assert_eq!(spec("junit=out/a=b.xml").path, Some(PathBuf::from("out/a=b.xml")));
        assert_eq!(spec("json=-"), ReportSpec { kind: ReportKind::Json, path: None });
        assert_eq!("junit=".parse::<ReportSpec>(), Err(SpecError::EmptyPath("junit".to_owned())));
    }

    #[test]
    fn an_unknown_kind_is_answered_with_the_known_ones() {
        let error = "xml".parse::<ReportSpec>().unwrap_err();
        assert_eq!(error.to_string(), "there is no report `xml`; there are `terminal`, `junit`, `json`");
    }

    #[test]
    fn people_see_the_terminal_report_unless_standard_output_is_taken() {
        let kinds =
            |specs: &[ReportSpec]| Ok(ReportSpec::complete(specs)?.iter().map(|spec| spec.kind).collect::<Vec<_>>());
        assert_eq!(kinds(&[]), Ok(vec![ReportKind::Terminal]));
        assert_eq!(kinds(&[spec("junit=a.xml")]), Ok(vec![ReportKind::Terminal, ReportKind::Junit]));
        assert_eq!(kinds(&[spec("json")]), Ok(vec![ReportKind::Json]));
        assert_eq!(kinds(&[spec("json"), spec("junit")]), Err(SpecError::SharedOutput));
    }
}

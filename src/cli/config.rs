//! `scimulator.yaml`: found upwards from the working directory; flags and environment win over it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::{Map, Value};
use serde_saphyr::Spanned;

use super::error::CliError;
use super::policy::DeviationFile;
use crate::context::Context;
use crate::http::{Redactor, Secret};
use crate::run::Hook;
use crate::yaml::{self, DataError};

/// Name of the file.
pub(super) const FILE_NAME: &str = "scimulator.yaml";
/// Folders looked at upwards.
const MAX_DEPTH: usize = 40;
/// Largest file, in bytes.
const MAX_BYTES: u64 = 1 << 20;

/// The file's content.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub(super) struct Config {
    /// Base URL.
    pub(super) target: Option<String>,
    /// File with the token, relative to this file.
    pub(super) token_file: Option<PathBuf>,
    /// This target may be written to; the first run need not ask.
    pub(super) allow_writes: bool,
    /// Total seats.
    pub(super) seats: Option<u32>,
    /// Seats in use.
    pub(super) seats_used: Option<u32>,
    /// Mail domain that the target accepts.
    pub(super) mail_domain: Option<String>,
    /// File with the token of a second tenant.
    pub(super) other_tenant_token_file: Option<PathBuf>,
    /// What the target offers beyond its discovery documents: email-verification, invitations, group-attribute.
    pub(super) capabilities: Vec<String>,
    /// Attribute values that every user needs at this target.
    pub(super) user_attributes: Map<String, Value>,
    /// Values that attributes take at this target, by path: one, or a list of them.
    pub(super) attribute_values: Map<String, Value>,
    /// Control plane.
    pub(super) hooks: BTreeMap<String, Hook>,
    /// File with certificates to trust.
    pub(super) cacert: Option<PathBuf>,
    /// Requests a second.
    pub(super) rate: Option<String>,
    /// Dialects to play.
    pub(super) idp: Vec<String>,
    /// Rules, by glob, that are not told of but in full reports.
    pub(super) allow: Vec<String>,
    /// … that are warnings.
    pub(super) warn: Vec<String>,
    /// … that are errors.
    pub(super) deny: Vec<String>,
    /// What is accepted for a while.
    pub(super) deviations: Vec<Spanned<DeviationFile>>,
    /// Folder with scenarios, relative to this file.
    pub(super) scenarios: Option<PathBuf>,
    /// Folder with approved snapshots, relative to this file.
    pub(super) snapshots: Option<PathBuf>,
    /// Folder the file stands in; the working directory when there is none.
    #[serde(skip)]
    pub(super) folder: PathBuf,
    /// The file, when there is one.
    #[serde(skip)]
    pub(super) file: Option<PathBuf>,
    /// Its text, to show where a mistake stands.
    #[serde(skip)]
    pub(super) text: String,
}

impl Config {
    /// Reads the named file, or the one found upwards from the working directory; empty when there is none.
    ///
    /// `${env.NAME}` in hooks is the environment's; such values count as secrets.
    pub(super) fn find(named: Option<&Path>, context: &Context, redactor: &Redactor) -> Result<Self, CliError> {
        let folders = context.folder.ancestors().take(MAX_DEPTH);
        let found = match named {
            Some(path) => Some(context.folder.join(path)),
            None => folders.map(|folder| folder.join(FILE_NAME)).find(|path| path.is_file()),
        };
        let Some(path) = found else {
            return Ok(Self { folder: context.folder.clone(), ..Self::default() });
        };
        let name = path.strip_prefix(&context.folder).unwrap_or(&path).display().to_string();
        let text = read(&path, &name)?;
        let mut config: Self = yaml::read(&name, &text)?;
        config.hooks.values_mut().try_for_each(|hook| from_environment(hook, context, redactor)).map_err(
            |variable| {
                let line = line_of(&text, &variable);
                DataError::at(&name, &text, line, format!("the environment has no `{variable}`"))
                    .with_hint(format!("set {variable} before you run scimulator"))
            },
        )?;
        config.folder = path.parent().map(Path::to_path_buf).unwrap_or_default();
        config.file = Some(path);
        config.text = text;
        Ok(config)
    }

    /// A mistake at a line of the file, from 1.
    pub(super) fn mistake(&self, line: u32, message: impl Into<String>) -> DataError {
        DataError::at(FILE_NAME, &self.text, line, message)
    }

    /// A path of the file, seen from the file's own folder.
    pub(super) fn resolve(&self, path: &Path) -> PathBuf {
        self.folder.join(path)
    }
}

fn read(path: &Path, name: &str) -> Result<String, DataError> {
    let unreadable = |cause: String| DataError::at(name, "", 0, format!("cannot be read: {cause}"));
    let length = std::fs::metadata(path).map_err(|error| unreadable(error.to_string()))?.len();
    if length > MAX_BYTES {
        return Err(unreadable(format!("larger than {MAX_BYTES} bytes")));
    }
    std::fs::read_to_string(path).map_err(|error| unreadable(error.to_string()))
}

/// The line, from 1, that mentions a variable.
fn line_of(text: &str, variable: &str) -> u32 {
    let at = text.lines().position(|line| line.contains(&format!("${{env.{variable}}}")));
    at.and_then(|at| u32::try_from(at + 1).ok()).unwrap_or(0)
}

/// Puts values of the environment in; on failure gives the name that has none.
fn from_environment(hook: &mut Hook, context: &Context, redactor: &Redactor) -> Result<(), String> {
    let fill = |text: &mut String| -> Result<(), String> {
        *text = filled(text, context, redactor)?;
        Ok(())
    };
    hook.command.iter_mut().flatten().try_for_each(fill)?;
    if let Some(http) = &mut hook.http {
        fill(&mut http.url)?;
        http.headers.values_mut().try_for_each(fill)?;
    }
    Ok(())
}

fn filled(text: &str, context: &Context, redactor: &Redactor) -> Result<String, String> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("${env.") {
        let Some(length) = rest[at..].find('}') else { break };
        let variable = &rest[at + "${env.".len()..at + length];
        let value = context.variable(variable).ok_or_else(|| variable.to_owned())?;
        redactor.add(&Secret::new(value));
        out.push_str(&rest[..at]);
        // What stands in the environment is no template.
        out.push_str(&value.replace("${", "$${"));
        rest = &rest[at + length + 1..];
    }
    out.push_str(rest);
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        folder
    }

    #[test]
    fn the_file_is_found_upwards_and_its_paths_are_its_own() {
        let folder = folder(&[(FILE_NAME, "target: https://x.test\nsnapshots: shots\n"), ("a/b/x", "")]);
        let below = Context::fixed(&[], &folder.path().join("a/b"));
        let config = Config::find(None, &below, &Redactor::new()).unwrap();
        assert_eq!(config.target.as_deref(), Some("https://x.test"));
        assert_eq!(config.resolve(Path::new("shots")), folder.path().join("shots"));
    }

    #[test]
    fn a_secret_of_the_environment_reaches_the_hook_and_no_output() {
        let text = "hooks: { new-token: { http: { url: 'http://x/', headers: { Key: '${env.ADMIN} ${id}' } } } }\n";
        let folder = folder(&[(FILE_NAME, text)]);
        let redactor = Redactor::new();
        let context = Context::fixed(&[("ADMIN", "s3cret-admin")], folder.path());
        let config = Config::find(None, &context, &redactor).unwrap();
        let hook = config.hooks["new-token"].http.as_ref().unwrap();
        assert_eq!(hook.headers["Key"], "s3cret-admin ${id}");
        assert_eq!(redactor.mask("s3cret-admin"), "******");
    }

    #[test]
    fn a_missing_variable_is_told_with_its_line() {
        let text = "hooks:\n  new-token: { command: [curl, '${env.ADMIN}'] }\n";
        let folder = folder(&[(FILE_NAME, text)]);
        let error = Config::find(None, &Context::fixed(&[], folder.path()), &Redactor::new()).unwrap_err();
        let told = format!("{error:?}");
        assert!(told.contains("line 2") && told.contains("ADMIN"), "{told}");
    }
}

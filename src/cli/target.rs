//! Which endpoint, with which token: flags over environment over file.

use std::io::{IsTerminal as _, Read as _};
use std::path::Path;
use std::time::Duration;

use super::arguments::TargetArgs;
use super::config::Config;
use super::error::CliError;
use crate::context::Context;
use crate::http::{Base, Client, ClientSettings, Rate, RateLimit, Redactor, Secret, Trust};
use crate::yaml;

/// Word for the embedded server, to get past a target in the environment or the file.
const EMBEDDED: &str = "embedded";
/// Largest token, in bytes.
const MAX_TOKEN: u64 = 64 * 1024;
/// Longest time for one answer, in seconds.
const TIMEOUT: u64 = 60;

/// The endpoint as decided.
pub(super) struct Endpoint {
    /// Base URL.
    pub(super) base: Base,
    /// Token, when there is one.
    pub(super) token: Option<Secret>,
    /// What the file says of its target holds for this one.
    pub(super) is_of_file: bool,
}

/// The endpoint; `None` for the embedded server.
pub(super) fn endpoint(
    args: &TargetArgs,
    config: &Config,
    context: &Context,
    redactor: &Redactor,
) -> Result<Option<Endpoint>, CliError> {
    let Some(base) = asked(args, config, context)? else { return Ok(None) };
    let is_of_file = is_of_file(config, &base);
    let token = token(args, config, context, redactor, is_of_file)?;
    Ok(Some(Endpoint { base, token, is_of_file }))
}

/// Whether what the file says of its target holds for this one: what is written down for one is not for another, least of
/// all its token.
pub(super) fn is_of_file(config: &Config, base: &Base) -> bool {
    config.target.as_deref().is_none_or(|own| parse(own).is_ok_and(|own| own == *base))
}

/// A base URL as somebody typed it.
pub(super) fn parse(text: &str) -> Result<Base, CliError> {
    Base::parse(text).map_err(|error| {
        let hint = error.hint();
        CliError::usage(format!("`{}` is not a base URL", yaml::veiled(text))).caused_by(error).hint(hint)
    })
}

/// The target as asked for; `None` for the embedded server.
pub(super) fn asked(args: &TargetArgs, config: &Config, context: &Context) -> Result<Option<Base>, CliError> {
    let given = args.target.as_deref().or_else(|| context.variable("SCIMULATOR_TARGET"));
    given.or(config.target.as_deref()).filter(|text| *text != EMBEDDED).map(parse).transpose()
}

/// The token, registered with the redactor before anything else can happen to it.
pub(super) fn token(
    args: &TargetArgs,
    config: &Config,
    context: &Context,
    redactor: &Redactor,
    is_of_file: bool,
) -> Result<Option<Secret>, CliError> {
    if let Some(given) = &args.token {
        if given == "-" {
            return read_token("standard input", std::io::stdin().lock(), redactor).map(Some);
        }
        redactor.add(&Secret::new(given));
        return Err(CliError::usage(
            "a token never stands on the command line, where every user of the machine sees it",
        )
        .hint("use `--token-file FILE`, `--token -` or the variable SCIMULATOR_TOKEN"));
    }
    if let Some(path) = &args.token_file {
        if path == Path::new("-") {
            return read_token("standard input", std::io::stdin().lock(), redactor).map(Some);
        }
        return token_file(&context.folder.join(path), "--token-file", redactor).map(Some);
    }
    if let Some(text) = context.variable("SCIMULATOR_TOKEN") {
        return read_token("SCIMULATOR_TOKEN", text.as_bytes(), redactor).map(Some);
    }
    match config.token_file.as_ref().filter(|_| is_of_file) {
        Some(path) => token_file(&config.resolve(path), "token-file in scimulator.yaml", redactor).map(Some),
        None => Ok(None),
    }
}

/// Reads a file that holds a token. Its name is not repeated: somebody may have given the token itself.
pub(super) fn token_file(path: &Path, what: &str, redactor: &Redactor) -> Result<Secret, CliError> {
    let file = std::fs::File::open(path)
        .map_err(|error| CliError::usage(format!("the file given by `{what}` cannot be read")).caused_by(error))?;
    read_token(what, file, redactor)
}

fn read_token(what: &str, from: impl std::io::Read, redactor: &Redactor) -> Result<Secret, CliError> {
    let mut text = String::new();
    if what == "standard input" && std::io::stdin().is_terminal() {
        super::tell("reading the token from standard input; end with Ctrl-D");
    }
    let read = from.take(MAX_TOKEN).read_to_string(&mut text);
    read.map_err(|error| CliError::usage(format!("no token can be read from {what}")).caused_by(error))?;
    let text = text.trim();
    let text = text.strip_prefix("Bearer ").unwrap_or(text).trim();
    redactor.add(&Secret::new(text));
    if text.is_empty() {
        return Err(CliError::usage(format!("there is no token in {what}")));
    }
    if !text.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ') {
        return Err(CliError::usage(format!("what {what} holds is no token"))
            .caused_by("it has line ends or characters that no HTTP header can carry"));
    }
    Ok(Secret::new(text))
}

/// The one client of the process.
pub(super) fn client(args: &TargetArgs, config: &Config, context: &Context) -> Result<Client, CliError> {
    client_settings(args, config, context).map(Client::new)
}

/// How long is waited, and which certificates are trusted.
pub(super) fn client_settings(
    args: &TargetArgs,
    config: &Config,
    context: &Context,
) -> Result<ClientSettings, CliError> {
    let own = args.cacert.as_ref().map(|path| context.folder.join(path));
    let cacert = own.or_else(|| config.cacert.as_ref().map(|path| config.resolve(path)));
    let trust = Trust::new(cacert.as_deref(), args.insecure)
        .map_err(|error| CliError::usage("the certificates cannot be used").caused_by(error))?;
    let timeout = Duration::from_secs(args.timeout.unwrap_or(TIMEOUT));
    Ok(ClientSettings { timeout, trust, ..ClientSettings::default() })
}

/// How fast requests may leave; the embedded server has no limit.
pub(super) fn rate(args: &TargetArgs, config: &Config, base: Option<&Base>) -> Result<RateLimit, CliError> {
    let Some(base) = base else { return Ok(RateLimit::unlimited()) };
    match args.rate.as_deref().or(config.rate.as_deref()) {
        None => Ok(RateLimit::for_base(base, None)),
        Some("unlimited") => Ok(RateLimit::unlimited()),
        Some(text) => {
            let rate: Rate = text.parse().map_err(|error| CliError::usage("the rate is not right").caused_by(error))?;
            Ok(RateLimit::for_base(base, Some(rate)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config() -> Config {
        Config { target: Some("https://own.test/scim".to_owned()), ..Config::default() }
    }

    fn decide(args: &TargetArgs, variables: &[(&str, &str)], config: &Config) -> Option<Endpoint> {
        let context = Context::fixed(variables, Path::new("/"));
        endpoint(args, config, &context, &Redactor::new()).unwrap()
    }

    fn flag(target: &str) -> TargetArgs {
        TargetArgs { target: Some(target.to_owned()), ..TargetArgs::default() }
    }

    #[test]
    fn flags_win_over_the_environment_and_that_over_the_file() {
        let variables = [("SCIMULATOR_TARGET", "https://env.test")];
        let base = |found: Option<Endpoint>| found.map(|found| found.base.to_string());
        assert_eq!(base(decide(&flag("https://flag.test"), &variables, &config())).unwrap(), "https://flag.test");
        assert_eq!(base(decide(&TargetArgs::default(), &variables, &config())).unwrap(), "https://env.test");
        assert_eq!(base(decide(&TargetArgs::default(), &[], &config())).unwrap(), "https://own.test/scim");
        assert_eq!(base(decide(&flag("embedded"), &variables, &config())), None);
    }

    #[test]
    fn what_the_file_says_of_its_target_is_not_for_another() {
        assert!(decide(&flag("https://own.test/scim/"), &[], &config()).unwrap().is_of_file);
        assert!(!decide(&flag("https://other.test/scim"), &[], &config()).unwrap().is_of_file);
    }

    #[test]
    fn a_token_on_the_command_line_is_refused_and_not_repeated() {
        let args = TargetArgs { token: Some("tok-0123456789".to_owned()), ..flag("https://x.test") };
        let redactor = Redactor::new();
        let context = Context::fixed(&[], Path::new("/"));
        let error = endpoint(&args, &config(), &context, &redactor).err().unwrap();
        assert!(!format!("{error:?}").contains("tok-0123456789"));
        assert_eq!(redactor.mask("tok-0123456789"), "******");
    }

    #[test]
    fn the_word_bearer_is_no_part_of_a_token() {
        let token = read_token("x", &b"Bearer tok-1234\n"[..], &Redactor::new()).unwrap();
        assert_eq!(token.reveal(), "tok-1234");
        assert!(read_token("x", &b"two\nlines"[..], &Redactor::new()).is_err());
        assert!(read_token("x", &b" \n"[..], &Redactor::new()).is_err());
    }
}

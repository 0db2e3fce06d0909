//! `scimulator redact`: the same logs about other people, to share them.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write as _};
use std::mem::ManuallyDrop;
use std::path::{Component, Path, PathBuf};

use super::arguments::RedactArgs;
use super::error::CliError;
use super::folder::{in_use, is_used};
use super::tell;
use crate::context::Context;
use crate::exit::ExitCode;
use crate::logs::detect::detect_with;
use crate::logs::format::Format;
use crate::logs::input::{LogFile, open};
use crate::logs::readers::Options;
use crate::logs::redact::{Originals, Pseudonyms, cover, find_leak, redact as write, vocabulary};

/// A log and what it was recognised as.
type Recognised = (LogFile, Option<Format>);

/// Runs the subcommand.
pub(super) fn redact(context: &Context, args: &RedactArgs) -> Result<ExitCode, CliError> {
    let folder = context.folder.join(&args.out);
    // Names of a vendor's own.
    let options = Options { map: args.map.clone(), ..Options::default() };
    let files = files(context, args, &options)?;
    if is_used(&folder)? {
        return Err(in_use(&folder));
    }
    let fails = |error: io::Error| CliError::usage("the logs cannot be redacted").caused_by(error);
    let (session, kept) = args.redaction.session(context)?;
    let vocabulary = vocabulary(&files, &options, args.redaction.wishes()).map_err(fails)?;
    // The process ends with the command: to give back a million names one by one would only take time.
    let pseudonyms = ManuallyDrop::new(Pseudonyms::resuming(&session, args.redaction.mode(), vocabulary));
    let (mut written, was_there) = (Vec::new(), folder.is_dir());
    let result = write_all(&files, &folder, &pseudonyms, &mut written).and_then(|()| leaks(&written, &pseudonyms));
    if !matches!(&result, Ok(leaks) if leaks.is_empty()) {
        take_back(&written, &folder, was_there).map_err(fails)?;
    }
    let leaks = result.map_err(fails)?;
    for leak in &leaks {
        tell(&format!("error: {leak}"));
    }
    if leaks.is_empty() {
        kept.keep(&pseudonyms)?;
        tell(&summary(&files, &args.out));
        return Ok(ExitCode::Conformant);
    }
    tell("hint: nothing was kept; leave out the file, or the line, and please report which kind of log it was");
    Ok(ExitCode::Leak)
}

/// How many files there are now, and what each was recognised as: in what was not, fewer names are known.
fn summary(files: &[Recognised], out: &Path) -> String {
    let counted = |count: usize, one: &str, more: &str| format!("{count} {}", if count == 1 { one } else { more });
    let formats: BTreeSet<&str> = files.iter().filter_map(|(_, format)| Some((*format)?.id())).collect();
    let known = files.iter().filter(|(_, format)| format.is_some()).count();
    let mut parts = Vec::new();
    if known > 0 {
        let formats = formats.into_iter().collect::<Vec<_>>().join(", ");
        parts.push(format!("{} ({formats})", counted(known, "log", "logs")));
    }
    if known < files.len() {
        parts.push(format!(
            "{} not recognised as a log: only addresses, tokens, phone numbers and what stands behind a known name of a \
             field were replaced there",
            files.len() - known
        ));
    }
    format!("{} in {}: {}", counted(files.len(), "file", "files"), out.display(), parts.join(", "))
}

/// Removes what was written, and the folders that it was written into when there is nothing else in them.
fn take_back(written: &[PathBuf], folder: &Path, was_there: bool) -> io::Result<()> {
    for path in written {
        fs::remove_file(path)?;
        for parent in path.ancestors().skip(1).take_while(|parent| *parent != folder) {
            let _ = fs::remove_dir(parent); // there is another file of ours in it, or one of somebody else
        }
    }
    if !was_there {
        let _ = fs::remove_dir(folder);
    }
    Ok(())
}

fn files(context: &Context, args: &RedactArgs, options: &Options) -> Result<Vec<Recognised>, CliError> {
    let mut files = Vec::new();
    for path in &args.files {
        let path = if path.as_os_str() == "-" { path.clone() } else { context.folder.join(path) };
        let opened = open(&path).map_err(|error| CliError::usage("the logs cannot be read").caused_by(error))?;
        let base = if path.is_dir() { path.as_path() } else { path.parent().unwrap_or(&path) };
        for mut file in opened {
            let format = detect_with(&file, options);
            let name = Path::new(&*file.name)
                .strip_prefix(base)
                .map_or(file.name.to_string(), |name| name.display().to_string());
            file.name = name.into();
            files.push((file, format));
        }
    }
    let obstacle = |(file, _): &Recognised| Some(format!("`{}`: {}", file.name, file.obstacle.as_deref()?));
    let obstacles: Vec<String> = files.iter().filter_map(obstacle).collect();
    if obstacles.is_empty() {
        return Ok(files);
    }
    // What cannot be read would be passed on as it is.
    Err(CliError::usage("not every file can be read, so nothing was written")
        .caused_by(obstacles.join("; "))
        .hint("leave out what is no log"))
}

/// What lies in the folder already is never written over, nor deleted when there is a leak.
fn write_all(
    files: &[Recognised],
    folder: &Path,
    pseudonyms: &Pseudonyms,
    written: &mut Vec<PathBuf>,
) -> io::Result<()> {
    let mut names = BTreeSet::new();
    for (file, _) in files {
        let mut name = name_of(&pseudonyms.text(&file.name));
        while !names.insert(name.clone()) {
            name = name.with_file_name(format!("{}-{}", names.len(), name.file_name().unwrap_or_default().display()));
        }
        let path = folder.join(name);
        fs::create_dir_all(path.parent().unwrap_or(folder))?;
        let mut out = BufWriter::new(File::create_new(&path)?);
        written.push(path);
        write(file, pseudonyms, &mut out)?;
        out.flush()?;
    }
    Ok(())
}

/// The name of the output: below the folder, without the end that says that it was packed.
fn name_of(name: &str) -> PathBuf {
    let parts = Path::new(name).components().filter(|part| matches!(part, Component::Normal(_)));
    let path: PathBuf = parts.collect();
    let is_packed =
        path.extension().is_some_and(|end| ["gz", "zst"].iter().any(|packed| end.eq_ignore_ascii_case(packed)));
    if is_packed { path.with_extension("") } else { path }
}

/// What is still there, by the files that were written. Where it is in a form of programs, that is covered first.
fn leaks(written: &[PathBuf], pseudonyms: &Pseudonyms) -> io::Result<Vec<String>> {
    let originals = pseudonyms.originals();
    let mut found = Vec::new();
    for path in written {
        for file in open(path).map_err(io::Error::other)? {
            let mut leak = find_leak(&file, &originals)?;
            if leak.is_some_and(|leak| leak.form.is_covered()) {
                covered(&file, path, &originals)?;
                tell(&format!("note: in `{}`, what a program printed of a name is covered with `x`", file.name));
                leak = find_leak(&file, &originals)?;
            }
            found.extend(leak.map(|leak| format!("{leak} of `{}`", file.name)));
        }
    }
    Ok(found)
}

/// Writes a file of ours again; it is never there in part.
fn covered(file: &LogFile, path: &Path, originals: &Originals) -> io::Result<()> {
    let mut beside = path.to_owned().into_os_string();
    beside.push(".part");
    let written = File::create_new(&beside).and_then(|part| cover(file, originals, &mut BufWriter::new(part)));
    written.and_then(|()| fs::rename(&beside, path)).inspect_err(|_| {
        let _ = fs::remove_file(&beside); // the first error is the one to tell
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::logs::redact::{Key, Kind, Mode, Vocabulary};

    #[test]
    fn a_leak_is_told_by_its_kind_and_place_only() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.log");
        fs::write(&path, "one\ntwo Zo\\u00eb Quinn\n").expect("a file");
        let mut vocabulary = Vocabulary::default();
        vocabulary.add(Kind::Word, "Zoë Quinn");
        let key = Key::from_bytes(&[1; 32]);
        let pseudonyms = Pseudonyms::new(key, Mode::Consistent, vocabulary);
        let told = leaks(std::slice::from_ref(&path), &pseudonyms).expect("a file");
        assert_eq!(told, [format!("a name is still in line 2 of `{}`", path.display())]);
    }
}

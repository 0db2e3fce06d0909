//! The product and its yardsticks by turns, over logs made on the spot, each figure beside its bar.

use std::error::Error;
use std::fs::{self, File};
use std::io::BufWriter;
use std::path::{Path, PathBuf};

use super::Settings;
use super::extremes::Extreme;
use super::okta::{self, Form};
use super::people::Person;
use super::process::{Program, median};
use super::{entra, har};

/// A log that was made.
struct Log {
    path: PathBuf,
    mib: f64,
}

/// Makes the logs and measures everything, or what has `only` in its name.
pub fn run(settings: &Settings) -> Result<(), Box<dyn Error>> {
    if !settings.product.is_file() {
        return Err(format!("{} is missing; run `cargo build --release` first", settings.product.display()).into());
    }
    fs::create_dir_all(&settings.folder)?;
    let bench = Bench { settings, own: std::env::current_exe()? };
    bench.full()?;
    bench.filtered()?;
    bench.other_formats()?;
    bench.redaction()?;
    bench.linear()?;
    bench.extremes()
}

struct Bench<'s> {
    settings: &'s Settings,
    own: PathBuf,
}

impl Bench<'_> {
    /// Reading everything, against the bare loop.
    fn full(&self) -> Result<(), Box<dyn Error>> {
        for (form, name) in [(Form::Lines, "lines"), (Form::Array, "array")] {
            if !self.is_wanted(name) {
                continue;
            }
            let log = self.okta(form, self.settings.mib, self.settings.mib as usize * 50)?;
            let product = self.product(&["diagnose", &log.name()]);
            let (ratio, ours, theirs) = self.by_turns(&product, &self.program(&self.own, &[name, &log.name()]))?;
            let speed = 1.0 / ratio;
            let memory = peak(&product)?;
            let (mib, rate) = (log.mib, log.mib * 1e3 / ours);
            println!(
                "{name}: {speed:.2} × the bare loop (bar 0.8); {mib:.0} MiB in {ours:.0} ms, {rate:.0} MiB/s, loop {theirs:.0} ms; {memory} (bar 64)"
            );
        }
        Ok(())
    }

    /// Looking for one application, time or person, against jq.
    fn filtered(&self) -> Result<(), Box<dyn Error>> {
        if !self.is_wanted("filter") {
            return Ok(());
        }
        let log = self.okta(Form::Lines, self.settings.mib, self.settings.mib as usize * 50)?;
        // jq is slow: it gets a tenth, and time is per byte.
        let few = self.okta(Form::Lines, self.settings.mib / 10, self.settings.mib as usize * 5)?;
        let login = Person::number(17).login;
        let cases: [(&str, &[&str], String); 3] = [
            ("person", &["--subject", &login], format!(r#"select(any(.target[]; .alternateId == "{login}"))"#)),
            (
                "app",
                &["--app", "Payroll"],
                r#"select(any(.target[]; .type == "AppInstance" and .alternateId == "Payroll"))"#.to_owned(),
            ),
            (
                "time",
                &["--since", "2026-11-02T02:00:00Z", "--until", "2026-11-02T02:05:00Z"],
                r#"select(.published >= "2026-11-02T02:00:00Z" and .published <= "2026-11-02T02:05:00Z")"#.to_owned(),
            ),
        ];
        for (name, flags, filter) in cases {
            let product = self.product(&[&["diagnose", &log.name()], flags].concat());
            let ours = self.milliseconds(&product)? / log.mib;
            let rate = 1e3 / ours;
            let jq = self.program(Path::new("jq"), &["-c", &filter, &few.name()]);
            match self.milliseconds(&jq) {
                Ok(theirs) => println!(
                    "filter by {name}: {:.0} × jq (bar 25); {rate:.0} MiB/s, jq {:.0}",
                    theirs / few.mib / ours,
                    1e3 * few.mib / theirs
                ),
                Err(error) => println!("filter by {name}: {rate:.0} MiB/s; jq not measured: {error}"),
            }
        }
        Ok(())
    }

    fn other_formats(&self) -> Result<(), Box<dyn Error>> {
        let csv = ("csv", 100, 1000.0);
        let har = ("har", 50, 2000.0);
        let entra = ("entra", 100, f64::NAN);
        for (name, mib, bar) in [csv, har, entra] {
            if !self.is_wanted(name) {
                continue;
            }
            let log = match name {
                "csv" => self.okta(Form::Csv, mib, 10_000)?,
                "har" => self.made("har", mib, |bytes, file| har::write(bytes, 5_000, file))?,
                _ => self.made("entra.json", mib, |bytes, file| entra::write(bytes, 20_000, file))?,
            };
            let product = self.product(&["diagnose", &log.name()]);
            let (ours, memory) = (self.milliseconds(&product)?, peak(&product)?);
            let bar = if bar.is_nan() { String::new() } else { format!(" (bar {bar:.0})") };
            println!("{name}: {:.0} MiB in {ours:.0} ms{bar}, {:.0} MiB/s; {memory}", log.mib, log.mib * 1e3 / ours);
        }
        Ok(())
    }

    fn redaction(&self) -> Result<(), Box<dyn Error>> {
        for (what, mib, people) in [("redact few people", 60, 300), ("redact many people", 60, 30_000)] {
            if !self.is_wanted(what) {
                continue;
            }
            let log = self.okta(Form::Lines, mib, people)?;
            let (ours, memory) = self.redact(&log)?;
            println!(
                "{what} ({people}): {:.1} MiB/s (bar 50), {:.0} MiB in {ours:.0} ms; {memory} (bar 300)",
                log.mib * 1e3 / ours,
                log.mib
            );
        }
        Ok(())
    }

    /// Twice as much takes twice as long.
    fn linear(&self) -> Result<(), Box<dyn Error>> {
        if !self.is_wanted("linear") {
            return Ok(());
        }
        let mib = self.settings.mib / 2;
        for (name, is_redaction) in [("diagnose", false), ("redact", true)] {
            let mib = if is_redaction { mib / 4 } else { mib };
            let mut taken = Vec::new();
            for mib in [mib, mib * 2] {
                let log = self.okta(Form::Lines, mib, mib as usize * 50)?;
                taken.push(if is_redaction {
                    self.redact(&log)?.0
                } else {
                    self.milliseconds(&self.product(&["diagnose", &log.name()]))?
                });
            }
            println!("linear, {name}: twice the size takes {:.2} × the time", taken[1] / taken[0]);
        }
        Ok(())
    }

    /// What is too much of one thing still ends.
    fn extremes(&self) -> Result<(), Box<dyn Error>> {
        if !self.is_wanted("extremes") {
            return Ok(());
        }
        let out = self.settings.folder.join("redacted");
        for (name, extreme) in Extreme::ALL {
            let file = format!("{}.ndjson", name.replace(' ', "-"));
            let log = self.made(&file, 0, |_, file| extreme.write(file).map(|()| 3))?;
            for arguments in [&["diagnose"][..], &["redact", "--out", &out.display().to_string()]] {
                let _ = fs::remove_dir_all(&out); // not there yet the first time
                let product = self.product(&[arguments, &[&log.name()]].concat());
                let (taken, code) = product.end()?;
                let _ = fs::remove_dir_all(&out);
                let memory = peak(&product)?;
                println!("{name}, {}: exit code {code} after {:.1} s; {memory}", arguments[0], taken / 1e3);
            }
        }
        let _ = fs::remove_dir_all(&out);
        Ok(())
    }

    fn redact(&self, log: &Log) -> Result<(f64, String), Box<dyn Error>> {
        let out = self.settings.folder.join("redacted");
        let product = self.product(&["redact", &log.name(), "--out", &out.display().to_string()]);
        let (mut taken, mut memory) = (Vec::new(), String::new());
        for round in 0..=self.settings.rounds.min(5) {
            let _ = fs::remove_dir_all(&out); // not there yet the first time
            if round == 0 { memory = peak(&product)? } else { taken.push(product.milliseconds()?) }
        }
        let _ = fs::remove_dir_all(&out);
        Ok((median(&taken), memory))
    }

    fn is_wanted(&self, name: &str) -> bool {
        name.contains(&self.settings.only)
    }

    fn okta(&self, form: Form, mib: u64, people: usize) -> Result<Log, Box<dyn Error>> {
        let end = match form {
            Form::Lines => "ndjson",
            Form::Array => "json",
            Form::Csv => "csv",
        };
        self.made(&format!("okta-{people}.{end}"), mib, |bytes, file| okta::write(form, bytes, people, file))
    }

    /// A log, made unless it is there.
    fn made(
        &self,
        name: &str,
        mib: u64,
        write: impl FnOnce(u64, &mut BufWriter<File>) -> std::io::Result<u64>,
    ) -> Result<Log, Box<dyn Error>> {
        let path = self.settings.folder.join(format!("{mib}-{name}"));
        if !path.is_file() {
            let being_made = path.with_extension("part");
            let records = write(mib << 20, &mut BufWriter::new(File::create(&being_made)?))?;
            fs::rename(&being_made, &path)?;
            println!("made {}: {records} records", path.display());
        }
        let mib = fs::metadata(&path)?.len() as f64 / f64::from(1 << 20);
        Ok(Log { path, mib })
    }

    fn product(&self, arguments: &[&str]) -> Program<'_> {
        self.program(&self.settings.product, arguments)
    }

    fn program<'a>(&'a self, file: &'a Path, arguments: &[&str]) -> Program<'a> {
        let arguments = arguments.iter().map(|text| (*text).to_owned()).collect();
        Program { file, arguments, folder: &self.settings.folder, environment: Vec::new() }
    }

    fn milliseconds(&self, program: &Program<'_>) -> Result<f64, Box<dyn Error>> {
        program.milliseconds()?;
        let taken: Result<Vec<f64>, _> = (0..self.settings.rounds).map(|_| program.milliseconds()).collect();
        Ok(median(&taken?))
    }

    /// The median of the ratios of each pair, and both times.
    fn by_turns(&self, a: &Program<'_>, b: &Program<'_>) -> Result<(f64, f64, f64), Box<dyn Error>> {
        a.milliseconds()?;
        b.milliseconds()?;
        let (mut ours, mut theirs, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..self.settings.rounds {
            let (first, second) = (a.milliseconds()?, b.milliseconds()?);
            ours.push(first);
            theirs.push(second);
            ratios.push(first / second);
        }
        Ok((median(&ratios), median(&ours), median(&theirs)))
    }
}

impl Log {
    fn name(&self) -> String {
        self.path.display().to_string()
    }
}

/// The highest memory of a program, in words.
fn peak(program: &Program<'_>) -> Result<String, Box<dyn Error>> {
    Ok(program.peak_mib()?.map_or("memory not measured".to_owned(), |mib| format!("{mib:.0} MiB of memory")))
}

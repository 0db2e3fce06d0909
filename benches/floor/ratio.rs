//! Product and yardstick by turns, in one call: only ratios within it mean anything.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use super::Settings;
use super::process::{Program, median};

/// Measures whole run, memory and start-up.
pub fn run(settings: &Settings) -> Result<(), Box<dyn Error>> {
    std::fs::create_dir_all(&settings.folder)?;
    let product = &settings.product;
    if !product.is_file() {
        return Err(format!("{} is missing; run `cargo build --release` first", product.display()).into());
    }
    let (scenarios, requests) = counts(settings)?;
    println!("{scenarios} scenarios, {requests} requests, {} pairs", settings.rounds);

    let own = std::env::current_exe()?;
    let folder = settings.folder.display().to_string();
    let counted =
        ["floor", "--scenarios", &scenarios.to_string(), "--requests", &requests.to_string(), "--out", &folder];
    let floor = program(settings, &own, &counted);
    let whole = program(settings, product, &["run", "--report", &format!("junit={folder}/product.xml")]);
    floor.milliseconds()?; // writes the expected answers
    compare("whole run", settings, &whole, &floor)?;
    memory(settings.rounds, &whole, &floor)?;

    let Some(empty) = empty_program(&settings.folder) else {
        println!("start-up: not measured, `rustc` could not build an empty program");
        return Ok(());
    };
    let nothing = program(settings, &empty, &[]);
    let by_shell = |command: &Path, argument: &str| {
        let line = format!("exec '{}' {argument}", command.display());
        program(settings, Path::new("/bin/sh"), &["-c", &line])
    };
    for argument in ["--version", "list"] {
        compare(argument, settings, &program(settings, product, &[argument]), &nothing)?;
        let what = format!("{argument}, started by a shell");
        compare(&what, settings, &by_shell(product, argument), &by_shell(&empty, ""))?;
    }
    Ok(())
}

/// A command that runs in the folder of this measurement.
pub fn program<'a>(settings: &'a Settings, file: &'a Path, arguments: &[&str]) -> Program<'a> {
    let arguments = arguments.iter().map(|text| (*text).to_owned()).collect();
    Program { file, arguments, folder: &settings.folder, environment: Vec::new() }
}

/// Plays the product once and asks its JSON report how many scenarios and requests that were.
fn counts(settings: &Settings) -> Result<(usize, usize), Box<dyn Error>> {
    let file = settings.folder.join("product.json");
    program(settings, &settings.product, &["run", "--report", &format!("json={}", file.display())]).milliseconds()?;
    let report: Value = serde_json::from_slice(&std::fs::read(&file)?)?;
    let scenarios = report["scenarios"].as_array().map(Vec::len).filter(|count| *count > 0);
    let requests = report["result"]["totals"]["requests"].as_u64().and_then(|count| usize::try_from(count).ok());
    Ok((scenarios.ok_or("the report names no scenario")?, requests.ok_or("the report counts no requests")?))
}

/// A B, A B, …: the median of the ratios of each pair.
pub fn compare(what: &str, settings: &Settings, a: &Program<'_>, b: &Program<'_>) -> Result<(), Box<dyn Error>> {
    a.milliseconds()?;
    b.milliseconds()?;
    let (mut ours, mut yardstick, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..settings.rounds {
        let (first, second) = (a.milliseconds()?, b.milliseconds()?);
        ours.push(first);
        yardstick.push(second);
        ratios.push(first / second);
    }
    let (least, most) =
        ratios.iter().fold((f64::MAX, f64::MIN), |(least, most), ratio| (least.min(*ratio), most.max(*ratio)));
    println!(
        "{what}: {:.2} times the yardstick ({least:.2} to {most:.2}); {:.1} ms against {:.1} ms",
        median(&ratios),
        median(&ours),
        median(&yardstick)
    );
    Ok(())
}

fn memory(rounds: usize, product: &Program<'_>, floor: &Program<'_>) -> Result<(), Box<dyn Error>> {
    let highest = |program: &Program<'_>| -> Result<Option<f64>, Box<dyn Error>> {
        let mut peaks = Vec::new();
        for _ in 0..rounds.min(5) {
            peaks.extend(program.peak_mib()?);
        }
        Ok(peaks.into_iter().max_by(f64::total_cmp))
    };
    match (highest(product)?, highest(floor)?) {
        (Some(ours), Some(theirs)) => println!("peak memory: {ours:.1} MiB, the floor {theirs:.1} MiB"),
        _ => println!("peak memory: not measured, this system has no /proc"),
    }
    Ok(())
}

/// A program that does nothing, built on the spot.
fn empty_program(folder: &Path) -> Option<PathBuf> {
    let (source, file) = (folder.join("empty.rs"), folder.join("empty"));
    std::fs::write(&source, "fn main() {}\n").ok()?;
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let built = Command::new(rustc).arg("-O").arg("-o").arg(&file).arg(&source).status().ok()?;
    built.success().then_some(file)
}

//! Whole processes: how long they take and how much memory they reach.

use std::error::Error;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// A command that is started again and again.
pub struct Program<'a> {
    /// The file.
    pub file: &'a Path,
    /// Its arguments.
    pub arguments: Vec<String>,
    /// Where it runs.
    pub folder: &'a Path,
    /// What is set in its environment besides.
    pub environment: Vec<(String, String)>,
}

impl Program<'_> {
    fn command(&self) -> Command {
        let mut command = Command::new(self.file);
        command.args(&self.arguments).current_dir(self.folder).envs(self.environment.iter().cloned());
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command
    }

    /// Milliseconds from start to exit, and the exit code, -1 for a signal.
    pub fn end(&self) -> Result<(f64, i32), Box<dyn Error>> {
        let begun = Instant::now();
        let status = self.command().status().map_err(|error| format!("{}: {error}", self.file.display()))?;
        Ok((begun.elapsed().as_secs_f64() * 1e3, status.code().unwrap_or(-1)))
    }

    /// Milliseconds from start to exit. Any exit code but 0 is an error: what failed is not measured.
    pub fn milliseconds(&self) -> Result<f64, Box<dyn Error>> {
        match self.end()? {
            (taken, 0) => Ok(taken),
            (_, code) => Err(format!("{} ended with exit code {code}", self.file.display()).into()),
        }
    }

    /// The highest resident memory in MiB that the kernel reports (`VmHWM`), looked at until it ends; Linux only.
    pub fn peak_mib(&self) -> Result<Option<f64>, Box<dyn Error>> {
        let mut child = self.command().spawn()?;
        let page = format!("/proc/{}/status", child.id());
        let mut peak = None;
        loop {
            let status = std::fs::read_to_string(&page).unwrap_or_default();
            let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
            let kib = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse::<f64>().ok());
            peak = kib.map(|kib| kib / 1024.0).or(peak);
            if child.try_wait()?.is_some() {
                return Ok(peak);
            }
            std::thread::sleep(Duration::from_micros(200));
        }
    }
}

/// The middle value.
pub fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    if sorted.len() % 2 == 1 { sorted[middle] } else { f64::midpoint(sorted[middle - 1], sorted[middle]) }
}

//! What moves while the run is under way: one bar on standard error, only for people.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// So many scenarios under way are named.
const NAMED: usize = 3;

/// The bar, or nothing.
pub struct Progress {
    bar: Option<ProgressBar>,
    under_way: Vec<String>,
}

impl Progress {
    /// Shows a bar only when asked to.
    pub fn new(shown: bool) -> Self {
        let bar = shown.then(|| ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr()));
        Self { bar, under_way: Vec::new() }
    }

    /// So many scenarios are planned.
    pub fn begin(&self, planned: usize) {
        let Some(bar) = &self.bar else { return };
        let style = ProgressStyle::with_template("{bar:20} {pos}/{len}  {wide_msg}").expect("the template is valid");
        bar.set_style(style);
        bar.set_length(planned as u64);
    }

    /// A scenario begins.
    pub fn started(&mut self, scenario: &str, dialect: &str) {
        self.under_way.push(name(scenario, dialect));
        self.show();
    }

    /// A scenario ended.
    pub fn finished(&mut self, scenario: &str, dialect: &str) {
        let name = name(scenario, dialect);
        self.under_way.retain(|other| *other != name);
        if let Some(bar) = &self.bar {
            bar.inc(1);
        }
        self.show();
    }

    /// Does something else with the screen, the bar out of the way.
    pub fn aside<T>(&self, work: impl FnOnce() -> T) -> T {
        match &self.bar {
            Some(bar) => bar.suspend(work),
            None => work(),
        }
    }

    /// Takes the bar away.
    pub fn end(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }

    fn show(&self) {
        let Some(bar) = &self.bar else { return };
        let mut names = self.under_way.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
        if self.under_way.len() > NAMED {
            names.push_str(", …");
        }
        bar.set_message(names);
    }
}

fn name(scenario: &str, dialect: &str) -> String {
    format!("{scenario} ({dialect})")
}

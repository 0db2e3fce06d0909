//! A behaviour as the command line names it, `NAME` or `NAME=ARGUMENT`, and what it does.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use super::{access, accounts, answers, methods, values};
use crate::faults;
use crate::faults::wrap::Inner;
use crate::server::{Service, Settings};
use crate::yaml::nearest;

/// One row of a table.
pub(super) struct Known {
    name: &'static str,
    /// How the argument is written, its `=` included; in brackets where it may be left out.
    argument: &'static str,
    what: &'static str,
    does: Does,
}

/// What a behaviour does.
pub(super) enum Does {
    /// Changes a setting.
    Sets(fn(&mut Settings)),
    /// Stands around the server.
    Wraps(fn(Inner) -> Inner),
    /// Is the defect of a rule, under the name that support knows.
    Breaks(&'static str),
    /// Depends on its argument, and is nothing where that cannot be read.
    Takes(fn(Option<&str>) -> Option<Act>),
}

type Set = dyn Fn(&mut Settings) + Send + Sync;
type Wrap = dyn Fn(Inner) -> Inner + Send + Sync;

/// What a behaviour does once its argument is read.
#[derive(Clone, Default)]
pub(super) struct Act {
    set: Option<Arc<Set>>,
    wrap: Option<Arc<Wrap>>,
}

impl Known {
    pub(super) const fn new(name: &'static str, argument: &'static str, what: &'static str, does: Does) -> Self {
        Self { name, argument, what, does }
    }

    fn form(&self) -> String {
        format!("{}{}", self.name, self.argument)
    }

    fn read(&self, argument: Option<&str>) -> Option<Act> {
        match self.does {
            Does::Takes(read) => read(argument),
            _ if argument.is_some() => None,
            Does::Sets(set) => Some(Act::set(set)),
            Does::Wraps(wrap) => Some(Act::wrap(wrap)),
            Does::Breaks(rule) => Some(Act::wrap(move |inner| {
                faults::wrap(rule, inner).expect("a test puts every behaviour around a server")
            })),
        }
    }
}

impl Act {
    /// Changes settings.
    pub(super) fn set(set: impl Fn(&mut Settings) + Send + Sync + 'static) -> Self {
        Self { set: Some(Arc::new(set)), wrap: None }
    }

    /// Stands around the server.
    pub(super) fn wrap(wrap: impl Fn(Inner) -> Inner + Send + Sync + 'static) -> Self {
        Self { set: None, wrap: Some(Arc::new(wrap)) }
    }

    /// Changes settings too.
    pub(super) fn and_set(self, set: impl Fn(&mut Settings) + Send + Sync + 'static) -> Self {
        Self { set: Some(Arc::new(set)), ..self }
    }
}

/// Every behaviour, in the order in which pages show them.
fn all() -> impl Iterator<Item = &'static Known> {
    [accounts::BEHAVIOURS, access::BEHAVIOURS, answers::BEHAVIOURS, methods::BEHAVIOURS, values::BEHAVIOURS]
        .into_iter()
        .flatten()
}

/// The name of every behaviour, and what it does with its argument, in one line.
pub fn names() -> impl Iterator<Item = (&'static str, &'static str)> {
    all().map(|known| (known.name, known.what))
}

/// How every behaviour is written, as `seats=N[:STATUS]`, and what it does.
pub fn forms() -> impl Iterator<Item = (String, &'static str)> {
    all().map(|known| (known.form(), known.what))
}

/// A behaviour of the embedded server, its argument read.
///
/// Several are put around each other: the first stands nearest to the server.
#[derive(Clone)]
pub struct Behaviour {
    text: String,
    act: Act,
}

/// Why a text names no behaviour.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BehaviourError {
    /// There is none of this name.
    #[error("there is no behaviour `{name}`")]
    Unknown {
        /// What was asked for.
        name: String,
        /// The name that was probably meant.
        did_you_mean: Option<&'static str>,
    },
    /// It takes no argument, needs one, or another one.
    #[error("`{given}` cannot be played: the behaviour is written `{form}`")]
    Argument {
        /// What was asked for.
        given: String,
        /// How it is written.
        form: String,
        /// What it does with its argument.
        what: &'static str,
    },
}

impl FromStr for Behaviour {
    type Err = BehaviourError;

    fn from_str(text: &str) -> Result<Self, BehaviourError> {
        let (name, argument) = text.split_once('=').map_or((text, None), |(name, argument)| (name, Some(argument)));
        let Some(known) = all().find(|known| known.name == name) else {
            let did_you_mean = nearest(name, all().map(|known| known.name));
            return Err(BehaviourError::Unknown { name: name.to_owned(), did_you_mean });
        };
        match known.read(argument) {
            Some(act) => Ok(Self { text: text.to_owned(), act }),
            None => Err(BehaviourError::Argument { given: text.to_owned(), form: known.form(), what: known.what }),
        }
    }
}

impl Behaviour {
    /// Changes the tenant's settings, before the server starts.
    pub fn set(&self, settings: &mut Settings) {
        if let Some(set) = &self.act.set {
            set(settings);
        }
    }

    /// Stands around the server.
    pub fn wrap(&self, service: Box<dyn Service>) -> Box<dyn Service> {
        match &self.act.wrap {
            Some(wrap) => wrap(service),
            None => service,
        }
    }
}

/// As it was written: `NAME` or `NAME=ARGUMENT`.
impl fmt::Display for Behaviour {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.text)
    }
}

impl fmt::Debug for Behaviour {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Behaviour({})", self.text)
    }
}

//! What reading cannot do without: a bare loop of serde_json over structs that borrow what the product needs.

use std::borrow::Cow;
use std::error::Error;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use serde::Deserialize;
use serde::de::{Deserializer, SeqAccess, Visitor};

/// The fields of an event that say who, what, when and how it ended.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Event<'a> {
    #[serde(borrow)]
    uuid: Cow<'a, str>,
    #[serde(borrow)]
    published: Cow<'a, str>,
    #[serde(borrow, rename = "eventType")]
    kind: Cow<'a, str>,
    #[serde(borrow)]
    outcome: Outcome<'a>,
    #[serde(borrow)]
    target: Vec<Target<'a>>,
    #[serde(borrow)]
    transaction: Transaction<'a>,
}

#[derive(Deserialize)]
struct Outcome<'a> {
    #[serde(borrow)]
    result: Cow<'a, str>,
    #[serde(borrow)]
    reason: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Target<'a> {
    #[serde(borrow)]
    id: Cow<'a, str>,
    #[serde(borrow, rename = "type")]
    kind: Cow<'a, str>,
    #[serde(borrow)]
    alternate_id: Option<Cow<'a, str>>,
    #[serde(borrow)]
    display_name: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
struct Transaction<'a> {
    #[serde(borrow)]
    id: Cow<'a, str>,
}

impl Event<'_> {
    /// A number that depends on every field, so that none is left out of the work.
    fn weight(&self) -> usize {
        let targets = self.target.iter().map(|target| {
            let names = [&target.alternate_id, &target.display_name].into_iter().flatten();
            target.id.len() + target.kind.len() + names.map(|name| name.len()).sum::<usize>()
        });
        let reason = self.outcome.reason.as_ref().map_or(0, |reason| reason.len());
        let own = [&self.uuid, &self.published, &self.kind, &self.outcome.result, &self.transaction.id];
        own.into_iter().map(|text| text.len()).sum::<usize>() + reason + targets.sum::<usize>()
    }
}

/// Reads a file, one event a line, and prints what it weighs.
pub fn lines(file: &Path) -> Result<(), Box<dyn Error>> {
    let (mut reader, mut line, mut weight) = (BufReader::with_capacity(1 << 20, File::open(file)?), Vec::new(), 0);
    while reader.read_until(b'\n', &mut line)? > 0 {
        weight += serde_json::from_slice::<Event<'_>>(&line)?.weight();
        line.clear();
    }
    println!("{weight}");
    Ok(())
}

/// Reads a file that is one array, whole in memory: nothing that borrows can be had from a stream.
pub fn array(file: &Path) -> Result<(), Box<dyn Error>> {
    struct Weight(usize);
    impl<'de> Deserialize<'de> for Weight {
        fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
            struct Events;
            impl<'de> Visitor<'de> for Events {
                type Value = usize;
                fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                    f.write_str("an array of events")
                }
                fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<usize, A::Error> {
                    let mut weight = 0;
                    while let Some(event) = list.next_element::<Event<'de>>()? {
                        weight += event.weight();
                    }
                    Ok(weight)
                }
            }
            from.deserialize_seq(Events).map(Weight)
        }
    }
    let bytes = std::fs::read(file)?;
    let Weight(weight) = serde_json::from_slice(&bytes)?;
    println!("{weight}");
    Ok(())
}

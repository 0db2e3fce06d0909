//! Formats are known by what stands in a file.

use scimulator::logs::{detect, input};

use crate::manifest::{MANIFEST, folder};

#[test]
fn every_sample_is_recognised_whatever_it_is_called() {
    let mut wrong = Vec::new();
    for sample in &MANIFEST.samples {
        for file in input::open(&folder().join(&sample.file)).unwrap() {
            let format = detect::detect(&file).map_or("nothing", |format| format.id());
            let encoding = file.encoding.name();
            if (format, encoding) != (&sample.format, &sample.encoding) {
                wrong.push(format!(
                    "{}: {format} in {encoding}, not {} in {}",
                    file.name, sample.format, sample.encoding
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

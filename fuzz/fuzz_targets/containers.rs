//! Archives, compression and encodings; then what was found in them.
#![no_main]

use scimulator::logs::detect::detect;
use scimulator::logs::input::open;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let path = std::env::temp_dir().join(format!("scimulator-fuzz-{}", std::process::id()));
    std::fs::write(&path, bytes).expect("the folder for temporary files");
    for file in open(&path).unwrap_or_default() {
        let _ = (detect(&file), file.text(1 << 20));
    }
});

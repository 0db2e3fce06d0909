//! What people paste becomes a scenario that fails as it did, and names nobody.

use crate::binary::Binary;
use crate::samples::{PASTED, Pasted, path};
use crate::verdicts::verdict;

#[test]
fn what_is_pasted_is_reproduced() {
    let halves = PASTED.chunks(PASTED.len().div_ceil(2));
    let wrong: Vec<String> = std::thread::scope(|scope| {
        let threads: Vec<_> =
            halves.map(|half| scope.spawn(|| half.iter().flat_map(wrong_with).collect::<Vec<_>>())).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn wrong_with(pasted: &Pasted) -> Vec<String> {
    let binary = Binary::new();
    let said = binary.run(&["import", &path(&pasted.file).display().to_string(), "--out", "case"]);
    assert_eq!(said.code, 0, "{}: {}", pasted.file, said.stderr);
    let out = binary.folder().join("case");
    let mut wrong = Vec::new();
    for entry in std::fs::read_dir(&out).unwrap() {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        wrong.extend(pasted.left_in(&text).into_iter().map(|value| format!("{}: {value} is left", pasted.file)));
    }
    let file = out.join("incident-1.yaml");
    let found = verdict(&binary, Some(&file).filter(|file| file.is_file()), &[]);
    if let Some(expected) = pasted.verdict.as_ref().filter(|expected| **expected != found) {
        wrong.push(format!("{}: {found}, not {expected}", pasted.file));
    }
    wrong
}

//! Which module uses which: as the code map in ARCHITECTURE.md allows, and as the code does.

use crate::sources::{self, TextFile};

/// One row of the code map.
pub struct Row {
    /// A top module of the library.
    pub module: String,
    /// The modules it may use.
    pub may_use: Vec<String>,
}

/// The code map: the table below the heading of that name.
pub fn code_map() -> Vec<Row> {
    let page = sources::one("ARCHITECTURE.md");
    let section = page.split("\n## ").find(|section| section.starts_with("Code map")).expect("a section `Code map`");
    let rows = section.lines().filter(|line| line.starts_with("| `"));
    rows.flat_map(|line| {
        let cells: Vec<&str> = line.trim_matches('|').split('|').collect();
        let may_use = in_ticks(cells.last().expect("a row has cells"));
        in_ticks(cells[0]).into_iter().map(move |module| Row { module, may_use: may_use.clone() })
    })
    .collect()
}

fn in_ticks(cell: &str) -> Vec<String> {
    cell.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

/// Uses that the map does not allow.
pub fn offences(files: &[TextFile], map: &[Row]) -> Vec<String> {
    let mut offences = Vec::new();
    for file in files.iter().filter(|file| !["src/lib.rs", "src/main.rs"].contains(&file.path.as_str())) {
        let module = file.module().unwrap_or_default();
        let Some(row) = map.iter().find(|row| row.module == module) else {
            offences.push(format!("{}: `{module}` is not in the code map", file.path));
            continue;
        };
        for used in used_modules(&file.code()) {
            if used != module && !row.may_use.contains(&used) {
                offences.push(format!("{}: `{module}` uses `{used}`", file.path));
            }
        }
        if reaches_over_its_module(file) {
            offences.push(format!("{}: leaves `{module}` by `super::`; write `crate::`", file.path));
        }
    }
    offences
}

/// Whether a chain of `super::` leads out of the top module, where the code map cannot see it.
fn reaches_over_its_module(file: &TextFile) -> bool {
    let depth = file.path.trim_end_matches("/mod.rs").matches('/').count();
    file.code().contains(&"super::".repeat(depth))
}

/// First names after `crate::`, those in braces included.
fn used_modules(code: &str) -> Vec<String> {
    let mut modules: Vec<String> = code.split("crate::").skip(1).flat_map(first_names).collect();
    modules.sort();
    modules.dedup();
    modules
}

/// Names taken from `crate::MODULE::`.
pub fn names_from(code: &str, module: &str) -> Vec<String> {
    code.split(&format!("crate::{module}::")).skip(1).flat_map(first_names).collect()
}

/// `a` of `a::b`; `a` and `c` of `{a::{b, x}, c}`.
fn first_names(after: &str) -> Vec<String> {
    let word =
        |text: &str| -> String { text.trim().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect() };
    let Some(inside) = after.strip_prefix('{') else { return vec![word(after)] };
    let (mut depth, mut item, mut items) = (0, String::new(), Vec::new());
    for c in inside.chars() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => items.push(std::mem::take(&mut item)),
            _ if depth == 0 => item.push(c),
            _ => {}
        }
    }
    items.push(item);
    items.iter().map(|item| word(item)).filter(|name| !name.is_empty()).collect()
}

#[test]
fn names_in_braces_are_seen() {
    assert_eq!(
        used_modules("use crate::{scim::{Filter, Path}, http};\nlet x = crate::idp::Event;"),
        ["http", "idp", "scim"]
    );
    assert_eq!(names_from("use crate::run::{RunEvent, Totals};", "run"), ["RunEvent", "Totals"]);
}

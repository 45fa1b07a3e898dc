//! The threat model in `docs/security.md`: every row names tests, and the tests are there.

use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// All Rust sources below a folder, as one text.
fn sources(folder: &Path, text: &mut String) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, text);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            text.push_str(&fs::read_to_string(path).unwrap());
        }
    }
}

/// Whether some function of this name is a test that is run: `#[test]` and its kind stand before it, and nothing puts it off.
fn is_test(code: &str, name: &str) -> bool {
    let function = format!("fn {name}(");
    code.match_indices(&function).any(|(at, _)| {
        let attributes = code[..at].rsplit("\n\n").next().unwrap_or_default();
        let is_marked = ["#[test]", "#[tokio::test"]
            .iter()
            .any(|it| attributes.contains(it));
        is_marked && !attributes.contains("#[ignore")
    })
}

#[test]
fn every_row_of_the_threat_model_names_a_test_that_is_there() {
    let mut code = String::new();
    for folder in ["orchestrator/src", "orchestrator/tests", "protocol/src"] {
        sources(&root().join("crates").join(folder), &mut code);
    }
    let page = fs::read_to_string(root().join("docs/security.md")).unwrap();
    let cells = |row: &str| {
        row.trim_matches('|')
            .split('|')
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let rows = page.lines().filter(|line| line.starts_with('|'));
    let rows: Vec<_> = rows
        .map(cells)
        .filter(|row| !row[0].contains("---") && row[0].trim() != "threat")
        .collect();
    assert!(rows.len() > 20, "{}", rows.len());
    for row in rows {
        let names: Vec<_> = row[2].split('`').skip(1).step_by(2).collect();
        assert!(!names.is_empty(), "{row:?} names no test");
        for name in names {
            assert!(is_test(&code, name), "{row:?}: there is no test {name}");
        }
    }
}

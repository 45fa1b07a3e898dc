//! Every input that fuzzing has kept goes through the reader of the daemon that it is for.

use landfall_orchestrator::fuzzing::ALL;
use std::{collections::BTreeSet, fs, path::Path};

fn folder(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../fuzz")
        .join(name)
}

/// Of the daemon's targets, which are named after it.
fn names(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).unwrap();
    let stem = |path: std::path::PathBuf| path.file_stem().unwrap().to_str().unwrap().to_owned();
    entries
        .map(|entry| stem(entry.unwrap().path()))
        .filter(|name| name.starts_with("daemon_"))
        .collect()
}

#[test]
fn every_kept_input_is_read() {
    for (name, read) in ALL {
        let inputs: Vec<_> = fs::read_dir(folder("corpus").join(name))
            .unwrap()
            .map(|input| input.unwrap().path())
            .collect();
        assert!(inputs.len() >= 3, "{name}: {} inputs", inputs.len());
        for input in inputs {
            // The name of the input that breaks its reader is what one wants to see.
            let outcome = std::panic::catch_unwind(|| read(&fs::read(&input).unwrap()));
            assert!(outcome.is_ok(), "{}", input.display());
        }
    }
}

#[test]
fn every_target_has_its_reader_and_its_corpus() {
    let readers: BTreeSet<_> = ALL.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(names(&folder("fuzz_targets")), readers);
    assert_eq!(names(&folder("corpus")), readers);
}

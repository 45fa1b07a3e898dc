//! Every input that fuzzing has kept goes through the reader that it is for.

#[path = "../../../fuzz/src/readers.rs"]
pub mod readers;

use std::{collections::BTreeSet, fs, path::Path};

fn folder(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../fuzz")
        .join(name)
}

/// But those of the daemon's own readers, of which the protocol knows nothing.
fn names(folder: &Path) -> BTreeSet<String> {
    let name = |entry: std::io::Result<fs::DirEntry>| {
        entry
            .unwrap()
            .path()
            .file_stem()
            .unwrap()
            .to_str()
            .unwrap()
            .to_owned()
    };
    fs::read_dir(folder)
        .unwrap()
        .map(name)
        .filter(|name| !name.starts_with("daemon_"))
        .collect()
}

#[test]
fn every_kept_input_is_read() {
    for (name, read) in readers::ALL {
        let inputs: Vec<_> = fs::read_dir(folder("corpus").join(name))
            .unwrap()
            .map(|input| input.unwrap().path())
            .collect();
        assert!(
            inputs.len() >= 3,
            "fuzz/corpus/{name} holds {} inputs",
            inputs.len()
        );
        for input in inputs {
            // The name of the input that breaks its reader is what one wants to see.
            let outcome = std::panic::catch_unwind(|| read(&fs::read(&input).unwrap()));
            assert!(outcome.is_ok(), "{}", input.display());
        }
    }
}

#[test]
fn every_target_has_its_reader_and_its_corpus() {
    let readers: BTreeSet<_> = readers::ALL
        .iter()
        .map(|(name, _)| (*name).to_owned())
        .collect();
    assert_eq!(names(&folder("fuzz_targets")), readers);
    assert_eq!(names(&folder("corpus")), readers);
}

//! The invariants of docs/architecture.md: who may import whom, and that the page keeps up with the code.

use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The names under `[dependencies]` of a manifest.
fn dependencies(manifest: &str) -> Vec<String> {
    let text = read(manifest);
    let section = text
        .split_once("\n[dependencies]\n")
        .expect("a manifest has dependencies")
        .1;
    let section = section.split("\n[").next().unwrap();
    let names = section
        .lines()
        .filter(|line| line.starts_with(|c: char| c.is_ascii_alphabetic()));
    names
        .map(|line| line.split(['=', '.', ' ']).next().unwrap().to_owned())
        .collect()
}

/// All source files under a folder with one of the endings, as (path from the root, text).
fn sources(folder: &str, endings: &[&str]) -> Vec<(String, String)> {
    let mut found = Vec::new();
    walk(&root().join(folder), &mut |path| {
        let name = path.to_str().unwrap();
        if endings.iter().any(|ending| name.ends_with(ending)) {
            let short = path
                .strip_prefix(root())
                .unwrap()
                .to_str()
                .unwrap()
                .to_owned();
            found.push((short, fs::read_to_string(path).unwrap()));
        }
    });
    assert!(!found.is_empty(), "{folder} has sources");
    found
}

fn walk(folder: &Path, visit: &mut impl FnMut(&Path)) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if path.is_dir() {
            if !matches!(name, "node_modules" | "dist" | "target") {
                walk(&path, visit);
            }
        } else {
            visit(&path);
        }
    }
}

/// Fails for every source under `folder` that holds one of `words`.
fn never(folder: &str, endings: &[&str], words: &[&str]) {
    for (path, text) in sources(folder, endings) {
        for word in words {
            assert!(!text.contains(word), "{path} must not know of `{word}`");
        }
    }
}

#[test]
fn the_protocol_depends_on_serde_alone() {
    assert_eq!(
        dependencies("crates/protocol/Cargo.toml"),
        ["serde", "serde_json"]
    );
    assert!(
        read("crates/protocol/Cargo.toml")
            .contains("serde_json = { workspace = true, optional = true }")
    );
    let outside = [
        "std::fs",
        "std::time",
        "std::thread",
        "std::process",
        "std::env",
        "TcpStream",
        "UdpSocket",
        "SystemTime",
    ];
    never("crates/protocol/src", &[".rs"], &outside);
    never(
        "crates/protocol/src",
        &[".rs"],
        &[
            "wasm_bindgen",
            "js_sys",
            "web_sys",
            "tokio",
            "getrandom",
            "unsafe {",
        ],
    );
}

#[test]
fn no_host_knows_another() {
    let native = ["landfall-orchestrator", "landfall-sim", "tokio", "hyper"];
    let browser = [
        "landfall",
        "landfall-sim",
        "wasm-bindgen",
        "js-sys",
        "web-sys",
        "gloo-net",
    ];
    for name in dependencies("Cargo.toml") {
        assert!(
            !native.contains(&name.as_str()),
            "the wasm client must not depend on {name}"
        );
    }
    for name in dependencies("crates/orchestrator/Cargo.toml") {
        assert!(
            !browser.contains(&name.as_str()),
            "the daemon must not depend on {name}"
        );
    }
    for name in dependencies("crates/sim/Cargo.toml") {
        let host = name == "landfall"
            || name == "landfall-orchestrator"
            || browser[2..].contains(&name.as_str());
        assert!(!host, "the simulator must not depend on {name}");
    }
}

#[test]
fn inside_the_protocol_arrows_point_downwards() {
    for (folder, above) in [
        (
            "crates/protocol/src/catalog",
            &[
                "crate::probe",
                "crate::resolver",
                "crate::readers",
                "crate::snapshot",
            ][..],
        ),
        (
            "crates/protocol/src/readers",
            &["crate::probe", "crate::resolver", "crate::snapshot"],
        ),
        (
            "crates/protocol/src/probe",
            &["crate::resolver", "crate::snapshot"],
        ),
        (
            "crates/protocol/src/throttle",
            &["crate::probe", "crate::resolver", "crate::catalog"],
        ),
    ] {
        never(folder, &[".rs"], above);
    }
}

#[test]
fn one_place_converts_between_rust_and_javascript() {
    for (path, text) in sources("src", &[".rs"]) {
        assert!(
            path == "src/convert.rs" || !text.contains("serde_wasm_bindgen::"),
            "{path} converts"
        );
    }
}

#[test]
fn the_core_of_the_package_knows_no_framework_and_the_dashboard_is_an_ordinary_user() {
    never(
        "www/lib/core",
        &[".ts", ".tsx"],
        &[
            "from 'react'",
            "from \"react\"",
            "../react",
            "from '../devtools/",
        ],
    );
    never("www/app", &[".ts", ".tsx"], &["/lib/", "wasm-bindgen"]);
}

#[test]
fn the_page_names_every_room() {
    let page = read("docs/architecture.md");
    for folder in [
        "src",
        "src/effects",
        "crates/protocol/src",
        "crates/orchestrator/src",
        "crates/orchestrator/src/http",
        "crates/sim/src",
        "www/lib",
        "www/app",
    ] {
        for entry in fs::read_dir(root().join(folder)).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            if path.is_dir() && name != "dist" || path.extension().is_some_and(|it| it == "rs") {
                let known = matches!(name.as_str(), "lib" | "main" | "mod");
                assert!(
                    known || page.contains(&format!("`{name}`")),
                    "docs/architecture.md does not name `{name}` of {folder}"
                );
            }
        }
    }
}

//! The golden corpus of catalog documents: read by this and every later version.

use landfall_protocol::catalog::Document;
use landfall_protocol::id::MAX_COUNT;
use serde_json::{Value, json};
use std::path::PathBuf;

type Catalog = Document<Value>;

fn corpus(kind: &str) -> Vec<(String, Value)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/corpus/catalog")
        .join(kind);
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap().path())
        .collect();
    files.sort();
    let read = |path: PathBuf| {
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        (
            name,
            serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap(),
        )
    };
    files.into_iter().map(read).collect()
}

#[test]
fn every_valid_document_is_read_and_written_back_with_the_same_meaning() {
    let files = corpus("valid");
    assert!(files.len() >= 3, "the corpus is there");
    for (name, json) in files {
        let document =
            Catalog::from_json(&json).unwrap_or_else(|refused| panic!("{name}: {refused}"));
        let mut written = serde_json::to_value(document.to_wire().unwrap()).unwrap();
        if let Some(config) = &document.config {
            written["config"] = config.clone();
        }
        assert_eq!(Catalog::from_json(&written).unwrap(), document, "{name}");
    }
}

#[test]
fn every_bad_document_is_refused_with_the_code_it_is_named_after() {
    let files = corpus("refused");
    assert!(files.len() >= 20, "the corpus is there");
    for (name, json) in files {
        let refused = Catalog::from_json(&json).expect_err(&name);
        assert_eq!(
            refused.code.as_str(),
            name.split('.').next().unwrap(),
            "{name}: {refused}"
        );
    }
}

#[test]
fn a_refusal_names_the_place_the_value_and_the_remedy() {
    let json = json!({
        "landfall": 1, "epoch": {"registry": "a", "boot": 0}, "revision": 0,
        "services": [{"name": "shop", "endpoints": {"buy": {"path": "buy"}}}]
    });
    assert_eq!(
        Catalog::from_json(&json).unwrap_err().to_string(),
        "services/shop/endpoints/buy/path is not a path template: it begins with one '/' and has variables like {id}: buy"
    );
}

#[test]
fn config_passes_through_untouched() {
    let config = json!({"a": [1, 2.5, {"__proto__": null}], "API_BASE_URL": 7});
    let json = json!({"landfall": 1, "epoch": {"registry": "a", "boot": 0}, "revision": 0, "config": config});
    assert_eq!(Catalog::from_json(&json).unwrap().config, Some(config));
}

#[test]
fn counts_are_bounded() {
    let many = |count: usize| -> Value {
        let services: Vec<_> = (0..count)
            .map(|at| json!({"name": format!("s{at}")}))
            .collect();
        json!({"landfall": 1, "epoch": {"registry": "a", "boot": 0}, "revision": MAX_COUNT, "services": services})
    };
    assert!(Catalog::from_json(&many(16_384)).is_ok());
    assert_eq!(
        Catalog::from_json(&many(16_385)).unwrap_err().code.as_str(),
        "too-many"
    );
}

#[test]
fn null_is_absent() {
    assert_eq!(Node::get(json!({"a": null}).node(), "a"), None);
    assert_eq!(Node::get(json!([]).node(), "a"), None);
}

use landfall_protocol::json::{Json, Node};

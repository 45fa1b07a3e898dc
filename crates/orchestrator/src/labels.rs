//! Labels of a service: short texts by which views of the catalog are chosen, such as `team=shop`.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The most labels of one service.
pub(crate) const MAX_LABELS: usize = 16;
/// The longest key and the longest value, in bytes.
const MAX_KEY: usize = 64;
const MAX_VALUE: usize = 128;

/// Keys and values, in the order of the keys.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(
    try_from = "BTreeMap<String, String>",
    into = "BTreeMap<String, String>"
)]
pub struct Labels(BTreeMap<String, String>);

impl Labels {
    /// No labels.
    pub(crate) const NONE: Self = Self(BTreeMap::new());

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many bytes they take in a document at most: values may need escapes.
    pub(crate) fn size(&self) -> usize {
        let label = |(key, value): (&String, &String)| key.len() + 2 * value.len() + 6;
        self.0.iter().map(label).sum()
    }

    /// As the catalog document has them.
    pub(crate) fn to_wire(&self) -> BTreeMap<String, String> {
        self.0.clone()
    }
}

impl From<Labels> for BTreeMap<String, String> {
    fn from(labels: Labels) -> Self {
        labels.0
    }
}

impl TryFrom<BTreeMap<String, String>> for Labels {
    type Error = String;

    fn try_from(labels: BTreeMap<String, String>) -> Result<Self, String> {
        if labels.len() > MAX_LABELS {
            return Err(format!("a service has at most {MAX_LABELS} labels"));
        }
        for (key, value) in &labels {
            check(key, value)?;
        }
        Ok(Self(labels))
    }
}

/// Whether a label can be.
///
/// # Errors
/// What is wrong with it, and what to write instead.
pub(crate) fn check(key: &str, value: &str) -> Result<(), String> {
    let of_keys = |byte: u8| byte.is_ascii_alphanumeric() || b"._-/".contains(&byte);
    if key.is_empty() || key.len() > MAX_KEY || !key.bytes().all(of_keys) {
        return Err(format!(
            "{key:?} is not a key of a label: write 1 to {MAX_KEY} ASCII letters, digits and the signs . _ - /"
        ));
    }
    if value.len() > MAX_VALUE || !value.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
        return Err(format!(
            "{value:?} is not a value of a label: write at most {MAX_VALUE} printable ASCII characters"
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_few_short_and_plain() {
        let read = |json: &str| serde_json::from_str::<Labels>(json).map_err(|it| it.to_string());
        let labels = read(r#"{"team": "shop", "example.org/tier": "back end", "empty": ""}"#);
        let labels = labels.unwrap();
        assert_eq!(labels.to_wire()["team"], "shop");
        let written = serde_json::to_string(&labels).unwrap();
        assert_eq!(read(&written), Ok(labels));
        let many: BTreeMap<_, _> = (0..=MAX_LABELS).map(|n| (n.to_string(), "")).collect();
        for (json, reason) in [
            (serde_json::to_string(&many).unwrap(), "at most 16"),
            (r#"{"": "x"}"#.to_owned(), "is not a key"),
            (r#"{"a=b": "x"}"#.to_owned(), "is not a key"),
            (r#"{"a": "x\u202ey"}"#.to_owned(), "is not a value"),
            (r#"{"a": "x\ny"}"#.to_owned(), "is not a value"),
            (
                format!(r#"{{"a": "{}"}}"#, "x".repeat(129)),
                "is not a value",
            ),
            (r#"{"a": 1}"#.to_owned(), "invalid type"),
        ] {
            let refused = read(&json).unwrap_err();
            assert!(refused.contains(reason), "{json}: {refused}");
        }
    }
}

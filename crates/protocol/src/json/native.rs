//! The JSON of the native hosts.

use super::{Json, Node};
use serde_json::{Map, Value};

impl Json for Value {
    type Node<'a> = &'a Self;

    fn node(&self) -> &Self {
        self
    }

    fn null() -> Self {
        Self::Null
    }

    fn of_text(text: &str) -> Self {
        text.into()
    }

    fn of_count(count: u64) -> Self {
        count.into()
    }

    fn array() -> Self {
        Self::Array(Vec::new())
    }

    fn push(&mut self, element: Self) {
        if let Self::Array(elements) = self {
            elements.push(element);
        }
    }

    fn object() -> Self {
        Self::Object(Map::new())
    }

    fn set(&mut self, key: &str, value: Self) {
        if let Self::Object(members) = self {
            members.insert(key.to_owned(), value);
        }
    }
}

impl Node for &Value {
    type Kept = Value;

    fn keep(self) -> Value {
        self.clone()
    }

    fn get(self, key: &'static str) -> Option<Self> {
        self.as_object()?.get(key).filter(|value| !value.is_null())
    }

    fn is_object(self) -> bool {
        self.is_object()
    }

    fn text(self) -> Option<String> {
        self.as_str().map(str::to_owned)
    }

    fn count(self) -> Option<u64> {
        self.as_u64()
    }

    fn elements(self) -> Option<Vec<Self>> {
        Some(self.as_array()?.iter().collect())
    }

    fn members(self) -> Option<Vec<(String, Self)>> {
        let members = self.as_object()?.iter();
        let mut members: Vec<_> = members.map(|(name, it)| (name.clone(), it)).collect();
        members.sort_by(|(a, _), (b, _)| a.cmp(b));
        Some(members)
    }
}

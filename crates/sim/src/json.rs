//! JSON as the simulated host holds it: shared, because the same document is served many times.

use landfall_protocol::json::{Json, Node};
use serde_json::Value;
use std::rc::Rc;

/// A JSON value that is cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Shared(pub(crate) Rc<Value>);

impl Shared {
    pub(crate) fn new(value: Value) -> Self {
        Self(Rc::new(value))
    }
}

impl Json for Shared {
    type Node<'a> = Part<'a>;

    fn node(&self) -> Part<'_> {
        Part(&self.0)
    }

    fn null() -> Self {
        Self::new(Value::Null)
    }

    fn of_text(text: &str) -> Self {
        Self::new(text.into())
    }

    fn of_count(count: u64) -> Self {
        Self::new(count.into())
    }

    fn array() -> Self {
        Self::new(Json::array())
    }

    fn push(&mut self, element: Self) {
        Rc::make_mut(&mut self.0).push(Rc::unwrap_or_clone(element.0));
    }

    fn object() -> Self {
        Self::new(Json::object())
    }

    fn set(&mut self, key: &str, value: Self) {
        Rc::make_mut(&mut self.0).set(key, Rc::unwrap_or_clone(value.0));
    }
}

/// A part of a shared value.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Part<'a>(&'a Value);

impl Node for Part<'_> {
    type Kept = Shared;

    fn keep(self) -> Shared {
        Shared::new(self.0.keep())
    }

    fn get(self, key: &'static str) -> Option<Self> {
        Node::get(self.0, key).map(Self)
    }

    fn is_object(self) -> bool {
        self.0.is_object()
    }

    fn text(self) -> Option<String> {
        self.0.text()
    }

    fn count(self) -> Option<u64> {
        self.0.count()
    }

    fn elements(self) -> Option<Vec<Self>> {
        let elements = self.0.elements()?;
        Some(elements.into_iter().map(Self).collect())
    }

    fn members(self) -> Option<Vec<(String, Self)>> {
        let members = self.0.members()?.into_iter();
        Some(members.map(|(name, it)| (name, Self(it))).collect())
    }
}

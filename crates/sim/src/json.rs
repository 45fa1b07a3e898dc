//! JSON as the simulated host holds it: shared, because the same document is served many times.

use landfall_protocol::json::{Json, Malformed};
use serde::de::DeserializeOwned;
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
    fn get(&self, key: &str) -> Option<Self> {
        Json::get(&*self.0, key).map(Self::new)
    }

    fn read<T: DeserializeOwned>(&self) -> Result<T, Malformed> {
        Json::read(&*self.0)
    }

    fn is_object(&self) -> bool {
        self.0.is_object()
    }
}

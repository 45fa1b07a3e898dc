//! Endpoints as somebody declares them: in the settings file, or in a registration.

use super::names::{PathValue, ProtocolValue};
use landfall_protocol::endpoint::{Endpoint, Evidence};
use landfall_protocol::method::{Method, MethodSet};
use landfall_protocol::name::Name;
use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::fmt;

/// One endpoint.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct EndpointSettings {
    path: PathValue,
    #[serde(default)]
    methods: Methods,
    #[serde(default)]
    protocol: ProtocolValue,
}

impl EndpointSettings {
    /// The endpoint of this name. Its methods are known from the best evidence there is: somebody declared them.
    pub(crate) fn endpoint(&self, name: &Name) -> Endpoint {
        let mut endpoint = Endpoint::new(name.clone(), self.path.0.clone(), self.protocol.0);
        endpoint.learn(Evidence::Catalog, self.methods.0.iter());
        endpoint
    }
}

/// Methods: a list of names, or an object whose keys they are, as the catalog document has it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
struct Methods(MethodSet);

impl<'de> Deserialize<'de> for Methods {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ListOrKeys).map(Self)
    }
}

struct ListOrKeys;

impl<'de> Visitor<'de> for ListOrKeys {
    type Value = MethodSet;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a list of HTTP methods, or an object that has them as keys")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut names: A) -> Result<MethodSet, A::Error> {
        let mut set = MethodSet::EMPTY;
        while let Some(method) = names.next_element()? {
            set.insert(method);
        }
        Ok(set)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<MethodSet, A::Error> {
        let mut set = MethodSet::EMPTY;
        // How somebody else came to know of a method does not count: the service itself declares it now.
        while let Some((method, IgnoredAny)) = entries.next_entry::<Method, _>()? {
            set.insert(method);
        }
        Ok(set)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn methods_are_a_list_or_the_keys_of_an_object() {
        let methods = |json: &str| {
            let settings: EndpointSettings =
                serde_json::from_str(&format!(r#"{{"path":"/a","methods":{json}}}"#))?;
            Ok::<_, serde_json::Error>(settings.methods.0)
        };
        let both = MethodSet::from_iter([Method::Get, Method::Put]);
        assert_eq!(methods(r#"["PUT","GET"]"#).unwrap(), both);
        assert_eq!(
            methods(r#"{"GET":"openapi","PUT":"catalog"}"#).unwrap(),
            both
        );
        for wrong in [r#""GET""#, "7", r#"["get"]"#, r#"{"BREW":"catalog"}"#] {
            assert!(methods(wrong).is_err(), "{wrong}");
        }
    }
}

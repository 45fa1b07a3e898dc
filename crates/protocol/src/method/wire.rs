//! Methods in documents: a method is its name, also as the key of a map; a set is a list of names.

use super::{Method, MethodSet};
use core::fmt;
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{Error, SeqAccess, Visitor},
};

impl Serialize for Method {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Method {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Name)
    }
}

struct Name;

impl Visitor<'_> for Name {
    type Value = Method;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("the name of an HTTP method")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Method, E> {
        name.parse().map_err(E::custom)
    }
}

impl Serialize for MethodSet {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

impl<'de> Deserialize<'de> for MethodSet {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(Names)
    }
}

struct Names;

impl<'de> Visitor<'de> for Names {
    type Value = MethodSet;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a list of HTTP methods")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut names: A) -> Result<MethodSet, A::Error> {
        let mut set = MethodSet::EMPTY;
        while let Some(method) = names.next_element()? {
            set.insert(method);
        }
        Ok(set)
    }
}

#[cfg(test)]
mod tests {
    use super::{Method, MethodSet};
    use std::collections::BTreeMap;

    #[test]
    fn a_method_is_its_name_also_as_a_key() {
        let map = BTreeMap::from([(Method::Put, Method::Get)]);
        let text = serde_json::to_string(&map).unwrap();
        assert_eq!(text, r#"{"PUT":"GET"}"#);
        assert_eq!(
            serde_json::from_str::<BTreeMap<Method, Method>>(&text).unwrap(),
            map
        );
    }

    #[test]
    fn a_set_is_a_list_in_a_fixed_order() {
        let set: MethodSet = serde_json::from_str(r#"["POST","GET","POST"]"#).unwrap();
        assert_eq!(serde_json::to_string(&set).unwrap(), r#"["GET","POST"]"#);
    }

    #[test]
    fn other_names_and_types_are_refused_with_a_reason() {
        let refusal = |text| {
            serde_json::from_str::<Method>(text)
                .unwrap_err()
                .to_string()
        };
        assert!(refusal(r#""get""#).contains("case-sensitive"));
        assert!(refusal(r#""CONNECT""#).contains("none of GET"));
        assert!(refusal("7").contains("the name of an HTTP method"));
        assert!(serde_json::from_str::<MethodSet>(r#"["GET","x"]"#).is_err());
    }
}

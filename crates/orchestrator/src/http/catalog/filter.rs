//! Which services a view of the catalog shows: `?service=NAME&label=KEY=VALUE`.

use crate::http::query::values;
use crate::labels::check;
use landfall_protocol::name::Name;
use std::hash::{DefaultHasher, Hash, Hasher};

/// The most conditions of one view.
const MAX_CONDITIONS: usize = 8;

/// A view: the services with one of the names, if any is given, that have all of the labels.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Filter {
    services: Vec<String>,
    labels: Vec<(String, String)>,
}

impl Filter {
    /// What a query asks for; `None` for the whole catalog. Other parameters say nothing here.
    ///
    /// # Errors
    /// What is wrong with a condition, and what to write instead.
    pub(crate) fn read(query: Option<&str>) -> Result<Option<Self>, String> {
        let Some(query) = query else { return Ok(None) };
        let mut services = Vec::new();
        for name in values(query, "service") {
            let name = name?;
            Name::parse(&name).map_err(|refused| format!("service: {refused}"))?;
            services.push(name);
        }
        let mut labels = Vec::new();
        for label in values(query, "label") {
            let label = label?;
            let (key, value) = label
                .split_once('=')
                .ok_or_else(|| format!("label: {label:?} has no value: write label=key=value"))?;
            check(key, value).map_err(|reason| format!("label: {reason}"))?;
            labels.push((key.to_owned(), value.to_owned()));
        }
        if services.len() + labels.len() > MAX_CONDITIONS {
            return Err(format!("a view has at most {MAX_CONDITIONS} conditions"));
        }
        if services.is_empty() && labels.is_empty() {
            return Ok(None);
        }
        // One view, however it is asked for.
        services.sort_unstable();
        services.dedup();
        labels.sort_unstable();
        labels.dedup();
        Ok(Some(Self { services, labels }))
    }

    /// Whether a service of this name may be in it.
    pub(super) fn names(&self, name: &str) -> bool {
        self.services.is_empty() || self.services.iter().any(|it| it == name)
    }

    /// Whether labels are all that it asks for.
    pub(super) fn has_labels(&self, of_service: impl Fn(&str) -> Option<String>) -> bool {
        let mut labels = self.labels.iter();
        labels.all(|(key, value)| of_service(key).as_ref() == Some(value))
    }

    /// Whether it asks for labels at all.
    pub(super) const fn asks_for_labels(&self) -> bool {
        !self.labels.is_empty()
    }

    /// Tells it from others in an entity tag.
    pub(super) fn digest(&self) -> u64 {
        // The same in every run of one build.
        let mut hasher = DefaultHasher::new();
        self.hash(&mut hasher);
        hasher.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_view_is_the_same_however_it_is_asked_for() {
        let read = |query: &str| Filter::read(Some(query)).unwrap();
        let view = read("service=a&service=b&label=team=shop");
        assert!(view.is_some());
        assert_eq!(
            view,
            read("label=team%3Dshop&service=b&x=y&service=a&service=b")
        );
        assert_ne!(view, read("service=a&label=team=shop"));
        for whole in ["", "x=y", "services=a", "&&"] {
            assert_eq!(read(whole), None, "{whole}");
        }
        assert_eq!(Filter::read(None), Ok(None));
    }

    #[test]
    fn a_condition_that_cannot_be_meant_is_refused() {
        let many = "service=a&".repeat(9);
        for (query, reason) in [
            ("service=", "service: "),
            ("service=a%E2%80%AEb", "service: "),
            ("service=%ff", "UTF-8"),
            ("label=team", "label=key=value"),
            ("label==x", "is not a key"),
            ("label=team=a%00b", "is not a value"),
            (&many, "at most 8 conditions"),
        ] {
            let refused = Filter::read(Some(query)).unwrap_err();
            assert!(refused.contains(reason), "{query}: {refused}");
        }
    }
}

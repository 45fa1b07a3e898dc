//! Whether a concrete path is one of a template's.
//!
//! A variable takes as little as it can, and more when what follows does not fit. Only the latest variable of each kind
//! has to be tried again: what an earlier one could reach, it has left to those after it. So the time is at most the square of
//! the path's length, whatever the template, where plain backtracking would take exponential time.

use super::{
    MAX_BYTES, PathTemplate,
    parts::{Part, Parts},
};

impl PathTemplate {
    /// Whether `path` (as it stands in a URL, percent-encoded in upper case, without a query) is one of this template's.
    ///
    /// A variable stands for one character or more other than a slash; one marked `:path` for any number of any, as in Starlette.
    /// A path longer than [`MAX_BYTES`] never matches.
    pub fn matches(&self, path: &str) -> bool {
        if path.len() > MAX_BYTES || path.contains(['?', '#']) {
            return false;
        }
        let mut place = Place {
            parts: self.parts(),
            rest: path,
        };
        let mut in_segment: Option<Place<'_>> = None;
        let mut over_slashes: Option<Place<'_>> = None;
        loop {
            let fits = match place.parts.next() {
                None if place.rest.is_empty() => return true,
                None => None,
                Some(Part::Literal(text)) => {
                    place.rest.strip_prefix(text).map(|rest| place.with(rest))
                }
                Some(Part::Variable {
                    keeps_slashes: false,
                    ..
                }) => {
                    in_segment = place.one_more().filter(|_| !place.rest.starts_with('/'));
                    in_segment.clone()
                }
                Some(Part::Variable {
                    keeps_slashes: true,
                    ..
                }) => {
                    in_segment = None;
                    over_slashes = Some(place.clone());
                    Some(place.clone())
                }
            };
            let Some(next) = fits.or_else(|| again(&mut in_segment, &mut over_slashes)) else {
                return false;
            };
            place = next;
        }
    }
}

/// The latest variable takes one character more.
fn again<'a>(
    in_segment: &mut Option<Place<'a>>,
    over_slashes: &mut Option<Place<'a>>,
) -> Option<Place<'a>> {
    *in_segment = in_segment
        .take()
        .filter(|place| !place.rest.starts_with('/'))
        .and_then(|place| place.one_more());
    if in_segment.is_none() {
        *over_slashes = over_slashes.take().and_then(|place| place.one_more());
        return over_slashes.clone();
    }
    in_segment.clone()
}

/// How far the matching has come: the parts that are still to be found, in what is left of the path.
#[derive(Clone)]
struct Place<'a> {
    parts: Parts<'a>,
    rest: &'a str,
}

impl<'a> Place<'a> {
    fn with(&self, rest: &'a str) -> Self {
        Self {
            parts: self.parts.clone(),
            rest,
        }
    }

    fn one_more(&self) -> Option<Self> {
        let mut rest = self.rest.chars();
        rest.next().map(|_| self.with(rest.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::{MAX_BYTES, Part, PathTemplate};
    use proptest::prelude::*;

    fn matches(template: &str, path: &str) -> bool {
        PathTemplate::parse(template).unwrap().matches(path)
    }

    #[test]
    fn a_variable_is_one_segment_or_a_stretch_of_it() {
        assert!(matches("/items/{id}", "/items/7"));
        assert!(matches("/items/{id}", "/items/a%2Fb"));
        assert!(matches("/{a}-{b}.json", "/1-2-3.json"));
        assert!(matches("/caf\u{e9}", "/caf%C3%A9"));
        for path in [
            "/items/",
            "/items",
            "/items/7/",
            "/items/7/8",
            "/items/7?x",
            "items/7",
            "",
        ] {
            assert!(!matches("/items/{id}", path), "{path}");
        }
    }

    #[test]
    fn a_path_variable_is_any_number_of_segments() {
        for path in ["/files/", "/files/a", "/files/a/b.txt", "/files//"] {
            assert!(matches("/files/{p:path}", path), "{path}");
        }
        assert!(!matches("/files/{p:path}", "/files"));
        assert!(matches(
            "/files/{p:path}/meta/{x}.json",
            "/files/a/meta/b/meta/c.json"
        ));
        assert!(!matches(
            "/files/{p:path}/meta/{x}.json",
            "/files/a/meta/b/meta/c/d.json"
        ));
    }

    #[test]
    fn the_longest_and_worst_path_is_answered() {
        let template = "/{p:path}a{x}".repeat(16) + "b";
        let path = "/a".repeat(MAX_BYTES / 2);
        assert!(!matches(&template, &path));
        assert!(!matches("/{x}", &("/".to_owned() + &"a".repeat(MAX_BYTES))));
    }

    /// The definition, by plain backtracking.
    fn model(parts: &[Part<'_>], path: &str) -> bool {
        let Some((part, parts)) = parts.split_first() else {
            return path.is_empty();
        };
        match part {
            Part::Literal(text) => path
                .strip_prefix(text)
                .is_some_and(|rest| model(parts, rest)),
            Part::Variable { keeps_slashes, .. } => (0..=path.len()).any(|taken| {
                let (value, rest) = path.split_at(taken);
                (*keeps_slashes || !(value.is_empty() || value.contains('/'))) && model(parts, rest)
            }),
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4_096))]
        #[test]
        fn it_finds_what_plain_backtracking_finds(
            template in r"/([ab/]|\{x\}|\{x:path\}){0,6}", path in "/[ab/]{0,9}",
        ) {
            if let Ok(template) = PathTemplate::parse(&template) {
                let parts: Vec<_> = template.parts().collect();
                prop_assert_eq!(template.matches(&path), model(&parts, &path));
            }
        }
    }
}

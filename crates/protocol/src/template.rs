//! Path templates: `/items/{item_id}`, `/files/{file_path:path}`.
//!
//! The grammar is what URI Template level 1 (RFC 6570) and OpenAPI path templating have in common, and two things beyond:
//! a variable's name may hold a hyphen or a letter outside ASCII, as OpenAPI allows and real APIs have (`{user-id}`), and
//! Starlette's converter `:path` marks a variable whose value keeps its slashes. Queries and fragments are no part of a path.

mod expand;
mod matching;
mod parse;
mod parts;
mod percent;

use core::fmt;

pub use expand::{ExpandError, MAX_EXPANDED_BYTES};
pub use parse::{MAX_BYTES, MAX_VARIABLES, TemplateError};
use parts::{Part, Parts};

/// A valid path template. Literal text is kept as it goes into a URL: characters outside ASCII are percent-encoded.
///
/// ```
/// use landfall_protocol::template::PathTemplate;
///
/// let template = PathTemplate::parse("/items/{item_id}/notes")?;
/// let path = template.expand(&|name| (name == "item_id").then_some("a/b"));
/// assert_eq!(path.as_deref(), Ok("/items/a%2Fb/notes"));
/// assert!(template.matches("/items/7/notes"));
/// assert!(template.same_shape(&PathTemplate::parse("/items/{id}/notes")?));
/// # Ok::<(), landfall_protocol::template::TemplateError>(())
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PathTemplate(Box<str>);

impl PathTemplate {
    /// The template as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The names of the variables in order of appearance; a name that is used twice comes twice.
    pub fn variables(&self) -> impl Iterator<Item = &str> {
        self.parts().filter_map(|part| match part {
            Part::Literal(_) => None,
            Part::Variable { name, .. } => Some(name),
        })
    }

    /// Whether both describe the same paths, whatever they call their variables.
    ///
    /// `:path` is not compared: FastAPI leaves it out of its OpenAPI document, so the same route is known with and without.
    pub fn same_shape(&self, other: &Self) -> bool {
        let text = |part| match part {
            Part::Literal(text) => Some(text),
            Part::Variable { .. } => None,
        };
        self.parts().map(text).eq(other.parts().map(text))
    }

    fn parts(&self) -> Parts<'_> {
        Parts::new(&self.0)
    }
}

impl fmt::Display for PathTemplate {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(&self.0)
    }
}

impl fmt::Debug for PathTemplate {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, out)
    }
}

#[cfg(test)]
mod tests {
    use super::PathTemplate;

    fn template(text: &str) -> PathTemplate {
        PathTemplate::parse(text).unwrap()
    }

    #[test]
    fn variables_come_in_order() {
        let names = |text| {
            template(text)
                .variables()
                .map(str::to_owned)
                .collect::<Vec<_>>()
        };
        assert_eq!(names("/a/{x}-{y}/{z:path}"), ["x", "y", "z"]);
        assert_eq!(names("/a"), [""; 0]);
    }

    #[test]
    fn the_shape_is_what_is_left_without_the_names() {
        let same = |a, b| template(a).same_shape(&template(b));
        assert!(same("/items/{id}", "/items/{item_id}"));
        assert!(same("/caf\u{e9}/{a}", "/caf%c3%a9/{b}"));
        assert!(same("/files/{file_path:path}", "/files/{file_path}"));
        assert!(!same("/items/{id}", "/items/{id}/"));
        assert!(!same("/items/{id}", "/items/id"));
        assert!(!same("/{a}{b}", "/{a}"));
    }
}

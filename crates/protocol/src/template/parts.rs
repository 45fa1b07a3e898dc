//! The parts of a valid template, read off its text: a template in memory is its text and nothing more.

/// A stretch of a template.
#[derive(Clone, Copy)]
pub(super) enum Part<'t> {
    /// Text that stands for itself, in the form it has in a URL.
    Literal(&'t str),
    /// A place for a value.
    Variable { name: &'t str, keeps_slashes: bool },
}

/// The parts from some point of a template to its end.
#[derive(Clone)]
pub(super) struct Parts<'t>(&'t str);

impl<'t> Parts<'t> {
    pub(super) const fn new(template: &'t str) -> Self {
        Self(template)
    }
}

/// The mark, after its name, of a variable that keeps its slashes (Starlette's path converter).
pub(super) const KEEPS_SLASHES: &str = ":path";

impl<'t> Iterator for Parts<'t> {
    type Item = Part<'t>;

    fn next(&mut self) -> Option<Part<'t>> {
        if let Some((expression, rest)) = self
            .0
            .strip_prefix('{')
            .and_then(|rest| rest.split_once('}'))
        {
            self.0 = rest;
            let name = expression.strip_suffix(KEEPS_SLASHES);
            return Some(Part::Variable {
                name: name.unwrap_or(expression),
                keeps_slashes: name.is_some(),
            });
        }
        let end = self.0.find('{').and_then(|at| self.0.split_at_checked(at));
        let (literal, rest) = end.unwrap_or((self.0, ""));
        self.0 = rest;
        (!literal.is_empty()).then_some(Part::Literal(literal))
    }
}

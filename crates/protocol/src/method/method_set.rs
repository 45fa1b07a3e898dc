//! A set of methods in one byte.

use super::Method;
use core::fmt;

/// A set of [`Method`]s, iterated in the order of [`Method::ALL`].
///
/// ```
/// use landfall_protocol::method::{Method, MethodSet};
///
/// let set = MethodSet::from_iter([Method::Delete, Method::Get]);
/// assert!(set.contains(Method::Get) && !set.contains(Method::Put));
/// assert!(set.iter().eq([Method::Get, Method::Delete]));
/// ```
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct MethodSet(u8);

impl MethodSet {
    /// No method.
    pub const EMPTY: Self = Self(0);

    /// Adds a method; false when it was there already.
    pub const fn insert(&mut self, method: Method) -> bool {
        let added = !self.contains(method);
        self.0 |= bit(method);
        added
    }

    /// Whether the method is in the set.
    pub const fn contains(self, method: Method) -> bool {
        self.0 & bit(method) != 0
    }

    /// Whether no method is in the set.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// How many methods are in the set.
    pub const fn len(self) -> u32 {
        self.0.count_ones()
    }

    /// The methods of either set.
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// The methods of this set that the other lacks.
    pub const fn difference(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// The only method, when there is exactly one.
    pub fn only(self) -> Option<Method> {
        self.iter().next().filter(|_| self.len() == 1)
    }

    /// The methods, in the order of [`Method::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Method> {
        Method::ALL
            .into_iter()
            .filter(move |method| self.contains(*method))
    }
}

const fn bit(method: Method) -> u8 {
    1 << method as u8
}

impl FromIterator<Method> for MethodSet {
    fn from_iter<I: IntoIterator<Item = Method>>(methods: I) -> Self {
        let mut set = Self::EMPTY;
        for method in methods {
            set.insert(method);
        }
        set
    }
}

impl fmt::Debug for MethodSet {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_set().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::{Method, MethodSet};
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    #[test]
    fn only_is_the_method_of_a_set_of_one() {
        assert_eq!(MethodSet::EMPTY.only(), None);
        assert_eq!(
            MethodSet::from_iter([Method::Trace]).only(),
            Some(Method::Trace)
        );
        assert_eq!(
            MethodSet::from_iter([Method::Trace, Method::Get]).only(),
            None
        );
    }

    proptest! {
        #[test]
        fn it_behaves_as_an_ordered_set(
            a in prop::collection::vec(prop::sample::select(&Method::ALL[..]), 0..12),
            b in prop::collection::vec(prop::sample::select(&Method::ALL[..]), 0..12),
        ) {
            let model = |methods: &[Method]| methods.iter().copied().collect::<BTreeSet<_>>();
            let (model_a, model_b) = (model(&a), model(&b));
            let mut set = MethodSet::EMPTY;
            let mut seen = BTreeSet::new();
            for method in &a {
                prop_assert_eq!(set.insert(*method), seen.insert(*method));
            }
            let other = MethodSet::from_iter(b);
            prop_assert!(set.iter().eq(model_a.iter().copied()));
            prop_assert_eq!(set.len() as usize, model_a.len());
            prop_assert_eq!(set.is_empty(), model_a.is_empty());
            prop_assert!(set.union(other).iter().eq(model_a.union(&model_b).copied()));
            prop_assert!(set.difference(other).iter().eq(model_a.difference(&model_b).copied()));
        }
    }
}

//! What was made of a header field's value the last time: the same clients ask again and again, with the same fields.

use std::cell::RefCell;

/// Longer values are looked at anew each time.
const MAX_REMEMBERED: usize = 256;

/// The last value of a field, and what was made of it.
#[derive(Debug, Default)]
pub(crate) struct Last<T>(RefCell<(Vec<u8>, Option<T>)>);

impl<T: Copy> Last<T> {
    /// Nothing yet.
    pub(crate) const fn new() -> Self {
        Self(RefCell::new((Vec::new(), None)))
    }

    /// What `make` made of this value the last time, or makes of it now. It makes the same of a value each time.
    pub(crate) fn get(&self, value: &[u8], make: impl FnOnce() -> T) -> T {
        if let (last, Some(made)) = &*self.0.borrow()
            && last == value
        {
            return *made;
        }
        let made = make();
        if value.len() <= MAX_REMEMBERED {
            let (last, of_it) = &mut *self.0.borrow_mut();
            last.clear();
            last.extend_from_slice(value);
            *of_it = Some(made);
        }
        made
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    #[test]
    fn a_value_is_looked_at_once_in_a_row() {
        let (last, looked) = (Last::new(), Cell::new(0));
        let length = |value: &[u8]| {
            last.get(value, || {
                looked.set(looked.get() + 1);
                value.len()
            })
        };
        for (value, times) in [
            ("", 1),
            ("", 1),
            ("gzip", 2),
            ("gzip", 2),
            ("br", 3),
            ("gzip", 4),
        ] {
            assert_eq!(
                (length(value.as_bytes()), looked.get()),
                (value.len(), times)
            );
        }
        let long = [b'x'; MAX_REMEMBERED + 1];
        for times in [5, 6] {
            assert_eq!((length(&long), looked.get()), (long.len(), times));
        }
        assert_eq!((length(b"gzip"), looked.get()), (4, 6));
    }
}

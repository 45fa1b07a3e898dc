//! The `Allow` header (RFC 9110 section 10.2.1): which methods a server says a path has.
//!
//! What it says is a claim, not a proof: some frameworks name only one route's methods in a 405. How much it is worth is
//! for [`Evidence`](crate::endpoint::Evidence) to say.

use crate::{field_list, method::MethodSet};

/// What an `Allow` header names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Allow {
    /// The methods that an endpoint can have.
    pub methods: MethodSet,
    /// How many other members there were: extension methods (`PROPFIND`), other spellings (`get`), garbage.
    pub unknown: u16,
}

/// Reads the value of an `Allow` header. Anything goes: what is no method is counted, empty members and white space are not,
/// and of a value longer than 1,024 bytes nothing is read.
///
/// ```
/// use landfall_protocol::{method::Method, readers::allow};
///
/// let allow = allow::read("GET, PUT,, PROPFIND");
/// assert!(allow.methods.iter().eq([Method::Get, Method::Put]));
/// assert_eq!(allow.unknown, 1);
/// ```
pub fn read(value: &str) -> Allow {
    let mut allow = Allow::default();
    for member in field_list::members(value) {
        match member.parse() {
            Ok(method) => {
                allow.methods.insert(method);
            }
            Err(_) => allow.unknown += 1,
        }
    }
    allow
}

#[cfg(test)]
mod tests {
    use super::read;
    use crate::method::{Method, MethodSet};
    use proptest::prelude::*;

    fn methods(value: &str) -> Vec<&'static str> {
        read(value).methods.iter().map(Method::as_str).collect()
    }

    #[test]
    fn headers_as_real_servers_send_them() {
        assert_eq!(methods("GET"), ["GET"]);
        assert_eq!(methods("GET, HEAD, OPTIONS"), ["GET", "HEAD", "OPTIONS"]);
        assert_eq!(methods("PUT,DELETE ,\tGET,GET"), ["GET", "PUT", "DELETE"]);
        assert_eq!(methods(""), [""; 0]);
    }

    #[test]
    fn what_is_no_method_is_counted() {
        let allow = read("get, PROPFIND, \"POST\", GET POST, ,PATCH");
        assert_eq!(allow.methods, MethodSet::from_iter([Method::Patch]));
        assert_eq!(allow.unknown, 4);
    }

    proptest! {
        #[test]
        fn whatever_is_sent_it_is_read_and_a_written_set_comes_back(
            garbage in any::<String>(), set in prop::collection::vec(prop::sample::select(&Method::ALL[..]), 0..9),
        ) {
            read(&garbage);
            let names: Vec<_> = set.iter().map(|method| method.as_str()).collect();
            let allow = read(&names.join(" ,, "));
            prop_assert_eq!((allow.methods, allow.unknown), (MethodSet::from_iter(set), 0));
        }
    }
}

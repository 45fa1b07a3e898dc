//! Who a found service is, whatever port it has: what its process is called, and what its API says.

use landfall_protocol::endpoint::Endpoint;
use landfall_protocol::name::Name;

/// What identifies a found service over restarts of itself: what its process is called and what its API says.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Identity {
    /// The name of the process.
    pub(crate) process: String,
    /// The digest of the API's title and endpoints.
    pub(crate) fingerprint: u64,
}

/// The identity of a service; `None` when it says nothing of itself, so that any other could be mistaken for it.
#[must_use]
pub(crate) fn of(process: &str, title: Option<&Name>, endpoints: &[Endpoint]) -> Option<Identity> {
    if endpoints.is_empty() {
        return None;
    }
    let mut lines: Vec<String> = endpoints
        .iter()
        .flat_map(|endpoint| {
            let line = |method: &str| format!("{method} {}", endpoint.path);
            let methods: Vec<_> = endpoint
                .methods()
                .iter()
                .map(|(method, _)| line(method.as_str()))
                .collect();
            if methods.is_empty() {
                vec![line(endpoint.protocol.as_str())]
            } else {
                methods
            }
        })
        .collect();
    lines.sort_unstable();
    let title = title.map_or("", Name::as_str);
    let fingerprint = lines.iter().fold(digest(title.as_bytes()), |seed, line| {
        fnv(fnv(seed, b"\n"), line.as_bytes())
    });
    Some(Identity {
        process: process.to_owned(),
        fingerprint,
    })
}

/// A digest that is the same in every version of the daemon. Tells changed from unchanged; it is no protection against
/// somebody who wants two texts to look alike.
#[must_use]
pub(crate) fn digest(bytes: &[u8]) -> u64 {
    fnv(0xcbf2_9ce4_8422_2325, bytes)
}

/// FNV-1a, 64 bits (<http://www.isthe.com/chongo/tech/comp/fnv/>).
fn fnv(seed: u64, bytes: &[u8]) -> u64 {
    bytes.iter().fold(seed, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use landfall_protocol::endpoint::Evidence;
    use landfall_protocol::method::Method;
    use landfall_protocol::template::PathTemplate;

    fn endpoint(path: &str, methods: &[Method]) -> Endpoint {
        let mut endpoint = Endpoint::unnamed(PathTemplate::parse(path).unwrap()).unwrap();
        endpoint.learn(Evidence::OpenApi, methods.iter().copied());
        endpoint
    }

    fn identity(process: &str, title: &str, endpoints: &[Endpoint]) -> Option<Identity> {
        of(process, Name::parse(title).ok().as_ref(), endpoints)
    }

    #[test]
    fn the_same_api_of_the_same_program_is_the_same_service() {
        let (items, users) = (
            endpoint("/items", &[Method::Get, Method::Post]),
            endpoint("/users", &[Method::Get]),
        );
        let one = identity("uvicorn", "Items", &[items.clone(), users.clone()]);
        assert!(one.is_some());
        assert_eq!(
            one,
            identity("uvicorn", "Items", &[users.clone(), items.clone()])
        );
        for other in [
            identity("gunicorn", "Items", &[items.clone(), users.clone()]),
            identity("uvicorn", "Users", &[items.clone(), users.clone()]),
            identity("uvicorn", "Items", std::slice::from_ref(&items)),
            identity(
                "uvicorn",
                "Items",
                &[endpoint("/items", &[Method::Get]), users],
            ),
        ] {
            assert_ne!(one, other);
        }
    }

    #[test]
    fn what_says_nothing_of_itself_is_nobody_in_particular() {
        assert_eq!(identity("nginx", "", &[]), None);
        assert_eq!(identity("python3", "FastAPI", &[]), None);
    }

    #[test]
    fn the_digest_is_fnv_1a() {
        assert_eq!(digest(b""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(digest(b"foobar"), 0x8594_4171_f739_67e8);
    }
}

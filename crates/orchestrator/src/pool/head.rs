//! The head of a response: status, headers, and how its body ends (RFC 9112, section 6.3).
//!
//! What makes the end of a body doubtful makes the connection unfit for another request, so that no later check can
//! be answered with the rest of an earlier one.

use landfall_protocol::method::SafeMethod;

/// The largest head that is read, in bytes.
pub(crate) const MAX_HEAD: usize = 16 * 1_024;
/// The most header fields that are read.
const MAX_FIELDS: usize = 100;

/// How a body ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Framing {
    /// After this many bytes.
    Length(u64),
    /// With the last chunk.
    Chunked,
    /// With the connection.
    Close,
}

/// A parsed head.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Head {
    /// The status code.
    pub(crate) status: u16,
    /// Bytes that the head takes.
    pub(crate) len: usize,
    /// How the body ends.
    pub(crate) framing: Framing,
    /// Whether the server keeps the connection open after this response.
    pub(crate) keep_alive: bool,
}

/// The bytes are not the head of an HTTP/1 response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NotHttp;

impl Head {
    /// Parses what has arrived; `None` while the head is incomplete.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Option<Self>, NotHttp> {
        let mut fields = [httparse::EMPTY_HEADER; MAX_FIELDS];
        let mut response = httparse::Response::new(&mut fields);
        let len = match response.parse(bytes) {
            Ok(httparse::Status::Complete(len)) if len <= MAX_HEAD => len,
            Ok(httparse::Status::Partial) if bytes.len() <= MAX_HEAD => return Ok(None),
            Ok(_) | Err(_) => return Err(NotHttp),
        };
        let status = response
            .code
            .filter(|code| (100..=599).contains(code))
            .ok_or(NotHttp)?;
        let (mut length, mut coded, mut close, mut keep) = (None, None, false, false);
        for field in response.headers.iter() {
            let value = field.value.trim_ascii();
            if field.name.eq_ignore_ascii_case("content-length") {
                let parsed = decimal(value).ok_or(NotHttp)?;
                if length
                    .replace(parsed)
                    .is_some_and(|before| before != parsed)
                {
                    return Err(NotHttp);
                }
            } else if field.name.eq_ignore_ascii_case("transfer-encoding") {
                coded = Some(coded.is_none() && value.eq_ignore_ascii_case(b"chunked"));
            } else if field.name.eq_ignore_ascii_case("connection") {
                for option in value.split(|byte| *byte == b',').map(<[u8]>::trim_ascii) {
                    close |= option.eq_ignore_ascii_case(b"close");
                    keep |= option.eq_ignore_ascii_case(b"keep-alive");
                }
            }
        }
        let persistent = !close && (response.version == Some(1) || keep);
        let framing = match (coded, length) {
            _ if status < 200 || matches!(status, 204 | 304) => Framing::Length(0),
            (Some(true), _) => Framing::Chunked,
            (None, Some(length)) => Framing::Length(length),
            (Some(false), _) | (None, None) => Framing::Close,
        };
        // Both at once is how responses are smuggled (RFC 9112, section 6.1).
        let doubtful = framing == Framing::Close || coded.is_some() && length.is_some();
        Ok(Some(Self {
            status,
            len,
            framing,
            keep_alive: persistent && !doubtful,
        }))
    }
}

/// The value of the first header field `name` in a head that [`Head::parse`] has accepted.
pub(crate) fn field<'h>(head: &'h [u8], name: &str) -> Option<&'h str> {
    let mut fields = [httparse::EMPTY_HEADER; MAX_FIELDS];
    let mut response = httparse::Response::new(&mut fields);
    response.parse(head).ok()?;
    let found = response
        .headers
        .iter()
        .find(|field| field.name.eq_ignore_ascii_case(name))?;
    std::str::from_utf8(found.value).ok().map(str::trim)
}

/// Writes a request without a body: safe methods have none.
pub(crate) fn write_request(buffer: &mut Vec<u8>, method: SafeMethod, target: &str, host: &str) {
    for part in [
        method.as_str(),
        " ",
        target,
        " HTTP/1.1\r\nHost: ",
        host,
        concat!(
            "\r\nUser-Agent: landfall/",
            env!("CARGO_PKG_VERSION"),
            "\r\nAccept: application/json, */*;q=0.8\r\n\r\n"
        ),
    ] {
        buffer.extend_from_slice(part.as_bytes());
    }
}

fn decimal(value: &[u8]) -> Option<u64> {
    let digits = (1..=18).contains(&value.len()) && value.iter().all(u8::is_ascii_digit);
    std::str::from_utf8(value)
        .ok()
        .filter(|_| digits)?
        .parse()
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Option<Head>, NotHttp> {
        Head::parse(text.as_bytes())
    }

    fn whole(text: &str) -> (u16, Framing, bool) {
        let head = parse(text).unwrap().unwrap();
        assert_eq!(head.len, text.find("\r\n\r\n").unwrap() + 4);
        (head.status, head.framing, head.keep_alive)
    }

    #[test]
    fn the_end_of_the_body_is_as_the_rfc_says() {
        for (text, is) in [
            (
                "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
                (200, Framing::Length(5), true),
            ),
            (
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
                (200, Framing::Chunked, true),
            ),
            ("HTTP/1.1 200 OK\r\n\r\n", (200, Framing::Close, false)),
            (
                "HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\n",
                (200, Framing::Length(5), false),
            ),
            (
                "HTTP/1.0 200 OK\r\nContent-Length: 5\r\nConnection: Keep-Alive\r\n\r\n",
                (200, Framing::Length(5), true),
            ),
            (
                "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: x, close\r\n\r\n",
                (200, Framing::Length(5), false),
            ),
            (
                "HTTP/1.1 204 No\r\nContent-Length: 5\r\n\r\n",
                (204, Framing::Length(0), true),
            ),
            ("HTTP/1.1 304 Not\r\n\r\n", (304, Framing::Length(0), true)),
        ] {
            assert_eq!(whole(text), is, "{text:?}");
        }
    }

    #[test]
    fn doubtful_framing_ends_the_connection() {
        let both = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n";
        assert_eq!(whole(both), (200, Framing::Chunked, false));
        let coded = "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n";
        assert_eq!(whole(coded), (200, Framing::Close, false));
        let twice =
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n";
        assert_eq!(whole(twice), (200, Framing::Close, false));
    }

    #[test]
    fn what_is_not_http_is_refused() {
        for bad in [
            "SSH-2.0-OpenSSH_9.2\r\n",
            "220 mail ESMTP\r\n",
            "HTTP/1.1 999 Odd\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n",
            "HTTP/2 200\r\n\r\n",
        ] {
            assert_eq!(parse(bad), Err(NotHttp), "{bad:?}");
        }
    }

    #[test]
    fn a_head_may_arrive_in_pieces_but_not_for_ever() {
        assert_eq!(parse("HTTP/1.1 200 OK\r\nContent-"), Ok(None));
        let long = format!("HTTP/1.1 200 OK\r\nX: {}", "y".repeat(MAX_HEAD));
        assert_eq!(parse(&long), Err(NotHttp));
        let many = format!("HTTP/1.1 200 OK\r\n{}\r\n", "X: y\r\n".repeat(101));
        assert_eq!(parse(&many), Err(NotHttp));
    }

    #[test]
    fn a_field_is_found_whatever_its_case() {
        let head = b"HTTP/1.1 405 No\r\nallow:  GET, PUT \r\n\r\n";
        assert_eq!(field(head, "Allow"), Some("GET, PUT"));
        assert_eq!(field(head, "Link"), None);
    }

    #[test]
    fn a_request_is_what_http_expects() {
        let mut bytes = Vec::new();
        write_request(&mut bytes, SafeMethod::Options, "/a?b", "localhost:1");
        let text = String::from_utf8(bytes).unwrap();
        assert!(text.starts_with("OPTIONS /a?b HTTP/1.1\r\nHost: localhost:1\r\n"));
        assert!(text.ends_with("\r\n\r\n"));
    }
}

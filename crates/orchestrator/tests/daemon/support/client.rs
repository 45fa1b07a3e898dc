//! A client on a plain socket, so that a test can send what no library would.

use serde_json::Value;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// A response.
#[derive(Debug)]
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) fields: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Response {
    /// The value of a header field, or nothing.
    pub(crate) fn field(&self, name: &str) -> &str {
        let found = self
            .fields
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map_or("", |(_, value)| value)
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

/// GET with further header fields.
pub(crate) fn get(address: SocketAddr, path: &str, fields: &[(&str, &str)]) -> Response {
    request(address, "GET", path, fields)
}

/// Any request without a body.
pub(crate) fn request(
    address: SocketAddr,
    method: &str,
    path: &str,
    fields: &[(&str, &str)],
) -> Response {
    let mut text = format!("{method} {path} HTTP/1.1\r\nConnection: close\r\n");
    if !fields.iter().any(|(name, _)| *name == "Host") {
        text.push_str(&format!("Host: {address}\r\n"));
    }
    for (name, value) in fields {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    text.push_str("\r\n");
    raw(address, text.as_bytes()).expect("a response")
}

/// Any request with a body.
pub(crate) fn send(
    address: SocketAddr,
    method: &str,
    path: &str,
    fields: &[(&str, &str)],
    body: &[u8],
) -> Response {
    let mut text = format!(
        "{method} {path} HTTP/1.1\r\nConnection: close\r\nHost: {address}\r\nContent-Length: {}\r\n",
        body.len()
    );
    for (name, value) in fields {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    text.push_str("\r\n");
    raw(address, &[text.as_bytes(), body].concat()).expect("a response")
}

/// Sends bytes and reads a response; `None` when the connection ends without one.
pub(crate) fn raw(address: SocketAddr, bytes: &[u8]) -> Option<Response> {
    exchange(connect(address), bytes)
}

/// Sends bytes on a connection and reads a response; `None` when the connection ends without one.
pub(crate) fn exchange(mut stream: TcpStream, bytes: &[u8]) -> Option<Response> {
    // The server may refuse before it has read everything.
    let _ = stream.write_all(bytes);
    let mut reader = BufReader::new(stream);
    let (status, fields) = read_head(&mut reader)?;
    let length = fields
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    let mut body = Vec::new();
    match length {
        // Says how long the body of a GET would be.
        Some(_) if bytes.starts_with(b"HEAD ") => {}
        Some((_, length)) => {
            body.resize(length.parse().unwrap(), 0);
            reader.read_exact(&mut body).ok()?;
        }
        None if matches!(status, 204 | 304) => {}
        None => {
            reader.read_to_end(&mut body).ok()?;
        }
    }
    Some(Response {
        status,
        fields,
        body,
    })
}

pub(crate) fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(60)))
        .unwrap();
    stream
}

fn read_head(reader: &mut impl BufRead) -> Option<(u16, Vec<(String, String)>)> {
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let status = line.split(' ').nth(1)?.parse().ok()?;
    let mut fields = Vec::new();
    loop {
        line.clear();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(':') else {
            break;
        };
        fields.push((name.to_owned(), value.trim().to_owned()));
    }
    Some((status, fields))
}

/// One server-sent event.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Event {
    pub(crate) name: String,
    pub(crate) id: String,
    pub(crate) data: String,
}

impl Event {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.data).unwrap()
    }
}

/// An open event stream.
pub(crate) struct Events {
    reader: BufReader<TcpStream>,
    pub(crate) fields: Vec<(String, String)>,
}

impl Events {
    pub(crate) fn open(address: SocketAddr, path: &str, fields: &[(&str, &str)]) -> Self {
        let mut stream = connect(address);
        let mut text = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\n");
        for (name, value) in fields {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
        stream.write_all(format!("{text}\r\n").as_bytes()).unwrap();
        let mut reader = BufReader::new(stream);
        let (status, fields) = read_head(&mut reader).unwrap();
        assert_eq!(status, 200);
        Self { reader, fields }
    }

    /// The next event; `None` when the stream has ended. Comments are skipped, and the sizes of chunks are no fields.
    pub(crate) fn next(&mut self) -> Option<Event> {
        let mut event = Event::default();
        loop {
            let mut line = String::new();
            if self.reader.read_line(&mut line).ok()? == 0 || line == "0\r\n" {
                return None;
            }
            match line.trim_end_matches('\n').split_once(": ") {
                Some(("event", name)) => event.name = name.to_owned(),
                Some(("id", id)) => event.id = id.to_owned(),
                Some(("data", data)) => event.data = data.to_owned(),
                _ if line == "\n" && !event.name.is_empty() => return Some(event),
                _ => {}
            }
        }
    }
}

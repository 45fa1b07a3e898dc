//! Requests to the daemon that change something, which the daemon's own client for checks cannot express.

use crate::error::Error;
use crate::pool::Target;
use crate::token::Token;
use serde_json::Value;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// For a whole answer: the daemon may have to wait for a disk.
const PATIENCE: Duration = Duration::from_secs(30);
/// The largest answer, in bytes.
const MAX_ANSWER: u64 = 1_024 * 1_024;
/// The most header fields of an answer.
const MAX_FIELDS: usize = 64;

/// Sends requests with the token.
pub(super) struct Client {
    daemon: Target,
    credentials: String,
}

/// An answer.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) text: String,
    /// The text as JSON, if it is.
    pub(super) json: Value,
}

impl Client {
    pub(super) fn new(daemon: Target, token: &Token) -> Self {
        Self {
            daemon,
            credentials: token.credentials(),
        }
    }

    /// Sends JSON, or nothing, and reads the answer.
    pub(super) async fn send(&self, method: &str, path: &str, body: &str) -> Result<Answer, Error> {
        let request = format!(
            "{method} {}{path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nAuthorization: {}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            self.daemon.base(),
            self.daemon.host(),
            self.credentials,
            body.len(),
        );
        let addresses: Vec<_> = self.daemon.addresses().collect();
        let exchanged = timeout(PATIENCE, exchange(&addresses, request.as_bytes())).await;
        let answer = exchanged.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()));
        answer.map_err(|source| Error::NoDaemon {
            url: format!("http://{}", self.daemon.host()),
            source,
        })
    }
}

async fn exchange(addresses: &[SocketAddr], request: &[u8]) -> io::Result<Answer> {
    let mut stream = TcpStream::connect(addresses).await?;
    stream.write_all(request).await?;
    let mut bytes = Vec::new();
    stream.take(MAX_ANSWER).read_to_end(&mut bytes).await?;
    read(&bytes).ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "the answer is not HTTP"))
}

fn read(bytes: &[u8]) -> Option<Answer> {
    let mut fields = [httparse::EMPTY_HEADER; MAX_FIELDS];
    let mut head = httparse::Response::new(&mut fields);
    let httparse::Status::Complete(end) = head.parse(bytes).ok()? else {
        return None;
    };
    let body = bytes.get(end..)?;
    Some(Answer {
        status: head.code?,
        text: String::from_utf8_lossy(body).into_owned(),
        json: serde_json::from_slice(body).unwrap_or_default(),
    })
}

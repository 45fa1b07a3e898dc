//! One request and its response on one connection.

use super::chunked::Chunked;
use super::head::{Framing, Head, MAX_HEAD, field};
use std::io;
use std::time::Instant;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

/// How much is asked of the kernel at a time: the response to a check fits.
const READ: usize = 4 * 1_024;
/// What a buffer keeps between two requests; a large document gives its memory back.
const KEEP: usize = 32 * 1_024;
/// Informational responses (1xx) that are skipped before the answer.
const MAX_INTERIM: usize = 4;

/// Memory that requests use again and again. After a request it holds the response.
#[derive(Debug, Default)]
pub struct Buffers {
    raw: Vec<u8>,
    head: usize,
    body: Vec<u8>,
}

impl Buffers {
    /// The value of a response header field.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&str> {
        field(self.raw.get(..self.head)?, name)
    }

    /// The body of the response, as far as the request wanted it.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    fn clear(&mut self) {
        for bytes in [&mut self.raw, &mut self.body] {
            bytes.clear();
            bytes.shrink_to(KEEP);
        }
        self.head = 0;
    }
}

/// What is wanted of a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Want {
    /// Nothing, but up to this many bytes are read to keep the connection.
    Nothing(usize),
    /// All of it; more than this many bytes are a failure.
    Body(usize),
}

/// An answered exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Answered {
    pub(crate) status: u16,
    /// From when the request is sent until the response's head is there.
    pub(crate) latency_us: u64,
    /// Whether the connection can take another request.
    pub(crate) reusable: bool,
}

/// Why an exchange failed.
#[derive(Debug)]
pub(crate) enum Broken {
    /// The connection ended or failed before a byte of the response: what a stale connection does.
    Silent(io::ErrorKind),
    /// The connection ended or failed within the response.
    Midway(io::ErrorKind),
    /// The bytes are not HTTP/1.
    NotHttp,
    /// The body is larger than wanted.
    TooLarge,
}

/// Sends `request` and reads the response into `buffers`.
pub(crate) async fn exchange(
    stream: &mut (impl AsyncRead + AsyncWrite + Unpin),
    write: impl FnOnce(&mut Vec<u8>),
    want: Want,
    buffers: &mut Buffers,
) -> Result<Answered, Broken> {
    buffers.clear();
    write(&mut buffers.raw);
    // Before it is sent: where cores are short, the answer is often there before the sender runs again.
    let started = Instant::now();
    let sent = async {
        stream.write_all(&buffers.raw).await?;
        // TLS may hold something back.
        stream.flush().await
    };
    let sent = sent.await;
    buffers.raw.clear();
    sent.map_err(|error| Broken::Silent(error.kind()))?;
    let head = read_head(stream, &mut buffers.raw).await?;
    let latency_us = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX);
    buffers.head = head.len;
    let whole = read_body(stream, &head, want, buffers).await?;
    Ok(Answered {
        status: head.status,
        latency_us,
        reusable: whole && head.keep_alive,
    })
}

async fn read_head(
    stream: &mut (impl AsyncRead + Unpin),
    raw: &mut Vec<u8>,
) -> Result<Head, Broken> {
    let mut interim = 0;
    loop {
        let silent = raw.is_empty() && interim == 0;
        let broken = |kind| {
            if silent {
                Broken::Silent(kind)
            } else {
                Broken::Midway(kind)
            }
        };
        read_more(stream, raw).await.map_err(broken)?;
        while let Some(head) = Head::parse(raw).map_err(|_| Broken::NotHttp)? {
            if head.status >= 200 {
                return Ok(head);
            }
            interim += 1;
            // 101 would be a protocol that was not asked for.
            if head.status == 101 || interim > MAX_INTERIM {
                return Err(Broken::NotHttp);
            }
            raw.drain(..head.len);
            if raw.is_empty() {
                break;
            }
        }
        if raw.len() > MAX_HEAD + READ {
            return Err(Broken::NotHttp);
        }
    }
}

/// Reads the body; false when the connection holds something else than its end.
async fn read_body(
    stream: &mut (impl AsyncRead + Unpin),
    head: &Head,
    want: Want,
    buffers: &mut Buffers,
) -> Result<bool, Broken> {
    let (Want::Nothing(limit) | Want::Body(limit)) = want;
    let too_large = || {
        if want == Want::Nothing(limit) {
            Ok(false)
        } else {
            Err(Broken::TooLarge)
        }
    };
    let Buffers { raw, body, .. } = buffers;
    let mut chunked = Chunked::new();
    // The head stays in `raw` for `Buffers::field`; the body is moved out behind it.
    let mut arrived = raw.len() > head.len;
    if let Framing::Length(length) = head.framing
        && length > limit as u64
    {
        return too_large();
    }
    loop {
        if arrived {
            let bytes = &raw[head.len..];
            let used = match head.framing {
                Framing::Length(length) => {
                    let left = usize::try_from(length).unwrap_or(usize::MAX) - body.len();
                    let used = left.min(bytes.len());
                    body.extend_from_slice(&bytes[..used]);
                    used
                }
                Framing::Chunked => chunked.decode(bytes, body).map_err(|_| Broken::NotHttp)?,
                Framing::Close => {
                    body.extend_from_slice(bytes);
                    bytes.len()
                }
            };
            let rest = bytes.len() - used;
            raw.truncate(head.len);
            if body.len() > limit {
                return too_large();
            }
            if rest > 0 {
                return Ok(false);
            }
        }
        match head.framing {
            Framing::Length(length) if body.len() as u64 == length => return Ok(true),
            Framing::Chunked if chunked.is_done() => return Ok(true),
            Framing::Length(_) | Framing::Chunked | Framing::Close => {}
        }
        match (read_more(stream, raw).await, head.framing) {
            (Ok(()), _) => arrived = true,
            (Err(io::ErrorKind::UnexpectedEof), Framing::Close) => return Ok(false),
            (Err(kind), _) => return Err(Broken::Midway(kind)),
        }
    }
}

async fn read_more(
    stream: &mut (impl AsyncRead + Unpin),
    raw: &mut Vec<u8>,
) -> Result<(), io::ErrorKind> {
    raw.reserve(READ);
    match stream.read_buf(raw).await {
        Ok(0) => Err(io::ErrorKind::UnexpectedEof),
        Ok(_) => Ok(()),
        Err(error) => Err(error.kind()),
    }
}

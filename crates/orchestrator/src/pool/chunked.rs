//! The chunked transfer coding (RFC 9112, section 7.1), decoded piece by piece.
//!
//! A checker reads bodies only to reach the end of them, so that the connection can be used again; the finder reads
//! documents. Both hand over whatever bytes have arrived.

/// The longest line of chunk metadata (a size with its extensions, or a trailer field).
const MAX_LINE: usize = 1_024;
/// The most bytes of trailers.
const MAX_TRAILERS: usize = 8_192;

/// Where the decoder stands between two pieces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Size,
    Data(u64),
    DataEnd,
    Trailers,
    Done,
}

/// The bytes are not chunked coding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NotChunked;

/// A decoder of one body.
#[derive(Debug)]
pub(crate) struct Chunked {
    state: State,
    line: Vec<u8>,
    trailers: usize,
}

impl Chunked {
    /// A decoder at the beginning of a body.
    pub(crate) const fn new() -> Self {
        Self {
            state: State::Size,
            line: Vec::new(),
            trailers: 0,
        }
    }

    /// Whether the last chunk and its trailers have been seen.
    pub(crate) fn is_done(&self) -> bool {
        self.state == State::Done
    }

    /// Takes bytes from the connection, appends the content to `body`, and says how many bytes were used: all of
    /// them, unless the body ended before.
    pub(crate) fn decode(&mut self, bytes: &[u8], body: &mut Vec<u8>) -> Result<usize, NotChunked> {
        let mut rest = bytes;
        while !rest.is_empty() && !self.is_done() {
            if let State::Data(left) = self.state {
                let take = usize::try_from(left).unwrap_or(usize::MAX).min(rest.len());
                let (data, after) = rest.split_at(take);
                body.extend_from_slice(data);
                rest = after;
                let left = left - take as u64;
                self.state = if left == 0 {
                    State::DataEnd
                } else {
                    State::Data(left)
                };
                continue;
            }
            let (line_end, ended) = match rest.iter().position(|byte| *byte == b'\n') {
                Some(at) => (at + 1, true),
                None => (rest.len(), false),
            };
            let (part, after) = rest.split_at(line_end);
            rest = after;
            self.line.extend_from_slice(part);
            if self.line.len() > MAX_LINE {
                return Err(NotChunked);
            }
            if ended {
                self.end_of_line()?;
                self.line.clear();
            }
        }
        Ok(bytes.len() - rest.len())
    }

    fn end_of_line(&mut self) -> Result<(), NotChunked> {
        let line = self.line.strip_suffix(b"\r\n").ok_or(NotChunked)?;
        self.state = match self.state {
            State::Size => match size(line)? {
                0 => State::Trailers,
                size => State::Data(size),
            },
            State::DataEnd if line.is_empty() => State::Size,
            State::Trailers if line.is_empty() => State::Done,
            State::Trailers => {
                self.trailers += line.len();
                if self.trailers > MAX_TRAILERS {
                    return Err(NotChunked);
                }
                State::Trailers
            }
            State::DataEnd | State::Data(_) | State::Done => return Err(NotChunked),
        };
        Ok(())
    }
}

fn size(line: &[u8]) -> Result<u64, NotChunked> {
    let digits = line
        .split(|byte| matches!(byte, b';' | b' ' | b'\t'))
        .next()
        .unwrap_or_default();
    let fits = (1..=15).contains(&digits.len()) && digits.iter().all(u8::is_ascii_hexdigit);
    let text = std::str::from_utf8(digits)
        .ok()
        .filter(|_| fits)
        .ok_or(NotChunked)?;
    u64::from_str_radix(text, 16).map_err(|_| NotChunked)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode(pieces: &[&[u8]]) -> Result<(Vec<u8>, bool, usize), NotChunked> {
        let (mut decoder, mut body, mut used) = (Chunked::new(), Vec::new(), 0);
        for piece in pieces {
            used += decoder.decode(piece, &mut body)?;
        }
        Ok((body, decoder.is_done(), used))
    }

    #[test]
    fn any_cut_of_the_bytes_gives_the_same_body() {
        let bytes = b"4;ext=\"x\"\r\nWiki\r\n6\r\npedia \r\nE\r\nin \r\n\r\nchunks.\r\n0\r\nTrailer: yes\r\n\r\nNEXT";
        for cut in 0..bytes.len() {
            let (body, done, used) = decode(&[&bytes[..cut], &bytes[cut..]]).unwrap();
            assert_eq!(body, b"Wikipedia in \r\n\r\nchunks.", "cut at {cut}");
            assert!(done);
            assert_eq!(used, bytes.len() - "NEXT".len());
        }
    }

    #[test]
    fn a_body_that_breaks_off_is_not_done() {
        assert!(!decode(&[b"4\r\nWi"]).unwrap().1);
        assert!(!decode(&[b"4\r\nWiki\r\n0\r\n"]).unwrap().1);
    }

    #[test]
    fn garbage_is_refused() {
        for bad in [
            &b"x\r\n"[..],
            b"\r\n",
            b"-1\r\n",
            b"+1\r\n",
            b"4\nWiki",
            b"4\r\nWikiX\r\n",
            b"1000000000000000\r\n",
        ] {
            assert_eq!(decode(&[bad]), Err(NotChunked), "{bad:?}");
        }
    }

    #[test]
    fn lines_and_trailers_without_an_end_are_refused() {
        assert_eq!(decode(&[&[b'1'; 2_000]]), Err(NotChunked));
        let trailers = b"X: yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\r\n".repeat(400);
        assert_eq!(decode(&[b"0\r\n", &trailers]), Err(NotChunked));
    }
}

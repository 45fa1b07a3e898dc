//! A connection that sends what is on the shelf from its file, and everything else from memory.

use super::shelf::Shelf;
use std::fs::File;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncRead, AsyncWrite, Interest, ReadBuf};
use tokio::net::TcpStream;

/// A connection of a client.
#[derive(Debug)]
pub(crate) struct Sending {
    stream: TcpStream,
    shelf: Rc<Shelf>,
}

impl Sending {
    /// A connection that looks on this shelf.
    pub(crate) const fn new(stream: TcpStream, shelf: Rc<Shelf>) -> Self {
        Self { stream, shelf }
    }

    /// Sends `head`, and after it so many bytes of a file from `start` on. An error is the connection's or the file's.
    fn poll_send(
        &self,
        context: &mut Context<'_>,
        head: &[u8],
        (file, start, length): (&File, u64, usize),
    ) -> Poll<io::Result<usize>> {
        loop {
            ready!(self.stream.poll_write_ready(context))?;
            let sent = self.stream.try_io(Interest::WRITABLE, || {
                send(&self.stream, head, file, start, length)
            });
            match sent {
                // The system has no room left after all: it says when it has.
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                sent => return Poll::Ready(sent),
            }
        }
    }

    fn poll_write_from_memory(
        &mut self,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let stream = Pin::new(&mut self.stream);
        match slices {
            // The kernel takes one slice faster than a list of one.
            [slice] => stream.poll_write(context, slice),
            _ => stream.poll_write_vectored(context, slices),
        }
    }
}

/// Sends as much as the system takes; an error only where it has taken nothing.
#[cfg(target_os = "linux")]
fn send(
    stream: &TcpStream,
    head: &[u8],
    file: &File,
    mut start: u64,
    length: usize,
) -> io::Result<usize> {
    use rustix::fs::sendfile;
    use rustix::net::{SendFlags, send};
    if !head.is_empty() {
        // More follows at once: one segment for both.
        let sent = send(stream, head, SendFlags::MORE | SendFlags::NOSIGNAL)?;
        if sent < head.len() {
            return Ok(sent);
        }
    }
    match sendfile(stream, file, Some(&mut start), length) {
        Ok(sent) if sent > 0 => Ok(head.len() + sent),
        // What is wrong shows when the rest is to be sent.
        _ if !head.is_empty() => Ok(head.len()),
        // The file is shorter than the document.
        Ok(_) => Err(io::ErrorKind::UnexpectedEof.into()),
        Err(error) => Err(error.into()),
    }
}

#[cfg(not(target_os = "linux"))]
fn send(_: &TcpStream, _: &[u8], _: &File, _: u64, _: usize) -> io::Result<usize> {
    Err(io::ErrorKind::Unsupported.into())
}

impl AsyncRead for Sending {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Sending {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let (head, body): (&[u8], _) = match slices {
            [body] => (&[], body),
            [head, body] => (head, body),
            _ => return self.poll_write_from_memory(context, slices),
        };
        let Some((file, start)) = self.shelf.find(body) else {
            return self.poll_write_from_memory(context, slices);
        };
        let sent = ready!(self.poll_send(context, head, (&file, start, body.len())));
        let Err(error) = sent else {
            return Poll::Ready(sent);
        };
        let wrote = self.poll_write_from_memory(context, slices);
        if matches!(wrote, Poll::Ready(Ok(_))) {
            tracing::warn!(%error, "documents are sent from memory from now on, since the file of one cannot be read");
            self.shelf.close();
        }
        wrote
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use bytes::Bytes;
    use std::io::Write;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    const HEAD: &[u8] = b"HTTP/1.1 200 OK\r\n\r\n";

    async fn pair(shelf: Shelf) -> (Sending, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let client = TcpStream::connect(listener.local_addr().unwrap());
        let (client, accepted) = tokio::join!(client, listener.accept());
        let sending = Sending::new(accepted.unwrap().0, Rc::new(shelf));
        (sending, client.unwrap())
    }

    /// More than the system takes at once.
    fn document() -> Bytes {
        (0..8_u32 << 20)
            .map(|at| (at / 7) as u8)
            .collect::<Vec<_>>()
            .into()
    }

    /// Writes head and body as an HTTP connection does, in as many steps as it takes.
    async fn write(sending: &mut Sending, body: &[u8]) -> io::Result<usize> {
        let (mut wrote, mut steps) = (0, 0);
        while wrote < HEAD.len() + body.len() {
            let (head, rest) = (
                &HEAD[wrote.min(HEAD.len())..],
                &body[wrote.saturating_sub(HEAD.len())..],
            );
            let both = [IoSlice::new(head), IoSlice::new(rest)];
            let slices = if head.is_empty() { &both[1..] } else { &both };
            wrote += sending.write_vectored(slices).await?;
            steps += 1;
        }
        Ok(steps)
    }

    async fn exchange(shelf: Shelf, body: &[u8]) -> (Vec<u8>, Rc<Shelf>) {
        let (mut sending, mut client) = pair(shelf).await;
        let shelf = Rc::clone(&sending.shelf);
        let reading = async {
            let mut read = Vec::new();
            client.read_to_end(&mut read).await.unwrap();
            read
        };
        let writing = async {
            let steps = write(&mut sending, body).await.unwrap();
            assert!(steps > 1, "{steps}");
            sending.shutdown().await.unwrap();
        };
        let (read, ()) = tokio::join!(reading, writing);
        (read, shelf)
    }

    #[tokio::test]
    async fn what_is_on_the_shelf_is_sent_from_its_file() {
        let document = document();
        // The file says something else, which shows where the bytes are from.
        let mut file = tempfile::tempfile().unwrap();
        let shout: Vec<u8> = document.iter().map(|byte| !byte).collect();
        file.write_all(&shout).unwrap();
        let (read, _) = exchange(Shelf::holding(document.clone(), file), &document).await;
        assert!(read[..HEAD.len()] == *HEAD && read[HEAD.len()..] == shout);
    }

    #[tokio::test]
    async fn everything_else_is_sent_from_memory() {
        let document = document();
        let file = tempfile::tempfile().unwrap();
        let (read, _) = exchange(Shelf::holding(Bytes::from("other"), file), &document).await;
        assert!(read[..HEAD.len()] == *HEAD && read[HEAD.len()..] == document);
    }

    #[tokio::test]
    async fn a_file_that_cannot_be_read_is_done_without() {
        let document = document();
        let folder = tempfile::tempdir().unwrap();
        let unreadable = File::create(folder.path().join("document")).unwrap();
        for file in [unreadable, tempfile::tempfile().unwrap()] {
            let (read, shelf) = exchange(Shelf::holding(document.clone(), file), &document).await;
            assert!(read[..HEAD.len()] == *HEAD && read[HEAD.len()..] == document);
            assert!(shelf.find(&document).is_none());
        }
    }

    #[tokio::test]
    async fn a_client_that_is_gone_ends_the_connection_and_not_the_file() {
        let document = document();
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(&document).unwrap();
        let (mut sending, client) = pair(Shelf::holding(document.clone(), file)).await;
        drop(client);
        while write(&mut sending, &document).await.is_ok() {}
        assert!(sending.shelf.find(&document).is_some());
    }
}

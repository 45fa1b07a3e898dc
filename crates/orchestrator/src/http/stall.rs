//! A connection that fails when the other side stops reading.
//!
//! A reader that neither reads nor leaves would hold a stream, its buffers and a connection for ever.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep};

/// A connection on which a write may wait for so long.
#[derive(Debug)]
pub(crate) struct StallGuard<S> {
    stream: S,
    patience: Duration,
    /// Runs while a write waits. Made when first needed: most connections never stall.
    waiting: Option<Pin<Box<Sleep>>>,
    stalled: bool,
}

impl<S> StallGuard<S> {
    /// Guards a connection.
    pub(crate) const fn new(stream: S, patience: Duration) -> Self {
        Self {
            stream,
            patience,
            waiting: None,
            stalled: false,
        }
    }

    /// Passes on a write's result, or an error once it has waited for too long.
    fn watch<T>(
        &mut self,
        context: &mut Context<'_>,
        wrote: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if wrote.is_ready() {
            self.stalled = false;
            return wrote;
        }
        let patience = self.patience;
        let waiting = self
            .waiting
            .get_or_insert_with(|| Box::pin(sleep(patience)));
        if !self.stalled {
            self.stalled = true;
            waiting.as_mut().reset(Instant::now() + patience);
        }
        let slow = || io::Error::new(io::ErrorKind::TimedOut, "the other side does not read");
        waiting.as_mut().poll(context).map(|()| Err(slow()))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for StallGuard<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for StallGuard<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let wrote = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.watch(context, wrote)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let wrote = Pin::new(&mut self.stream).poll_write_vectored(context, slices);
        self.watch(context, wrote)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.stream).poll_flush(context);
        self.watch(context, flushed)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::{TcpListener, TcpStream};

    async fn pair(patience: Duration) -> (StallGuard<TcpStream>, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let client = TcpStream::connect(listener.local_addr().unwrap());
        let (client, accepted) = tokio::join!(client, listener.accept());
        let guarded = StallGuard::new(accepted.unwrap().0, patience);
        (guarded, client.unwrap())
    }

    #[tokio::test]
    async fn a_reader_that_does_not_read_is_given_up() {
        let (mut guarded, _silent) = pair(Duration::from_millis(100)).await;
        let bytes = vec![0; 1 << 20];
        let error = loop {
            if let Err(error) = guarded.write_all(&bytes).await {
                break error;
            }
        };
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    }

    #[tokio::test]
    async fn a_slow_reader_that_goes_on_reading_is_not() {
        // All of it takes longer than the patience, each part of it much less, also on a busy machine.
        let (mut guarded, mut slow) = pair(Duration::from_secs(1)).await;
        let bytes = vec![0; 8 << 20];
        let length = bytes.len();
        let reading = async {
            let (mut buffer, mut read) = (vec![0; length / 16], 0);
            while read < length {
                tokio::time::sleep(Duration::from_millis(80)).await;
                match slow.read(&mut buffer).await.unwrap() {
                    0 => break,
                    more => read += more,
                }
            }
            read
        };
        let writing = async {
            let wrote = guarded.write_all(&bytes).await;
            drop(guarded);
            wrote
        };
        let (wrote, read) = tokio::join!(writing, reading);
        assert_eq!((wrote.is_ok(), read), (true, length));
    }
}

//! A connection to a server: plain, or with TLS around it.

use super::Failure;
use super::target::{Layer, Target};
use super::tls::Tls;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;

/// A connection. TLS is boxed: hardly any connection has it, and it is large.
#[derive(Debug)]
pub(super) enum Connection {
    Plain(TcpStream),
    Tls(Box<Secured>),
}

/// A connection with TLS, which another target at the same address may not use.
#[derive(Debug)]
pub(super) struct Secured {
    stream: TlsStream<TcpStream>,
    layer: Layer,
    host: Box<str>,
}

impl Connection {
    /// Connects, and shakes hands where TLS is spoken.
    pub(super) async fn open(target: &Target, tls: &Tls) -> Result<Self, Failure> {
        let Layer::Tls { verify } = target.layer() else {
            return connect(target).await.map(Self::Plain);
        };
        let connector = tls.connector(verify).await?;
        let stream = connect(target).await?;
        let stream = connector.wrap(target.server_name(), stream).await?;
        Ok(Self::Tls(Box::new(Secured {
            stream,
            layer: target.layer(),
            host: target.host().into(),
        })))
    }

    /// Whether requests to `target` may go over it: whom it was opened to, and how sure that is.
    pub(super) fn serves(&self, target: &Target) -> bool {
        match self {
            Self::Plain(_) => target.layer() == Layer::Plain,
            Self::Tls(it) => it.layer == target.layer() && *it.host == *target.host(),
        }
    }

    /// Whether it is still open and nothing waits to be read: bytes that nobody asked for are no answer.
    pub(super) fn is_quiet(&mut self) -> bool {
        match self {
            // Costs no system call while the connection is quiet.
            Self::Plain(stream) => match stream.try_read(&mut [0; 1]) {
                Err(error) => error.kind() == io::ErrorKind::WouldBlock,
                Ok(_) => false,
            },
            // What TLS says for itself (session tickets) is taken in along the way.
            Self::Tls(it) => {
                let mut byte = [0; 1];
                let mut context = Context::from_waker(Waker::noop());
                Pin::new(&mut it.stream)
                    .poll_read(&mut context, &mut ReadBuf::new(&mut byte))
                    .is_pending()
            }
        }
    }
}

/// Connects to the first address that accepts.
pub(super) async fn connect(target: &Target) -> Result<TcpStream, Failure> {
    let mut failure = Failure::Refused;
    for address in target.addresses() {
        match TcpStream::connect(address).await {
            Ok(stream) => return Ok(stream),
            Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => {}
            Err(error) if is_exhausted(&error) => return Err(Failure::Exhausted),
            Err(error) => failure = Failure::Connection(error.kind()),
        }
    }
    Err(failure)
}

/// Whether a connection could not be made for want of file descriptors, of the process or of the system.
#[cfg(unix)]
fn is_exhausted(error: &io::Error) -> bool {
    use rustix::io::Errno;
    matches!(
        Errno::from_io_error(error),
        Some(Errno::MFILE | Errno::NFILE)
    )
}

#[cfg(not(unix))]
const fn is_exhausted(_error: &io::Error) -> bool {
    false
}

impl AsyncRead for Connection {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_read(context, buffer),
            Self::Tls(it) => Pin::new(&mut it.stream).poll_read(context, buffer),
        }
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_write(context, bytes),
            Self::Tls(it) => Pin::new(&mut it.stream).poll_write(context, bytes),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_flush(context),
            Self::Tls(it) => Pin::new(&mut it.stream).poll_flush(context),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_shutdown(context),
            Self::Tls(it) => Pin::new(&mut it.stream).poll_shutdown(context),
        }
    }
}

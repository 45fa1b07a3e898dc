//! Why there is no answer.

use std::io;

/// Why there is no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Failure {
    /// Nobody listens.
    #[error("connection refused")]
    Refused,
    /// No complete answer within the deadline.
    #[error("no complete answer within the deadline")]
    Timeout,
    /// No answer within the deadline, but the daemon itself was not scheduled in time, or waited for a CPU for a substantial
    /// part of it.
    #[error("the daemon itself was late")]
    Starved,
    /// The daemon has no file descriptor left for a connection.
    #[error("the daemon has no file descriptor left")]
    Exhausted,
    /// The connection failed.
    #[error("the connection failed: {0}")]
    Connection(io::ErrorKind),
    /// The answer is not HTTP/1.
    #[error("the answer is not HTTP/1")]
    NotHttp,
    /// The body is larger than wanted.
    #[error("the body is larger than allowed")]
    TooLarge,
    /// Nobody who is trusted vouches for the certificate, or it is another server's, or out of date.
    #[error("the certificate is not valid: name its authority in checks.ca_file")]
    Untrusted,
    /// The server does not speak TLS as it should.
    #[error("the server does not speak TLS, or none that is known here")]
    NotTls,
    /// There is nothing to verify certificates by.
    #[error(
        "there are no certificates of authorities to verify by: install ca-certificates, or name an authority in checks.ca_file"
    )]
    NoAuthorities,
}

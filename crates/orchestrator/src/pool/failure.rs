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
    /// The certificate is not valid.
    #[error("{0}")]
    Untrusted(Flaw),
    /// The server does not speak TLS as it should.
    #[error("the server does not speak TLS, or none that is known here")]
    NotTls,
    /// There is nothing to verify certificates by.
    #[error(
        "there are no certificates of authorities to verify by: install ca-certificates, or name an authority in checks.ca_file"
    )]
    NoAuthorities,
}

/// What is wrong with a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Flaw {
    /// It is out of date.
    #[error("the certificate has expired")]
    Expired,
    /// It begins to be valid later.
    #[error("the certificate is not valid yet: look at the clocks")]
    NotYetValid,
    /// It is another server's.
    #[error("the certificate is for another host than the URL's")]
    OtherHost,
    /// Nobody who is trusted vouches for it.
    #[error("the certificate is of an authority that is not known here: name it in checks.ca_file")]
    UnknownIssuer,
    /// Something else.
    #[error("the certificate is not valid")]
    Invalid,
}

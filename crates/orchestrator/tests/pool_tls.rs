//! The daemon's client over TLS: whom it believes, and what it keeps apart.

mod authority;

use authority::Authority;
use landfall_orchestrator::pool::{Buffers, Failure, Flaw, Limits, Pool, Request, Target, Want};
use landfall_protocol::method::SafeMethod;
use landfall_protocol::url::BaseUrl;
use std::cell::Cell;
use std::future::Future;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::{LocalSet, spawn_local};
use tokio_rustls::TlsAcceptor;

const LIMITS: Limits = Limits {
    in_flight: 4,
    per_host: 2,
    idle: 3,
    deadline: Duration::from_secs(20),
};

fn run<F: Future>(test: F) -> F::Output {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    LocalSet::new().block_on(&runtime, test)
}

/// An authority, and a server with a certificate of it for `localhost`.
struct Server {
    address: SocketAddr,
    /// A folder with the authority's certificate in `ca.pem`.
    folder: tempfile::TempDir,
    connections: Rc<Cell<usize>>,
}

impl Server {
    async fn start() -> Self {
        let authority = Authority::new();
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("ca.pem"), authority.pem()).unwrap();
        let acceptor = TlsAcceptor::from(authority.vouches_for_localhost());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let connections = Rc::new(Cell::new(0));
        let count = Rc::clone(&connections);
        spawn_local(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let acceptor = acceptor.clone();
                let count = Rc::clone(&count);
                spawn_local(async move {
                    let Ok(mut stream) = acceptor.accept(stream).await else {
                        return;
                    };
                    count.set(count.get() + 1);
                    let mut head = Vec::new();
                    while let Ok(byte) = stream.read_u8().await {
                        head.push(byte);
                        if head.ends_with(b"\r\n\r\n") {
                            head.clear();
                            let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
                            stream.write_all(answer).await.unwrap();
                            stream.flush().await.unwrap();
                        }
                    }
                });
            }
        });
        Self {
            address,
            folder,
            connections,
        }
    }

    fn target(&self, host: &str) -> Target {
        let url = format!("https://{host}:{}", self.address.port());
        Target::new(&BaseUrl::parse(&url).unwrap()).unwrap()
    }

    fn trusting(&self) -> Pool {
        Pool::trusting(LIMITS, Some(self.folder.path().join("ca.pem")))
    }
}

async fn check(pool: &Pool, target: &Target) -> Result<u16, Failure> {
    let request = Request {
        method: SafeMethod::Get,
        path: "/x",
        want: Want::Nothing(1_024),
        suspect: false,
    };
    let mut buffers = Buffers::default();
    let reply = pool.send(target, request, &mut buffers).await?;
    Ok(reply.status)
}

#[test]
fn a_certificate_of_a_known_authority_is_believed_and_its_connection_used_again() {
    run(async {
        let server = Server::start().await;
        let pool = server.trusting();
        for _ in 0..5 {
            assert_eq!(check(&pool, &server.target("localhost")).await, Ok(200));
        }
        assert_eq!((server.connections.get(), pool.idle()), (1, 1));
    });
}

#[test]
fn a_certificate_of_nobody_known_or_for_another_name_is_not_believed() {
    run(async {
        let server = Server::start().await;
        // Without the file, or where the system has no authority at all, nobody vouches for it.
        let unknown = check(&Pool::new(LIMITS), &server.target("localhost")).await;
        assert!(
            matches!(
                unknown,
                Err(Failure::Untrusted(Flaw::UnknownIssuer) | Failure::NoAuthorities)
            ),
            "{unknown:?}"
        );
        let other_name = check(&server.trusting(), &server.target("127.0.0.1")).await;
        assert_eq!(other_name, Err(Failure::Untrusted(Flaw::OtherHost)));
    });
}

#[test]
fn unverified_and_verified_requests_never_share_a_connection() {
    run(async {
        let server = Server::start().await;
        let pool = server.trusting();
        let unverified = server.target("127.0.0.1").verified(false);
        assert_eq!(check(&pool, &unverified).await, Ok(200));
        assert_eq!(pool.idle(), 1);
        let verified = check(&pool, &server.target("127.0.0.1")).await;
        assert_eq!(verified, Err(Failure::Untrusted(Flaw::OtherHost)));
        assert_eq!(check(&pool, &unverified).await, Ok(200));
        assert_eq!(server.connections.get(), 1);
    });
}

#[test]
fn a_file_without_certificates_is_an_error_of_the_daemon_until_it_has_some() {
    run(async {
        let server = Server::start().await;
        let file = server.folder.path().join("later.pem");
        std::fs::write(&file, "nothing").unwrap();
        let pool = Pool::trusting(LIMITS, Some(file.clone()));
        let target = server.target("localhost");
        assert_eq!(check(&pool, &target).await, Err(Failure::NoAuthorities));
        std::fs::copy(server.folder.path().join("ca.pem"), &file).unwrap();
        assert_eq!(check(&pool, &target).await, Ok(200));
    });
}

#[test]
fn a_server_that_speaks_no_tls_is_told_from_one_with_a_bad_certificate() {
    run(async {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        spawn_local(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let said = b"HTTP/1.1 400 Bad Request\r\n\r\n";
            stream.write_all(said).await.unwrap();
            // What TLS says to that.
            let _ = stream.read(&mut [0; 1_024]).await;
        });
        let server = Server::start().await;
        let url = format!("https://localhost:{}", address.port());
        let target = Target::new(&BaseUrl::parse(&url).unwrap()).unwrap();
        let answer = check(&server.trusting(), &target).await;
        assert_eq!(answer, Err(Failure::NotTls));
    });
}

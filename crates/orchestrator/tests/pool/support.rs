//! Servers, and requests to them.

use landfall_orchestrator::pool::{Buffers, Failure, Limits, Pool, Reply, Request, Target, Want};
use landfall_protocol::method::SafeMethod;
use landfall_protocol::url::BaseUrl;
use std::future::Future;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{LocalSet, spawn_local};

pub(crate) const LIMITS: Limits = Limits {
    in_flight: 4,
    per_host: 2,
    idle: 3,
    deadline: Duration::from_secs(5),
};
pub(crate) const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

pub(crate) fn run<F: Future>(test: F) -> F::Output {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    LocalSet::new().block_on(&runtime, test)
}

/// Hands every connection to `handle`, with its number.
pub(crate) async fn server<H, F>(handle: H) -> SocketAddr
where
    H: Fn(TcpStream, usize) -> F + 'static,
    F: Future<Output = ()> + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    spawn_local(async move {
        for number in 0.. {
            let (stream, _) = listener.accept().await.unwrap();
            spawn_local(handle(stream, number));
        }
    });
    address
}

/// Reads one request head; `None` when the client is gone.
pub(crate) async fn read_request(stream: &mut TcpStream) -> Option<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.ok()?);
    }
    String::from_utf8(head).ok()
}

/// Answers the first requests of a connection, then closes it.
pub(crate) async fn answer(mut stream: TcpStream, answers: &[&str]) {
    for answer in answers {
        if read_request(&mut stream).await.is_none() {
            return;
        }
        stream.write_all(answer.as_bytes()).await.unwrap();
    }
}

pub(crate) fn target(address: SocketAddr) -> Target {
    Target::new(&BaseUrl::parse(&format!("http://{address}")).unwrap()).unwrap()
}

pub(crate) async fn send(
    pool: &Pool,
    address: SocketAddr,
    want: Want,
    buffers: &mut Buffers,
) -> Result<Reply, Failure> {
    let request = Request {
        method: SafeMethod::Get,
        path: "/x",
        want,
        suspect: false,
    };
    pool.send(&target(address), request, buffers).await
}

pub(crate) async fn check(pool: &Pool, address: SocketAddr) -> Result<u16, Failure> {
    send(pool, address, Want::Nothing(1_024), &mut Buffers::default())
        .await
        .map(|reply| reply.status)
}

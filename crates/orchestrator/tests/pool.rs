//! The daemon's client against servers that behave in every way that servers do.

use landfall_orchestrator::pool::{Buffers, Failure, Limits, Pool, Reply, Request, Target, Want};
use landfall_protocol::method::SafeMethod;
use landfall_protocol::url::BaseUrl;
use std::cell::{Cell, RefCell};
use std::future::Future;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{LocalSet, spawn_local};

const LIMITS: Limits = Limits {
    in_flight: 4,
    per_host: 2,
    idle: 3,
    deadline: Duration::from_secs(5),
};
const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

fn run<F: Future>(test: F) -> F::Output {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    LocalSet::new().block_on(&runtime, test)
}

/// Hands every connection to `handle`, with its number.
async fn server<H, F>(handle: H) -> SocketAddr
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
async fn read_request(stream: &mut TcpStream) -> Option<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.ok()?);
    }
    String::from_utf8(head).ok()
}

/// Answers the first requests of a connection, then closes it.
async fn answer(mut stream: TcpStream, answers: &[&str]) {
    for answer in answers {
        if read_request(&mut stream).await.is_none() {
            return;
        }
        stream.write_all(answer.as_bytes()).await.unwrap();
    }
}

fn target(address: SocketAddr) -> Target {
    Target::new(&BaseUrl::parse(&format!("http://{address}")).unwrap()).unwrap()
}

async fn send(
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

async fn check(pool: &Pool, address: SocketAddr) -> Result<u16, Failure> {
    send(pool, address, Want::Nothing(1_024), &mut Buffers::default())
        .await
        .map(|reply| reply.status)
}

/// The answer to one request, whose body is wanted up to 100 bytes.
async fn body_of(answer_text: &'static str) -> Result<String, Failure> {
    let address =
        server(move |stream, _| async move { answer(stream, &[answer_text]).await }).await;
    let mut buffers = Buffers::default();
    send(&Pool::new(LIMITS), address, Want::Body(100), &mut buffers).await?;
    Ok(String::from_utf8(buffers.body().to_vec()).unwrap())
}

#[test]
fn a_connection_is_used_again() {
    run(async {
        let connections = Rc::new(Cell::new(0));
        let count = Rc::clone(&connections);
        let address = server(move |stream, number| {
            count.set(number + 1);
            answer(stream, &[OK; 10])
        })
        .await;
        let pool = Pool::new(LIMITS);
        for _ in 0..10 {
            assert_eq!(check(&pool, address).await, Ok(200));
        }
        assert_eq!(
            (connections.get(), pool.idle(), pool.in_flight()),
            (1, 1, 0)
        );
        pool.forget(&target(address));
        assert_eq!(pool.idle(), 0);
    });
}

#[test]
fn a_pool_that_spares_memory_keeps_fewer_idle_connections() {
    run(async {
        let connections = Rc::new(Cell::new(0));
        let mut hosts = Vec::new();
        for _ in 0..3 {
            let count = Rc::clone(&connections);
            let address = server(move |stream, _| {
                count.set(count.get() + 1);
                answer(stream, &[OK; 10])
            });
            hosts.push(address.await);
        }
        let pool = Pool::new(LIMITS);
        let mut idle = Vec::new();
        for at_most in [usize::MAX, 1, usize::MAX] {
            pool.spare(at_most);
            idle.push(pool.idle());
            for host in &hosts {
                assert_eq!(check(&pool, *host).await, Ok(200));
            }
            idle.push(pool.idle());
        }
        assert_eq!(idle, [0, 3, 1, 1, 1, 3]);
        // Two were closed; they are opened for each of the two rounds that follow.
        assert_eq!(connections.get(), 3 + 2 + 2);
        // The limits go before a higher bound.
        pool.limit(Limits { idle: 2, ..LIMITS });
        assert_eq!(pool.idle(), 2);
    });
}

#[test]
fn a_kept_connection_that_the_server_closed_is_no_failure() {
    run(async {
        // Each connection answers once and is closed without a word.
        let address = server(|stream, _| answer(stream, &[OK])).await;
        let pool = Pool::new(LIMITS);
        for _ in 0..5 {
            assert_eq!(check(&pool, address).await, Ok(200));
            tokio::task::yield_now().await;
        }
    });
}

#[test]
fn a_kept_connection_that_dies_under_the_request_is_retried_once_and_a_new_one_is_not() {
    run(async {
        let connections = Rc::new(Cell::new(0));
        let count = Rc::clone(&connections);
        // The first connection answers once and takes one more request before it closes; later ones answer nothing.
        let address = server(move |mut stream, number| {
            count.set(number + 1);
            async move {
                if number == 0 {
                    answer(stream, &[OK]).await;
                } else {
                    read_request(&mut stream).await;
                }
            }
        })
        .await;
        let pool = Pool::new(LIMITS);
        assert_eq!(check(&pool, address).await, Ok(200));
        assert!(matches!(
            check(&pool, address).await,
            Err(Failure::Connection(_))
        ));
        assert_eq!(connections.get(), 2);
    });
}

#[test]
fn no_more_requests_are_in_flight_than_allowed_in_all_and_for_each_host() {
    run(async {
        let (now, most) = (Rc::new(Cell::new(0_usize)), Rc::new(Cell::new(0_usize)));
        let per_host: Rc<RefCell<Vec<usize>>> = Rc::default();
        let mut hosts = Vec::new();
        for host in 0..6 {
            let (now, most, per_host) = (Rc::clone(&now), Rc::clone(&most), Rc::clone(&per_host));
            per_host.borrow_mut().push(0);
            let address = server(move |mut stream, _| {
                let (now, most, per_host) =
                    (Rc::clone(&now), Rc::clone(&most), Rc::clone(&per_host));
                async move {
                    while read_request(&mut stream).await.is_some() {
                        now.set(now.get() + 1);
                        most.set(most.get().max(now.get()));
                        per_host.borrow_mut()[host] += 1;
                        assert!(per_host.borrow()[host] <= LIMITS.per_host);
                        // Long enough for everybody who may come to come.
                        tokio::time::sleep(Duration::from_millis(20)).await;
                        now.set(now.get() - 1);
                        per_host.borrow_mut()[host] -= 1;
                        stream.write_all(OK.as_bytes()).await.unwrap();
                    }
                }
            })
            .await;
            hosts.push(address);
        }
        let pool = Rc::new(Pool::new(LIMITS));
        let checks: Vec<_> = (0..8).flat_map(|_| hosts.clone()).collect();
        let checks: Vec<_> = checks
            .into_iter()
            .map(|address| {
                let pool = Rc::clone(&pool);
                spawn_local(async move { check(&pool, address).await })
            })
            .collect();
        for done in checks {
            assert_eq!(done.await.unwrap(), Ok(200));
        }
        assert_eq!(most.get(), LIMITS.in_flight);
        assert!(pool.idle() <= LIMITS.idle);
    });
}

#[test]
fn suspects_leave_half_of_the_slots_to_others() {
    run(async {
        let hanging =
            server(
                |mut stream, _| async move { while read_request(&mut stream).await.is_some() {} },
            );
        let (hanging, well) = (
            hanging.await,
            server(|stream, _| answer(stream, &[OK])).await,
        );
        let pool = Rc::new(Pool::new(Limits {
            per_host: 4,
            deadline: Duration::from_secs(60),
            ..LIMITS
        }));
        for _ in 0..4 {
            let pool = Rc::clone(&pool);
            spawn_local(async move {
                let request = Request {
                    method: SafeMethod::Get,
                    path: "/",
                    want: Want::Nothing(0),
                    suspect: true,
                };
                pool.send(&target(hanging), request, &mut Buffers::default())
                    .await
            });
        }
        tokio::task::yield_now().await;
        assert_eq!(check(&pool, well).await, Ok(200));
        assert_eq!(pool.in_flight(), LIMITS.in_flight / 2);
    });
}

#[test]
fn an_answer_that_never_ends_meets_the_deadline() {
    run(async {
        let slow = server(|mut stream, _| async move {
            read_request(&mut stream).await;
            stream.write_all(b"HTTP/1.1 200 OK\r\nX: ").await.unwrap();
            std::future::pending::<()>().await;
        })
        .await;
        let pool = Pool::new(Limits {
            deadline: Duration::from_millis(50),
            ..LIMITS
        });
        let mut met = check(&pool, slow).await;
        // On a machine that is too busy it is the daemon's own fault: asked again.
        while met == Err(Failure::Starved) {
            met = check(&pool, slow).await;
        }
        assert_eq!(met, Err(Failure::Timeout));
        assert_eq!((pool.in_flight(), pool.idle()), (0, 0));
    });
}

#[test]
fn a_deadline_that_the_daemon_itself_has_missed_says_nothing_of_the_server() {
    run(async {
        let hanging =
            server(
                |mut stream, _| async move { while read_request(&mut stream).await.is_some() {} },
            )
            .await;
        let pool = Pool::new(Limits {
            deadline: Duration::from_millis(50),
            ..LIMITS
        });
        // The only thread is held up while the request is on its way, as by a machine that is too busy.
        spawn_local(async {
            tokio::time::sleep(Duration::from_millis(20)).await;
            std::thread::sleep(Duration::from_millis(600));
        });
        assert_eq!(check(&pool, hanging).await, Err(Failure::Starved));
    });
}

#[test]
fn nobody_listening_is_told_from_a_broken_connection() {
    run(async {
        let gone = TcpListener::bind("127.0.0.1:0")
            .await
            .unwrap()
            .local_addr()
            .unwrap();
        assert_eq!(check(&Pool::new(LIMITS), gone).await, Err(Failure::Refused));
        let rude = server(|stream, _| async move { drop(stream) }).await;
        assert!(matches!(
            check(&Pool::new(LIMITS), rude).await,
            Err(Failure::Connection(_))
        ));
    });
}

#[test]
fn bodies_are_read_to_their_end_however_it_is_marked() {
    run(async {
        for text in [
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n",
            "HTTP/1.0 200 OK\r\n\r\nhello",
            "HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
        ] {
            assert_eq!(body_of(text).await.as_deref(), Ok("hello"), "{text:?}");
        }
    });
}

#[test]
fn a_body_that_is_too_large_or_breaks_off_is_a_failure() {
    run(async {
        let long = "HTTP/1.1 200 OK\r\nContent-Length: 101\r\n\r\n";
        assert_eq!(body_of(long).await, Err(Failure::TooLarge));
        let endless: &str =
            Box::leak(format!("HTTP/1.0 200 OK\r\n\r\n{}", "x".repeat(101)).into_boxed_str());
        assert_eq!(body_of(endless).await, Err(Failure::TooLarge));
        let cut = "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello";
        assert!(matches!(body_of(cut).await, Err(Failure::Connection(_))));
    });
}

#[test]
fn what_is_not_http_is_told_as_such() {
    run(async {
        for text in [
            "SSH-2.0-OpenSSH_9.2\r\n",
            "-ERR unknown command\r\n",
            "HTTP/1.1 101 Switching Protocols\r\n\r\n",
        ] {
            assert_eq!(body_of(text).await, Err(Failure::NotHttp), "{text:?}");
        }
        let head: &str = Box::leak(
            format!("HTTP/1.1 200 OK\r\nX: {}\r\n\r\n", "y".repeat(40_000)).into_boxed_str(),
        );
        assert_eq!(body_of(head).await, Err(Failure::NotHttp));
    });
}

#[test]
fn bytes_behind_an_answer_never_answer_the_next_request() {
    run(async {
        let address = server(|stream, number| async move {
            let poisoned = format!("{OK}HTTP/1.1 500 Poison\r\nContent-Length: 0\r\n\r\n");
            answer(stream, &[if number == 0 { &poisoned } else { OK }, OK]).await;
        })
        .await;
        let pool = Pool::new(LIMITS);
        for _ in 0..3 {
            assert_eq!(check(&pool, address).await, Ok(200));
        }
    });
}

#[test]
fn a_redirect_is_an_answer_and_is_not_followed() {
    run(async {
        let asked = Rc::new(Cell::new(false));
        let flag = Rc::clone(&asked);
        let elsewhere = server(move |_, _| {
            flag.set(true);
            async {}
        })
        .await;
        let address = server(move |stream, _| async move {
            answer(stream, &[&format!("HTTP/1.1 302 Found\r\nLocation: http://{elsewhere}/\r\nContent-Length: 0\r\n\r\n")]).await;
        })
        .await;
        let mut buffers = Buffers::default();
        let reply = send(&Pool::new(LIMITS), address, Want::Body(100), &mut buffers)
            .await
            .unwrap();
        assert_eq!(reply.status, 302);
        assert!(buffers.field("Location").is_some());
        assert!(!asked.get());
    });
}

#[test]
fn other_limits_count_once_what_is_on_its_way_has_ended() {
    run(async {
        let gate = Rc::new(tokio::sync::Semaphore::new(0));
        let (most, now) = (Rc::new(Cell::new(0)), Rc::new(Cell::new(0)));
        let shared = (Rc::clone(&gate), Rc::clone(&most), Rc::clone(&now));
        let address = server(move |mut stream, _| {
            let (gate, most, now) = shared.clone();
            async move {
                while read_request(&mut stream).await.is_some() {
                    now.set(now.get() + 1);
                    most.set(most.get().max(now.get()));
                    gate.acquire().await.unwrap().forget();
                    now.set(now.get() - 1);
                    stream.write_all(OK.as_bytes()).await.unwrap();
                }
            }
        })
        .await;
        let pool = Rc::new(Pool::new(LIMITS));
        let ask = |number: usize| -> Vec<_> {
            let asked = (0..number).map(|_| {
                let pool = Rc::clone(&pool);
                spawn_local(async move { check(&pool, address).await })
            });
            asked.collect()
        };
        let first = ask(6);
        while now.get() < 2 {
            tokio::task::yield_now().await;
        }
        pool.limit(Limits {
            in_flight: 1,
            idle: 0,
            ..LIMITS
        });
        gate.add_permits(6);
        for answer in first {
            assert_eq!(answer.await.unwrap(), Ok(200));
        }
        assert_eq!((most.get(), pool.in_flight(), pool.idle()), (2, 0, 0));
        most.set(0);
        let then = ask(6);
        gate.add_permits(6);
        for answer in then {
            assert_eq!(answer.await.unwrap(), Ok(200));
        }
        assert_eq!(most.get(), 1);
        most.set(0);
        pool.limit(Limits {
            in_flight: 4,
            per_host: 3,
            ..LIMITS
        });
        let last = ask(6);
        while now.get() < 3 {
            tokio::task::yield_now().await;
        }
        gate.add_permits(6);
        for answer in last {
            assert_eq!(answer.await.unwrap(), Ok(200));
        }
        assert_eq!(most.get(), 3);
    });
}

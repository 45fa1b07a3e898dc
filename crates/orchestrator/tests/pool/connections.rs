//! Connections that are kept, die, or never come about.

use crate::support::{LIMITS, OK, answer, check, read_request, run, server, target};
use landfall_orchestrator::pool::{Failure, Limits, Pool};
use std::cell::Cell;
use std::rc::Rc;
use tokio::net::TcpListener;

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

//! How many requests are on their way, and for how long.

use crate::support::{LIMITS, OK, answer, check, read_request, run, server, target};
use landfall_orchestrator::pool::{Buffers, Failure, Limits, Pool, Request, Want};
use landfall_protocol::method::SafeMethod;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;
use tokio::io::AsyncWriteExt;
use tokio::task::spawn_local;

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

//! What counts as an answer, and where it ends.

use crate::support::{LIMITS, answer, run, send, server};
use landfall_orchestrator::pool::{Buffers, Failure, Pool, Want};
use std::cell::Cell;
use std::rc::Rc;

/// The answer to one request, whose body is wanted up to 100 bytes.
async fn body_of(answer_text: &'static str) -> Result<String, Failure> {
    let address =
        server(move |stream, _| async move { answer(stream, &[answer_text]).await }).await;
    let mut buffers = Buffers::default();
    send(&Pool::new(LIMITS), address, Want::Body(100), &mut buffers).await?;
    Ok(String::from_utf8(buffers.body().to_vec()).unwrap())
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

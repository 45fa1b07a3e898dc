//! Tiny HTTP servers, over TLS if wanted: in a thread of the test, or in a process of their own, which the daemon can find.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command};
use std::sync::{Arc, Mutex};
use tokio_rustls::rustls::{ServerConfig, ServerConnection, StreamOwned};

/// What to answer, by path; anything else is 404.
pub(crate) type Answers = HashMap<String, (u16, String)>;

/// A server in a thread of the test.
pub(crate) struct Backend {
    pub(crate) address: SocketAddr,
    pub(crate) answers: Arc<Mutex<Answers>>,
    /// Request lines, in the order of arrival.
    pub(crate) asked: Arc<Mutex<Vec<String>>>,
    url: String,
}

impl Backend {
    pub(crate) fn start(answers: &[(&str, u16, &str)]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        Self::start_with(answers, listener, url, Some)
    }

    /// The same over TLS, for `localhost`.
    pub(crate) fn start_tls(answers: &[(&str, u16, &str)], config: Arc<ServerConfig>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let url = format!("https://localhost:{port}");
        Self::start_with(answers, listener, url, move |stream| {
            let connection = ServerConnection::new(Arc::clone(&config)).ok()?;
            Some(StreamOwned::new(connection, stream))
        })
    }

    fn start_with<S: Read + Write + 'static>(
        answers: &[(&str, u16, &str)],
        listener: TcpListener,
        url: String,
        wrap: impl Fn(TcpStream) -> Option<S> + Clone + Send + 'static,
    ) -> Self {
        let address = listener.local_addr().unwrap();
        let answers = Arc::new(Mutex::new(answers_of(answers)));
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (shared, log) = (Arc::clone(&answers), Arc::clone(&asked));
        std::thread::spawn(move || serve(&listener, &shared, &log, &wrap));
        Self {
            address,
            answers,
            asked,
            url,
        }
    }

    pub(crate) fn url(&self) -> String {
        self.url.clone()
    }

    pub(crate) fn answer(&self, path: &str, status: u16, body: &str) {
        self.answers
            .lock()
            .unwrap()
            .insert(path.to_owned(), (status, body.to_owned()));
    }

    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

fn answers_of(answers: &[(&str, u16, &str)]) -> Answers {
    answers
        .iter()
        .map(|(path, status, body)| ((*path).to_owned(), (*status, (*body).to_owned())))
        .collect()
}

fn serve<S: Read + Write + 'static>(
    listener: &TcpListener,
    answers: &Arc<Mutex<Answers>>,
    asked: &Arc<Mutex<Vec<String>>>,
    wrap: &(impl Fn(TcpStream) -> Option<S> + Clone + Send + 'static),
) {
    for stream in listener.incoming().map_while(Result::ok) {
        let (answers, asked) = (Arc::clone(answers), Arc::clone(asked));
        let wrap = wrap.clone();
        std::thread::spawn(move || answer_all(wrap(stream)?, &answers, &asked));
    }
}

fn answer_all(
    stream: impl Read + Write,
    answers: &Mutex<Answers>,
    asked: &Mutex<Vec<String>>,
) -> Option<()> {
    let mut stream = BufReader::new(stream);
    loop {
        let line = stream.by_ref().lines().next()?.ok()?;
        let path = line.split(' ').nth(1)?.to_owned();
        asked.lock().ok()?.push(line);
        while !stream.by_ref().lines().next()?.ok()?.is_empty() {}
        let answer = answers.lock().ok()?.get(&path).cloned();
        let (status, body) = answer.unwrap_or((404, "{}".to_owned()));
        let length = body.len();
        let head = format!(
            "HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n"
        );
        let writer = stream.get_mut();
        writer.write_all((head + &body).as_bytes()).ok()?;
        writer.flush().ok()?;
    }
}

/// The environment variable that makes a test binary a backend.
const ROLE: &str = "LANDFALL_TEST_BACKEND";

/// A backend in a process of its own. It ends with the test.
pub(crate) struct Process(Child);

impl Process {
    /// Starts the running test binary once more, as a server on `port` that answers `/openapi.json` with `openapi`. The
    /// test `backend_process` calls [`be_backend_if_asked`].
    pub(crate) fn start(port: u16, openapi: &str) -> Self {
        let child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "relocation::backend_process"])
            .env(ROLE, format!("{port} {openapi}"))
            .stdout(std::process::Stdio::null())
            .spawn()
            .unwrap();
        let process = Self(child);
        super::eventually("the backend listens", || {
            TcpStream::connect(("127.0.0.1", port)).ok()
        });
        process
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Serves for ever when this process was started by [`Process::start`]; else does nothing.
pub(crate) fn be_backend_if_asked() {
    let Ok(order) = std::env::var(ROLE) else {
        return;
    };
    let (port, openapi) = order.split_once(' ').unwrap();
    let listener = TcpListener::bind(("127.0.0.1", port.parse().unwrap())).unwrap();
    let mut answers = Answers::new();
    if !openapi.is_empty() {
        answers.insert("/openapi.json".to_owned(), (200, openapi.to_owned()));
    }
    serve(
        &listener,
        &Arc::new(Mutex::new(answers)),
        &Arc::default(),
        &Some,
    );
}

/// Ports that are free now.
pub(crate) fn free_ports<const N: usize>() -> [u16; N] {
    let listeners = [(); N].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
    listeners.map(|listener| listener.local_addr().unwrap().port())
}

/// An OpenAPI document with a title and one path.
pub(crate) fn openapi(title: &str, path: &str) -> String {
    serde_json::json!({
        "openapi": "3.1.0",
        "info": { "title": title, "version": "1" },
        "paths": { path: { "get": { "responses": {} }, "delete": { "responses": {} } } }
    })
    .to_string()
}

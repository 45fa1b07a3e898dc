//! The real binary.

use super::client::{Response, get, send};
use super::eventually;
use serde_json::Value;
use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Output};

/// Settings of a daemon that finds nothing by itself. A build without optimizations may cost what it costs.
pub(crate) const QUIET: &str = "[budget]\ncpu_percent = 100\n[sockets]\nenabled = false\n";

/// Settings of a daemon that finds what listens on these ports, and nothing else of this machine.
pub(crate) fn watching(ports: &[u16]) -> String {
    format!(
        "[budget]\ncpu_percent = 100\n[checks]\ninterval = \"100ms\"\n[sockets]\nonly_ports = {ports:?}\n"
    )
}

/// A daemon that ends with the test.
pub(crate) struct Daemon {
    pub(crate) address: SocketAddr,
    child: Child,
    folder: tempfile::TempDir,
}

impl Daemon {
    /// Starts a daemon with these settings and waits until it answers.
    pub(crate) fn start(settings: &str) -> Self {
        Self::start_in(tempfile::tempdir().unwrap(), settings)
    }

    /// The same with the state of a daemon before.
    pub(crate) fn start_in(folder: tempfile::TempDir, settings: &str) -> Self {
        Self::start_through(&Through(&[]), folder, settings)
    }

    /// The same, started by another program.
    pub(crate) fn start_through(
        through: &Through<'_>,
        folder: tempfile::TempDir,
        settings: &str,
    ) -> Self {
        let ready = folder.path().join("ready");
        let _ = fs::remove_file(&ready);
        fs::write(folder.path().join("landfall.toml"), settings).unwrap();
        // A pipe that nobody reads would fill up and stop the daemon.
        let log = fs::File::create(folder.path().join("log")).unwrap();
        let mut child = command(through, folder.path()).stderr(log).spawn().unwrap();
        let url = eventually("the daemon is ready", || {
            if let Some(status) = child.try_wait().unwrap() {
                panic!("the daemon ended: {status}");
            }
            fs::read_to_string(&ready).ok()
        });
        let address = url.trim().strip_prefix("http://").unwrap().parse().unwrap();
        Self {
            address,
            child,
            folder,
        }
    }

    pub(crate) fn get(&self, path: &str, fields: &[(&str, &str)]) -> Response {
        get(self.address, path, fields)
    }

    pub(crate) fn catalog(&self) -> Value {
        self.get("/.well-known/landfall", &[]).json()
    }

    /// The service of this name in the catalog.
    pub(crate) fn service(&self, name: &str) -> Option<Value> {
        let catalog = self.catalog();
        catalog["services"]
            .as_array()?
            .iter()
            .find(|service| service["name"] == name)
            .cloned()
    }

    /// The value of the header that registering needs.
    pub(crate) fn credentials(&self) -> String {
        let token = fs::read_to_string(self.folder.path().join("state/token")).unwrap();
        format!("Bearer {token}")
    }

    /// Sends JSON with the token.
    pub(crate) fn send(&self, method: &str, path: &str, body: &Value) -> Response {
        let credentials = self.credentials();
        let fields = [
            ("Authorization", credentials.as_str()),
            ("Content-Type", "application/json"),
        ];
        let body = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        send(self.address, method, path, &fields, body.as_bytes())
    }

    /// The folder of its settings (`landfall.toml`), its `state` and its `log`.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The number of its process.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Sends a signal.
    pub(crate) fn signal(&self, name: &str) {
        let sent = Command::new("kill")
            .args([&format!("-{name}"), &self.child.id().to_string()])
            .status();
        assert!(sent.unwrap().success());
    }

    /// Waits for the end.
    pub(crate) fn wait(mut self) -> (ExitStatus, tempfile::TempDir) {
        let status = self.child.wait().unwrap();
        (
            status,
            std::mem::replace(&mut self.folder, tempfile::tempdir().unwrap()),
        )
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs a daemon that is expected to end by itself.
pub(crate) fn run(folder: &Path, settings: &str, further: &[&str]) -> Output {
    fs::write(folder.join("landfall.toml"), settings).unwrap();
    let mut command = command(&Through(&[]), folder);
    command.args(further).output().unwrap()
}

/// A program and its arguments, to which the daemon and its arguments are appended; nothing for the daemon itself.
pub(crate) struct Through<'a>(pub(crate) &'a [&'a str]);

fn command(through: &Through<'_>, folder: &Path) -> Command {
    let words = through
        .0
        .iter()
        .copied()
        .chain([env!("CARGO_BIN_EXE_landfall")]);
    let words: Vec<&str> = words.collect();
    let mut command = Command::new(words[0]);
    command.args(&words[1..]);
    command
        .args(["serve", "--listen", "127.0.0.1:0", "--settings"])
        .arg(folder.join("landfall.toml"))
        .arg("--state-dir")
        .arg(folder.join("state"))
        .arg("--ready-file")
        .arg(folder.join("ready"));
    for variable in [
        "LANDFALL_SETTINGS",
        "LANDFALL_LISTEN",
        "LANDFALL_STATE_DIR",
        "LANDFALL_READY_FILE",
        "LANDFALL_LOG",
    ] {
        command.env_remove(variable);
    }
    command
}

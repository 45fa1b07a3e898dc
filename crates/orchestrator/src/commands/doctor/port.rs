//! Who is at the daemon's address: nobody, the daemon, or somebody else.

use super::finding::Finding;
use crate::commands::ask::Asked;
use crate::error::Error;
use crate::pool::Target;
use landfall_protocol::url::BaseUrl;
use serde::Deserialize;
use std::io;
use std::net::{SocketAddr, TcpListener};

/// The daemon's name as a process.
const PROGRAM: &str = "landfall";

/// A process of this user that listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Listener {
    pub(super) pid: u32,
    pub(super) name: String,
    port: u16,
}

/// The daemon that answers.
#[derive(Debug)]
pub(super) struct Running {
    pub(super) status: Status,
    pub(super) health: Health,
    pub(super) process: Option<Listener>,
}

/// `/v1/status`, as far as it is needed.
#[derive(Debug, Deserialize)]
pub(super) struct Status {
    pub(super) version: String,
    pub(super) epoch: Epoch,
    pub(super) budget: Budget,
}

#[derive(Debug, Deserialize)]
pub(super) struct Epoch {
    pub(super) registry: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct Budget {
    pub(super) budget_permille: f64,
    pub(super) used_permille: f64,
    pub(super) overdue: u64,
    pub(super) oldest_verdict_ms: Option<u64>,
}

/// `/v1/health`, as far as it is needed.
#[derive(Debug, Deserialize)]
pub(super) struct Health {
    pub(super) now: u64,
    pub(super) services: Vec<Checked>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Checked {
    pub(super) service: String,
    pub(super) class: String,
    pub(super) message: Option<String>,
    pub(super) checked_at: Option<u64>,
    pub(super) age_ms: Option<u64>,
}

#[derive(Debug)]
enum Seen {
    /// Nobody.
    Free,
    /// Any free port would do.
    Any,
    /// The address cannot be had.
    Barred(io::Error),
    /// A daemon answers.
    Daemon(Box<Running>),
    /// Somebody listens, and this is what came of asking for the daemon.
    Other(Error, Option<Listener>),
}

/// The address, and who is there.
#[derive(Debug)]
pub(super) struct Port {
    address: SocketAddr,
    seen: Seen,
    /// Daemons of this user elsewhere.
    others: Vec<Listener>,
}

impl Port {
    /// Looks at it.
    pub(super) async fn look(address: SocketAddr) -> Self {
        let (here, others) = listeners(address.port());
        let seen = match TcpListener::bind(address) {
            Ok(_) if address.port() == 0 => Seen::Any,
            Ok(_) => Seen::Free,
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => match ask(address).await {
                Ok((status, health)) => Seen::Daemon(Box::new(Running {
                    status,
                    health,
                    process: here,
                })),
                Err(error) => Seen::Other(error, here),
            },
            Err(error) => Seen::Barred(error),
        };
        Self {
            address,
            seen,
            others,
        }
    }

    /// The daemon that answers there.
    pub(super) fn running(&self) -> Option<&Running> {
        match &self.seen {
            Seen::Daemon(running) => Some(running),
            _ => None,
        }
    }

    /// What it says.
    pub(super) fn findings(&self) -> Vec<Finding> {
        let mut findings = vec![self.here()];
        findings.extend(self.others.iter().map(|other| {
            Finding::warning(
                "port",
                format!("process {} is another daemon of this user, on port {}", other.pid, other.port),
                "stop one of them, unless you mean to have both; each needs a state folder of its own".to_owned(),
            )
        }));
        findings
    }

    fn here(&self) -> Finding {
        let address = self.address;
        match &self.seen {
            Seen::Any => Finding::well("port", "any free port is taken".to_owned()),
            Seen::Free => Finding::well("port", format!("{address} is free: no daemon runs there")),
            Seen::Barred(error) => Finding::problem(
                "port",
                format!("{address} cannot be listened on: {error}"),
                "choose another address with --listen or `listen` in the settings: a port from 1024 on, and an address that this machine has".to_owned(),
            ),
            Seen::Daemon(running) => {
                let process = who(running.process.as_ref());
                let version = &running.status.version;
                Finding::well("port", format!("landfall {version} answers at {address} ({process})"))
            }
            Seen::Other(_, Some(it)) if it.name == PROGRAM => Finding::problem(
                "port",
                format!("the daemon at {address} (process {}) does not answer as it should", it.pid),
                format!("look at its log, and start it anew: kill {}", it.pid),
            ),
            Seen::Other(error, process) => Finding::problem(
                "port",
                format!("{address} is taken by {}, which is no landfall daemon ({})", who(process.as_ref()), why(error)),
                "stop it, or choose another port with --listen or `listen` in the settings".to_owned(),
            ),
        }
    }
}

fn who(process: Option<&Listener>) -> String {
    process.map_or_else(
        || "a process that this user cannot see".to_owned(),
        |it| format!("{}, process {}", it.name.escape_debug(), it.pid),
    )
}

/// Why it is none, without what a command that asks the daemon would advise.
fn why(error: &Error) -> String {
    match error {
        Error::NotADaemon { reason, .. } => reason.clone(),
        Error::NoDaemon { source, .. } => source.to_string(),
        error => error.to_string(),
    }
}

async fn ask(address: SocketAddr) -> Result<(Status, Health), Error> {
    let url = format!("http://{address}");
    let target = BaseUrl::parse(&url)
        .ok()
        .and_then(|url| Target::new(&url).ok())
        .ok_or_else(|| Error::NoTarget(format!("{url} cannot be asked")))?;
    let daemon = Asked::new(url, target);
    Ok((
        daemon.get("/v1/status").await?,
        daemon.get("/v1/health").await?,
    ))
}

/// The process of this user that listens on `port`, and the daemons that listen elsewhere.
#[cfg(target_os = "linux")]
fn listeners(port: u16) -> (Option<Listener>, Vec<Listener>) {
    use crate::sockets::{Kernel, owners};
    let mut sockets = Vec::new();
    // Without the kernel's list nobody is named.
    let _ = Kernel::open().and_then(|mut kernel| kernel.listening(&mut sockets));
    let owners = owners(sockets.iter().map(|socket| socket.inode).collect());
    let mut found: Vec<_> = sockets
        .iter()
        .filter_map(|socket| {
            let process = owners.get(&socket.inode)?;
            Some(Listener {
                pid: process.pid,
                name: process.name.to_string(),
                port: socket.port,
            })
        })
        .collect();
    let here = found.iter().find(|it| it.port == port).cloned();
    found.retain(|it| it.name == PROGRAM && it.port != port);
    (here, found)
}

#[cfg(not(target_os = "linux"))]
fn listeners(_port: u16) -> (Option<Listener>, Vec<Listener>) {
    (None, Vec::new())
}

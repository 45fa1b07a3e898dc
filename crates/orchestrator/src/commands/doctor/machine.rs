//! What the machine gives a daemon: the kernel's features, file descriptors, the clock, authorities.

use super::finding::Finding;
use crate::clock::unix_ms;
use crate::pool::check_authorities;
use crate::settings::{ServiceSettings, Settings};

/// The first moment of 2025, in milliseconds since 1970: no machine that runs this is older.
const PAST: u64 = 1_735_689_600_000;
/// Descriptors for clients, at most; see `http::server`.
#[cfg(unix)]
const CLIENTS: u64 = 2_048;
/// Descriptors for everything else: the store, the log, the kernel's answers.
#[cfg(unix)]
const OTHERS: u64 = 64;

/// Looks at it.
pub(super) fn look(settings: &Settings) -> Vec<Finding> {
    let mut findings = kernel(settings);
    findings.extend(descriptors(settings));
    findings.extend(authorities(settings));
    if unix_ms() < PAST {
        findings.push(Finding::problem(
            "clock",
            "the wall clock is before 2025".to_owned(),
            "set it, or start time synchronisation: times in the dashboard and certificates would be wrong".to_owned(),
        ));
    }
    findings
}

/// What https services are verified by, if there is one or a file was named.
fn authorities(settings: &Settings) -> Option<Finding> {
    let verified =
        |it: &&ServiceSettings| it.url.0.as_str().starts_with("https:") && it.check().verify;
    let ca_file = settings.checks.ca_file.as_deref();
    let services = settings.services.iter().filter(verified).count();
    if services == 0 && ca_file.is_none() {
        return None;
    }
    Some(match check_authorities(ca_file) {
        Ok(()) => Finding::well(
            "tls",
            "there are authorities to verify https services by".to_owned(),
        ),
        Err(reason) => Finding::problem(
            "tls",
            reason,
            "put certificates in PEM form there, or correct checks.ca_file: until then https services stay unknown".to_owned(),
        ),
    })
}

#[cfg(target_os = "linux")]
fn kernel(settings: &Settings) -> Vec<Finding> {
    use crate::sockets::Kernel;
    let mut listening = Vec::new();
    let sockets = if settings.sockets.enabled {
        match Kernel::open().and_then(|mut kernel| kernel.listening(&mut listening)) {
            Ok(()) => Finding::well(
                "sockets",
                format!("the kernel lists {} listening sockets of this user", listening.len()),
            ),
            Err(error) => Finding::warning(
                "sockets",
                format!("the kernel does not list listening sockets ({error}): no service is found by itself"),
                "load the kernel modules tcp_diag and inet_diag, or let the sandbox have AF_NETLINK; else name services in the settings or register them".to_owned(),
            ),
        }
    } else {
        Finding::well(
            "sockets",
            "not looked at: sockets.enabled is false".to_owned(),
        )
    };
    let pressure = match std::fs::read_to_string("/proc/pressure/cpu") {
        Ok(_) => Finding::well(
            "pressure",
            "the kernel tells the pressure on its CPUs".to_owned(),
        ),
        Err(error) => Finding::warning(
            "pressure",
            format!(
                "the kernel does not tell the pressure on its CPUs ({error}): the budget is kept all the same, but does not yield to a busy machine"
            ),
            "start the kernel with psi=1".to_owned(),
        ),
    };
    vec![sockets, pressure]
}

#[cfg(not(target_os = "linux"))]
fn kernel(settings: &Settings) -> Vec<Finding> {
    if !settings.sockets.enabled {
        return Vec::new();
    }
    vec![Finding::warning(
        "sockets",
        "on this system no service is found by its sockets".to_owned(),
        "name services in the settings, or register them".to_owned(),
    )]
}

#[cfg(unix)]
fn descriptors(settings: &Settings) -> Option<Finding> {
    use rustix::process::{Resource, getrlimit};
    // The daemon raises the soft limit to the hard one by itself; no number means no limit.
    let hard = getrlimit(Resource::Nofile).maximum?;
    let idle = u64::try_from(settings.checks.idle_connections).unwrap_or(u64::MAX);
    let wanted = idle.saturating_add(CLIENTS + OTHERS);
    Some(if hard >= wanted {
        Finding::well("files", format!("{hard} file descriptors are allowed"))
    } else {
        Finding::warning(
            "files",
            format!("{hard} file descriptors are allowed, {wanted} can be needed for clients and kept connections"),
            "raise the hard limit (LimitNOFILE in a unit, ulimit -Hn in a shell), or lower checks.idle_connections".to_owned(),
        )
    })
}

#[cfg(not(unix))]
fn descriptors(_settings: &Settings) -> Option<Finding> {
    None
}
